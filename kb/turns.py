"""Who changes files waits for the one who builds, and wakes it."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Condition


class Turns:
    """The builds that are asked for, in turn, and those that are done.

    >>> turns = Turns()
    >>> turns.ask(patience=0)  # nobody builds
    False
    """

    def __init__(self) -> None:
        self._condition = Condition()
        self._asked = self._done = 0
        self.kept = False  # whether somebody builds when asked
        self.fault = ""  # why the last build could not be made

    @contextmanager
    def keeping(self) -> Iterator[None]:
        """Be the one who builds."""
        self.kept = True
        try:
            yield
        finally:
            self.kept = False
            with self._condition:
                self._condition.notify_all()

    def ask(self, patience: float) -> bool:
        """Have a build made that begins now or later, and wait for its end at most *patience* seconds."""
        deadline = time.monotonic() + patience
        with self._condition:
            self._asked += 1
            turn = self._asked
            self._condition.notify_all()
            while self.kept and self._done < turn and (left := deadline - time.monotonic()) > 0:
                self._condition.wait(left)
            return self._done >= turn

    def wait(self, seconds: float) -> int:
        """The last turn that is asked for; where none is left to do, waits so many seconds for one."""
        with self._condition:
            if self._asked == self._done:
                self._condition.wait(seconds)
            return self._asked

    def waiting(self, turn: int) -> bool:
        """Whether the build of a *turn* is still to be made."""
        return turn > self._done

    def done(self, turn: int, fault: str = "") -> None:
        """Tell those who wait that the build of their turn is made, or why it cannot be."""
        with self._condition:
            self.fault = fault
            self._done = max(turn, self._done)
            self._condition.notify_all()
