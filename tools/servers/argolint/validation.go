package main

import (
	"context"
	"regexp"
	"slices"
	"strings"

	"github.com/argoproj/argo-workflows/v3/pkg/apis/workflow/v1alpha1"
	"github.com/argoproj/argo-workflows/v3/workflow/common"
	"github.com/argoproj/argo-workflows/v3/workflow/validate"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// A template may be given values later, so that they may be missing in it.
var ofTemplate = validate.ValidateOpts{Lint: true, WorkflowTemplateValidation: true}

func (c *cluster) template(template *v1alpha1.WorkflowTemplate) []string {
	resolver := namespace{c, template.Namespace}
	err := validate.ValidateWorkflowTemplate(resolver, wide{c}, template, nil, validate.ValidateOpts{Lint: true})
	return c.templateErrors(err, template.ObjectMeta, &template.Spec, &v1alpha1.WorkflowTemplateRef{Name: template.Name})
}

func (c *cluster) clusterTemplate(template *v1alpha1.ClusterWorkflowTemplate) []string {
	err := validate.ValidateClusterWorkflowTemplate(namespace{c, ""}, wide{c}, template, nil, validate.ValidateOpts{Lint: true})
	reference := &v1alpha1.WorkflowTemplateRef{Name: template.Name, ClusterScope: true}
	return c.templateErrors(err, template.ObjectMeta, &template.Spec, reference)
}

// templateErrors also validates a Workflow made of the template: only there does Argo resolve what is the workflow's
// own, such as {{workflow.parameters.x}}. One without an entrypoint is a library, which is seen with its callers.
func (c *cluster) templateErrors(
	err error, meta metav1.ObjectMeta, spec *v1alpha1.WorkflowSpec, reference *v1alpha1.WorkflowTemplateRef,
) []string {
	messages := append(c.all(err, meta, spec, ofTemplate), expressionErrors(spec)...)
	if err != nil || spec.Entrypoint == "" {
		return messages
	}
	made := &v1alpha1.Workflow{
		ObjectMeta: metav1.ObjectMeta{GenerateName: meta.Name + "-", Namespace: meta.Namespace},
		Spec:       v1alpha1.WorkflowSpec{WorkflowTemplateRef: reference},
	}
	err = validate.ValidateWorkflow(namespace{c, meta.Namespace}, wide{c}, made, nil, validate.ValidateOpts{Lint: true})
	if err != nil {
		messages = append(messages, "a Workflow made of it: "+err.Error())
	}
	return messages
}

func (c *cluster) cron(ctx context.Context, cron *v1alpha1.CronWorkflow) []string {
	err := validate.ValidateCronWorkflow(ctx, namespace{c, cron.Namespace}, wide{c}, cron, nil)
	made := common.ConvertCronWorkflowToWorkflow(cron)
	messages := c.all(err, made.ObjectMeta, &made.Spec, validate.ValidateOpts{})
	if cron.Spec.Schedule == "" && len(cron.Spec.Schedules) == 0 {
		messages = append(messages, "no schedules")
	}
	return append(messages, append(cronExpressionErrors(&cron.Spec), expressionErrors(&cron.Spec.WorkflowSpec)...)...)
}

// workflow is validated as when it is submitted: its arguments need values.
func (c *cluster) workflow(workflow *v1alpha1.Workflow) []string {
	err := validate.ValidateWorkflow(namespace{c, workflow.Namespace}, wide{c}, workflow, nil, validate.ValidateOpts{Submit: true})
	messages := c.all(err, workflow.ObjectMeta, &workflow.Spec, validate.ValidateOpts{})
	return append(messages, expressionErrors(&workflow.Spec)...)
}

// all goes on where Argo's validator stops, at its first error: with each template in front in turn.
func (c *cluster) all(
	first error, meta metav1.ObjectMeta, spec *v1alpha1.WorkflowSpec, options validate.ValidateOpts,
) []string {
	if first == nil {
		return nil
	}
	messages := []string{first.Error()}
	options.IgnoreEntrypoint = true
	for place := range spec.Templates {
		turned := &v1alpha1.Workflow{ObjectMeta: meta, Spec: *spec.DeepCopy()}
		turned.Spec.OnExit = ""
		turned.Spec.Templates = slices.Concat(turned.Spec.Templates[place:], turned.Spec.Templates[:place])
		err := validate.ValidateWorkflow(namespace{c, meta.Namespace}, wide{c}, turned, nil, options)
		if err != nil && !slices.ContainsFunc(messages, func(told string) bool { return isSame(told, err.Error()) }) {
			messages = append(messages, err.Error())
		}
	}
	return messages
}

// Which way Argo came to an error, which it puts before it.
var way = regexp.MustCompile(`^(?:templates\.[^ :]+ )+`)

func isSame(told, message string) bool {
	return strings.HasSuffix(way.ReplaceAllString(told, ""), way.ReplaceAllString(message, ""))
}
