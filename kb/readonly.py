"""A SQLite file that several threads read."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from threading import Lock
from typing import Any
from weakref import finalize


class ReadOnly:
    """One connection, asked by one thread at a time: a statement that two threads share mixes up their rows."""

    def __init__(self, path: Path) -> None:
        self._db = sqlite3.connect(f"file:{path}?mode=ro", uri=True, check_same_thread=False)
        self._lock = Lock()
        self.close = finalize(self, self._db.close)  # at the latest when the last reader lets go
        self.rows("SELECT 1 FROM sqlite_master LIMIT 1")  # a file that is no database is told now

    def rows(self, query: str, *values: Any) -> list[Any]:
        """All rows of a query."""
        with self._lock:
            return self._db.execute(query, values).fetchall()

    def row(self, query: str, *values: Any) -> Any:
        """The first row of a query, or None."""
        return next(iter(self.rows(query, *values)), None)
