"""The address of a repository, without the secrets that it may carry."""

from __future__ import annotations

import re

_SCHEME = re.compile(r"(?P<scheme>[A-Za-z][A-Za-z0-9+.-]*)://(?:(?P<user>[^/?#]*)@)?")


def without_credentials(url: str) -> str:
    """The URL without password and token.

    Over ssh the user is part of the address (`ssh://git@host`) and stays; elsewhere it may be a token and goes, and
    so does a query over http. What is no URL (`git@host:path`, a folder) has no place for a secret.
    """
    found = _SCHEME.search(url)
    if found is None:
        return url
    before, rest = url[: found.start()], url[found.end() :]
    if found["scheme"].lower().startswith("http"):
        rest = re.split(r"[?#]", rest, maxsplit=1)[0]
    user = (found["user"] or "").partition(":")[0] if "ssh" in found["scheme"].lower() else ""
    return f"{before}{found['scheme']}://{user}{'@' if user else ''}{rest}"


def choose(configuration: bytes, branch: str) -> str:
    """The URL of the remote that `branch` follows, or of `origin`; empty if there is neither.

    `configuration` is what `git config -z --get-regexp` prints: `KEY NEWLINE VALUE NUL`.
    """
    values: dict[str, str] = {}
    for record in configuration.decode("utf-8", "replace").split("\0"):
        key, _, value = record.partition("\n")
        if key.endswith(".remote"):
            values[key] = value  # the last one counts, as for git
        else:
            values.setdefault(key, value)  # the first one is fetched from
    upstream = values.get(f"branch.{branch}.remote", "origin")
    return values.get(f"remote.{upstream}.url") or values.get("remote.origin.url", "")
