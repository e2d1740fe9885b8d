"""What goes wrong between a program and the emulator, who gets in, and what people do meanwhile. Over real HTTP."""

from __future__ import annotations

import http.client
import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests
from google.auth.exceptions import RefreshError
from google.auth.transport.requests import Request
from google.oauth2 import service_account

from tests.sheets_emulator import Emulator, Person, Server
from tests.sheets_emulator.faults import AFTER, BEFORE, HANGS, LIES

Json = dict[str, Any]
SCOPE = "https://www.googleapis.com/auth/spreadsheets"
NEW = {"requests": [{"addSheet": {"properties": {"title": "New"}}}]}


@pytest.fixture
def emulator() -> Iterator[Emulator]:
    with Server(Emulator()) as emulator:
        emulator.faults.seconds = 0.01
        yield emulator


@pytest.fixture
def id(emulator: Emulator) -> str:
    return emulator.add("Tracker", {"Clients": [["Client", "Fee"], ["Cy", 3], ["Ada", 10], ["Bob", 2]]})


def ask(emulator: Emulator, method: str, path: str, body: Any = None, token: str = "t") -> requests.Response:
    head = {"Authorization": f"Bearer {token}"} if token else {}
    return requests.request(method, emulator.url + path, json=body, headers=head, timeout=5)


def write(emulator: Emulator, id: str, token: str = "t") -> requests.Response:
    return ask(emulator, "POST", f"/v4/spreadsheets/{id}:batchUpdate", NEW, token)


def tabs(emulator: Emulator, id: str) -> list[str]:
    return [sheet.title for sheet in emulator.books[id].sheets]


# ── Faults ───────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("kind", [*BEFORE, *AFTER, *HANGS, *LIES])
def test_a_fault_strikes_before_or_after_the_work_as_its_name_says(emulator: Emulator, id: str, kind: str) -> None:
    emulator.faults.plan = {2: kind}
    assert ask(emulator, "GET", f"/v4/spreadsheets/{id}").ok
    fails = (requests.ConnectionError, requests.exceptions.ContentDecodingError)
    try:
        reply: requests.Response | None = write(emulator, id)
    except fails:
        reply = None
    assert tabs(emulator, id) == (["Clients", "New"] if kind.startswith("after") else ["Clients"])
    if kind[:3].isdigit():
        assert reply is not None
        assert reply.status_code == int(kind[:3]) == reply.json()["error"]["code"]
    elif kind.endswith(("drop", "hang", "gzip")):
        assert reply is None
    assert (reply.headers.get("Retry-After") if reply is not None else None) == ("2" if kind == "429_after" else None)
    assert write(emulator, id).status_code == (400 if kind.startswith("after") else 200)
    assert [seen.method for seen in emulator.log] == ["GET", "POST", "POST"]
    assert (emulator.reads, emulator.writes) == (1, 2)


def test_the_quota_says_which_one(emulator: Emulator, id: str) -> None:
    emulator.faults.always = "429"
    said = [ask(emulator, "GET", f"/v4/spreadsheets/{id}"), write(emulator, id)]
    texts = [reply.json()["error"]["message"] for reply in said]
    assert texts[0].startswith(
        "Quota exceeded for quota metric 'Read requests' and limit 'Read requests per minute per"
    )
    assert texts[1].startswith("Quota exceeded for quota metric 'Write requests'")


def test_a_fault_may_ask_for_what_it_meets(emulator: Emulator, id: str) -> None:
    emulator.faults.when = lambda seen: "503" if seen.writes else ""
    assert [ask(emulator, "GET", f"/v4/spreadsheets/{id}").status_code, write(emulator, id).status_code] == [200, 503]


def test_garbage_is_no_json_or_lies(emulator: Emulator, id: str) -> None:
    def body(kind: str) -> bytes:
        emulator.faults.plan = {len(emulator.log) + 1: kind}
        return ask(emulator, "GET", f"/v4/spreadsheets/{id}").content

    for kind in ("after_truncated", "after_html", "after_empty"):
        with pytest.raises(ValueError, match=r"line 1|Expecting|Unterminated"):
            json.loads(body(kind))
    assert json.loads(body("after_surrogate"))["spreadsheetId"] == "\ud800"
    assert b"0" * 400 in body("after_huge")
    assert set(json.loads(body("after_missing"))) == {"spreadsheetId"}
    assert json.loads(body("after_extra"))["sheets"][0]["properties"]["lately"]


def test_json_that_is_none_is_refused_and_the_connection_lives_on(emulator: Emulator, id: str) -> None:
    line = http.client.HTTPConnection(urlsplit(emulator.url).netloc, timeout=5)
    for _ in range(2):
        line.request("POST", f"/v4/spreadsheets/{id}:batchUpdate", b"{", {"Authorization": "Bearer t"})
        reply = line.getresponse()
        assert (reply.status, json.loads(reply.read())["error"]["status"]) == (400, "INVALID_ARGUMENT")
    line.close()


# ── Who gets in ──────────────────────────────────────────────────────────────────────────────────────────────────────


def told(reply: requests.Response) -> tuple[int, str]:
    return reply.status_code, reply.json()["error"]["message"]


def test_roles_scopes_and_states(emulator: Emulator, id: str) -> None:
    get = f"/v4/spreadsheets/{id}"
    assert told(ask(emulator, "GET", get, token=""))[0] == 401
    assert told(ask(emulator, "GET", "/v4/spreadsheets/1x")) == (404, "Requested entity was not found.")
    emulator.share(id, **{"someone@example.com": "reader"})
    assert ask(emulator, "GET", get).ok
    assert told(write(emulator, id)) == (403, "The caller does not have permission")
    emulator.share(id, **{"other@example.com": "owner"})
    assert told(ask(emulator, "GET", get)) == (403, "The caller does not have permission")
    emulator.share(id)
    emulator.books[id].office_file = True
    assert told(ask(emulator, "GET", get)) == (400, "This operation is not supported for this document")
    emulator.enabled = False
    assert "has not been used in project" in told(ask(emulator, "GET", get))[1]


def test_a_service_account_signs_its_way_in(emulator: Emulator, id: str, tmp_path: Path) -> None:
    key = emulator.service_account_file(tmp_path / "key.json")
    made = service_account.Credentials.from_service_account_file  # type: ignore[no-untyped-call]
    reading, writing = (made(str(key), scopes=[scope]) for scope in (f"{SCOPE}.readonly", SCOPE))
    for credentials in (reading, writing):
        credentials.refresh(Request())
    assert ask(emulator, "GET", f"/v4/spreadsheets/{id}", token=reading.token).ok
    assert told(write(emulator, id, reading.token)) == (403, "Request had insufficient authentication scopes.")
    assert write(emulator, id, writing.token).ok
    assert told(write(emulator, id, "made up"))[0] == 401
    emulator.accounts.expire()
    assert told(write(emulator, id, writing.token))[0] == 401
    other = json.loads(emulator.service_account_file(tmp_path / "other.json", "b@example.com").read_text())
    forged = json.loads(key.read_text()) | {"private_key": other["private_key"]}
    with pytest.raises(RefreshError, match=r"invalid_grant: Invalid JWT Signature\."):
        service_account.Credentials.from_service_account_info(forged, scopes=[SCOPE]).refresh(Request())  # type: ignore[no-untyped-call]


def test_a_person_logs_in_until_the_grant_is_gone(emulator: Emulator, id: str) -> None:
    refresh = emulator.accounts.login("ada@example.com")

    def token() -> requests.Response:
        form = {"grant_type": "refresh_token", "refresh_token": refresh}
        return requests.post(f"{emulator.url}/token", data=form, timeout=5)

    emulator.share(id, **{"ada@example.com": "writer"})
    assert write(emulator, id, token().json()["access_token"]).ok
    emulator.accounts.revoked = True
    assert (token().status_code, token().json()["error"]) == (400, "invalid_grant")


def test_who_creates_a_spreadsheet_owns_it(emulator: Emulator) -> None:
    body = {"properties": {"title": "Fresh", "locale": "de_DE", "timeZone": "Europe/Berlin"},
            "sheets": [{"properties": {"title": "A", "gridProperties": {"frozenRowCount": 1}}}, {}]}  # fmt: skip
    made = ask(emulator, "POST", "/v4/spreadsheets", body).json()
    book = emulator.books[made["spreadsheetId"]]
    assert (book.locale, book.zone, book.roles) == ("de_DE", "Europe/Berlin", {"someone@example.com": "owner"})
    assert [tab["properties"]["title"] for tab in made["sheets"]] == ["A", "Sheet2"]
    assert made["sheets"][0]["properties"]["gridProperties"] == {
        "rowCount": 1000,
        "columnCount": 26,
        "frozenRowCount": 1,
    }
    assert ask(emulator, "POST", "/v4/spreadsheets", {"title": "x"}).status_code == 400


# ── People ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_people_work_before_and_after_a_request(emulator: Emulator, id: str) -> None:
    person = Person(emulator, id)
    emulator.before(1, lambda: person.type("Clients", 2, 2, 99))
    emulator.after(1, lambda: person.sort("Clients", 1))
    values = f"/v4/spreadsheets/{id}/values/Clients!A2:B9"
    first, second = (ask(emulator, "GET", values).json()["values"] for _ in range(2))
    assert first == [["Cy", "99"], ["Ada", "10"], ["Bob", "2"]]
    assert second == [["Ada", "10"], ["Bob", "2"], ["Cy", "99"]]


def test_what_a_person_can_do(emulator: Emulator, id: str) -> None:
    person = Person(emulator, id)
    person.insert_rows("Clients", 2, 2)
    person.type("Clients", 2, 1, date(2026, 3, 1))
    person.insert_columns("Clients", 1)
    person.move_columns("Clients", 2, 1, before=4)
    person.move_rows("Clients", 2, 1, before=8)
    person.delete_rows("Clients", 2)
    person.rename_header("Clients", "Fee", "Monthly fee")
    assert emulator.rows(id, "Clients") == [
        ["", "Monthly fee", "Client"], ["", 3, "Cy"], ["", 10, "Ada"], ["", 2, "Bob"], [], ["", "", 46082]]  # fmt: skip
    person.colour("Clients", 2, 2)
    person.filter("Clients", 4, 3)
    person.duplicate_tab("Clients", "Copy")
    person.delete_columns("Clients", 1)
    person.rename_tab("Clients", "Ours")
    assert emulator.sheet(id, "Ours").rules[0]["ranges"][0]["startColumnIndex"] == 0
    assert emulator.sheet(id, "Copy").rules[0]["ranges"][0]["startColumnIndex"] == 1
    person.delete_tab("Ours")
    assert tabs(emulator, id) == ["Copy"]
