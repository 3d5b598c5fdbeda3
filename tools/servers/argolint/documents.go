package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"k8s.io/apimachinery/pkg/util/validation"
	splitter "k8s.io/apimachinery/pkg/util/yaml"
	"sigs.k8s.io/yaml"
)

// object is one document of a file, not yet of a type.
type object struct {
	file       string
	body       []byte // JSON
	APIVersion string `json:"apiVersion"`
	Kind       string `json:"kind"`
	Metadata   struct {
		Name         string `json:"name"`
		GenerateName string `json:"generateName"`
	} `json:"metadata"`
}

func (o object) title() string {
	name := o.Metadata.Name
	if name == "" {
		name = o.Metadata.GenerateName
	}
	return o.Kind + "/" + name
}

func (o object) finding(message string) finding {
	return finding{o.file, o.title(), message}
}

// nameErrors tells what an API server would refuse in the object's name.
func (o object) nameErrors() []string {
	if o.Metadata.Name == "" && o.Metadata.GenerateName == "" {
		return []string{"neither a name nor a generateName"}
	}
	name := o.Metadata.Name
	if name == "" {
		name = o.Metadata.GenerateName + "x" // as the API server appends to it
	}
	return validation.IsDNS1123Subdomain(name)
}

// read finds all documents of a file, or of the files below a folder, in the order of their names.
func read(path string) (objects []object, findings []finding) {
	err := filepath.WalkDir(path, func(file string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		found, wrong := readFile(file)
		objects, findings = append(objects, found...), append(findings, wrong...)
		return nil
	})
	if err != nil {
		findings = append(findings, finding{File: path, Message: err.Error()})
	}
	return objects, findings
}

func readFile(file string) (objects []object, findings []finding) {
	wrong := func(message string) { findings = append(findings, finding{File: file, Message: message}) }
	switch filepath.Ext(file) {
	case ".yaml", ".yml", ".json":
	default:
		wrong("neither .yaml nor .yml nor .json, so tools pass over it")
	}
	text, err := os.ReadFile(file)
	if err != nil {
		wrong(err.Error())
		return objects, findings
	}
	documents := splitter.NewYAMLReader(bufio.NewReader(bytes.NewReader(text)))
	for {
		document, err := documents.Read()
		if errors.Is(err, io.EOF) {
			return objects, findings
		}
		if err != nil {
			wrong(err.Error())
			return objects, findings
		}
		one := object{file: file}
		if one.body, err = yaml.YAMLToJSONStrict(document); err != nil {
			wrong(strings.ReplaceAll(err.Error(), "\n  ", " "))
		} else if string(one.body) == "null" {
			continue // nothing but comments
		} else if err = json.Unmarshal(one.body, &one); err != nil {
			wrong(err.Error())
		} else {
			objects = append(objects, one)
		}
	}
}
