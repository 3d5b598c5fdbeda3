package main

import (
	"context"
	"fmt"
	"slices"

	"github.com/argoproj/argo-workflows/v3/pkg/apis/workflow/v1alpha1"
	kjson "sigs.k8s.io/json"
)

const apiVersion = "argoproj.io/v1alpha1"

// Kinds of the same group that Argo CD and Argo Events own, or that have no workflow in them.
var elsewhere = []string{
	"AppProject", "Application", "ApplicationSet", "EventBus", "EventSource", "Sensor", "WorkflowEventBinding",
}

// one is an object with its type.
type one[T any] struct {
	object
	value *T
}

// cluster is what references are resolved in: all objects of the kinds that are judged.
type cluster struct {
	workflows        []one[v1alpha1.Workflow]
	templates        []one[v1alpha1.WorkflowTemplate]
	clusterTemplates []one[v1alpha1.ClusterWorkflowTemplate]
	crons            []one[v1alpha1.CronWorkflow]
}

func (c *cluster) size() int {
	return len(c.workflows) + len(c.templates) + len(c.clusterTemplates) + len(c.crons)
}

// gather gives each object its type. What a type does not know, Argo drops without a word: here it is a finding.
func gather(objects []object) (*cluster, []finding) {
	known, findings := &cluster{}, []finding{}
	for _, found := range objects {
		wrong, judged := []string{}, true
		isOurs := found.APIVersion == apiVersion
		switch {
		case found.APIVersion == "" || found.Kind == "":
			wrong, judged = append(wrong, "no apiVersion or no kind"), false
		case found.Kind == "Workflow" && isOurs:
			known.workflows, wrong = decoded(known.workflows, found)
		case found.Kind == "WorkflowTemplate" && isOurs:
			known.templates, wrong = decoded(known.templates, found)
		case found.Kind == "ClusterWorkflowTemplate" && isOurs:
			known.clusterTemplates, wrong = decoded(known.clusterTemplates, found)
		case found.Kind == "CronWorkflow" && isOurs:
			known.crons, wrong = decoded(known.crons, found)
		case slices.Contains([]string{"Workflow", "WorkflowTemplate", "ClusterWorkflowTemplate", "CronWorkflow"}, found.Kind):
			wrong, judged = append(wrong, fmt.Sprintf("apiVersion is %q, not %q", found.APIVersion, apiVersion)), false
		case isOurs && !slices.Contains(elsewhere, found.Kind):
			wrong, judged = append(wrong, "there is no such kind in "+apiVersion), false
		default:
			judged = false
		}
		if judged {
			wrong = append(wrong, found.nameErrors()...)
		}
		for _, message := range wrong {
			findings = append(findings, found.finding(message))
		}
	}
	return known, findings
}

func decoded[T any](known []one[T], found object) ([]one[T], []string) {
	value, messages := new(T), []string{}
	strict, err := kjson.UnmarshalStrict(found.body, value)
	if err != nil {
		return known, append(messages, err.Error())
	}
	for _, problem := range strict {
		messages = append(messages, problem.Error())
	}
	return append(known, one[T]{found, value}), messages
}

// namespace resolves templates as the controller does, among those of one namespace.
type namespace struct {
	*cluster
	name string
}

func (n namespace) Get(name string) (*v1alpha1.WorkflowTemplate, error) {
	for _, template := range n.templates {
		if template.value.Name == name && template.value.Namespace == n.name {
			return template.value.DeepCopy(), nil
		}
	}
	return nil, fmt.Errorf("there is no WorkflowTemplate %q in namespace %q", name, n.name)
}

// wide resolves the templates of the cluster as a whole.
type wide struct{ *cluster }

func (w wide) Get(name string) (*v1alpha1.ClusterWorkflowTemplate, error) {
	for _, template := range w.clusterTemplates {
		if template.value.Name == name {
			return template.value.DeepCopy(), nil
		}
	}
	return nil, fmt.Errorf("there is no ClusterWorkflowTemplate %q", name)
}

// validate tells all that is wrong with the objects, kind by kind.
func (c *cluster) validate(ctx context.Context) (findings []finding) {
	seen := map[string]bool{}
	add := func(of object, namespace string, messages []string) {
		key := of.Kind + "/" + namespace + "/" + of.Metadata.Name
		if of.Metadata.Name != "" && seen[key] {
			messages = append(messages, "there are two of this name")
		}
		seen[key] = true
		for _, message := range messages {
			findings = append(findings, of.finding(message))
		}
	}
	for _, found := range c.clusterTemplates {
		add(found.object, "", c.clusterTemplate(found.value))
	}
	for _, found := range c.templates {
		add(found.object, found.value.Namespace, c.template(found.value))
	}
	for _, found := range c.crons {
		add(found.object, found.value.Namespace, c.cron(ctx, found.value))
	}
	for _, found := range c.workflows {
		add(found.object, found.value.Namespace, c.workflow(found.value))
	}
	return findings
}
