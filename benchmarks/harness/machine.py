"""What the figures were measured on. Names no path and no user of the machine."""

from __future__ import annotations

import os
import platform
import sqlite3
import ssl
import subprocess
import sys
from importlib import metadata
from pathlib import Path

_ROOT = Path(__file__).resolve().parent.parent.parent
_CODE = ("jeyn", "jeyn_gen")
_PACKAGES = ("numpy", "pyarrow", "pydantic", "pyyaml", "safetensors")


def facts(date: str) -> dict[str, str]:
    """Label and fact; `date` is the day of measurement, or nothing for that of the last commit to Jeyn's code."""
    versions = [f"{name} {metadata.version(name)}" for name in _PACKAGES]
    return {
        "date": date or _git("log", "-1", "--format=%cs", "--", *_CODE),
        "code": _code(),
        "processor": f"{_processor()}, {os.cpu_count()} cores",
        "memory": f"{os.sysconf('SC_PAGE_SIZE') * os.sysconf('SC_PHYS_PAGES') / 2**30:.0f} GiB",
        "system": f"{platform.system()} {platform.release().split('-')[0]}",
        "python": f"{platform.python_implementation()} {platform.python_version()}, SQLite {sqlite3.sqlite_version}, "
        f"{' '.join(ssl.OPENSSL_VERSION.split()[:2])}",
        "libraries": ", ".join(versions),
    }


def _code() -> str:
    """The last commit to Jeyn's own code, whatever else was committed since."""
    changed = " and uncommitted changes" if _git("status", "--porcelain", "--", *_CODE) else ""
    return f"commit {_git('log', '-1', '--format=%h', '--abbrev=12', '--', *_CODE) or 'unknown'}{changed}"


def _processor() -> str:
    if sys.platform == "linux":
        for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()


def _git(*arguments: str) -> str:
    done = subprocess.run(["git", "-C", str(_ROOT), *arguments], check=False, capture_output=True, text=True)
    return done.stdout.strip()
