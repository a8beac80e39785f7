package policy

import (
	"embed"
	"fmt"
	"io/fs"
	"path"
	"strings"
)

//go:embed data/*.yaml
var data embed.FS

// Builtin are the policies that come with the program: the default, and a worked sample of a bank's.
func Builtin() fs.FS {
	sub, err := fs.Sub(data, "data")
	if err != nil { // the folder is embedded: this cannot happen
		panic("policy: " + err.Error())
	}
	return sub
}

// FileReport is what Inspect found in one file.
type FileReport struct {
	File     string    `json:"file"`
	Version  string    `json:"version,omitempty"`
	Segments int       `json:"segments"`
	Rungs    int       `json:"rungs"`
	Examples []Outcome `json:"examples,omitempty"`
	Failing  int       `json:"failing"`
	Error    string    `json:"error,omitempty"`
}

// OK tells whether the file may be used.
func (r FileReport) OK() bool { return r.Error == "" && r.Failing == 0 }

// Inspect loads every policy file of a folder, checks it and runs the examples inside it.
func Inspect(fsys fs.FS) ([]FileReport, error) {
	entries, err := fs.ReadDir(fsys, ".")
	if err != nil {
		return nil, fmt.Errorf("policy: %w", err)
	}
	var out []FileReport
	for _, e := range entries {
		if ext := path.Ext(e.Name()); e.IsDir() || ext != ".yaml" && ext != ".yml" {
			continue
		}
		out = append(out, inspect(fsys, e.Name()))
	}
	if len(out) == 0 {
		return nil, fmt.Errorf("policy: no .yaml file here")
	}
	return out, nil
}

func inspect(fsys fs.FS, name string) FileReport {
	r := FileReport{File: name}
	p, err := Load(fsys, name)
	if err != nil {
		r.Error = strings.TrimSpace(err.Error())
		return r
	}
	r.Version, r.Segments, r.Rungs, r.Examples = p.Version, len(p.Segments), len(p.Ladder), p.RunExamples()
	for _, o := range r.Examples {
		if o.Fault != "" {
			r.Failing++
		}
	}
	return r
}
