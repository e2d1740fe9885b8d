"""Numbers in text: currency signs, both decimal styles, percent signs. What could be read in two ways is not read."""

from __future__ import annotations

import re
from typing import Literal

Decimal = Literal[".", ","]

_CODES = (
    "USD|EUR|GBP|CHF|CAD|AUD|NZD|JPY|CNY|SEK|NOK|DKK|ISK|PLN|CZK|HUF|RON|BGN|INR|ZAR|BRL|MXN|ARS|CLP|COP|SGD|HKD|AED"
    "|SAR|ILS|TRY|KRW|THB|UAH|NGN|KES|PHP|MYR|IDR"
)
_CURRENCY = re.compile(
    rf"(?:US|AU|NZ|CA|A|C|R|S|HK)?\$|[€£¥₹₽₺₩₪₫₴₦฿]|\b(?:{_CODES})\b|zł|Kč|\bkr\b\.?|\bFr\.|\bFt\b", re.I
)
_A_MONTH = re.compile(
    r"(?:\s*(?:/|per|pro|par|al|a)\s*(?:month|mo|mth|monat|mois|mes|mese|m)|\s*(?:pcm|p\.?\s?m\.?|mtl\.?))$", re.I
)
_SPACES = re.compile(r"[\s'’]")


def read_number_text(
    text: str, decimal: Decimal | None = None, money: bool = False
) -> float | Literal["two ways"] | None:
    """A trimmed text as a number; "two ways" where only the decimal style (`decimal`) could settle it; None for no
    number. With `money`, a currency sign, "/month" and a thousands "k" are understood."""
    body, marked = text, False
    if money:
        body = _A_MONTH.sub("", body)
        body, signs = _CURRENCY.subn("", body)
        marked = bool(signs)
    body = body.strip().replace("\u2212", "-")
    negative = False
    if body.startswith("(") and body.endswith(")"):
        if decimal is None:
            return "two ways" if re.fullmatch(r"\(\s*[\d.,'’\s]+\s*\)", body) else None
        body, negative = body[1:-1].strip(), True
    if body[:1] in "+-" and body:
        negative, body = negative or body[0] == "-", body[1:].strip()
    elif money and body.endswith("-"):
        negative, body = True, body[:-1].strip()
    thousand = 1.0
    if money and body[-1:] in ("k", "K"):
        thousand, body = 1000.0, body[:-1].strip()
    value = _unsigned(body, decimal, marked)
    if value is None or value == "two ways":
        return value
    assert not isinstance(value, str)
    return (-value if negative else value) * thousand


def proven_decimal(texts: list[str], money: bool = False) -> Decimal | None:
    """The decimal mark that a column's texts prove, all in agreement: the last of two marks, or one before other than
    three digits."""
    proofs = set()
    for text in texts:
        body = re.sub(r"[^\d.,]", "", _CURRENCY.sub("", text) if money else text)
        if (match := re.fullmatch(r"[\d.,]*?([.,])(\d+)", body)) and body.count(match[1]) == 1:
            other = "," if match[1] == "." else "."
            if other in body or len(match[2]) != 3:
                proofs.add(match[1])
    return proofs.pop() if len(proofs) == 1 else None  # type: ignore[return-value]


def _unsigned(body: str, decimal: Decimal | None, marked: bool) -> float | Literal["two ways"] | None:
    if re.fullmatch(r"\d+(?:[eE][+-]?\d+)?", body):
        return _finite(body)
    if _SPACES.search(body):
        groups = re.fullmatch(r"(\d{1,3}(?:[\s'’]\d{3})+)([.,]\d+)?", body)
        return _finite(_SPACES.sub("", groups[1]) + (groups[2] or "").replace(",", ".")) if groups else None
    for mark, group in ((".", ","), (",", ".")):
        if re.fullmatch(rf"\d{{1,3}}(?:\{group}\d{{3}})+\{mark}\d+", body):
            return _finite(body.replace(group, "").replace(mark, "."))
        if re.fullmatch(rf"\d{{1,3}}(?:\{group}\d{{3}}){{2,}}", body):
            return _finite(body.replace(group, ""))
    match = re.fullmatch(r"(\d*)([.,])(\d+)", body)
    if match is None:
        return None
    whole, mark, rest = match.groups()
    if len(rest) != 3 or len(whole) > 3 or whole in ("", "0"):
        return _finite(f"{whole or 0}.{rest}")
    if decimal is not None:
        return _finite(f"{whole}.{rest}" if mark == decimal else whole + rest)
    # No currency in use writes three decimals beside its sign: £1,200 and 1.200 € are thousands.
    return _finite(whole + rest) if marked else "two ways"


def _finite(text: str) -> float | None:
    if len(text) > 40:
        return None
    value = float(text)
    return value if abs(value) < 1e300 else None
