"""Rules checked over a stream of batches, with the first rows that break them, and a profile of the values."""

from __future__ import annotations

import math
import os
from concurrent.futures import ThreadPoolExecutor
from copy import copy
from dataclasses import dataclass, field
from functools import cache

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from jeyn.conformance.arrow import arrow_schema
from jeyn.conformance.profile import Profile
from jeyn.conformance.rules import Bound, Membership, bounds_of, extremes, has_order, memberships_of
from jeyn.conformance.shown import shown_value
from jeyn.conformance.taking import drop_null
from jeyn.conformance.uniqueness import Uniqueness
from jeyn.conformance.views import Dense, Mask, Places, children, dense, lengths, missing, numbers, owners
from jeyn.model.codec import Json
from jeyn.model.definitions import DataCatalog
from jeyn.model.types import Family, Feature, List, Scalar, Struct, Tensor, item_of

#: How many of the rows that break a rule are kept.
EXAMPLES = 5
# Below so many rows handing them to a thread costs more than checking them.
_WORTH_A_THREAD = 32_768
_NUMBERS = frozenset({Family.INTEGER, Family.FLOAT})
_MOST_THREADS = min(4, os.cpu_count() or 1)


@dataclass(frozen=True, slots=True)
class Violation:
    """A broken rule: in how many rows, and the first of them as (row, value), rows counted from 0 over the stream.

    `feature` leads to what breaks it within structs and lists: `address.street`, `visits[].seconds`. Of a tensor, a
    list and what is in it, the value is the first that breaks the rule. Of `unique`, the rows are those that repeat an
    earlier one; nulls and NaN repeat nothing.
    """

    feature: str
    rule: str
    count: int
    examples: tuple[tuple[int, str], ...]


class Checker:
    """Checks batches of `arrow_schema(catalog)` against the catalog's rules, in one pass.

    `unique` features are held in memory; everything else is checked in constant memory. NaN breaks every bound and
    no other rule. Patterns are RE2's, found anywhere in the text; AskError for one that RE2 does not take.
    """

    def __init__(self, catalog: DataCatalog) -> None:
        self._schema = arrow_schema(catalog)
        self._columns = [_ColumnChecker(feature) for feature in catalog.features]
        self._rows = 0

    @property
    def rows(self) -> int:
        """How many rows have been checked."""
        return self._rows

    @property
    def is_broken(self) -> bool:
        """Whether a row has broken a rule; what repeats in a `unique` feature only `violations` finds."""
        return any(checker.is_broken for checker in self._columns)

    def update(self, batch: pa.RecordBatch) -> None:
        """Check the next batch; ValueError if its schema is not the catalog's."""
        if not batch.schema.equals(self._schema):
            raise ValueError(f"a batch of another schema: {batch.schema}")
        parts = max(1, min(_MOST_THREADS, batch.num_rows // _WORTH_A_THREAD))
        step = -(-batch.num_rows // parts)
        # The kernels let go of the interpreter, so that parts of the rows are checked side by side.
        others = [
            (_threads().submit(self._check, columns, batch.slice(at, step), self._rows + at), columns)
            for at in range(step, batch.num_rows, step)
            for columns in [[checker.fresh() for checker in self._columns]]
        ]
        self._check(self._columns, batch.slice(0, step), self._rows)
        for done, columns in others:
            done.result()
            for checker, later in zip(self._columns, columns, strict=True):
                checker.merge(later)
        self._rows += batch.num_rows

    def violations(self) -> list[Violation]:
        """The broken rules so far, by feature in the catalog's order; empty if the data conforms."""
        return [violation for checker in self._columns for violation in checker.violations()]

    def profile(self) -> dict[str, dict[str, Json]]:
        """For each feature the number of nulls, and `min` and `max` where it has an order and values but NaN.

        Plain JSON: integers, floats (an infinity is text), decimals as text, times in ISO 8601.
        """
        return {checker.feature.name: checker.profile() for checker in self._columns}

    @staticmethod
    def _check(columns: list[_ColumnChecker], batch: pa.RecordBatch, first: int) -> None:
        for checker, column in zip(columns, batch.columns, strict=True):
            checker.update(column, first, None)


@cache
def _threads() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(_MOST_THREADS, "jeyn-check")


os.register_at_fork(after_in_child=_threads.cache_clear)  # a fork has none of the threads


@dataclass(slots=True)
class _Breach:
    """What is known of one broken rule."""

    count: int = 0
    examples: list[tuple[int, str]] = field(default_factory=list)

    def add(self, count: int, examples: list[tuple[int, str]]) -> None:
        self.count += count
        self.examples += examples[: EXAMPLES - len(self.examples)]


class _ColumnChecker:
    """The rules of one feature, field or item; those within it have checkers of their own."""

    def __init__(self, feature: Feature, path: str = "") -> None:
        """`path` is how messages call what is checked."""
        self.feature = feature
        self._path = path or feature.name
        self._kind = item_of(feature.type) if isinstance(feature.type, Scalar | Tensor) else None
        self._bounds = bounds_of(feature)
        self._memberships = memberships_of(feature)
        is_number = self._kind is not None and self._kind.family in _NUMBERS and self._kind.dtype != "float16"
        is_free = feature.constraints.nullable and not self._memberships and not feature.constraints.unique
        self._is_plain = is_free and is_number and isinstance(feature.type, Scalar)
        steps = [(child, "[]" if isinstance(feature.type, List) else f".{child.name}") for child in feature.children]
        self._children = [_ColumnChecker(child, self._path + step) for child, step in steps]
        self._begin()

    def _begin(self) -> None:
        self._profile = Profile(self._kind)
        is_unique = self.feature.constraints.unique and self._kind is not None
        self._unique = Uniqueness(self._kind) if is_unique and self._kind else None
        names = ["nullable", *(rule.name for rule in self._bounds), *(rule.name for rule in self._memberships)]
        self._breaches = {name: _Breach() for name in names}

    def fresh(self) -> _ColumnChecker:
        """Another with the same rules, that has seen nothing."""
        other = copy(self)
        other._begin()
        other._children = [child.fresh() for child in self._children]
        return other

    def update(self, column: pa.Array, first: int, rows: Places | None) -> None:
        """Check a column; `rows` are the rows of its values, counted from row `first` of the stream; None: 0, 1, …"""
        if column.null_count and self._is_plain and self._holds_around_nulls(column):
            self._profile.add_nulls(column.null_count)
            return
        null = missing(column)
        if null is not None:
            self._profile.add_nulls(int(null.sum()))
            if not self.feature.constraints.nullable:
                nulls = np.flatnonzero(null)
                at = nulls if rows is None else np.unique(rows[nulls])
                self._record("nullable", at + first, ["null"] * min(len(at), EXAMPLES))
        if self._kind is None:
            self._update_within(column, first, rows)
            return
        assert isinstance(self.feature.type, Scalar | Tensor), "it has a scalar kind"
        held = dense(column, self.feature.type)
        if not len(held.values):
            return
        if has_order(self._kind):
            low, high = extremes(held.values, self._kind)
            self._profile.add_extremes(low, high, held.values)
            for bound in self._bounds:
                if not bound.holds(low, high):
                    self._record_mask(bound, bound.broken(held.values, self._kind), held, first, rows)
        for rule in self._memberships:
            broken = rule.broken(held.values)
            if broken is not None:
                self._record_mask(rule, broken, held, first, rows)
        if self._unique is not None:
            self._unique.add(held, first)

    def _update_within(self, column: pa.Array, first: int, rows: Places | None) -> None:
        """Check the lengths of lists, and what structs and lists are made of."""
        kind = self.feature.type
        null = missing(column)
        kept = drop_null(column)
        at = rows if null is None else np.flatnonzero(~null) if rows is None else rows[~null]
        for rule in self._memberships:
            broken = rule.broken(kept)
            if broken is not None:
                places = np.flatnonzero(broken)
                found, firsts = np.unique(places if at is None else at[places], return_index=True)
                counts = lengths(kept)[places[firsts[:EXAMPLES]]]
                self._record(rule.name, found + first, [f"{count} items" for count in counts])
        inner = owners(kept, kind, at)
        for child, values in zip(self._children, children(kept, kind), strict=True):
            child.update(values, first, inner)

    def merge(self, later: _ColumnChecker) -> None:
        """Take in what was found in the rows that come next."""
        self._profile.merge(later._profile)
        for name, breach in later._breaches.items():
            self._breaches[name].add(breach.count, breach.examples)
        if self._unique is not None and later._unique is not None:
            self._unique.merge(later._unique)
        for child, other in zip(self._children, later._children, strict=True):
            child.merge(other)

    def _holds_around_nulls(self, column: pa.Array) -> bool:
        """Whether numbers with nulls between them keep their bounds, found without taking the nulls out.

        False means that one is broken, or that a NaN may be among them: then the slow way tells.
        """
        null = missing(column)
        if null is None or null.all():
            return True
        given = numbers(column)
        filled = np.where(null, given[null.argmin()], given)
        low, high = filled.min().item(), filled.max().item()
        if math.isnan(low) or not all(bound.holds(low, high) for bound in self._bounds):
            return False
        self._profile.add_extremes(low, high, column)
        return True

    @property
    def is_broken(self) -> bool:
        own = any(breach.count for breach in self._breaches.values())
        return own or any(child.is_broken for child in self._children)

    def violations(self) -> list[Violation]:
        found = [
            Violation(self._path, rule, breach.count, tuple(breach.examples))
            for rule, breach in self._breaches.items()
            if breach.count
        ]
        if self._unique is not None:
            count, examples = self._unique.repeats(EXAMPLES)
            if count:
                found.append(Violation(self._path, "unique", count, examples))
        return found + [violation for child in self._children for violation in child.violations()]

    def profile(self) -> dict[str, Json]:
        """That of the values themselves; with `fields` of a struct by name, and `items` of a list."""
        own = self._profile.json()
        if isinstance(self.feature.type, Struct):
            return {**own, "fields": {child.feature.name: child.profile() for child in self._children}}
        return {**own, "items": self._children[0].profile()} if self._children else own

    def _record_mask(
        self, rule: Bound | Membership, broken: Mask, held: Dense, first: int, outer: Places | None
    ) -> None:
        assert self._kind is not None, "only scalars are compared"
        positions = np.flatnonzero(broken)
        places = held.rows_of(positions)
        rows, firsts = np.unique(places if outer is None else outer[places], return_index=True)
        shown = [shown_value(held.values, int(at), self._kind) for at in positions[firsts[:EXAMPLES]]]
        self._record(rule.name, rows + first, shown)

    def _record(self, rule: str, rows: npt.NDArray[np.int64], shown: list[str]) -> None:
        self._breaches[rule].add(len(rows), list(zip(rows[:EXAMPLES].tolist(), shown, strict=False)))
