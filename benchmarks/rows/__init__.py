"""The rows of the benchmark, one module each with `contests(bench)`; the table of them is in `run.py`."""
