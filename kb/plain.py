"""Named results as what JSON can hold."""

from __future__ import annotations

from pathlib import Path
from typing import Any


def plain(value: Any) -> Any:
    """Named results as dicts, lists, strings and numbers, for JSON.

    >>> from kb.retrieval.search import Reason
    >>> plain((Reason("words", "trust", 0.3),))
    [{'type': 'words', 'value': 'trust', 'weight': 0.3}]
    """
    if hasattr(value, "plain"):
        return value.plain()
    if hasattr(value, "_asdict"):
        return {key: plain(item) for key, item in value._asdict().items()}
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(item) for item in value]
    return str(value) if isinstance(value, Path) else value
