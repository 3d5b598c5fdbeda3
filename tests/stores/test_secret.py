"""`jeyn.Secret`: a value that shows as `***` wherever it is shown, and that cannot be saved by accident."""

from __future__ import annotations

import copy
import json
import logging
import pickle
import traceback

import pytest
from pydantic import BaseModel, ConfigDict, ValidationError

import jeyn
from jeyn.errors import StepError
from jeyn.stores.steps import StepInputs, StepSecrets

TEXT = "hunter2-geheim"


class TrainSecrets(StepSecrets):
    """As the generator writes it."""

    api_key: jeyn.Secret


class TrainInputs(StepInputs):
    """As the generator writes it."""

    secrets: TrainSecrets


class Settings(BaseModel):
    model_config = ConfigDict(frozen=True)

    key: jeyn.Secret


@pytest.fixture
def secret() -> jeyn.Secret:
    return jeyn.Secret(TEXT)


def test_only_reveal_tells_it(secret):
    settings = Settings(key=secret)
    shown = [
        *(repr(secret), str(secret), f"{secret}", f"{secret!r:>20}", f"{secret:>10}", "%s %r" % (secret, secret)),  # noqa: UP031  # one more way to show it
        *(repr([secret]), repr({"key": secret}), json.dumps({"key": secret}, default=str)),
        *(repr(settings), str(settings), settings.model_dump_json(), json.dumps(settings.model_dump(mode="json"))),
        *(repr(settings.model_dump()), repr(TrainInputs.build(secrets={"api_key": TEXT}))),
        logging.LogRecord("a", 0, "b", 1, "%s", (secret,), None).getMessage(),
    ]
    assert all("***" in one and TEXT not in one for one in shown), shown
    assert f"{secret:>5}" == "  ***"
    assert secret.reveal() == TEXT


def test_it_is_in_no_attribute_dictionary_and_in_no_traceback(secret):
    assert not hasattr(secret, "__dict__")
    try:
        len(secret)
    except TypeError as error:
        told = "".join(traceback.TracebackException.from_exception(error, capture_locals=True).format())
    assert "***" in told
    assert TEXT not in told


@pytest.mark.parametrize(
    "save",
    [pickle.dumps, copy.copy, copy.deepcopy, lambda one: pickle.dumps({"a": [one]}), lambda one: one.__getstate__()],
)
def test_it_cannot_be_pickled_or_copied(secret, save):
    with pytest.raises(TypeError, match="a Secret is neither pickled nor copied"):
        save(secret)


def test_it_is_no_json_and_no_text(secret):
    with pytest.raises(TypeError, match="Secret is not JSON serializable"):
        json.dumps(secret)
    with pytest.raises(TypeError):
        "Bearer " + secret
    with pytest.raises(TypeError, match="a secret is text, not bytes"):
        jeyn.Secret(b"bytes")


def test_secrets_are_compared_with_secrets_alone(secret):
    assert secret == jeyn.Secret(TEXT)
    assert secret != jeyn.Secret(TEXT + " ")
    assert secret != TEXT
    assert jeyn.Secret("ä\udc80") == jeyn.Secret("ä\udc80"), "bytes of a variable that are no UTF-8"
    with pytest.raises(TypeError, match="unhashable"):
        hash(secret)


def test_a_model_takes_secrets_alone(secret):
    assert Settings(key=secret).key is secret
    with pytest.raises(ValidationError):
        Settings(key=TEXT)


def test_inputs_are_built_from_plain_texts():
    inputs = TrainInputs.build(secrets={"api_key": TEXT})
    assert isinstance(inputs.secrets.api_key, jeyn.Secret)
    assert inputs.secrets.api_key.reveal() == TEXT
    assert TrainInputs.build(secrets={"api_key": inputs.secrets.api_key}).secrets.api_key is inputs.secrets.api_key
    for wrong in ({}, {"api_key": TEXT, "other": TEXT}):
        with pytest.raises(StepError, match=r"TrainSecrets: (missing 'api_key'|unknown 'other')"):
            TrainInputs.build(secrets=wrong)
