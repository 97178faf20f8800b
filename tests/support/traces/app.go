//SHIFT
package main

import (
	"fmt"
	"os"
)

type tenant struct{ name string }

var tenants = map[string]*tenant{"base": {"base"}}

//SHIFT
//go:noinline
func order(site, id string) {
	if site == "a" {
		panic(fmt.Errorf("order %s not found", id))
	}
	//SHIFT
	panic(fmt.Errorf("order %s is locked", id))
}

//go:noinline
func parse(site, id string) {
	if site == "a" {
		panic("cannot parse header of item " + id)
	}
	//SHIFT
	panic("cannot parse footer of item " + id)
}

func connect(id string) error {
	return fmt.Errorf("connection to 10.0.0.%d:5432 refused", len(id))
}

//go:noinline
func save(site, id string) {
	if err := connect(id); err != nil {
		//SHIFT
		if site == "a" {
			panic(fmt.Errorf("could not load user %s: %w", id, err))
		}
		panic(fmt.Errorf("could not save user %s: %w", id, err))
	}
}

//go:noinline
func runtime(site, id string) {
	values := []byte(id)
	if site == "a" {
		fmt.Println(values[len(id)+2])
	}
	//SHIFT
	fmt.Println(id[:0], values[len(id)+3])
}

//go:noinline
func named(site, id string) {
	//SHIFT
	if site == "a" {
		panic(id)
	}
	panic("unknown tenant " + id)
}

//SHIFT
func main() {
	run := map[string]func(string, string){"order": order, "parse": parse, "save": save, "runtime": runtime, "named": named}
	run[os.Args[1]](os.Args[2], os.Args[3])
}
