package main

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/Knetic/govaluate"
	"github.com/argoproj/argo-workflows/v3/pkg/apis/workflow/v1alpha1"
	"github.com/expr-lang/expr/parser"
)

var tag = regexp.MustCompile(`(?s)\{\{.*?\}\}`)

// expressionErrors tells which expressions of a workflow do not parse; Argo finds out when it evaluates them.
func expressionErrors(spec *v1alpha1.WorkflowSpec) (messages []string) {
	add := func(where string, err error) {
		if err != nil {
			messages = append(messages, fmt.Sprintf("%s: %s", where, strings.Join(strings.Fields(err.Error()), " ")))
		}
	}
	hooks := func(where string, all v1alpha1.LifecycleHooks) {
		for name, hook := range all {
			add(where+"hooks."+string(name)+".expression", syntax(hook.Expression))
		}
	}
	hooks("", spec.Hooks)
	if spec.RetryStrategy != nil {
		add("retryStrategy.expression", syntax(spec.RetryStrategy.Expression))
	}
	for _, template := range spec.Templates {
		at := "templates." + template.Name + "."
		if template.RetryStrategy != nil {
			add(at+"retryStrategy.expression", syntax(template.RetryStrategy.Expression))
		}
		for _, output := range template.Outputs.Parameters {
			if output.ValueFrom != nil {
				add(at+"outputs.parameters."+output.Name+".valueFrom.expression", syntax(output.ValueFrom.Expression))
			}
		}
		for _, group := range template.Steps {
			for _, step := range group.Steps {
				add(at+"steps."+step.Name+".when", condition(step.When))
				hooks(at+"steps."+step.Name+".", step.Hooks)
			}
		}
		if template.DAG == nil {
			continue
		}
		for _, task := range template.DAG.Tasks {
			add(at+"tasks."+task.Name+".when", condition(task.When))
			add(at+"tasks."+task.Name+".depends", syntax(strings.ReplaceAll(task.Depends, "-", "_")))
			hooks(at+"tasks."+task.Name+".", task.Hooks)
		}
	}
	return messages
}

func cronExpressionErrors(spec *v1alpha1.CronWorkflowSpec) (messages []string) {
	if err := condition(spec.When); err != nil {
		messages = append(messages, "when: "+err.Error())
	}
	if spec.StopStrategy != nil {
		if err := syntax(spec.StopStrategy.Expression); err != nil {
			messages = append(messages, "stopStrategy.expression: "+err.Error())
		}
	}
	return messages
}

// syntax is that of expr, in which hooks, retries and {{=…}} are written.
func syntax(expression string) error {
	if expression == "" {
		return nil
	}
	_, err := parser.Parse(tag.ReplaceAllString(expression, "tag"))
	return err
}

// condition is the syntax of govaluate, with which Argo evaluates `when` after it has put in the values.
func condition(when string) error {
	if when == "" {
		return nil
	}
	_, err := govaluate.NewEvaluableExpression(tag.ReplaceAllString(when, "tag"))
	return err
}
