"""The `files` recipe on folders that grow."""

from __future__ import annotations

import os

import pytest


def csv(project, name: str, *lines: str) -> None:
    (project.root / "data" / name).write_text("\n".join(["sensor,at,value,count", *lines]) + "\n")


def collect(project, code: int = 0):
    (step,) = project.json("run", "collect", code=code)["steps"]
    return step


def test_each_run_reads_what_is_new_a_late_file_included(growing):
    project = growing('"data/*.csv"')
    csv(project, "b.csv", "x,2030-01-02T00:00:00Z,1.5,1", ",2030-01-02T00:00:01Z,,2")
    assert (collect(project)["status"], collect(project)["status"]) == ("ran", "reused")
    csv(project, "a-late.csv", "y,2030-01-01T00:00:00Z,2.5,3")
    csv(project, "c.csv", "z,2030-01-03T00:00:00Z,3.5,4")
    assert collect(project)["outputs"] == {"batch": "readings#2"}
    metadata = project.json("show", "readings#2")["metadata"]
    assert [one["url"] for one in metadata["objects"]] == ["data/a-late.csv", "data/c.csv"]
    assert all(len(one["sha256"]) == 64 and one["bytes"] > 0 and one["etag"] for one in metadata["objects"])
    assert metadata["rows"] == 2
    rows = project.python(
        "import jeyn\nfor row in jeyn.load('readings#1'): print(row.sensor, row.at.isoformat(), row.value, row.count)"
    )
    assert rows == "x 2030-01-02T00:00:00+00:00 1.5 1\n 2030-01-02T00:00:01+00:00 None 2\n"
    last = collect(project)
    assert (last["status"], last["outputs"]) == ("reused", {"batch": "readings#2"})


def test_a_touched_file_is_not_new_and_a_changed_one_is(growing):
    project = growing('"data/**/*.csv"')
    csv(project, "a.csv", "x,2030-01-02T00:00:00Z,1.5,1")
    assert collect(project)["status"] == "ran"
    os.utime(project.root / "data" / "a.csv", (1, 1))
    assert collect(project)["status"] == "reused"
    csv(project, "a.csv", "x,2030-01-02T00:00:00Z,1.6,1")
    assert collect(project)["outputs"] == {"batch": "readings#2"}


def test_a_new_major_reads_all_files_anew_and_the_old_one_goes_on(growing):
    project = growing('"data/*.csv"')
    csv(project, "a.csv", "x,2030-01-02T00:00:00Z,1.5,1")
    assert collect(project)["outputs"] == {"batch": "readings#1"}
    for name in ("catalogs/readings", "pipelines/readings"):
        whole = (project.root / f"{name}.yaml").read_text()
        second = whole.replace("version: 1.0.0", "version: 2.0.0").replace("readings@1", "readings@2")
        (project.root / f"{name}-2.yaml").write_text(second.replace("{dtype: int16}", "{dtype: int32}"))
    project.edit("pipelines/collect.yaml", "readings@1", "readings@2")
    step = collect(project)
    assert (step["status"], step["outputs"]) == ("ran", {"batch": "readings#2"})
    assert project.json("show", "readings#2")["definition"] == "readings@2.0.0"
    assert collect(project)["status"] == "reused"
    project.edit("pipelines/collect.yaml", "readings@2", "readings@1")
    step = collect(project)
    assert (step["status"], step["outputs"]) == ("reused", {"batch": "readings#1"})


def test_what_is_no_batch_of_files_is_passed_over(growing):
    """Ledgers may have a report in the stream of a formula, and a batch of no object."""
    project = growing('"data/*.csv"')
    csv(project, "a.csv", "x,2030-01-02T00:00:00Z,1.5,1")
    collect(project)
    project.python(
        "from dataclasses import replace\n"
        "from jeyn.project import Project\n"
        "ledger = Project('.').ledger\n"
        "batch = ledger.streams.read('readings', 1)\n"
        "of_none = replace(batch.artefact, metadata={**batch.artefact.metadata, 'rows': 0, 'objects': []})\n"
        "report = replace(batch.artefact, kind='report', definition='readings', metadata={})\n"
        "ledger.append(replace(batch, id='none', artefact=of_none))\n"
        "ledger.append(replace(batch, id='report', kind='report', artefact=report))\n"
    )
    step = collect(project)
    assert (step["status"], step["outputs"]) == ("reused", {"batch": "readings#1"})


def test_a_name_that_is_not_utf_8_is_told(growing):
    project = growing('"data/*.csv"')
    with open(os.fsencode(project.root / "data") + b"/a\xff.csv", "wb"):  # noqa: PTH123  # pathlib takes no bytes
        pass
    assert r"the name of the file data/a\xff.csv is not UTF-8" in collect(project, code=1)["error"]


@pytest.mark.parametrize("form", ["parquet", "jsonl"])
def test_other_formats(growing, form):
    project = growing(f'"data/*.{form}"')
    project.python(
        "import datetime, pyarrow as pa, pyarrow.parquet as pq\n"
        "at = datetime.datetime(2030, 1, 2, tzinfo=datetime.timezone.utc)\n"
        "table = pa.table({'count': pa.array([1, 2], pa.int64()), 'sensor': ['x', 'y'], 'value': [None, 0.5],"
        " 'at': pa.array([at, at], pa.timestamp('us', 'UTC'))})\n"
        "pq.write_table(table, 'data/a.parquet')\n"
    )
    (project.root / "data" / "a.jsonl").write_text(
        '{"sensor": "x", "at": "2030-01-02T00:00:00Z", "value": null, "count": 1}\n'
        '{"sensor": "y", "at": "2030-01-02T00:00:00Z", "value": 0.5, "count": 2}\n'
    )
    assert collect(project)["status"] == "ran"
    out = project.python("import jeyn; print(jeyn.load('readings#1').to_pandas()[['sensor', 'count']].values.tolist())")
    assert out == "[['x', 1], ['y', 2]]\n"


def test_a_file_that_does_not_fit_is_named_and_nothing_is_recorded(growing):
    project = growing('"data/*.csv"')
    csv(project, "good.csv", "x,2030-01-02T00:00:00Z,1.5,1")
    csv(project, "wrong.csv", "x,2030-01-02T00:00:00Z,1.5,many")
    assert "data/wrong.csv cannot be read as csv" in collect(project, code=1)["error"]
    (project.root / "data" / "wrong.csv").write_text("sensor,at\nx,2030-01-02T00:00:00Z\n")
    error = collect(project, code=1)["error"]
    assert "data/wrong.csv" in error
    assert "missing: count\n" in error
    assert project.json("ls")["items"] == []
    (project.root / "data" / "wrong.csv").unlink()
    assert collect(project)["status"] == "ran"


def test_nothing_there_at_all_is_told(growing):
    project = growing('"data/*.csv"')
    assert "no object is at data/*.csv" in collect(project, code=1)["error"]


def test_urls_of_object_stores_are_refused_for_now(growing):
    project = growing('"s3://bucket/*.csv"')
    assert "s3://" in collect(project, code=1)["error"]


def test_file_urls_lie_outside_the_project(growing, tmp_path):
    outside = tmp_path / "a folder"
    outside.mkdir()
    project = growing(f'"{outside.as_uri().replace("%20", " ")}/*.csv"')
    (outside / "a.csv").write_text("sensor,at,value,count\nx,2030-01-02T00:00:00Z,1.5,1\n")
    assert collect(project)["status"] == "ran"
    (one,) = project.json("show", "readings#1")["metadata"]["objects"]
    assert one["url"] == (outside / "a.csv").as_uri()
    assert collect(project)["status"] == "reused"
