// Command hejie is the program: it wires the rooms together and holds the sub-commands. Nobody imports it.
package main

import "os"

func main() { os.Exit(run(os.Args[1:], stdIO())) }
