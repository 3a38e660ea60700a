"""Contenders: processes that take turns, asked by lines of JSON on standard input and answering on standard output."""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from threading import Timer
from typing import Any

PATIENCE = 1200.0  # seconds for one request, unless said


class Failed(Exception):
    """What was asked of a contender was not done; says why."""


class Contender:
    """A Python program beside this one, which does what it is asked, one request at a time."""

    def __init__(self, python: Path, *program: Path) -> None:
        self._noise = tempfile.TemporaryFile()  # noqa: SIM115 – closed by close()
        self._process = subprocess.Popen(
            [python, *program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self._noise, encoding="utf-8"
        )

    def ask(self, verb: str, patience: float = PATIENCE, **given: Any) -> Any:
        """What *verb* answers to what is *given*; raises `Failed` where it does not, or not within *patience*."""
        assert self._process.stdin and self._process.stdout
        timer = Timer(patience, self._process.kill)
        timer.start()
        try:
            print(json.dumps({"do": verb, **given}, default=str), file=self._process.stdin, flush=True)
            line = self._process.stdout.readline()
        except BrokenPipeError:
            line = ""
        finally:
            timer.cancel()
        if not line:
            raise Failed(f"'{verb}' was not answered within {patience:.0f} s: {self._last_words()}")
        reply = json.loads(line)
        if "error" in reply:
            raise Failed(reply["error"])
        return reply["answer"]

    def close(self) -> None:
        """End the process."""
        self._process.kill()
        self._process.communicate()
        self._noise.close()

    def _last_words(self) -> str:
        """How the process ended, and the last line it wrote to standard error."""
        code = self._process.wait()
        self._noise.seek(0)
        lines = self._noise.read().decode("utf-8", "replace").strip().splitlines()
        return f"the process ended with {code} {lines[-1] if lines else ''}".strip()


def serve(verbs: dict[str, Callable[..., Any]]) -> None:
    """Answer requests until there are no more; what libraries print goes to standard error."""
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    for line in sys.stdin:
        request = json.loads(line)
        try:
            reply = {"answer": verbs[request.pop("do")](**request)}
        except Exception as error:  # whatever it is, the one who asked tells it
            reply = {"error": f"{type(error).__name__}: {' '.join(str(error).split())}"}
        print(json.dumps(reply), file=answers, flush=True)
