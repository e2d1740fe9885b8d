"""What goes wrong on the way: before a request is carried out, after it, or with its reply."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

QUOTA = (
    "Quota exceeded for quota metric '{} requests' and limit '{} requests per minute per user' of service "
    "'sheets.googleapis.com' for consumer 'project_number:1234567890'."
)
_TEXTS = {
    500: ("INTERNAL", "Internal error encountered."),
    502: ("UNAVAILABLE", "Bad gateway."),
    503: ("UNAVAILABLE", "The service is currently unavailable."),
    504: ("DEADLINE_EXCEEDED", "Deadline expired before operation could complete."),
    401: (
        "UNAUTHENTICATED",
        "Request had invalid authentication credentials. Expected OAuth 2 access token, login cookie or other valid "
        "authentication credential.",
    ),
}
# Kinds that leave a request undone, and kinds after it was carried out.
BEFORE = ("429", "429_after", "500", "502", "503", "504", "401", "drop")
AFTER = ("after_503", "after_500", "after_drop", "after_truncated", "after_gzip", "after_html", "after_empty")
# Replies that are JSON and yet wrong.
LIES = ("after_surrogate", "after_huge", "after_missing", "after_extra")
HANGS = ("hang", "after_hang")


@dataclass
class Faults:
    """A plan: which kind of fault meets which request, counted from 1 over all requests of the API; `when` is asked
    about a request (a Seen) that the plan says nothing of, `always` meets all others. `seconds` is how long a request
    hangs; `before` and `after` are what else happens then."""

    plan: dict[int, str] = field(default_factory=dict)
    always: str = ""
    when: Callable[[Any], str] | None = None
    seconds: float = 0.3
    before: dict[int, Callable[[], Any]] = field(default_factory=dict)
    after: dict[int, Callable[[], Any]] = field(default_factory=dict)

    def kind(self, number: int, seen: Any = None) -> str:
        """The fault that meets a request, "" for none."""
        if number in self.plan:
            return self.plan[number]
        return (self.when(seen) if self.when and seen else "") or self.always


def refusal(kind: str, writing: bool) -> tuple[int, dict[str, str], bytes]:
    """The reply of a fault that is one: status, headers, body."""
    if kind.startswith("429"):
        name = "Write" if writing else "Read"
        error = {"code": 429, "message": QUOTA.format(name, name), "status": "RESOURCE_EXHAUSTED"}
        return 429, {"Retry-After": "2"} if kind == "429_after" else {}, json.dumps({"error": error}).encode()
    status = int(kind.removeprefix("after_"))
    code, text = _TEXTS[status]
    error = {"code": status, "message": text, "status": code}
    return status, {}, json.dumps({"error": error}).encode()


def garbled(kind: str, body: bytes) -> tuple[dict[str, str], bytes]:
    """A reply that went bad on its way."""
    if kind == "after_truncated":
        return {}, body[: len(body) // 2]
    if kind == "after_gzip":
        return {"Content-Encoding": "gzip"}, b"\x1f\x8b" + gzip.compress(b"{}")[2:8] + b"junk"
    if kind == "after_html":
        return {"Content-Type": "text/html"}, b"<html><body>Sign in to the hotel's network</body></html>"
    if kind in LIES:
        return {}, _lying(kind, body)
    return {}, b""


def _lying(kind: str, body: bytes) -> bytes:
    """A reply in which something is not as it was promised."""
    reply = json.loads(body)
    if kind == "after_surrogate":
        reply["spreadsheetId"] = "\ud800"
    elif kind == "after_huge":
        reply = _each_number(reply, 10**400)
    elif kind == "after_missing":
        reply = {name: value for name, value in reply.items() if name in ("spreadsheetId", "replies")}
    else:
        reply = _with_more(reply)
    return json.dumps(reply).encode()


def _each_number(value: Any, number: int) -> Any:
    if isinstance(value, dict):
        return {name: _each_number(inner, number) for name, inner in value.items()}
    if isinstance(value, list):
        return [_each_number(inner, number) for inner in value]
    return number if isinstance(value, int | float) and not isinstance(value, bool) else value


def _with_more(value: Any) -> Any:
    """Everywhere a field that came with a later version of the API."""
    if isinstance(value, dict):
        return {name: _with_more(inner) for name, inner in value.items()} | {"lately": {"added": [1, None, ""]}}
    return [_with_more(inner) for inner in value] if isinstance(value, list) else value
