"""Estimators of scikit-learn, in the skops format: no code in the file, and types that must be trusted by name."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

from jeyn.errors import SerializerError
from jeyn.imported import is_a
from jeyn.model.codec import Json, digest
from jeyn.serializers.base import OPT_IN, Dump
from jeyn.serializers.extras import optional, type_name
from jeyn.serializers.skops_archive import rewrite
from jeyn.serializers.skops_form import dotted, essence, nodes

_WRITTEN_BY = ("skops", "scikit-learn", "numpy")


class SkopsSerializer:
    """scikit-learn's estimators, pipelines and searches, and by name whatever else skops takes.

    The file is what skops writes, made the same in every process (`skops_archive`, `skops_form`), but for the times
    that a search measured (`GridSearchCV.refit_time_`). The canonical form leaves those out as well, and the versions
    of skops and scikit-learn; it holds the sha256 of every array.
    """

    id = "skops/1"
    suffix = "model.skops"

    def accepts(self, model: object) -> bool:
        return is_a(model, "sklearn.base", "BaseEstimator")

    def dump(self, model: object, path: Path) -> Dump:
        """`metadata["untrusted"]` lists the types that loading will ask the use case's file to trust.

        skops holds the whole file in memory while it writes.
        """
        skops = optional("skops.io", "sklearn")
        with tempfile.TemporaryFile(dir=path.parent) as raw:
            try:
                skops.dump(model, raw)
            except (TypeError, ValueError, AttributeError, RecursionError) as error:
                raise SerializerError(f"skops cannot write a {type_name(model)}: {error}", fix=OPT_IN) from error
            schema = rewrite(raw, path)
        types = sorted({dotted(node) for node in nodes(schema) if node["__loader__"] != "JsonNode"})
        metadata: dict[str, Json] = {
            "types": list[Json](types),
            "untrusted": list[Json](skops.get_untrusted_types(file=path)),
            "versions": _versions(),
        }
        return Dump(digest(essence(schema)), metadata)

    def load(self, path: Path, trusted: Sequence[str]) -> Any:
        """Trusts what skops does by default, and `trusted`. Nothing is imported before all types are accepted."""
        skops = optional("skops.io", "sklearn")
        try:
            untrusted = skops.get_untrusted_types(file=path)
        except (BadZipFile, KeyError, TypeError, ValueError, AttributeError, RecursionError) as error:
            raise SerializerError(f"not a checkpoint of {self.id} that this skops reads: {error}") from error
        refused = [name for name in untrusted if not _is_trusted(name, trusted)]
        if refused:
            raise SerializerError(
                f"the checkpoint holds types that are not trusted: {', '.join(refused)}",
                fix="if you know them to be safe, list them under `trusted:` in the use case's file",
            )
        try:
            return skops.load(path, trusted=untrusted)
        except (ImportError, AttributeError, TypeError, ValueError, KeyError) as error:
            raise SerializerError(
                f"the checkpoint does not fit what is installed here: {error}",
                fix="load it with the packages it was written with; its metadata lists their versions",
            ) from error


def _is_trusted(name: str, trusted: Sequence[str]) -> bool:
    return any(name.startswith(entry[:-1]) if entry.endswith(".*") else name == entry for entry in trusted)


def _versions() -> Json:
    found: dict[str, Json] = {}
    for package in _WRITTEN_BY:
        try:
            found[package] = version(package)
        except PackageNotFoundError:  # vendored, or imported from a path
            continue
    return found
