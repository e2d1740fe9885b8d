"""Where a key stands in a TOML text, and which known word is nearest to an unknown one.

The text has been parsed by tomllib before, so that this small reader only has to follow keys, never to judge them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

Path = tuple[str | int, ...]
Spot = tuple[int, int]

_BARE = re.compile(r"[A-Za-z0-9_-]+")
_SPACE = re.compile(r"(?:[ \t\r\n]|#[^\n]*)*")
_LITERAL = re.compile(r"[^,\]}\n#]*")
_STRING = re.compile(r'"""(?:\\.|[^\\])*?"{3,5}|' r"'''.*?'{3,5}|" r'"(?:\\.|[^"\\\n])*"|' r"'[^'\n]*'", re.DOTALL)


class Locator:
    """Key paths of a TOML text by 1-based line and column.

    >>> Locator('[a]\\nb.c = 1').spot(("a", "b", "c"))
    (2, 1)
    """

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0
        self.spots: dict[Path, Spot] = {}
        self._lists: dict[Path, int] = {}
        self._read()

    def spot(self, path: Sequence[str | int]) -> Spot | None:
        """Where the longest part of the path stands that the text has; None when it has none of it."""
        for length in range(len(path), 0, -1):
            found = self.spots.get(tuple(path[:length]))
            if found:
                return found
        return None

    def has(self, path: Sequence[str | int]) -> bool:
        return tuple(path) in self.spots

    def _read(self) -> None:
        table: Path = ()
        while True:
            self._skip()
            if self._at >= len(self._text):
                return
            if self._text[self._at] == "[":
                table = self._header()
            else:
                self._pair(table)

    def _header(self) -> Path:
        start = self._at
        array = self._text.startswith("[[", start)
        self._at += 2 if array else 1
        path = self._inside(self._key())
        for length in range(1, len(path)):
            self._note(path[:length], start)
        if array:
            number = self._lists.get(path, -1) + 1
            self._lists[path] = number
            self._note(path, start)
            path = (*path, number)
        self._note(path, start)
        self._skip()
        self._at += 2 if array else 1
        return path

    def _inside(self, keys: Path) -> Path:
        """Keys below an array of tables belong to its newest element."""
        path: Path = ()
        for key in keys[:-1]:
            path = (*path, key)
            if path in self._lists:
                path = (*path, self._lists[path])
        return (*path, keys[-1])

    def _pair(self, table: Path) -> None:
        start = self._at
        path = (*table, *self._key())
        for length in range(len(table) + 1, len(path) + 1):
            self._note(path[:length], start)
        self._skip()
        self._at += 1  # the "="
        self._value(path)

    def _key(self) -> Path:
        keys: list[str | int] = []
        while True:
            self._skip()
            found = _BARE.match(self._text, self._at) or _STRING.match(self._text, self._at)
            if not found:
                raise ValueError(f"no key at {self._at}")
            self._at = found.end()
            word = found[0]
            keys.append(word[1:-1] if word[0] in "\"'" else word)
            self._skip()
            if self._text[self._at : self._at + 1] != ".":
                return tuple(keys)
            self._at += 1

    def _value(self, path: Path) -> None:
        self._skip()
        opening = self._text[self._at]
        found = _STRING.match(self._text, self._at)
        if found:
            self._at = found.end()
        elif opening in "[{":
            self._at += 1
            self._members(path, "]" if opening == "[" else "}")
        else:
            self._at = _LITERAL.match(self._text, self._at).end()  # type: ignore[union-attr]

    def _members(self, path: Path, closing: str) -> None:
        number = 0
        while True:
            self._skip()
            if self._text[self._at] == closing:
                self._at += 1
                return
            if self._text[self._at] == ",":
                self._at += 1
            elif closing == "}":
                self._pair(path)
            else:
                self._note((*path, number), self._at)
                self._value((*path, number))
                number += 1

    def _skip(self) -> None:
        self._at = _SPACE.match(self._text, self._at).end()  # type: ignore[union-attr]

    def _note(self, path: Path, at: int) -> None:
        line = self._text.count("\n", 0, at) + 1
        self.spots.setdefault(path, (line, at - self._text.rfind("\n", 0, at)))


def nearest(word: str, known: Iterable[str]) -> str:
    """The known word that was probably meant, else ""."""
    from rapidfuzz import fuzz, process

    best = process.extractOne(word, list(known), scorer=fuzz.ratio, score_cutoff=60)
    return str(best[0]) if best else ""


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """`; did you mean "when"?`, or nothing."""
    guess = nearest(word, known)
    return f'; did you mean "{guess}"?' if guess else ""


def dotted(path: Path) -> str:
    """`renewal.ladder[2].do`, list places counted from 1."""
    text = ""
    for part in path:
        plain = isinstance(part, str) and re.fullmatch(r"[\w-]+", part)
        text += f"[{part + 1}]" if isinstance(part, int) else f".{part}" if plain else f'."{part}"'
    return text.removeprefix(".")
