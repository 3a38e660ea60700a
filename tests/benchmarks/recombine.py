"""Works and claims as many as wanted, recombined by chance from the project's own: its kinds of data, at another size.

What is annotated together here is annotated together nowhere else; its parts are real. To lay such a home down:
`python tests/benchmarks/recombine.py HOME 100000`.
"""

import random
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from corpora import ROOT, Work, lay, sentences

from kb.corpus.sources import Corpus

SHARE = 5  # claims of a work
STANCES = {"supports": 6, "disputes": 2, "qualifies": 2}  # how often each is taken, of ten
TAKES_STANCE = 0.2  # of the claims
RECORD = ("type", "state", "status", "issued", "container", "series", "volume", "issue", "pages", "place", "publisher",
          "openAccess", "summaryBasis", "seenIn", "missing")  # fmt: skip
KNOWN = ("basis", "locator")  # how a claim is known
ENTERED = ("curator", "created")


class Parts:
    """The parts of the project's corpus, and what chance takes of them; equal for an equal *seed*."""

    def __init__(self, corpus: Path = ROOT / "corpus", seed: int = 0) -> None:
        self._works = [source.data for source in Corpus(corpus) if source.claims]
        self._claims = [claim for work in self._works for claim in work["claims"]]
        self._titles = [work["title"] for work in self._works if "title" in work]
        self._people = [person for work in self._works for person in work.get("authors", ()) if "family" in person]
        self._sentences = {key: whole(self._works if key == "summary" else self._claims, key)
                           for key in ("summary", "text")}  # fmt: skip
        self._choice = random.Random(seed)

    def works(self, claims: int) -> Iterator[Work]:
        """Works with *claims* claims in all."""
        keys = [f"made-{number}" for number in range(1, claims // SHARE + 1)]
        for key in keys:
            yield Work(key, self._work(key, keys))

    def texts(self) -> list[str]:
        """The sentences that summaries and claims are made of."""
        return list(dict.fromkeys(sentence for each in self._sentences.values() for sentence in each))

    def _work(self, key: str, keys: list[str]) -> dict[str, Any]:
        """The record of one work, the names, title, subjects and summary of others, and claims."""
        record = self._choice.choice(self._works)
        data = {name: record[name] for name in RECORD if name in record}
        if "title" in record:
            data["title"] = self._choice.choice(self._titles)
        if people := len(record.get("authors") or record.get("editors") or ()):
            data["authors"] = [self._person() for _ in range(people)]
        data["subjects"] = self._choice.choice(self._works)["subjects"]
        data["summary"] = self._two("summary")
        data["claims"] = [self._claim(f"#c{number}", key, keys) for number in range(1, SHARE + 1)]
        return data

    def _person(self) -> dict[str, str]:
        """The family name of one author and the given name of another."""
        family, given = self._choice.choice(self._people), self._choice.choice(self._people)
        return {"family": family["family"], **({"given": given["given"]} if "given" in given else {})}

    def _claim(self, id: str, key: str, keys: list[str]) -> dict[str, Any]:
        """A claim that takes its concepts, its relations and the way it is known from three others."""
        about, asserts, known = self._choice.sample(self._claims, 3)
        concepts = [*about["about"], *(end for relation in asserts.get("asserts", ()) for end in relation.values())]
        data = {"id": id, "text": self._two("text"), "about": list(dict.fromkeys(concepts))}
        data |= {name: known[name] for name in (*KNOWN, *ENTERED) if name in known}
        if "reportedIn" in known:
            data["reportedIn"] = self._other(key, keys)
        if "asserts" in asserts:
            data["asserts"] = asserts["asserts"]
        if self._choice.random() < TAKES_STANCE:
            (stance,) = self._choice.choices(list(STANCES), list(STANCES.values()))
            data[stance] = [f"{self._other(key, keys)}#c{self._choice.randint(1, SHARE)}"]
        return data

    def _two(self, key: str) -> str:
        return " ".join(self._choice.sample(self._sentences[key], 2))

    def _other(self, key: str, keys: list[str]) -> str:
        """The key of another work."""
        while (other := self._choice.choice(keys)) == key:
            pass
        return other


def whole(items: list[dict[str, Any]], key: str) -> list[str]:
    """The different sentences of what *items* say under *key* that stand alone."""
    found = (sentence for item in items for sentence in sentences(item[key]))
    return [sentence for sentence in dict.fromkeys(found) if sentence[0].isupper() and sentence.endswith((".", "?"))]


if __name__ == "__main__":
    lay(Path(sys.argv[1]), Parts().works(int(sys.argv[2])))
