"""The data set in BibTeX, in the version that an answer came from, with the query that was asked."""

from __future__ import annotations

import hashlib

from kb.bibliography.export import tex


def bibtex(title: str, creators: str, version: str, date: str, iri: str, address: str) -> str:
    """The entry for the data set called *title*, whose *version* has the *iri*, and for the query at *address*.

    >>> print(bibtex("Bridges & tunnels", "", "3f2a", "2026-11-23", "http://e/v/3f2a", "http://e/sparql?query=ASK%20%7B%7D"))
    @misc{dataset-3f2a-c9cc,
      title = {{Bridges \\& tunnels}},
      year = {2026},
      howpublished = {Data set, version 3f2a of 2026-11-23, \\url{http://e/v/3f2a}},
      url = {http://e/sparql?query=ASK%20%7B%7D},
    }
    """
    state = f"Data set, version {version}" + (f" of {date}" if date else "")
    fields = {
        "author": f"{{{tex(creators)}}}" if creators else "", "title": f"{{{tex(title)}}}", "year": date[:4],
        "howpublished": f"{state}, \\url{{{iri}}}", "url": address,
    }  # fmt: skip
    query = hashlib.sha256(address.encode()).hexdigest()[:4]  # so that two queries have two keys
    lines = (f"  {name} = {{{value}}}," for name, value in fields.items() if value)
    return "\n".join([f"@misc{{dataset-{version}-{query},", *lines, "}"])
