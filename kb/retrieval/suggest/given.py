"""What is read of a work to suggest concepts for it: its title, then what is said of it, then its text."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from kb.corpus.sources import texts
from kb.corpus.texts import Page


def of_work(data: Mapping[str, Any], pages: Iterable[Page] = ()) -> str:
    """The title, keywords and summary of a record with the text of its *pages*.

    >>> of_work({"title": "Reeds in wind", "summary": "On reeds."}, [Page("abstract", "They bend.")])
    'Reeds in wind. On reeds. They bend.'
    """
    keywords = "; ".join(texts((data.get("extra") or {}).get("keyword")))
    said = [str(data.get("title") or ""), keywords, str(data.get("summary") or ""), *(page.text for page in pages)]
    parts = filter(None, map(str.strip, said))
    return " ".join(part if part[-1] in ".?!" else f"{part}." for part in parts)
