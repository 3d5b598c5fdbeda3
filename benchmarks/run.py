"""Measure Jeyn against its peers and against the floor, and write results.md.

`python benchmarks/run.py` measures every row, `python benchmarks/run.py ROW …` only these; rows that were measured
before on the same machine and code stay in the results. Exit 1 if a contestant failed; a target that is missed is in
the table, and no failure.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path
from types import ModuleType

from harness.bench import Bench
from harness.contest import Skipped
from harness.machine import facts
from harness.measure import ContestantFailed, hold
from harness.results import Line, as_markdown, cells, keep, lines
from rows import (
    beside_buf,
    emitted,
    generate,
    growth,
    hook,
    index_sync,
    lint,
    manifests,
    memory,
    own_sidecar,
    record_dapr,
    record_step,
    save_batch,
    save_checkpoint,
    save_file,
    start_up,
    three_steps,
    upload,
    validation,
)

_HERE = Path(__file__).resolve().parent
ROWS: dict[str, ModuleType] = {
    "record-step": record_step,
    "three-steps": three_steps,
    "validation": validation,
    "save-file": save_file,
    "save-checkpoint": save_checkpoint,
    "save-batch": save_batch,
    "memory": memory,
    "start-up": start_up,
    "lint": lint,
    "record-dapr": record_dapr,
    "index-sync": index_sync,
    "own-sidecar": own_sidecar,
    "upload": upload,
    "hook": hook,
    "generate": generate,
    "emitted": emitted,
    "manifests": manifests,
    "growth": growth,
    "beside-buf": beside_buf,
}


def main() -> int:
    """Measure what is asked for; the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("rows", nargs="*", metavar="ROW", help=f"one of {', '.join(ROWS)}")
    parser.add_argument(
        "--date", default="", metavar="DATE", help="the day of measurement (default: of the last commit)"
    )
    parser.add_argument("--rounds", type=int, default=0, metavar="N", help="measure so often, whatever the row says")
    options = parser.parse_args()
    if unknown := sorted(set(options.rows) - set(ROWS)):
        parser.error(f"there is no row {unknown[0]!r}; rows are {', '.join(ROWS)}")
    measured: dict[str, list[Line]] = {}
    failures: list[str] = []
    for name in options.rows or ROWS:
        _tell(name)
        try:
            measured[name] = _measure(ROWS[name], options.rounds)
        except ContestantFailed as error:
            failures.append(f"{name}: {error}")
        for line in measured.get(name, []):
            _tell("  " + "  ".join(cells(line, "")[:-1]))
            if line.is_wild:
                _tell(f"    the figures of {line.title} spread widely; measure the row again on a quieter machine")
    machine = facts(options.date)
    rows = keep(_HERE / "results.json", machine, measured)
    ordered = {name: rows[name] for name in ROWS if name in rows}
    (_HERE / "results.md").write_text(as_markdown(machine, ordered), encoding="utf-8")
    for failure in failures:
        _tell(failure)
    return 1 if failures else 0


def _measure(row: ModuleType, rounds: int) -> list[Line]:
    with tempfile.TemporaryDirectory(prefix="jeyn-bench-") as work:
        try:
            return [
                line
                for contest in row.contests(Bench(Path(work)))
                for line in lines(contest, hold(contest, rounds or contest.rounds, _tell))
            ]
        except Skipped as why:
            return [Line(row.TITLE, "s", reason=str(why))]


def _tell(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
