"""What can be saved as a batch."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Protocol, TypeAlias


class ArrowStream(Protocol):
    """Anything that speaks Arrow's C stream interface: pandas and polars frames, Arrow tables and readers.

    https://arrow.apache.org/docs/format/CDataInterface/PyCapsuleInterface.html
    """

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object:
        """The stream as a capsule."""
        ...


#: Frames and tables; record batches one after another; arrays by feature name; rows as classes or mappings.
BatchData: TypeAlias = ArrowStream | Mapping[str, Any] | Iterable[Any]
