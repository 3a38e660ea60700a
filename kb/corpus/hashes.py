"""The hashes of files, of which those that were read before and rest since are not read again."""

from __future__ import annotations

import hashlib
import json
import os
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from kb.corpus.sources import read_bytes, write_atomically
from kb.errors import BadSource

RESTED = 2.0  # seconds since a file was changed, before its times tell that it is the same: clocks of disks are coarse
FEW = 50  # files that are sooner read than the list is written


class Hashes:
    """The SHA-256 of files, kept in a *file* with what tells that they are the same; a lost one costs only time."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._known = _read(file)
        self._now = time.time_ns()
        self._seen: dict[str, list[Any]] = {}

    def of(self, folder: Path, name: str, status: os.stat_result) -> str:
        """The hash of the file called *name* in *folder*, which has this *status*."""
        # when the file and its entry were changed, its size, and its number on the disk
        stamp = [status.st_mtime_ns, status.st_ctime_ns, status.st_size, status.st_ino]
        known = self._known.get(name)
        rests = known and known[1:] == [stamp]
        hash = str(known[0]) if known and rests else hashlib.sha256(read_bytes(folder / name)).hexdigest()
        if self._now - max(stamp[:2]) > RESTED * 1e9:  # else it may change again within the same tick
            self._seen[name] = [hash, stamp]
        return hash

    def keep(self) -> None:
        """Keep what was asked for, for the next time, where that spares reading more than a few files."""
        more = sum(self._known.get(name) != seen for name, seen in self._seen.items())
        if more > FEW or more > len(self._known) or len(self._known) > len(self._seen) + FEW:
            write_atomically(self._file, json.dumps(self._seen))


def _read(file: Path) -> dict[str, list[Any]]:
    try:
        found = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    whole = isinstance(found, dict) and all(isinstance(each, list) for each in found.values())
    return found if whole else {}


def listed(folder: Path, suffixes: Iterable[str]) -> Iterator[tuple[str, os.stat_result]]:
    """The names of the files in *folder* with one of these *suffixes*, but hidden ones, each with its status.

    >>> [name for name, _ in listed(Path("tests/toy/corpus"), [".yaml"])][:2]
    ['marlow-quist-2012.yaml', 'reed-2001.yaml']
    """
    ends = tuple(suffixes)
    with os.scandir(folder) as entries:
        found = [entry for entry in entries if entry.name.endswith(ends) and not entry.name.startswith(".")]
    for entry in sorted(found, key=lambda entry: entry.name):
        try:
            yield entry.name, entry.stat()
        except FileNotFoundError:  # deleted between listing and asking
            if entry.is_symlink():
                raise BadSource(f"{folder / entry.name}: a link to nowhere: delete it") from None
