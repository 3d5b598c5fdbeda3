"""Saving reports: figures, tables, texts and files that people read."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from jeyn.errors import StepError
from jeyn.model.artefact import DESCRIBES, REPORT, Artefact
from jeyn.model.codec import Json, canonical, digest
from jeyn.stores.loading import handle
from jeyn.stores.metadata import plain
from jeyn.stores.metrics import finite
from jeyn.stores.saved import Report, Saved, relationships
from jeyn.stores.saving import into, notebook

_RESERVED = frozenset({"metrics"})


def save(
    content: object,
    *,
    describes: Saved | Iterable[Saved] | None = None,
    metrics: Mapping[str, float] | None = None,
    output: str = "",
    definition: str = "",
    metadata: Mapping[str, Any] | None = None,
) -> Report:
    """Save a report.

    `content` is a mapping of file names to what they hold (plain values, text, bytes, paths, Matplotlib figures,
    frames), or one of these by itself. A mapping in which no key looks like a file name is one plain value.

    In a step the report is that of its output, named by `output` where there are several; outside a step
    `definition` is the report's name. `describes` says what the report is about. `metrics` are finite
    numbers, which conditions of later steps can ask for; `metadata` is anything that JSON has.
    """
    from jeyn.serializers.content import file_name

    more = plain(metadata, _RESERVED)
    saving = into()
    target = saving.target(REPORT, output, definition)
    is_files = isinstance(content, Mapping) and any(_is_file_name(key) for key in content)
    named: Mapping[Any, Any] = content if is_files else {"report": content}  # type: ignore[assignment]  # a mapping
    with tempfile.TemporaryDirectory(prefix="jeyn-report-") as folder:
        paths = {file_name(str(name), value): _path_of(str(name), value, Path(folder)) for name, value in named.items()}
        if len(paths) < len(named):
            raise StepError("two parts of the report would have the same file name", "give each a name of its own")
        blobs = []
        for name, path in sorted(paths.items()):
            with saving.blobs_of(target).writer() as writer, path.open("rb") as file:
                while chunk := file.read(1 << 22):
                    writer.write(chunk)
                blobs.append(writer.commit(name))
    files: Json = {blob.name: blob.digest for blob in blobs}
    artefact = Artefact(
        kind=REPORT,
        definition=target.definition,
        definition_digest=target.meaning,
        definition_blob=target.keep_definition(saving.blobs),
        digest=digest(b"jeyn.report/1\n" + canonical({"definition": target.meaning, "files": files})),
        blobs=tuple(blobs),
        metadata={**({"metrics": finite(metrics)} if metrics else {}), **more},
    )
    entry, number = saving.keep(target, artefact, relationships(DESCRIBES, describes))
    return Report(entry, number, saving.blobs)


def load(reference: str) -> Report:
    """A recorded report, its bytes checked; AskError if the reference names none, IntegrityError if they changed."""
    return handle(notebook().resolve(reference), Report)


def _path_of(name: str, value: object, folder: Path) -> Path:
    """A file with the content: the file itself if it is one, so that a large one is not copied first."""
    from jeyn.serializers.content import write_content

    return value if isinstance(value, Path) and value.is_file() else write_content(name, value, folder)


def _is_file_name(key: object) -> bool:
    """Whether a mapping's key looks like the name of a file."""
    return isinstance(key, str) and "." in key.strip(".")
