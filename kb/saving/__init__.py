"""Save what curators change: all of a save or nothing of it, in the files and in the history.

The order of locks, here and everywhere: the file (one save at a time), the write, the commit, and after them the
build. Whoever holds a later one never asks for an earlier one. README.md beside this file tells more.
"""

from __future__ import annotations

import fcntl
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Event

from kb.errors import BadSource, Busy, Conflict, KBError
from kb.home import Home
from kb.saving import changes as made
from kb.saving import files, lost
from kb.saving.changes import Author, Change, Saved, etag, in_git, read, refuse_unmerged
from kb.saving.git import HistoryError
from kb.saving.history import OUTSIDE, Commit, History
from kb.saving.journal import ACCEPTED, SERIES, WRITTEN, Entry, Journal
from kb.saving.lost import Lost
from kb.saving.series import Series

__all__ = ["Author", "Change", "Commit", "History", "HistoryError", "Lost", "Saved", "Saving", "Series", "etag"]

LOCK = "lock"
PATIENCE = 10.0  # seconds a save waits for another one
AGAIN = 30.0  # seconds after which saves that git did not take are tried again
TAKEN_IN = "Take in changes made outside the pages"
BEFORE, DONE, OTHER = "before", "done", "other"  # what a file is to a change of it
WAITS = "the file is saved, and its commit follows by itself"


class Saving:
    """The one way by which pages write files of a *home*."""

    def __init__(self, home: Home) -> None:
        self.home, self.history = home, History(home.folder, home.curation / "git-runs")
        self._journal = Journal(home)

    def save(
        self, changes: Iterable[Change], author: Author, message: str, check: Callable[[], object] | None = None
    ) -> Saved:  # fmt: skip
        """Write all *changes*, commit them in the name of *author*, and say which commit that was.

        Raises Conflict where a file is not as it was when it was read, Busy where another save does not end, and
        NotSaved where the disk or a folder does not take it: then nothing is written. *check* may refuse too, once no
        other save is under way. A save that the journal has taken is kept, whatever happens to this process.
        """
        given = [each for each in changes if each.text is not None or each.was is not None]
        made.check(given)
        with self.lock(), self._disk():
            blocked = self._recover()
            for each in given:
                self._compare(each)
            if check:
                check()
            self._outside([each.path for each in given], blocked)
            if all(each.text is not None and etag(each.text) == each.was for each in given):
                return Saved(self.history.head, tuple(each.path for each in given), "")
            entry, told = self._accept(given, author, message)
            saved = self._finish(entry, blocked)
            return saved._replace(problem="; ".join(filter(None, (told, saved.problem))))

    @contextmanager
    def series(self, author: Author, message: str) -> Iterator[Series]:
        """Let files be written one by one, and commit them together at the end, or what of them is written by then."""
        with self.lock():
            self._recover()
            with self._disk():
                entry, file = self._journal.begin_series(author, message)
        running = Series(self, entry, file)
        try:
            yield running
        finally:
            with self.lock(60 * PATIENCE):
                running.saved = self._finish_series(entry._replace(paths=tuple(running.paths)))
            file.close()

    def recover(self) -> list[str]:
        """End the saves that a killed process has left, and try again to commit those that git did not take.

        Returns what somebody should know: why some are not committed yet, and which could not be written.
        """
        if not self.home.curation.is_dir():
            return []
        before = {each.folder for each in self.lost()}
        with self.lock():
            self._journal.sweep()
            blocked = self._recover()
        return [each.why for each in self.lost() if each.folder not in before] + [blocked] * bool(blocked)

    def keep(self, announce: Callable[[str], object], stop: Event) -> None:
        """Recover again and again, until *stop* is set, what git did not take at once; first let git tidy up."""
        told = ""
        with suppress(OSError):
            self.history.tidy()
        while not stop.wait(AGAIN):
            with suppress(Busy, OSError):  # of a folder that cannot be read just now
                if self._journal.files():
                    said = "; ".join(self._told())
                    if said and said != told:
                        announce(said)
                    told = said

    def waiting(self) -> list[str]:
        """The messages of the saves that git has not taken yet."""
        return list(self._journal.messages())

    def lost(self) -> list[Lost]:
        """The saves that could not be written, as their files had been changed meanwhile; they are kept beside."""
        return lost.lost(self.home)

    @contextmanager
    def lock(self, patience: float = PATIENCE) -> Iterator[None]:
        """Hold the lock of the files; it goes with the process, however that ends."""
        with self._disk():
            file = (self.home.private() / LOCK).open("a+", encoding="utf-8")
        with file:
            deadline = time.monotonic() + patience
            while True:
                try:
                    fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    break
                except BlockingIOError:
                    if time.monotonic() >= deadline:
                        raise Busy("another save is under way: try again in a moment") from None
                    time.sleep(0.01)
            yield

    def own(self, path: str) -> None:
        """Before a series writes a file: see that what others have changed in it stands under their name."""
        text = read(self.home.folder / path)
        if text is not None:
            refuse_unmerged(path, text)
        self._outside([path], "")

    def _told(self) -> list[str]:
        try:
            return self.recover()
        except KBError as error:
            return [str(error)]
        except OSError as error:
            return [files.why(error, self.home.folder)]

    def _compare(self, change: Change) -> None:
        now = read(self.home.folder / change.path)
        if now is not None:
            refuse_unmerged(change.path, now)
        if (None if now is None else etag(now)) != change.was:
            what = "is here no longer" if now is None else "is there already" if change.was is None else "has changed"
            raise Conflict(f"{change.path}: {what}, by somebody else; nothing was written")

    def _outside(self, paths: list[str], blocked: str) -> None:
        """Commit what was changed in an editor and not committed, so that no curator's name stands over it."""
        for entry in self._journal.entries(SERIES):  # a running one has written them
            if mine := [path for path in paths if path in entry.paths]:
                with suppress(HistoryError):
                    self.history.commit(self._contents(mine), entry.author, entry.message, entry.when)
        contents = {path: data for path, data in self._contents(paths).items() if in_git(path)}
        try:
            differs = self.history.differs(contents)
            if blocked and differs != []:
                raise HistoryError(blocked)
            if differs is None:
                self.history.begin()
            elif differs:
                self.history.commit({path: contents[path] for path in differs}, OUTSIDE, TAKEN_IN)
        except HistoryError:
            self._note_outside({path: data for path, data in contents.items() if data is not None})

    def _note_outside(self, contents: Mapping[str, bytes]) -> None:
        """Note texts in the journal, which are to be committed before a save that will stand over them."""
        texts = {path: data.decode("utf-8") for path, data in contents.items()}
        for file in reversed(self._journal.files(WRITTEN, ACCEPTED)):
            entry = self._journal.read(file)
            for change in entry.changes if entry else ():
                if texts.get(change.path) == change.text:
                    del texts[change.path]
            if not texts:
                return
        with self._disk():
            said = [Change(path, text, etag(text)) for path, text in texts.items()]
            self._journal.begin(said, OUTSIDE, TAKEN_IN, WRITTEN)

    def _accept(self, changes: list[Change], author: Author, message: str) -> tuple[Entry, str]:
        """Let the journal take a save, and write its files; whatever the disk refuses is refused before that.

        Who works in an editor asks for no lock: files are compared once more at the last moment. Returns also what to
        tell of a text that came even after that.
        """
        with self._disk():
            laid = files.lay(self.home.folder, changes)
            try:
                entry = self._journal.begin(changes, author, message)
            except BaseException:
                files.take_away(laid)
                raise
        try:
            for each in changes:
                self._compare(each)
        except KBError:
            files.take_away(laid)
            self._journal.end(entry)
            raise
        try:
            told = lost.keep_displaced(self.home, entry, files.put(laid))
            return self._journal.written(entry), told
        except OSError:
            return entry, ""  # which is taken up again

    def _recover(self) -> str:
        """Take up again what has not come to its end, the oldest first; return why that cannot be, if so."""
        blocked, done = "", set[str]()
        self.history.clear()
        for file in self._journal.files():
            if blocked and f".{ACCEPTED}." not in file.name:
                continue  # it is as safe as can be, and waits for those before it
            entry = self._journal.read(file)
            if entry is None or (entry.state == SERIES and self._journal.lives(entry)):
                continue
            try:
                entry = self._write(entry) if entry.state == ACCEPTED else entry
                blocked = blocked or (self._end(entry) if entry else "")
            except OSError as error:
                blocked = blocked or files.why(error, self.home.folder)
            done.update(entry.paths if entry else ())
        if done and not blocked:
            self._outside(sorted(done), "")  # what has come after them
        return blocked

    def _end(self, entry: Entry) -> str:
        """Commit what a process before us has written; return why that cannot be, if so."""
        if entry.state == SERIES:
            return self._finish_series(entry).problem.removesuffix(f"; {WAITS}")
        try:
            contents = _contents(entry)
            differs = self.history.differs(contents)
            if differs is None:  # the first commit leaves to us what waits
                self.history.begin([path for each in self._journal.entries(WRITTEN) for path in each.paths])
                differs = list(contents)
            changed = {path: contents[path] for path in differs}
            if changed and not self.history.has(changed, entry.author, entry.when):
                self.history.commit(changed, entry.author, entry.message, entry.when)
            self.history.settle(contents)
        except HistoryError as error:
            return str(error)
        self._journal.end(entry)
        return ""

    def _finish(self, entry: Entry, blocked: str) -> Saved:
        """Commit a save that was just accepted; what git does not take waits for the next time."""
        if entry.state == ACCEPTED:
            return Saved("", entry.paths, f"the disk did not take all files: the save is in {entry.file}, and goes on")
        if blocked:
            return Saved("", entry.paths, f"{blocked}; {WAITS}")
        try:
            contents = _contents(entry)
            commit = self.history.commit(contents, entry.author, entry.message, entry.when) if contents else ""
        except HistoryError as error:
            return Saved("", entry.paths, f"{error}; {WAITS}")
        self._journal.end(entry)
        return Saved(commit, entry.paths, "")

    def _finish_series(self, entry: Entry) -> Saved:
        """Commit what a series has written; where git does not take it, the journal keeps it as one save."""
        contents = {path: data for path, data in self._contents(entry.paths).items() if in_git(path)}
        for folder in {(self.home.folder / path).parent for path in entry.paths}:
            files.sync(folder)
        try:
            commit = self.history.commit(contents, entry.author, entry.message, entry.when) if contents else ""
            self.history.settle(contents)  # a git that has outlived its process may have made the commit
        except HistoryError as error:
            said = [Change(path, data.decode("utf-8", "replace"), None) for path, data in contents.items() if data]
            self._journal.begin(said, entry.author, entry.message, WRITTEN)
            self._journal.end(entry)
            return Saved("", entry.paths, f"{error}; {WAITS}")
        self._journal.end(entry)
        return Saved(commit, entry.paths, "")

    def _write(self, entry: Entry) -> Entry | None:
        """Write what a killed process was about to; what somebody has changed since is kept beside the files."""
        now = {each: self._state(each) for each in entry.changes}
        clashing = tuple(each for each, state in now.items() if state == OTHER)
        if clashing and DONE not in now.values():
            clashing = entry.changes  # all or nothing
        if clashing:
            lost.keep(self.home, entry, clashing)
        if clashing == entry.changes:
            self._journal.end(entry)
            return None
        laid = files.lay(self.home.folder, [each for each, state in now.items() if state == BEFORE])
        lost.keep_displaced(self.home, entry, files.put(laid))
        rest = tuple(each for each in entry.changes if each not in clashing)
        return self._journal.written(entry)._replace(changes=rest, paths=tuple(each.path for each in rest))

    def _state(self, change: Change) -> str:
        """Whether a file is as it was before a change, as it is after it, or otherwise."""
        try:
            now = read(self.home.folder / change.path)
        except BadSource:
            return OTHER
        if now == change.text:
            return DONE
        return BEFORE if (None if now is None else etag(now)) == change.was else OTHER

    def _contents(self, paths: Iterable[str]) -> dict[str, bytes | None]:
        """What is in the files now; None where there is none."""
        return {path: file.read_bytes() if (file := self.home.folder / path).is_file() else None for path in paths}

    @contextmanager
    def _disk(self) -> Iterator[None]:
        """Say what a disk or folder did not take."""
        try:
            yield
        except OSError as error:
            raise files.not_saved(error, self.home.folder) from error


def _contents(entry: Entry) -> dict[str, bytes | None]:
    """What a save has for the history."""
    told = {each.path: each.text for each in entry.changes if in_git(each.path)}
    return {path: None if text is None else text.encode() for path, text in told.items()}


def relative(home: Home, path: Path) -> str:
    """A *path* of a file of a home as changes and the history name it; raises BadSource for one that is outside."""
    try:
        return path.relative_to(home.folder).as_posix()
    except ValueError:
        raise BadSource(f"{path}: is no file of {home.folder}") from None
