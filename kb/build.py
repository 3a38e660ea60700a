"""Bring ``.kb/`` up to date with the files: the next generation of store and index, made beside the current one."""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import re
import shutil
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from kb.bibliography import records, styles
from kb.corpus import ontology, quotes, sources
from kb.corpus import texts as works
from kb.corpus.hashes import Hashes, listed
from kb.corpus.ontology import Ontology
from kb.corpus.sources import SLUG, Corpus, Source
from kb.errors import BadSource, Busy
from kb.graph import store, writing
from kb.home import FORMAT, MANIFEST, STORE, Home
from kb.retrieval import encoder as encoders
from kb.retrieval import index, passages
from kb.retrieval.encoder import Encoder, Notice
from kb.retrieval.index import Progress
from kb.retrieval.passages import Passage
from kb.terms import ONTOLOGY_GRAPH, Names

KEPT = 2  # generations
HASHES = "hashes.json"
TEXTS = (
    "isbn", "issn", "url", "missing", "subjects", "rejected", "cites", "about", "supports", "disputes", "qualifies",
    "replaces",
)  # fmt: skip
NAMES = ("authors", "editors")
ENTRIES = {"treats": "concept", "asserts": "subject"}  # with the field that each entry needs
ONTOLOGY, CONTEXT = "ontology/*.ttl", "ontology/context.jsonld"  # owners beside the source ids, which have no slash,
# and the names of texts, which end in works.SUFFIX, as no id does


class Report(NamedTuple):
    """What a build did: files read, passages embedded, sources removed, seconds taken, and the generation made."""

    read: int
    embedded: int
    removed: int
    seconds: float
    generation: str


def build(
    home: Home, encoder: Encoder | None, model: str | None, progress: Progress, notice: Notice, wait: float = 0
) -> Report:
    """Make the next generation if a file or the model changed; nothing else is touched.

    *wait* is for how many seconds another build is waited for. A build that
    is killed leaves only a folder that no one points to, which the next removes.
    """
    home.check()
    start = time.monotonic()
    with _lock(home.derived, wait):
        for stale in (home.derived / "model").glob("*.tmp"):  # of an export that was killed
            shutil.rmtree(stale, ignore_errors=True)
        encoder = encoder or encoders.LazyEncoder(model, home.derived / "model", notice)
        report = _next(home, home.current(), encoder, progress, notice)
        return report._replace(seconds=time.monotonic() - start)


def _next(home: Home, previous: Path | None, encoder: Encoder, progress: Progress, notice: Notice) -> Report:
    """Make and publish the generation after *previous*, unless it would be the same."""
    before = home.manifest(previous)
    old, hashes = before["files"], _hashes(home)
    afresh = before["encoder"] != encoder.fingerprint or old.get(CONTEXT) != hashes[CONTEXT]
    changed = [name for name, hash in hashes.items() if afresh or old.get(name) != hash]
    removed = [name for name in old if name not in hashes]
    if previous is not None and not changed and not removed:
        return Report(0, 0, 0, 0, previous.name)
    if previous is not None and (damage := _damage(previous)):
        notice(f"{previous} cannot be used ({damage}): all is made again from the files")
        return _next(home, None, encoder, progress, notice)
    folder = _next_generation(home)
    embedded = _write(home, folder, previous, changed, removed, encoder, progress)
    manifest = {"encoder": encoder.fingerprint, "files": hashes}
    (folder / MANIFEST).write_text(json.dumps(manifest, indent=0), encoding="utf-8")
    _publish(home, folder.name)
    return Report(sum(name != CONTEXT for name in changed), embedded, len(removed), 0, folder.name)


def _damage(generation: Path) -> str:
    """What is wrong with the parts of a generation, or nothing."""
    try:
        store.Store(generation / STORE)
        records.Records(generation).close()
        index.Index(generation).close()
    except Exception as error:  # each part has errors of its own for a file that was cut short
        return str(error)
    return ""


def _write(
    home: Home, folder: Path, previous: Path | None, changed: list[str], removed: list[str],
    encoder: Encoder, progress: Progress,
) -> int:  # fmt: skip
    """Fill the generation in *folder*: records, store and index; return how many passages were embedded."""
    context, corpus = home.context(), Corpus(home.corpus)
    names = Names.of(context)
    gone = {name for name in removed if not name.endswith(works.SUFFIX)}
    files = {name for name in changed if name not in (ONTOLOGY, CONTEXT)}
    graphs: dict[str, list[Any]] = {names.iri("source", key): [] for key in gone}
    texts: dict[str, list[Passage]] = {name: [] for name in removed}
    entries: dict[str, records.Entry | None] = dict.fromkeys(gone)
    keys = sorted({name.removesuffix(works.SUFFIX) for name in (*files, *removed)} - gone)
    for done, source in enumerate(map(corpus.__getitem__, keys), 1):
        if source.id in files:
            well_formed(source, corpus.folder)
            quads = sources.triples(source, context)
            graphs[names.iri("source", source.id)] = quads + writing.provenance(quads)
            texts[source.id] = list(passages.of_source(source, styles.in_text(source.data)))
        pages = works.read(corpus.folder, source.id)
        texts[source.id + works.SUFFIX] = list(passages.of_pages(source, pages))
        entries[source.id] = records.Entry.of(source.data, quotes.checked(source, pages), works.printed(pages))
        progress("files read", done, len(keys))
    if ONTOLOGY in changed:
        graphs[ONTOLOGY_GRAPH] = ontology.load(home.ontology)
        concepts = Ontology(graphs[ONTOLOGY_GRAPH], names).concepts.values()
        found = (concept for concept in concepts if not concept.retired and not concept.groups)  # headings are browsed
        texts[ONTOLOGY] = [passages.of_concept(concept) for concept in found]
    writing.write(folder / STORE, None if previous is None or CONTEXT in changed else previous / STORE, graphs)
    records.write(folder, previous, entries)
    return index.write(folder, previous, texts, encoder, progress)


def well_formed(source: Source, folder: Path) -> None:
    """Refuse what our code cannot read and what makes a claim unfindable; other faults are for ``kb check`` to tell."""
    where = folder / f"{source.id}.yaml"
    _shaped(source.data, f"{where}: ")
    if not isinstance(source.data.get("claims") or [], list):
        raise BadSource(f"{where}: claims must be a list; start each claim with '- id: \"#c1\"'")
    seen = set()
    for number, claim in enumerate(source.claims, 1):
        if not isinstance(claim, dict) or not all(claim.get(key) for key in ("id", "text", "basis")):
            raise BadSource(f"{where}: claim {number} needs an id such as '#c{number}', a text and a basis")
        _shaped(claim, f"{where}: claim {number}: ")
        if not claim["id"].startswith("#"):
            raise BadSource(f"{where}: claim {number} needs an id such as '#c{number}', not {claim['id']!r}")
        if re.fullmatch(r"#p\d+", claim["id"]):
            raise BadSource(f"{where}: claim {number} has the id of a passage of a text: write '#c{number}'")
        if claim["id"] in seen:
            raise BadSource(f"{where}: two claims have the id {claim['id']!r}; give the later one a free id")
        seen.add(claim["id"])


def _shaped(node: dict[str, Any], where: str) -> None:
    """Refuse a field of *node* with keys where text belongs, or the other way round."""
    for key, value in node.items():
        if shape := misses(key, value):
            raise BadSource(f"{where}{key} must be {shape}: 'kb check' says where")


def misses(key: str, value: Any) -> str:
    """What *key* must hold, where *value* is something else."""
    items = value if isinstance(value, list) else [value] if value else []
    if key in sources.TEXT and not _are_texts([value]):
        return "a text"
    if key in TEXTS and not _are_texts(items):
        return "a text or a list of texts"
    if key == "extra" and not (isinstance(value, dict) and all(map(_is_text_or_list, value.values()))):
        return "a mapping of texts, or lists of texts"
    if key in NAMES and not all(isinstance(item, dict) and _are_texts(item.values()) for item in items):
        return "a list of names, each with family and given, or literal"
    if key in ENTRIES and not all(isinstance(item, dict) and _are_texts([item.get(ENTRIES[key])]) for item in items):
        return f"a list of entries, each with {ENTRIES[key]}"
    return ""


def _is_text_or_list(value: Any) -> bool:
    return _are_texts(value if isinstance(value, list) else [value])


def _are_texts(values: Iterable[Any]) -> bool:
    return all(isinstance(value, str) for value in values)


@contextmanager
def _lock(folder: Path, wait: float) -> Iterator[None]:
    """Hold the build lock of *folder*; it goes with the process, however that ends."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("a+", encoding="utf-8") as file:
        deadline = time.monotonic() + wait
        while True:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() >= deadline:
                    file.seek(0)
                    raise Busy(
                        f"another build is running ({file.read().strip() or 'just started'}): try again"
                    ) from None
                time.sleep(0.05)
        file.truncate(0)
        file.write(f"process {os.getpid()}")
        file.flush()
        yield


def _hashes(home: Home) -> dict[str, str]:
    """The hash of each source file, of each text beside one, of the ontology and of the context, by owner."""
    digest = hashlib.sha256()
    for path in ontology.files(home.ontology):
        digest.update(path.name.encode() + path.read_bytes())
    home.context()
    context = hashlib.sha256((home.ontology / "context.jsonld").read_bytes()).hexdigest()
    return {ONTOLOGY: digest.hexdigest(), CONTEXT: context, **_of_corpus(home)}


def _of_corpus(home: Home) -> dict[str, str]:
    """The hashes of the sources by id, and after them of their texts by name."""
    known, files = Hashes(home.derived / HASHES), dict(listed(home.corpus, (".yaml", works.SUFFIX)))
    names = {name.removesuffix(".yaml"): name for name in files if name.endswith(".yaml")}
    for id in names:
        if not SLUG.fullmatch(id):
            Corpus(home.corpus).path(id)  # which says what to do
    names |= {name: name for name in files if name.endswith(works.SUFFIX) and name.removesuffix(works.SUFFIX) in names}
    hashes = {owner: known.of(home.corpus, name, files[name]) for owner, name in names.items()}
    known.keep()
    return hashes


def _next_generation(home: Home) -> Path:
    """An empty folder, numbered after every other; what a build that failed or was killed left is deleted."""
    generations = home.derived / "generations"
    generations.mkdir(exist_ok=True)
    for folder in generations.iterdir():
        if not (folder / MANIFEST).is_file():
            shutil.rmtree(folder, ignore_errors=True)
    numbers = [int(folder.name) for folder in generations.iterdir() if folder.name.isdecimal()]
    fresh = generations / f"{max(numbers, default=0) + 1:08d}"
    fresh.mkdir()
    return fresh


def _publish(home: Home, name: str) -> None:
    """Point readers to generation *name* in one step, and delete all but the last few."""
    sources.write_atomically(home.derived / "current", f"{FORMAT} {name}\n")
    for folder in sorted((home.derived / "generations").iterdir())[:-KEPT]:
        shutil.rmtree(folder, ignore_errors=True)
