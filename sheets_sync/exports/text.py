"""The bytes of an exported list → rows of texts: which encoding, which mark between fields. Never a guess that would
turn names into nonsense: what is not certain is refused, and named by a flag instead."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from itertools import islice

from sheets_sync.errors import Refused, UsageError
from sheets_sync.tracker.headers import normal_header, spellings
from sheets_sync.tracker.schema import TABLES

MARKS = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "bars"}
_BOMS = (
    (b"\xef\xbb\xbf", "utf-8", "UTF-8"),
    (b"\xff\xfe\x00\x00", "utf-32-le", "UTF-32"),
    (b"\x00\x00\xfe\xff", "utf-32-be", "UTF-32"),
    (b"\xff\xfe", "utf-16-le", "UTF-16"),
    (b"\xfe\xff", "utf-16-be", "UTF-16"),
)
_OTHERS = ("cp1250", "mac_roman", "cp850", "cp1251", "shift_jis", "gb18030")
_ENDS = ',;\t|\n\r"'
_SAMPLE_BYTES, _SAMPLE_ROWS = 400_000, 300
_LONGEST_FIELD = 10_000_000
# UTF-8 that was taken for Windows-1252 once: "Ã©" for "é", "â€™" for "’".
_TWICE = re.compile("[\u00c2\u00c3][\u0080-\u00bf\u0152-\u0192\u2013-\u203a\u20ac\u2122]|\u00e2\u20ac")
# What stands within a word of a Western language: letters, apostrophes, hyphens. And "CafŽ" has a capital inside.
_ODD_INSIDE = re.compile(r"[^\W\d_][^\w\s’‘'´`·.,;:/&@()\[\]\"“”„«»–—•…|+*=<>#%!?-][^\W\d_]|[^\W\d_][¹²³][^\W\d_]")
_ODD_CAPITAL = re.compile(r"[a-zß-öø-ÿ](?![A-Z])[^\W\d_a-zß-öø-ÿœšž]")


def decoded(data: bytes, encoding: str = "") -> tuple[str, str]:
    """The text, and how people call its encoding. `encoding` is a name that was given (--encoding). Raises Refused
    where none is certain, with how it would read in others."""
    if not data.strip(b"\0 \t\r\n"):
        raise Refused("The export is empty. Is it still being written?")
    if encoding:
        return _given(data, encoding), encoding
    for mark, codec, name in _BOMS:
        if data.startswith(mark):
            return _strict(data[len(mark) :], codec, name), name
    if wide := _wide(data):
        return _strict(data, wide, "UTF-16"), "UTF-16"
    try:
        return data.decode("utf-8"), "plain ASCII" if data.isascii() else "UTF-8"
    except UnicodeDecodeError as error:
        if error.start >= len(data) - 3:
            raise Refused("The export ends in the middle of a letter: it is cut off. Export it again.") from None
    return _western(data), "Windows-1252 (Western European)"


def _given(data: bytes, encoding: str) -> str:
    try:
        return data.decode(encoding).removeprefix("\ufeff")
    except LookupError:
        raise UsageError(f"--encoding: none is called “{encoding}”. For example: utf-8, cp1252, cp1250.") from None
    except UnicodeDecodeError as error:
        raise Refused(f"Byte {error.start + 1:,} of the export is no {encoding}. Name another --encoding.") from None


def _strict(data: bytes, codec: str, name: str) -> str:
    try:
        return data.decode(codec)
    except UnicodeDecodeError as error:
        raise Refused(f"The export says that it is {name}, but byte {error.start + 1:,} is not.") from None


def _wide(data: bytes) -> str:
    """UTF-16 without a mark: every other byte of Western text is zero."""
    sample = data[:4_000]
    even, odd = sample[0::2].count(0), sample[1::2].count(0)
    half = max(len(sample) // 2, 1)
    if odd > half * 0.4 and even < half * 0.1:
        return "utf-16-le"
    return "utf-16-be" if even > half * 0.4 and odd < half * 0.1 else ""


def _western(data: bytes) -> str:
    """Windows-1252, of which Latin-1 is a part, if it reads like a Western language."""
    try:
        text = data.decode("cp1252")
    except UnicodeDecodeError:
        raise _unsure(data, data.decode("latin-1")) from None
    if _TWICE.search(text) or _ODD_INSIDE.search(text) or _ODD_CAPITAL.search(text):
        raise _unsure(data, text)
    return text


def _unsure(data: bytes, text: str) -> Refused:
    """How the first doubtful words read in other encodings, so that a person can tell."""
    odd = (_TWICE, _ODD_INSIDE, _ODD_CAPITAL, re.compile("[\x80-\x9f]"))
    at = next((found.start() for pattern in odd if (found := pattern.search(text))), 0)
    begin = max(text.rfind(mark, 0, at) for mark in _ENDS) + 1
    end = min((place for mark in _ENDS if (place := text.find(mark, at)) > 0), default=at + 20)
    piece = data[begin : min(end, begin + 40)]
    readings = {}
    for codec in ("cp1252", *_OTHERS):
        try:
            readings[codec] = piece.decode(codec)
        except (UnicodeDecodeError, LookupError):
            continue
    return Refused(
        "It is not certain in which encoding the export is written. Save it as “CSV UTF-8”, or name it:",
        [f"  --encoding {codec:<10} reads “{reading}”" for codec, reading in readings.items()],
    )


def looks_like(text: str) -> list[str]:
    """Some words with letters beyond ASCII, so that people see whether the encoding is right."""
    words = (word.strip(".,;:\"'()") for word in re.findall(r"[^\s,;|\t\"]*[^\x00-\x7f][^\s,;|\t\"]*", text))
    return list(islice(dict.fromkeys(word for word in words if any(map(str.isalpha, word))), 3))


def parted(text: str) -> tuple[list[list[str]], str]:
    """The rows of a list, and the mark between their fields. Raises Refused for what is no list."""
    begin = text.lstrip()[:2_000].casefold()
    if begin.startswith("<") and any(word in begin for word in ("<html", "<!doctype", "<table", "<?xml")):
        raise Refused("The export is a web page or XML, not a list. Export it as CSV or .xlsx.")
    said = re.match(r'"?sep=(.)"?\r?\n', text)
    if said:
        text = text[said.end() :]
    mark = said[1] if said else _mark(text)
    csv.field_size_limit(_LONGEST_FIELD)
    try:
        rows = list(csv.reader(io.StringIO(text.replace("\0", ""), newline=""), delimiter=mark))
    except csv.Error as error:
        raise Refused(f"The export cannot be read as a list ({error}). Export it again, as CSV.") from None
    return rows, MARKS.get(mark, f"“{mark}”")


def _mark(text: str) -> str:
    """The mark with which the rows hold the most headers that we know, then with which most rows are as long."""
    sample = text[:_SAMPLE_BYTES]
    found = {}
    for mark in MARKS:
        rows = [row for row in islice(csv.reader(io.StringIO(sample, newline=""), delimiter=mark), _SAMPLE_ROWS) if row]
        widths = Counter(len(row) for row in rows)
        wide, number = max(widths.items(), key=lambda pair: (pair[1] * (pair[0] > 1), pair[0]), default=(1, 0))
        found[mark] = (max(map(_known, rows[:50]), default=0), number / max(len(rows), 1) * (wide > 1), wide)
    return max(found, key=lambda mark: found[mark])


def _known(row: list[str]) -> int:
    words = {normal_header(cell) for cell in row if 0 < len(cell) <= 80}
    return sum(any(word in spellings(name, weak=False) for name in TABLES) for word in words)
