"""What looks like a credential: what one is called, and texts that hold one."""

from __future__ import annotations

import re

_WORD = "password|passwd|passphrase|pwd|secret|token"
_KEY = "(?:private|access|account|api|secret|master|auth|client|seed|shared|signing|assertion)"
# How Dapr's components call theirs, which tells them from what says where one is or whose it is: `tokenURL`,
# `secretsFile`, `private_key_id`. https://docs.dapr.io/reference/components-reference/
_NAME = re.compile(rf"key|(?:.*(?:{_WORD}|jwt|authorization|cookie|{_KEY}key)\d*)")
_BETWEEN = re.compile(r"[^a-z0-9]+")
# What a key may be called by, and whether one is to be used at all.
_NO_SECRET = re.compile(r"true|false|null|\.{0,2}/[\w./-]+\.(?:key|pem|crt)", re.IGNORECASE)

_TEXTS = (
    # Of PostgreSQL, ADO, Azure, queries of URLs and JSON: `password = …`, `AccountKey=…`, `?token=…`, `"secret": "…"`.
    rf"(?:{_WORD}|{_KEY}_?key|SharedAccessSignature|[?&;]sig)(?:\s*=\s*|[\"']\s*:\s*)(?![\s=;&,]|\"\"|'')\S",
    r"://[^/\s:@]*:[^/\s@]+@",  # a password in any URL
    r"\bhttps?://[^/\s:@]+@",  # a token, that needs no password beside it
    r"\boracle://[^/\s@]+/[^/\s@]+@",
    # https://github.com/go-sql-driver/mysql#dsn-data-source-name: user:password@protocol(address)/database
    r"\A\s*[^\s:@/]*:(?!//).+@[a-z0-9+]*(?:\([^()]*\))?/",
    r"-----BEGIN [A-Z ]*PRIVATE KEY",
)
_TEXT = re.compile("|".join(_TEXTS), re.IGNORECASE)


def is_credential(name: str, value: str) -> bool:
    """Whether what is called so is a credential, as its name or its value tells."""
    called = _NAME.fullmatch(_BETWEEN.sub("", name.lower())) and value and not _NO_SECRET.fullmatch(value)
    return bool(called) or holds_credential(value)


def holds_credential(text: str) -> bool:
    """Whether a text, such as a URL or what a store is connected by, has a credential in it."""
    return bool(_TEXT.search(text))
