"""Numbers come from the ledger, not from the clock: a process whose clock is wrong does no harm."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from oracles import embedded

if TYPE_CHECKING:
    from conftest import ProjectFolder

RUN = ("run", "harvest", "--force", "--no-generate")

# Python imports this module when it starts, in a command and in the processes of its steps.
TWO_DAYS_AGO = """
import datetime, time

real, real_time, behind = datetime.datetime, time.time, datetime.timedelta(days=2)

class SetBack(real):
    @classmethod
    def now(cls, tz=None):
        return real.now(tz) - behind

datetime.datetime = SetBack
time.time = lambda: real_time() - behind.total_seconds()
"""


def test_runs_of_a_clock_that_was_set_back_are_recorded_in_the_order_of_their_making(
    harvest: ProjectFolder, tmp_path: Path
) -> None:
    (tmp_path / "clock").mkdir()
    (tmp_path / "clock" / "sitecustomize.py").write_text(TWO_DAYS_AGO)
    set_back = {"PYTHONPATH": f"{tmp_path / 'clock'}:{harvest.environment['PYTHONPATH']}"}
    record = embedded(harvest.root)
    seen: dict[str, str] = {}
    for number, clock in enumerate([{}, set_back, {}, set_back], 1):
        run = harvest.json(*RUN, **clock)
        assert run["status"] == "succeeded"
        assert {step["outputs"]["batch"] for step in run["steps"] if step["name"] == "gather"} == {f"picked#{number}"}
        now = record.entries()
        assert seen.items() <= now.items()
        seen = now
        assert harvest.json("show", "picked#latest")["ref"] == f"picked#{number}"
        assert harvest.json("verify", **clock)["problems"] == []
    created = [entry.created for reference, entry in record.whole_entries().items() if reference.startswith("picked#")]
    assert sorted(created) == [created[1], created[3], created[0], created[2]], "the clock was set back"
    assert harvest.json("run", "harvest", "--no-generate")["steps"][4]["outputs"] == {"batch": "picked#4"}
