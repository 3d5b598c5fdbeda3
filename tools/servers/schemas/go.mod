module jeyn.dev/tools/schemas

go 1.26.0

require ( // nothing of these is compiled: extract.py reads the schemas in them
	github.com/argoproj/argo-cd/v3 v3.2.11
	github.com/argoproj/argo-workflows/v3 v3.7.4
	github.com/dapr/dapr v1.14.0
	k8s.io/kubernetes v1.34.4
)
