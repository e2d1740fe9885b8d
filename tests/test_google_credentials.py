"""Who asks Google: every way of getting in, with real signed requests for tokens, and what never may be shown."""

from __future__ import annotations

import base64
import json
import os
import traceback
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import pytest

from sheets_sync.errors import NoPermission, SheetsSyncError, TryAgain, UsageError
from sheets_sync.workbooks.access import SCOPE, Access, checked_endpoint
from sheets_sync.workbooks.google import credentials
from sheets_sync.workbooks.google.api import Api
from sheets_sync.workbooks.google.credentials import identity
from tests.answers import ID, Answer, Clock, Server, key_file, private_key, serving

CANARY = "canary-7f3a9c"


@pytest.fixture
def server() -> Iterator[Server]:
    with serving() as running:
        yield running


@pytest.fixture(autouse=True)
def _bare_machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No login of whoever runs the tests, and no look for Google's own machines."""
    monkeypatch.setenv("NO_GCE_CHECK", "true")
    monkeypatch.setenv("CLOUDSDK_CONFIG", str(tmp_path / "gcloud"))
    monkeypatch.delenv("GOOGLE_APPLICATION_CREDENTIALS", raising=False)


def opened(server: Server, file: Path | None, login: Path | None = None, **more: Any) -> Api:
    access = Access(str(file or ""), login, server.url, **more)
    clock = Clock()
    return Api(identity(access).credentials, endpoint=server.url, ticks=clock.ticks, pause=clock.pause)


def write(path: Path, value: Any, mode: int = 0o600) -> Path:
    path.write_text(value if isinstance(value, str) else json.dumps(value), encoding="utf-8")
    path.chmod(mode)
    return path


def login_file(path: Path, server: Server, **more: Any) -> Path:
    info = {"type": "authorized_user", "refresh_token": CANARY, "client_id": "c", "client_secret": CANARY}
    return write(path, info | {"token_uri": f"{server.url}/token", "scopes": [SCOPE]} | more)


# ── A service account ────────────────────────────────────────────────────────────────────────────────────────────────


def claims(server: Server, n: int = 0) -> dict[str, Any]:
    """What a signed request for a token claims, its signature checked."""
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import padding

    head, body, signature = parse_qs(server.tokens[n].body.decode())["assertion"][0].split(".")
    key: Any = serialization.load_pem_private_key(private_key().encode(), None)
    key.public_key().verify(unpacked(signature), f"{head}.{body}".encode(), padding.PKCS1v15(), hashes.SHA256())
    value: dict[str, Any] = json.loads(unpacked(body))
    return value


def unpacked(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


@pytest.mark.parametrize(("read_only", "scope"), [(False, SCOPE), (True, f"{SCOPE}.readonly")])
def test_a_key_signs_for_a_token_of_the_least_scope(
    read_only: bool, scope: str, server: Server, tmp_path: Path
) -> None:
    api = opened(server, key_file(tmp_path, f"{server.url}/token"), read_only=read_only)
    api.get(ID, {})
    api.get(ID, {})
    assert claims(server)["scope"] == scope
    assert claims(server)["iss"] == api.email == "robot@a-project.iam.gserviceaccount.com"
    assert [seen.headers["authorization"] for seen in server.seen] == ["Bearer token-1"] * 2
    assert len(server.tokens) == 1


def test_an_expired_token_is_renewed_once(server: Server, tmp_path: Path) -> None:
    api = opened(server, key_file(tmp_path, f"{server.url}/token"))
    server.answer(Answer(status=401), Answer({"good": 1}))
    assert api.batch_update(ID, {"requests": []}, lambda: False) == {"good": 1}
    assert [seen.headers["authorization"] for seen in server.seen] == ["Bearer token-1", "Bearer token-2"]
    server.answer(Answer(status=401), Answer(status=401))
    with pytest.raises(NoPermission, match="not even a new one"):
        api.batch_update(ID, {"requests": []}, lambda: False)
    assert len(server.tokens) == 3


def test_a_deleted_key_is_told(server: Server, tmp_path: Path) -> None:
    refused = {"error": "invalid_grant", "error_description": "Invalid JWT Signature."}
    server.token_script.append(Answer(refused, 400))
    with pytest.raises(NoPermission, match=r"robot@a-project.*new key"):
        opened(server, key_file(tmp_path, f"{server.url}/token")).get(ID, {})
    assert server.seen == []


def test_a_key_that_dies_while_writing_is_told(server: Server, tmp_path: Path) -> None:
    api = opened(server, key_file(tmp_path, f"{server.url}/token"))
    api.get(ID, {})
    server.token_script.append(Answer({"error": "invalid_grant"}, 400))
    server.answer(Answer(status=401))
    with pytest.raises(NoPermission, match="key was deleted"):
        api.batch_update(ID, {"requests": []}, lambda: False)


@pytest.mark.parametrize(
    "trouble",
    [
        Answer(b"", 503),
        Answer(b"", 429),
        Answer(drop=True),
        Answer(b"<html>sign in</html>"),
        Answer([1]),
        Answer({"access_token": 5}),
        Answer({"access_token": "ü"}),
        Answer({"access_token": "a", "expires_in": "soon"}),
        Answer(b"[]", 400),
    ],
)
def test_trouble_with_tokens_passes(trouble: Answer, server: Server, tmp_path: Path) -> None:
    server.token_script.extend([trouble, trouble])
    assert opened(server, key_file(tmp_path, f"{server.url}/token")).get(ID, {}) == {}
    server.token_script.extend([trouble] * 99)
    with pytest.raises(TryAgain, match=r"[Tt]oken"):
        opened(server, key_file(tmp_path, f"{server.url}/token")).get(ID, {})


# ── Others ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_stored_login_asks_for_what_it_was_given(server: Server, tmp_path: Path) -> None:
    login = login_file(tmp_path / "login.json", server)
    who = identity(Access(str(login), endpoint=server.url, read_only=True))
    assert (who.kind, who.scopes) == (credentials.PERSON, (SCOPE,))
    opened(server, login, read_only=True).get(ID, {})
    asked = parse_qs(server.tokens[0].body.decode())
    assert asked["grant_type"] == ["refresh_token"]
    assert "scope" not in asked
    server.token_script.append(Answer({"error": "invalid_grant", "error_description": "Bad Request"}, 400))
    with pytest.raises(NoPermission, match=r"Testing.*7 days.*service account"):
        opened(server, login).get(ID, {})


def test_the_order_in_which_credentials_are_looked_for(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = key_file(tmp_path, "https://oauth2.googleapis.com/token")
    login = login_file(tmp_path / "login.json", server, token_uri="https://oauth2.googleapis.com/token")
    assert identity(Access(str(key), login)).kind == credentials.ROBOT
    assert identity(Access("", login)).kind == credentials.PERSON
    monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", str(key))
    machine = identity(Access("", tmp_path / "none.json"))
    assert (machine.kind, machine.project) == (credentials.MACHINE, "a-project")
    assert machine.email.startswith("robot@")
    assert identity(Access("", login, server.url)).kind == credentials.NOBODY


def test_a_server_on_this_machine_never_sees_the_login_of_a_person(server: Server, tmp_path: Path) -> None:
    opened(server, None, login_file(tmp_path / "login.json", server)).get(ID, {})
    assert server.tokens == []
    server.answer(Answer(status=401))
    with pytest.raises(NoPermission, match="cannot be renewed"):
        opened(server, None).get(ID, {})


def test_without_any_credentials_there_are_three_ways() -> None:
    with pytest.raises(NoPermission, match="three ways") as told:
        identity(Access())
    assert [line[:2] for line in told.value.details] == ["1.", "2.", "3."]


def test_credentials_of_the_machine_that_cannot_be_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for value in (str(tmp_path / "none.json"), str(write(tmp_path / "odd.json", {"type": CANARY}))):
        monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", value)
        with pytest.raises(NoPermission, match="GOOGLE_APPLICATION_CREDENTIALS") as told:
            identity(Access())
        assert CANARY not in str(told.value)


# ── Files that cannot be used ────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such modes")
@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o644])
def test_a_key_that_others_can_read_is_refused(mode: int, tmp_path: Path) -> None:
    key = key_file(tmp_path, "https://oauth2.googleapis.com/token")
    key.chmod(mode)
    with pytest.raises(NoPermission, match=f"chmod 600 {key}"):
        identity(Access(str(key)))


UNUSABLE: dict[str, tuple[Any, str]] = {
    "not JSON": (f"{{'private_key': '{CANARY}'", "not a JSON file"),
    "a list": ([CANARY], "no JSON object"),
    "a client's secret": ({"installed": {"client_secret": CANARY}}, "auth login --client-secret"),
    "no type": ({"private_key": CANARY}, "neither a service account's key nor"),
    "another type": ({"type": CANARY, "private_key": CANARY}, "neither a service account's key nor"),
    "no e-mail": ({"type": "service_account", "private_key": CANARY, "token_uri": "https://x"}, "missing or damaged"),
    "a damaged key": (
        {"type": "service_account", "private_key": f"-----BEGIN PRIVATE KEY-----\n{CANARY}", "client_email": "a@b",
         "token_uri": "https://x"}, "missing or damaged"),
    "a key of another kind": (
        {"type": "service_account", "private_key": [CANARY], "client_email": 5, "token_uri": "https://x"},
        "missing or damaged"),
    "an unsafe token_uri": ({"type": "service_account", "token_uri": "http://elsewhere.example/t"}, "not safe"),
    "a token_uri of another kind": ({"type": "service_account", "token_uri": [CANARY]}, "not safe"),
    "a key for a local server": ({"type": "service_account", "token_uri": "http://127.0.0.1:9/t"}, "for tests"),
    "the same over https": ({"type": "service_account", "token_uri": "https://localhost:9/t"}, "for tests"),
    "half a login": ({"type": "authorized_user", "refresh_token": CANARY}, "Log in again"),
    "a login of another kind": (
        {"type": "authorized_user", "refresh_token": [CANARY], "client_id": 1, "client_secret": {}}, "Log in again"),
    "an odd workload identity": ({"type": "external_account", "audience": CANARY}, "neither"),
}  # fmt: skip


@pytest.mark.parametrize(("value", "words"), UNUSABLE.values(), ids=UNUSABLE)
def test_a_file_that_is_no_key_is_told_without_showing_it(value: Any, words: str, tmp_path: Path) -> None:
    path = write(tmp_path / "key.json", value)
    with pytest.raises(UsageError, match=words) as told:
        identity(Access(str(path)))
    assert str(path) in str(told.value)
    assert CANARY not in shown(told.value)


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="There is no file of credentials"):
        identity(Access(str(tmp_path / "none.json")))
    with pytest.raises(UsageError, match="are not a file"):
        identity(Access(str(tmp_path)))


def test_no_error_of_the_line_shows_a_secret(server: Server, tmp_path: Path) -> None:
    """Every way in which asking for a token or for data can fail, with secrets in the key, the login and the token."""
    troubles = [
        Answer({"error": "invalid_grant"}, 400),
        Answer({"error": CANARY[:3]}, 401),
        Answer(b"x", 500),
        Answer(drop=True),
        Answer({"access_token": "a\nb"}),
        Answer(b"{}"),
    ]
    secrets = [CANARY, *private_key().splitlines()[1:-1]]
    for trouble in troubles:
        for file in (key_file(tmp_path, f"{server.url}/token"), login_file(tmp_path / "login.json", server)):
            server.token_script.clear()
            server.token_script.extend([trouble] * 99)
            with pytest.raises(SheetsSyncError) as told:
                opened(server, file).get(ID, {})
            text = shown(told.value)
            assert [secret for secret in secrets if secret in text] == []
    server.token_script.clear()
    server.token_script.append(Answer({"access_token": CANARY, "expires_in": 3600}))
    server.answer(Answer(status=418))
    with pytest.raises(SheetsSyncError) as told:
        opened(server, key_file(tmp_path, f"{server.url}/token")).get(ID, {})
    assert CANARY not in shown(told.value)


def shown(error: BaseException) -> str:
    """All that anybody may come to see of an error, its traceback in our own crash file or a debugger included."""
    lines = traceback.format_exception(error, chain=True)
    return "\n".join([*lines, *getattr(error, "details", ())])


# ── The endpoint ─────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "text", ["", "https://sheets.example", "http://127.0.0.1:5", "http://localhost", "http://[::1]:5/"]
)
def test_an_endpoint_is_https_or_this_machine(text: str) -> None:
    assert checked_endpoint(text) == text.rstrip("/")


@pytest.mark.parametrize(
    "text", ["http://sheets.example", "sheets.example", "ftp://127.0.0.1", "http://127.0.0.1.evil.example", "https://",
             "http://127.0.0.1:port", "http://127.0.0.1@evil.example", "file:///etc/passwd"],
)  # fmt: skip
def test_any_other_endpoint_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="SHEETS_SYNC_API_ENDPOINT"):
        checked_endpoint(text)
