"""The body of a reply: read within limits, and made of values that cannot break anything later."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import requests

from sheets_sync.errors import TryAgain

_CHUNK = 1 << 16
_SURROGATE = re.compile(rb"\\u[dD][89a-fA-F]")
_LARGEST_INT = 1 << 63


def body_of(response: requests.Response, at_most: int | None, check: Callable[[], None]) -> bytes | None:
    """The unpacked body; None as soon as it exceeds `at_most` bytes, and then the connection is closed. `check` is
    asked after every piece that arrives, and may raise. Raises urllib3's errors for what breaks off or unpacks badly.
    """
    pieces: list[bytes] = []
    size = 0
    # read1, because a larger read would wait for a full buffer, however slowly it fills.
    while piece := response.raw.read1(_CHUNK, decode_content=True):
        pieces.append(piece)
        size += len(piece)
        if at_most is not None and size > at_most:
            response.close()
            return None
        check()
    return b"".join(pieces)


def decoded(body: bytes) -> dict[str, Any]:
    """The JSON object in a body. Halves of surrogate pairs become U+FFFD, whole numbers beyond 64 bits floats. Raises
    ValueError for anything that is no JSON object, or holds a number that no cell can hold."""
    try:
        value = json.loads(body.decode("utf-8"), parse_int=_whole, parse_float=_finite, parse_constant=_refused)
        if _SURROGATE.search(body):
            value = _clean(value)
    except RecursionError:
        raise ValueError("nested too deeply") from None
    if not isinstance(value, dict):
        raise ValueError("not an object")
    return value


def token_reply(body: bytes) -> bool:
    """Whether a reply of a token server can be used: an object, and what google-auth takes from it of its kind."""
    try:
        value = decoded(body)
        int(value.get("expires_in", 0))
    except (ValueError, TypeError):
        return False
    token = value.get("access_token", "")
    return isinstance(token, str) and re.fullmatch(r"[!-~]*", token) is not None


def _whole(text: str) -> int | float:
    if len(text) > 400:
        raise ValueError("a number is too large")
    value = int(text)
    return value if abs(value) < _LARGEST_INT else _finite(text)


def _finite(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        raise ValueError("a number is too large")
    return value


def _refused(text: str) -> Any:
    raise ValueError(f"{text} is not JSON")


def _clean(value: Any) -> Any:
    if isinstance(value, str):
        return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    if isinstance(value, list):
        return [_clean(item) for item in value]
    if isinstance(value, dict):
        return {_clean(key): _clean(item) for key, item in value.items()}
    return value


@contextmanager
def understood() -> Iterator[None]:
    """While a reply is taken apart: whatever is missing or of another kind than documented means that the reply cannot
    be used, which another try may mend. Raises TryAgain instead of what it was."""
    try:
        yield
    except (KeyError, IndexError, TypeError, ValueError, AttributeError, OverflowError) as error:
        raise TryAgain(
            "Google's answer lacks something that it always has, so the spreadsheet could not be read. Try again "
            f"later; if it stays so, tell us ({type(error).__name__})."
        ) from error
