"""The documents as JSON Schema (draft 2020-12), for editors: built from the tables that the loader reads by.

A schema says what can be said of one document by itself without reckoning: keys, types, forms of names and versions,
which rule fits which type. What needs more (references, contradictions, whether a date exists) stays `jeyn lint`'s.
The `.json` files beside this module are what `jeyn_gen.schemas.documents` builds, written by `python
tools/json_schemas.py`.
"""
