"""Implementations of the ports. Only `jeyn.project` chooses among them."""
