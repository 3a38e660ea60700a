"""The accounts of a home, with their roles, hashed passwords and sessions: kept in ``.curation/users.json``."""

from __future__ import annotations

import fcntl
import json
import os
import secrets
import time
import unicodedata
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path
from threading import BoundedSemaphore
from typing import Any, NamedTuple

from werkzeug.security import check_password_hash, generate_password_hash

from kb import BadHome, BadQuery, NotFound
from kb.corpus.sources import SLUG
from kb.errors import unknown
from kb.home import Home

ROLES = ("curator", "editor")  # an editor may all that a curator may
SHORTEST, LONGEST = 8, 1_000  # characters of a password
NAME, FULL = 50, 100  # characters of the name to log in by, and of the one to be read
IDLE = 12 * 3600  # seconds after which a session that is not used ends
LASTING = 14 * 86_400  # seconds after which any session ends
SESSIONS = 20  # of one account at once; the oldest ends
_THERE = "there is an account {0!r} already: 'kb user password {0}' gives it another password"
_hashing = BoundedSemaphore(2)  # each hash takes 32 MB and a core for 60 ms


class User(NamedTuple):
    """An account as it is kept: its sessions are random words, each with the second it began."""

    name: str
    full: str
    role: str
    password: str
    sessions: dict[str, int]


class Users:
    """The accounts of one *home*; each change is whole, and seen by other processes at once."""

    def __init__(self, home: Home) -> None:
        self._home, self.path = home, home.curation / "users.json"
        self._read: tuple[object, dict[str, User]] = (None, {})

    def all(self) -> dict[str, User]:
        """Each account by its name; what was read is kept until the file is another."""
        try:
            status = self.path.stat()
        except FileNotFoundError:
            return {}
        mark = (status.st_mtime_ns, status.st_size, status.st_ino)
        if self._read[0] != mark:
            self._read = (mark, self._load())
        return self._read[1]

    def get(self, name: str) -> User:
        """One account; raises NotFound where there is none of that name."""
        users = self.all()
        if name not in users:
            raise NotFound(unknown("account", name[:NAME], list(users)))
        return users[name]

    def add(self, name: str, password: str, role: str = ROLES[0], full: str = "") -> User:
        """Make an account; raises BadQuery where its name, role or password will not do."""
        self.check(name, full)
        made = User(name, " ".join(full.split()), _role(role), hashed(password), {})
        with self._changing() as users:
            if name in users:
                raise BadQuery(_THERE.format(name))
            self._put_drafts_away(name)
            users[name] = made
        return made

    def check(self, name: str, full: str) -> None:
        """Raise BadQuery where no account can have this *name*, or this one to be read."""
        if not SLUG.fullmatch(name) or len(name) > NAME:
            raise BadQuery(f"{name!r} is no name for an account: use small letters, digits and single hyphens")
        if len(full) > FULL or not " ".join(full.split()).isprintable():
            raise BadQuery(f"a name to be read has at most {FULL} characters, all of which can be seen")
        if name in self.all():
            raise BadQuery(_THERE.format(name))

    def remove(self, name: str) -> None:
        """Take an account away; its sessions end, and its drafts are kept where no account sees them."""
        self.get(name)
        with self._changing() as users:
            users.pop(name, None)
            self._put_drafts_away(name)

    def set_password(self, name: str, password: str) -> None:
        """Give an account another password; its sessions end."""
        self._change(name, password=hashed(password), sessions={})

    def set_role(self, name: str, role: str) -> None:
        """Give an account another role; its sessions end."""
        self._change(name, role=_role(role), sessions={})

    def begin(self, name: str) -> str:
        """Begin a session of an account, and return the random word that it is known by."""
        word, now = secrets.token_urlsafe(18), int(time.time())
        with self._changing() as users:
            going = {each: since for each, since in users[name].sessions.items() if now - since < LASTING}
            newest = sorted(going, key=lambda each: going[each])[-(SESSIONS - 1) :]
            users[name] = users[name]._replace(sessions={each: going[each] for each in newest} | {word: now})
        return word

    def end(self, name: str, word: str) -> None:
        """End a session of an account."""
        with self._changing() as users:
            if name in users:
                users[name].sessions.pop(word, None)

    def in_session(self, name: object, word: object) -> User | None:
        """The account called *name* if *word* is a session of it that goes on."""
        user = self.all().get(name) if isinstance(name, str) else None
        since = user.sessions.get(word) if user and isinstance(word, str) else None
        return user if since is not None and time.time() - since < LASTING else None

    def known(
        self, name: str, password: str, check: Callable[[str, str], bool] = check_password_hash
    ) -> User | None:  # fmt: skip
        """The account with that name and password; to find that there is none takes as long as a wrong password."""
        user = self.all().get(name)
        with _hashing:
            fits = check(user.password if user else nobodys(), _typed(password))
        return user if user and fits else None

    def _put_drafts_away(self, name: str) -> None:
        """Keep the drafts of a former account under another name, so that who is called so next does not get them."""
        drafts = self._home.curation / "drafts"
        with suppress(FileNotFoundError):
            (drafts / name).rename(drafts / f".{name}.{secrets.token_hex(4)}")

    def _change(self, name: str, **fields: Any) -> None:
        self.get(name)
        with self._changing() as users:
            if name not in users:
                raise NotFound(unknown("account", name, list(users)))
            users[name] = users[name]._replace(**fields)

    @contextmanager
    def _changing(self) -> Iterator[dict[str, User]]:
        """The accounts, to be changed by nobody else meanwhile, and written in the end."""
        try:
            with (self._home.private() / "users.lock").open("a+") as lock:
                fcntl.flock(lock, fcntl.LOCK_EX)
                users = self._load() if self.path.exists() else {}
                yield users
                kept = {name: {k: v for k, v in each._asdict().items() if k != "name"} for name, each in users.items()}
                write_private(self.path, json.dumps(kept, ensure_ascii=False, indent=1) + "\n")
        except OSError as error:
            raise BadHome(f"{self.path}: cannot be written: {error.strerror}") from error

    def _load(self) -> dict[str, User]:
        try:
            kept = json.loads(self.path.read_text(encoding="utf-8"))
            return {name: User(name=name, **fields) for name, fields in kept.items()}
        except (ValueError, TypeError, AttributeError) as error:
            raise BadHome(f"{self.path}: is no list of accounts any more; take it back from a backup") from error


def secret(home: Home) -> bytes:
    """The key that cookies of this home are signed with; made once."""
    path = home.curation / "secret"
    try:
        if not path.exists():
            made = home.private() / f".secret.{os.getpid()}.{secrets.token_hex(4)}.tmp"
            write_private(made, secrets.token_hex(32))
            try:
                os.link(made, path)  # which fails where another process was first
            except FileExistsError:
                pass
            finally:
                made.unlink()
        return path.read_bytes()
    except OSError as error:
        raise BadHome(f"{path}: cannot be read or written: {error.strerror}") from error


def hashed(password: str) -> str:
    """The hash to keep of a password (scrypt, with a salt of its own); raises BadQuery for one that is too short."""
    if len(password) < SHORTEST or len(password) > LONGEST:
        raise BadQuery(f"a password has {SHORTEST} to {LONGEST:,} characters: choose a longer one")
    with _hashing:
        return generate_password_hash(_typed(password))


@cache
def nobodys() -> str:
    """The hash of a password that nobody knows, to compare with where there is no account."""
    return generate_password_hash(secrets.token_urlsafe())


def write_private(path: Path, text: str) -> None:
    """Replace *path* by *text* in one step; nobody else may read it, at no time."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}.{secrets.token_hex(4)}.tmp")
    with open(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(path)


def _typed(password: str) -> str:
    """A password as any keyboard types it: letters with marks come as one sign or as two."""
    return unicodedata.normalize("NFC", password)


def _role(role: str) -> str:
    if role not in ROLES:
        raise BadQuery(f"there is no role {role!r}: it is {' or '.join(ROLES)}")
    return role
