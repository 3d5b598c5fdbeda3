"""Run one step of a pipeline, as a pod on a cluster does; with --start or --finish, begin or end a run; with --live
record which commit an environment serves.

What other steps gave is handed in, and what this one gives is written to files that Argo reads. Exit 1 if the step
failed, 2 if it was asked something wrong, 4 if a part could not be reached, 128 and a signal's number where that ended
it. After 4 and a signal it is worth trying again: another try finds what was committed before.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import re
import signal
import sys
import traceback
from collections.abc import Mapping
from pathlib import Path

from jeyn.cli.command import Context
from jeyn.errors import AskError, JeynError, Unreachable
from jeyn.local_files import using, write_whole
from jeyn.model.argument_text import from_argument
from jeyn.model.artefact import Origin
from jeyn.model.handing import Handed
from jeyn.model.names import Pin
from jeyn.model.plan import Plan
from jeyn.model.references import parse_reference
from jeyn.runner import result
from jeyn.runner.interrupts import interrupts_of
from jeyn.runner.plans import find_plan
from jeyn.runner.pods.beginning import begin_run
from jeyn.runner.pods.ending import end_run
from jeyn.runner.pods.lines import as_json_lines
from jeyn.runner.pods.pod import Pod, read_inputs, read_parameters
from jeyn.runner.pods.serving import record_live
from jeyn.runner.pods.working import StepEnd, run_step
from jeyn.runner.processes import Processes
from jeyn.runner.task import label

EXAMPLE = 'jeyn step train-digits@1 scale --run RUN --commit COMMIT --inputs \'{"ingest": "images#1 sha256:…"}\''
_ASKED = ("start", "finish", "live")
_ACTOR = "argo-workflows"
_RUN = re.compile(r"[0-9A-Za-z][\w-]{0,127}", re.ASCII)
# What Kubernetes takes of a message, in bytes.
_MOST_TOLD = 4096


def arguments(parser: argparse.ArgumentParser) -> None:
    """The command's own arguments."""
    parser.add_argument(
        "pipeline", metavar="PIPELINE", nargs="?", default="", help="its name, with @MAJOR if there are several"
    )
    parser.add_argument("step", metavar="STEP", nargs="?", default="", help="the step")
    parser.add_argument("--start", action="store_true", help="begin a run")
    parser.add_argument("--finish", action="store_true", help="end a run")
    parser.add_argument("--live", action="store_true", help="record that this commit is served, and what it promotes")
    parser.add_argument("--run", required=True, metavar="RUN", help="what all pods of a run call it")
    parser.add_argument("--commit", required=True, metavar="COMMIT", help="the commit that the image must hold")
    parser.add_argument(
        "--parameters", default="[]", metavar="JSON", help="a list of names and values, as of Argo; or @FILE"
    )
    parser.add_argument(
        "--inputs", default="{}", metavar="JSON", help="what the step reads, by what it is of; or @FILE"
    )
    parser.add_argument("--item", default="", metavar="N", help="the place of the item that the step is run for")
    parser.add_argument("--outputs", default="", metavar="DIR", help="where a file is written for each output")
    parser.add_argument("--message", default="", metavar="FILE", help="where to write why it failed")
    parser.add_argument("--trigger", default="manual", metavar="WHAT", help="with --start: what started the run")
    parser.add_argument("--promoted", action="append", default=[], metavar="REF=TEXT", help="what a stage means")
    parser.add_argument("--new-batch", action="append", default=[], metavar="FORMULA", help="what may start the run")
    parser.add_argument("--status", default="", metavar="STATUS", help="with --finish: how Argo says that it went")
    parser.add_argument(
        "--failures", default="[]", metavar="JSON", help="with --finish: what Argo says of failures; or @FILE"
    )


def run(context: Context, options: argparse.Namespace) -> int:
    """Do what the pod is for; the exit code."""
    what = next((one for one in _ASKED if getattr(options, one)), options.step)
    facts = {"run": options.run, "pipeline": options.pipeline, "step": what, "item": options.item}
    with contextlib.nullcontext() if sys.stdout.isatty() else as_json_lines(facts):
        try:
            return _run(context, options)
        except JeynError as error:
            return _failed(options, str(error), error.exit_code)
        except Exception as error:
            traceback.print_exc()  # its file goes with the pod
            _tell(options, f"this is a bug in Jeyn: {error!r}")
            raise


def _run(context: Context, options: argparse.Namespace) -> int:
    asked = [options.step, *(getattr(options, one) for one in _ASKED)]
    if sum(map(bool, asked)) != 1 or bool(options.pipeline) == options.live:
        raise AskError("it is not clear what to do", "name a PIPELINE and STEP, or give --start, --finish or --live")
    _check_run(options.run)
    _check_image(options.commit)
    project = context.project
    if options.live:
        placed = record_live(project, _origin(None, options), _promoted(options.promoted))
        print(f"{options.commit} is served" + ("" if placed else ", as it was"))
        return 0
    plan = find_plan(project, options.pipeline)
    pod = Pod(project, plan, read_parameters(plan, _text(options.parameters)), _origin(plan, options))
    if options.start:
        given = begin_run(pod, options.trigger, _promoted(options.promoted), map(_formula, options.new_batch))
        _write(options, given)
        return 0
    if options.finish:
        done = end_run(pod, options.status, _text(options.failures))
        print(f"run {done.run} {done.status} in {done.seconds:.1f} s" if done else "there was nothing to run for")
        return 0
    return _step(pod, options)


def _step(pod: Pod, options: argparse.Namespace) -> int:
    processes = Processes(fork=False)
    name = label(options.step, options.item)
    try:
        with interrupts_of(processes, signal.SIGTERM):
            end = run_step(pod, options.step, options.item, read_inputs(_text(options.inputs)), processes, print)
    except KeyboardInterrupt:
        return _failed(options, f"{name} was stopped; what it had not committed is not recorded", 128 + signal.SIGTERM)
    finally:
        processes.stop()
    if end.status == result.FAILED:
        return _failed(options, f"{name}: {end.error}", _exit_code(end))
    _write(options, end.texts)
    print(f"{name}: {end.status}")
    return 0


def _text(given: str) -> str:
    """What was given, or is in the file that `@FILE` names; AskError where that cannot be read."""
    if not given.startswith("@"):
        return given
    try:
        return Path(given[1:]).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise AskError(f"{given[1:]} cannot be read: {error}") from None


def _exit_code(end: StepEnd) -> int:
    """A process that was killed, for its memory say, is a lost pod; one that crashed is at fault itself."""
    if end.signal in (signal.SIGKILL, signal.SIGTERM):
        return 128 + end.signal
    return Unreachable.exit_code if end.is_unreachable else 1


def _check_run(run: str) -> None:
    """A run's name is a folder's, too."""
    if not _RUN.fullmatch(run):
        raise AskError(f"--run {run!r} cannot be the name of a run", "use letters, digits and hyphens, as in a UUID")


def _check_image(commit: str) -> None:
    built = os.environ.get("JEYN_IMAGE_COMMIT", "")
    if not commit:
        raise AskError("--commit is empty: the manifest is of no commit", "deploy one; docs/platform.md tells how")
    if built != commit:
        told = f"was built from commit {built}" if built else "does not say from which commit it was built"
        fix = "build it with --build-arg COMMIT=$(git rev-parse HEAD), and deploy that commit"
        raise AskError(f"this image {told}, and the manifest is of commit {commit}", fix)


def _origin(plan: Plan | None, options: argparse.Namespace) -> Origin:
    """Where all entries of this pod come from, as the environment's ConfigMap says."""
    step = plan.step(options.step) if plan else None
    target = step.placement.image if step else ""
    image = os.environ.get("JEYN_IMAGE", "")
    return Origin(
        commit=options.commit,
        dirty=False,
        repository=os.environ.get("JEYN_REPOSITORY", ""),
        actor=_ACTOR,
        run=options.run,
        pipeline=plan.name if plan else "",
        image=f"{image}{f'-{target}' if target else ''}:{options.commit}" if image else "",
    )


def _promoted(given: list[str]) -> Mapping[str, Handed]:
    pairs = (one.partition("=") for one in given)
    try:
        return {str(parse_reference(source)): Handed.parse(str(from_argument(text))) for source, _, text in pairs}
    except ValueError as error:
        raise AskError(f"--promoted: {error}") from None


def _formula(text: str) -> Pin:
    try:
        return Pin.parse(text)
    except ValueError as error:
        raise AskError(f"--new-batch: {error}") from None


def _write(options: argparse.Namespace, given: Mapping[str, str]) -> None:
    """A file for each output, its name that of the output."""
    for name, text in given.items():
        print(f"{name}: {text}")
    if options.outputs:
        folder = Path(options.outputs)
        with using(folder):
            folder.mkdir(parents=True, exist_ok=True)
            for name, text in given.items():
                write_whole(folder / name, text)


def _failed(options: argparse.Namespace, message: str, code: int) -> int:
    print(message, file=sys.stderr)
    _tell(options, message)
    return code


def _tell(options: argparse.Namespace, message: str) -> None:
    """For Kubernetes, which shows it beside the pod. What cannot be told there stands in the log."""
    if options.message:
        with contextlib.suppress(OSError):
            Path(options.message).write_bytes(message.encode()[-_MOST_TOLD:])
