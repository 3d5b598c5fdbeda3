"""Saving and loading outside a step, as in a notebook."""

from __future__ import annotations

import sqlite3

import pytest


@pytest.fixture
def ran(numbers):
    """The sample project after one run."""
    numbers.json("run", "numbers")
    return numbers


def test_everything_loads_from_any_folder_of_the_project(ran):
    out = ran.python(
        "import os; os.chdir('pipelines')\n"
        "import jeyn\n"
        "batch, model, report = (jeyn.load(ref) for ref in ('doubled@1#latest', 'mean#1', 'fit-report#latest'))\n"
        "print(len(batch), batch.columns.double[:3], type(next(iter(batch))).__name__)\n"
        "print(batch.to_pandas().shape, batch.to_polars().shape, batch.to_arrow().num_rows)\n"
        "print(model.model, model.metrics, model.reference)\n"
        "print(report.read('mean.json'), sorted(report.files()), report.read('note.md').strip())\n"
        "print(jeyn.model_store.load('mean#1'), jeyn.dataset_store.load('doubled#1'), jeyn.artefact_store.load('fit-report#1'))\n"
        "print([edge.type for edge in jeyn.lineage('predicted#1').edges])\n"
        "for one in (batch, model, report, jeyn.lineage('mean#1')): assert '<table' in one._repr_html_()\n"
    )
    lines = out.splitlines()
    assert lines[0] == "20 [0. 1. 2.] Doubles"
    assert lines[1] == "(20, 2) (20, 2) 20"
    assert lines[2] == "{'label': 'plain', 'mean': 9.5} {'mean': 9.5} mean#1"
    assert lines[3] == "{'mean': 9.5} ['mean.json', 'note.md'] # Done"
    assert lines[4].startswith("{'label': 'plain', 'mean': 9.5} <DoublesBatch doubled#1 sha256:")
    assert lines[5] == "['derived_from', 'predicted_with', 'derived_from', 'trained_on']"


def test_a_notebook_saves_at_once_with_relationships(ran):
    out = ran.python(
        "import jeyn\n"
        "doubles = jeyn.load('doubled#latest')\n"
        "frame = doubles.to_pandas()\n"
        "frame['double'] += 1\n"
        "again = jeyn.dataset_store.save(frame, definition='doubled@1', derived_from=doubles)\n"
        "model = jeyn.model_store.save({'mean': 1.0}, definition='mean@1', trained_on=again, metrics={'mean': 1})\n"
        "report = jeyn.artefact_store.save('# words', definition='remarks', describes=[model, again])\n"
        "print(again.reference, model.reference, report.reference)\n"
    )
    assert out == "doubled#2 mean#2 remarks#1\n"
    shown = ran.json("show", "remarks#1")
    assert [(edge["type"], edge["target"]) for edge in shown["relationships"]] == [
        ("describes", "mean#2"),
        ("describes", "doubled#2"),
    ]
    assert shown["run"] == ""
    assert ran.json("verify")["problems"] == []


def test_metadata_is_recorded_as_json_whatever_made_its_numbers(ran):
    out = ran.python(
        "import jeyn, numpy as np\n"
        "given = {'count': np.int64(3), 'share': np.float32(0.5), 'is': np.bool_(True), 'word': np.str_('x'), 'many': (1, [None])}\n"
        "report = jeyn.artefact_store.save('x', definition='remarks', metadata=given)\n"
        "print(dict(report.metadata) == dict(jeyn.load('remarks#1').metadata), dict(report.metadata))\n"
    )
    assert out == "True {'count': 3, 'share': 0.5, 'is': True, 'word': 'x', 'many': [1, [None]]}\n"


def test_a_report_that_an_older_jeyn_put_among_batches_hides_none(ran):
    ran.python(
        "from dataclasses import replace\n"
        "from jeyn.project import Project\n"
        "ledger = Project('.').ledger\n"
        "report = ledger.streams.read('fit-report', 1)\n"
        "ledger.append(replace(report, id='one', stream='doubled', artefact=replace(report.artefact, definition='doubled')))\n"
    )
    assert ran.python("import jeyn; print(jeyn.load('doubled#latest').reference)") == "doubled#1\n"
    assert ran.python("import jeyn; print(jeyn.load('doubled#2').reference)") == "doubled#2\n"


@pytest.mark.parametrize(
    ("code", "message"),
    [
        ("jeyn.load('nothing#1')", "nothing is recorded as nothing#1"),
        ("jeyn.load('mean#99')", "nothing is recorded as mean#99"),
        ("jeyn.load('what?')", "is not a reference"),
        ("jeyn.load('mean@1')", "names a definition"),
        ("jeyn.load('mean#production')", "promotes nothing to 'production'"),
        ("jeyn.load('sha256:0123456789')", "no artefact has a digest"),
        ("jeyn.dataset_store.load('mean#1')", "mean#1 is a checkpoint"),
        ("jeyn.dataset_store.save({'key': [1]}, definition='doubled@1')", "double"),
        ("jeyn.dataset_store.save({}, definition='nowhere@1')", "there is no DatasetFormula nowhere@1"),
        ("jeyn.dataset_store.save({}, definition='nowhere')", "is no definition"),
        ("jeyn.dataset_store.save({})", "must be told what it saves"),
        ("jeyn.artefact_store.save('x', definition='No Name')", "cannot be the name of a report"),
        ("jeyn.load('mean@7#1')", "mean#1 is of major 1, not of 7\n  fix: write mean@1#1"),
        (
            "jeyn.load('fit-report@1#1')",
            "fit-report#1 is a report without a major, not of 1\n  fix: write fit-report#1",
        ),
        ("jeyn.artefact_store.save('x', definition='source')", "the DatasetFormula source has the name 'source'"),
        ("jeyn.artefact_store.save('x', definition='mean')", "the MLUseCase mean has the name 'mean'"),
        ("jeyn.artefact_store.save('x', definition='numbers')", "the Pipeline numbers has the name 'numbers'"),
        (
            "jeyn.model_store.save({}, definition='mean@1', metadata={'serializer': 'pickle/1', 'note': 'x'})",
            "the metadata names 'serializer', which Jeyn records itself\n  fix: call it something else than bytes, metrics,",
        ),
        ("jeyn.artefact_store.save('x', definition='remarks', metadata={'metrics': 1})", "names 'metrics'"),
        ("jeyn.dataset_store.save({}, definition='doubled@1', metadata={'objects': []})", "names 'objects'"),
        (
            "jeyn.artefact_store.save('x', definition='remarks', metadata={'a': [0, {'b': float('nan')}]})",
            "metadata['a'][1]['b'] is nan, which JSON does not have",
        ),
        (
            "jeyn.artefact_store.save('x', definition='remarks', metadata={'a': object()})",
            "metadata['a'] is object, which",
        ),
        (
            "jeyn.artefact_store.save('x', definition='remarks', metadata={'a': chr(0xdcff)})",
            r"metadata['a'] is \xff, which",
        ),
        (
            "jeyn.artefact_store.save('x', definition='remarks', metadata={'a': {1: 2, 'b': 3}})",
            "metadata['a'] has the key 1",
        ),
        ("jeyn.artefact_store.save('x', definition='remarks', metadata=['a'])", "the metadata is list, not a mapping"),
        (
            "circle = {}; circle['in'] = circle; jeyn.artefact_store.save('x', definition='remarks', metadata=circle)",
            "things in each other",
        ),
        (
            "jeyn.model_store.save({}, definition='mean@1', metrics={1: 1, 'a': 2})",
            "the metric 1 has no text as its name",
        ),
        ("jeyn.model_store.save(object(), definition='mean@1')", "object"),
        ("jeyn.model_store.save({}, definition='mean@1', metrics={'a': 'b'})", "not a number"),
        ("jeyn.model_store.save({}, definition='mean@1', metrics={'a': float('nan')})", "no gate could compare"),
    ],
)
def test_what_cannot_be_done_is_said(ran, code, message):
    before = ran.json("ls")["items"]
    program = f"import jeyn, jeyn.errors\ntry:\n    {code}\nexcept jeyn.errors.JeynError as error:\n    print(error)\n"
    assert message in ran.python(program)
    assert ran.json("ls")["items"] == before


def test_a_digest_prefix_finds_its_artefact(ran):
    digest = ran.json("show", "mean#1")["digest"]
    assert ran.json("show", digest[:15])["ref"] == "mean#1"
    assert ran.json("show", digest)["ref"] == "mean#1"


def test_pickle_needs_the_use_cases_word_to_save_and_to_load(ran):
    save = (
        "import jeyn, fractions\nprint(jeyn.model_store.save(fractions.Fraction(1, 2), definition='mean@1').reference)"
    )
    assert "pickle" in ran.python(save, exit_code=1)
    ran.edit("catalogs/mean.yaml", "outputs: doubles@1", "outputs: doubles@1\nserializer: pickle")
    ran.jeyn("generate")
    assert ran.python(save) == "mean#2\n"
    load = "import jeyn\nprint(jeyn.load('mean#2').model)"
    assert ran.python(load) == "1/2\n"
    ran.edit("catalogs/mean.yaml", "\nserializer: pickle", "")
    ran.jeyn("generate")
    assert "SerializerError" in ran.python(load, exit_code=1)


def test_a_flipped_byte_is_found_by_load_and_by_verify(ran):
    for path in sorted((ran.root / ".jeyn" / "blobs" / "sha256").glob("*/*")):
        whole = path.read_bytes()
        path.chmod(0o644)
        middle = len(whole) // 2
        path.write_bytes(whole[:middle] + bytes([whole[middle] ^ 1]) + whole[middle + 1 :])
        problems = ran.json("verify", code=1)["problems"]
        assert any(path.parent.name + path.name in one["message"].replace("/", "") for one in problems), path
        refs = {one["where"] for one in problems}
        for ref in refs:
            assert "IntegrityError" in ran.python(f"import jeyn; jeyn.load({ref!r})", exit_code=1)
            ran.json("verify", ref, code=1)
        path.write_bytes(whole)
    assert ran.json("verify")["problems"] == []


def test_a_flipped_byte_in_the_ledger_is_found_by_load_and_by_verify(ran):
    ledger = ran.root / ".jeyn" / "ledger.db"
    with sqlite3.connect(ledger) as db:
        (key,) = db.execute("SELECT key FROM written WHERE key LIKE '%/stream/mean/1'").fetchone()
        (value,) = db.execute("SELECT value FROM written WHERE key = ?", (key,)).fetchone()
        flipped = value.replace(b'"step":"fit"', b'"step":"fiT"')
        assert flipped != value
        db.execute("UPDATE written SET value = ? WHERE key = ?", (flipped, key))
    db.close()
    assert "IntegrityError" in ran.python("import jeyn; jeyn.load('mean#1')", exit_code=1)
    assert any("mean/1" in one["where"] for one in ran.json("verify", code=1)["problems"])
    assert ran.jeyn("show", "mean#1", code=1).stderr.startswith("jeyn: ")


def test_the_index_can_be_deleted_at_any_time(ran):
    before = ran.json("ls")["items"]
    (ran.root / ".jeyn" / "index.db").unlink()
    assert ran.json("ls")["items"] == before
    (ran.root / ".jeyn" / "index.db").write_bytes(b"not a database at all" * 100)
    assert ran.json("ls")["items"] == before


def test_a_batch_is_read_as_it_was_recorded_after_its_catalog_has_changed(ran):
    ran.edit("catalogs/doubles.yaml", "double: {dtype: float64}", "double: {dtype: float64, maximum: 1.0e+6}")
    ran.edit("catalogs/doubles.yaml", "version: 1.0.0", "version: 1.0.1")
    ran.jeyn("generate")
    out = ran.python(
        "import jeyn\nbatch = jeyn.load('doubled#1')\n"
        "print(type(batch).__name__, batch.columns.double.sum(), next(iter(batch)).double)"
    )
    assert out == "RecordedBatch 190.0 0.0\n"


def test_importing_jeyn_imports_nothing_heavy(ran):
    out = ran.python(
        "import sys, jeyn\n"
        "print(sorted({'numpy', 'pyarrow', 'pandas', 'dapr', 'grpc', 'pydantic', 'git'} & set(sys.modules)))\n"
        "import generated.pipelines.numbers_v1, generated.catalogs.numbers_v1\n"
        "print(sorted({'numpy', 'pyarrow', 'pandas', 'git'} & set(sys.modules)))\n"
    )
    assert out == "[]\n[]\n"


def test_jeyn_run_from_python(numbers):
    out = numbers.python(
        "import jeyn; done = jeyn.run('numbers', factor=3.0); print(done.status, done.steps[2].outputs)"
    )
    assert out == "succeeded {'model': 'mean#1', 'report': 'fit-report#1'}\n"


def test_threads_load_save_and_trace_at_once(ran):
    out = ran.python(
        "import threading, jeyn\n"
        "from concurrent.futures import ThreadPoolExecutor\n"
        "ready = threading.Barrier(8)\n"
        "def one(number):\n"
        "    if number < 8: ready.wait()\n"
        "    doubles = jeyn.load('doubled#1')\n"
        "    again = jeyn.dataset_store.save(doubles.to_pandas(), definition='doubled@1', derived_from=doubles)\n"
        "    jeyn.lineage(again.reference)\n"
        "    return again.reference\n"
        "with ThreadPoolExecutor(8) as threads:\n"
        "    saved = set(threads.map(one, range(80)))\n"
        "print(saved == {f'doubled#{number}' for number in range(2, 82)})\n"
    )
    assert out == "True\n"
    assert ran.json("verify")["problems"] == []


def test_a_fork_of_a_notebook_is_refused(ran):
    """What it commits could be lost: the files of SQLite are locked by its parent alone."""
    out = ran.python(
        "import multiprocessing, jeyn\n"
        "doubled = jeyn.load('doubled#1')\n"
        "def one(act):\n"
        "    try: return act()\n"
        "    except Exception as error: return str(error)\n"
        "def several(_):\n"
        "    save = lambda: jeyn.artefact_store.save('x', definition='remarks')\n"
        "    return [one(act) for act in (lambda: len(doubled), save, lambda: jeyn.load('mean#1'))]\n"
        "with multiprocessing.get_context('fork').Pool(2) as forks: told = forks.map(several, range(2))\n"
        "for count, *refused in told: print(count, *('forked' in text and 'spawn' in text for text in refused))\n"
    )
    assert out == "20 True True\n20 True True\n"
    assert ran.json("ls", "reports")["items"][0]["ref"] == "fit-report#1"


def test_processes_that_are_spawned_use_the_record(ran):
    (ran.root / "spawned.py").write_text(
        "import multiprocessing, jeyn\n"
        "def one(number):\n"
        "    return jeyn.artefact_store.save(str(number), definition='remarks', describes=jeyn.load('doubled#1')).reference\n"
        "if __name__ == '__main__':\n"
        "    jeyn.load('doubled#1')\n"
        "    with multiprocessing.get_context('spawn').Pool(2) as pool: saved = set(pool.map(one, range(10)))\n"
        "    print(saved == {f'remarks#{number}' for number in range(1, 11)})\n"
    )
    assert ran.python("import runpy; runpy.run_path('spawned.py', run_name='__main__')") == "True\n"
    assert ran.json("verify")["problems"] == []
