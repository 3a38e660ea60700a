"""What the rows share in one run: a temporary folder, the contenders, and the homes, each made when first asked for."""

import json
import os
import subprocess
import sys
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple

import corpora
import recombine
from lines import Contender, Failed

from kb.home import init

HERE = Path(__file__).parent
BIN = Path(sys.executable).parent
PEERS = BIN.parent / "bench" / "bin" / "python"


class Made(NamedTuple):
    """A home that was built, what was encoded for it, and how many seconds that took."""

    home: Path
    texts: Path
    vectors: Path
    seconds: float

    def passages(self) -> list[str]:
        """The texts that were encoded."""
        found: list[str] = json.loads(self.texts.read_text(encoding="utf-8"))
        return found


class Bench:
    """One run: *data* is the folder with measuring data, *judged* are files for ``kb eval``."""

    def __init__(self, folder: Path, data: Path, judged: list[Path], repeats: int) -> None:
        self.folder, self.data, self.judged, self.repeats = folder, data, judged, repeats
        self.made: dict[str, Made] = {}
        self._rivals: dict[Path, float] = {}

    def close(self) -> None:
        """End the contenders."""
        for name in ("ours", "theirs"):
            if name in self.__dict__:
                self.__dict__.pop(name).close()

    @cached_property
    def ours(self) -> Contender:
        """The process with our encoder and search."""
        (self.folder / "model").mkdir()
        return Contender(Path(sys.executable), HERE / "ours.py", self.folder / "model")

    @cached_property
    def theirs(self) -> Contender:
        """The process with sentence-transformers and txtai."""
        if not PEERS.is_file():
            raise Failed("there is nothing to compare with: 'make bench' installs it")
        return Contender(PEERS, HERE / "theirs.py")

    @cached_property
    def records(self) -> list[dict[str, Any]]:
        """Records of papers."""
        return corpora.records(self.data)

    @property
    def own(self) -> Made:
        """The project's corpus, built."""
        return self.made.get("own") or self._make("own", corpora.lay_own(self.folder / "own"), None)

    def thesaurus(self, file: Path) -> Made:
        """A home over a SKOS vocabulary alone, built."""
        if file.name not in self.made:
            if not file.is_file():
                raise Failed(f"{file.name} is not in the folder DATA")
            self._make(file.name, init(self.folder / file.stem, file).folder, None)
        return self.made[file.name]

    def large(self, count: int) -> Made:
        """A home of about *count* passages, built: the abstracts, or where there are not enough, made-up texts."""
        name = f"{count:,}"
        if name not in self.made:
            sentences, enough = self._pool, count <= len(self.records)
            known = json.loads(sentences[0].read_text(encoding="utf-8"))
            works = corpora.abstracts(self.records) if enough else corpora.recombined(self.records, known, count)
            self._make(name, corpora.lay(self.folder / name, works), sentences)
        return self.made[name]

    def recombined(self, count: int) -> Made:
        """A home of *count* claims that are made of the project's own, built."""
        name = f"{count:,} claims"
        if name not in self.made:
            parts = recombine.Parts()
            sentences = self._encoded("parts", parts.texts())
            self._make(name, corpora.lay(self.folder / name, parts.works(count)), sentences)
        return self.made[name]

    def rival(self, made: Made) -> tuple[Path, float]:
        """The folder of txtai's index of the same passages and vectors, and how many seconds that took."""
        folder = made.texts.with_suffix(".txtai")
        if folder not in self._rivals:
            taken = self.theirs.ask("index", texts=made.texts, vectors=made.vectors, folder=folder)
            self._rivals[folder] = taken
        return folder, self._rivals[folder]

    def kb(self, home: Path, *arguments: str) -> str:
        """What ``kb`` prints in *home*."""
        done = subprocess.run([BIN / "kb", *arguments], capture_output=True, text=True, env=environment(home))
        if done.returncode:
            raise Failed(f"kb {' '.join(arguments)}: {done.stderr.strip()[-300:]}")
        return done.stdout

    @cached_property
    def _pool(self) -> tuple[Path, Path]:
        return self._encoded("pool", corpora.pool(self.records))

    def _encoded(self, name: str, texts: list[str]) -> tuple[Path, Path]:
        """Files with *texts* and their vectors."""
        given, vectors = self.folder / f"{name}.json", self.folder / f"{name}.npy"
        given.write_text(json.dumps(texts), encoding="utf-8")
        self.ours.ask("encode", texts=given, out=vectors)
        return given, vectors

    def _make(self, name: str, home: Path, known: tuple[Path, Path] | None) -> Made:
        texts, vectors = self.folder / f"{name}.json", self.folder / f"{name}.npy"
        seconds = self.ours.ask("build", home=home, texts=texts, vectors=vectors, known=known)
        self.made[name] = Made(home, texts, vectors, seconds)
        return self.made[name]


def environment(home: Path) -> dict[str, str]:
    """The environment in which ``kb`` takes *home*."""
    return {**os.environ, "KB_HOME": str(home)}
