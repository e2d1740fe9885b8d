"""Requests to Google over a real line: what is tried again, what is not, and what people are told."""

from __future__ import annotations

import gzip
import json
import socket
import time
from collections.abc import Iterator
from typing import Any

import pytest
from google.oauth2.credentials import Credentials

from sheets_sync.errors import NoPermission, Refused, SheetsSyncError, TryAgain
from sheets_sync.workbooks.google.api import Api
from sheets_sync.workbooks.google.messages import AlreadyThere
from sheets_sync.workbooks.google.reply import decoded, understood
from tests.answers import ID, Answer, Clock, Server, serving

BUSY = Answer(
    {"error": {"code": 503, "message": "The service is currently unavailable.", "status": "UNAVAILABLE"}}, 503
)
QUOTA_TEXT = (
    "Quota exceeded for quota metric 'Read requests' and limit 'Read requests per minute per user' of service "
    "'sheets.googleapis.com' for consumer 'project_number:1'."
)
QUOTA = {"error": {"code": 429, "message": QUOTA_TEXT, "status": "RESOURCE_EXHAUSTED"}}


@pytest.fixture
def server() -> Iterator[Server]:
    with serving() as running:
        yield running


@pytest.fixture
def clock() -> Clock:
    return Clock()


def api(server: Server, clock: Clock, **more: Any) -> Api:
    how: dict[str, Any] = {"ticks": clock.ticks, "pause": clock.pause, "chance": lambda: 1.0}
    return Api(Credentials(token="t"), endpoint=server.url, **(how | more))


def refusal(status: int, text: str, state: str = "") -> Answer:
    return Answer({"error": {"code": status, "message": text, "status": state}}, status)


# ── Reading ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_read_asks_once_and_says_who_it_is(server: Server, clock: Clock) -> None:
    server.answer(Answer({"sheets": [{"properties": {"title": "Clients"}}]}))
    asked = api(server, clock)
    assert asked.get(ID, {"includeGridData": True, "fields": "sheets.properties"})
    (seen,) = server.seen
    assert (seen.method, seen.path) == ("GET", f"/v4/spreadsheets/{ID}")
    assert seen.query == {"prettyPrint": ["false"], "includeGridData": ["true"], "fields": ["sheets.properties"]}
    assert seen.headers["authorization"] == "Bearer t"
    assert "gzip" in seen.headers["user-agent"]
    assert (asked.reads, asked.writes, asked.tabs) == (1, 0, ("Clients",))


@pytest.mark.parametrize("chunked", [True, False])
def test_a_packed_reply_is_unpacked(chunked: bool, server: Server, clock: Clock) -> None:
    reply = {"sheets": ["é" * 200_000, "b"]}
    server.answer(
        Answer(gzip.compress(json.dumps(reply).encode()), headers={"Content-Encoding": "gzip"}, chunked=chunked)
    )
    assert api(server, clock).get(ID, {}) == reply


def test_values_of_several_ranges_are_one_request(server: Server, clock: Clock) -> None:
    api(server, clock).values(ID, ["'A'!A1:B2", "'B, C'!A:A"], {"valueRenderOption": "UNFORMATTED_VALUE"})
    (seen,) = server.seen
    assert seen.path == f"/v4/spreadsheets/{ID}/values:batchGet"
    assert seen.query["ranges"] == ["'A'!A1:B2", "'B, C'!A:A"]


GARBAGE = {
    "login page": Answer(b"<html>Please sign in</html>", headers={"Content-Type": "text/html"}),
    "a list": Answer([1, 2]),
    "nothing": Answer(b""),
    "half of it": Answer({"sheets": ["x" * 1000]}, cut=400),
    "a piece of it": Answer({"sheets": ["x" * 1000]}, cut=400, chunked=True),
    "no gzip": Answer(b"this is not gzip", headers={"Content-Encoding": "gzip"}),
    "half of the gzip": Answer(gzip.compress(b'{"a": "' + b"b" * 999)[:-9], headers={"Content-Encoding": "gzip"}),
    "a huge number": Answer(b'{"a": ' + b"9" * 5000 + b"}"),
    "an infinite number": Answer(b'{"a": 1e999}'),
    "not a number": Answer(b'{"a": NaN}'),
    "too deep": Answer(b'{"a":' + b"[" * 200_000),
    "not UTF-8": Answer(b'{"a": "\xff\xfe"}'),
    "a redirection": Answer(b"", 302, {"Location": "http://127.0.0.1:9/login"}),
    "500": Answer(b"oops", 500),
    "502": Answer(b"<html>Bad gateway</html>", 502),
    "503": BUSY,
    "504": Answer(b"", 504),
    "408": Answer(b"", 408),
    "429": Answer(QUOTA, 429),
    "403 for the rate": refusal(403, "Rate Limit Exceeded", "PERMISSION_DENIED"),
    "a dropped line": Answer(drop=True),
}  # fmt: skip


@pytest.mark.parametrize("first", GARBAGE.values(), ids=GARBAGE)
def test_a_read_is_tried_again_after(first: Answer, server: Server, clock: Clock) -> None:
    server.answer(first, first, Answer({"good": 1}))
    asked = api(server, clock)
    assert asked.get(ID, {}) == {"good": 1}
    assert asked.reads == len(server.seen) == 3
    assert clock.waited == [1, 2]


@pytest.mark.parametrize("always", GARBAGE.values(), ids=GARBAGE)
def test_what_never_gets_better_ends_with_the_deadline(always: Answer, server: Server, clock: Clock) -> None:
    server.answer(*[always] * 50)
    with pytest.raises(TryAgain) as told:
        api(server, clock).get(ID, {})
    assert clock.now <= 600
    assert "Try again in" in str(told.value)
    assert len(str(told.value)) < 600


def test_a_line_that_hangs_ends_with_the_deadline(server: Server) -> None:
    server.answer(Answer(hang=True))
    started = time.monotonic()
    with pytest.raises(TryAgain, match="did not answer in time"):
        Api(Credentials(token="t"), endpoint=server.url, seconds=0.4).get(ID, {})
    assert time.monotonic() - started < 1.5


def test_a_line_that_trickles_ends_with_the_deadline(server: Server) -> None:
    server.answer(Answer({"a": "b" * 3000}, trickle=0.02))
    started = time.monotonic()
    with pytest.raises(TryAgain, match="broke off"):
        Api(Credentials(token="t"), endpoint=server.url, seconds=0.4).get(ID, {})
    assert time.monotonic() - started < 1.5


def test_without_any_connection_it_gives_up_early(clock: Clock) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    asked = Api(Credentials(token="t"), endpoint=f"http://127.0.0.1:{port}", ticks=clock.ticks, pause=clock.pause)
    with pytest.raises(TryAgain, match=r"cannot be reached\. Is this machine online"):
        asked.get(ID, {})
    assert clock.now < 60


def test_a_reply_beyond_the_cap_is_left(server: Server, clock: Clock) -> None:
    long = Answer({"a": "b" * 2_000_000})
    server.answer(long, long)
    asked = api(server, clock)
    assert asked.get(ID, {}, at_most=100_000) is None
    assert asked.get(ID, {}, at_most=3_000_000) is not None
    assert asked.reads == 2


@pytest.mark.parametrize(
    ("headers", "waited"),
    [
        ({"Retry-After": "30"}, 31),
        ({"Retry-After": "Sat, 28 Nov 2026 09:00:40 GMT", "Date": "Sat, 28 Nov 2026 09:00:00 GMT"}, 41),
        ({"Retry-After": "Sat, 28 Nov 2020 09:00:40 GMT"}, 1),
        ({"Retry-After": "soon"}, 1),
        ({"Retry-After": "-5"}, 1),
    ],
)  # fmt: skip
def test_google_is_given_the_time_it_asks_for(
    headers: dict[str, str], waited: int, server: Server, clock: Clock
) -> None:
    server.answer(Answer(QUOTA, 429, headers), Answer())
    api(server, clock).get(ID, {})
    assert clock.waited == [waited]


def test_when_google_asks_for_more_time_than_there_is_it_says_when(server: Server, clock: Clock) -> None:
    server.answer(Answer(QUOTA, 429, {"Retry-After": "3600"}))
    with pytest.raises(TryAgain, match=r"quota metric|Read requests.*Try again in 60 minutes"):
        api(server, clock).get(ID, {})
    assert clock.waited == []


def test_waiting_is_random_below_a_growing_limit(server: Server, clock: Clock) -> None:
    server.answer(*[BUSY] * 9)
    chances = iter([0.5, 0.0, 1.0, 0.25, 1.0, 1.0, 1.0, 1.0, 1.0])
    api(server, clock, chance=lambda: next(chances)).get(ID, {})
    assert clock.waited == [0.5, 0.0, 4, 2, 16, 32, 64, 64, 64]


# ── Writing ──────────────────────────────────────────────────────────────────────────────────────────────────────────

SAFE = ("429", "403 for the rate")
UNKNOWN = [name for name in GARBAGE if name not in SAFE]


@pytest.mark.parametrize("name", UNKNOWN)
@pytest.mark.parametrize("applied", [True, False])
def test_a_write_whose_outcome_is_unknown_is_looked_for_first(
    name: str, applied: bool, server: Server, clock: Clock
) -> None:
    looked: list[int] = []

    def look() -> bool:
        looked.append(len(server.seen))
        return applied

    server.answer(GARBAGE[name], Answer({"replies": []}))
    asked = api(server, clock)
    reply = asked.batch_update(ID, {"requests": []}, look)
    assert looked == [1]
    assert reply == (None if applied else {"replies": []})
    assert asked.writes == len(server.seen) == (1 if applied else 2)


@pytest.mark.parametrize("name", SAFE)
def test_a_write_that_was_held_off_is_sent_again(name: str, server: Server, clock: Clock) -> None:
    server.answer(GARBAGE[name], Answer({"replies": []}))
    assert api(server, clock).batch_update(ID, {"requests": []}, never) == {"replies": []}
    assert len(server.seen) == 2


def test_a_write_that_was_applied_unseen_and_sent_again_is_recognised(server: Server, clock: Clock) -> None:
    """The look may come too early: Google carried the write out afterwards, and the second one finds it there."""
    server.answer(BUSY, refusal(400, "Invalid requests[0].addSheet: A sheet with the id 5 already exists."))
    looks = iter([False, True])
    assert api(server, clock).batch_update(ID, {"requests": []}, lambda: next(looks)) is None


def test_another_run_that_was_first_is_told(server: Server, clock: Clock) -> None:
    server.answer(refusal(400, "Invalid requests[0].createDeveloperMetadata: metadata with id 5 already exists."))
    with pytest.raises(AlreadyThere, match=r"Another run or a person.*run again"):
        api(server, clock).batch_update(ID, {"requests": []}, never)


def test_an_outcome_that_cannot_be_found_out_is_said(server: Server, clock: Clock) -> None:
    server.answer(BUSY)

    def look() -> bool:
        raise TryAgain("Google could not answer.")

    with pytest.raises(TryAgain, match=r"could not be found out\. Run again"):
        api(server, clock).batch_update(ID, {"requests": []}, look)


def test_a_write_that_always_fails_ends_with_the_deadline(server: Server, clock: Clock) -> None:
    """Looking for the write has time of its own, but does not give the write more."""
    server.answer(*[BUSY] * 99)
    with pytest.raises(TryAgain, match="Nothing was there when last looked"):
        api(server, clock).batch_update(ID, {"requests": []}, lambda: False)
    assert clock.now <= 600


def test_after_the_write_the_deadline_no_longer_counts(server: Server, clock: Clock) -> None:
    asked = api(server, clock)
    clock.now = 599.9
    asked.batch_update(ID, {"requests": []}, never)
    clock.now = 700
    assert asked.get(ID, {}) == {}
    clock.now = 1400
    with pytest.raises(TryAgain, match="time for this run is over"):
        asked.get(ID, {})


def test_what_is_looked_for_at_the_deadline_gets_time(server: Server) -> None:
    server.answer(Answer(hang=True), Answer({"found": True}))
    asked = Api(Credentials(token="t"), endpoint=server.url, seconds=0.5)

    def look() -> bool:
        return bool((asked.get(ID, {}) or {})["found"])

    assert asked.batch_update(ID, {"requests": []}, look) is None


def test_text_that_no_file_can_hold_is_sent_as_text(server: Server, clock: Clock) -> None:
    asked = api(server, clock)
    asked.batch_update(ID, {"requests": [{"text": "a\ud800b é"}]}, never)
    (seen,) = server.seen
    assert seen.json == {"requests": [{"text": "a?b é"}]}
    assert seen.headers["content-type"] == "application/json"
    assert asked.bytes == len(seen.body)


def test_a_new_spreadsheet_is_not_made_twice(server: Server, clock: Clock) -> None:
    server.answer(Answer(QUOTA, 429), Answer({"spreadsheetId": ID}), BUSY)
    asked = api(server, clock)
    assert asked.create({"properties": {"title": "T"}}) == {"spreadsheetId": ID}
    with pytest.raises(TryAgain, match="look into your Google Drive"):
        asked.create({"properties": {"title": "T"}})
    assert len(server.seen) == 3


def never() -> bool:
    raise AssertionError("there was nothing to look for")


# ── Refusals and replies ─────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (refusal(403, "The caller does not have permission", "PERMISSION_DENIED"), NoPermission),
        (refusal(404, "Requested entity was not found.", "NOT_FOUND"), Refused),
        (refusal(400, "This operation is not supported for this document", "FAILED_PRECONDITION"), Refused),
        (refusal(418, "\x1b[2Jhello\x00" + "x" * 5000), Refused),
        (Answer(b"<html>blocked by your company</html>", 403), NoPermission),
        (Answer({"error": "weird"}, 400), Refused),
        (Answer({"error": {"message": 5, "code": "x"}}, 400), Refused),
        (Answer([], 400), Refused),
    ],
)
def test_a_refusal_is_not_tried_again(
    answer: Answer, kind: type[SheetsSyncError], server: Server, clock: Clock
) -> None:
    server.answer(answer)
    with pytest.raises(kind) as told:
        api(server, clock).batch_update(ID, {}, never)
    assert len(server.seen) == 1
    assert str(told.value).isprintable()
    assert len(str(told.value)) < 700


def test_halves_of_letters_and_large_numbers_do_no_harm_later() -> None:
    reply = decoded(
        rb'{"a\ud800": ["b\uDFFFc", "\ud83d\ude00", "\\ud800"], "n": 123456789012345678901234567890, "m": -7}'
    )
    assert reply == {"a�": ["b�c", "😀", "\\ud800"], "n": 1.2345678901234568e29, "m": -7}
    json.dumps(reply, ensure_ascii=False).encode("utf-8")


def test_a_reply_that_lacks_something_is_told() -> None:
    for reply in ({}, {"sheets": 5}, {"sheets": [None]}, {"sheets": [{"properties": {"sheetId": "x"}}]}):
        with pytest.raises(TryAgain, match="lacks something"), understood():
            int(reply["sheets"][0]["properties"]["sheetId"])


def test_a_netrc_file_does_not_replace_the_token(
    server: Server, clock: Clock, tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / ".netrc").write_text("default login someone password else\n")
    monkeypatch.setenv("NETRC", str(tmp_path / ".netrc"))
    asked = api(server, clock)
    asked._client.session.trust_env = True
    asked.get(ID, {})
    assert server.seen[0].headers["authorization"] == "Bearer t"
