"""Write a new repository, or what a folder lacks of one: documents, code, tests, hooks, CI, a Dockerfile.

It passes its own checks at the first commit. What is there already is never overwritten.
"""

from __future__ import annotations

import argparse
import shlex
import sys
from collections.abc import Iterator
from pathlib import Path

from jeyn.cli.command import Context, print_json
from jeyn.errors import AskError
from jeyn.git.start import repository_around, start_repository
from jeyn.model.modules import GENERATED
from jeyn_gen.diagnostics.excerpt import printable
from jeyn_gen.scaffold.editor import editor_schema
from jeyn_gen.scaffold.files import FORGES, PIPELINE, scaffold
from jeyn_gen.scaffold.generated import generated
from jeyn_gen.scaffold.placing import Placing, foreign, survey, write
from jeyn_gen.scaffold.project_name import project_name

EXAMPLE = "jeyn init churn --with github"
# Forges and pre-commit look for these at the root of a repository only.
_AT_THE_TOP = (".github/workflows/jeyn.yaml", ".gitlab-ci.yml", ".pre-commit-config.yaml")


def arguments(parser: argparse.ArgumentParser) -> None:
    """The command's own arguments."""
    parser.add_argument("folder", nargs="?", metavar="DIR", default=".", help="made if need be (default: this folder)")
    parser.add_argument("--with", dest="forge", choices=sorted(FORGES), default="", help="whose CI to set up")
    parser.add_argument("--name", help="the project's name (default: made of the folder's)")
    parser.add_argument("--yes", action="store_true", help="do not ask before adding to a folder that holds files")
    parser.add_argument("--format", choices=("text", "json"), default="text")


def run(context: Context, options: argparse.Namespace) -> int:
    """Run it; the exit code."""
    root = (context.folder / options.folder).resolve()
    if root.exists() and not root.is_dir():
        raise AskError(f"{options.folder} is no folder", "name another one")
    files = _files(project_name(options.name, root.name), options.forge)
    found = survey(root, files)
    top = repository_around(root)
    if stranger := foreign(root, GENERATED):
        raise AskError(f"{stranger} is not Jeyn's, which owns {GENERATED}/", "move it away, or choose another place")
    if found.absent and not found.is_empty and not options.yes:
        _consent(found, may_ask=options.format == "text")
    write(root, {path: files[path] for path in found.absent})
    if top is None:
        start_repository(root)
    if options.format == "json":
        kept = sorted([*found.same, *found.blocked])
        print_json({"schema": "jeyn.init/1", "written": list(found.absent), "kept": kept})
    else:
        print("\n".join(_told(options.folder, root, top or root, found)))
    return 0


def _files(project: str, forge: str) -> dict[str, bytes]:
    files = scaffold(project, forge)
    return dict(sorted((files | generated(files) | editor_schema()).items()))


def _consent(found: Placing, *, may_ask: bool) -> None:
    """Ask whether to add files to a folder that holds others; AskError if the answer is no, or nobody can be asked."""
    listed = [f"would write {path}" for path in found.absent] + [f"would keep {line}" for line in _in_the_way(found)]
    text = "\n  ".join(["the folder is not empty", *listed])
    if not (may_ask and sys.stdin.isatty() and sys.stderr.isatty()):
        raise AskError(text, "--yes writes these, and leaves what is there as it is")
    print(f"{text}\nwrite these, and leave what is there as it is? [y/N] ", end="", file=sys.stderr, flush=True)
    if sys.stdin.readline().strip().lower() not in ("y", "yes"):
        raise AskError("nothing was written")


def _in_the_way(found: Placing) -> list[str]:
    return [f"{path}: {why}" for path, why in found.blocked.items()]


def _told(given: str, root: Path, top: Path, found: Placing) -> Iterator[str]:
    """What was done, and what comes next."""
    yield f"written to {printable(given)}: {len(found.absent)}; there already: {len(found.same)}"
    yield from (f"kept {line}" for line in _in_the_way(found))
    if found.blocked:
        yield "see that nothing lacks in these, such as [tool.jeyn] in pyproject.toml; then: jeyn lint && jeyn generate"
    if root != top and (misplaced := [path for path in _AT_THE_TOP if path in found.absent]):
        yield f"at work only at the root of the repository, {printable(str(top))}: {', '.join(misplaced)}"
    if found.absent:
        yield "\nnext:"
        if given != ".":
            yield f"  cd {printable(shlex.quote(given))}"
        yield "  make setup && . .venv/bin/activate"
        yield '  git add -A && git commit -m "Start"'
        yield f"  jeyn run {PIPELINE}"
