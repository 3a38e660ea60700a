"""Queries of strangers run in killable processes: a pool of workers with a queue, a deadline and limits."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, contextmanager, suppress
from pathlib import Path
from typing import IO, Any, NamedTuple, TypedDict, Unpack

from kb import errors
from kb.graph import query, sandbox
from kb.graph.tokens import bad, offset


class Result(NamedTuple):
    """A serialised result; *form* is "select", "ask" or "graph"."""

    media_type: str
    form: str
    body: bytes

    def rows(self) -> list[dict[str, str]]:
        """The rows of a SELECT that was answered in JSON, each with the values of its bound variables."""
        if self.form != "select" or not self.media_type.endswith("+json"):
            raise errors.BadQuery("only a SELECT in the format json has rows: read body")
        return [
            {name: term["value"] for name, term in row.items()} for row in json.loads(self.body)["results"]["bindings"]
        ]


class Options(TypedDict, total=False):
    """How a query is to be answered.

    The graphs, given by IRI, stand for the whole data set, as the SPARQL 1.1 Protocol has it; the deadline is in
    seconds, `DEADLINE` if not given and `DEADLINE_MAX` at most; relative IRIs are taken from the base.
    """

    default_graphs: Sequence[str]
    named_graphs: Sequence[str]
    deadline: float | None
    base_iri: str | None


class Unreadable(errors.BadQuery):
    """The engine could not read on at a *line* and *column* of the text, for a *reason* that may be empty."""

    def __init__(self, text: str, reason: str, line: int, column: int) -> None:
        self.text, self.reason, self.start = text, reason, offset(text, line, column)
        super().__init__(str(bad(text, self.start, reason or "cannot read on")))


class Moved(errors.Busy):
    """The pool answers from another store now."""


class Pool:
    """A few workers over one store, started when first needed and kept; any thread may call."""

    def __init__(self, store_path: Path, limits: sandbox.Limits | None = None) -> None:
        self.path, self._idle, self._inside, self._closed = store_path, list[Worker](), 0, False
        self._limits = limits or sandbox.Limits(query.RESULT_BYTES, query.RESULT_ROWS)
        self._lock, self._turns = threading.Lock(), threading.Semaphore(query.WORKERS)
        # Linux ends a worker with the *thread* that started it (PR_SET_PDEATHSIG), so one thread starts them all.
        self._starter = ThreadPoolExecutor(1, "kb-worker-starter")

    def run(self, text: str, format: str | None = None, **more: Any) -> Result:
        """Answer *text* as `stream` does, and gather all of the result."""
        with closing(self.stream(text, format, **more)) as stream:
            return Result(stream.media_type, stream.form, b"".join(stream))

    def stream(
        self, text: str, format: str | None = None, prefixes: Mapping[str, str] | None = None,
        store: Path | None = None, **options: Unpack[Options],
    ) -> Stream:  # fmt: skip
        """Begin to answer *text*, which `query.check` has allowed, in *format* (by default JSON, or Turtle for graphs).

        *prefixes* shorten a graph. Raises BadQuery, TooLong (the result), QueryTimeout, Busy, and Moved where the pool
        has left the *store* that was asked for; while one reads on, QueryTimeout and TooLong.
        """
        seconds = allowed(options.get("deadline"))
        request = {
            "format": format, "row_formats": query.ROW_FORMATS, "graph_formats": query.GRAPH_FORMATS,
            "default_graphs": list(options.get("default_graphs", ())),
            "named_graphs": list(options.get("named_graphs", ())),
            "base": options.get("base_iri"), "prefixes": dict(prefixes or {}),
        }  # fmt: skip
        until = time.monotonic() + seconds
        with ExitStack() as stack:
            stack.enter_context(self._turn(seconds))
            worker = self._take(store)
            stack.callback(self._give_back, worker)
            stream = Stream(worker, text, request, seconds, until)
            stream.when_done(stack.pop_all().close)
        return stream

    def replace(self, store_path: Path) -> None:
        """Answer from another store from now on; a query that runs finishes on the old one."""
        with self._lock:
            self.path, old, self._idle = store_path, self._idle, []
        for worker in old:
            worker.kill()

    def close(self) -> None:
        """End every worker, also a busy one."""
        with self._lock:
            self._closed = True
        self.replace(self.path)
        self._starter.shutdown(wait=False)

    @contextmanager
    def admitted(self) -> Iterator[None]:
        """The door for strangers: count one who asks; raises Busy where as many are inside as may run and wait."""
        with self._lock:
            if self._inside >= query.WORKERS + query.QUEUE:
                raise errors.Busy(f"{self._inside} queries run or wait already: try again in some seconds")
            self._inside += 1
        try:
            yield
        finally:
            with self._lock:
                self._inside -= 1

    @contextmanager
    def _turn(self, seconds: float) -> Iterator[None]:
        """Wait until a worker is free, but no longer than a query may take."""
        if not self._turns.acquire(timeout=seconds):
            raise errors.Busy(f"all workers were busy for {seconds:.2g} s: try again in some seconds")
        try:
            yield
        finally:
            self._turns.release()

    def _take(self, store: Path | None) -> Worker:
        with self._lock:
            if store not in (None, self.path):
                raise Moved("the data have changed meanwhile: try again")
            if self._closed:
                raise errors.KBError("the knowledge base is closed")
            while self._idle:
                if (worker := self._idle.pop()).alive:
                    return worker
            starting = self._starter.submit(Worker, self.path, self._limits)
        return starting.result()

    def _give_back(self, worker: Worker) -> None:
        with self._lock:
            if worker.alive and worker.path == self.path and not self._closed:
                return self._idle.append(worker)
        worker.kill()


class Worker:
    """One child process over one store; it answers one query after the other."""

    def __init__(self, path: Path, limits: sandbox.Limits) -> None:
        self.path, pipe = path, subprocess.PIPE
        command = [sys.executable, "-P", sandbox.__file__, str(path), str(query.WORKER_MEMORY), *map(str, limits)]
        self._process = subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=subprocess.DEVNULL, pipesize=1 << 20)
        assert self._process.stdin and self._process.stdout
        self._stdin: IO[bytes] = self._process.stdin
        self._stdout: IO[bytes] = self._process.stdout

    @property
    def alive(self) -> bool:
        """Whether it can be asked."""
        return self._process.poll() is None

    def kill(self) -> None:
        """End the process and let go of its pipes."""
        self._process.kill()
        with suppress(BrokenPipeError), self._process:  # leaving closes and waits
            pass

    def ask(self, text: str, request: str) -> None:
        """Send a query."""
        with suppress(BrokenPipeError):  # one that could not start has left its reason to be read
            sandbox.send(self._stdin, b"Q", request.encode())
            sandbox.send(self._stdin, b"Q", text.encode("utf-8", "replace"))
            self._stdin.flush()

    def receive(self) -> tuple[bytes, bytes]:
        """The next frame of the answer; nothing where the process has ended."""
        return sandbox.receive(self._stdout)

    def ended(self) -> errors.KBError:
        """Why the process is no more; a query that takes too much memory or stack ends it by a signal."""
        if (code := self._process.wait()) >= 0:
            return errors.KBError(f"the query process ended with code {code}: does {sys.executable} find pyoxigraph?")
        return errors.BadQuery(
            f"the query was ended by the system: most likely it needed more than {query.WORKER_MEMORY >> 20} MB, or is"
            " nested too deeply: ask for less at once, or leave out ORDER BY, DISTINCT and GROUP BY"
        )


class Stream:
    """A result on its way out of *worker*: to be read once, in pieces, and to be closed, also in the middle.

    Its beginning is here when this returns, so that what goes wrong early is raised before anything is sent on. The
    worker ends at *until*, by the monotonic clock; *seconds* is what an error tells.
    """

    def __init__(self, worker: Worker, text: str, request: dict[str, Any], seconds: float, until: float) -> None:
        self.media_type = self.form = ""
        self._worker, self._text, self._seconds, self._open = worker, text, seconds, True
        self._begun = bytearray()
        self._done: list[Callable[[], object]] = []
        self.until = until
        try:
            worker.ask(text, json.dumps({**request, "until": until}))
            while self._open and len(self._begun) < query.BUFFERED_BYTES:
                self._begun += self._next()
        except BaseException:
            self.close()
            raise

    def __iter__(self) -> Iterator[bytes]:
        """The pieces of the result; raises QueryTimeout or TooLong where it is cut short."""
        try:
            yield bytes(self._begun)
            while self._open:
                if data := self._next():
                    yield data
        finally:
            self.close()

    @property
    def whole(self) -> bytes | None:
        """All of the result, where it is short enough to be here already."""
        return None if self._open else bytes(self._begun)

    def when_done(self, done: Callable[[], object]) -> None:
        """Have *done* called when the result has been read or given up; at once where it is here already."""
        self._done.append(done)
        if not self._open:
            self.close()

    def close(self) -> None:
        """Let the worker go; one in the middle of an answer ends, since the rest of it may be in the pipe."""
        if self._open:
            self._worker.kill()
        self._open = False
        while self._done:
            self._done.pop()()

    def _next(self) -> bytes:
        """The next piece, which may be empty."""
        kind, data = self._worker.receive()
        if kind == b"H":
            self.media_type, self.form = json.loads(data)
        elif kind == b"Z":
            self._open = False
        elif kind == b"E":
            self._open = False
            raise self._error(*json.loads(data))
        elif not kind:
            raise self._timeout() if time.monotonic() >= self.until else self._worker.ended()
        return data if kind == b"D" else b""

    def _error(self, name: str, message: str, line: int = 0, column: int = 0) -> errors.KBError:
        if line:
            return Unreadable(self._text, message, line, column)
        error: errors.KBError = getattr(errors, name)(message)
        return error

    def _timeout(self) -> errors.QueryTimeout:
        return errors.QueryTimeout(
            f"stopped after {round(self._seconds, 2):g} s: begin with a pattern that few triples match, add LIMIT,"
            f" leave out ORDER BY, or allow more time (at most {query.DEADLINE_MAX:g} s)"
        )


def allowed(deadline: float | None) -> float:
    """The seconds that a query may take, of those asked for."""
    seconds = min(query.DEADLINE if deadline is None else deadline, query.DEADLINE_MAX)
    if not seconds > 0:
        raise errors.BadQuery("the deadline must be a number of seconds above 0")
    return seconds
