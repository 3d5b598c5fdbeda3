"""Secrets from the variables of this process, as a laptop has them."""

from __future__ import annotations

import os
import re

from jeyn.errors import AskError


class ProcessSecrets:
    """A SecretStore in environment variables: `openai/api-key` is OPENAI_API_KEY."""

    def read(self, key: str) -> str:
        variable = re.sub(r"[^A-Za-z0-9]+", "_", key).upper()
        value = os.environ.get(key) or os.environ.get(variable)
        if not value:
            raise AskError(f"the secret {key!r} is not in this process's variables", f"export {variable}=…")
        return value
