"""Take in what a curator brings: what is here already is found, and the rest becomes sources."""

from __future__ import annotations

from kb.intake.plan import Difference, Planned

__all__ = ["Difference", "Planned"]
