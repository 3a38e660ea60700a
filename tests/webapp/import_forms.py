"""Forms with files for the page to import from, and what comes back."""

import io
import re
from html import unescape

BROWSER = {"Accept": "text/html"}
JSON = {"Accept": "application/json"}
HERE = {**BROWSER, "Origin": "http://localhost", "Sec-Fetch-Site": "same-origin"}
NEW = """TY  - JOUR
TI  - Ferries and neighbours
AU  - Ferrier, Ann
PY  - 2015
T2  - Journal of Made-up Partnerships
VL  - 8
AB  - Power imbalance between partners, and trust.
AN  - 77
ER  -
"""
KNOWN = """TY  - JOUR
TI  - Who pays and who decides
AU  - Testwell, T.
PY  - 2010
T2  - Journal of Made-up Partnerships
VL  - 4
IS  - 2
ER  -
"""
LACKING = """TY  - BOOK
AU  - Sailor, Cy
ER  -
"""
BROKEN = "TY  - JOUR\nER  -\n"
ALL = "\n".join([NEW, KNOWN, LACKING, BROKEN])


def sent(client, *files: tuple[str, str], text: str = "", headers=BROWSER, **fields: str):
    """The answer to a form with *files*, each a name with a text, and a pasted *text*."""
    parts = [(io.BytesIO(body.encode()), name) for name, body in files]
    data = {"text": text, "file": parts, **fields}
    return client.post("/curate/import", data=data, headers=headers, content_type="multipart/form-data")


def words(page: str) -> str:
    """What a person reads of the main part of a page."""
    main = re.search(r"<main.*</main>", page, re.S)
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", main[0] if main else page)).split())


def kept(writer, *files: tuple[str, str], text: str = "") -> str:
    """The address of what was sent to a page that may add it."""
    answer = sent(writer, *files, text=text, headers=HERE)
    assert answer.status_code == 303, words(answer.text)
    return answer.headers["Location"]


def files(base) -> list[str]:
    """What stands in the corpus and among what was sent."""
    return sorted(
        str(path) for folder in (base.home.corpus, base.home.derived / "imports") for path in folder.rglob("*")
    )
