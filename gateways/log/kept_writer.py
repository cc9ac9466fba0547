"""A writer that its owner keeps: made when there is something to send, given up after a failure."""

from __future__ import annotations

from collections.abc import Sequence

from gateways.log.port import Log, LogUnavailable, LogWriter, OutRecord


class KeptWriter:
    """A writer of the log under one name, made anew after an append that was not acknowledged."""

    def __init__(self, log: Log, name: str) -> None:
        self._log, self._name = log, name
        self._writer: LogWriter | None = None

    def append(self, records: Sequence[OutRecord]) -> None:
        """Appends as `LogWriter.append` does. Raises LogUnavailable: the next call begins anew."""
        if self._writer is None:
            self._writer = self._log.writer(self._name)
        try:
            self._writer.append(records)
        except LogUnavailable:
            self.close()
            raise

    def close(self) -> None:
        """Releases the writer, where there is one; a later append makes another."""
        if self._writer is not None:
            self._writer.close()
            self._writer = None
