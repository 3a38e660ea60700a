"""The program inside a worker process: open one store, lock the door, answer queries until the input ends."""

from __future__ import annotations

import ctypes
import errno
import json
import os
import platform
import re
import resource
import signal
import struct
import sys
import time
from collections.abc import Iterator
from itertools import islice
from typing import IO, Any, NamedTuple

import pyoxigraph as ox

# workers.py starts this file by path: only the standard library and pyoxigraph are loaded, in 30 ms.
FRAME = struct.Struct(">cI")  # a letter that tells what follows (Q, H, D, E or Z), and its length in bytes
PIECE_BYTES = 64 << 10  # of a result, at least, are sent on at once: the engine writes 8 kB, which take longer each
NICE = 10  # who wants a page is to be served before queries
SOCKET_CALL = {"x86_64": (0xC000003E, 41), "aarch64": (0xC00000B7, 198)}  # architecture and number of socket(2)


class Limits(NamedTuple):
    """The size of one result at most."""

    bytes: int
    rows: int


# How the rows of a result are told apart in its bytes; a text in them cannot look so, but for JSON and CSV by chance.
ROW_MARKS = {"json": b'}},{"', "xml": b"<result>", "csv": b"\n", "tsv": b"\n"}


class TooLarge(Exception):
    """The result outgrew a limit; its text says which."""


class Output:
    """The result on its way out in frames, up to so many bytes and marks of rows."""

    def __init__(self, pipe: IO[bytes], limits: Limits, mark: bytes = b"") -> None:
        self.pipe, self.bytes, self.rows, self.mark, self.limits = pipe, limits.bytes, limits.rows, mark, limits
        self.kept = bytearray()

    def write(self, data: bytes) -> int:
        """Take *data*, and send it on when there is enough for a frame."""
        self.bytes -= len(data)
        self.rows -= data.count(self.mark) if self.mark else 0
        if self.bytes < 0:
            raise TooLarge(f"{self.limits.bytes >> 20} MB")
        if self.rows < 0:
            raise TooLarge(f"{self.limits.rows:,} rows")
        self.kept += data
        if len(self.kept) >= PIECE_BYTES:
            self.flush()
        return len(data)

    def flush(self) -> None:
        """Send on what there is."""
        send(self.pipe, b"D", self.kept)
        self.kept.clear()

    def counted(self, triples: Any) -> Iterator[Any]:
        """The triples, as long as there are not too many."""
        yield from islice(triples, self.limits.rows)
        for _ in triples:
            raise TooLarge(f"{self.limits.rows:,} triples")


def main(path: str, memory: int, limits: Limits) -> None:
    """Answer each query on stdin by frames on stdout: H (head), D (data) …, then Z, or E (error) at any time."""
    stdin, stdout = sys.stdin.buffer, sys.stdout.buffer
    try:
        store = open_locked(path, memory)
    except OSError as error:
        return send(stdout, b"E", json.dumps(["KBError", f"cannot open the store: {error}; run `kb build`"]).encode())
    signal.signal(signal.SIGALRM, signal.SIG_DFL)  # which ends the process, also in the middle of the engine's work
    while head := receive(stdin)[1]:
        request, text = json.loads(head), receive(stdin)[1].decode()
        signal.setitimer(signal.ITIMER_REAL, max(request["until"] - time.monotonic(), 0.001))
        end = answered(store, text, request, stdout, limits)
        signal.setitimer(signal.ITIMER_REAL, 0)
        send(stdout, *end)
        stdout.flush()


def answered(
    store: ox.Store, text: str, request: dict[str, Any], pipe: IO[bytes], limits: Limits
) -> tuple[bytes, bytes]:
    """The last frame of the answer to a query; the others are sent."""
    try:
        answer(store, text, request, pipe, limits)
        return b"Z", b""
    except TooLarge as limit:
        message = f"the result is larger than {limit}: add LIMIT, or ask for fewer variables"
        return b"E", json.dumps(["TooLong", message]).encode()
    except Exception as error:
        return b"E", json.dumps(["BadQuery", *explain(error)]).encode()


def open_locked(path: str, memory: int) -> ox.Store:
    """Open the store, and give up sockets, memory past the limit and a life after the parent's."""
    # Allocations only: RLIMIT_AS would also count 400 MB that threads and mapped tables reserve and never use.
    resource.setrlimit(resource.RLIMIT_DATA, (memory, memory))
    os.nice(NICE)
    walled = sys.platform == "linux" and forbid_sockets()  # before RocksDB starts its threads: they inherit it
    store = ox.Store.read_only(path)
    if not walled:
        # The wall elsewhere: no new descriptor of any kind. RocksDB opens 16 tables at once and the others on
        # demand, which then fails; but a build optimises the store to fewer.
        resource.setrlimit(resource.RLIMIT_NOFILE, (0, 0))
    return store


def forbid_sockets() -> bool:
    """Make socket(2) fail with EACCES from here on by a seccomp filter: the engine cannot be told to leave SERVICE."""
    libc = ctypes.CDLL(None)
    libc.prctl(1, signal.SIGKILL, 0, 0, 0)  # PR_SET_PDEATHSIG: ends with its parent, also in the middle of a query
    if platform.machine() not in SOCKET_CALL:
        return False
    architecture, call = SOCKET_CALL[platform.machine()]
    lines = [  # struct sock_filter: operation, lines to jump if true, if false, operand
        (0x20, 0, 0, 4),  # load the architecture
        (0x15, 0, 3, architecture),  # another one: refuse
        (0x20, 0, 0, 0),  # load the number of the call
        (0x15, 1, 0, call),  # socket: refuse
        (0x06, 0, 0, 0x7FFF0000),  # allow
        (0x06, 0, 0, 0x00050000 | errno.EACCES),  # refuse
    ]
    code = ctypes.create_string_buffer(b"".join(struct.pack("=HBBI", *line) for line in lines))
    program = struct.pack("@HP", len(lines), ctypes.addressof(code))
    # PR_SET_NO_NEW_PRIVS, without which the next needs root; PR_SET_SECCOMP, SECCOMP_MODE_FILTER
    return not (libc.prctl(38, 1, 0, 0, 0) or libc.prctl(22, 2, program, 0, 0))


def answer(store: ox.Store, text: str, request: dict[str, Any], pipe: IO[bytes], limits: Limits) -> None:
    """Send the media type and form of the result, then the result."""
    default, named = (list(map(graph, request[key])) for key in ("default_graphs", "named_graphs"))
    # By the SPARQL 1.1 Protocol, graphs named beside the query are the whole dataset; else it is the store's own.
    dataset: dict[str, Any] = {"default_graph": default, "named_graphs": named} if default or named else {}
    result = store.query(text, base_iri=request["base"], **dataset)
    form = {ox.QuerySolutions: "select", ox.QueryBoolean: "ask", ox.QueryTriples: "graph"}[type(result)]
    formats = request["graph_formats" if form == "graph" else "row_formats"]
    name = request["format"] or next(iter(formats))
    if name not in formats:
        raise ValueError(f"{name!r} does not fit its result, of form {form}: choose one of {', '.join(formats)}")
    kind: Any = ox.RdfFormat if form == "graph" else ox.QueryResultsFormat
    format = kind.from_media_type(formats[name])
    send(pipe, b"H", json.dumps([format.media_type, form]).encode())
    output: Any = Output(pipe, limits, ROW_MARKS.get(name, b""))
    if isinstance(result, ox.QueryTriples):
        prefixes = {} if format == ox.RdfFormat.RDF_XML else request["prefixes"]  # XML has reserved ones, such as xml
        ox.serialize(output.counted(result), output, format, prefixes=prefixes)
    else:
        result.serialize(output, format)
    output.flush()


def graph(iri: str) -> ox.NamedNode:
    """The name of a graph that stands for the data set."""
    try:
        return ox.NamedNode(iri)
    except ValueError:
        raise ValueError(f"{iri[:100]!r} is no IRI, so no graph is called so") from None


def explain(error: Exception) -> tuple[str, int, int]:
    """The engine's message in words, and the line and column it names, or 0."""
    message = " ".join(str(error).split())
    if not (match := re.match(r"error at (\d+):(\d+): expected (?:one of )?(.*)", message)):
        return f"the query failed: {message}", 0, 0
    # It lists all that it would have taken; of that only sentences help: "The SELECT contains a variable …".
    sentences = [part for part in match[3].split(", ") if re.match(r"\w+ .*[a-z]{2}", part)]
    return sentences[0] if sentences else "", int(match[1]), int(match[2])


def send(pipe: IO[bytes], kind: bytes, data: bytes | bytearray = b"") -> None:
    """Write one frame."""
    pipe.write(FRAME.pack(kind, len(data)) + data)


def receive(pipe: IO[bytes]) -> tuple[bytes, bytes]:
    """Read one frame, its letter and data; both are empty where the input ends, also in the middle of a frame."""
    head = pipe.read(FRAME.size)
    if len(head) < FRAME.size:
        return b"", b""
    kind, size = FRAME.unpack(head)
    data = pipe.read(size)
    return (kind, data) if len(data) == size else (b"", b"")


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), Limits(int(sys.argv[3]), int(sys.argv[4])))
