"""Who changed what when: git, asked and told by its own command."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterable, Sequence
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

from kb.errors import KBError
from kb.saving.changes import Author

OUTSIDE = Author("", "Outside the pages", "outside@localhost")
SECONDS = 60  # that one command of git may take


class HistoryError(KBError):
    """Git cannot do it now; the message says why and what to do."""


class Commit(NamedTuple):
    """A change in the history: its id, who made it, when (ISO 8601), its message, and the files of the home."""

    id: str
    author: str
    email: str
    when: str
    message: str
    paths: tuple[str, ...]


class History:
    """The history of the files in *folder*, a git repository or a folder in one; it is made one by the first commit."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def commit(self, paths: Iterable[str], author: Author, message: str, when: int | None = None) -> str:
        """Commit these files as they are now, and nothing else, in the name of *author*; return the commit's id.

        Where nothing is different from the last commit, that one's id is returned.
        """
        self._begin()
        paths = list(paths)
        self._git("add", "--all", "--force", "--", *self._known(paths))
        named = {"GIT_AUTHOR_NAME": author.name, "GIT_AUTHOR_EMAIL": author.email}
        dated = {"GIT_AUTHOR_DATE": f"@{when} +0000"} if when else {}
        if self._git("status", "--porcelain", "--untracked-files=no", "--", *paths):
            self._git("commit", "--quiet", "--no-verify", "--only", "-m", message, "--", *paths, env=named | dated)
        return self._git("rev-parse", "HEAD").strip()

    def commit_outside(self, paths: Iterable[str]) -> None:
        """Commit what was changed in these files without us."""
        self.commit(paths, OUTSIDE, "Take in changes made outside the pages")

    def log(self, path: str = "", limit: int = 50, offset: int = 0) -> list[Commit]:
        """The commits that changed a file, or any file of the corpus and the ontology; the newest first."""
        if not self.is_kept:
            return []
        paths = [path] if path else ["corpus", "ontology"]
        form = "%x1e%H%x1f%an%x1f%ae%x1f%aI%x1f%B%x1f"
        told = self._git("log", f"--format={form}", "--name-only", "--relative", f"-n{limit}", f"--skip={offset}",
                         "--", *paths)  # fmt: skip
        return [_commit(each) for each in told.split("\x1e")[1:]]

    def text(self, commit: str, path: str) -> str | None:
        """A file as it was in *commit*; None where it was not there."""
        try:
            return self._git("show", f"{commit}:./{path}")
        except HistoryError:
            return None

    @property
    def is_kept(self) -> bool:
        """Whether there is a history."""
        try:
            return bool(self._git("rev-parse", "--verify", "--quiet", "HEAD"))
        except HistoryError:
            return False

    @cached_property
    def _environment(self) -> dict[str, str]:
        ours = {"GIT_COMMITTER_NAME": "Partnership Knowledge Base", "GIT_COMMITTER_EMAIL": "kb@localhost",
                "GIT_TERMINAL_PROMPT": "0", "LC_ALL": "C.UTF-8"}  # fmt: skip
        return {key: value for key, value in os.environ.items() if not key.startswith("GIT_")} | ours

    def _begin(self) -> None:
        """Make the folder a repository where it is in none, with all that is in it now as its first commit."""
        try:
            self._git("rev-parse", "--git-dir")
        except HistoryError:
            self._git("init", "--quiet")
        if not self.is_kept:
            self._git("add", "--", *(part for part in ("corpus", "ontology") if (self.folder / part).exists()))
            self._git("commit", "--quiet", "--no-verify", "--allow-empty", "-m", "Begin the history",
                      env={"GIT_AUTHOR_NAME": OUTSIDE.name, "GIT_AUTHOR_EMAIL": OUTSIDE.email})  # fmt: skip

    def _known(self, paths: Sequence[str]) -> list[str]:
        """Those of *paths* that are there, or were in the last commit: git refuses the others."""
        kept = self._git("ls-files", "-z", "--", *paths).split("\0")
        return [path for path in paths if path in kept or (self.folder / path).exists()]

    def _git(self, *words: str, env: dict[str, str] | None = None) -> str:
        command = ["git", "-c", "core.quotePath=false", "-c", "commit.gpgSign=false", *words]
        try:
            done = subprocess.run(
                command, cwd=self.folder, env=self._environment | (env or {}), capture_output=True, timeout=SECONDS
            )
        except FileNotFoundError as error:
            raise HistoryError("git is not installed: the history needs it") from error
        except subprocess.TimeoutExpired as error:
            raise HistoryError(f"git did not end within {SECONDS} seconds") from error
        if done.returncode:
            raise HistoryError(f"git: {' '.join(done.stderr.decode(errors='replace').split())[:500]}")
        return done.stdout.decode("utf-8", errors="replace")


def _commit(told: str) -> Commit:
    id, author, email, when, message, paths = told.split("\x1f")
    return Commit(id, author, email, when, message.strip(), tuple(filter(None, paths.split("\n"))))
