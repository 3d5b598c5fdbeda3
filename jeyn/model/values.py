"""Frozen dataclasses that are made quickly: whoever imports what is generated waits for it.

`dataclasses.dataclass(frozen=True, slots=True)` compiles six functions for each class and makes it twice. Here only
`__init__` is compiled, the other methods close over the names of the fields, and the fields themselves are made for
whoever asks for them. That takes a sixth of the time, and instances are made and compared faster, too.
"""

from __future__ import annotations

import dataclasses
import operator
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from dataclasses import dataclass as dataclass  # noqa: PLC0414  # to a type checker it is that very decorator
else:

    def dataclass(*, frozen: bool, slots: bool, order: bool = False) -> Callable[[type], type]:
        """As `dataclasses.dataclass`, for classes that are frozen, have slots, and derive from nothing."""
        assert frozen, "values are frozen"
        assert slots, "values have slots"
        return lambda cls: _made(cls, order=order)


def _made(cls: type, *, order: bool) -> type:
    assert cls.__bases__ == (object,), "values derive from nothing"
    held = {name: value for name, value in vars(cls).items() if name not in ("__dict__", "__weakref__")}
    names = tuple(held.get("__annotations__", ()))
    defaults = {name: held.pop(name) for name in names if name in held}
    globals_: dict[str, Any] = {}
    made = type(
        cls.__name__,
        (),
        {
            "__qualname__": cls.__qualname__,
            "__slots__": names,
            "__match_args__": names,
            "__dataclass_fields__": _Fields(defaults),
            "__init__": _init(names, defaults, globals_),
            **_methods(names, order=order),
            **held,
        },
    )
    globals_.update((f"_set_{name}", getattr(made, name).__set__) for name in names)
    return made


def _init(names: tuple[str, ...], defaults: dict[str, Any], globals_: dict[str, Any]) -> Any:
    """Sets each slot by its descriptor, `_set_NAME` of the globals, which `__setattr__` does not stop."""
    parameters, values = ["self", *names], dict(zip(names, names, strict=True))
    for place, name in enumerate(names, start=1):
        if name in defaults:
            default, parameters[place] = defaults[name], f"{name}=_default_{name}"
            if isinstance(default, dataclasses.Field):
                globals_[f"_make_{name}"], default = default.default_factory, None
                values[name] = f"_make_{name}() if {name} is None else {name}"
            globals_[f"_default_{name}"] = default
    lines = [f" _set_{name}(self, {value})" for name, value in values.items()]
    exec("\n".join([f"def __init__({', '.join(parameters)}):", *(lines or [" pass"])]), globals_)  # noqa: S102  # names
    return globals_["__init__"]


def _methods(names: tuple[str, ...], *, order: bool) -> dict[str, Callable[..., Any]]:
    key: Callable[[Any], tuple[Any, ...]] = (
        operator.attrgetter(*names) if len(names) > 1 else lambda self: tuple(getattr(self, name) for name in names)
    )

    def comparing(compare: Callable[[Any, Any], bool]) -> Callable[[Any, Any], Any]:
        return lambda self, other: (
            compare(key(self), key(other)) if other.__class__ is self.__class__ else NotImplemented
        )

    def represent(self: Any) -> str:
        return f"{type(self).__qualname__}({', '.join(f'{name}={getattr(self, name)!r}' for name in names)})"

    def get_state(self: Any) -> tuple[Any, ...]:
        return tuple(getattr(self, name) for name in names)

    def set_state(self: Any, state: tuple[Any, ...]) -> None:
        for name, value in zip(names, state, strict=True):
            object.__setattr__(self, name, value)

    ordering = (operator.lt, operator.le, operator.gt, operator.ge) if order else ()
    return {
        "__repr__": represent,
        "__hash__": lambda self: hash(key(self)),
        "__setattr__": _refuse_to_set,
        "__delattr__": _refuse_to_delete,
        "__getstate__": get_state,  # of what is frozen, nothing can be set where it is unpickled or copied
        "__setstate__": set_state,
        **{f"__{compare.__name__}__": comparing(compare) for compare in (operator.eq, *ordering)},
    }


def _refuse_to_set(_: Any, name: str, __: Any) -> None:
    raise dataclasses.FrozenInstanceError(f"cannot assign to field {name!r}")


def _refuse_to_delete(_: Any, name: str) -> None:
    raise dataclasses.FrozenInstanceError(f"cannot delete field {name!r}")


class _Fields:
    """What `dataclasses.fields` and `replace` look for: made when it is first asked for, and then kept by the class."""

    def __init__(self, defaults: dict[str, Any]) -> None:
        self._defaults = defaults

    def __get__(self, _: Any, owner: type) -> dict[str, dataclasses.Field[Any]]:
        held = {"__annotations__": owner.__annotations__, "__module__": owner.__module__, **self._defaults}
        plain: Any = dataclasses.dataclass(init=False, repr=False, eq=False)(type(owner.__name__, (), held))
        found: dict[str, dataclasses.Field[Any]] = plain.__dataclass_fields__
        owner.__dataclass_fields__ = found  # type: ignore[attr-defined]  # it stands where this descriptor stood
        return found
