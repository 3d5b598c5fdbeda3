"""Base classes of generated rows and parameters."""

from __future__ import annotations

from typing import ClassVar, Self

from pydantic import BaseModel, ConfigDict, model_validator

from jeyn.model.catalogs import DataCatalog


class Row(BaseModel):
    """One row of a catalog: strict on types, immutable, and by name of the feature or of its attribute alike.

    The annotations say most of what the catalog does; the rest (shapes, and rules that they cannot express) is
    checked from the catalog itself.
    """

    # No namespace is protected: features are named by people, and their attributes clash with nothing in here. The
    # validator is built when it is first needed: many a step reads columns, and no row.
    model_config = ConfigDict(
        strict=True,
        frozen=True,
        extra="forbid",
        populate_by_name=True,
        protected_namespaces=(),
        defer_build=True,
    )

    #: Set by the batch class of the same generated module.
    catalog_: ClassVar[DataCatalog | None] = None

    @model_validator(mode="after")
    def _check_rules(self) -> Self:
        from jeyn.stores.row_rules import check_row

        check_row(self)
        return self


class StructRow(BaseModel):
    """A struct within a row: strict on types, immutable. Its row checks what the annotations do not say."""

    model_config = Row.model_config


class Parameters(BaseModel):
    """The parameters of a step: strict on types, immutable."""

    model_config = ConfigDict(strict=True, frozen=True, extra="forbid", protected_namespaces=(), defer_build=True)
