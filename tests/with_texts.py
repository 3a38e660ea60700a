"""The toy home with the texts of two works beside their files, and a claim that quotes one of them."""

import random
from itertools import product
from pathlib import Path

from kb.corpus import texts
from kb.corpus.texts import ABSTRACT, Page

QUOTE = "the weekly supper keeps a quarrel small"
HERON = "the heron keeps the ledger of the lock"  # in every thirty words of the long text
REED = [
    Page(ABSTRACT, "Thirty neighbours tell of ferries and suppers."),
    Page("13", "Whoever lends a ladder wants it back. Of all that was tried, the weekly sup-"),
    Page("14", "per keeps a quarrel small. The ferry runs at noon and carries the quarry men over the estuary."),
]
IN_A_ROW = 22
SYLLABLES = ["bo", "ka", "mi", "ru", "te", "zo", "fen", "lu", "da"]
WORDS = ["".join(each) for each in product(SYLLABLES, repeat=4)]  # no two alike
random.Random(7).shuffle(WORDS)


def lay(home: Path) -> Path:
    """Put the texts into a toy *home*: a short one with a quoted claim, and a long one."""
    texts.write(home / "corpus", "reed-2001", REED)
    quoted(home, QUOTE)
    texts.write(home / "corpus", "testwell-2010", long_text())
    return home


def quoted(home: Path, quote: str, locator: str | None = "p. 14") -> Path:
    """Let the first claim of reed-2001 quote its work."""
    path = home / "corpus" / "reed-2001.yaml"
    place = f"    locator: {locator}\n" if locator else ""
    claim = path.read_text().replace("    locator: p. 14\n", f'    quote: "{quote}"\n{place}', 1)
    path.write_text(claim)
    return path


def long_text() -> list[Page]:
    """Pages on the mill, each of words that stand nowhere else, with HERON after every IN_A_ROW of them."""
    parts = [f"{' '.join(WORDS[n : n + IN_A_ROW])} {HERON}" for n in range(0, len(WORDS), IN_A_ROW)]
    pages = (" ".join(parts[n : n + 4]) for n in range(0, len(parts), 4))
    return [Page(str(number), f"The mill pays. {text}.") for number, text in enumerate(pages, 1)]
