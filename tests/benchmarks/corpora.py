"""The homes and the queries of the benchmarks: the project's own corpus, and large ones made of paper records."""

import json
import random
import re
import shutil
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

from lines import Failed

ROOT = Path(__file__).parents[2]
RECORDS = Path("acl") / "acl-10k.jsonl"  # in the folder of the data
SHARE = 10  # made-up texts of a work: its summary and claims
ASKED = 180  # records whose titles are queries; no home holds them
DRAFT = {"type": "article", "state": "complete", "status": "draft"}
BLOCKS = ("summary", "text")  # what is written in block style
SENTENCE_END = re.compile(r"(?<=[.?!])\s+")
SENTENCE_WORDS = range(5, 20)  # two of them are as long as a claim
QUESTIONS = [
    "what stops partners with unequal power from working together",
    "trust between organisations",
    "who pays and who decides",
    "why do joint projects achieve nothing",
    "sharing knowledge across sectors",
    "how do donors and local NGOs share risk",
    "co-management of fisheries",
    "backbone organisation in collective impact",
    "does partnership working improve health outcomes",
    "collaborative inertia",
    "what makes public-private partnerships accountable",
    "leadership without hierarchy",
    "community participation in water projects",
    "stages of a partnership",
    "brokers between business and civil society",
    "measuring the results of collaboration",
    "conflict between partners and how it is settled",
    "university community research partnership",
    "memorandum of understanding",
    "why do members leave a network",
]


class Work(NamedTuple):
    """A source file to be written: its key, and what it says."""

    key: str
    data: dict[str, Any]


def lay_own(home: Path) -> Path:
    """Copy the project's ontology and corpus into *home*."""
    for part in ("ontology", "corpus"):
        shutil.copytree(ROOT / part, home / part)
    return home


def lay(home: Path, works: Iterable[Work]) -> Path:
    """Lay a home down with the project's ontology and these *works*."""
    shutil.copytree(ROOT / "ontology", home / "ontology")
    (home / "corpus").mkdir()
    for work in works:
        text = "".join(f"{line}\n" for line in _yaml(work.data))
        (home / "corpus" / f"{work.key}.yaml").write_text(text, encoding="utf-8")
    return home


def records(data: Path) -> list[dict[str, Any]]:
    """The paper records in the folder *data*."""
    try:
        with (data / RECORDS).open(encoding="utf-8") as file:
            return [record for record in map(json.loads, file) if record.get("abstract")]
    except OSError as error:
        raise Failed(f"{RECORDS} is not in the folder DATA ({error.strerror})") from error


def queries(given: list[dict[str, Any]]) -> list[str]:
    """Questions about partnerships, and titles of the records that no home holds."""
    return [*QUESTIONS, *(_clean(record["title"]) for record in given[-ASKED:])]


def pool(given: list[dict[str, Any]]) -> list[str]:
    """Of each abstract one sentence, the first that is short: those that the model reads."""
    found = [sentences(_clean(record["abstract"])) for record in given[:-ASKED]]
    return list(dict.fromkeys(next(filter(_short, each), min(each, key=len)) for each in found))


def abstracts(given: list[dict[str, Any]]) -> Iterator[Work]:
    """A work for each record, whose summary is the abstract."""
    return _works(given[:-ASKED], [[_clean(record["abstract"])] for record in given[:-ASKED]])


def recombined(given: list[dict[str, Any]], known: list[str], count: int) -> Iterator[Work]:
    """Works with *count* summaries and claims, each of two *known* sentences that chance put together."""
    choice, whole = random.Random(0), [sentence for sentence in known if sentence.endswith((".", "?", "!"))]
    shares = [[" ".join(choice.sample(whole, 2)) for _ in range(SHARE)] for _ in range(count // SHARE)]
    return _works(given[:-ASKED], shares)


def sentences(text: str) -> list[str]:
    """A text in sentences, roughly.

    >>> sentences("Who pays? The donor. It decides.")
    ['Who pays?', 'The donor.', 'It decides.']
    """
    return SENTENCE_END.split(text)


def _short(sentence: str) -> bool:
    return len(sentence.split()) in SENTENCE_WORDS


def _works(given: list[dict[str, Any]], shares: list[list[str]]) -> Iterator[Work]:
    """A work for each of *shares*, texts of which the first is its summary; its record is the next of *given*."""
    concepts = (ROOT / "tests" / "golden" / "concept-ids.txt").read_text(encoding="utf-8").split()
    choice = random.Random(0)
    for number, (summary, *claims) in enumerate(shares):
        record = given[number % len(given)]
        key = re.sub(r"[^a-z0-9]+", "-", f"{record['id']} {number}".lower()).strip("-")
        authors = [{part: _clean(name) for part, name in person.items()} for person in record.get("authors") or ()]
        data = {**DRAFT, "title": _clean(record["title"]), "authors": authors, "issued": str(record["year"])}
        data |= {"subjects": choice.sample(concepts, 2), "summary": summary}
        data["claims"] = [_claim(at, text, choice.choice(concepts)) for at, text in enumerate(claims, 1)]
        yield Work(key, {name: value for name, value in data.items() if value})


def _claim(number: int, text: str, concept: str) -> dict[str, Any]:
    return {"id": f"#c{number}", "text": text, "basis": "abstract", "about": [concept]}


def _clean(text: str) -> str:
    """*text* in one line of characters that YAML allows."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())


def _yaml(data: dict[str, Any], margin: str = "") -> Iterator[str]:
    """A source file in lines: texts in block style, which YAML reads fastest, the rest as JSON, which it reads too."""
    for key, value in data.items():
        if key == "claims":
            yield "claims:"
            for claim in value:
                first, *others = _yaml(claim, "    ")
                yield from (f"  - {first.lstrip()}", *others)
        elif key in BLOCKS:
            yield from (f"{margin}{key}: |-", f"{margin}  {value}")
        else:
            yield f"{margin}{key}: {json.dumps(value, ensure_ascii=False)}"
