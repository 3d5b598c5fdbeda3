"""Bring generated code up to date, then run a pipeline on this machine.

Steps that were run before on the same code, inputs, parameters and runtime are reused. Exit 1 if a step failed, 4 if
only because a part could not be reached: then the same command completes the run when it is back.
"""

from __future__ import annotations

import argparse
import importlib.util

from jeyn.cli.command import Context, print_json
from jeyn.errors import AskError, Unreachable
from jeyn.runner import result
from jeyn.runner.dry_run import dry_run
from jeyn.runner.plans import find_plan
from jeyn.runner.processes import Processes
from jeyn.runner.result import References, RunResult, StepResult
from jeyn.runner.run import Options, run_pipeline

EXAMPLE = "jeyn run train-digits -p C=0.5 --workers 4"
_MARKS = {
    result.RAN: ("✓", "32"),
    result.REUSED: ("=", "36"),
    result.FAILED: ("✗", "31"),
    result.SKIPPED: ("-", "33"),
    result.CANCELLED: ("-", "33"),
}
_FORESEEN = {
    result.RAN: "would run",
    result.REUSED: "would be reused",
    result.FAILED: "would fail",
    result.SKIPPED: "would be skipped",
}
_MOST_LISTED = 3


def arguments(parser: argparse.ArgumentParser) -> None:
    """The command's own arguments."""
    parser.add_argument("pipeline", metavar="PIPELINE", help="its name, with @MAJOR if there are several")
    parser.add_argument("-p", dest="parameters", action="append", default=[], metavar="NAME=VALUE", help="a parameter")
    parser.add_argument("--only", action="append", default=[], metavar="STEP", help="run only these steps")
    parser.add_argument("--force", action="store_true", help="run even what could be reused")
    parser.add_argument("--workers", type=int, default=2, metavar="N", help="steps at once (default 2)")
    parser.add_argument("--dry-run", action="store_true", help="tell what would run, and record nothing")
    parser.add_argument("--no-generate", action="store_true", help="take generated code as it is")
    parser.add_argument("--format", choices=("text", "json"), default="text")


def run(context: Context, options: argparse.Namespace) -> int:
    """Run it; the exit code."""
    if options.workers < 1:
        raise AskError("--workers must be at least 1")
    parameters = dict(_parameter(text) for text in options.parameters)
    project = context.project
    how = Options(only=tuple(options.only), force=options.force, workers=options.workers)
    servant = Processes()
    try:
        if not options.no_generate and importlib.util.find_spec("yaml") is not None:
            from jeyn_gen.commands.generate import bring_up_to_date

            if not bring_up_to_date(context):
                return 1
        plan = find_plan(project, options.pipeline)
        if options.dry_run:
            done = dry_run(project, plan, parameters, how)
        else:
            done = run_pipeline(project, plan, parameters, how, servant, lambda one: _tell(context, one))
    finally:
        servant.stop()
    if options.format == "json":
        print_json(done.to_json())
    else:
        _print(context, done, dry=options.dry_run)
    if done.status == result.CANCELLED:
        return 130
    if done.is_unreachable:
        return Unreachable.exit_code
    return 0 if done.succeeded else 1


def _parameter(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals:
        raise AskError(f"-p {text!r} has no value", "write -p NAME=VALUE")
    return name, value


def _tell(context: Context, one: StepResult | str) -> None:
    context.say(one if isinstance(one, str) else f"{one.name}: {one.status}")


def _listed(references: References) -> str:
    """One reference, or those of some items."""
    if isinstance(references, str):
        return references
    more = len(references) - _MOST_LISTED
    return ", ".join(references[:_MOST_LISTED]) + (f" and {more} more" if more > 0 else "")


def _print(context: Context, done: RunResult, *, dry: bool) -> None:
    for step in done.steps:
        mark, color = _MARKS[step.status]
        status = _FORESEEN[step.status] if dry else step.status
        given = "  ".join(f"{name} → {_listed(references)}" for name, references in step.outputs.items())
        print(f"{context.paint(mark, color)} {step.name}: {status} in {step.seconds:.2f} s  {given}".rstrip())
        for line in step.error.splitlines():
            print(f"    {line}")
        for notice in step.notices:
            print(f"    {notice}")
    if dry:
        return
    state = "an uncommitted tree, kept as " if done.dirty else "commit "
    print(f"run {done.run} {done.status} in {done.seconds:.2f} s on {state}{done.commit[:12]}")
    for path in done.left_out:
        print(f"  {path} is not in the snapshot: it is too large or cannot be kept; commit or ignore it")
