"""The English wording that a query is read by: how people ask for years, works, citations and stances."""

from __future__ import annotations

import re
from collections.abc import Callable

from kb.corpus import numbers
from kb.retrieval.scope import FIRST, LAST

FUNCTION_WORDS = frozenset(  # which alone say nothing to search for
    """
    a about above after again against all also am an and any are as at be because been before being below between both
    but by can could did do does doing down during each few for from further had has have having he her here hers him
    his how i if in into is it its itself just me more most my no nor not now of off on once only or other our ours out
    over own same she should so some such than that the their theirs them then there these they this those through to
    too under until up upon us very was we were what when where which while who whom whose why will with within without
    would you your yours
    """.split()  # noqa: SIM905 – a list of two hundred lines says no more
)

_YEAR = r"(?<!\d)(1\d{3}|20\d{2}|21\d{2})(?!\d)"
DOI = re.compile(rf"(?:https?://{numbers.RESOLVER}|doi:\s*)?\b({numbers.DOI})", re.IGNORECASE)
QUOTED = re.compile(r"[\"“”„«»]([^\"“”„«»]{2,200})[\"“”„«»]")
VERBATIM = re.compile(f"{DOI.pattern}|{QUOTED.pattern}", re.IGNORECASE)  # no place to look for slips
CITING = re.compile(
    r"\b(?:who|what|which|works?|papers?|sources?|articles?)\s+(?:\w+\s+)?cit(?:es?|ed|ing)\b|^\W*citing\b",
    re.IGNORECASE,
)
CITED = re.compile(
    r"\b(?:works?\s+|papers?\s+|sources?\s+)?cited\s+(?:by|in)\b|\b(?:what|who|whom|which)\s+do(?:es)?\b(?=.*\bcite\b)",
    re.IGNORECASE,
)
VERBS = {
    "disputes": r"disput|disagree|contradict|contest|criticis|criticiz|challeng|reject",
    "supports": r"support|agree|confirm|endors",
    "qualifies": r"qualif(?:y|ie)",
}
_SAYS = (
    r"\b(?:who|(?:(?:which|what)\s+)?(?:works?|papers?|sources?|articles?|authors?|claims?)(?:\s+(?:that|which|who))?)"
    r"\s+(?:{})\w*(?:\s+(?:with|to|about|over|on))?\b"
)
STANCE = {stance: re.compile(_SAYS.format(verbs), re.IGNORECASE) for stance, verbs in VERBS.items()}
DISPUTES = re.compile(
    r"^\W*(?:disputes?|disagreements?|controvers(?:y|ies)|objections?)\s+(?:about|over|on|to|with)\b", re.IGNORECASE
)
Range = Callable[[int, int], tuple[int, int]]
RANGES: list[tuple[re.Pattern[str], Range]] = [  # each with the years from and to which it means
    (
        re.compile(rf"\b(?:between|from)\s+{_YEAR}\s+(?:and|to|until)\s+{_YEAR}", re.IGNORECASE),
        lambda a, b: (min(a, b), max(a, b)),
    ),
    (re.compile(rf"\b(?:in\s+)?{_YEAR}\s?[-–]\s?{_YEAR}", re.IGNORECASE), lambda a, b: (min(a, b), max(a, b))),
    (re.compile(rf"\bsince\s+{_YEAR}", re.IGNORECASE), lambda a, _: (a, LAST)),
    (re.compile(rf"\bfrom\s+{_YEAR}\s+on(?:wards?)?\b", re.IGNORECASE), lambda a, _: (a, LAST)),
    (re.compile(rf"^\W*(?:in\s+)?{_YEAR}\W*$", re.IGNORECASE), lambda a, _: (a, a)),
    (re.compile(rf"\bafter\s+{_YEAR}", re.IGNORECASE), lambda a, _: (a + 1, LAST)),
    (re.compile(rf"\bbefore\s+{_YEAR}", re.IGNORECASE), lambda a, _: (FIRST, a - 1)),
    (re.compile(rf"\b(?:until|till|up to)\s+{_YEAR}", re.IGNORECASE), lambda a, _: (FIRST, a)),
    (re.compile(r"\b(?:in\s+)?(?:the\s+)?(?<!\d)((?:1\d|20)\d0)['’]?s\b", re.IGNORECASE), lambda a, _: (a, a + 9)),
]
WRITTEN = re.compile(
    rf"\b(?:wrote|written|published|publications?|literature|papers?|articles?|books?|studies)\b.*?(\bin\s+{_YEAR})",
    re.IGNORECASE,
)
PERIOD = {  # by whether a range has no beginning and no end
    (True, False): "until {1}",
    (False, True): "since {0}",
    (False, False): "{0}–{1}",
}
ET_AL = re.compile(r"\s*+(?:,\s*+)?(?:(?:and|&|et al\.?|with)\s*+)?", re.IGNORECASE)
OF_YEAR = re.compile(rf"[\s,]*+(?:et al\.?[\s,]*+)?(?:\(\s*+)?{_YEAR}([a-z])?\b\)?", re.IGNORECASE)
