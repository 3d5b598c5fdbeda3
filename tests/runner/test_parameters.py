"""Parameters of a run: what text and values they take, and what is said of others."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from jeyn.errors import AskError
from jeyn.model.definitions import Parameter
from jeyn.model.types import Scalar
from jeyn.runner.parameters import bind

MOMENT = Scalar("timestamp", timezone="UTC")
PRICE = Scalar("decimal", precision=5, scale=2)
NOON = datetime(2030, 1, 1, 12)


@pytest.mark.parametrize(
    ("kind", "given", "value"),
    [
        (MOMENT, "2030-01-01T14:00+02:00", NOON.replace(tzinfo=UTC)),
        (MOMENT, NOON.replace(tzinfo=UTC), NOON.replace(tzinfo=UTC)),
        (Scalar("timestamp"), "2030-01-01 12:00", NOON),
        (PRICE, "1.5", Decimal("1.50")),
        (PRICE, "0e999", Decimal("0.00")),
        (PRICE, Decimal("0E+999999999"), Decimal("0.00")),
        (PRICE, Decimal("-999.99"), Decimal("-999.99")),
        (Scalar("duration"), "PT1H", timedelta(hours=1)),
        (Scalar("duration"), "-90.5", timedelta(seconds=-90.5)),
        (Scalar("bytes"), "00fF", b"\x00\xff"),
        (Scalar("float32"), "inf", float("inf")),
        (Scalar("float32"), 3, 3.0),
        (Scalar("bool"), "True", True),
        (Scalar("date"), "2030-01-31", date(2030, 1, 31)),
    ],
)
def test_a_value_of_the_type_is_taken(kind: Scalar, given: Any, value: Any) -> None:
    bound = bind([Parameter("p", kind)], {"p": given})["p"]
    assert (bound, str(bound)) == (value, str(value))


@pytest.mark.parametrize(
    ("kind", "given", "form"),
    [
        (
            MOMENT,
            "2030-01-01",
            "2030-01-31T09:00:00.000000, with an offset such as Z if, and only if, it has a time zone",
        ),
        (MOMENT, "2030-01-01T12:00", "with an offset"),
        (MOMENT, NOON, "with an offset"),
        (Scalar("timestamp"), "2030-01-01T12:00Z", "with an offset"),
        (PRICE, "NaN", "a number that its precision and scale can hold exactly"),
        (PRICE, "1.555", "exactly"),
        (PRICE, "1e400", "exactly"),
        (PRICE, Decimal("1e999999999"), "exactly"),
        (PRICE, Decimal("1e-999999999"), "exactly"),
        (PRICE, Decimal("Infinity"), "exactly"),
        (PRICE, Decimal("1000"), "exactly"),
        (Scalar("float32"), "1e39", "a number whose size is at most 3.4028234663852886e+38, or inf, -inf or nan"),
        (Scalar("float32"), 1e39, "at most 3.4"),
        (Scalar("float64"), "1e400", "at most 1.79"),
        (Scalar("float64"), 10**400, "at most 1.79"),
        (Scalar("duration"), "P1Y", "P1DT12H30M5.25S (ISO 8601: days, hours, minutes, seconds), or seconds"),
        (Scalar("duration"), "inf", "or seconds"),
        (Scalar("bytes"), "hello", "hexadecimal digits, two for each byte"),
        (Scalar("int8"), "128", "a whole number from -128 to 127"),
        (Scalar("int8"), True, "a whole number"),
        (Scalar("bool"), "yes", "true or false"),
        (Scalar("date"), "20300131", "2030-01-31"),
        (Scalar("string"), 3, "text"),
    ],
)
def test_what_is_no_value_of_the_type_is_refused_with_its_form(kind: Scalar, given: Any, form: str) -> None:
    with pytest.raises(AskError) as refused:
        bind([Parameter("p", kind)], {"p": given})
    assert refused.value.message == f"{given!r} is no {kind} for the parameter 'p'"
    assert form in refused.value.fix


def test_text_that_is_no_utf_8_is_a_mistake_of_who_gave_it(numbers) -> None:
    told = numbers.jeyn("run", "numbers", "-p", "label=a\udcff", "--no-generate", code=2).stderr
    assert told == "jeyn: the parameter 'label' is a\\xff, which is not UTF-8\n"
