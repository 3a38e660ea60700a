"""Drafts: what a curator has typed and not saved, kept on the server for them alone."""

from __future__ import annotations

import hashlib
import json
import re
import secrets
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from threading import Lock
from typing import Any, NamedTuple

from kb import KBError, NotFound, TooLong
from kb.corpus.sources import SLUG, write_atomically

DRAFT_BYTES = 8 << 20  # of one draft
ID_CHARACTERS = 100  # of a source for which there can be a draft
DRAFTS = 200  # of one account
MARKED = 30 * 24 * 3600  # seconds that it is known as what a draft was saved
NEW = "new_"  # what the token of a new source begins with, as no id does
GONE = "This draft is here no longer: it was saved, or thrown away."
_TOKEN = re.compile(rf"{NEW}[0-9a-f]{{16}}")
_PLAIN_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,60}")
_writing, _naming = Lock(), Lock()


class NotKept(KBError):
    """A draft cannot be written; what was typed stands in the form that is sent back."""

    status = 507


class Draft(NamedTuple):
    """What was typed into the form of one source.

    *token* is the id of a source that is here, or random; *id* is what a new one is to be called. *text* is that of the
    file from which the draft was made, with the etag *was* (None: there was no file). *revision* counts how often it
    was written; *when* is the last time (ISO 8601). *message* is for the history, if the curator has written one;
    *typed* are names that are being typed to be added to a list, by its path.
    """

    token: str
    id: str
    was: str | None
    text: str
    data: dict[str, Any]
    when: str = ""
    revision: int = 0
    message: str = ""
    typed: dict[str, str] = {}  # noqa: RUF012 – a default that nobody changes

    @property
    def is_new(self) -> bool:
        """Whether it is of a source that is not here yet."""
        return self.token.startswith(NEW)


class Mark(NamedTuple):
    """What is left of the draft of a new source that was saved: its *id*, and the etag *was* of what was saved."""

    id: str
    was: str


@dataclass(frozen=True)
class Drafts:
    """The drafts of one account: a folder with a file for each, *most* at once."""

    folder: Path
    most: int = DRAFTS

    @classmethod
    def of(cls, private: Path, account: str) -> Drafts:
        """The drafts of *account* within the *private* folder of a home."""
        plain = _PLAIN_NAME.fullmatch(account)
        return cls(private / "drafts" / (account if plain else "_" + hashlib.sha256(account.encode()).hexdigest()[:32]))

    def __iter__(self) -> Iterator[Draft]:
        """All drafts, the one last written first."""
        found = (self.find(path.stem) for path in self.folder.glob("[!.]*.json"))
        return iter(sorted((each for each in found if each), key=lambda each: each.when, reverse=True))

    def find(self, token: str) -> Draft | None:
        """The draft of this *token*, if there is one."""
        path = self._file(token)
        with suppress(OSError, ValueError, TypeError, AttributeError):  # a file that was cut short counts as none
            found = Draft(**json.loads(path.read_text(encoding="utf-8"))) if path else None
            return found if found and isinstance(found.data, dict) else None
        return None

    def __getitem__(self, token: str) -> Draft:
        if draft := self.find(token):
            return draft
        raise NotFound(GONE)

    def keep(self, draft: Draft) -> Draft:
        """Write *draft*, and return it with its new revision and time.

        One that another window has written since it was shown is first put aside, so that nothing of it is lost.
        """
        with _writing:
            now = self.find(draft.token)
            if now and now.revision != draft.revision and now.data != draft.data:
                self._write(now._replace(token=new_token()))
            kept = draft._replace(revision=max(draft.revision, now.revision if now else 0) + 1, when=_now())
            self._write(kept)
            return kept

    def named(self, draft: Draft, id: str) -> Draft | Mark:
        """Keep the *draft* of a new source under the id that it is saved with, once for all; or what it was saved as.

        That is the id that it has, else the one that a twin of this request has given it, else *id*.
        """
        with _naming:
            if mark := self.saved(draft.token):
                return mark
            now = self.find(draft.token)
            return self.keep(draft._replace(id=draft.id or (now.id if now else "") or id))

    def saved(self, token: str) -> Mark | None:
        """What the draft of this *token* was saved as; None where it was not."""
        with suppress(OSError, ValueError, TypeError):
            if is_token(token):
                return Mark(*json.loads((self.folder / f"{token}.saved").read_text(encoding="utf-8")))
        return None

    def mark(self, token: str, saved: Mark) -> None:
        """Throw the draft of a new source away, and leave what it was saved as in its place."""
        with suppress(OSError):  # without it, pressing twice is told as an id that is taken
            for each in self.folder.glob("[!.]*.saved"):
                if time.time() - each.stat().st_mtime > MARKED:
                    each.unlink(missing_ok=True)
            write_atomically(self.folder / f"{token}.saved", json.dumps(saved))
        self.discard(token)

    def discard(self, token: str) -> None:
        """Throw a draft away, if it is still there."""
        if path := self._file(token):
            with _writing:
                path.unlink(missing_ok=True)

    def _write(self, draft: Draft) -> None:
        text = json.dumps(draft._asdict(), ensure_ascii=False)
        path = self._file(draft.token)
        if path is None:
            raise NotFound(GONE)
        if (size := len(text.encode("utf-8", "surrogatepass"))) > DRAFT_BYTES:
            raise TooLong(f"This draft has {size / (1 << 20):.1f} MB; up to {DRAFT_BYTES >> 20} MB are kept: "
                          "shorten its texts. What you typed stands below, and is not kept on the server.")  # fmt: skip
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            if not path.exists() and sum(1 for _ in self.folder.glob("[!.]*.json")) >= self.most:
                raise TooLong(f"You have {self.most} drafts, and no more are kept: save or throw away some. "
                              "What you typed stands below, and is not kept on the server.")  # fmt: skip
            write_atomically(path, text)
        except OSError as error:
            raise NotKept(f"The draft cannot be kept on the server ({error.strerror}). "
                          "What you typed stands below: copy it, or try again.") from error  # fmt: skip

    def _file(self, token: str) -> Path | None:
        """The file of a *token*; None for what can be none."""
        fits = is_token(token) or (len(token) <= ID_CHARACTERS and SLUG.fullmatch(token))
        return self.folder / f"{token}.json" if fits else None


def new_token() -> str:
    """A token for a draft of a new source."""
    return NEW + secrets.token_hex(8)


def is_token(text: str) -> bool:
    """Whether *text* may be the token of a draft of a new source."""
    return bool(_TOKEN.fullmatch(text))


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="microseconds")
