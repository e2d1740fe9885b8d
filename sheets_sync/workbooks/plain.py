"""Values as a cell can hold them: text without what a file or a request forbids, moments as numbers of days."""

from __future__ import annotations

import re
from datetime import date, datetime

LONGEST = 32_767
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_EPOCH = datetime(1899, 12, 30)
_DAYS_1904 = 1462


def serial(moment: date, date1904: bool = False) -> float | int:
    """The number of a date or moment: days since the workbook's own beginning."""
    if not isinstance(moment, datetime):
        moment = datetime(moment.year, moment.month, moment.day)
    since = moment.replace(tzinfo=None) - _EPOCH
    days = since.days - (_DAYS_1904 if date1904 else 0)
    return days + round(since.seconds / 86_400, 10) if since.seconds else days


def plain(text: str) -> str:
    """Text as a cell can hold it: characters that XML forbids become U+FFFD, what is too long ends in `…`."""
    text = _FORBIDDEN.sub("�", text.replace("\r\n", "\n").replace("\r", "\n"))
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"
