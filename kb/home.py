"""A home: the folder with the files of a knowledge base, and what is derived from them."""

from __future__ import annotations

import json
import os
import shutil
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from kb.corpus import ontology
from kb.errors import BadHome, BadSource, NotFound
from kb.terms import RDF, SKOS, Names

FORMAT = "7"  # of .kb/: another number there, and everything is made again
STORE, MANIFEST = "store", "generation.json"
VOCABULARY = "vocabulary.ttl"  # the classes, properties and values that every home uses
IGNORED = "# Texts of works, which are not for publication, and unfinished files\n*.txt\n.*.tmp\n"  # by git, in corpus/
THESAURUS = "thesaurus.ttl"  # concepts that came from elsewhere


class Home(NamedTuple):
    """The places of a knowledge base under one folder."""

    folder: Path

    @property
    def corpus(self) -> Path:
        """The source files."""
        return self.folder / "corpus"

    @property
    def ontology(self) -> Path:
        """The ontology, shapes, context, queries and examples."""
        return self.folder / "ontology"

    @property
    def derived(self) -> Path:
        """All that is made from the files and may be deleted."""
        return self.folder / ".kb"

    @property
    def curation(self) -> Path:
        """What belongs to the work of curators and is not for git: accounts, drafts, saves that are under way."""
        return self.folder / ".curation"

    def private(self) -> Path:
        """The folder `curation`, made where it is missing, and ignored by git."""
        if not (self.curation / ".gitignore").is_file():
            self.curation.mkdir(mode=0o700, exist_ok=True)
            (self.curation / ".gitignore").write_text("*\n", encoding="utf-8")
        return self.curation

    def current(self) -> Path | None:
        """The generation that readers open; None where there is none of this version."""
        try:
            pointer = (self.derived / "current").read_text(encoding="utf-8").split()
        except (OSError, UnicodeDecodeError):
            return None
        if len(pointer) != 2 or pointer[0] != FORMAT:
            return None
        generation = self.derived / "generations" / pointer[1]
        try:
            self.manifest(generation)
        except (OSError, ValueError):
            return None
        return generation

    def manifest(self, generation: Path | None) -> dict[str, Any]:
        """What a generation was built from: files with their hashes, and the encoder's fingerprint."""
        if generation is None:
            return {"encoder": "", "files": {}}
        manifest: dict[str, Any] = json.loads((generation / MANIFEST).read_text(encoding="utf-8"))
        return manifest

    def context(self) -> dict[str, Any]:
        """The JSON-LD context of the corpus files."""
        path = self.ontology / "context.jsonld"
        try:
            context: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
            if missing := {"concept", "source"} - Names.of(context).prefixes.keys():
                raise ValueError(f"no prefix {' and no prefix '.join(sorted(missing))}")
        except FileNotFoundError:
            raise BadHome(f"{self.folder} is no knowledge base: no {path}; 'kb init' lays one down") from None
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise BadSource(f"{path}: is no JSON-LD context with the prefixes concept and source: {error}") from error
        return context

    def check(self) -> None:
        """Refuse a folder that holds no knowledge base."""
        for part in (self.corpus, self.ontology):
            if not part.is_dir():
                raise BadHome(f"{self.folder} is no knowledge base: no folder {part.name}/; 'kb init' lays one down")

    def signature(self) -> dict[str, tuple[int, int]]:
        """Time and size of each file that a build reads: cheap to compare, twice a second."""
        found = {}
        for folder, kinds in ((self.corpus, (".yaml", ".txt")), (self.ontology, (".ttl", "context.jsonld"))):
            with suppress(FileNotFoundError), os.scandir(folder) as entries:
                for entry in entries:
                    if entry.name.endswith(kinds) and entry.name[0] != ".":
                        with suppress(FileNotFoundError):  # deleted between listing and asking
                            status = entry.stat()
                            found[entry.path] = (status.st_mtime_ns, status.st_size)
        return found

    def query(self, name: str) -> str:
        """The text of a named query: the home's own, else the one the package carries."""
        for folder in (self.ontology, packaged() / "ontology"):
            path = folder / "queries" / f"{name}.rq"
            if path.is_file():
                return path.read_text(encoding="utf-8")
        raise NotFound(f"no query {name}.rq in {self.ontology / 'queries'}")


def packaged() -> Path:
    """The folder with the ontology and corpus that come with this package."""
    inside = Path(__file__).parent / "_home"
    return inside if inside.is_dir() else Path(__file__).parent.parent


def init(folder: Path, thesaurus: Path | None = None) -> Home:
    """Lay a knowledge base down in *folder*: a copy of ours, or an empty corpus over a SKOS *thesaurus* (Turtle)."""
    home = Home(folder)
    for part in (home.corpus, home.ontology):
        if part.exists():
            raise BadHome(f"{part} exists already: nothing was written; choose an empty folder")
    given = None if thesaurus is None else _thesaurus(thesaurus)
    try:
        if given is None:
            shutil.copytree(packaged() / "ontology", home.ontology)
            shutil.copytree(packaged() / "corpus", home.corpus, ignore=shutil.ignore_patterns("*.txt"))
            (home.corpus / ".gitignore").write_text(IGNORED, encoding="utf-8")
            return home
        ours = shutil.ignore_patterns("README.md", "LICENSE", "examples")  # which tell of our concepts, not of these
        shutil.copytree(packaged() / "ontology", home.ontology, ignore=ours)
        home.corpus.mkdir()
        (home.corpus / ".gitignore").write_text(IGNORED, encoding="utf-8")
        shutil.copyfile(packaged() / "corpus" / "README.md", home.corpus / "README.md")
    except OSError as error:
        raise BadHome(f"{folder}: cannot be written: {error.strerror}; choose another folder") from error
    text, namespace = given
    for path in ontology.files(home.ontology):
        if path.name != VOCABULARY:
            path.unlink()
    (home.ontology / THESAURUS).write_text(text, encoding="utf-8")
    _move_concepts(home.ontology / "context.jsonld", namespace)
    return home


def _thesaurus(path: Path) -> tuple[str, str]:
    """The text of a thesaurus, and what the IRIs of all its concepts begin with, up to a slash or hash."""
    text, triples = ontology.read_turtle(path)
    kind = (RDF + "type", SKOS + "Concept")
    concepts = [str(s.value) for s, p, o, _ in triples if (p.value, getattr(o, "value", "")) == kind]
    if not concepts:
        raise BadSource(f"{path}: holds no skos:Concept: give a SKOS vocabulary in Turtle")
    common = os.path.commonprefix(concepts)  # noqa: RUF071 – characters are meant, IRIs are no paths
    namespace = common[: max(common.rfind("/"), common.rfind("#")) + 1]
    if not urlsplit(namespace).netloc:
        raise BadSource(
            f"{path}: the IRIs of its concepts have no beginning in common, such as http://example.org/terms/"
        )
    return text, namespace


def _move_concepts(path: Path, namespace: str) -> None:
    """Let bare ids in corpus files mean concepts in *namespace*."""
    text = path.read_text(encoding="utf-8")
    ours = Names.of(json.loads(text)).prefixes["concept"]
    path.write_text(text.replace(f'"{ours}"', json.dumps(namespace)), encoding="utf-8")
