"""Bring ``.kb/`` up to date with the files: the next generation of store and index, made beside the current one."""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from kb.bibliography import records, styles
from kb.corpus import ontology, sources
from kb.corpus.ontology import Ontology
from kb.corpus.sources import Corpus, Source
from kb.errors import BadSource, Busy
from kb.graph import store
from kb.home import FORMAT, MANIFEST, STORE, Home
from kb.retrieval import encoder as encoders
from kb.retrieval import index, passages
from kb.retrieval.encoder import Encoder, Notice
from kb.retrieval.index import Progress
from kb.retrieval.passages import Passage
from kb.terms import ONTOLOGY_GRAPH, Names

KEPT = 2  # generations
ONTOLOGY, CONTEXT = "ontology/*.ttl", "ontology/context.jsonld"  # owners beside the source ids, which have no slash


class Report(NamedTuple):
    """What a build did: files read, sources changed and removed, passages embedded, seconds taken."""

    read: int
    changed: int
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
        encoder = encoder or encoders.load(model, home.derived / "model", notice, verify=True)
        previous = home.current()
        before = home.manifest(previous)
        old, hashes = before["files"], _hashes(home)
        afresh = before["encoder"] != encoder.fingerprint or old.get(CONTEXT) != hashes[CONTEXT]
        changed = [name for name, hash in hashes.items() if afresh or old.get(name) != hash]
        removed = [name for name in old if name not in hashes]
        if previous is not None and not changed and not removed:
            return Report(0, 0, 0, 0, time.monotonic() - start, previous.name)
        name = f"{int(before['generation']) + 1:08d}"
        folder = home.derived / "generations" / name
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        embedded = _write(home, folder, previous, changed, removed, encoder, progress)
        manifest = {"generation": name, "encoder": encoder.fingerprint, "files": hashes}
        (folder / MANIFEST).write_text(json.dumps(manifest, indent=0), encoding="utf-8")
        _publish(home, name)
        read = sum(name != CONTEXT for name in changed)
        return Report(read, read, embedded, len(removed), time.monotonic() - start, name)


def _write(
    home: Home, folder: Path, previous: Path | None, changed: list[str], removed: list[str],
    encoder: Encoder, progress: Progress,
) -> int:  # fmt: skip
    """Fill the generation in *folder*: records, store and index; return how many passages were embedded."""
    context = home.context()
    names = Names.of(context)
    graphs: dict[str, list[Any]] = {names.iri("source", key): [] for key in removed}
    texts: dict[str, list[Passage]] = {key: [] for key in removed}
    citations: dict[str, tuple[str, dict[str, Any]] | None] = dict.fromkeys(removed)
    keys = [key for key in changed if key not in (ONTOLOGY, CONTEXT)]
    corpus = Corpus(home.corpus)
    for done, source in enumerate(map(corpus.__getitem__, keys), 1):
        _well_formed(source, corpus.folder)
        graphs[names.iri("source", source.id)] = sources.triples(source, context)
        try:
            texts[source.id] = list(passages.of_source(source, styles.in_text(source.data)))
            citations[source.id] = (styles.citation(source.data), source.data)
        except (AttributeError, KeyError, TypeError) as error:  # fields where text belongs, or the other way round
            raise BadSource(
                f"{corpus.path(source.id)}: is not in the form of a source: 'kb check' says where"
            ) from error
        progress("files read", done, len(keys))
    if ONTOLOGY in changed:
        graphs[ONTOLOGY_GRAPH] = ontology.load(home.ontology)
        concepts = Ontology(graphs[ONTOLOGY_GRAPH], names).concepts.values()
        texts[ONTOLOGY] = [passages.of_concept(concept) for concept in concepts]
    store.write(folder / STORE, None if previous is None or CONTEXT in changed else previous / STORE, graphs)
    records.write(folder, previous, citations)
    return index.write(folder, previous, texts, encoder, progress)


def _well_formed(source: Source, folder: Path) -> None:
    """Refuse what would make a claim unfindable; every other fault is for ``kb check`` to tell."""
    where = folder / f"{source.id}.yaml"
    if not isinstance(source.data.get("claims") or [], list):
        raise BadSource(f"{where}: claims must be a list; start each claim with '- id: \"#c1\"'")
    seen = set()
    for number, claim in enumerate(source.claims, 1):
        if not isinstance(claim, dict) or not str(claim.get("id", "")).startswith("#") or not claim.get("text"):
            raise BadSource(f"{where}: claim {number} needs an id such as '#c{number}' and a text")
        if claim["id"] in seen:
            raise BadSource(f"{where}: two claims have the id {claim['id']!r}; give the later one a free id")
        seen.add(claim["id"])


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
    """The hash of each source file, of the ontology and of the context, by owner."""
    digest = hashlib.sha256()
    for path in ontology.files(home.ontology):
        digest.update(path.name.encode() + path.read_bytes())
    home.context()
    context = hashlib.sha256((home.ontology / "context.jsonld").read_bytes()).hexdigest()
    return {ONTOLOGY: digest.hexdigest(), CONTEXT: context, **Corpus(home.corpus).hashes()}


def _publish(home: Home, name: str) -> None:
    """Point readers to generation *name* in one step, and delete all but the last few."""
    sources.write_atomically(home.derived / "current", f"{FORMAT} {name}\n")
    folders = sorted((home.derived / "generations").iterdir(), key=lambda path: path.name)
    for folder in folders:
        if folder.name != name and folder not in folders[-KEPT:]:
            shutil.rmtree(folder, ignore_errors=True)
