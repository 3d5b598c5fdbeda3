"""Opening obstore's clients with bounded waits."""

from __future__ import annotations

import os
from collections.abc import Mapping
from datetime import timedelta
from typing import TYPE_CHECKING

from jeyn.errors import AskError

if TYPE_CHECKING:
    from obstore.store import ClientConfig, ObjectStore, RetryConfig

_LONGEST_CONNECT, _LONGEST_PAUSE = 5.0, 2.0
_TRUE = ("1", "true", "yes", "on")


def open_client(url: str, wait: float, *, timeout: float, read_timeout: float | None = None) -> ObjectStore:
    """A client of the store at `url`, its credentials taken from the environment; nothing is sent yet.

    A request that fails is repeated for `wait` seconds, with growing pauses. It may take `timeout` seconds, and wait
    for `read_timeout` of them without receiving anything. AskError if obstore is not there or cannot take the URL.
    """
    try:
        from obstore.exceptions import BaseError
        from obstore.store import from_url
    except ImportError as error:
        raise AskError(f"obstore cannot be imported: {error}", "pip install 'jeyn[objects]'") from error
    options: ClientConfig = {
        "timeout": timedelta(seconds=timeout),
        "connect_timeout": timedelta(seconds=min(_LONGEST_CONNECT, wait)),
    }
    if read_timeout is not None:
        options["read_timeout"] = timedelta(seconds=read_timeout)
    if _permits_http(os.environ):
        options["allow_http"] = True
    retry: RetryConfig = {
        "max_retries": 1000,  # it is time that bounds them
        "retry_timeout": timedelta(seconds=wait),
        "backoff": {
            "init_backoff": timedelta(seconds=0.1),
            "max_backoff": timedelta(seconds=min(_LONGEST_PAUSE, wait)),
        },
    }
    try:
        return from_url(url, client_options=options, retry_config=retry)
    except (BaseError, ValueError) as error:
        raise _not_opened(error, url) from None


def _permits_http(environ: Mapping[str, str]) -> bool:
    """What obstore itself reads only where a client is given no options of its own."""
    return any(environ.get(f"{cloud}_ALLOW_HTTP", "").lower() in _TRUE for cloud in ("AWS", "GOOGLE", "AZURE"))


def _not_opened(error: Exception, url: str) -> AskError:
    if "Account must be specified" in str(error):
        return AskError(f"{url}: the storage account is not known", "set AZURE_STORAGE_ACCOUNT_NAME")
    return AskError(f"{url} cannot be opened with this environment", "check the URL and the variables of the cloud")
