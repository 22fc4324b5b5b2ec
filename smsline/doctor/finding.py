"""One row of what was looked at: right, worth a thought, or to be mended; and then what to do, in one sentence."""

from __future__ import annotations

from typing import NamedTuple

OK, WARN, MEND = "ok", "warn", "MEND"


class Finding(NamedTuple):
    """What was looked at. `do` is empty where nothing has to be done."""

    state: str
    what: str
    do: str = ""

    def __str__(self) -> str:
        return f"{self.state:<5} {self.what}" + (f". {self.do}" if self.do else "")


def ok(what: str) -> Finding:
    return Finding(OK, what)


def warn(what: str, do: str) -> Finding:
    """Somebody may want it so."""
    return Finding(WARN, what, do)


def mend(what: str, do: str) -> Finding:
    """Nobody wants it so: the exit code of `smsline doctor` is 1."""
    return Finding(MEND, what, do)
