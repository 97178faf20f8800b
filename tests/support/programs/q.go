package main

import (
	"encoding/json"
	"fmt"
	"log"
	"os"
	"runtime/debug"
	"strings"
)

//SHIFT
type Queue[T any] struct{ items []T }

func (q *Queue[T]) Pop(id string) T {
	if len(q.items) == 0 {
		panic(fmt.Sprintf("queue %s is empty", id))
	}
	//SHIFT
	return q.items[len(q.items)]
}

type node struct{ next *node; name string }

//SHIFT
func walk(n *node) string { return n.next.name }
func decode(id string) {
	var v map[string]int
	if err := json.Unmarshal([]byte("{"+id), &v); err != nil {
		panic(err)
	}
}
func run(what, id string) {
	switch what {
	case "empty":
		(&Queue[int]{}).Pop(id)
	//SHIFT
	case "range":
		(&Queue[string]{items: []string{id}}).Pop(id)
	case "nil":
		walk(&node{name: id})
	case "json":
		decode(id)
	case "repeat":
		strings.Repeat(id, -1)
	}
}
func main() {
	what, id := os.Args[1], os.Args[2]
	if len(os.Args) > 3 {
		defer func() {
			if r := recover(); r != nil {
				log.Printf("panic recovered: %v\n%s", r, debug.Stack())
			}
		}()
	}
	run(what, id)
}
