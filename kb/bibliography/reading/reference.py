"""Read a reference as it is printed: APA, MLA, Chicago, Vancouver, Harvard, IEEE, and the templates of Wikipedia."""

from __future__ import annotations

import re
from typing import Any, NamedTuple

from kb.bibliography.reading.entry import ONE_PAGE
from kb.bibliography.reading.printed_names import DIRECT, Names, names
from kb.bibliography.reading.reference_forms import (
    DATE,
    IMPRINT_NOTE,
    JOURNAL,
    MEETING,
    NUMBERED,
    NUMERATION,
    OWN_NUMBER,
    PUBLISHER,
    SPAN,
    VOLUME_ALONE,
    YEAR,
    joined_abbreviations,
    sentences,
)  # fmt: skip
from kb.bibliography.reading.reference_marked import Draft
from kb.bibliography.reading.reference_opening import Opening, opened
from kb.corpus.numbers import balanced

PARTS = ("article", "chapter", "conference-paper", "magazine-article", "reference-entry")  # have pages in a whole
_EDITORS_FIRST = re.compile(
    r"(?P<who>[^()\[\]:]{2,300}?),?\s*[(\[]?\b(?:eds?|editors?|hrsg|hgg?)\b\.?[)\]]?[.,:]*\s*(?P<rest>.+)", re.I
)
_EDITORS_LATER = (
    re.compile(rf",?\s*\b(?:[Ee]dited by|[Ee]d\. by|[Ee]ds?\.)\s+(?P<who>{DIRECT})\.?"),
    re.compile(rf",\s+(?P<who>{DIRECT}),\s*Eds?\."),
)
_KINDS = {
    "thesis": r"\b(?:thesis|dissertation)\b",
    "working-paper": r"\b(?:working|discussion) paper\b",
    "report": r"\b(?:technical|final|annual|research) report\b|\breport no\b",
}


class Parts(NamedTuple):
    """What a reference tells: under our keys, under CSL's where we have none, and what is doubtful."""

    said: dict[str, Any]
    extra: dict[str, str | list[str]]
    problems: tuple[str, ...]


def parts(reference: str) -> Parts:
    """The parts of a *reference*; what cannot be told apart is a problem, and all of it stands in ``text:reference``.

    >>> found = parts("Jacobson, D. L. (2001). A New Agenda for Education. Change, 33(5), 44–48.").said
    >>> found["title"], found["container"], found["volume"], found["issue"], found["pages"]
    ('A New Agenda for Education', 'Change', '33', '5', '44–48')
    """
    reading = Reading(reference)
    reading.take_marked()
    opening = opened(reading.text)
    reading.take_opening(opening)
    if opening.title:
        reading.read_after_title(opening.rest)
    else:
        reading.read_title_and_on(opening.rest)
    reading.close()
    return Parts(reading.said, reading.extra, tuple(dict.fromkeys(reading.problems)))


class Reading(Draft):
    """A reference that is read from names to imprint, once what is marked is cut out."""

    def __init__(self, reference: str) -> None:
        super().__init__(reference)
        self.is_part = self.is_quoted = self.is_journal = False  # "In: …"; a title in quotation marks; has a volume

    def take_opening(self, opening: Opening) -> None:
        """Place names, date and a title in quotation marks."""
        found = names(opening.who) if opening.who.strip() else None
        if found:
            self._place(found)
        elif opening.who.strip(" .,"):
            self.extra["text:names"] = opening.who.strip(" .,")
            self.problems.append("the names could not be told apart: they are kept in extra")
        date = opening.date.strip(" .,")
        if re.search(YEAR, date):
            self.said["issued"] = re.sub(rf"({YEAR})[a-z]\b", r"\1", date)
        elif date:
            self.extra["issued"] = date
        if opening.title:
            self.said["title"], self.is_quoted = opening.title, True

    def _place(self, found: Names) -> None:
        self.said["editors" if found.editors else "authors"] = list(found.people)
        if found.omitted:
            self.said["othersOmitted"] = "true"
        if found.doubtful:
            self.problems.append("which part of the first name is the family name is not certain: compare")

    def read_after_title(self, rest: str) -> None:
        """Read what follows a title that has an end of its own."""
        rest = rest.strip(" .,;")
        if (found := re.match(r"\bin:?\s+(?=\S)", rest, re.I)) or ", edited by " in rest:
            self._read_whole(rest[found.end() if found else 0 :])
            return
        before, after = self._cut_numeration(self._cut_year(rest))
        told = sentences(before)
        if self.is_journal or self.pages or self.said.keys() & {"issn", "isbn"}:
            self._container(told, after)
        else:
            self._site(told, after)

    def _container(self, told: list[str], after: str) -> None:
        """A journal, or a book with its series."""
        if told:
            self.said["container"] = told.pop(0)
        if self.said.get("isbn") and told:
            self.said["series"] = told.pop(0)
        self._unplaced(*told, after)

    def _site(self, told: list[str], after: str) -> None:
        """What a title in quotation marks is in where there is no volume and no page: a site, a report, a publisher."""
        if len(told) == 1 and PUBLISHER.search(told[0]):
            self.said["publisher"] = told.pop()
        elif told:
            self.said["container"] = told.pop(0)
        if told and not self._imprint(told[0]):
            self.said["publisher"] = told[0]
        self._unplaced(*told[1:], after)

    def read_title_and_on(self, rest: str) -> None:
        """Read on where the title has no quotation marks."""
        rest = rest.strip(" ,;")
        if found := re.search(r"(?<=[.?!,])\s+In:?\s+(?=[A-ZÀ-Þ])", rest):
            self.said["title"] = rest[: found.start()].rstrip(" .,")
            self._read_whole(rest[found.end() :])
            return
        if found := OWN_NUMBER.search(rest):
            self.said["series"], self.said["number"] = found[1], found[2]
            rest = rest[: found.start()] + rest[found.end() :]
        dated, rest = "issued" not in self.said, self._cut_year(rest)
        before, after = (rest, "") if self.said.keys() & {"isbn", "edition"} else self._cut_numeration(rest)
        told = sentences(before)
        if self.is_journal:
            self._title_and_journal(told)
            self._unplaced(after)
        else:
            self._title_and_imprint(told, after, dated and "issued" in self.said)

    def _cut_year(self, text: str) -> str:
        """Cut the date from the end of a reference that has none before; return what is left."""
        found = re.search(rf"(?:(?:^|[,.;])\s*({DATE})|\s*\(({DATE})\))[.,;\s]*$", text)
        if not found or "issued" in self.said or re.search(rf"\d\s*{YEAR}$", found[0]):
            return text
        self.said["issued"] = found[1] or found[2]
        return text[: found.start()]

    def _title_and_journal(self, told: list[str]) -> None:
        told = joined_abbreviations(told)
        if len(told) < 2:
            self.said["title"] = " ".join(told)
            self.problems.append("title and journal could not be told apart: compare")
            return
        *title, self.said["container"] = told
        self.said["title"] = ". ".join(part.rstrip(".") for part in title) if len(title) < 2 else " ".join(title)
        if len(title) > 1:
            self.problems.append("where the title ends and the journal begins is not certain: compare")

    def _title_and_imprint(self, told: list[str], after: str, dated: bool) -> None:
        """A book, report or page: a title, then place and publisher, which a year follows where it is *dated* so."""
        title, *more = told or [""]
        more = self._without_numbers(self._without_year(more))
        imprint = [each for each in more if self._imprint(each)]
        others = [each for each in more if each not in imprint]
        asks = title[-1:] in "?!"  # what follows may be the title still
        bound = bool(self.said.keys() & {"isbn", "oclc", "edition"})
        last = others[-1] if others and not imprint else ""
        if last and (len(others) > asks or bound or PUBLISHER.search(last)) and self._place_last(last, dated or bound):
            others.pop()
        if others and more[0] == others[0] and asks:
            title = f"{title} {others.pop(0)}"
            self.problems.append("where the title ends is not certain: compare")
        self.said["title"] = title
        self._unplaced(*others, after)

    def _place_last(self, last: str, bound: bool) -> bool:
        """Place the last sentence: the publisher of what is *bound*, or else a guess, which is told."""
        guess = ""
        if bound or PUBLISHER.search(last):
            key = "publisher"
        elif JOURNAL.search(last) or MEETING.search(last):
            key = "container"
        elif "doi" in self.said:
            key, guess = "container", "journal"
        elif sum(word[:1].isupper() for word in last.split()) * 2 > len(last.split()):
            key = guess = "publisher"
        else:
            return False
        self.said[key] = last
        if guess:
            self.problems.append(f"{last[:80]!r} was taken for the {guess}: compare")
        return True

    def _without_year(self, told: list[str]) -> list[str]:
        """What is told but for the publisher that a year follows; as MLA has it, a series may stand behind."""
        dated = [each for each in told if re.search(rf",\s*{YEAR}$", each)]
        if "issued" in self.said or len(dated) != 1:
            return told
        at = told.index(dated[0])
        if not self._imprint(told[at]):
            self.said["publisher"] = re.sub(rf",\s*{YEAR}$", "", told[at])
            self._year(told[at])
        for each in told[at + 1 :]:
            self.said["series"] = each
            self.problems.append(f"{each[:80]!r} was taken for the series: compare")
        return told[:at]

    def _without_numbers(self, told: list[str]) -> list[str]:
        """What is told but for a series with its number, and pages that stand alone."""
        rest = []
        for each in told:
            if re.fullmatch(SPAN, each):
                self.pages = self.pages or each
            elif (found := NUMBERED.fullmatch(each)) and "number" not in self.said:
                self.said["series"], self.said["number"] = found[1], found[2]
            else:
                rest.append(each)
        return rest

    def _imprint(self, text: str) -> bool:
        """Place and publisher, if the *text* tells them: "Cheltenham, UK: Edward Elgar, 2007"."""
        text = balanced(text.strip(" .,(")).strip(" .,")
        if found := re.search(rf"[,;]?\s*\(?((?:c|©)?{YEAR})\)?$", text):
            self.said.setdefault("issued", found[1].lstrip("c©"))
            text = text[: found.start()].strip(" ,;")
        if found := re.fullmatch(r"(?P<place>[^:]{2,120}?)\s*:\s*(?P<publisher>[^:]{2,400})", text):
            self.said["publisher"] = found["publisher"]
            if len(found["place"].split()) > 10 or "--" in found["place"]:
                self._unplaced(found["place"])
            else:
                self.said["place"] = found["place"]
            return True
        return False

    def _read_whole(self, text: str) -> None:
        """The book, or proceedings, that a part is in, after the word "In"."""
        self.is_part = True
        text = text.strip()
        if (editors := _EDITORS_FIRST.match(text)) and (found := names(editors["who"])):
            self.said["editors"] = list(found.people)
            text = editors["rest"]
        text = self._cut_editors(text)
        if not self.pages and (pages := re.search(rf"[,:]\s*({SPAN})(?=\s*[.,(]|$)", text)):
            self.pages, text = pages[1], text[: pages.start()] + text[pages.end() :]
        before, after = self._cut_numeration(self._cut_year(text))
        told = [each.strip(" ,()") for each in sentences(IMPRINT_NOTE.sub(r". \1", before))]
        self.said["container"] = told.pop(0) if told else ""
        for each in told:
            if not self._imprint(each):
                self._year(each)
                if self.said.get("publisher"):
                    self._unplaced(each)
                else:
                    self.said["publisher"] = re.sub(rf"[,;]?\s*{YEAR}$", "", each)
        self._unplaced(after)

    def _cut_editors(self, text: str) -> str:
        """Cut editors that follow the title of the whole: "edited by Jo Mo and Cy Reed", "J. Mo and C. Reed, Eds."."""
        for pattern in _EDITORS_LATER:
            by = pattern.search(text)
            if by and (found := names(by["who"])):
                self.said["editors"] = list(found.people)
                after = text[by.end() :].lstrip(" ,.")
                return f"{text[: by.start()]}. {after}"
        return text

    def _cut_numeration(self, text: str) -> tuple[str, str]:
        """Take volume, issue, year and pages out of *text*; return what stands before and after."""
        self.is_journal = False
        for pattern in (*NUMERATION, VOLUME_ALONE) if self.pages else NUMERATION:
            if (found := pattern.search(text)) and self._place_numeration(found):
                self.is_journal = True
                return text[: found.start()].rstrip(" ,.:;"), text[found.end() :]
        return text, ""

    def _place_numeration(self, found: re.Match[str]) -> bool:
        """Place what looks like volume, issue, year and pages, unless it is something else."""
        told = {field: value.strip() for field, value in found.groupdict().items() if value}
        if re.fullmatch(YEAR, told.get("issue", "")):
            told["year"] = told.pop("issue")
        if re.fullmatch(YEAR, told.get("volume", "")) and "issue" not in told and "vol" not in found[0].lower():
            return False
        if found.string.count("(", 0, found.start()) > found.string.count(")", 0, found.start()):
            return False  # within brackets: of a series
        self.pages = told.pop("pages", self.pages)
        if year := told.pop("year", ""):
            self.said.setdefault("issued", year)
        self.said |= told
        return True

    def _year(self, text: str) -> None:
        if found := re.search(rf"\b{YEAR}\b", text):
            self.said.setdefault("issued", found[0])

    def _unplaced(self, *told: str) -> None:
        """Keep what has found no place, and tell it."""
        for text in told:
            text = text.strip(" .,;:()")
            if "issued" not in self.said and re.fullmatch(DATE, text):
                self.said["issued"] = text
            elif len(text) > 1:
                held = self.extra.get("text:unplaced", [])
                self.extra["text:unplaced"] = [*held, text]
                self.problems.append(f"{text[:80]!r} found no place: it is kept in extra")

    def close(self) -> None:
        """Settle the type, and with it whether pages are those of the work or those that were cited."""
        self.said["type"] = kind = self._type()
        if self.pages and kind in PARTS:
            self.said["pages"] = self.pages
            if re.fullmatch(r"\d+", self.pages):
                self.problems.append(ONE_PAGE)
        elif self.pages:
            self.extra["locator"] = self.pages
        if self._is_unsure():
            self.problems.append("title, journal and publisher could not be told apart: compare with the reference")
        for field, missing in (("title", "no title was recognised"), ("issued", "no year was recognised")):
            if not self.said.get(field) and field not in self.extra:
                self.problems.append(f"{missing}: compare with the reference")
        if not self.said.get("authors") and not self.said.get("editors") and "text:names" not in self.extra:
            self.problems.append("no names were recognised: compare with the reference")

    def _is_unsure(self) -> bool:
        return (
            not self.is_quoted
            and not self.said.keys() & {"container", "publisher", "url", "doi", "isbn"}
            and not any("told apart" in each for each in self.problems)
        )

    def _type(self) -> str:
        told = f"{self.said.get('container', '')} {self.said.get('series', '')} {self.text}"
        in_whole = self.is_part or bool(self.said.get("isbn") and self.said.get("container"))
        if MEETING.search(self.said.get("container", "")):
            return "conference-paper"
        if in_whole:
            return "chapter"
        if self.said.keys() & {"isbn", "edition"}:
            return "book"
        if self.is_journal or self.said.get("issn"):
            return "article"
        for kind, words in _KINDS.items():
            if re.search(words, told, re.I):
                return kind
        bound = self.said.keys() & {"place", "oclc"} or (self.said.get("publisher") and "url" not in self.said)
        if bound and not (self.is_quoted and self.said.get("container")):
            return "book"
        return "webpage" if self.said.get("url") or "accessed" in self.extra else "document"
