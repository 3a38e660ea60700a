"""Processes that save, import, delete and bring back without end, killed at random moments; what they said is checked.

    python tests/killed_saves.py HOME KILLS SECONDS SEED

Each worker is a process of its own. It tells what it is about to do, and what was accepted; then it is killed by
SIGKILL, alone or together with the git that it runs. After each kill all that was accepted has to be in the files and
in the history, what was under way is there as a whole or not at all, and the next start leaves nothing behind.
"""

import json
import os
import random
import select
import signal
import subprocess
import sys
import time
from pathlib import Path

from conftest import StubEncoder

from kb import KnowledgeBase
from kb.bibliography.reading import Given
from kb.home import Home
from kb.intake.choice import Choice
from kb.saving import Author, Change, Saving, etag
from kb.saving.changes import in_git, read

ANNA = Author("anna", "Anna Smith", "anna@localhost")
OWN = ("made-a", "made-b", "made-c")  # sources that come and go
LONGEST = 0.6  # seconds of a worker, after its start
RECORD = "@book{{k{0},\n title = {{Ferry number {0}}},\n author = {{Ferrier, {1}}},\n year = {{2011}}\n}}\n"


class Worker:
    """What a worker does, in turn: one save after the other, each told before and after."""

    def __init__(self, home: Path, seed: int) -> None:
        self.base, self.chance, self.number = KnowledgeBase(home, encoder=StubEncoder()), random.Random(seed), 0
        self.curation, self.home = self.base.curation, home

    def run(self) -> None:
        """Go on until the end of this process."""
        doings = (self.edit, self.edit_two, self.add_or_delete, self.undelete, self.take_in)
        while True:
            self.number += 1
            self.chance.choice(doings)()

    def edit(self) -> None:
        """Change a source."""
        self.save([self.changed(self.chance.choice(self.base.corpus.ids()))])

    def edit_two(self) -> None:
        """Change two sources in one save."""
        self.save([self.changed(id) for id in self.chance.sample(self.base.corpus.ids(), 2)])

    def add_or_delete(self) -> None:
        """Add a source with a text beside it, or delete it and put its text away."""
        id = self.chance.choice(OWN)
        if id in self.base.corpus:
            tell("begin", {f"corpus/{id}.yaml": None, f"corpus/{id}.txt": None})
            self.curation.past.delete(id, ANNA)
            return tell("done")
        text = f"type: book\ntitle: Made {self.number} by {os.getpid()}\n"
        self.save([Change(f"corpus/{id}.yaml", text, None)])

    def undelete(self) -> None:
        """Bring a source back."""
        id = self.chance.choice(OWN)
        if id not in self.base.corpus and (gone := self.curation.history.log(f"corpus/{id}.yaml", 1, how="D")):
            before = self.curation.history.text(gone[0].parents[0], f"corpus/{id}.yaml")
            tell("begin", {f"corpus/{id}.yaml": before})
            self.curation.past.undelete(id, ANNA)
            tell("done")

    def take_in(self) -> None:
        """Import three records, which are one commit, and any of which may be the last one before a kill."""
        mark = f"{os.getpid()}-{self.number}"
        file = self.home / "given.bib"
        file.write_text("".join(RECORD.format(f"{mark}-{n}", chr(65 + n)) for n in range(3)), encoding="utf-8")
        tell("import", {})
        taken = self.base.intake.take([Given.of(file)], Choice(frozenset({1, 2, 3}), {}), ANNA)
        assert not taken.problem, taken.problem
        tell("done", {f"corpus/{each.id}.yaml": read(self.home / f"corpus/{each.id}.yaml") for each in taken.added})

    def changed(self, id: str) -> Change:
        """A change of a source: a line at its end that nothing else has."""
        text = read(self.home / f"corpus/{id}.yaml")
        return Change(f"corpus/{id}.yaml", f"{text}# {self.number} of {os.getpid()}\n", etag(text))

    def save(self, changes: list[Change]) -> None:
        """Save, and tell."""
        tell("begin", {each.path: each.text for each in changes})
        saved = self.curation.saving.save(changes, ANNA, f"Change {self.number} of {os.getpid()}")
        assert saved.commit, saved.problem
        tell("done")


def tell(what: str, files: dict[str, str | None] | None = None) -> None:
    """A line to whoever waits, whole or not at all."""
    os.write(1, (json.dumps([what, files]) + "\n").encode())


def started(home: Path, seed: int) -> tuple[int, int]:
    """A worker, its process in a group of its own: its number, and the end of a pipe that it tells to."""
    out, into = os.pipe()
    if pid := os.fork():
        os.close(into)
        return pid, out
    os.setsid()
    os.dup2(into, 1)
    try:
        Worker(home, seed).run()
    except BaseException as error:
        tell("failed", {repr(error): None})
    os._exit(1)


class Checker:
    """What has to be in the files: by path the text, or None where the file is to be gone."""

    def __init__(self, home: Path) -> None:
        self.home, self.saving = home, Saving(Home(home))
        self.accepted: dict[str, str | None] = {}
        self.saves = self.under_way = 0

    def hear(self, told: list[str]) -> tuple[str, dict[str, str | None]]:
        """Take in what a worker told; return what it was about when it was killed."""
        begun: tuple[str, dict[str, str | None]] = ("", {})
        for what, files in map(json.loads, told):
            if what == "failed":
                raise AssertionError(f"a worker failed: {next(iter(files))}")
            if what == "done":
                self.accepted |= begun[1] | (files or {})
                self.saves += 1
            begun = (what, files) if what in ("begin", "import") else ("", {})
        self.under_way += bool(begun[0])
        return begun

    def check(self, what: str, files: dict[str, str | None]) -> None:
        """After a kill and the next start: nothing accepted is lost, nothing is half there."""
        assert (said := self.saving.recover()) == [], said
        now = {path: read(self.home / path) for path in {*self.accepted, *files}}
        if what == "begin" and all(now[path] == text for path, text in files.items()):
            self.accepted |= files  # all of it came through; else nothing of it may have
        wrong = {path for path, text in self.accepted.items() if now[path] != text}
        assert not wrong, f"lost: {wrong}"
        if self.saving.history.head:
            self.tidy()
            self.in_history()
        else:  # killed while the history was begun
            assert self.accepted == {}

    def tidy(self) -> None:
        """Nothing unfinished is left, and git has nothing to tell."""
        left = [path for part in (self.home / "corpus", self.saving.home.curation) for path in part.rglob(".*.tmp")]
        left += list((self.home / ".curation/saves").glob("*")) + list((self.home / ".curation").glob("lost/*"))
        left += [path for path in (self.home / ".git").rglob("*.lock")]
        assert left == []
        told = git(self.home, "status", "--porcelain", "--", "corpus", "ontology")
        assert told == "", told

    def in_history(self) -> None:
        """What is in the files is in the last commit; with a clean status it is enough to look at what is gone."""
        there = set(git(self.home, "ls-tree", "--name-only", "HEAD", "corpus/").split())
        kept = {path for path in self.accepted if in_git(path)}
        assert {path for path in kept if self.accepted[path] is not None} <= there
        assert not {path for path in kept if self.accepted[path] is None} & there

    def at_the_end(self) -> None:
        """Each accepted save is a commit in the curator's name, and the repository is whole."""
        if not self.saving.history.head:  # on a busy computer each was killed before its first commit
            assert not self.saves
            return
        git(self.home, "fsck", "--full", "--no-dangling")
        *authors, first = git(self.home, "log", "--format=%an").splitlines()
        assert (set(authors), first) == ({ANNA.name}, "Outside the pages")
        assert len(authors) >= self.saves


def git(home: Path, *words: str) -> str:
    """What a command of git prints; it must not fail."""
    return subprocess.run(["git", *words], cwd=home, check=True, capture_output=True, text=True).stdout


def build(home: Path) -> None:
    """Build the home in a process of its own, since threads do not go with a fork."""
    pid = os.fork()
    if not pid:
        KnowledgeBase(home, encoder=StubEncoder()).build()
        os._exit(0)
    os.waitpid(pid, 0)


def heard(out: int, seconds: float) -> bytes:
    """What comes from a worker, from when it has begun, for so many seconds."""
    told, end = b"", time.monotonic() + 60
    while time.monotonic() < end:
        ready, _, _ = select.select([out], [], [], max(0, end - time.monotonic()))
        part = os.read(out, 65536) if ready else b""
        if ready and not part:
            break
        if not told and part:
            end = time.monotonic() + seconds
        told += part
    return told


def main(home: Path, kills: int, seconds: float, seed: int) -> str:
    """Kill so many workers, or as many as there is time for; returns the figures."""
    build(home)
    chance, checker, begun, killed = random.Random(seed), Checker(home), time.monotonic(), 0
    while killed < kills and (time.monotonic() - begun < seconds or not killed):
        pid, out = started(home, chance.randrange(1 << 30))
        told = heard(out, chance.uniform(0, LONGEST))
        (os.killpg if chance.random() < 0.5 else os.kill)(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
        while part := os.read(out, 65536):
            told += part
        os.close(out)
        killed += 1
        checker.check(*checker.hear(told.decode().split("\n")[:-1]))
    checker.at_the_end()
    return (
        f"{killed} kills (seed {seed}), {checker.under_way} of them in a save, import or delete; {checker.saves} were "
        f"accepted before, none is lost; {time.monotonic() - begun:.0f} s"
    )


if __name__ == "__main__":
    print(main(Path(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3]), int(sys.argv[4])))
