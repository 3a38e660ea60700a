"""Keep an open knowledge base up to date with its files, while a server answers from it."""

from __future__ import annotations

import time
from collections.abc import Callable
from threading import Event, Thread
from threading import enumerate as running

from kb.base import KnowledgeBase
from kb.errors import Busy

SETTLE = 0.5  # seconds that the page has for itself which shows who has saved what was saved
LEARNS = "learns what to suggest"  # the thread that does


def watch(
    base: KnowledgeBase, notice: Callable[[str], object], stop: Event, interval: float = 0.5, curated: bool = False
) -> None:  # fmt: skip
    """Build when files change, until *stop* is set; a bad file is told of, and the last state stays.

    Looks every *interval* seconds, less often where looking takes more than a tenth of that, and at once when
    `KnowledgeBase.catch_up` asks. Where pages are *curated*, what those need is made ready too.
    """
    seen = None  # what changed since the last build counts too
    pause = interval
    with base.turns.keeping():
        while not stop.is_set():
            turn = base.turns.wait(pause)
            if stop.is_set():
                break
            start = time.monotonic()
            now = base.home.signature()
            pause = max(interval, 10 * (time.monotonic() - start))
            try:
                before, moved = base.home.current(), False
                if now != seen or base.turns.waiting(turn) or base.home.current() is None:
                    moved = base.build(wait=interval).generation != (before and before.name)
                elif base.refresh():  # what another process has built
                    moved = True
                asked = base.turns.waiting(turn)
                base.turns.done(turn)
                if moved or seen is None:
                    stop.wait(SETTLE if asked else 0)
                    _prepare(base, curated, stop)
                seen = now
            except Busy:  # another process builds: look again in a moment
                continue
            except Exception as error:  # a server outlives a bad file and a full disk
                notice(f"not updated: {error}")
                base.turns.done(turn, str(error))
                seen = now


def _prepare(base: KnowledgeBase, curated: bool, stop: Event) -> None:
    """Make what takes long for a large thesaurus or corpus, so that the first reader does not wait."""
    base.concepts()
    base.sources()
    base.authors()
    evidence = base.synthesis()
    evidence.map()
    evidence.paths()
    if curated:
        base.curation.prepare()
        _learn(base, stop)


def _learn(base: KnowledgeBase, stop: Event) -> None:
    """Learn what is suggested, beside all else, where it is time to; an end of the process waits for the model."""
    suggester = base.generation.suggester
    if suggester.outdated and not any(thread.name == LEARNS for thread in running()):
        learning = Thread(target=suggester.learn, args=(lambda: base.encoder, stop.is_set), name=LEARNS)
        learning.daemon = False
        learning.start()
