"""The `jeyn` command."""
