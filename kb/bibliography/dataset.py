"""How the data set is cited, in the version that an answer came from, with the query that was asked."""

from __future__ import annotations

from typing import NamedTuple

from kb.bibliography.styles import tex
from kb.terms import VERSION


class DatasetCitation(NamedTuple):
    """One citation, as running text and as BibTeX."""

    text: str
    bibtex: str


def cite(title: str, version: str, date: str, address: str) -> DatasetCitation:
    """The citation of the data set called *title*, and of the query at *address*.

    >>> cited = cite("Bridges & tunnels", "3f2a90c1d4e5", "2026-11-23", "http://example.org/sparql?query=ASK%20%7B%7D")
    >>> print(cited.text)
    Bridges & tunnels (2026). Data set, version 3f2a90c1d4e5 of 2026-11-23.
    https://w3id.org/partnership-kb/version/3f2a90c1d4e5
    Query: http://example.org/sparql?query=ASK%20%7B%7D
    >>> print(cited.bibtex)
    @misc{dataset-3f2a90c1d4e5,
      title = {{Bridges \\& tunnels}},
      year = {2026},
      howpublished = {Data set, version 3f2a90c1d4e5 of 2026-11-23, \\url{https://w3id.org/partnership-kb/version/3f2a90c1d4e5}},
      url = {http://example.org/sparql?query=ASK%20%7B%7D},
    }
    """
    iri, year = VERSION + version, date[:4]
    state = f"Data set, version {version}" + (f" of {date}" if date else "")
    text = f"{title} ({year or 'n.d.'}). {state}.\n{iri}\nQuery: {address}"
    fields = {"title": f"{{{tex(title)}}}", "year": year, "howpublished": f"{state}, \\url{{{iri}}}", "url": address}
    lines = (f"  {name} = {{{value}}}," for name, value in fields.items() if value)
    return DatasetCitation(text, "\n".join([f"@misc{{dataset-{version},", *lines, "}"]))
