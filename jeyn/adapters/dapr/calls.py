"""Calls to a sidecar that are bounded in time, tried again where that may help, and fail by one typed error."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

from jeyn.adapters.dapr.channel import USED, SidecarAddress, open_channel
from jeyn.errors import AskError, JeynError, Unreachable
from jeyn.forks import claim_process

if TYPE_CHECKING:
    import grpc

T = TypeVar("T")

_log = logging.getLogger("jeyn.dapr")

# A call that has no answer after so many seconds is given up and tried again: its connection may be a dead one.
_ONE_TRY = 5.0
_FIRST_PAUSE, _LONGEST_PAUSE = 0.02, 0.5
# A sidecar that starts answers before it has loaded its components: so many seconds long, what it does not know may
# yet come.
_LOADING = 2.0
# After so many seconds of trying again, say so, once.
_SILENCE = 1.0


class TooLarge(AskError):
    """A message is larger than the sidecar takes, or sends."""


class NotLoaded(AskError):
    """The sidecar does not have the component, or does not have it yet."""


_MOST_DETAILS = 300
_REFUSED = (
    AskError,
    "the Dapr sidecar at {at} refuses the call",
    "set DAPR_API_TOKEN to the token that the sidecar was started with",
)
_UNKNOWN = (
    NotLoaded,
    "the Dapr sidecar at {at} does not know {what}",
    "look at the components that it was started with; one that is not valid is left out, with a line in its log",
)
_STORE = (
    Unreachable,
    "{what} behind the Dapr sidecar at {at} cannot be used",
    "look at the sidecar's log, and at the store itself",
)
# By the name of gRPC's status code: what to raise, what it says, and what to do.
_FAULTS: dict[str, tuple[type[JeynError], str, str]] = {
    "UNAVAILABLE": (
        Unreachable,
        "the Dapr sidecar at {at} does not answer",
        "start it, or look at its log; DAPR_GRPC_PORT or DAPR_GRPC_ENDPOINT says where it is",
    ),
    "DEADLINE_EXCEEDED": (
        Unreachable,
        "the Dapr sidecar at {at} did not answer in time for {what}",
        "look at the sidecar's log, and at what is behind it",
    ),
    "RESOURCE_EXHAUSTED": (
        TooLarge,
        "a message about {what} is larger than the Dapr sidecar at {at} takes",
        "start it with --max-body-size 16Mi, or with the annotation dapr.io/max-body-size: 16Mi",
    ),
    "UNIMPLEMENTED": (AskError, "what listens at {at} is not a Dapr sidecar", "look at DAPR_GRPC_PORT"),
    "UNAUTHENTICATED": _REFUSED,
    "PERMISSION_DENIED": _REFUSED,
    "INVALID_ARGUMENT": _UNKNOWN,
    "FAILED_PRECONDITION": _UNKNOWN,
}


class Patience:
    """How long one question may be tried again, and what is said meanwhile."""

    def __init__(self, seconds: float) -> None:
        self._began = time.monotonic()
        self._end = self._began + seconds
        self._pause = _FIRST_PAUSE
        self._has_told = False
        self._loaded_by = 0.0

    @property
    def left(self) -> float:
        """Seconds."""
        return max(0.0, self._end - time.monotonic())

    def wait(self, error: JeynError) -> None:
        """Wait before the next try; raise the error instead where none would be in time."""
        left = self.left
        if isinstance(error, NotLoaded):
            self._loaded_by = self._loaded_by or time.monotonic() + _LOADING
            left = min(left, self._loaded_by - time.monotonic())
        if left <= self._pause:
            raise error
        if not self._has_told and time.monotonic() - self._began > _SILENCE:
            self._has_told = True
            _log.warning("%s; trying for %.0f more seconds", error.message, self.left)
        time.sleep(self._pause)
        self._pause = min(self._pause * 2, _LONGEST_PAUSE)


class Sidecar:
    """A sidecar that answers calls. Every call may raise Unreachable after `wait` seconds, and AskError."""

    def __init__(self, address: SidecarAddress, wait: float) -> None:
        """`wait` bounds, in seconds, how long a call is tried again while the sidecar or what is behind it is away."""
        self.address = address
        self.wait = wait
        self._channel = open_channel(address)  # first: it makes gRPC quiet, which it is only from its import on
        from dapr.proto import api_service_v1

        self.stub: Any = api_service_v1.DaprStub(self._channel)  # type: ignore[no-untyped-call]  # generated code
        self._metadata = (("dapr-api-token", address.token),) if address.token else ()

    def has_loaded(self, component: str) -> bool:
        """Whether the sidecar has a component of this name. https://docs.dapr.io/reference/api/metadata_api/"""
        from dapr.proto import api_v1

        request: Any = api_v1.GetMetadataRequest()
        reply = self.ask(self.stub.GetMetadata, request, self.patience(), "its components")
        return any(one.name == component for one in reply.registered_components)

    def patience(self) -> Patience:
        return Patience(self.wait)

    def ask(self, method: Callable[..., T], request: object, patience: Patience, what: str) -> T:
        """The answer to a request that may be repeated; `what` names the part that it is about."""
        import grpc

        claim_process(USED)
        while True:
            try:
                return method(request, timeout=self._timeout(patience), metadata=self._metadata)
            except grpc.RpcError as error:
                patience.wait(self.fault(error, what))

    def start(self, method: Any, request: object, patience: Patience) -> grpc.Future[Any]:
        """Send a request without waiting for its outcome."""
        claim_process(USED)
        return method.future(request, timeout=self._timeout(patience), metadata=self._metadata)  # type: ignore[no-any-return]  # generated code

    def outcome(self, started: grpc.Future[Any], what: str) -> JeynError | None:
        """What went wrong with a request that was started, if anything; AskError as `ask`."""
        import grpc

        try:
            started.result()
        except grpc.RpcError as error:
            return self.fault(error, what)
        return None

    def fault(self, error: grpc.RpcError, what: str) -> JeynError:
        """What a failed call means, where trying again may help; AskError is raised where it cannot."""
        details = " ".join((error.details() or "").split())[:_MOST_DETAILS]
        kind, message, fix = _FAULTS.get(error.code().name, _STORE)
        fault = kind(f"{message.format(at=self.address, what=what)} ({details})", fix)
        if isinstance(fault, (Unreachable, NotLoaded)):
            return fault
        raise fault

    def close(self) -> None:
        """Give up the connection; safe to call twice."""
        self._channel.close()

    def _timeout(self, patience: Patience) -> float:
        return max(0.05, min(_ONE_TRY, patience.left))
