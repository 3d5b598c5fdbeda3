"""Files that were written before a catalog had all of its features: what may be null is null."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from jeyn.errors import ConformanceError
from jeyn.formulas.files import make
from jeyn.formulas.listing import list_objects
from jeyn.model.definitions import DataCatalog, FilesRecipe
from jeyn.model.names import Version
from jeyn.model.types import ITEM, Constraints, Feature, FeatureType, List, Scalar, Struct, Tensor

NULLABLE = Constraints(nullable=True)
INT, TEXT, DURATION = Scalar("int8"), Scalar("string"), Scalar("duration")


def catalog(**features: FeatureType | tuple[FeatureType, Constraints]) -> DataCatalog:
    made = [Feature(name, *(kind if isinstance(kind, tuple) else (kind,))) for name, kind in features.items()]
    return DataCatalog("seen", Version(1, 1, 0), tuple(made))


Read = Callable[[str, DataCatalog], list[dict[str, Any]]]


@pytest.fixture
def read(tmp_path: Path) -> Read:
    """The rows of a file below the project, as the recipe reads it."""

    def rows(name: str, wanted: DataCatalog) -> list[dict[str, Any]]:
        recipe = FilesRecipe(name, name.rpartition(".")[2])
        parts = list(make(recipe, wanted, list_objects(name, tmp_path), tmp_path).data)
        for part in parts:
            part.validate(full=True)
        return [row for part in parts for row in part.to_pylist()]

    return rows


def put(root: Path, form: str, rows: list[dict[str, Any]]) -> str:
    """A file of these rows, whose keys are those of the first; an empty field stands for None in CSV."""
    name = f"data.{form}"
    if form == "parquet":
        pq.write_table(pa.Table.from_pylist(rows), root / name)
    elif form == "jsonl":
        (root / name).write_text("".join(json.dumps(row) + "\n" for row in rows))
    else:
        lines = [",".join("" if value is None else str(value) for value in row.values()) for row in rows]
        (root / name).write_text("\n".join([",".join(rows[0]), *lines, ""]))
    return name


@pytest.mark.parametrize("form", ["parquet", "csv", "jsonl"])
def test_a_feature_that_may_be_null_need_not_be_there(form: str, tmp_path: Path, read: Read) -> None:
    name = put(tmp_path, form, [{"b": 1, "a": "x"}, {"b": 2, "a": "y"}])
    later = {"note": (TEXT, NULLABLE), "lasted": (DURATION, NULLABLE), "ratio": (Scalar("float16"), NULLABLE)}
    nothing = dict.fromkeys(later)
    assert read(name, catalog(a=TEXT, **later, b=INT)) == [{"a": "x", **nothing, "b": 1}, {"a": "y", **nothing, "b": 2}]


@pytest.mark.parametrize("form", ["parquet", "jsonl"])
def test_neither_need_features_that_arrow_nests(form: str, tmp_path: Path, read: Read) -> None:
    name = put(tmp_path, form, [{"a": 1}])
    later: dict[str, FeatureType] = {
        "point": Struct((Feature("x", INT),)),
        "words": List(Feature(ITEM, TEXT)),
        "image": Tensor(INT, (2, 2)),
        "boxes": Tensor(INT, (-1, 4)),
    }
    wanted = catalog(a=INT, **{name: (kind, NULLABLE) for name, kind in later.items()})
    assert read(name, wanted) == [{"a": 1, **dict.fromkeys(later)}]


@pytest.mark.parametrize("form", ["parquet", "csv"])
def test_what_must_be_there_and_what_is_too_much_is_told(form: str, tmp_path: Path, read: Read) -> None:
    name = put(tmp_path, form, [{"a": 1, "other": 2}])
    with pytest.raises(ConformanceError) as told:
        read(name, catalog(a=INT, b=INT, c=(INT, NULLABLE)))
    assert "missing: b\n  not in the catalog: other\n" in str(told.value)


@pytest.mark.parametrize("form", ["parquet", "jsonl"])
def test_a_field_that_may_be_null_need_not_be_there(form: str, tmp_path: Path, read: Read) -> None:
    name = put(tmp_path, form, [{"s": {"x": 1}, "v": [{"x": 1}, None]}, {"s": None, "v": []}])
    inner = Struct((Feature("note", TEXT, NULLABLE), Feature("x", INT)))
    items = Feature(ITEM, inner, NULLABLE)
    assert read(name, catalog(s=(inner, NULLABLE), v=List(items))) == [
        {"s": {"note": None, "x": 1}, "v": [{"note": None, "x": 1}, None]},
        {"s": None, "v": []},
    ]
    strict = Struct((Feature("y", TEXT, NULLABLE),))
    with pytest.raises(ConformanceError, match=r"s: fields y, broken in row 0: also x"):
        read(name, catalog(s=(strict, NULLABLE), v=List(items)))


@pytest.mark.parametrize("kind", [pa.large_list, lambda item: pa.list_(item, 2), pa.list_view])
def test_a_field_within_lists_of_another_kind(kind: Any, tmp_path: Path, read: Read) -> None:
    """polars writes large lists, others lists of one length."""
    held = pa.array([[{"x": 1}, {"x": 2}], None], kind(pa.struct([("x", pa.int8())])))
    try:
        pq.write_table(pa.table({"v": held}), tmp_path / "data.parquet")
    except pa.ArrowNotImplementedError:
        pytest.skip("Parquet does not hold these lists")
    inner = Struct((Feature("x", INT), Feature("y", INT, NULLABLE)))
    rows = read("data.parquet", catalog(v=(List(Feature(ITEM, inner)), NULLABLE)))
    assert rows == [{"v": [{"x": 1, "y": None}, {"x": 2, "y": None}]}, {"v": None}]


def test_two_columns_of_one_name_are_told(tmp_path: Path, read: Read) -> None:
    pq.write_table(pa.Table.from_arrays([pa.array([1]), pa.array([2])], names=["a", "a"]), tmp_path / "data.parquet")
    with pytest.raises(ConformanceError, match="there more than once: a"):
        read("data.parquet", catalog(a=(INT, NULLABLE)))


def test_marks_of_nothing_stay_what_they_were_when_a_text_comes(tmp_path: Path, read: Read) -> None:
    """`NA` is null in a file without texts, which a later version's text does not change."""
    (tmp_path / "data.csv").write_text("a,b\nNA,1.5\n2,NaN\n")
    old = {"a": (INT, NULLABLE), "b": (Scalar("float64"), NULLABLE)}
    rows = [{"a": None, "b": 1.5}, {"a": 2, "b": None}]
    assert read("data.csv", catalog(**old)) == rows
    assert read("data.csv", catalog(**old, t=(TEXT, NULLABLE))) == [{**row, "t": None} for row in rows]


def test_empty_fields_of_texts_and_bytes(tmp_path: Path, read: Read) -> None:
    """They are null where they may be, and empty elsewhere; what looks like a mark stays what it is."""
    (tmp_path / "data.csv").write_text("a,b,c,d\nNA,NA,NA,NA\n,,,\n")
    rows = read("data.csv", catalog(a=TEXT, b=(TEXT, NULLABLE), c=Scalar("bytes"), d=(Scalar("bytes"), NULLABLE)))
    assert rows == [{"a": "NA", "b": "NA", "c": b"NA", "d": b"NA"}, {"a": "", "b": None, "c": b"", "d": None}]


HOUR = timedelta(hours=1)


def test_durations_of_csv(tmp_path: Path, read: Read) -> None:
    (tmp_path / "data.csv").write_text("a,b\nPT1H,\n01:00:00,NA\n3600,1 days 01:00:00\n")
    rows = read("data.csv", catalog(a=DURATION, b=(DURATION, NULLABLE)))
    assert [row["a"] for row in rows] == [HOUR] * 3
    assert [row["b"] for row in rows] == [None, None, timedelta(days=1, hours=1)]


def test_durations_of_json_lines(tmp_path: Path, read: Read) -> None:
    rows = [{"a": "PT1H", "b": 1.5, "s": {"d": 3600}, "v": []}, {"a": "P0D", "b": 3, "s": {"d": None}, "v": ["PT1H"]}]
    (tmp_path / "data.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    within = Struct((Feature("d", DURATION, NULLABLE),))
    assert read("data.jsonl", catalog(a=DURATION, b=DURATION, s=within, v=List(Feature(ITEM, DURATION)))) == [
        {"a": HOUR, "b": timedelta(seconds=1.5), "s": {"d": HOUR}, "v": []},
        {"a": timedelta(0), "b": timedelta(seconds=3), "s": {"d": None}, "v": [HOUR]},
    ]


def test_a_wrong_duration_is_told_with_its_file_and_row(tmp_path: Path, read: Read) -> None:
    (tmp_path / "data.csv").write_text("d\nPT1H\nP1Y\n")
    with pytest.raises(
        ConformanceError, match=r"data\.csv: .*\n  d: dtype duration, broken in row 1: 'P1Y' \(string\)"
    ):
        read("data.csv", catalog(d=DURATION))
    (tmp_path / "data.jsonl").write_text('{"v": [1]}\n{"v": [2, 0.0000001]}\n')
    with pytest.raises(ConformanceError, match=r"v\[\]: dtype duration, broken in row 1: 1e-07 \(double\)"):
        read("data.jsonl", catalog(v=List(Feature(ITEM, DURATION))))
    (tmp_path / "data.jsonl").write_text('{"d": "PT1H"}\n{"d": 3600}\n')
    with pytest.raises(ConformanceError, match=r"cannot be read as jsonl: .*changed from string to number in row 1"):
        read("data.jsonl", catalog(d=DURATION))
