"""ISBNs as they are compared, and the works that are known by one."""

from __future__ import annotations

from stdnum import isbn
from stdnum.exceptions import ValidationError

WHOLE = {"book", "report", "thesis", "document"}  # a chapter rightly has the ISBN of its book


def comparable(text: str) -> str:
    """An ISBN as it is compared: ISBN-10 and ISBN-13 of one edition are the same.

    >>> comparable("0-306-40615-2"), comparable("979-8-6411-2345-5"), comparable("306 40")
    ('9780306406157', '9798641123455', '30640')
    """
    try:
        return str(isbn.validate(text, convert=True))
    except ValidationError:
        return str(isbn.compact(text))
