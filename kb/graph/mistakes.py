"""What is wrong with a query that the engine could not read: a bracket without partner, a word that SPARQL has not."""

from __future__ import annotations

from itertools import pairwise

from kb.errors import BadQuery, meant
from kb.graph.query import read
from kb.graph.tokens import bad, unbalanced

KEYWORDS = """
SELECT CONSTRUCT DESCRIBE ASK DISTINCT REDUCED WHERE FROM NAMED ORDER GROUP HAVING LIMIT OFFSET VALUES OPTIONAL UNION
MINUS GRAPH FILTER EXISTS NOT BIND AS UNDEF COUNT SUM MIN MAX AVG SAMPLE GROUP_CONCAT BOUND COALESCE IF REGEX STRLEN
SUBSTR LCASE UCASE STRSTARTS STRENDS STRBEFORE STRAFTER CONTAINS CONCAT REPLACE ENCODE_FOR_URI LANG LANGMATCHES
DATATYPE STR STRDT STRLANG IRI URI BNODE UUID STRUUID ABS CEIL FLOOR ROUND RAND NOW YEAR MONTH DAY HOURS MINUTES
SECONDS TIMEZONE TZ MD5 SHA1 SHA256 SHA384 SHA512 SAMETERM ISIRI ISURI ISBLANK ISLITERAL ISNUMERIC SEPARATOR DESC ASC
IN A TRUE FALSE PREFIX BASE ALL SERVICE SILENT
""".split()  # noqa: SIM905 – to be read
MISSPELT = 3  # letters from which on a word may be a misspelt keyword


def mistake(text: str, start: int, reason: str) -> BadQuery:
    """The error for a text that the engine could not read past *start*, for a *reason* that may be empty.

    >>> print(mistake("SELECT ?x { ?x a Claim }", 23, ""))
    line 1, column 18: SPARQL has no word 'Claim': a name of the data has a prefix, such as pkb:Claim
      SELECT ?x { ?x a Claim }
                       ^
    """
    if not reason and (found := _seen(text)):
        return bad(text, *found)
    rest = text[start:].lstrip()
    reason = reason or ("cannot read on" if rest else "something is left out before the end")
    return bad(text, len(text) - len(rest) if rest else len(text.rstrip()), reason)


def _seen(text: str) -> tuple[int, str] | None:
    """A mistake that the tokens show: its place, and what to say of it."""
    query = read(text)
    if alone := unbalanced(query.tokens):
        return alone
    for token in query.tokens:
        word = token.text.upper()
        if token.kind == "name" and ":" not in word and word not in KEYWORDS and token.start >= query.body:
            return token.start, f"SPARQL has no word {token.text!r}{_likely(word)}"
    for token, after in pairwise(query.tokens):
        if token.kind == "name" and token.text.upper() in ("ORDER", "GROUP") and after.text.upper() != "BY":
            return after.start, f"BY is missing behind {token.text.upper()}"
    return None


def _likely(word: str) -> str:
    """The keyword that a word was meant to be, where it begins so; short words are near to too many."""
    hint = meant(word, [each for each in KEYWORDS if each[0] == word[0]]) if len(word) > MISSPELT else ""
    return f" ({hint})" if hint else ": a name of the data has a prefix, such as pkb:Claim"
