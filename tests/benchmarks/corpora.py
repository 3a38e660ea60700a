"""The homes and the queries of the benchmarks: the project's own corpus, and large ones made of paper records."""

import json
import random
import re
import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from lines import Failed

ROOT = Path(__file__).parents[2]
RECORDS = Path("acl") / "acl-10k.jsonl"  # in the folder of the data
SHARE = 10  # made-up texts of a work: its summary and claims
ASKED = 180  # records whose titles are queries; no home holds them
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
    """A source file to be written."""

    key: str
    title: str
    authors: list[dict[str, str]]
    issued: str
    summary: str
    claims: Sequence[str]


def lay_own(home: Path) -> Path:
    """Copy the project's ontology and corpus into *home*."""
    for part in ("ontology", "corpus"):
        shutil.copytree(ROOT / part, home / part)
    return home


def lay(home: Path, works: Iterator[Work]) -> Path:
    """Lay a home down with the project's ontology and these *works*."""
    shutil.copytree(ROOT / "ontology", home / "ontology")
    (home / "corpus").mkdir()
    concepts = (ROOT / "tests" / "golden" / "concept-ids.txt").read_text(encoding="utf-8").split()
    choice = random.Random(0)
    for work in works:
        (home / "corpus" / f"{work.key}.yaml").write_text(_yaml(work, concepts, choice), encoding="utf-8")
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
    for number, (summary, *claims) in enumerate(shares):
        record = given[number % len(given)]
        key = re.sub(r"[^a-z0-9]+", "-", f"{record['id']} {number}".lower()).strip("-")
        authors = [{part: _clean(name) for part, name in person.items()} for person in record.get("authors") or ()]
        yield Work(key, _clean(record["title"]), authors, str(record["year"]), summary, claims)


def _clean(text: str) -> str:
    """*text* in one line of characters that YAML allows."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())


def _yaml(work: Work, concepts: list[str], choice: random.Random) -> str:
    """A source file; texts stand in block style, which YAML reads fastest."""
    lines = ["type: article", "state: complete", "status: draft", f"title: {_quoted(work.title)}"]
    lines += ["authors:", *(f"  - {_quoted(person)}" for person in work.authors)] if work.authors else []
    lines += [f'issued: "{work.issued}"', f"subjects: [{', '.join(choice.sample(concepts, 2))}]"]
    lines += ["summary: |-", f"  {work.summary}", "claims:"] if work.claims else ["summary: |-", f"  {work.summary}"]
    for number, claim in enumerate(work.claims, 1):
        lines += [f'  - id: "#c{number}"', "    text: |-", f"      {claim}", "    basis: abstract"]
        lines += [f"    about: [{choice.choice(concepts)}]"]
    return "\n".join(lines) + "\n"


def _quoted(value: Any) -> str:
    """A text or mapping as JSON, which YAML reads too."""
    return json.dumps(value, ensure_ascii=False)
