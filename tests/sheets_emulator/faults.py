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
HANGS = ("hang", "after_hang")


@dataclass
class Faults:
    """A plan: which kind of fault meets which request, counted from 1 over all requests of the API."""

    plan: dict[int, str] = field(default_factory=dict)
    always: str = ""
    seconds: float = 0.3
    before: dict[int, Callable[[], Any]] = field(default_factory=dict)
    after: dict[int, Callable[[], Any]] = field(default_factory=dict)

    def kind(self, number: int) -> str:
        return self.plan.get(number, self.always)


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
    return {}, b""
