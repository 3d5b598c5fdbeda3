"""What is said about a change: findings that name whom it breaks, and the bump that each document needs."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cache

from jeyn.model.names import Version
from jeyn_gen.change.assess import Asked, Assessment, assess
from jeyn_gen.change.consumers import Consumers, consumers, listed
from jeyn_gen.change.levels import Level
from jeyn_gen.change.rule import Breach
from jeyn_gen.change.trees import Comparison, Tree, compare
from jeyn_gen.change.version_rules import GONE, UNUSED_WAIVER, VERSION_RULES, VersionChange
from jeyn_gen.diagnostics.codes import made
from jeyn_gen.diagnostics.finding import ERROR, WARNING, Finding, Location
from jeyn_gen.load.documents import Document
from jeyn_gen.load.project import Project

_MOST = 300  # characters of what differs, which holds values of any length; what that needs and breaks comes after


@dataclass(frozen=True, slots=True, order=True)
class Judged:
    """A finding, what it is about, and the number of the version that it asks to be raised. What is waived, warns."""

    finding: Finding
    subject: str
    required_bump: Level = Level.NONE
    waived: bool = False


@dataclass(frozen=True, slots=True)
class Bump:
    """A document that changed: the version it had, the lowest that is high enough, and the one that it declares."""

    kind: str
    name: str
    path: str
    old: Version
    required: Version
    declared: Version
    level: Level

    @property
    def suffices(self) -> bool:
        return self.declared >= self.required


@dataclass(frozen=True, slots=True)
class Judgement:
    """Everything that is said about a change, by place; and each document whose version is or should be another."""

    found: tuple[Judged, ...]
    bumps: tuple[Bump, ...]

    @property
    def is_broken(self) -> bool:
        return any(one.finding.severity == ERROR for one in self.found)


def judge(old: Iterable[Document], project: Project, *, covered: bool = False) -> Judgement:
    """Judge the change from older documents to a project without errors.

    `covered`: say also, as warnings, what the declared version is high enough for.
    """
    comparison = compare(Tree(old), Tree(project.documents))
    readers = cache(lambda: consumers(project))
    found: list[Judged] = []
    bumps: list[Bump] = []
    for assessment in assess(comparison):
        found += _of_document(assessment, readers, covered=covered)
        if assessment.required or assessment.old_version != assessment.new_version:
            bumps.append(_bump(assessment))
    found += _of_tree(comparison)
    return Judgement(tuple(sorted(set(found))), tuple(sorted(bumps, key=lambda bump: (bump.path, bump.name))))


def _bump(assessment: Assessment) -> Bump:
    definition = assessment.pair.definitions[1]
    return Bump(
        kind=type(definition).__name__,
        name=definition.name,
        path=assessment.pair.new.path,
        old=assessment.old_version,
        required=assessment.required_version,
        declared=assessment.new_version,
        level=assessment.required,
    )


def _of_document(assessment: Assessment, readers: Callable[[], Consumers], *, covered: bool) -> Iterator[Judged]:
    new = assessment.pair.new
    for asked in assessment.asked:
        is_covered = asked.level <= assessment.declared
        if covered or not is_covered:
            yield _of_difference(assessment, asked, readers, is_covered=is_covered)
    change = VersionChange(
        assessment.old_version, assessment.new_version, assessment.justified, differs=bool(assessment.asked)
    )
    for rule in VERSION_RULES:
        for breach in rule.check(change):
            yield Judged(made(_place(new, breach), rule.code, breach.message), breach.subject, assessment.required)
    for place, waiver in assessment.unused_waivers():
        yield _unused(new, place, waiver.code, waiver.subject, waiver.version)


def _of_difference(
    assessment: Assessment, asked: Asked, readers: Callable[[], Consumers], *, is_covered: bool
) -> Judged:
    new, breach, waiver = assessment.pair.new, asked.breach, asked.waiver
    message = f"{breach.message[:_MOST]}; {_need(assessment, asked, is_covered=is_covered)}"
    if asked.rule.needs is Level.MAJOR:
        names = readers().of(assessment.pair, breach)
        message += f"; used by {listed(names)}" if names else ""
    if breach.asks_writers:
        names = readers().writing(assessment.pair)
        message += f"; to be given by {listed(names)}" if names else ""
    if waiver is not None:
        message += f"; waived: {new.waivers[waiver].reason}"
    finding = made(_place(new, breach), asked.rule.code, message)
    # What needs a patch breaks nobody: `jeyn bump` writes it, and a commit need not wait for that.
    if is_covered or waiver is not None or asked.rule.needs is Level.PATCH:
        finding = replace(finding, severity=WARNING)
    return Judged(finding, breach.subject, asked.level, waived=waiver is not None)


def _need(assessment: Assessment, asked: Asked, *, is_covered: bool) -> str:
    if asked.level is Level.NONE:
        return "that needs no other version"
    if is_covered:
        return f"that needs a {asked.level}, which {assessment.new_version} is"
    return f"that needs a {asked.level}: from {assessment.old_version} to {_least(assessment, asked)}"


def _least(assessment: Assessment, asked: Asked) -> Version:
    return replace(assessment, asked=(replace(asked, waiver=None),)).required_version


def _place(document: Document, breach: Breach) -> Location:
    return document.at(*breach.keys, key=True).location


def _of_tree(comparison: Comparison) -> Iterator[Judged]:
    for document in comparison.gone:
        assert document.definition is not None, "a tree holds what could be read"
        message = f"{type(document.definition).__name__} {document.definition.pin} is gone"
        yield Judged(made(Location(document.path), GONE, message), "")
    for document in comparison.first:
        for place, waiver in enumerate(document.waivers):
            yield _unused(document, place, waiver.code, waiver.subject, waiver.version)


def _unused(document: Document, place: int, code: str, subject: str, version: Version) -> Judged:
    message = f"nothing of {code} and `{subject}` is found that needs to be waived at {version}"
    return Judged(made(document.at("waivers", place).location, UNUSED_WAIVER, message), f"waivers.{place}")
