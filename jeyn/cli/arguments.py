"""Reading the arguments of a command, with a suggestion for who has misspelt one."""

from __future__ import annotations

import argparse
from typing import Any

from jeyn.model.spelling import nearest


class Arguments(argparse.ArgumentParser):
    """argparse's parser, which only lists what there is."""

    def parse_args(self, args: Any = None, namespace: Any = None) -> Any:
        """As argparse's; an unknown option is answered with the one that was probably meant."""
        found, rest = self.parse_known_args(args, namespace)
        for word in rest:
            known = [option for action in self._actions for option in action.option_strings]
            near = nearest(word.partition("=")[0], known) if word.startswith("-") else ""
            self.error(f"unrecognized arguments: {' '.join(rest)}" + (f"; did you mean {near}?" if near else ""))
        return found

    def _check_value(self, action: argparse.Action, value: Any) -> None:
        """argparse's own step of the same name, which is the only place that knows the value."""
        if action.choices is None or value in action.choices:
            return
        known = [str(choice) for choice in action.choices]
        near = nearest(str(value), known)
        hint = f"did you mean {near}?" if near else f"choose from {', '.join(known)}"
        raise argparse.ArgumentError(action, f"{value!r} is none of its values; {hint}")
