"""Who changed what when: git, asked and told by its own command."""

from __future__ import annotations

import hashlib
import json
import re
import secrets
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import NamedTuple, TypeVar

from kb.corpus import texts
from kb.saving.changes import IN_GIT, Author, in_git
from kb.saving.git import PATIENCE, Git, HistoryError, Locked, Place

OUTSIDE = Author("", "Outside the pages", "outside@localhost")
COMMITTER = Author("", "Knowledge base", "kb@localhost")
BEGIN = "Begin the history"
IGNORED = (
    "# Made from the files, and what belongs to the work of curators\n.kb/\n.curation/\n\n"
    "# Texts of works, which are not for publication, and unfinished files\ncorpus/*.txt\n.*.tmp\n"
)
FILE, LINK = "100644", "120000"  # modes
NOTHING = "0"
ID = re.compile(r"[0-9a-f]{7,64}")
MANY = 100  # paths that git is asked for by their names
NAME, MESSAGE = 200, 10_000  # characters
READING = 20.0  # seconds
_CONTROL = re.compile(r"[\x00-\x1f\x7f<>\ud800-\udfff]")
T = TypeVar("T")
TIDY = 100  # commits after which git may pack what it has


class Touched(NamedTuple):
    """A file in a commit: what became of it (A added, M modified, D deleted), and its blobs before and after."""

    path: str
    how: str
    before: str
    after: str


class Commit(NamedTuple):
    """A change in the history: its id, who made it, when (ISO 8601), its message, and the files of the home."""

    id: str
    author: str
    email: str
    when: str
    message: str
    parents: tuple[str, ...]
    files: tuple[Touched, ...]

    @property
    def paths(self) -> tuple[str, ...]:
        """The files of the home that it changed."""
        return tuple(each.path for each in self.files)


class History:
    """The history of the files in *folder*, a git repository or a folder in one; it is made one by the first commit.

    The file *note* is there while a commit is made, so that who comes after a kill knows whose locks are left.
    """

    def __init__(self, folder: Path, note: Path | None = None) -> None:
        self.folder, self._git, self._note = folder, Git(folder), note
        self._made, self._digits = 0, 40  # commits; of an id

    # Reading

    @property
    def is_kept(self) -> bool:
        """Whether there is a history."""
        return bool(self.head)

    @property
    def is_near(self) -> bool:
        """Whether there seems to be a history, as far as can be told at once."""
        return self._git.nearest() is not None

    @property
    def head(self) -> str:
        """The id of the last commit; nothing where there is none."""
        with suppress(HistoryError):
            if self._git.place():
                head = self._git.text("rev-parse", "--verify", "--quiet", "HEAD").strip()
                self._digits = len(head)
                return head
        return ""

    def log(
        self, path: str = "", limit: int = 50, offset: int = 0, *, how: str = "", seconds: float = READING
    ) -> list[Commit]:
        """The commits that changed a file, or any file of the corpus and the ontology; the newest first.

        With *how*, those alone that added (A), modified (M) or deleted (D) it.
        """
        if not self.head:
            return []
        given = [f"-n{limit}", f"--skip={offset}", *([f"--diff-filter={how}"] if how else []), "HEAD"]
        return self._log(*given, "--", *([path] if path else IN_GIT), seconds=seconds)

    def since(self, commit: str, path: str, *, how: str) -> list[Commit] | None:
        """The commits after *commit* that added (A), modified (M) or deleted (D) what is at *path*, the newest first.

        None where the history does not follow on that commit.
        """
        try:
            self._git("merge-base", "--is-ancestor", commit, "HEAD")
        except HistoryError:
            return None
        return self._log(f"--diff-filter={how}", f"{commit}..HEAD", "--", path, seconds=READING)

    def commit_of(self, id: str) -> Commit | None:
        """The commit that *id* names, in full or by its first digits; None where the history has none such."""
        if not ID.fullmatch(id) or not self.head:
            return None
        try:
            full = self._git.text("rev-parse", "--verify", "--quiet", f"{id}^{{commit}}").strip()
            self._git("merge-base", "--is-ancestor", full, "HEAD")
        except HistoryError:
            return None
        return next(iter(self._log("--no-walk", full, "--", *IN_GIT, seconds=READING)), None)

    def text(self, commit: str, path: str) -> str | None:
        """A file as it was in *commit*; None where it was not there."""
        try:
            return self._git("cat-file", "blob", f"{commit}:./{path}").decode("utf-8")
        except (HistoryError, UnicodeDecodeError):
            return None

    def blobs(self, ids: Iterable[str]) -> dict[str, bytes]:
        """The contents of blobs."""
        asked = list(dict.fromkeys(ids))
        if not asked:
            return {}
        told, at, found = self._git("cat-file", "--batch", data="\n".join(asked).encode() + b"\n"), 0, {}
        for id in asked:
            head, at = told[at : (end := told.index(b"\n", at))].split(), end + 1
            if len(head) == 3:
                size = int(head[2])
                found[id], at = told[at : at + size], at + size + 1
        return found

    # Writing

    def commit(self, files: Mapping[str, bytes | None], author: Author, message: str, when: int | None = None) -> str:
        """Commit these contents of files (None: it goes), and nothing else, in the name of *author*.

        Returns the id of the commit; that of the last one where nothing differs from it. What others have staged in
        the index stays there. The files themselves are not looked at, but by the first commit of all; see `begin`.
        """
        with self._noted(files):
            return self._in_time(files, author, message, when or int(time.time()))

    def _in_time(self, files: Mapping[str, bytes | None], author: Author, message: str, when: int) -> str:
        place = self._git.place() or self.begin()
        self._git.ready(place)
        id, entries = _patiently(lambda: self._commit(place, files, author, message, when))
        if entries:  # the commit is made: that must not be asked again
            _patiently(lambda: self._index(place, entries))
            self._made += 1
            if self._made % TIDY == 0:
                self.tidy()
        return id

    def differs(self, files: Mapping[str, bytes | None]) -> list[str] | None:
        """Those of *files* whose contents are not those of the last commit; None where there is no commit yet."""
        kept = self._kept(files) if self._git.place() else None
        return None if kept is None else list(self._different(files, kept))

    def has(self, files: Mapping[str, bytes | None], author: Author, when: int) -> bool:
        """Whether there is a commit of these contents by *author* at that very second."""
        for commit in self.log(next(iter(files)), 50):
            if datetime.fromisoformat(commit.when).timestamp() == when and commit.author == _name(author):
                return all(self._is(commit.id, path, data) for path, data in files.items())
        return False

    def settle(self, paths: Iterable[str]) -> None:
        """Let the index have these files as they are in the last commit."""
        place, paths = self._git.place(), list(paths)
        kept = self._kept(paths) if place and paths else None
        if place and kept is not None:
            with self._noted(paths):
                self._index(place, {path: kept.get(path) for path in paths})

    def tidy(self) -> None:
        """Let git pack what it has, where that is much, and note which files each commit changed."""
        with suppress(HistoryError):
            if self.head:
                self._git("gc", "--auto", "--quiet")
                self._git("commit-graph", "write", "--reachable", "--changed-paths", "--no-progress")

    def clear(self) -> None:
        """After a kill: delete the locks that a git of ours has left, and end what it did to the index."""
        with suppress(FileNotFoundError, HistoryError):
            if self._note and (since := self._note.stat().st_mtime):
                self._git.unlock(since)
                self.settle(_noted_paths(self._note))
                self._note.unlink()

    @contextmanager
    def _noted(self, paths: Iterable[str] = ()) -> Iterator[None]:
        """Have a note of the files that a commit is of, while it is made."""
        if self._note is None or self._note.exists():  # it is ours already
            yield
            return
        self._note.write_text(json.dumps(list(paths)), encoding="utf-8")
        try:
            yield
        finally:
            self._note.unlink(missing_ok=True)

    def begin(self, without: Iterable[str] = ()) -> Place:
        """Make the folder a repository where it is in none, with what is in it *without* some files."""
        with self._noted():
            return self._begun(without)

    def _begun(self, without: Iterable[str]) -> Place:
        place = self._git.place()
        if place is None:
            self._git("init", "--quiet")
            ignored = self.folder / ".gitignore"
            if not ignored.exists():
                ignored.write_text(IGNORED, encoding="utf-8")
            place = self._git.place()
        if place is None:
            raise HistoryError(f"{self.folder}: git finds no repository there, nor can one be made")
        if not self.head:
            self._git.ready(place)
            self._first(without)
        return place

    def _first(self, without: Iterable[str]) -> None:
        parts = [part for part in (*IN_GIT, ".gitignore") if (self.folder / part).exists()]
        there = self._git.text("ls-files", "-z", "--cached", "--others", "--exclude-standard", "--", *parts).split("\0")
        left_out = set(without)
        taken = [path for path in there if path and not path.endswith(texts.SUFFIX) and path not in left_out]
        if taken:
            self._git("update-index", "-z", "--add", "--stdin", data="".join(f"{path}\0" for path in taken).encode())
            known = [part for part in parts if any(path.partition("/")[0] == part for path in taken)]
            named = ("-c", f"user.name={OUTSIDE.name}", "-c", f"user.email={OUTSIDE.email}")
            self._git(*named, "commit", "--quiet", "--no-verify", "--only", "-m", BEGIN, "--", *known)

    def _commit(
        self, place: Place, files: Mapping[str, bytes | None], author: Author, message: str, when: int
    ) -> tuple[str, dict[str, tuple[str, str] | None]]:
        """The commit that is made, and the entries that the index is to have for it; none where nothing differs."""
        kept = self._kept(files)
        changed = self._different(files, kept or {})
        if not changed:
            return self.head, {}
        stream = _stream(place, changed, author, message, when, follows=kept is not None)
        id = self._git("fast-import", "--quiet", "--done", data=stream).decode().strip()
        return id, {path: None if data is None else (FILE, self._blob(data)) for path, data in changed.items()}

    def _different(
        self, files: Mapping[str, bytes | None], kept: Mapping[str, tuple[str, str]]
    ) -> dict[str, bytes | None]:
        """What of *files* differs from what is *kept*, as git is to have it; a link stays one."""
        different: dict[str, bytes | None] = {}
        for path, data in files.items():
            mode, blob = kept.get(path, ("", ""))
            if mode == LINK or not in_git(path) or self._behind_link(path):
                continue
            cleaned = data if data is None else self._cleaned(path, data)
            if (None if cleaned is None else self._blob(cleaned)) != (blob or None):
                different[path] = cleaned
        return different

    def _kept(self, paths: Iterable[str]) -> dict[str, tuple[str, str]] | None:
        """Mode and blob of each file that is in the last commit, of *paths*; None where there is no commit yet."""
        paths = list(paths)
        asked = paths if len(paths) <= MANY else [f"{folder}/" for folder in IN_GIT]
        try:
            told = self._git.text("ls-tree", "-r", "-z", "HEAD", "--", *asked)
        except HistoryError as error:
            if "Not a valid object name" in str(error):
                return None
            raise
        found = {}
        for line in filter(None, told.split("\0")):
            about, _, path = line.partition("\t")
            mode, _, blob = about.split()
            found[path] = mode, blob
            self._digits = len(blob)
        return found if asked is paths else {path: found[path] for path in paths if path in found}

    def _index(self, place: Place, entries: Mapping[str, tuple[str, str] | None]) -> None:
        """Let the index have these entries, as the files are now in the last commit."""
        gone = (NOTHING, "0" * self._digits)
        lines = []
        for path, entry in entries.items():
            mode, blob = entry or gone
            lines.append(f"{mode} {blob}\t{place.prefix}{path}\0".encode())
        self._git.ready(place)
        self._git("update-index", "-z", "--add", "--remove", "--index-info", data=b"".join(lines))

    def _cleaned(self, path: str, data: bytes) -> bytes:
        """What git keeps of a file: with other line ends, where the repository says so."""
        if b"\r" not in data or not self._git.place():
            return data
        blob = self._git.text("hash-object", "-w", "--stdin", f"--path={path}", data=data).strip()
        return self._git("cat-file", "blob", blob)

    def _behind_link(self, path: str) -> bool:
        return (self.folder / path.partition("/")[0]).is_symlink()

    def _blob(self, data: bytes) -> str:
        made = hashlib.sha256 if self._digits == len(hashlib.sha256().hexdigest()) else hashlib.sha1
        return made(b"blob %d\0" % len(data) + data).hexdigest()

    def _is(self, commit: str, path: str, data: bytes | None) -> bool:
        text = self.text(commit, path)
        return (None if text is None else text.encode()) == data

    def _log(self, *asked: str, seconds: float) -> list[Commit]:
        mark = secrets.token_hex(8)  # which nobody can have put into a name or message
        form = f"{mark}+" + f"{mark}-".join(("%H", "%an", "%ae", "%aI", "%P", "%B", ""))
        told = self._git.text(
            "log", "-z", f"--format={form}", "--raw", "--no-abbrev", "--no-renames", "--diff-merges=first-parent",
            "--relative", *asked, seconds=seconds,
        )  # fmt: skip
        return [_read(each, f"{mark}-") for each in told.split(f"{mark}+")[1:]]


def _patiently(do: Callable[[], T]) -> T:
    """Do something once another git, which is at work, lets it be done."""
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            return do()
        except Locked:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.05)


def _noted_paths(note: Path) -> list[str]:
    """The files of a commit that was under way; none where git had not begun with it."""
    try:
        return list(map(str, json.loads(note.read_text(encoding="utf-8"))))
    except ValueError:
        return []


def _read(told: str, mark: str) -> Commit:
    id, author, email, when, parents, message, files = told.split(mark)
    raw = [each for each in files.strip("\n").split("\0") if each.strip("\n")]
    touched = tuple(_touched(about.strip("\n"), path) for about, path in zip(raw[::2], raw[1::2], strict=True))
    return Commit(id, author, email, when, message.strip(), tuple(parents.split()), touched)


def _touched(about: str, path: str) -> Touched:
    _, _, before, after, how = about.split()
    return Touched(path, how, before.strip("0") and before, after.strip("0") and after)


def _stream(
    place: Place, files: Mapping[str, bytes | None], author: Author, message: str, when: int, follows: bool
) -> bytes:  # fmt: skip
    """One commit as ``git fast-import`` reads it: that takes all of it or nothing, and neither index nor files."""
    told = message.replace("\0", " ").strip()[:MESSAGE].encode(errors="replace") + b"\n"
    parts = [
        f"commit HEAD\nmark :1\nauthor {_name(author)} <{_address(author)}> {when} +0000\n"
        f"committer {COMMITTER.name} <{COMMITTER.email}> {int(time.time())} +0000\n".encode(errors="replace"),
        _data(told),
        b"from HEAD^0\n" if follows else b"",
    ]
    for path, data in files.items():
        quoted = _quoted(place.prefix + path)
        parts += [b"D " + quoted + b"\n"] if data is None else [b"M 100644 inline " + quoted + b"\n", _data(data)]
    return b"".join([*parts, b"get-mark :1\ndone\n"])


def _data(data: bytes) -> bytes:
    return b"data %d\n%b\n" % (len(data), data)


def _quoted(path: str) -> bytes:
    escaped = path.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return b'"' + escaped.encode(errors="surrogateescape") + b'"'


def _name(author: Author) -> str:
    """A name as git can keep it: on one line, without the signs around an address."""
    return _plain(author.name) or _plain(author.id) or "unknown"


def _address(author: Author) -> str:
    return _plain(author.email).replace(" ", "")


def _plain(text: str) -> str:
    return " ".join(_CONTROL.sub(" ", text).split())[:NAME].strip(" .,:;\"'\\")
