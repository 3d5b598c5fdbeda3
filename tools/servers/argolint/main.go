// Argolint judges manifests with Argo Workflows' own validator, without a cluster: `argolint PATH...`.
//
// Each path is a cluster of its own: a file, or a folder with all that is below it. References to templates are
// resolved among its objects. What is wrong goes to stdout as JSON, a report for each path; objects that are not
// Argo Workflows' are counted and left to others. Exit codes: 0 nothing is wrong, 1 something is, 2 wrong usage.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"

	log "github.com/sirupsen/logrus"
)

type finding struct {
	File    string `json:"file"`
	Object  string `json:"object"` // "WorkflowTemplate/train-digits", or empty where there is none
	Message string `json:"message"`
}

type report struct {
	Path      string    `json:"path"`
	Documents int       `json:"documents"`
	Judged    int       `json:"judged"` // objects that are Argo Workflows'
	Findings  []finding `json:"findings"`
}

func main() {
	paths := os.Args[1:]
	if len(paths) == 0 {
		fmt.Fprintln(os.Stderr, "usage: argolint PATH...")
		os.Exit(2)
	}
	log.SetOutput(io.Discard) // Argo logs what it accepts all the same
	reports, clean := []report{}, true
	for _, path := range paths {
		one := judge(context.Background(), path)
		clean = clean && len(one.Findings) == 0
		reports = append(reports, one)
	}
	if err := json.NewEncoder(os.Stdout).Encode(reports); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(2)
	}
	if !clean {
		os.Exit(1)
	}
}

func judge(ctx context.Context, path string) report {
	objects, findings := read(path)
	known, more := gather(objects)
	findings = append(findings, more...)
	findings = append(findings, known.validate(ctx)...)
	if findings == nil {
		findings = []finding{}
	}
	return report{path, len(objects), known.size(), findings}
}
