"""RIS is read as Zotero reads it: each field of its import cases is found under our keys, or a reason is given."""

import json
import re
from html import unescape

import pytest
from conftest import DATA

from kb.bibliography.reading import Given, read
from kb.corpus.sources import texts

CASES = DATA / "bib" / "zotero" / "RIS.json"
SOURCES = {  # a field of Zotero: where it is of ours, in the record or its extra; the first that says something counts
    "title caseName nameOfAct subject": "title title-short",
    "shortTitle": "title-short title",
    "publicationTitle bookTitle blogTitle websiteTitle encyclopediaTitle dictionaryTitle code committee reporter":
        "container",
    "proceedingsTitle": "container",
    "conferenceName": "event-title container",
    "meetingName": "event-title",
    "journalAbbreviation": "container-title-short container",
    "series seriesTitle": "series",
    "seriesNumber": "collection-number",
    "volume codeVolume reporterVolume codeNumber": "volume",
    "issue": "issue",
    "pages firstPage codePages": "pages",
    "numPages": "number-of-pages",
    "numberOfVolumes": "number-of-volumes",
    "edition session": "edition",
    "versionNumber": "version edition",
    "place repositoryLocation": "place",
    "publisher university institution company label distributor studio repository assignee": "publisher",
    "court legislativeBody issuingAuthority": "authority publisher",
    "DOI": "doi",
    "ISBN": "isbn",
    "ISSN": "issn",
    "url": "url",
    "reportNumber billNumber documentNumber publicLawNumber docketNumber identifier patentNumber":
        "number isbn issn",
    "archive": "archive",
    "archiveLocation": "archive_location ris:AN",
    "callNumber": "call-number",
    "libraryCatalog": "source",
    "language programmingLanguage": "language",
    "accessDate": "accessed",
    "section": "section",
    "history references": "references", "priorityNumbers": "ris:OP", "applicationNumber": "ris:M1",
    "legalStatus": "status",
    "scale": "scale",
    "artworkSize runningTime": "dimensions",
    "artworkMedium system videoRecordingFormat audioRecordingFormat interviewMedium": "medium",
    "thesisType reportType manuscriptType mapType websiteType presentationType letterType genre": "genre medium",
    "rights": "ris:CR",
    "country": "jurisdiction",
}  # fmt: skip
WHERE = {field: sources.split() for fields, sources in SOURCES.items() for field in fields.split()}
TYPES = {  # what Zotero's types are of ours
    "journalArticle": "article", "book": "book", "bookSection": "chapter", "conferencePaper": "conference-paper",
    "report": "report", "thesis": "thesis", "webpage": "webpage", "blogPost": "webpage", "bill": "legislation",
    "statute": "legislation", "magazineArticle": "magazine-article", "newspaperArticle": "magazine-article",
    "encyclopediaArticle": "reference-entry", "dictionaryEntry": "reference-entry",
    "presentation": "conference-paper",
}  # fmt: skip
ROLES = {
    "seriesEditor": "collection-editor", "translator": "translator", "performer": "performer",
    "castMember": "performer", "contributor": "contributor", "producer": "producer", "recipient": "recipient",
    "bookAuthor": "container-author", "editor": "editors", "sponsor": "ris:A2", "cosponsor": "ris:A3",
    "counsel": "ris:A4", "attorneyAgent": "ris:C4", "wordsBy": "ris:C4", "presenter": "ris:A2",
}  # fmt: skip
DATES = ("date", "dateDecided", "dateEnacted", "issueDate", "filingDate")
ABBREVIATED = "Zotero puts the abbreviation in the place of the full name, which is there too; we keep both"
UNPUBLISHED = "UNPB, unpublished work, is unknown to Zotero, which takes it for an article; to us it is a document"
GRANT = "GRANT is unknown to Zotero, which takes it for an article; to us it is a document"
OTHERWISE = {  # (case, line of the record, field): why we differ from Zotero
    (1, 204, "blogTitle"): ABBREVIATED,
    (1, 296, "bookTitle"): ABBREVIATED,
    (1, 346, "caseName"): ABBREVIATED,
    (1, 676, "dictionaryTitle"): ABBREVIATED,
    (1, 915, "encyclopediaTitle"): ABBREVIATED,
    (1, 1896, "nameOfAct"): ABBREVIATED,
    (1, 2011, "websiteTitle"): ABBREVIATED,
    (1, 1169, "itemType"): GRANT,
    (1, 1169, "issue"): GRANT,
    (1, 1297, "reporter"): "of two names for what the case is in, T2 counts to us and A2 is kept; to Zotero A2 counts",
    (1, 1975, "itemType"): UNPUBLISHED,
    (1, 1975, "issue"): UNPUBLISHED,
    (1, 1975, "pages"): UNPUBLISHED,
    (1, 1975, "series"): UNPUBLISHED,
    (2, 951, "itemType"): UNPUBLISHED,
}


def everything(entry):
    """What an entry says, by key, each as a list of texts."""
    record = {key: value for key, value in entry.record.items() if key != "extra"} | entry.record.get("extra", {})
    return {
        key: [str(each) for each in texts(value)] for key, value in record.items() if key not in ("authors", "editors")
    }


def plain(text):
    return re.sub("[‐-―−]", "-", " ".join(unescape(re.sub(r"<[^>]+>", " ", text)).split()))


def same(field, expected, entry, item):
    said = everything(entry)
    if field == "itemType":
        return entry.record["type"] == TYPES.get(expected, "document")
    if field == "creators":
        return all(named(each, entry, said) for each in expected)
    if field == "abstractNote":
        return plain(expected) == plain(" ".join(page.text for page in entry.pages))
    if field == "tags":
        return sorted({each["tag"] for each in expected}) == sorted(set(said.get("keyword", [])))
    if field == "notes":
        found = [plain(each) for key in said for each in said[key]]
        return all(noted(plain(each["note"]), found) for each in expected)
    if field == "attachments":
        kept = "\n".join(each for key in ("ris:L1", "ris:L2", "ris:L4") for each in said.get(key, [])).split("\n")
        return all(
            each["path"].removeprefix("PDF/") in [path.removeprefix("internal-pdf://") for path in kept]
            for each in expected
        )
    if field in DATES:
        known = " ".join(
            said.get("ris:PY", []) + said.get("issued", []) + said.get("ris:DA", []) + said.get("ris:C2", [])
        )
        return set(expected.split()) - {"0000"} <= set(known.split())
    if field == "extra":
        kept = [each for key in said for each in (*said[key], *(f"{key.upper()}: {value}" for value in said[key]))]
        return all(line in kept for line in expected.splitlines())
    values = next((said[key] for key in WHERE.get(field, []) if key in said), [])
    return plain(expected) in [plain(each) for each in values] or plain(expected) == plain(" ".join(values))


def noted(note, found):
    return note in found or note.split(": ", 1)[-1] in found


def named(creator, entry, said):
    last, first = creator.get("lastName", ""), creator.get("firstName", "")
    name = {"family": last, "given": first} if first else {"literal": last}
    role = ROLES.get(creator["creatorType"], "authors")
    if role in ("authors", "editors"):
        return name in entry.record.get(role, [])
    return ", ".join(filter(None, (last, first))) in said.get(role, [])


def differences(tmp_path):
    """Each field of each item that differs, as (case, line of the record, field), and how many fields there are."""
    found, fields = [], 0
    for number, case in enumerate(json.loads(CASES.read_text("utf-8"))):
        path = tmp_path / f"{number}.ris"
        path.write_text(case["input"], "utf-8")
        entries = list(read(Given(path, "a.ris")))
        assert len(entries) == len(case["items"]) and all(entry.readable for entry in entries)
        for entry, item in zip(entries, case["items"], strict=True):
            expected = {field: value for field, value in item.items() if value and field not in ("seeAlso",)}
            fields += len(expected)
            for field, value in expected.items():
                if not same(field, value, entry, item):
                    found.append((number, entry.line, field))
    return found, fields


@pytest.mark.skipif(not CASES.is_file(), reason="the import cases of Zotero are not here")
def test_fields_are_those_that_zotero_reads_or_a_reason_is_given(tmp_path):
    found, fields = differences(tmp_path)

    assert sorted(found) == sorted(OTHERWISE)
    assert len(found) <= 0.05 * fields
