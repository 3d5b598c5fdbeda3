"""URLs of object stores: what is taken, and what is refused before anything is sent or shown."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from jeyn.errors import AskError

#: Schemes, and how a URL of each is written.
FORMS = {
    "s3": "s3://BUCKET/PREFIX",
    "gs": "gs://BUCKET/PREFIX",
    "az": "az://CONTAINER/PREFIX",
    "abfs": "abfs://CONTAINER@ACCOUNT.dfs.core.windows.net/PREFIX",
    "abfss": "abfss://CONTAINER@ACCOUNT.dfs.core.windows.net/PREFIX",
}
# What is a key of every store without being encoded, and no path that climbs.
_PREFIX = re.compile(r"(/(?!\.{1,2}(/|$))[A-Za-z0-9._=-]+)*")
_HOST = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")


def checked_url(url: str) -> str:
    """The URL as it may be shown and recorded, without a slash at its end.

    AskError for a scheme that is no object store's, for a password, a query or a fragment (where credentials would
    be), and for a prefix that would have to be encoded. What is refused is not shown.
    """
    try:
        parts = urlsplit(url.rstrip("/"))
        form = FORMS[parts.scheme]
    except (ValueError, KeyError):
        raise AskError(
            "the blob URL is of no known object store", f"write one of {', '.join(FORMS.values())}"
        ) from None
    if parts.password is not None or parts.query or parts.fragment or (parts.username and "@" not in form):
        raise AskError(
            "a blob URL holds no credentials, query or fragment",
            f"write {form}, and give credentials in the environment variables of the cloud",
        )
    if not all(_HOST.fullmatch(name) for name in parts.netloc.split("@", 1)) or not _PREFIX.fullmatch(parts.path):
        raise AskError(
            f"the blob URL does not have the form {form}",
            "a prefix has letters, digits and ._=- between single slashes",
        )
    return url.rstrip("/")
