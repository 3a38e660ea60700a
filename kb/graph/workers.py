"""Queries of strangers run in killable processes: a pool of workers with a queue, a deadline and limits."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, NamedTuple

from kb import errors
from kb.graph import query, sandbox


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


class Pool:
    """A few workers over one store, started when first needed and kept; any thread may call.

    A serialised result has at most *result_bytes*.
    """

    def __init__(self, store_path: Path, result_bytes: int = query.RESULT_BYTES) -> None:
        self._path, self._idle, self._waiting, self._closed = store_path, list[Worker](), 0, False
        self._result_bytes = result_bytes
        self._lock, self._turns = threading.Lock(), threading.Semaphore(query.WORKERS)
        # Linux ends a worker with the *thread* that started it (PR_SET_PDEATHSIG), so one thread starts them all.
        self._starter = ThreadPoolExecutor(1, "kb-worker-starter")

    def run(
        self,
        text: str,
        format: str | None = None,
        default_graphs: Sequence[str] = (),
        named_graphs: Sequence[str] = (),
        deadline: float | None = None,
    ) -> Result:
        """Answer *text*, which `query.check` has allowed, in *format* (by default JSON, or Turtle for graphs).

        Graphs given here are the whole dataset, as the SPARQL 1.1 Protocol has it. The deadline is in seconds.
        Raises BadQuery, TooLong (the result), QueryTimeout and Busy.
        """
        seconds = min(query.DEADLINE if deadline is None else deadline, query.DEADLINE_MAX)
        if not seconds > 0:
            raise errors.BadQuery("the deadline must be a number of seconds above 0")
        formats = {"format": format, "row_formats": query.ROW_FORMATS, "graph_formats": query.GRAPH_FORMATS}
        graphs = {"default_graphs": list(default_graphs), "named_graphs": list(named_graphs)}
        request = json.dumps({**formats, **graphs, "prefixes": query.prefixes(text)})
        with self._turn(seconds):
            worker = self._take()
            try:
                return worker.answer(text, request, seconds)
            finally:
                self._give_back(worker)

    def replace(self, store_path: Path) -> None:
        """Answer from another store from now on; a query that runs finishes on the old one."""
        with self._lock:
            self._path, old, self._idle = store_path, self._idle, []
        for worker in old:
            worker.kill()

    def close(self) -> None:
        """End every worker, a busy one after its query."""
        self._closed = True
        self.replace(self._path)
        self._starter.shutdown(wait=False)

    @contextmanager
    def _turn(self, seconds: float) -> Iterator[None]:
        """Wait until a worker is free, but no longer than a query may take."""
        with self._lock:
            if self._waiting >= query.QUEUE:
                raise errors.Busy(f"{self._waiting} queries are waiting already: try again in some seconds")
            self._waiting += 1
        free = self._turns.acquire(timeout=seconds)
        with self._lock:
            self._waiting -= 1
        if not free:
            raise errors.Busy(f"all workers were busy for {seconds:g} s: try again in some seconds")
        try:
            yield
        finally:
            self._turns.release()

    def _take(self) -> Worker:
        with self._lock:
            if self._closed:
                raise errors.KBError("the knowledge base is closed")
            while self._idle:
                if (worker := self._idle.pop()).alive:
                    return worker
        return self._starter.submit(Worker, self._path, self._result_bytes).result()

    def _give_back(self, worker: Worker) -> None:
        with self._lock:
            if worker.alive and worker.path == self._path and not self._closed:
                return self._idle.append(worker)
        worker.kill()


class Worker:
    """One child process over one store; it answers one query after the other."""

    def __init__(self, path: Path, result_bytes: int) -> None:
        self.path, pipe = path, subprocess.PIPE
        command = [sys.executable, "-P", sandbox.__file__, str(path), str(query.WORKER_MEMORY), str(result_bytes)]
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

    def answer(self, text: str, request: str, seconds: float) -> Result:
        """Send a query and wait for its result; raises as `Pool.run` does, and dies of all but what it tells itself."""
        until = time.monotonic() + seconds
        alarm = threading.Timer(seconds, self._process.kill)
        alarm.start()
        try:
            with suppress(BrokenPipeError):  # one that could not start has left its reason to be read
                sandbox.send(self._stdin, b"Q", request.encode())
                sandbox.send(self._stdin, b"Q", text.encode("utf-8", "replace"))
                self._stdin.flush()
            head, error, body = self._receive()
        except BaseException:
            self.kill()  # the rest of an answer may be in the pipe
            raise
        finally:
            alarm.cancel()
        if time.monotonic() >= until:
            self.kill()
            raise errors.QueryTimeout(
                f"stopped after {seconds:g} s: begin with a pattern that few triples match, add LIMIT, leave out"
                f" ORDER BY, or allow more time (at most {query.DEADLINE_MAX:g} s)"
            )
        if error:
            raise self._ended() if error == ["end"] else getattr(errors, error[0])(error[1])
        return Result(head[0], head[1], body)

    def _receive(self) -> tuple[list[str], list[str], bytes]:
        """Gather the frames of one answer: media type and form; class and message of an error; the body."""
        head: list[str] = []
        body = bytearray()
        while True:
            kind, data = sandbox.receive(self._stdout)
            if kind == b"D":
                body += data
            elif kind == b"H":
                head = json.loads(data)
            else:
                return head, json.loads(data or "[]") if kind else ["end"], bytes(body)

    def _ended(self) -> errors.KBError:
        """Why the process is no more; a query that takes too much memory or stack ends it by a signal."""
        if (code := self._process.wait()) >= 0:
            return errors.KBError(f"the query process ended with code {code}: does {sys.executable} find pyoxigraph?")
        return errors.BadQuery(
            f"the query needed more than {query.WORKER_MEMORY >> 20} MB, or is nested too deeply: ask for less at once,"
            " or leave out ORDER BY, DISTINCT and GROUP BY"
        )
