"""The build-time commands, one file each."""
