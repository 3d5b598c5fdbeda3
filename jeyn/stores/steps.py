"""Base classes of what a step reads and gives."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from typing import Any, ClassVar, Self, dataclass_transform, get_args, get_origin

from jeyn.errors import StepError
from jeyn.stores.batch import Batch
from jeyn.stores.row import Parameters
from jeyn.stores.saved import Checkpoint, Report, Saved
from jeyn.stores.secret import Secret


@dataclass_transform(kw_only_default=True, frozen_default=True)
class _Named:
    """A fixed set of named values, given by keyword, not to be changed."""

    names: ClassVar[tuple[str, ...]] = ()

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        cls.names = tuple(inspect.get_annotations(cls))

    def __init__(self, **values: Any) -> None:
        unknown, missing = set(values) - set(self.names), set(self.names) - set(values)
        if unknown or missing:
            what = [f"unknown {name!r}" for name in sorted(unknown)] + [f"missing {name!r}" for name in sorted(missing)]
            raise StepError(f"{type(self).__name__}: {', '.join(what)}", f"give {', '.join(self.names) or 'nothing'}")
        self.__dict__.update(values)

    def __setattr__(self, name: str, value: Any) -> None:
        raise AttributeError(f"{type(self).__name__} cannot be changed")

    def __repr__(self) -> str:
        return f"{type(self).__name__}({', '.join(f'{name}={getattr(self, name)!r}' for name in self.names)})"


class StepSecrets(_Named):
    """The secrets that a step is given. Subclasses are generated: one `Secret` per name."""


class StepInputs(_Named):
    """What a step reads. Subclasses are generated: one attribute per input, `parameters` and `secrets`."""

    @classmethod
    def build(cls, **values: Any) -> Self:
        """Inputs from plain values: data for batches, models for checkpoints, files for reports.

        For many there is a list of them. Parameters stand beside them, and `secrets` is a mapping of texts or Secrets.
        """
        kinds = inspect.get_annotations(cls, eval_str=True)
        made: dict[str, Any] = {}
        if "parameters" in kinds:
            parameters: type[Parameters] = kinds["parameters"]
            own = {name: values.pop(name) for name in parameters.model_fields if name in values}
            made["parameters"] = parameters(**own)
        if "secrets" in kinds:
            given: Mapping[str, Secret | str] = values.pop("secrets", {})
            texts = {name: one if isinstance(one, Secret) else Secret(one) for name, one in given.items()}
            made["secrets"] = kinds["secrets"](**texts)
        return cls(
            **made, **{name: _read(kinds[name], value) if name in kinds else value for name, value in values.items()}
        )


class StepOutputs(_Named):
    """What a step gives. Subclasses are generated: one attribute per output, each an artefact that a store saved."""


def _read(kind: Any, value: Any) -> Saved | tuple[Saved, ...]:
    """What an input of this annotation holds: one artefact, or `tuple[KIND, ...]` of them."""
    if get_origin(kind) is not tuple:
        return _handle(kind, value)
    if isinstance(value, Saved):
        raise StepError(f"{value!r} is one artefact, and this input is many", "give a list, with one for each item")
    return tuple(_handle(get_args(kind)[0], one) for one in value)


def _handle(kind: type[Saved], value: Any) -> Saved:
    if isinstance(value, Saved):
        return value
    if issubclass(kind, Batch):
        return kind.of(value)
    return Checkpoint.holding(value) if issubclass(kind, Checkpoint) else Report.holding(value)
