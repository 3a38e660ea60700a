"""Git by its own command: where the repository of a folder is, whether it takes a commit now, and what it says."""

from __future__ import annotations

import os
import re
import subprocess
import time
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from kb.errors import KBError

SECONDS = 60.0  # that one command may take
PATIENCE = 2.0  # seconds that another git is waited for
OPTIONS = {
    "advice.detachedHead": "false", "color.ui": "false", "commit.gpgSign": "false", "core.fsmonitor": "false",
    "core.fsync": "committed,reference", "core.fsyncMethod": "batch", "core.hooksPath": os.devnull,
    "core.quotePath": "false", "core.safecrlf": "false", "gc.auto": "500", "i18n.logOutputEncoding": "UTF-8",
    "log.showRoot": "true", "log.showSignature": "false",
}  # fmt: skip
KEPT = ("GIT_CEILING_DIRECTORIES", "GIT_CONFIG_GLOBAL", "GIT_CONFIG_NOSYSTEM", "GIT_CONFIG_SYSTEM")
UNDER_WAY = {
    "MERGE_HEAD": "a merge", "rebase-merge": "a rebase", "rebase-apply": "a rebase",
    "CHERRY_PICK_HEAD": "a cherry-pick", "REVERT_HEAD": "a revert", "BISECT_LOG": "a bisect",
}  # fmt: skip
END = {"a merge": "git commit, or git merge --abort", "a rebase": "git rebase --continue, or --abort",
       "a cherry-pick": "git cherry-pick --continue, or --abort", "a revert": "git revert --continue, or --abort",
       "a bisect": "git bisect reset"}  # fmt: skip
IGNORED = "check-ignore"
_LOCKED = re.compile(r"'([^'\n]+\.lock)': File exists")


class HistoryError(KBError):
    """Git cannot do it now; the message says why and what to do."""

    status = 503


class Locked(HistoryError):
    """Another git is at work, or was and has left a lock: try again."""


class Place(NamedTuple):
    """The repository that a folder is in: its own files (*git*), and the folder's path in it, "" or with a slash."""

    git: Path
    prefix: str


class Git:
    """The command, run in a *folder*."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._known: tuple[Path, Place] | None = None

    def __call__(self, *words: str, data: bytes = b"", seconds: float = SECONDS, most: int = 0) -> bytes:
        """What a command prints; raises HistoryError where it fails, or ends with a status that is more than *most*."""
        options = (word for name, value in OPTIONS.items() for word in ("-c", f"{name}={value}"))
        literal = ["--literal-pathspecs"] if words[0] != IGNORED else []  # of which that one knows nothing
        command = ["git", *literal, *options, *words]
        try:
            done = subprocess.run(
                command, cwd=self.folder, env=_environment(), input=data, capture_output=True, timeout=seconds
            )
        except FileNotFoundError as error:
            raise HistoryError("git is not installed: the history needs it, so install it") from error
        except subprocess.TimeoutExpired as error:
            raise HistoryError(f"git {words[0]} did not end within {seconds:g} seconds") from error
        except OSError as error:
            raise HistoryError(f"git cannot be run: {error.strerror}") from error
        if not 0 <= done.returncode <= most:
            raise _failed(done.stderr.decode(errors="replace"), words[0])
        return done.stdout

    def text(self, *words: str, data: bytes = b"", seconds: float = SECONDS) -> str:
        """What a command prints, as text."""
        return self(*words, data=data, seconds=seconds).decode("utf-8", errors="replace")

    def nearest(self) -> Path | None:
        """The ``.git`` that is nearest to the folder, as far as can be told without asking git."""
        here = self.folder.absolute()
        return next((found for folder in (here, *here.parents) if (found := folder / ".git").exists()), None)

    def place(self) -> Place | None:
        """The repository; None where the folder is in none, or in a larger one that ignores its files."""
        nearest = self.nearest()
        if nearest is None:
            return None
        if self._known is None or self._known[0] != nearest or not self._known[1].git.is_dir():
            try:
                git = self.text("rev-parse", "--absolute-git-dir").removesuffix("\n")
                prefix = self.text("rev-parse", "--show-prefix").removesuffix("\n")
            except HistoryError as error:
                if "not a git repository" in str(error):
                    return None
                raise
            if prefix and self._ignored():
                return None
            self._known = nearest, Place(Path(git), prefix)
        return self._known[1]

    def ready(self, place: Place) -> None:
        """Raise HistoryError where nothing can be committed now, as something in the repository is under way."""
        for name, what in UNDER_WAY.items():
            if (place.git / name).exists():
                raise HistoryError(
                    f"{what} is under way in {place.git.parent}: end it there ({END[what]}); until then nothing can be "
                    "committed"
                )
        lock, deadline = place.git / "index.lock", time.monotonic() + PATIENCE
        while lock.exists():
            if time.monotonic() > deadline:
                raise HistoryError(locked(lock))
            time.sleep(0.05)

    def unlock(self, since: float) -> None:
        """Delete the locks that a git of ours has left which was killed; it began at that time, and no other runs.

        A lock that is younger may be another git's: it is given time to go by itself.
        """
        place, deadline = self.place(), time.monotonic() + PATIENCE
        left = _locks(place.git, since) if place else []
        while left and time.monotonic() < deadline:
            time.sleep(0.05)
            left = [lock for lock in left if lock.exists()]
        for lock in left:
            lock.unlink(missing_ok=True)

    def _ignored(self) -> bool:
        try:
            return bool(self(IGNORED, "--", "corpus/reed-2001.yaml"))
        except HistoryError:
            return False


def _locks(git: Path, since: float) -> list[Path]:
    """The locks on index, configuration and references that were made since then."""
    shared = git / (git / "commondir").read_text().strip() if (git / "commondir").is_file() else git
    found = {*git.glob("*.lock"), *shared.glob("*.lock"), *shared.glob("refs/**/*.lock")}
    return [lock for lock in found if lock.stat().st_mtime >= since - 1]


def locked(lock: Path) -> str:
    """What to do about a file by which another git keeps others out."""
    try:
        begun = lock.stat().st_mtime
    except OSError:
        return f"another git command is running ({lock}): its end is waited for"
    since = datetime.fromtimestamp(begun).strftime("%H:%M on %Y-%m-%d")
    minutes = max(0, int(time.time() - begun)) // 60
    return (
        f"another git command is running, or was stopped: {lock} is there since {since} ({minutes} minutes); if no git "
        "runs, delete that file"
    )


def _environment() -> dict[str, str]:
    """Ours without what tells git of another repository, and without questions."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith("GIT_") or key in KEPT}
    return kept | {"GIT_TERMINAL_PROMPT": "0", "GIT_OPTIONAL_LOCKS": "0", "LC_ALL": "C.UTF-8", "LANGUAGE": ""}


def _failed(said: str, verb: str) -> HistoryError:
    if found := _LOCKED.search(said):
        return Locked(locked(Path(found[1])))
    if "does not contain" in said or "cannot lock ref" in said:
        return Locked(f"git {verb}: the history has gone on meanwhile")
    return HistoryError(f"git {verb}: {' '.join(said.split())[:500] or 'failed'}")
