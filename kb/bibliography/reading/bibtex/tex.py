r"""Read TeX as plain text: accents, signs, ligatures and simple formulas; an order it does not know stays as written.

>>> plain(r"{\"O}sterreich's \emph{CO$_2$} law --- \S~3"), plain(r"\foo{bar} 50\%")
("Österreich's CO₂ law — § 3", '\\foo{bar} 50%')
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from typing import Any

DEEPEST = 40  # braces within braces; those further in are read as if they were not there
_TEX = re.compile(r"[\\{}$~]|--|``|''|`")
_TOKEN = re.compile(
    r"\\(?P<word>[A-Za-z@]+)\*?|\\(?P<sign>.)|(?P<math>\$\$?)|(?P<open>\{)|(?P<close>\})|(?P<tie>~)"
    r"|(?P<ligature>---?|``|''|[!?]`|`)|(?P<script>[\^_])|(?P<text>[^\\${}~\-`'!?^_]+|.)",
    re.S,
)
_LIGATURES = {"--": "–", "---": "—", "``": "“", "''": "”", "!`": "¡", "?`": "¿", "`": "‘"}
_ACCENTS = {
    "`": "\u0300", "'": "\u0301", "^": "\u0302", "~": "\u0303", "=": "\u0304", "u": "\u0306", ".": "\u0307",
    '"': "\u0308", "r": "\u030a", "H": "\u030b", "v": "\u030c", "c": "\u0327", "k": "\u0328", "d": "\u0323",
    "b": "\u0331", "t": "\u0361", "G": "\u030f", "U": "\u030e", "h": "\u0309", "f": "\u0311", "textcommabelow":
    "\u0326",
    "hat": "\u0302", "acute": "\u0301", "grave": "\u0300", "bar": "\u0304", "tilde": "\u0303", "ddot": "\u0308",
    "dot": "\u0307", "check": "\u030c", "breve": "\u0306", "vec": "\u20d7", "mathring": "\u030a",
}  # fmt: skip
_ALONE = {"~": "~", "^": "^", "'": "´", "`": "`", '"': "¨", "=": "¯", ".": "˙", "c": "¸", "u": "˘", "v": "ˇ", "r": "˚"}
_WORDS = {  # orders that stand for a text
    "textbackslash": "\\", "backslash": "\\", "textasciitilde": "~", "textasciicircum": "^", "textasciigrave": "`",
    "textbraceleft": "{", "textbraceright": "}", "lbrace": "{", "rbrace": "}", "textless": "<", "textgreater": ">",
    "textbar": "|", "textquotesingle": "'", "textquotedbl": '"', "textunderscore": "_", "textdollar": "$",
    "textcopyright": "©", "copyright": "©", "pounds": "£", "textsterling": "£", "S": "§", "textsection": "§",
    "P": "¶", "dag": "†", "ddag": "‡", "i": "ı", "j": "ȷ", "TeX": "TeX", "LaTeX": "LaTeX", "BibTeX": "BibTeX",
    "LaTeXe": "LaTeX2e", "euro": "€", "EUR": "€", "slash": "/", "textendash": "–", "textemdash": "—", "guilsinglleft":
    "‹",
    "guilsinglright": "›", "guillemotleft": "«", "guillemotright": "»", "textmu": "µ", "textdegree": "°", "degree": "°",
    "textnumero": "№", "textquoteright": "’", "textquoteleft": "‘", "textquotedblleft": "“", "textquotedblright": "”",
    "lq": "‘", "rq": "’", "glqq": "„", "grqq": "“", "flqq": "«", "frqq": "»", "quotedblbase": "„", "quotesinglbase":
    "‚",
    "sim": "~", "textregistered": "®", "texttrademark": "™", "textperiodcentered": "·", "textbullet": "•", "colon": ":",
    "hyphen": "-", "bibstring": "", "and": "and", "textperthousand": "‰", "ss": "ß", "SS": "ẞ", "hspace": " ",
    "textordfeminine": "ª", "textordmasculine": "º", "textexclamdown": "¡", "textquestiondown": "¿", "prime": "′",
    "bibrangedash": "–", "addspace": " ", "addcomma": ",", "addcolon": ":", "bibnamedelima": " ", "par": "\n\n",
}  # fmt: skip
_SPACES = {"quad", "qquad", "space", "newline", "linebreak", "thinspace", "enspace", "hfill", "allowbreak", "noindent"}
_SILENT = {  # orders about looks
    "em", "it", "bf", "sc", "rm", "sf", "tt", "sl", "itshape", "bfseries", "scshape", "upshape", "rmfamily",
    "sffamily", "ttfamily", "slshape", "normalfont", "mdseries", "small", "footnotesize", "large", "relax", "protect",
    "left", "right", "displaystyle", "textstyle", "limits", "nolimits", "boldmath", "bgroup", "egroup", "newblock",
    "selectfont", "frenchspacing", "big", "Big", "bigl", "bigr", "Bigl", "Bigr",
}  # fmt: skip
_WRAPS = {  # orders about the looks of what follows in braces
    "emph", "textit", "textbf", "textsc", "textrm", "texttt", "textsf", "textsl", "textup", "textmd", "textnormal",
    "text", "mbox", "hbox", "fbox", "mathrm", "mathit", "mathbf", "mathsf", "mathtt", "mathcal", "mathbb", "mathfrak",
    "mathscr", "mathnormal", "operatorname", "boldsymbol", "bm", "ensuremath", "underline", "uline", "overline",
    "mkbibemph", "mkbibitalic", "mkbibbold", "mkbibacro", "MakeUppercase", "MakeLowercase", "uppercase", "lowercase",
    "textlatin", "textgreek", "textcyrillic", "foreignlanguage", "mkbibbrackets", "mkbibparens", "nocase",
    "NoCaseChange",
    "texorpdfstring", "acro", "ac", "phantomsection", "smash", "widetilde", "widehat", "capitalisewords",
    "uppercasenonmath",
}  # fmt: skip
_FIRST_OF_TWO = {"texorpdfstring"}
_LAST_OF_TWO = {"foreignlanguage", "textcolor", "href"}
_DROPPED = {
    "noopsort",
    "NoOpSort",
    "SortNoop",
    "sortnoop",
    "noop",
    "vphantom",
    "hphantom",
    "phantom",
    "vspace",
    "label",
}
_QUOTES = {"enquote": "“{}”", "mkbibquote": "“{}”", "blockquote": "“{}”", "textquote": "“{}”"}
_UP = dict(zip("0123456789+-=()n", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ⁿ", strict=True)) | {"−": "⁻"}
_DOWN = dict(zip("0123456789+-=()", "₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎", strict=True)) | {"−": "₋"}
_QUOTED = re.compile(r"[^`']*'(?![\w'])")
_TWICE = re.compile(r"['\"`^~=](?:[A-Za-z]|\{\\?[A-Za-z]\})")
_VERBATIM = re.compile(r"\\([_%&#$~{}^\\])(?:\{\})?|\{\\([_%&#$])\}|[{}]")
_WRITTEN_OUT = re.compile(
    r"\$\\(backslash|sim)\$"
    r"|\\(textbackslash|textasciitilde|textasciicircum|textbraceleft|textbraceright|textunderscore)(?:\{\})?"
)
_URL = re.compile(r"\\(?:url|nolinkurl|path)\s*\{((?:[^{}]|\{[^{}]*\})*)\}|\\href\s*\{((?:[^{}]|\{[^{}]*\})*)\}")


def plain(text: str) -> str:
    """The text that TeX would print; lines are joined, an empty line stays one."""
    if _TEX.search(text):
        text = _Reader(text).all()
    if "\n" not in text:
        return " ".join(text.split())
    return "\n".join(" ".join(part.split()) for part in re.split(r"\n[^\S\n]*(?:\n\s*)+", text)).strip()


def verbatim(text: str) -> str:
    r"""The text of an address or a number, in which no sign has a meaning, but people write TeX all the same.

    >>> verbatim(r"http://a.org/\~{}b\_c"), verbatim(r"\url{http://a.org/x%20y}")
    ('http://a.org/~b_c', 'http://a.org/x%20y')
    """
    text = re.sub(r"\s*\n\s*", "", text) if "\n" in text else text
    if found := _URL.fullmatch(text.strip()):
        text = found[1] or found[2] or ""
    if "\\" not in text and "{" not in text and "}" not in text:
        return text.strip()
    parts, at = [], 0
    for found in _WRITTEN_OUT.finditer(text):
        parts += [_VERBATIM.sub(_bare, text[at : found.start()]), _WORDS[found[1] or found[2]]]
        at = found.end()
    return "".join([*parts, _VERBATIM.sub(_bare, text[at:])]).strip()


def addresses(text: str) -> list[str]:
    r"""What stands in \url and \href, and plain addresses.

    >>> addresses(r"See \url{http://a.org/b_c}, and https://c.org.")
    ['http://a.org/b_c', 'https://c.org']
    """
    wrapped = [verbatim(found[1] or found[2] or "") for found in _URL.finditer(text)]
    bare = re.findall(r"https?://[^\s{}<>\"]*[^\s{}<>\".,;)]", _URL.sub(" ", text))
    return [each for each in dict.fromkeys([*wrapped, *map(verbatim, bare)]) if each]


def _bare(found: re.Match[str]) -> str:
    return found[1] or found[2] or ""


class _Reader:
    """Goes through a text once, sign by sign of TeX."""

    def __init__(self, text: str) -> None:
        self._text, self._at, self._math = text, 0, False
        self._closing: set[int] = set()  # where an apostrophe ends what "`" began
        self._ends = True  # whether every group so far ends

    def all(self) -> str:
        parts = []
        while self._at < len(self._text):
            parts.append(self._until_brace(0))
        return "".join(parts)

    def _until_brace(self, depth: int) -> str:
        """What is to be read up to the brace that closes, which is passed by."""
        parts: list[str] = []
        while token := _TOKEN.match(self._text, self._at):
            self._at = token.end()
            if token.lastgroup == "close":
                break
            parts.append(self._read(token, depth))
        return "".join(parts)

    def _read(self, token: re.Match[str], depth: int) -> str:
        kind, text = token.lastgroup, token[0]
        if kind == "open":
            return self._until_brace(depth + 1) if depth < DEEPEST else ""
        if kind == "word":
            return self._order(token["word"], token.start(), depth)
        if kind == "sign":
            return self._sign(token["sign"], depth)
        if kind == "math":
            return self._formula(text)
        if kind == "tie":
            return " "
        if kind == "ligature":
            return text if self._math else self._ligature(text)
        if kind == "script" and self._math:
            return self._script(text, depth)
        return "’" if token.start() in self._closing else text

    def _ligature(self, text: str) -> str:
        if text == "`":
            if not (quoted := _QUOTED.match(self._text, self._at)):
                return text
            self._closing.add(quoted.end() - 1)
        return _LIGATURES[text]

    def _sign(self, sign: str, depth: int) -> str:
        if sign == "\\" and _TWICE.match(self._text, self._at):  # a program has doubled the backslash of an accent
            sign = self._text[self._at]
            self._at += 1
        if sign == "\\" and self._text.startswith("{}", self._at):
            return sign
        if sign in _ACCENTS:
            return self._accent(sign, depth)
        if sign in "([])":
            return "" if sign in "()" else sign
        return {"-": "", "/": "", "@": "", "!": "", "\\": " ", ",": " ", ";": " ", ":": " ", "|": "‖"}.get(sign, sign)

    def _order(self, word: str, start: int, depth: int) -> str:
        """What a named order prints."""
        if word in _ACCENTS and (len(word) > 1 or self._takes()):
            return self._accent(word, depth)
        if word in _QUOTES or word in _WRAPS or word in _LAST_OF_TWO or word in _DROPPED:
            return self._wrapped(word, start, depth)
        if word in ("url", "nolinkurl", "path"):
            return self._address()
        if word in ("textsuperscript", "textsubscript", "mkbibsuperscript"):
            return _shifted(self._argument(depth), _DOWN if word == "textsubscript" else _UP)
        if word == "frac":
            return f"{self._argument(depth)}/{self._argument(depth)}"
        if word == "sqrt":
            return f"√{self._argument(depth)}"
        return self._named(word, start)

    def _named(self, word: str, start: int) -> str:
        if word in _SPACES or word in _SILENT or (printed := _WORDS.get(word) or _symbol(word)):
            after = self._text[self._at : self._at + 2]
            self._at += 2 if after == "{}" else len(after) - len(after.lstrip(" \t\n")) if after[:1].isspace() else 0
            return " " if word in _SPACES else "" if word in _SILENT else printed
        return self._as_written(start)

    def _as_written(self, start: int) -> str:
        """An unknown order with what it takes in braces, if that ends."""
        while self._at < len(self._text) and self._text[self._at] in "{[" and (end := self._group()) > 0:
            self._at = end
        return self._text[start : self._at]

    def _group(self) -> int:
        """Where the group ends that begins here, or -1; none is looked for behind one that does not end."""
        end = _group_end(self._text, self._at) if self._ends else -1
        self._ends = self._ends and (end > 0 or self._text[self._at] == "[")
        return end

    def _wrapped(self, word: str, start: int, depth: int) -> str:
        if not self._takes("{["):
            return "" if word in _WRAPS else self._as_written(start)
        if self._text[self._at] == "[" and (end := self._text.find("]", self._at, self._at + 200)) >= 0:
            self._at = end + 1
        if word in _DROPPED:
            self._argument(depth)
            return ""
        if word == "href":
            return self._link(depth)
        first = self._argument(depth)
        if word in _FIRST_OF_TWO | _LAST_OF_TWO and self._takes("{"):
            second = self._argument(depth)
            return first if word in _FIRST_OF_TWO else second
        return _QUOTES.get(word, "{}").replace("{}", first)

    def _link(self, depth: int) -> str:
        """A link: its text and, where that does not say it, its address."""
        address = self._address()
        text = self._argument(depth) if self._takes("{") else ""
        return f"{text} ({address})" if text and text != address else address

    def _address(self) -> str:
        if not self._takes("{") or (end := self._group()) < 0:
            return ""
        inner = self._text[self._at + 1 : end - 1]
        self._at = end
        return verbatim(inner)

    def _takes(self, signs: str = "") -> bool:
        """Go on to what an order takes, if something follows that it can take."""
        at = self._at
        while at < len(self._text) and self._text[at].isspace():
            at += 1
        if at >= len(self._text) or (signs and self._text[at] not in signs):
            return False
        self._at = at
        return True

    def _argument(self, depth: int) -> str:
        """What an order takes: a group in braces, another order, or one sign."""
        if not self._takes():
            return ""
        token = _TOKEN.match(self._text, self._at)
        if token is None or token.lastgroup == "close":
            return ""
        if token.lastgroup == "text":
            self._at += 1
            return self._text[self._at - 1]
        self._at = token.end()
        return self._read(token, depth + 1) if depth < DEEPEST else token[0]

    def _accent(self, accent: str, depth: int) -> str:
        if accent not in ("c", "u", "v", "r") and len(accent) == 1 and not accent.isalpha() and not self._follows():
            return _ALONE.get(accent, accent)
        base = self._argument(depth)
        if not base.strip():
            return _ALONE.get(accent, "") + base
        base = {"ı": "i", "ȷ": "j"}.get(base[0], base[0]) + base[1:]
        end = 2 if accent == "t" and len(base) > 1 else 1
        return unicodedata.normalize("NFC", base[0] + _ACCENTS[accent] + base[1:end]) + base[end:]

    def _follows(self) -> bool:
        """Whether an accent made by a sign has a letter to stand on."""
        return re.compile(r"\s*(?:\{|\\|\w)").match(self._text, self._at) is not None

    def _formula(self, dollar: str) -> str:
        """A formula as text; where no formula ends, the dollar is one."""
        end = self._text.find(dollar, self._at)
        while end > 0 and self._text[end - 1] == "\\":
            end = self._text.find(dollar, end + len(dollar))
        inner = self._text[self._at : end] if end >= 0 else ""
        after = self._text[end + len(dollar) : end + len(dollar) + 1]
        if self._math or not inner or inner != inner.strip() or (after.isdigit() and not re.search(r"[\\^_{]", inner)):
            return dollar
        self._at = end + len(dollar)
        reader = _Reader(inner)
        reader._math = True
        return reader.all()

    def _script(self, sign: str, depth: int) -> str:
        """What stands higher or lower in a formula."""
        inner = self._argument(depth)
        return _shifted(inner, _UP if sign == "^" else _DOWN)


def _shifted(text: str, signs: dict[str, str]) -> str:
    """A text in raised or lowered signs, if there are such for all of it."""
    return "".join(signs[sign] for sign in text) if text and all(sign in signs for sign in text) else text


def _group_end(text: str, at: int) -> int:
    """Where the group ends that begins at a place, or -1."""
    if text[at] == "[":
        return text.find("]", at, at + 200) + 1 or -1
    depth = 0
    for mark in re.compile(r"\\.|[{}]", re.S).finditer(text, at):
        if mark[0] in "{}":
            depth += 1 if mark[0] == "{" else -1
            if depth == 0:
                return mark.end()
    return -1


@cache
def _symbol(word: str) -> str:
    """The sign that an order of TeX stands for, as pylatexenc knows it."""
    from pylatexenc.latex2text import get_default_latex_context_db

    known = _table(get_default_latex_context_db).get_macro_spec(word)
    printed = getattr(known, "simplify_repl", None)
    return printed if isinstance(printed, str) and "%" not in printed else ""


@cache
def _table(make: Any) -> Any:
    return make()
