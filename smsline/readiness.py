"""Whether the line has all that it needs: what `/readyz` says.

Without its store the line still answers, from the text alone, so this is for those who watch it, and not for what
decides whether texts are sent to this machine: that is `/healthz`.
"""

from __future__ import annotations

from time import monotonic

from smsline.service import Service
from smsline.stores import StoreError

OFTEN = 1.0
"""Seconds for which a worker repeats what it found: whoever asks more often asks nothing of the store."""

PATIENCE = 0.5
"""Seconds that the store may take."""


WITHOUT = "texts are answered from the text alone, and nothing is kept or counted."


class Readiness:
    """What is not ready, as far as a worker knows."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self._found, self._until = "", 0.0

    def lacking(self) -> str:
        """What is not ready, in one sentence; empty where all is."""
        if monotonic() >= self._until:
            self._found = self._looked()
            self._until = monotonic() + OFTEN
        return self._found

    def _looked(self) -> str:
        if not self._service.line.nodes:
            return "No content is loaded."
        if monotonic() < self._service.resting:  # it may well be read, as on a full disk
            return f"The store failed a moment ago: {WITHOUT}"
        try:
            self._service.aside.call(self._service.store.is_invented, PATIENCE)
        except StoreError:
            return f"The store does not answer: {WITHOUT}"
        return ""
