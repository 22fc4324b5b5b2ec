"""What can be wrong, each kind in one shape.

A caller's mistake is an `Event`, staff's is a `Problem`, an operator's an `SmslineError`.
Anything else that is raised is a programmer's mistake.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """A mistake in the content: where, what, and what to do.

    `line` counts from 1; 0 means the file as a whole.
    A reminder does not block: the line is served with it.
    """

    file: str
    line: int
    text: str
    reminder: bool = False

    def __str__(self) -> str:
        where = f"{self.file}:{self.line}" if self.line else self.file
        return f"{where}  {self.text}" + (" (reminder)" if self.reminder else "")


class SmslineError(Exception):
    """An operator's mistake, or a store that cannot be opened: one sentence that says what to do."""


class ContentError(SmslineError):
    """The content has problems that block, so nothing of it is served."""

    def __init__(self, problems: list[Problem]) -> None:
        self.problems = problems
        super().__init__("\n".join(str(problem) for problem in problems))
