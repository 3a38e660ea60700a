"""Take in what a curator brings: what is here already is found, and the rest becomes sources."""

from __future__ import annotations

from kb.intake.differences import Difference
from kb.intake.merging import merge
from kb.intake.plan import DUPLICATE, INCOMPLETE, NEW, UNREADABLE, Planned
from kb.intake.taking import add, preview

__all__ = ["DUPLICATE", "INCOMPLETE", "NEW", "UNREADABLE", "Difference", "Planned", "add", "merge", "preview"]
