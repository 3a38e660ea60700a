"""BibTeX beside Zotero: what our reader says of Zotero's own cases is what Zotero reads out of them."""

import json
import re

import pytest
from conftest import DATA

from kb.bibliography.reading.bibtex import entries

CASES = DATA / "bib" / "zotero" / "BibTeX.json"
pytestmark = pytest.mark.skipif(not CASES.exists(), reason="Zotero's import cases are not beside the project")

EXPLAINED = {  # differences that stay, each with its reason
    (
        "author:06",
        "creators",
    ): "Zotero takes nothing from a crossref; BibTeX has a paper inherit the editors of its volume",
    ("Frit2", "title"): "Zotero keeps italics, bold and small caps as HTML; our titles are plain text",
    ("Frit2", "publicationTitle"): "Zotero writes the raised ème as HTML; our titles are plain text",
    ("sweig42", "title"): "Zotero makes one sign ℡ of the letters TEL; the file says TEL",
    ("sweig42", "creators"): "the file has two backslashes before accents; Zotero leaves one of them in the names",
    ("sweig42", "publisher"): "as in creators, and Zotero writes the lowered eee as HTML",
}
TYPES = {
    "article": "journalArticle", "book": "book", "chapter": "bookSection", "conference-paper": "conferencePaper",
    "magazine-article": "magazineArticle", "reference-entry": "encyclopediaArticle", "report": "report",
    "working-paper": "report", "thesis": "thesis", "webpage": "webpage", "legislation": "statute",
    "document": "document",
}  # fmt: skip
CONTAINERS = {"conferencePaper": "proceedingsTitle", "bookSection": "bookTitle"}
PUBLISHERS = {"report": "institution", "thesis": "university"}
LINES = {  # of Zotero's field "extra", and where they stand in ours
    "PMID": "PMID", "PMCID": "PMCID", "event-place": "event-place", "LCCN": "bibtex:lccn", "MR": "bibtex:mrnumber",
    "Zbl": "bibtex:zmnumber",
}  # fmt: skip
WITH_DOI = {"journalArticle", "conferencePaper", "report", "dataset", "preprint"}


def read(text):
    """The entries of a text by their keys."""
    return {entry.key: entry for entry in entries(lambda: iter(text.splitlines(keepends=True)))}


def as_zotero(entry):
    """An entry in Zotero's fields."""
    record, extra = entry.record, entry.record.get("extra", {})
    kind = TYPES[record["type"]]
    item = {"itemType": kind, "itemID": entry.key, "title": record.get("title"), "creators": creators(record)}
    item["date"] = extra.get("issued", record.get("issued"))
    item[CONTAINERS.get(kind, "publicationTitle")] = record.get("container")
    item[PUBLISHERS.get(kind, "publisher")] = record.get("publisher")
    item |= {field: record.get(field) for field in ("volume", "issue", "place", "series", "edition", "url")}
    item |= {"pages": dashes(record.get("pages")), "ISSN": record.get("issn"), "ISBN": record.get("isbn")}
    item |= {"DOI": record.get("doi") if kind in WITH_DOI else None, "extra": lines(record, extra, kind)}
    item |= {"reportNumber": record.get("number"), "reportType": extra.get("genre")}
    item |= {"language": extra.get("language"), "shortTitle": extra.get("title-short")}
    item["abstractNote"] = "\n".join(page.text for page in entry.pages if page.label == "abstract")
    item["tags"] = sorted(several(extra.get("keyword")))
    item["notes"] = [f"<p>{note}</p>" for note in several(extra.get("note"))]
    item["attachments"] = [path for text in several(extra.get("bibtex:file")) for path in paths(text)]
    return item


def creators(record):
    """Authors and editors as Zotero lists them."""
    found = []
    for role in ("author", "editor"):
        for name in record.get(f"{role}s", []):
            last = name.get("literal") or name["family"]
            found.append((role, last, name.get("given", "")))
    return found


def lines(record, extra, kind):
    """What Zotero keeps in its own field "extra"."""
    found = [f"{name}: {extra[ours]}" for name, ours in LINES.items() if ours in extra]
    if record.get("doi") and kind not in WITH_DOI:
        found.append(f"DOI: {record['doi']}")
    if extra.get("bibtex:eprinttype") == "arxiv":
        found.append(f"arXiv: {extra['bibtex:eprint']}")
    return sorted(found)


def paths(text):
    """The paths in a field "file": records of name, path and kind, as Zotero and Mendeley write them."""
    text = re.sub(r"((?:[^\\]|^)(?:\\\\)*)\\(.)\{\}", r"\1\2", text.replace(r"$\backslash$", "\\"))
    for each in re.findall(r"(?:\\.|[^;\\])+", text):
        parts = [re.sub(r"\\(.)", r"\1", part) for part in re.split(r"(?<!\\):", each)]
        if len(parts) in (1, 3) and parts[len(parts) // 2]:
            yield parts[len(parts) // 2]


def several(value):
    return [value] if isinstance(value, str) else value or []


def dashes(text):
    return re.sub("[–—-]+", "–", text) if text else text


def expected(item):
    """What a case says, in a form that can be compared: empty fields left out."""
    found = {key: value for key, value in item.items() if value and key != "seeAlso"}
    found["creators"] = [
        (name["creatorType"], name["lastName"], name.get("firstName", "")) for name in item.get("creators", [])
    ]
    found["attachments"] = [each["path"] for each in item.get("attachments", [])]
    found["tags"] = sorted(tag if isinstance(tag, str) else tag["tag"] for tag in item.get("tags", []))
    found["notes"] = [note["note"] for note in item.get("notes", [])]
    found["extra"] = sorted(item.get("extra", "").splitlines())
    found["pages"] = dashes(item.get("pages"))
    return {key: value for key, value in found.items() if value}


def compared():
    """Each expected field of each case: its key and field, what is expected and what we read."""
    for case in json.loads(CASES.read_text()):
        ours = read(case["input"])
        for item in case["items"]:
            found = as_zotero(ours[item["itemID"]])
            for field, value in expected(item).items():
                yield (item["itemID"], field), value, found.get(field)


def test_each_difference_from_zotero_is_known_and_explained():
    different = {where for where, value, found in compared() if value != found}

    assert different == EXPLAINED.keys()


def test_at_least_95_of_100_fields_are_equal():
    fields = list(compared())

    assert len(fields) > 120
    assert sum(value == found for _, value, found in fields) >= 0.95 * len(fields)


def test_every_case_is_read_whole():
    for case in json.loads(CASES.read_text()):
        found = read(case["input"])

        assert list(found) == [item["itemID"] for item in case["items"]]
        assert all(entry.readable for entry in found.values())
