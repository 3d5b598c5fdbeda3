"""Every error that Jeyn raises on purpose, in one tree.

    JeynError                      a message, and a fix that a person can apply
    ├── AskError                   the question cannot be asked: no project, unknown reference (exit 2)
    ├── AnswerIsNo                 the question was asked and the answer is no (exit 1)
    │   ├── ConformanceError       data that breaks its catalog
    │   ├── IntegrityError         bytes that are not what their digest says
    │   ├── StepError              a step whose function, inputs or outputs are at fault
    │   └── SerializerError        a model that no allowed serializer takes, or a checkpoint none may read
    └── Unreachable                a part cannot be reached; trying again later may help (exit 4)

Anything else that reaches the command line is a bug in Jeyn (exit 3). Findings in documents are not
exceptions but values: see `jeyn_gen.diagnostics`.
"""

from __future__ import annotations

from typing import ClassVar


class JeynError(Exception):
    """The root. `message` says what is wrong, `fix` what to do about it (may be empty)."""

    exit_code: ClassVar[int] = 2

    def __init__(self, message: str, fix: str = "") -> None:
        super().__init__(message if not fix else f"{message}\n  fix: {fix}")
        self.message = message
        self.fix = fix

    def __reduce__(self) -> tuple[object, ...]:
        return type(self), (self.message, self.fix)


class AskError(JeynError):
    """What was asked cannot be asked here: bad option, no project, unknown reference."""


class AnswerIsNo(JeynError):
    """The question was understood, and the answer is no."""

    exit_code = 1


class ConformanceError(AnswerIsNo):
    """Data does not conform to its catalog; nothing was recorded."""


class IntegrityError(AnswerIsNo):
    """Stored bytes do not have the digest under which they are recorded."""


class StepError(AnswerIsNo):
    """A step cannot be completed because of its own function, inputs or outputs."""


class SerializerError(AnswerIsNo):
    """No serializer that the use case allows can write this model, or read this checkpoint."""


class Unreachable(JeynError):
    """A part that is needed does not answer; the same call may succeed later."""

    exit_code = 4
