"""How changes are judged, as docs/changes.md: made from the rules, so that it cannot say otherwise.

python tools/change_table.py > docs/changes.md
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from jeyn_gen.change.levels import Level
from jeyn_gen.change.rules import RULES
from jeyn_gen.change.version_rules import VERSION_RULES
from jeyn_gen.diagnostics.change_codes import CHANGE_CODES
from jeyn_gen.diagnostics.code import Code

_HEAD = """# How a change is judged

Made by `python tools/change_table.py`; a test compares this page with the code.

A version says what a change means for others, and `jeyn breaking` computes it from the documents: it compares the
working tree with the commit where the branch left the default branch (`--against REV` names another), pairs
definitions by kind, name and line (the major, before 1.0 the minor), and asks of each difference what it needs. A
new line is compared with the nearest lower one.

- A **catalog**'s minor lets code of either version read batches of both. So what is added may be null, and all else
  that tells values apart is a major, whichever way it goes: code that writes breaks by what is narrowed, code that
  reads by what is widened. Fields of structs and items of lists are judged by the same rules, at any depth.
- **Code here that writes a catalog has work with its minor too.** A row needs every feature, null or not, so each
  function that writes the catalog has to give what is added: `ReadingsBatch.of(frame)` refuses a frame without the
  column. A type checker sees it where rows are built by name; in frames nothing sees it before they are made, so the
  finding names the formulas and steps to look at (`--all` shows it where the version is raised already). Files that a
  recipe reads may lack the feature: there it is null.
- What a feature is called in **Python**, its attribute and the class of a struct, depends on the names beside it and
  on their order. Where one that both versions have is called otherwise, code means another feature: a major.
- A **formula**'s major is its catalog; a minor may make other values of the same form.
- A **use case**'s major may change both catalogs, a minor only add outputs, a patch neither.
- What a **pipeline** takes may widen, what it gives may grow, and what it makes must still be made. A condition
  (`when`) that is added, or asks for more, is a minor at least: what the step gives may never be made again, and
  whoever reads the latest of it would wait for ever without a word. Dropping it, or asking for less, is a patch.
- **Before 1.0** a minor takes the place of a major, and a patch that of a minor.

A difference that needs more than the document's version declares is an error, which names the steps, formulas and
use cases here that it breaks. `--all` shows the others too, as warnings. `jeyn explain CODE` tells more about each.

`jeyn bump` writes the versions that are needed, and nothing else: comments, quotes and line ends stay. Where a
document comes to a new line, whoever pins the old line here pins the new one, and gets the version that this asks
for. These are the pins of documents: Python code that imports the old line, such as `generated.catalogs.readings_v1`,
is yours to move; `jeyn lint` finds it in the modules of functions that documents name. With `--keep` the old file
stays as it was, and the new content becomes a second file beside it, so that consumers move one by one.

A feature that has another name says so, and is then one change instead of two:

```yaml
ink: {dtype: float32, renamed_from: pixels}
```

A finding that the authors accept is waived in the document. A waiver excuses one finding of its code and subject
while the document has its version, and one that comes with a change and excuses nothing is a finding itself:

```yaml
version: 1.2.0
waivers:
  - {code: JYN610, subject: features.label, version: 1.2.0, reason: Nobody has read it since spring.}
```

## The rules
"""
_CHANGES = {"DataCatalog": "Catalogs", "DatasetFormula": "Formulas", "MLUseCase": "Use cases", "Pipeline": "Pipelines"}


def page() -> str:
    """The page in Markdown."""
    return "\n".join([_HEAD, *_sections()])


def _sections() -> Iterator[str]:
    needs = {rule.code: rule.needs for rules in RULES.values() for rule in rules}
    kinds: dict[str, set[str]] = {}
    for kind, rules in RULES.items():
        for rule in rules:
            kinds.setdefault(rule.code, set()).add(_CHANGES[kind.__name__])
    general = [row for row in CHANGE_CODES if len(kinds.get(row.code, ())) != 1]
    yield _table("Any document", general, needs)
    for title in _CHANGES.values():
        yield _table(title, [row for row in CHANGE_CODES if kinds.get(row.code) == {title}], needs)


def _table(title: str, rows: Iterable[Code], needs: dict[str, Level]) -> str:
    cells = [(row.code, row.title, _need(row, needs), _code(row.example)) for row in rows]
    head = [("code", "what happens", "needs", "for example"), ("---",) * 4]
    return f"### {title}\n\n" + "\n".join(f"| {' | '.join(line)} |" for line in [*head, *cells]) + "\n"


def _need(row: Code, needs: dict[str, Level]) -> str:
    own = {rule.code for rule in VERSION_RULES}
    return row.severity if row.code in own or row.code not in needs else str(needs[row.code])


def _code(text: str) -> str:
    return f"`{text}`".replace("|", "\\|")


if __name__ == "__main__":
    print(page(), end="")
