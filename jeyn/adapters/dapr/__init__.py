"""Adapters over a Dapr sidecar: its state, pub/sub and secret stores. https://docs.dapr.io/reference/api/

Only this package imports grpc and dapr, and only when a project's environment uses them.
"""
