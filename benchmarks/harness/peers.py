"""Peers: other programs, each in a virtual environment of its own below `.peers/`, which git ignores."""

from __future__ import annotations

import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from harness.contest import Absent

_HERE = Path(__file__).resolve().parent.parent
_LISTS = _HERE / "peers"
_INSTALLED = _HERE / ".peers"


@dataclass(frozen=True, slots=True)
class Peer:
    """An installed peer; `name` with its version, as it is shown."""

    name: str
    folder: Path

    @property
    def python(self) -> str:
        """The Python that has it."""
        return str(self.folder / "bin" / "python")

    def program(self, name: str) -> str:
        """One of its commands."""
        return str(self.folder / "bin" / name)


def peer(name: str) -> Peer | Absent:
    """The peer of a requirement list, installed if it is not; Absent with pip's last line where that fails."""
    wanted = (_LISTS / f"{name}.txt").read_text(encoding="utf-8")
    shown = f"{name} {wanted.partition('==')[2].partition(chr(10))[0]}"
    folder = _INSTALLED / name
    done = folder / "requirements.txt"
    if done.is_file() and done.read_text(encoding="utf-8") == wanted:
        return Peer(shown, folder)
    if folder.exists():
        shutil.rmtree(folder)
    print(f"installing {shown}", file=sys.stderr)
    subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
    pip = [str(folder / "bin" / "python"), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    tried = subprocess.run([*pip, "-r", str(_LISTS / f"{name}.txt")], check=False, capture_output=True, text=True)
    if tried.returncode:
        last = (tried.stderr or tried.stdout).strip().splitlines()[-1:]
        return Absent(shown, f"does not install on this Python: {' '.join(last)}")
    done.write_text(wanted, encoding="utf-8")
    return Peer(shown, folder)
