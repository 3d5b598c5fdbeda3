"""One step as plain values: three inputs, a batch and a checkpoint, their metadata, and a runtime of about 5 KB."""

from __future__ import annotations

import hashlib

STEPS = 300
INPUTS = ("images", "labels", "held_back")
#: Output to the stream that it is recorded in.
OUTPUTS = {"batch": "digit-images-scaled", "checkpoint": "digit-recognition"}
RUNTIME = {
    "python": "3.11.7",
    "implementation": "cpython",
    "platform": "linux-x86_64",
    "threads": 1,
    "packages": {f"some-library-number-{number}": f"{number}.{number % 7}.3" for number in range(135)},
}
PARAMETERS = {"C": 0.5, "rounds": 100, "solver": "lbfgs"}
ORIGIN = {
    "commit": "4f1b0a6f6c0d2f6e9c7b2f0f6f0d9c1b8a7e6d5c",
    "repository": "https://example.org/team/digits.git",
    "actor": "somebody@example.org",
}
METADATA = {
    "batch": {
        "rows": 1797,
        "profile": {f"feature_{number}": {"nulls": number, "min": -1.5, "max": 16.25} for number in range(12)},
    },
    "checkpoint": {
        "serializer": "skops/1",
        "metrics": {"accuracy": 0.9693, "log_loss": 0.1171, "f1": 0.9688},
        "parameters": 650,
    },
}


def digest(*parts: object) -> str:
    """A digest that stands for some bytes."""
    return f"sha256:{hashlib.sha256(repr(parts).encode()).hexdigest()}"
