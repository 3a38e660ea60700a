"""Strings that break programs: the Big List of Naughty Strings where it lies beside the project, and our own."""

import json

from conftest import DATA

LIST = DATA / "hostile" / "blns.json"
MARK = "kbmark"  # in each of OURS; it may stand in texts and values, never in the name of a tag or attribute
OURS = [
    "<kbmark kbmark=1>",
    '"kbmark=1 onclick=kbmark() ',
    "'kbmark=1 onclick=kbmark() ",
    "\"'><kbmark>",
    "</script></title></textarea></pre></details><kbmark>",
    "--><kbmark><!--",
    "]]><kbmark><![CDATA[",
    "javascript:kbmark()",
    "data:text/html,<kbmark>",
    "//kbmark.example/",
    "{{ 7 * 7 }}{% kbmark %}${7*7}",
    "&lt;kbmark&gt;&#60;kbmark&#62;",
    '\\"});kbmark(//\n',
    "kbmark\r\nX-Kbmark: 1\r\n\r\n<kbmark>",
    "kbmark\0\x07\x1b[31m\x7f\x85\u2028",
    "../../../../etc/kbmark",
    "kbmark' OR 1=1; DROP TABLE kbmark",
    "\ufeffkbmark\u202e\u200d\u200f\ufffe",
    "🤝👩‍👩‍👧kbmark" + "e\u0301\u0300\u0302\u0303" * 20,
    "kbmark%00%ff%3Ckbmark%3E+%2B",
    "kbmark" * 600,
    "@string{kbmark={x}}} \\input{kbmark} % {{{",
    "?x } SERVICE <http://127.0.0.1:9/kbmark> { ?s ?p ?o",
    "-1kbmark",
    "kbmark..kbmark",  # as a host it has a label without letters
]


def listed() -> list[str]:
    """The strings of the list; none where it does not lie here."""
    return json.loads(LIST.read_text(encoding="utf-8")) if LIST.is_file() else []


def some(strings: list[str], count: int, start: int = 0) -> list[str]:
    """*count* of them, evenly from all over the list; another *start* gives others.

    >>> some(["a", "b", "c", "d", "e", "f"], 3, 1)
    ['b', 'd', 'f']
    """
    step = max(1, len(strings) // count)
    return strings[start % step :: step]
