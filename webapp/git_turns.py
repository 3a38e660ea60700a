"""A few readers at a time ask git: a slow history leaves threads to all other pages."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from threading import BoundedSemaphore
from typing import Any

from kb import Busy

AT_ONCE = 3  # of the threads of the server
PATIENCE = 1.0  # seconds that a reader waits for a turn

_turns = BoundedSemaphore(AT_ONCE)


def in_turn(view: Callable[..., Any]) -> Callable[..., Any]:
    """Let a *view* that asks git run when it is its turn; it raises Busy where that does not come soon."""

    @wraps(view)
    def waiting(*args: Any, **named: Any) -> Any:
        if not _turns.acquire(timeout=PATIENCE):
            raise Busy("Many readers look at the history just now: try again in a moment")
        try:
            return view(*args, **named)
        finally:
            _turns.release()

    return waiting
