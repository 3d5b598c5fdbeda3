"""Kubernetes manifests: what runs the pipelines of a project on a cluster, and what Argo CD syncs it with.

`generated/manifests/base` holds what is the same in all environments, `environments/NAME` what one of them adds, and
`applications` what tells Argo CD of them.
"""
