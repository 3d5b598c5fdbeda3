"""The only user of GitPython: commits, snapshots of uncommitted trees, files at a revision."""
