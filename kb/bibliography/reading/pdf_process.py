"""The program inside a process that reads one PDF: within its memory, and page by page on stdout as lines of JSON."""

from __future__ import annotations

import json
import logging
import os
import re
import resource
import signal
import sys
import xml.etree.ElementTree as xml
from collections.abc import Iterator
from io import BytesIO
from typing import IO, Any

# pdf.py starts this file by path: only the standard library and pypdf are loaded.
NICE = 10  # who wants a page of the site is served before
PAGES = 5_000
PAGE_CHARACTERS = 200_000
CHARACTERS = 20_000_000
PAGE_SECONDS = 10.0
XMP_BYTES = 2_000_000
MENDED_BYTES = 50_000_000  # of a file whose end is missing
VALUE = 2_000  # characters of a value of the metadata
RDF = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}"
SPACES = {"http://purl.org/dc/elements/1.1/": "dc", "http://ns.adobe.com/pdfx/1.3/": "pdfx"}


class TooSlow(Exception):
    """A page took longer than it may."""


def main(path: str, memory: int, seconds: int) -> None:
    """Read the PDF at *path*: first what it says of itself, then each page, then how it ended.

    Time is that of the processor, so that a busy machine reads as much as an idle one.
    """
    resource.setrlimit(resource.RLIMIT_DATA, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    os.nice(NICE)
    logging.disable()
    signal.signal(signal.SIGPROF, _too_slow)
    try:
        tell(**read(path))
    except MemoryError:
        tell(error="memory")
    except TooSlow:
        tell(error="time")
    except RecursionError:
        tell(error="damaged", why="it is nested too deeply")
    except BrokenPipeError:
        os._exit(0)
    except Exception as error:  # a damaged file may raise anything
        tell(error="damaged", why=" ".join(str(error).split())[:200])


def read(path: str) -> dict[str, Any]:
    """Tell the metadata and the pages; return the last line."""
    with open(path, "rb") as opened:
        signal.setitimer(signal.ITIMER_PROF, PAGE_SECONDS)
        reader, mended = _opened(opened)
        if reader.is_encrypted and not reader.decrypt(""):
            return {"error": "encrypted"}
        count = len(reader.pages)
        tell(count=count, mended=mended, info=info(reader), xmp=xmp(reader), labels=labels(reader, count))
        characters = 0
        for number in range(min(count, PAGES)):
            page = told(reader, number)
            tell(**page)
            characters += len(page["text"])
            if characters > CHARACTERS:
                return {"ended": number + 1}
        return {"ended": min(count, PAGES)}


def _opened(opened: IO[bytes]) -> tuple[Any, bool]:
    """The document, and whether its end is missing, as of a download that broke off: its objects are found then."""
    from pypdf import PdfReader
    from pypdf.errors import PyPdfError

    try:
        reader = PdfReader(opened)
        reader.root_object  # noqa: B018  it is found only when asked
        return reader, False
    except PyPdfError:
        if os.fstat(opened.fileno()).st_size > MENDED_BYTES:
            raise
        opened.seek(0)
        data = opened.read()
        if not (root := re.search(rb"(\d{1,9} \d{1,5}) obj\s*<<[^>]{0,500}/Type\s*/Catalog\b", data)):
            raise
        end = b"\ntrailer\n<</Size 9999 /Root %s R>>\nstartxref\n0\n%%%%EOF\n" % root[1]
        return PdfReader(BytesIO(data + end)), True


def told(reader: Any, number: int) -> dict[str, Any]:
    """The text of a page; with the first, what is in the largest print."""
    signal.setitimer(signal.ITIMER_PROF, PAGE_SECONDS)
    prints: list[tuple[float, str]] = []
    failed = ""
    try:
        page = reader.pages[number]
        text = page.extract_text(visitor_text=_visitor(prints) if number == 0 else None)
    except TooSlow:
        text, failed = "", "time"
    except MemoryError:
        text, failed = "", "memory"
    except Exception:
        text, failed = "", "damaged"
    signal.setitimer(signal.ITIMER_PROF, 0)
    cut = len(text) > PAGE_CHARACTERS
    found: dict[str, Any] = {"page": number, "text": text[:PAGE_CHARACTERS]}
    return (
        found
        | ({"failed": failed} if failed else {})
        | ({"cut": True} if cut else {})
        | ({"largest": largest(prints)} if prints else {})
    )


def _visitor(prints: list[tuple[float, str]]) -> Any:
    """What pypdf calls with each piece of text: keeps it with its height."""

    def visit(text: str, cm: list[float], tm: list[float], font: Any, size: float) -> None:
        if text.strip() and len(prints) < 5_000:
            height = abs(size * ((tm[1] ** 2 + tm[3] ** 2) ** 0.5) * ((cm[1] ** 2 + cm[3] ** 2) ** 0.5))
            prints.append((round(height, 1), text))

    return visit


def largest(prints: list[tuple[float, str]]) -> str:
    """The text in the largest print that has some words, as long as it is larger than most."""
    sizes: dict[float, str] = {}
    for size, text in prints:
        sizes[size] = f"{sizes.get(size, '')} {text}"
    usual = max(sizes, key=lambda size: len(sizes[size]))
    for size in sorted(sizes, reverse=True):
        text = " ".join(sizes[size].split())
        if size <= usual * 1.1:
            return ""
        if len(re.findall(r"[^\W\d_]{2,}", text)) > 2:
            return text[:VALUE]
    return ""


def info(reader: Any) -> dict[str, str]:
    """The entries of the document information."""
    try:
        entries = {str(key).lstrip("/"): str(value) for key, value in (reader.metadata or {}).items()}
    except (TooSlow, MemoryError):
        raise
    except Exception:
        return {}
    return {key[:50]: value[:VALUE] for key, value in list(entries.items())[:40] if value.strip()}


def xmp(reader: Any) -> dict[str, list[str]]:
    """The properties of the XMP packet in Dublin Core, PRISM and pdfx, such as "prism:doi", with their values."""
    try:
        packet = reader.root_object["/Metadata"].get_object().get_data()
        root = xml.fromstring(packet[:XMP_BYTES].strip(b"\x00 \r\n\t"))
    except (TooSlow, MemoryError):
        raise
    except Exception:
        return {}
    found: dict[str, list[str]] = {}
    for description in root.iter(f"{RDF}Description"):
        for name, values in _properties(description):
            found.setdefault(name, []).extend(value[:VALUE] for value in values[:500])
    return dict(list(found.items())[:60])


def _properties(description: xml.Element) -> Iterator[tuple[str, list[str]]]:
    for key, value in description.items():
        if name := _name(key):
            yield name, [value]
    for element in description:
        if name := _name(element.tag):
            items = [item.text or "" for item in element.iter(f"{RDF}li")] or ["".join(element.itertext())]
            yield name, [text for item in items if (text := " ".join(item.split()))]


def _name(tag: str) -> str:
    space, _, name = tag.lstrip("{").partition("}")
    prefix = "prism" if "prismstandard.org/namespaces" in space else SPACES.get(space)
    return f"{prefix}:{name}" if prefix else ""


def labels(reader: Any, count: int) -> list[str]:
    """The printed labels of the pages, where the document has some."""
    try:
        if "/PageLabels" not in reader.root_object:
            return []
        return [str(label)[:20] for label in reader.page_labels[: min(count, PAGES)]]
    except (TooSlow, MemoryError):
        raise
    except Exception:
        return []


def tell(**line: Any) -> None:
    """Write one line."""
    sys.stdout.write(json.dumps(line) + "\n")
    sys.stdout.flush()


def _too_slow(*_: object) -> None:
    raise TooSlow


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
