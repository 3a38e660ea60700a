"""Read what a curator brings: files of reference managers, documents, lists of references."""

from __future__ import annotations

from kb.bibliography.reading.entry import Entry, entry, unreadable
from kb.bibliography.reading.files import Given, read

__all__ = ["Entry", "Given", "entry", "read", "unreadable"]
