"""All model serializers, and the choice among them."""

from __future__ import annotations

from jeyn.errors import SerializerError
from jeyn.model.spelling import nearest
from jeyn.serializers.base import OPT_IN, Serializer, name_of
from jeyn.serializers.extras import type_name
from jeyn.serializers.json_ import JsonSerializer
from jeyn.serializers.pickle_ import PickleSerializer
from jeyn.serializers.safetensors_ import SafetensorsSerializer
from jeyn.serializers.skops_ import SkopsSerializer

_PICKLE = PickleSerializer()

#: In order of preference; of two versions of one format the one to write comes first.
SERIALIZERS: tuple[Serializer, ...] = (SkopsSerializer(), SafetensorsSerializer(), JsonSerializer(), _PICKLE)


def choose(model: object, wanted: str = "") -> Serializer:
    """The serializer that writes `model`.

    `wanted` is what the use case's file says: a name, with or without a version (`skops`, `skops/1`). Then that one is
    given, whatever the model is; its `dump` may still refuse. Without it, the first that accepts the model, never
    pickle. SerializerError if there is none.
    """
    if wanted:
        return _named(wanted)
    for serializer in SERIALIZERS:
        if serializer is not _PICKLE and serializer.accepts(model):
            return serializer
    safe = ", ".join(name_of(serializer) for serializer in SERIALIZERS if serializer is not _PICKLE)
    raise SerializerError(
        f"no serializer takes a {type_name(model)} by itself; there are {safe}",
        fix=f"save one of their kinds of model, or {OPT_IN}",
    )


def find(id: str, allowed: str = "") -> Serializer:  # noqa: A002  # the word that checkpoints are recorded with
    """The serializer that wrote a checkpoint, by its recorded id, for loading.

    `allowed` is what the use case's file says now, or nothing. SerializerError if the id is of no serializer here, or
    is of pickle and the file does not say so.
    """
    found = next((serializer for serializer in SERIALIZERS if serializer.id == id), None)
    if found is None:
        raise SerializerError(
            f"the checkpoint was written with {id!r}, which this version of Jeyn does not know",
            fix="load it with the version of Jeyn that wrote it, or a newer one",
        )
    if found is _PICKLE and allowed not in (found.id, name_of(found)):
        raise SerializerError("the checkpoint is a pickle, which can run anything when it is loaded", fix=OPT_IN)
    return found


def _named(wanted: str) -> Serializer:
    for serializer in SERIALIZERS:
        if wanted in (serializer.id, name_of(serializer)):
            return serializer
    names = [name_of(serializer) for serializer in SERIALIZERS]
    near = nearest(wanted, names + [serializer.id for serializer in SERIALIZERS])
    raise SerializerError(
        f"no serializer is called {wanted!r}",
        fix=f"did you mean {near!r}?" if near else f"use one of {', '.join(names)}",
    )
