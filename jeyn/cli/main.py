"""The `jeyn` command: global options, and the table of commands."""

from __future__ import annotations

import argparse
import importlib
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from jeyn.cli.arguments import Arguments
from jeyn.cli.command import Context
from jeyn.errors import AskError, JeynError
from jeyn.utf8 import print_utf8
from jeyn.version import VERSION

#: Each command's module and what it does. A module has `arguments(parser)` and `run(context, options) -> exit code`.
COMMANDS: dict[str, tuple[str, str]] = {
    "init": ("jeyn_gen.commands.init", "write a new repository that checks, trains and deploys"),
    "lint": ("jeyn_gen.commands.lint", "find what is wrong in the documents"),
    "generate": ("jeyn_gen.commands.generate", "write the typed code that follows from the documents"),
    "breaking": ("jeyn_gen.commands.breaking", "judge what changed in the documents: what breaks, and whom"),
    "bump": ("jeyn_gen.commands.bump", "write the version that each change needs"),
    "explain": ("jeyn_gen.commands.explain", "explain the code of a finding"),
    "infer": ("jeyn_gen.commands.infer", "write a catalog from data"),
    "schema": ("jeyn_gen.commands.schema", "print the JSON Schema of documents, for editors"),
    "run": ("jeyn.cli.run", "run a pipeline on this machine"),
    "step": ("jeyn.cli.step", "run one step, as a pod on a cluster does"),
    "ls": ("jeyn.cli.ls", "list what is recorded, newest first"),
    "show": ("jeyn.cli.show", "show one artefact"),
    "lineage": ("jeyn.cli.lineage", "show what an artefact was made from"),
    "events": ("jeyn.cli.events", "show what was recorded as CloudEvents"),
    "push": ("jeyn.cli.push", "bring the record here into another environment's"),
    "pull": ("jeyn.cli.pull", "bring another environment's record here"),
    "doctor": ("jeyn.cli.doctor", "tell what is missing here, or in an environment, and what to do"),
    "status": ("jeyn.cli.status", "show what an environment serves: commit, runs, promotions"),
    "verify": ("jeyn.cli.verify", "check ledger and blobs against their digests"),
}
_GENERATOR_MODULES = {"yaml", "ruamel", "datamodel_code_generator", "jeyn_gen"}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; returns the exit code."""
    print_utf8()
    given = list(sys.argv[1:] if arguments is None else arguments)
    parser = _parser()
    try:
        options = parser.parse_args(given)
        if not options.command:
            parser.print_help()
            return 0
        return _run(options)
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else 2
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        # Whoever reads our output has had enough, which is no mistake of ours.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except JeynError as error:
        print(f"jeyn: {error}", file=sys.stderr)
        return error.exit_code
    except ModuleNotFoundError as error:
        if error.name not in _GENERATOR_MODULES:
            return _tell_bug(error)
        print(f"jeyn: the generator is not installed: {error}\n  fix: pip install 'jeyn[gen]'", file=sys.stderr)
        return 2
    except Exception as error:  # noqa: BLE001  # a bug: told as one, with everything needed to report it
        return _tell_bug(error)


def _run(options: argparse.Namespace) -> int:
    name, rest = options.command[0], options.command[1:]
    if name not in COMMANDS:
        from jeyn.model.spelling import nearest

        near = nearest(name, COMMANDS)
        raise AskError(f"there is no command {name!r}", f"did you mean `jeyn {near}`?" if near else "see jeyn --help")
    module = importlib.import_module(COMMANDS[name][0])
    parser = Arguments(
        prog=f"jeyn {name}",
        description=f"{module.__doc__}",
        epilog=f"example: {module.EXAMPLE}",
        formatter_class=_formatter,
        allow_abbrev=False,
    )
    module.arguments(parser)
    _add_environment(parser, default=options.environment)
    own = parser.parse_args(rest)
    context = Context(
        folder=Path(options.directory),
        environment=own.environment,
        color=_wants_color(options.color),
        quiet=not sys.stderr.isatty() or bool(os.environ.get("CI")),
    )
    try:
        code: int = module.run(context, own)
    finally:
        context.close()
    sys.stdout.flush()
    return code


def _parser() -> argparse.ArgumentParser:
    width = max(map(len, COMMANDS))
    table = "\n".join(f"  {name.ljust(width)}  {what}" for name, (_, what) in COMMANDS.items())
    parser = Arguments(
        prog="jeyn",
        description="Production ML in git: documents, typed code, recorded runs.",
        epilog=f"commands:\n{table}\n\n`jeyn COMMAND --help` tells more.",
        formatter_class=_formatter,
        allow_abbrev=False,
    )
    parser.add_argument("-C", dest="directory", metavar="DIR", default=".", help="act as if started in DIR")
    _add_environment(parser, default=None)
    parser.add_argument("--color", choices=("auto", "always", "never"), default="auto")
    parser.add_argument("--version", action="version", version=f"jeyn {VERSION}")
    parser.add_argument("command", nargs=argparse.REMAINDER, metavar="COMMAND …", default=None)
    return parser


def _add_environment(parser: argparse.ArgumentParser, default: str | None) -> None:
    what = "the environment whose record is meant (default: JEYN_ENVIRONMENT, else the embedded one)"
    parser.add_argument("-e", "--environment", metavar="ENVIRONMENT", default=default, help=what)


def _formatter(prog: str) -> argparse.HelpFormatter:
    """argparse's own, told how wide the terminal is: to find that out it would import compression libraries."""
    try:
        width = os.get_terminal_size().columns
    except (OSError, ValueError):
        width = 80
    return argparse.RawDescriptionHelpFormatter(prog, width=max(width - 2, 40))


def _wants_color(choice: str) -> bool:
    if choice == "auto":
        return sys.stdout.isatty() and "NO_COLOR" not in os.environ
    return choice == "always"


def _tell_bug(error: Exception) -> int:
    print(f"jeyn: this is a bug in Jeyn: {error!r}\n  details: {_keep_traceback()}", file=sys.stderr)
    return 3


def _keep_traceback() -> str:
    import tempfile
    import traceback

    handle, name = tempfile.mkstemp(prefix="jeyn-bug-", suffix=".txt")
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(f"jeyn {VERSION}\nPython {sys.version}\narguments: {sys.argv[1:]!r}\n\n{traceback.format_exc()}")
    return name


if __name__ == "__main__":
    sys.exit(main())
