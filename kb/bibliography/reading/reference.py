"""Read a reference as it is printed: APA, MLA, Chicago, Vancouver, Harvard, IEEE, and the templates of Wikipedia."""

from __future__ import annotations

import re
import unicodedata
from typing import Any, NamedTuple

from kb.bibliography.reading.printed_names import DIRECT, Names, names

YEAR = r"(?:1[5-9]|20)\d\d"
_PAGE = r"(?:[A-Za-z]{0,2}\d+|[ivxlc]+)"
PAGES = rf"{_PAGE}(?:\s*[-‐‑–—]+\s*{_PAGE})?(?:,\s*(?!{YEAR}\b){_PAGE}(?:\s*[-‐‑–—]+\s*{_PAGE})?)*(?![\w])"
_MONTH = r"(?:[A-Z][a-zäû]{2,8}\.?(?:[-–/][A-Z][a-z]{2,8}\.?)?)"
_DATE = rf"(?:(?:\d{{1,2}}\.?\s+)?{_MONTH}\s+(?:\d{{1,2}},?\s+)?)?{YEAR}"


class Parts(NamedTuple):
    """What a reference tells: under our keys, under CSL's where we have none, and what is doubtful."""

    said: dict[str, Any]
    extra: dict[str, str | list[str]]
    problems: tuple[str, ...]


def parts(reference: str) -> Parts:
    """The parts of a *reference*; what cannot be told apart is a problem, and stands in ``text:reference`` all the same.

    >>> found = parts("Jacobson, D. L. (2001). A New Agenda for Education. Change, 33(5), 44–48.").said
    >>> found["title"], found["container"], found["volume"], found["issue"], found["pages"]
    ('A New Agenda for Education', 'Change', '33', '5', '44–48')
    """
    reading = Reading(reference)
    reading.take_numbers()
    reading.take_notes()
    opening = opened(reading.text)
    reading.take_opening(opening)
    if opening.title:
        reading.read_after_title(opening.rest)
    else:
        reading.read_title_and_on(opening.rest)
    reading.close()
    return Parts(reading.said, reading.extra, tuple(dict.fromkeys(reading.problems)))


class Opening(NamedTuple):
    """How a reference begins: with names, a date, a title in quotation marks, or some of these; and what follows."""

    who: str
    date: str
    title: str
    rest: str


_AUTHOR_DATE = re.compile(
    rf"(?P<who>[^\"“”„«»]{{2,}}?)[.,]?\s*\(\s*(?P<date>[^():]{{0,25}}?\b{YEAR}[a-z]?\b[^():]{{0,30}}|n\.\s?d\.|o\.\s?J\."
    r"|in press|forthcoming)\s*\)\s*[.,:]?\s*(?P<rest>.*)",
    re.S,
)
_AUTHOR_PLAIN = re.compile(
    rf"(?P<who>[^\"“”„«»()]{{2,}}?)[.,]?\s+(?P<date>{YEAR}[a-z]?|n\.d)[.,:]\s+(?P<rest>[^\d\s].*)", re.S
)
_QUOTED = (
    re.compile(r"(?P<who>(?:^|.*?[\s(]))“(?P<title>.+?)[,.;]?”(?P<rest>.*)", re.S),
    re.compile(r"(?P<who>(?:^|.*?[\s(]))\"(?P<title>.+?)[,.;]?\"(?=[\s.,;:)]|$)(?P<rest>.*)", re.S),
    re.compile(r"(?P<who>(?:^|.*?[\s(]))[„](?P<title>.+?)[,.;]?[“”](?P<rest>.*)", re.S),
    re.compile(r"(?P<who>)‘(?P<title>[^‘].*?)[,.;]?’(?=[.,]\s|\s\(|$)(?P<rest>.*)", re.S),
    re.compile(r"(?P<who>(?:^|.*?[\s(]))«\s*(?P<title>.+?)[,.;]?\s*»(?P<rest>.*)", re.S),
)  # fmt: skip
_IMPRINT_NOTE = re.compile(rf"\(([^():]+:[^()]+,\s*{YEAR})\)")


def opened(text: str) -> Opening:
    """Tell apart what a reference begins with."""
    for pattern in (_AUTHOR_DATE, _AUTHOR_PLAIN):
        found = pattern.match(text)
        if (
            found
            and found["rest"].strip()
            and (names(found["who"]) or (pattern is _AUTHOR_DATE and _are_names(found["who"])))
        ):
            title, rest = _quoted_first(found["rest"])
            return Opening(found["who"], found["date"], title, rest)
    quoted = _first_quoted(text)
    if quoted and (not quoted["who"].strip(" ,.:") or names(quoted["who"].strip(" ,.:")) or len(quoted["who"]) < 200):
        return Opening(quoted["who"].strip(" ,:"), "", quoted["title"].strip(), quoted["rest"].strip())
    who, rest = _leading_names(text)
    return Opening(who, "", "", rest)


def _are_names(text: str) -> bool:
    """Whether a text before a date looks like names, even if one of them cannot be read."""
    begins = re.match(r"(?:[a-z]{1,3}\s)*[A-ZÀ-Þ][\w'’ -]+,\s*[A-ZÀ-Þ]", text)
    return bool(begins) and not re.search(r"\d|[.?!:]\s+[A-ZÀ-Þ]\w+\s+[a-z]{2,}\s+[a-z]{2,}", text)


def _first_quoted(text: str) -> re.Match[str] | None:
    found = [match for pattern in _QUOTED if (match := pattern.match(text))]
    return min(found, key=lambda match: len(match["who"]), default=None)


def _quoted_first(text: str) -> tuple[str, str]:
    """A title in quotation marks at the very beginning, and what follows."""
    quoted = _first_quoted(text)
    if quoted and not quoted["who"].strip() and not quoted["rest"].lstrip().startswith(":"):
        return quoted["title"].strip(), quoted["rest"].strip()
    return "", text.strip()


def _leading_names(text: str) -> tuple[str, str]:
    """The names at the beginning, up to the point, comma or colon that ends them, and what follows."""
    ends = (
        r",\s+(?![A-Z]\.|Eds?\b)(?=[A-ZÀ-Þ])"
        if _IMPRINT_NOTE.search(text) or re.match(r"(?:[A-Z]\.[\s-]?)+\s*[A-Z]", text)
        else ""
    )
    for end in re.finditer(rf"\.\s+(?![A-Z]\.|&|and\s|et\s)|:\s+{'|' + ends if ends else ''}", text[:1500]):
        who = text[: end.start()]
        if end[0].startswith(",") and len(who.split()) < 2:
            continue
        found = names(who)
        if found and (len(found.people) > 1 or not _is_title(who, found)):
            if longer := re.match(r".{0,200}?(?:editors?|\beds?\.?|\bet al)\.\s+", text[end.end() :]):
                if names(who + end[0] + longer[0]):
                    return (who + end[0] + longer[0]).strip(), text[end.end() + longer.end() :]
            return who, text[end.end() :]
    return "", text


def _is_title(who: str, found: Names) -> bool:
    """Whether what could be one name is rather the beginning of a title: a body of many small words."""
    (one,) = found.people
    return "literal" in one and sum(word.islower() for word in who.split()) > len(who.split()) / 2


class Reading:
    """A reference on its way into parts: *text* is what has not been placed yet."""

    def __init__(self, reference: str) -> None:
        self.text = tidy(reference)
        self.said: dict[str, Any] = {}
        self.extra: dict[str, str | list[str]] = {"text:reference": " ".join(reference.split())}
        self.problems: list[str] = []
        self.pages, self.whole, self.quoted, self._is_journal = "", False, False, False

    def take(self, pattern: str, ends: bool = False) -> re.Match[str] | None:
        """Cut the first match out of the text; *ends* tells that a sentence ends there."""
        found = re.search(pattern, self.text, re.I)
        if found:
            before, after = self.text[: found.start()].rstrip(), self.text[found.end() :].lstrip()
            gap = ", " if found[0].lstrip()[:1] == "," and after[:1] not in ",.;:)" else " "
            gap = ". " if ends and found[0].rstrip()[-1:] in ".)" and after[:1].isupper() else gap
            gap = " " if before[-1:] in ".,;:(" else gap
            self.text = f"{before}{gap if after else ''}{after}".strip()
        return found

    def take_numbers(self) -> None:
        """Cut out what is known by its form wherever it stands: DOI, ISBN, ISSN, OCLC and the like."""
        if found := self.take(
            r"(?:\bdoi\s*:?\s*)?(?:https?://(?:dx\.)?doi\.org/|\bdoi\.org/|\bdoi\s*:?\s*)\s*(10\.\d{4,9}/\S+)|(?<![/\w])(10\.\d{4,9}/\S+)"
        ):  # noqa: E501
            self.said["doi"] = _balanced((found[1] or found[2]).rstrip(".,;"))
        for field, number in (("isbn", r"[\dXx][\dXx‐–-]*(?:[ ][\dXx‐–-]+)*"), ("issn", r"\d{4}[-‐–]?\d{3}[\dXx]")):
            many: list[str] = []
            while found := self.take(
                rf"[(,;]?\s*\be?[-‐]?{field}(?:[-‐ ]?1[03])?(?:\s*\((?:print|online)\))?\s*:?\s*({number})\)?[.;,]?"
            ):
                many.append(re.sub(r"[‐–]", "-", found[1]).strip(" -"))
            if many:
                self.said[field] = many
        if found := self.take(r"\bOCLC\s*:?\s*(\d+)[.;]?"):
            self.said["oclc"] = found[1]
        for name, pattern in _IDENTIFIERS.items():
            if found := self.take(pattern):
                self.extra[name] = found[1]

    def take_notes(self) -> None:
        """Cut out when a page was looked at, where, what kind of copy, which edition, and pages that are marked."""
        if found := self.take(
            r"\bArchived from the original(?:\s*\(PDF\))?(?:\s+on\s+(.+?\d{2,4}(?:-\d\d-\d\d)?))?(?=\.|$|\s)\.?"
        ):
            self.extra["text:archived"] = found[1] or "yes"
        self._take_address()
        if found := self.take(
            rf"[(\[]?\b(?:Retrieved|Accessed|cited|Abgerufen(?: am)?|Zugriff(?: am)?|last accessed|viewed)(?:\s+on)?:?\s+([^.()\[\]]*?{YEAR}(?:[- ]+[A-Z][a-z]{{2}} \d+|-\d\d-\d\d)?)[)\],]?\.?"
        ):  # noqa: E501
            self.extra["accessed"] = found[1].strip(" ,")
        self.take(r"\b(?:Retrieved|Available|Accessed)\s+(?:from|at)\b:?\s*\.?$")
        if found := self.take(r"\s*[(\[](PDF|electronic resource|Internet|online|eBook|Kindle|video|CD-ROM|film)[)\]]"):
            self.extra["medium"] = found[1]
        if found := self.take(
            r"[(,.]?\s*\b((?:\d+(?:st|nd|rd|th)|rev(?:ised|\.)|second|third|fourth|fifth|first|new|expanded)\s+(?:rev\.?\s+)?(?:ed(?:ition|n)?\b\.?)|\d+\.\s*(?:,\s*\w+\.\s*)?Aufl(?:age)?\.?)\s*(?P<more>,\s*)?\)?\.?",
            ends=True,
        ):  # noqa: E501
            self.said["edition"] = re.sub(r"\s*(?:ed(?:ition|n)?|Aufl(?:age)?)\b\.?$", "", found[1].strip(), flags=re.I)
        if found := self.take(
            rf"[(,.;]?\s*\b(?:pp?\.|pages?:?|pp|Seiten?|S\.(?=\s*\d))\s*({PAGES})\)?[.,;]?", ends=True
        ):
            self.pages = found[1]
            self.text = re.sub(r"\s+\.", ".", self.text)

    def _take_address(self) -> None:
        found = self.take(
            r"(?:[<(\[]\s*)?(?:\b(?:Retrieved|Available|Accessed|Verfügbar|Abrufbar)\s*(?:[^.]{0,30}?,)?\s*(?:from|at|unter|online)?"
            r"\s*:?\s*)?(?:\bURL\s*:?\s*)?(https?://[^\s<>\"]+)(?:\s*[>)\]])?\.?"
        )
        if found:
            self.said["url"] = _balanced(found[1].rstrip(".,;"))
            begun = found[0][: found[0].find("http")]
            if dated := re.search(rf"([^,:]*{YEAR})", begun):
                self.extra["accessed"] = re.sub(r"^.*?(?:Retrieved|Accessed)\s+(?:on\s+)?", "", dated[1]).strip()
            while more := self.take(r"[<(\[]?\s*(https?://[^\s<>\"]+)(?:\s*[>)\]])?"):
                held = self.said["url"]
                self.said["url"] = [*(held if isinstance(held, list) else [held]), more[1].rstrip(".,;")]

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
            self.said["title"], self.quoted = opening.title, True

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
        if self._is_journal or self.said.get("issn"):
            self._container(told, after)
        elif self.said.get("isbn") or self.pages:
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
        if len(told) == 1 and _PUBLISHER.search(told[0]):
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
        if found := _OWN_NUMBER.search(rest):
            self.said["series"], self.said["number"] = found[1], found[2]
            rest = rest[: found.start()] + rest[found.end() :]
        dated, rest = "issued" not in self.said, self._cut_year(rest)
        before, after = (rest, "") if self.said.keys() & {"isbn", "edition"} else self._cut_numeration(rest)
        told = sentences(before)
        if self._is_journal:
            self._title_and_journal(told)
            self._unplaced(after)
        else:
            self._title_and_imprint(told, after, dated and "issued" in self.said)

    def _cut_year(self, text: str) -> str:
        """Cut the date from the end of a reference that has none before; return what is left."""
        found = re.search(rf"(?:(?:^|[,.;])\s*({_DATE})|\s*\(({_DATE})\))[.,;\s]*$", text)
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
        if len(others) > (title[-1:] in "?!") and not imprint:
            last = others.pop()
            if dated or self.said.keys() & {"isbn", "oclc", "edition"} or _PUBLISHER.search(last):
                self.said["publisher"] = last
            elif _JOURNAL.search(last) or _MEETING.search(last):
                self.said["container"] = last
            elif "doi" in self.said:
                self.said["container"] = last
                self.problems.append(f"{last[:80]!r} was taken for the journal: compare")
            elif sum(word[:1].isupper() for word in last.split()) * 2 > len(last.split()):
                self.said["publisher"] = last
                self.problems.append(f"{last[:80]!r} was taken for the publisher: compare")
            else:
                others.append(last)
        if others and more[0] == others[0] and title[-1:] in "?!":
            title = f"{title} {others.pop(0)}"
            self.problems.append("where the title ends is not certain: compare")
        self.said["title"] = title
        self._unplaced(*others, after)

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
            if re.fullmatch(rf"{_PAGE}\s*[-–]\s*{_PAGE}", each):
                self.pages = self.pages or each
            elif (found := _NUMBERED.fullmatch(each)) and "number" not in self.said:
                self.said["series"], self.said["number"] = found[1], found[2]
            else:
                rest.append(each)
        return rest

    def _imprint(self, text: str) -> bool:
        """Place and publisher, if the *text* tells them: "Cheltenham, UK: Edward Elgar, 2007"."""
        text = _balanced(text.strip(" .,(")).strip(" .,")
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
        self.whole = True
        text = text.strip()
        editors = re.match(
            r"(?P<who>[^()\[\]:]{2,300}?),?\s*[(\[]?\b(?:eds?|editors?|hrsg|hgg?)\b\.?[)\]]?[.,:]*\s*(?P<rest>.+)",
            text,
            re.I,
        )
        if editors and (found := names(editors["who"])):
            self.said["editors"] = list(found.people)
            text = editors["rest"]
        text = self._cut_editors(text)
        if found := re.search(rf"[,:]\s*({_PAGE}\s*[-–]\s*{_PAGE})(?=\s*[.,(]|$)", text) if not self.pages else None:
            self.pages, text = found[1], text[: found.start()] + text[found.end() :]
        before, after = self._cut_numeration(self._cut_year(text))
        told = [each.strip(" ,()") for each in sentences(_IMPRINT_NOTE.sub(r". \1", before))]
        self.said["container"] = told.pop(0) if told else ""
        for each in told:
            if not self._imprint(each):
                dated = re.sub(rf"[,;]?\s*{YEAR}$", "", each)
                self.said.setdefault("publisher", dated) if not self.said.get("publisher") else self._unplaced(each)
                self._year(each)
        self._unplaced(after)

    def _cut_editors(self, text: str) -> str:
        """Cut editors that follow the title of the whole: "edited by Jo Mo and Cy Reed", "J. Mo and C. Reed, Eds."."""
        for pattern in (
            rf",?\s*\b(?:[Ee]dited by|[Ee]d\. by|[Ee]ds?\.)\s+(?P<who>{DIRECT})\.?",
            rf",\s+(?P<who>{DIRECT}),\s*Eds?\.",
        ):
            by = re.search(pattern, text)
            if by and (found := names(by["who"])):
                self.said["editors"] = list(found.people)
                after = text[by.end() :].lstrip(" ,.")
                return f"{text[: by.start()]}. {after}"
        return text

    def _cut_numeration(self, text: str) -> tuple[str, str]:
        """Take volume, issue, year and pages out of *text*; return what stands before and after."""
        self._is_journal = False
        for pattern in _NUMERATION:
            found = pattern.search(text)
            if not found or (pattern is _NUMERATION[-1] and not self.pages):
                continue
            told = {field: value.strip() for field, value in found.groupdict().items() if value}
            if re.fullmatch(YEAR, told.get("issue", "")):
                told["year"] = told.pop("issue")
            if re.fullmatch(YEAR, told.get("volume", "")) and "issue" not in told and "vol" not in found[0].lower():
                continue
            if text.count("(", 0, found.start()) > text.count(")", 0, found.start()):
                continue
            self.pages = told.pop("pages", self.pages)
            if year := told.pop("year", ""):
                self.said.setdefault("issued", year)
            self.said |= told
            self._is_journal = True
            return text[: found.start()].rstrip(" ,.:;"), text[found.end() :]
        return text, ""

    def _year(self, text: str) -> None:
        if found := re.search(rf"\b{YEAR}\b", text):
            self.said.setdefault("issued", found[0])

    def _unplaced(self, *told: str) -> None:
        """Keep what has found no place, and tell it."""
        for text in told:
            text = text.strip(" .,;:()")
            if dated := re.fullmatch(rf"(?:.*\D)?({YEAR})", text) if len(text) < 30 else None:
                if "issued" not in self.said:
                    self.said["issued"] = text if re.fullmatch(_DATE, text) else dated[1]
                    continue
            if len(text) > 1:
                held = self.extra.get("text:unplaced", [])
                self.extra["text:unplaced"] = [*held, text]
                self.problems.append(f"{text[:80]!r} found no place: it is kept in extra")

    def close(self) -> None:
        """Settle the type, and with it whether pages are those of the work or those that were cited."""
        self.said["type"] = kind = self._type()
        if self.pages and kind in ("article", "chapter", "conference-paper", "magazine-article", "reference-entry"):
            self.said["pages"] = self.pages
            if re.fullmatch(r"\d+", self.pages):
                self.problems.append("one page is given: it may be where the work begins, or the page that was cited")
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
            not self.quoted
            and not self.said.keys() & {"container", "publisher", "url", "doi", "isbn"}
            and not any("told apart" in each for each in self.problems)
        )

    def _type(self) -> str:
        told = f"{self.said.get('container', '')} {self.text}"
        in_whole = self.whole or bool(self.said.get("isbn") and self.said.get("container"))
        if _MEETING.search(self.said.get("container", "")):
            return "conference-paper"
        if in_whole:
            return "chapter"
        if self.said.keys() & {"isbn", "edition"}:
            return "book"
        if self._is_journal or self.said.get("issn"):
            return "article"
        if re.search(r"\b(?:thesis|dissertation)\b", told, re.I):
            return "thesis"
        if re.search(r"\bworking paper\b|\bdiscussion paper\b", told, re.I):
            return "working-paper"
        if re.search(r"\b(?:technical|final|annual|research) report\b|\breport no\b", told, re.I):
            return "report"
        bound = self.said.keys() & {"place", "oclc"} or (self.said.get("publisher") and "url" not in self.said)
        if bound and not (self.quoted and self.said.get("container")):
            return "book"
        return "webpage" if self.said.get("url") or "accessed" in self.extra else "document"


_NUMBERED = re.compile(
    r"([^()]{0,80}?(?:papers?|report|digest|series|brief|publication|document|bulletin|study|studies)\b[^()]{0,40}?)"
    r",?\s+(?:No\.?\s*)?(\d[^\s()]*(?:\s*\([^()]*\))?)",
    re.I,
)
_OWN_NUMBER = re.compile(rf"\s*\({_NUMBERED.pattern}\)", re.I)
_IDENTIFIERS = {
    "PMID": r"\bPMID:?\s*(\d+)[.;]?", "PMCID": r"\b(?:PMCID:?\s*)?(PMC\s?\d+)[.;]?",
    "text:arXiv": r"\barXiv\s*:\s*(\S+?)[.;]?(?=\s|$)", "text:S2CID": r"\bS2CID:?\s*(\d+)[.;]?",
    "text:Bibcode": r"\bBibcode:?\s*(\S+?)[.;]?(?=\s|$)", "text:JSTOR": r"\bJSTOR:?\s*(\d+)[.;]?",
    "text:hdl": r"\bhdl:?\s*(\S+?)[.;]?(?=\s|$)", "text:SSRN": r"\bSSRN:?\s*(\d+)[.;]?",
}  # fmt: skip
_VOLUME = r"\b(?:vol(?:ume)?\b\.?|bd\.|band\b|jg\.)\s*(?P<volume>(?:\d|[ivxlc]+\b)[\w–-]*)"
_ISSUE = r"\b(?:no\b\.?|nr\b\.?|iss(?:ue)?\b\.?|number\b|heft\b|H\.)\s*(?P<issue>(?:S|suppl\.?\s*)?\d[\w–/-]*)"
_IN_YEAR = rf"(?:,?\s*\(?(?P<year>{_DATE})\)?)?"
_ON_PAGES = rf"(?:\s*[,:.]\s*(?P<pages>{PAGES}|(?:Article|Art\.)\s*(?:ID\s*)?\w+))?"
_NUMERATION = [
    re.compile(pattern, re.I)
    for pattern in (
        rf"[.,]?\s*(?P<year>{YEAR})(?:\s+{_MONTH}(?:\s+\d{{1,2}})?)?\s*;\s*(?P<volume>\w+)?\s*(?:\((?P<issue>[^()]+)\))?\s*(?::\s*(?P<pages>{PAGES})|(?=\.|$))",  # noqa: E501
        rf"[.,]?\s*{_VOLUME}(?:\s*[,.]?\s*{_ISSUE})?{_IN_YEAR}{_ON_PAGES}",
        rf"[.,]?\s*(?P<volume>\b\d+),?\s*{_ISSUE}{_IN_YEAR}{_ON_PAGES}",
        rf"[.,]\s*{_ISSUE}{_IN_YEAR}{_ON_PAGES}(?=[.,]?\s*$)",
        rf"[.,]?\s*(?P<volume>\b\d+)?\s*\((?P<issue>(?:S?\d|suppl|spring|summer|fall|autumn|winter)[^():]{{0,20}})\){_ON_PAGES}",
        rf"[.,]?\s+(?P<volume>\d+)\s*[:,]\s*(?P<pages>{PAGES})(?:\s*\((?P<year>{YEAR})\))?",
        rf"(?<=[^\W\d]):\s*(?P<pages>\d+(?:\s*[-–]\s*\d+)?)(?=\.?$)",
        r"[.,]?\s+(?P<volume>\d{1,3})\s*[:.,]?\s*$",
    )
]  # fmt: skip
_PUBLISHER = re.compile(
    r"\b(?:press|verlag|publish\w*|books?|springer|wiley|sage|routledge|elsevier|emerald|elgar|jossey-bass|mcgraw-hill"
    r"|palgrave|oecd|inc|ltd|gmbh|&\s*sons|\w*bank|institute?|university|ministry|office|agency|organi[sz]ation)\b",
    re.I,
)
_JOURNAL = re.compile(
    r"\b(?:journal|review|quarterly|annals|magazine|zeitschrift|bulletin|letters|transactions)\b", re.I
)
_MEETING = re.compile(r"\b(?:proceedings|conference|symposium|workshop|congress|proc\.)", re.I)
_ABBREVIATIONS = (
    "vol",
    "no",
    "st",
    "dr",
    "vs",
    "u.s",
    "u.k",
    "inc",
    "ltd",
    "co",
    "ed",
    "eds",
    "al",
    "jr",
    "cf",
    "e.g",
    "i.e",
)


def tidy(reference: str) -> str:
    """*reference* on one line, without what websites put around it."""
    text = " ".join(unicodedata.normalize("NFC", reference).split())
    text = re.sub(r"\{\{cite [^}]*\}\}(?::?\s*CS1 maint:[^()]*\(link\))?|\bCS1 maint:[^()]*\(link\)", " ", text)
    text = re.sub(r"\s*\[(?:Google Scholar|CrossRef|PubMed|Web of Science|Scopus|Green Version|Medline)\]", "", text)
    text = re.sub(r"^\^\s*(?:(?:[a-z]\s+)+(?=[A-Z\"“]))?", "", text.strip())
    text = re.sub(r"^(?:\[\d{1,4}\]|\d{1,3}\.(?!\d))\s+", "", text)
    text = re.sub(r"^1(?: \d\d?)+ (?=\D)", "", text)  # "1 2 Bebbington": the places that cite it
    return " ".join(text.split())


def sentences(text: str) -> list[str]:
    """The sentences of a reference; a point after an initial or an abbreviation ends none.

    >>> sentences("What is it? A study of the U.S. World Journal")
    ['What is it?', 'A study of the U.S. World Journal']
    """
    told, begin = [], 0
    for end in re.finditer(r"(?:[.?!][\"”’)]?|[\"”])(?=\s+[^a-z\s(&])|[.?!]\.(?=\s)|\?,(?=\s)", text):
        word = re.split(r"[\s(]", text[begin : end.start()])[-1]
        if end[0] == "." and (len(word) < 2 or word.lower() in _ABBREVIATIONS):
            continue
        if end[0] in ('"', "”"):
            continue
        told.append(text[begin : end.end()])
        begin = end.end()
    told.append(text[begin:])
    trimmed = (part.strip(" ,;").removesuffix(".").strip() for part in told)
    return [re.sub(r"([?!])[.,]$", r"\1", part) for part in trimmed if part]


def joined_abbreviations(told: list[str]) -> list[str]:
    """Put together again what is one journal in short: "Acad", "Manage", "J" → "Acad. Manage. J"."""
    while len(told) > 2 and len(told[-2].split()) == 1 and len(told[-2]) < 8:
        told = [*told[:-2], f"{told[-2]}. {told[-1]}"]
    return told


def _balanced(text: str) -> str:
    """*text* without a closing bracket that nothing in it opens."""
    while (
        text[-1:] in ")]}>"
        and text
        and text.count(text[-1]) > text.count({")": "(", "]": "[", "}": "{", ">": "<"}[text[-1]])
    ):
        text = text[:-1].rstrip(".,;")
    return text
