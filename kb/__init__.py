"""A knowledge base over a folder of annotated sources: find, cite and question what a literature says.

`KnowledgeBase` is the way in; what can go wrong stands in `kb.errors`.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from kb.errors import BadHome, BadQuery, BadSource, Busy, Conflict, KBError, NotFound, NotSaved, QueryTimeout, TooLong

if TYPE_CHECKING:
    from kb.answers import Answer
    from kb.base import KnowledgeBase
    from kb.retrieval.search import Hit

__version__ = "0.1.0"

__all__ = [
    "Answer",
    "BadHome",
    "BadQuery",
    "BadSource",
    "Busy",
    "Conflict",
    "Hit",
    "KBError",
    "KnowledgeBase",
    "NotFound",
    "NotSaved",
    "QueryTimeout",
    "TooLong",
]

# Imported when first asked for, so that `kb --help` and the SPARQL workers do not wait for the search engines.
_HOMES = {"KnowledgeBase": "kb.base", "Answer": "kb.answers", "Hit": "kb.retrieval.search"}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)
