"""Keep an open knowledge base up to date with its files, while a server answers from it."""

from __future__ import annotations

import time
from collections.abc import Callable
from threading import Event

from kb.base import KnowledgeBase
from kb.errors import Busy


def watch(base: KnowledgeBase, notice: Callable[[str], object], stop: Event, interval: float = 0.5) -> None:
    """Build when files change, until *stop* is set; a bad file is told of, and the last state stays.

    Looks every *interval* seconds, less often where looking takes more than a tenth of that.
    """
    seen = None  # what changed since the last build counts too
    pause = interval
    while not stop.wait(pause):
        start = time.monotonic()
        now = base.home.signature()
        pause = max(interval, 10 * (time.monotonic() - start))
        try:
            if now != seen or base.home.current() is None:
                base.build()
                _prepare(base)
            elif base.refresh():  # what another process has built
                _prepare(base)
            seen = now
        except Busy:  # another process builds: look again in a moment
            continue
        except Exception as error:  # a server outlives a bad file and a full disk
            notice(f"not updated: {error}")
            seen = now


def _prepare(base: KnowledgeBase) -> None:
    """Make what takes long for a large thesaurus or corpus, so that the first reader does not wait."""
    base.concepts()
    base.sources()
    base.authors()
    evidence = base.synthesis()
    evidence.map()
    evidence.paths()
