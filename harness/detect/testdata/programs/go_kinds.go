// One report of Go's race detector a kind: a field, a map, a slice's append, an anonymous function's variable.
// The goroutines are ordered by a pipe's raw system calls, which the detector is not told of.
package main

import (
	"fmt"
	"os"
	"syscall"
	"unsafe"
)

type account struct{ balance int }

func (a *account) pay(n int) { a.balance += n }

var turns [2]int
var visitors int

func pass() {
	x := byte(1)
	syscall.RawSyscall(syscall.SYS_WRITE, uintptr(turns[1]), uintptr(unsafe.Pointer(&x)), 1)
}

func await() {
	x := byte(0)
	syscall.Syscall(syscall.SYS_READ, uintptr(turns[0]), uintptr(unsafe.Pointer(&x)), 1)
}

func both(first, second func()) {
	done := make(chan bool)
	go func() {
		first()
		pass()
		done <- true
	}()
	await()
	second()
	<-done
}

func main() {
	if err := syscall.Pipe(turns[:]); err != nil {
		os.Exit(1)
	}
	ours := &account{}
	both(func() { ours.pay(1) }, func() { ours.pay(2) })
	ages := map[string]int{}
	both(func() { ages["anna"] = 1 }, func() { fmt.Println(ages["bert"]) })
	both(func() { visitors++ }, func() { visitors++ })
	go both(func() { visitors++ }, func() { visitors++ })
}
