package main

import (
	"errors"
	"fmt"
	"log"
	"net/http"
	"net/http/httptest"
	"os"
	"sync"

	"github.com/rs/zerolog"
	"github.com/sirupsen/logrus"
	"go.uber.org/zap"
)

//SHIFT
var ErrBusy = errors.New("store is busy")

type Store struct {
	mu   sync.Mutex
	rows map[string]int
}

//SHIFT
func (s *Store) Put(id string, how string) int {
	switch how {
	case "nilmap":
		s.rows[id] = 1
	case "panicerr":
		//SHIFT
		panic(fmt.Errorf("put %s: %w", id, ErrBusy))
	case "panicstr":
		panic("row " + id + " is corrupt")
	case "index":
		//SHIFT
		return []int{1}[len(id)]
	case "slice":
		return len(id[len(id)+1:])
	case "cast":
		var v any = id
		return v.(int)
	}
	return 0
}

//SHIFT
type Coded struct{ Code int }

func (c *Coded) Error() string { return fmt.Sprintf("code %d", c.Code) }
func load(id string) error { return fmt.Errorf("load %s: %w", id, ErrBusy) }
func custom(id string) { panic(&Coded{len(id)}) }
func main() {
	how, id, mode := os.Args[1], os.Args[2], ""
	if len(os.Args) > 3 {
		mode = os.Args[3]
	}
	s := &Store{}
	//SHIFT
	switch mode {
	case "goroutine":
		done := make(chan bool)
		go func() { s.Put(id, how); close(done) }()
		<-done
	case "http":
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { s.Put(id, how) }))
		http.Get(server.URL)
		server.Close()
	case "repanic":
		defer func() { r := recover(); panic(fmt.Sprintf("while handling: %v", r)) }()
		s.Put(id, how)
	case "zap":
		l, _ := zap.NewProduction()
		l.Error("cannot load", zap.String("id", id), zap.Error(load(id)))
	case "zapdev":
		l, _ := zap.NewDevelopment()
		l.Error("cannot load "+id, zap.Error(load(id)))
	case "zerolog":
		zl := zerolog.New(os.Stderr).With().Timestamp().Logger()
		zl.Error().Err(load(id)).Str("id", id).Msg("cannot load")
	case "logrus":
		logrus.WithError(load(id)).WithField("id", id).Error("cannot load")
	case "logrusjson":
		logrus.SetFormatter(&logrus.JSONFormatter{})
		logrus.WithError(load(id)).WithField("id", id).Error("cannot load")
	case "std":
		log.Printf("ERROR cannot load: %v", load(id))
	default:
		if how == "deadlock" {
			s.mu.Lock()
			s.mu.Lock()
		}
		if how == "custom" {
			custom(id)
		}
		s.Put(id, how)
	}
}
