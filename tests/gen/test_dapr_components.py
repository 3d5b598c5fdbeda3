"""Files of Dapr components that are YAML in unusual ways."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from runs_pods import FILE, LEDGER, PROJECT

Write = Callable[[Mapping[str, str | bytes]], Path]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (LEDGER + "  metadata: []\n", ""),
        (LEDGER + "  metadata:\n", ""),
        (LEDGER + "  metadata: [&a [*a], {name: a}, {name: 1, value: 2}, null, [[]]]\n", ""),
        (LEDGER + "  metadata:\n  - {name: password, value: 1234}\n", f"{FILE}:8:29: error JYN803: password is"),
        (LEDGER + "  metadata:\n  - {name: password, value: [hunter2]}\n", f"{FILE}:8:30: error JYN803: password"),
        (LEDGER + "  metadata:\n  - {name: a, value: {password: hunter2}}\n", f"{FILE}:8:33: error JYN803: password"),
        (
            LEDGER + "  metadata:\n  - &a {name: password, value: hunter2}\n  - <<: *a\n    name: b\n",
            f"{FILE}:8:32: error JYN803: password is",
        ),
        (LEDGER + "  initTimeout: 2026-13-45\n", f"{FILE}:1:1: error JYN803: ledger.yaml is not YAML: month must be"),
        (LEDGER + f"  metadata: {'[' * 5000}\n", f"{FILE}:1:1: error JYN803: ledger.yaml is not YAML: it is nested"),
        (LEDGER + "  ? [a]\n  : b\n", f"{FILE}:7:1: error JYN803: ledger.yaml is not YAML: found unhashable key"),
        (LEDGER.replace("kind: Component", "kind: [Component]"), f"{FILE}:1:1: error JYN803: ledger.yaml holds what"),
        (LEDGER.replace("dapr.io/v1alpha1", "[dapr.io/v1alpha1]"), f"{FILE}:1:13: error JYN803: a sidecar passes"),
        (LEDGER.replace("name: ledger", "name: 1"), f"{FILE}:1:1: error JYN803: ledger.yaml holds what is no Dapr"),
        (LEDGER.replace("state.redis", "[]"), f"{FILE}:5:9: error JYN803: the component `ledger` has no spec.type"),
    ],
)
def test_each_is_told_where_it_is(write: Write, jeyn: Any, text: str, told: str) -> None:
    root = write({"pyproject.toml": PROJECT, FILE: text})
    ran = jeyn(root, "lint")
    assert ran.err == ""
    assert told in ran.out
    assert ran.code == bool(told)


def test_aliases_that_grow_are_looked_at_once(write: Write, jeyn: Any) -> None:
    grown = "".join(f"  a{at}: &a{at} [{', '.join([f'*a{at - 1}'] * 10)}]\n" for at in range(1, 30))
    root = write({"pyproject.toml": PROJECT, FILE: f"{LEDGER}  a0: &a0 [it]\n{grown}"})
    assert jeyn(root, "lint").code == 0
