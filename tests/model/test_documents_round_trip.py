"""What a definition says survives being written as a document and read again, exactly."""

from __future__ import annotations

from typing import Any

from drawn_definitions import definitions
from hypothesis import given, settings
from hypothesis import strategies as st
from written_documents import document

from jeyn.model.definitions import Definition
from jeyn_gen.load.documents import read_document


@settings(max_examples=250, deadline=None)
@given(definitions, st.booleans())
def test_read_gives_what_was_written(definition: Definition, block: bool) -> None:
    findings: list[Any] = []
    read = read_document("catalogs/a.yaml", document(definition, block=block), findings)
    assert findings == []
    assert read.definition == definition
