"""The annotated sources: one YAML-LD file per work, read, written and turned into RDF."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kb.errors import BadSource, NotFound, unknown
from kb.terms import Names

if TYPE_CHECKING:
    from pyoxigraph import Quad

LISTS = {"authors", "editors", "subjects", "rejected", "treats", "seenIn", "missing", "cites", "replaces", "claims"}
CLAIM_LISTS = {"about", "supports", "disputes", "qualifies", "asserts", "replaces"}
TEXT = (  # keys of a source or claim that hold one text; the context may define more
    "type", "state", "status", "statusBy", "statusDate", "statusNote", "summaryBasis", "openAccess", "curator",
    "created", "title", "issued", "othersOmitted", "summary", "container", "series", "number", "volume", "issue",
    "pages", "edition", "publisher", "place", "doi", "id", "text", "quote", "basis", "locator", "reportedIn",
)  # fmt: skip
SLUG = re.compile(r"(?!.{201})[a-z0-9]+(?:-[a-z0-9]+)*")  # a file's name has 255 bytes at most
_BEGAN = time.time()  # this process, about


@dataclass(frozen=True)
class Source:
    """One annotated work: what its file says, every scalar a string.

    >>> Source("testwell-2010", {"title": "No", "claims": [{"id": "#c1"}]}).claim_ids
    ['testwell-2010#c1']
    """

    id: str
    data: dict[str, Any] = field(repr=False)

    @property
    def claims(self) -> list[dict[str, Any]]:
        """The claims in the order of the file, each as its mapping."""
        return self.data.get("claims") or []

    @property
    def claim_ids(self) -> list[str]:
        """The claims' ids with the source's before them, such as ``testwell-2010#c1``."""
        return [self.id + str(claim.get("id", "")) for claim in self.claims]

    def json_ld(self, names: Names) -> dict[str, Any]:
        """The file as a JSON-LD document without its context: IRI and classes are added, nothing is renamed."""
        claims = [{**claim, "type": "Claim"} for claim in self.claims]
        types = [str(self.data.get("type", "document")), "Source"]
        document = {key: value for key, value in self.data.items() if key != "claims"}
        document |= {"id": names.iri("source", self.id), "type": types}
        return {**document, "claims": claims} if claims else document


def triples(source: Source, context: dict[str, Any], graph: str | None = None) -> list[Quad]:
    """The source as RDF in the graph named after it (or *graph*), by the home's JSON-LD *context*."""
    import pyoxigraph as ox

    names = Names.of(context)
    iri = names.iri("source", source.id)
    try:
        unmapped = {key for key, term in context["@context"].items() if term is None}  # kept in the file, and no data
        said = {key: value for key, value in source.json_ld(names).items() if key not in unmapped}
        document = json.dumps({**context, **said})
        parsed = list(ox.parse(document, format=ox.RdfFormat.JSON_LD, base_iri=iri))
    except RecursionError:
        raise BadSource(f"corpus/{source.id}.yaml: is nested too deeply") from None
    except MemoryError:  # the reader of JSON-LD takes texts of some megabytes
        raise BadSource(f"corpus/{source.id}.yaml: is too large, or one of its texts is") from None
    except TypeError:
        raise BadSource(f"corpus/{source.id}.yaml: a key is no text but a list or a mapping") from None
    except (SyntaxError, ValueError) as error:
        raise BadSource(f"corpus/{source.id}.yaml: cannot be read as linked data: {error}") from error
    name = ox.NamedNode(graph or iri)
    return [ox.Quad(q.subject, q.predicate, q.object, name) for q in parsed]


class Corpus:
    """The sources of a folder, one ``<id>.yaml`` each.

    >>> corpus = Corpus(Path("tests/toy/corpus"))
    >>> sorted(corpus.ids())[:2]
    ['marlow-quist-2012', 'reed-2001']
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def ids(self) -> list[str]:
        """The ids of all sources, sorted."""
        return sorted(path.stem for path in self.folder.glob("[!.]*.yaml"))  # editors keep locks in dotfiles

    def __iter__(self) -> Iterator[Source]:
        return map(self.__getitem__, self.ids())

    def __getitem__(self, id: str) -> Source:
        return read(self.path(id))

    def __contains__(self, id: str) -> bool:
        return bool(SLUG.fullmatch(id)) and self._file(id).is_file()

    def path(self, id: str) -> Path:
        """The file of source *id*, which must exist."""
        path = self._file(id)
        if id in self:  # asked of one file: a large folder takes long to list
            return path
        ids = self.ids()
        if id in ids and not SLUG.fullmatch(id):
            raise BadSource(f"{path}: rename it: an id has small letters, digits and single hyphens, such as reed-2001")
        raise NotFound(unknown("source", id, ids))

    def hashes(self) -> dict[str, str]:
        """The SHA-256 of each file by source id."""
        return {id: hashlib.sha256(read_bytes(self.path(id))).hexdigest() for id in self.ids()}

    def add(self, id: str, text: str) -> Path:
        """Write *text* as the file of a new source, whole or not at all."""
        if not SLUG.fullmatch(id):
            raise BadSource(f"{id!r} is no id: use small letters, digits and single hyphens, such as 'reed-2001'")
        path = self._file(id)
        if path.exists():
            raise BadSource(f"{path}: exists already; edit it, or choose another id")
        parse(text, path)
        write_atomically(path, text)
        return path

    def remove(self, id: str) -> None:
        """Delete the file of source *id*, and its text; the next build forgets it everywhere."""
        from kb.corpus import texts

        path = self.path(id)
        texts.remove(self.folder, id)
        path.unlink()

    def _file(self, id: str) -> Path:
        return self.folder / f"{id}.yaml"


def read(path: Path) -> Source:
    """Read one file; an error names the file, the line and what is wrong."""
    try:
        text = read_bytes(path).decode("utf-8")
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise BadSource(f"{path}:{line}: is not UTF-8; save the file as UTF-8") from error
    return Source(path.stem, parse(text, path))


def read_bytes(path: Path) -> bytes:
    """What is in a file; an error names it."""
    try:
        return path.read_bytes()
    except OSError as error:
        raise BadSource(f"{path}: cannot be read: {error.strerror}") from error


def parse(text: str, path: Path) -> dict[str, Any]:
    """The mapping in a file's *text*; *path* is named in errors."""
    from ruamel.yaml import YAML
    from ruamel.yaml.error import MarkedYAMLError, YAMLError

    # typ="base" keeps every scalar a string, so a title "No" stays "No";
    # the JSON-LD context gives the datatypes.
    try:
        data = YAML(typ="base").load(text)
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        what = " ".join(str(error.problem or error.context).split())
        raise BadSource(f"{path}:{mark.line + 1 if mark else 1}: {what}") from error
    except YAMLError as error:
        raise BadSource(f"{path}: {' '.join(str(error).split())}") from error
    except RecursionError:
        raise BadSource(f"{path}:1: is nested too deeply") from None
    except (
        AssertionError,
        ValueError,
        OverflowError,
    ) as error:  # which ruamel lets through for odd directives and escapes
        raise BadSource(f"{path}:1: cannot be read as YAML: {error or 'an odd directive'}") from error
    if not isinstance(data, dict):
        raise BadSource(f"{path}:1: holds no fields; a source starts with lines such as 'type: article'")
    return with_lists(data)


def as_read(data: Mapping[str, Any]) -> dict[str, Any]:
    """*data* from elsewhere as they would be read from a file: every scalar a text.

    >>> as_read({"issued": 2001, "subjects": "a", "note": None})
    {'issued': '2001', 'subjects': ['a'], 'note': ''}
    """
    return with_lists({str(key): _texts_alone(value) for key, value in data.items()})


def _texts_alone(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(key): _texts_alone(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_texts_alone(each) for each in value]
    return "" if value is None else str(value)


def with_lists(data: Mapping[str, Any]) -> dict[str, Any]:
    """*data* of a source with lists where a single value means the same, as all of our code has it."""
    listed = _with_lists(data, LISTS)
    if claims := listed.get("claims"):
        listed["claims"] = [_with_lists(claim, CLAIM_LISTS) if isinstance(claim, dict) else claim for claim in claims]
    return listed


def _with_lists(node: Mapping[str, Any], keys: set[str]) -> dict[str, Any]:
    """*node* with a list at *keys* even where the file gives a single value."""
    return {**node} | {k: [value] for k, value in node.items() if k in keys and value and not isinstance(value, list)}


def texts(value: Any) -> list[str]:
    """The texts in a value, which may be a single one or a list."""
    return [each for each in (value if isinstance(value, list) else [value]) if isinstance(each, str)]


def write_atomically(path: Path, text: str) -> None:
    """Replace *path* by *text* in one step that survives a power cut."""
    unfinished(path, text).replace(path.resolve())  # a link stays a link


def unfinished(path: Path, text: str) -> Path:
    """Write *text* beside *path*, whose place it is to take; where that fails, nothing of it stays."""
    path = path.resolve()
    temporary = path.with_name(f".{path.name}.{threading.get_native_id()}.{os.getpid()}.tmp")
    try:
        with temporary.open("w", encoding="utf-8", newline="\n") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        if path.exists():
            shutil.copymode(path, temporary)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    return temporary


def remove_unfinished(folder: Path) -> None:
    """Delete what `write_atomically` left in *folder* when its process was killed."""
    for path in folder.glob(".*.tmp"):
        pid = path.suffixes[-2].lstrip(".") if len(path.suffixes) > 1 else ""
        with suppress(FileNotFoundError):
            if pid.isdecimal() and not _writes(int(pid), path):
                path.unlink()


def _writes(pid: int, path: Path) -> bool:
    """Whether the process of that number may be writing *path*; one before us may have had our number."""
    return path.stat().st_mtime >= _BEGAN - 1 if pid == os.getpid() else _runs(pid)


def _runs(pid: int) -> bool:
    """Whether there is a process of that number."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except OSError:  # it is somebody else's
        return True
    return True
