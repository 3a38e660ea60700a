"""What of the imported fields of a work may leave a home: nothing that tells where somebody keeps a copy."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from kb.corpus.numbers import DOI_BEGINS
from kb.corpus.sources import texts

FILES = {  # fields that name files, in whatever format; some hold web addresses too
    "attachment", "attachments", "file", "filename", "files", "local-url", "localfile", "path", "pdf", "sentelink",
}  # fmt: skip
_OF_RIS = re.compile(r"ris:L[1-4]|L[1-4]")
_ON_THE_WEB = re.compile(rf"(?:https?|ftp)://|doi:|{DOI_BEGINS}", re.I)
_ADDRESS = re.compile(r"(?:https?|ftp)://[^\s<>\"]+", re.I)
_ON_A_DISK = re.compile(
    r"\bfile:(?=\S)|\binternal-pdf:"
    r"|(?<![\w.:/])/(?:home|users|volumes|media|mnt|root|private|tmp|var|documents and settings)/(?=\w)"
    r"|(?<![A-Za-z])[A-Za-z]\\?:\\*[\\/](?!/)|(?<!\S)\\\\[\w.-]+\\|(?<![\w/.])~[\w.-]*[/\\]",
    re.I,
)


def published(extra: Mapping[str, Any]) -> dict[str, Any]:
    r"""The fields of *extra* without places on somebody's disk: of a field for files its web addresses alone stay.

    >>> published({"language": "de", "ris:L1": "C:/reeds.pdf", "url": "file:///home/reed/a.pdf", "note": "a\n~/b.pdf"})
    {'language': 'de', 'note': 'a'}
    """
    made = {name: _shown(name, value) for name, value in extra.items() if not on_a_disk(name)}
    return {name: value for name, value in made.items() if value}


def as_published(record: Mapping[str, Any]) -> dict[str, Any]:
    """A *record* with that of its ``extra`` which may be published."""
    return {**record, "extra": published(record["extra"])} if record.get("extra") else dict(record)


def is_file(name: str) -> bool:
    """Whether a field, whose *name* may begin with that of a format, names files of the one who wrote it."""
    bare = name.rpartition(":")[2].lower()
    return bare in FILES or bare.startswith("bdsk-file-") or _OF_RIS.fullmatch(name) is not None


def on_a_disk(text: str) -> bool:
    """Whether a *text* tells of a place on a disk; web addresses may look like one.

    >>> on_a_disk("see C:/reeds.pdf"), on_a_disk("https://a.org/home/~reed/b.pdf"), on_a_disk("Mills: a/b")
    (True, False, False)
    """
    return _ON_A_DISK.search(_ADDRESS.sub(" ", text)) is not None


def _shown(name: str, value: Any) -> Any:
    """A value without the lines that tell of a disk."""
    if not texts(value):
        return value
    left = [kept for text in texts(value) if (kept := _lines(text, is_file(name)))]
    return left if isinstance(value, list) else "".join(left)


def _lines(text: str, is_file: bool) -> str:
    kept = [line for line in text.split("\n") if not on_a_disk(line) and (not is_file or _ON_THE_WEB.match(line))]
    return "\n".join(kept).strip("\n") if len(kept) < text.count("\n") + 1 else text
