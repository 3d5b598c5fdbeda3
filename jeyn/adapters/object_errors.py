"""Errors of an object store, told without anything that a client or server put into them.

obstore's texts hold the whole request, and the server's whole answer: URLs that may be signed, key ids, strings that
were signed. Only what is listed here is taken from them, and the exception itself is not chained.
"""

from __future__ import annotations

import re

from jeyn.errors import AskError, JeynError, Unreachable

_AGAIN = "check the network and the store's endpoint, then try again; blobs that are there are not sent again"
# As object_store writes them: its src/client/retry.rs and src/client/http/connection.rs.
_STATUS = re.compile(r"status code: ([1-5]\d\d)\b")
_CODE = re.compile(r"<Code>([A-Za-z][A-Za-z0-9.]{0,63})</Code>")
_KINDS = {
    "dns error": "its name is not known",
    "kind: Timeout": "it did not answer in time",
    "TimedOut": "it did not answer in time",
    "kind: Connect": "no connection",
    "kind: Interrupted": "the connection was cut",
    "IncompleteMessage": "the connection was cut",
    "kind: Decode": "the connection was cut",
}
_NO_OBJECT = ("NoSuchKey", "BlobNotFound")
_NO_BUCKET = ("NoSuchBucket", "ContainerNotFound")
# Where machines ask for credentials when the environment holds none.
_METADATA_SERVICES = ("169.254.169.254", "169.254.170.2", "metadata.google.internal", "token request")


def is_absent(error: FileNotFoundError) -> bool:
    """Whether an object is not there, rather than its bucket or something else; a HEAD is not told which."""
    code = _CODE.search(str(error))
    return code is None or code[1] in _NO_OBJECT


def translated(error: Exception, store: str, action: str) -> JeynError:
    """The error to raise, `from None`, for one of obstore: `store` is its URL, `action` what was being done."""
    text = str(error)
    status = _STATUS.search(text)
    code = _CODE.search(text)
    answer = " ".join(found[1] for found in (status, code) if found)
    if any(service in text for service in _METADATA_SERVICES):
        return Unreachable(
            f"{store}: no credentials were found to {action}",
            "set the environment variables of the cloud (AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY,"
            " GOOGLE_APPLICATION_CREDENTIALS, AZURE_STORAGE_ACCOUNT_KEY), or give the machine a role",
        )
    if "BadScheme" in text or "URL scheme is not allowed" in text:
        return AskError(f"{store}: the endpoint is plain HTTP", "use https, or set AWS_ALLOW_HTTP=true to permit it")
    if code is not None and code[1] in _NO_BUCKET:
        return AskError(f"{store}: there is no such bucket to {action} ({answer})", "create it, or correct the URL")
    if status is None:
        reason = next((said for kind, said in _KINDS.items() if kind in text), "the request failed")
        return Unreachable(f"{store} cannot be reached to {action}: {reason}", _AGAIN)
    if status[1] in ("401", "403"):
        return AskError(
            f"{store} does not permit to {action} ({answer})",
            "check the credentials in the environment, the clock, and the rights to list, read and write objects",
        )
    if status[1].startswith("5") or status[1] in ("408", "429"):
        return Unreachable(f"{store} fails to {action} ({answer})", _AGAIN)
    return AskError(f"{store} refuses to {action} ({answer})", "check the endpoint, the region and the bucket's name")
