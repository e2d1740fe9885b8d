"""The text of a formula: its tokens, the references among them, and the tree that is evaluated."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import NamedTuple

from sheets_sync.model import letters
from tests.sheets_emulator.formulas_values import REF, FormulaError, Value


class End(NamedTuple):
    """A corner of a reference, 0-based; None is open. `fixed` says what had a $: column, row."""

    column: int | None
    row: int | None
    fixed: tuple[bool, bool] = (False, False)

    def __str__(self) -> str:
        column = "" if self.column is None else "$" * self.fixed[0] + letters(self.column + 1)
        return column + ("" if self.row is None else "$" * self.fixed[1] + str(self.row + 1))


@dataclass(frozen=True, slots=True)
class Reference:
    """A cell (`last` is None), a range, whole columns or rows, open at an end or not. `sheet` is None for the formula's
    own; `lost` stands for a reference whose cells were deleted."""

    sheet: str | None
    first: End
    last: End | None = None
    lost: bool = False

    def __str__(self) -> str:
        if self.lost:
            return REF
        tab = "" if self.sheet is None else f"{quoted(self.sheet)}!"
        return f"{tab}{self.first}" + ("" if self.last is None else f":{self.last}")

    def of(self, title: str, home: str) -> bool:
        """Whether it refers to cells of a sheet; `home` is the title of the formula's own."""
        return not self.lost and (home if self.sheet is None else self.sheet).casefold() == title.casefold()


def quoted(title: str) -> str:
    """A sheet's title as formulas name it."""
    plain = re.fullmatch(r"[A-Za-z_]\w*", title) and not re.fullmatch(r"[A-Za-z]{1,3}\d+", title)
    return title if plain else "'" + title.replace("'", "''") + "'"


class Token(NamedTuple):
    kind: str
    text: str
    reference: Reference | None = None


class Node(NamedTuple):
    """`literal` (a value), `reference`, `name` (text), `call` (name, arguments), `operator` (sign, operands)."""

    kind: str
    said: object
    parts: tuple[Node, ...] = ()


class SyntaxMistake(ValueError):
    """What Google shows as #ERROR!."""


_TAB = r"(?P<tab>'(?:[^']|'')+'|[^\W\d]\w*)!"
_CELL, _COLUMN, _ROW = r"\$?[A-Za-z]{1,3}\$?\d+", r"\$?[A-Za-z]{1,3}", r"\$?\d+"
_SPAN = rf"{_CELL}(?::(?:{_CELL}|{_COLUMN}|{_ROW}))?|{_COLUMN}:(?:{_CELL}|{_COLUMN})|{_ROW}:(?:{_CELL}|{_ROW})"
_TOKENS = re.compile(
    rf"""(?P<string>"(?:[^"]|"")*")
    |(?P<lost>(?:{_TAB})?\#REF!(?:{_SPAN})?)
    |(?P<error>\#(?:N/A|NAME\?|VALUE!|DIV/0!|NUM!|NULL!|ERROR!))
    |(?P<reference>(?:{_TAB.replace("<tab>", "<sheet>")})?(?P<span>{_SPAN})(?![\w(.!]))
    |(?P<number>(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?)
    |(?P<name>[^\W\d][\w.]*)
    |(?P<sign><=|>=|<>|[-=<>+*/^&%(),;{{}}])
    |(?P<space>\s+)
    |(?P<other>.)""",
    re.VERBOSE | re.DOTALL,
)
_END = re.compile(r"(\$?)([A-Za-z]{0,3})(\$?)(\d*)")


def tokens(text: str) -> list[Token]:
    """Every piece of a formula, in order; joined they are the formula again. Never fails."""
    found = []
    for match in _TOKENS.finditer(text):
        kind = next(name for name in _TOKENS.groupindex if name not in ("tab", "sheet", "span") and match[name])
        if kind == "reference":
            found.append(Token(kind, match[0], _reference(match["sheet"], match["span"])))
        elif kind == "lost":
            found.append(Token("reference", match[0], Reference(None, End(None, None), lost=True)))
        else:
            found.append(Token(kind, match[0]))
    return found


def _reference(tab: str | None, span: str) -> Reference:
    sheet = tab[1:-1].replace("''", "'") if tab and tab.startswith("'") else tab
    first, _, last = span.partition(":")
    return Reference(sheet, _end(first), _end(last) if last else None)


def _end(text: str) -> End:
    match = _END.fullmatch(text)
    assert match
    before, name, middle, number = match.groups()
    column = None
    for letter in name.upper():
        column = (column or 0) * 26 + ord(letter) - 64
    # `$5` reads its $ where a column's would be.
    fixed = (bool(before) and bool(name), bool(middle) or (bool(before) and not name))
    return End(None if column is None else column - 1, int(number) - 1 if number else None, fixed)


def parse(text: str) -> Node:
    """The tree of a formula. Raises SyntaxMistake where Google shows #ERROR!."""
    if not text.startswith("="):
        raise SyntaxMistake("a formula begins with =")
    reader = _Reader([token for token in tokens(text[1:]) if token.kind != "space"])
    tree = reader.expression()
    if reader.peek():
        raise SyntaxMistake(f"unexpected {reader.peek()}")
    return tree


_LEVELS = [("=", "<>", "<", ">", "<=", ">="), ("&",), ("+", "-"), ("*", "/"), ("^",)]


class _Reader:
    def __init__(self, found: list[Token]) -> None:
        self.tokens, self.at = found, 0

    def peek(self) -> str:
        return self.tokens[self.at].text if self.at < len(self.tokens) else ""

    def take(self, *signs: str) -> str:
        """The next token if it is one of these signs."""
        if self.at < len(self.tokens) and self.tokens[self.at].kind == "sign" and self.peek() in signs:
            self.at += 1
            return self.tokens[self.at - 1].text
        return ""

    def expression(self, level: int = 0) -> Node:
        if level == len(_LEVELS):
            return self.signed()
        left = self.expression(level + 1)
        while sign := self.take(*_LEVELS[level]):
            left = Node("operator", sign, (left, self.expression(level + 1)))
        return left

    def signed(self) -> Node:
        if sign := self.take("+", "-"):
            return Node("operator", sign, (self.signed(),))
        node = self.single()
        while self.take("%"):
            node = Node("operator", "%", (node,))
        return node

    def single(self) -> Node:
        if self.take("("):
            node = self.expression()
            if not self.take(")"):
                raise SyntaxMistake("a bracket is not closed")
            return node
        if self.at == len(self.tokens):
            raise SyntaxMistake("something is missing at the end")
        token = self.tokens[self.at]
        self.at += 1
        if token.kind == "reference":
            return Node("reference", token.reference)
        if token.kind == "name":
            return self.call(token.text.upper()) if self.take("(") else _word(token.text)
        if token.kind in ("string", "number", "error"):
            return Node("literal", _literal(token))
        raise SyntaxMistake(f"unexpected {token.text}")

    def call(self, name: str) -> Node:
        arguments: list[Node] = []
        if self.take(")"):
            return Node("call", name)
        while True:
            omitted = self.peek() in (",", ";", ")")
            arguments.append(Node("literal", None) if omitted else self.expression())
            if self.take(")"):
                return Node("call", name, tuple(arguments))
            if not self.take(",", ";"):
                raise SyntaxMistake(f"the brackets of {name} are not closed")


def _word(text: str) -> Node:
    return Node("literal", text.upper() == "TRUE") if text.upper() in ("TRUE", "FALSE") else Node("name", text)


def _literal(token: Token) -> Value:
    if token.kind == "string":
        return token.text[1:-1].replace('""', '"')
    return float(token.text) if token.kind == "number" else FormulaError(token.text)
