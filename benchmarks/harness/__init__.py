"""The harness: contests between Jeyn, its peers and the floor, measured turn by turn. Only the standard library."""
