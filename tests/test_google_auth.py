"""The way from the command line to Google: which spreadsheet, with which credentials, and what `auth` says."""

from __future__ import annotations

import base64
import json
import os
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from sheets_sync import journal
from sheets_sync.cli.setting import Setting, find_config, login_file, state_folder
from sheets_sync.config import load_config, write_config
from sheets_sync.errors import UsageError
from sheets_sync.workbooks import kind_of, open_workbook, spreadsheet_of
from sheets_sync.workbooks.access import SCOPE, Access
from tests.answers import ID, Answer, Server, key_file, private_key, serving
from tests.test_cli import Done, call

FULL = f"https://docs.google.com/spreadsheets/d/{ID}"
CANARY = "canary-91b2e0"
WAYS = [
    FULL,
    f"{FULL}/",
    f"{FULL}/edit",
    f"{FULL}/edit#gid=123",
    f"{FULL}/edit?gid=5&usp=sharing#gid=5",
    f"{FULL}/view?usp=sharing",
    f"{FULL}/copy",
    FULL.replace("/d/", "/u/1/d/") + "/edit",
    f"https://docs.google.com/a/agency.example/spreadsheets/d/{ID}/edit",
    f"https://drive.google.com/open?id={ID}",
    f"https://drive.google.com/open?usp=x&id={ID}&authuser=1",
    f"https://drive.google.com/file/d/{ID}/view",
    ID,
]
SEEN = {
    "properties": {"title": "Clients 2026", "locale": "en_GB", "timeZone": "Europe/London"},
    "sheets": [
        {"properties": {"sheetId": 0, "title": "Clients"}, "protectedRanges": [
            {"range": {"startRowIndex": 0, "endRowIndex": 1}, "requestingUserCanEdit": True},
            {"range": {"startColumnIndex": 9, "endColumnIndex": 10}, "description": "Fees"},
            {"range": {"startColumnIndex": 9, "endColumnIndex": 10}, "warningOnly": True}]},
        {"properties": {"sheetId": 1, "title": "Old"}, "protectedRanges": [{"range": {"sheetId": 1}}]},
    ],
}  # fmt: skip
DENIED = Answer({"error": {"code": 403, "message": "The caller does not have permission"}}, 403)


@pytest.fixture
def server() -> Iterator[Server]:
    with serving() as running:
        yield running


@pytest.fixture
def robot(server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Server:
    """A server on this machine, and a key for it in the environment."""
    monkeypatch.setenv("SHEETS_SYNC_API_ENDPOINT", server.url)
    monkeypatch.setenv("SHEETS_SYNC_CREDENTIALS", str(key_file(tmp_path, f"{server.url}/token")))
    monkeypatch.setenv("NO_GCE_CHECK", "true")
    monkeypatch.chdir(tmp_path)
    return server


def as_json(done: Done) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(done.stdout)
    return found


# ── Which spreadsheet ────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("text", WAYS)
def test_every_way_of_writing_it_is_the_same_spreadsheet(text: str, tmp_path: Path) -> None:
    assert (kind_of(text), spreadsheet_of(text)) == ("google", FULL)
    opened = open_workbook(text, lambda full: journal.folder(tmp_path, full), Access(endpoint="http://127.0.0.1:9"))
    assert opened.location == FULL


@pytest.mark.parametrize("text", ["tracker.xlsx", "a/b", "x" * 44 + ".xlsx", f"./{ID}", "x" * 30, ""])
def test_a_file_stays_a_file(text: str) -> None:
    assert kind_of(text) == "excel"


def test_a_file_that_looks_like_an_id_is_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path(ID).write_bytes(b"")
    assert kind_of(ID) == "excel"


@pytest.mark.parametrize(
    "text", ["https://example.org/t.xlsx", "https://docs.google.com/document/d/" + ID, "file:///tmp/t.xlsx",
             "https://docs.google.com/spreadsheets/d/e/2PACX-abc/pubhtml", "http://evil.example/spreadsheets/d/" + ID],
)  # fmt: skip
def test_any_other_address_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="Copy it from the browser"):
        kind_of(text)


def test_excel_needs_nothing_of_google() -> None:
    code = (
        "import sys; from sheets_sync.workbooks import open_workbook; open_workbook('tracker.xlsx', None);"
        "print([name for name in ('gspread', 'google', 'requests') if name in sys.modules])"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"


def test_a_config_can_name_a_spreadsheet(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    config = tmp_path / "sheets-sync.toml"
    for named in (ID, f"{FULL}/edit#gid=7"):
        config.write_text(f'[tracker]\npath = "{named}"\n[google]\ncredentials = "key.json"\nmode = "values"\n')
        assert spreadsheet_of(Setting().location) == FULL
        assert find_config(None, f"{FULL}/view") == find_config(None, ID) == config
        assert find_config(None, ID.replace("a", "b")) is None
        assert find_config(None, "tracker.xlsx") is None
    access = Setting().access()
    assert (access.credentials, access.by_values) == (str(tmp_path / "key.json"), True)
    loaded = load_config(config)
    config.write_text(write_config(loaded))
    assert load_config(config) == loaded


def test_a_config_that_names_a_file_is_not_for_a_spreadsheet(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    config = tmp_path / "sheets-sync.toml"
    config.write_text('[tracker]\npath = "tracker.xlsx"\n')
    assert find_config(None, ID) is None
    config.write_text('[look]\ntheme = "calm"\n')
    assert find_config(None, ID) == config


# ── With which rights ────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("command", "scope"),
    [
        (["plan", ID], f"{SCOPE}.readonly"),
        (["run", ID, "--dry-run"], f"{SCOPE}.readonly"),
        (["check", ID], f"{SCOPE}.readonly"),
        (["explain", ID], f"{SCOPE}.readonly"),
        (["run", ID], SCOPE),
        (["remove", ID, "--yes"], SCOPE),
        (["playbook", "to-tracker", ID], SCOPE),
        (["auth", "check", ID], SCOPE),
    ],
)
def test_who_only_reads_asks_for_no_more(command: list[str], scope: str, robot: Server) -> None:
    robot.answer(*[DENIED] * 3)
    assert call(*command).exit_code == 77
    _, claims, _ = parse_qs(robot.tokens[0].body.decode())["assertion"][0].split(".")
    assert json.loads(base64.urlsafe_b64decode(claims + "=="))["scope"] == scope


def test_the_deadline_is_an_option(robot: Server) -> None:
    robot.answer(*[Answer(b"", 429, {"Retry-After": "40"})] * 3)
    done = call("run", ID, "--deadline", "0.5")
    assert (done.exit_code, len(robot.seen)) == (75, 1)
    assert "Try again in 40 seconds" in done.stderr


@pytest.mark.parametrize("more", [[], ["--systemd"]])
def test_a_scheduled_run_finds_its_spreadsheet_config_and_key(more: list[str], robot: Server, tmp_path: Path) -> None:
    (tmp_path / "sheets-sync.toml").write_text(f'[tracker]\npath = "{ID}"\n')
    text = call("schedule", *more).stdout
    for words in (f"run {FULL} --quiet", f"--config {tmp_path}/sheets-sync.toml", f"{tmp_path}/key.json"):
        assert words in text


def test_an_unsafe_endpoint_is_refused(robot: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHEETS_SYNC_API_ENDPOINT", "http://sheets.example")
    assert call("plan", ID).exit_code == 2
    assert robot.seen == robot.tokens == []


# ── auth check ───────────────────────────────────────────────────────────────────────────────────────────────────────


def test_who_may_do_all(robot: Server) -> None:
    robot.answer(Answer(SEEN))
    done = call("auth", "check", f"{FULL}/edit#gid=0", "--json")
    assert done.exit_code == 0
    assert as_json(done) == {
        "version": 1,
        "kind": "service account",
        "email": "robot@a-project.iam.gserviceaccount.com",
        "project": "a-project",
        "scopes": [SCOPE],
        "tracker": {
            "location": FULL,
            "title": "Clients 2026",
            "read": True,
            "write": True,
            "protected": ['Clients!J:J "Fees"', "Old"],
            "timezone": "Europe/London",
            "locale": "en_GB",
        },
        "fix": [
            "Where a tab is protected, add us under Data, Protect sheets and ranges, if our columns are to stand there."
        ],
    }  # fmt: skip
    assert [seen.method for seen in robot.seen] == ["GET", "POST"]
    assert [list(request) for request in robot.seen[1].json["requests"]] == [["deleteDeveloperMetadata"]]


def test_who_may_only_read(robot: Server, tmp_path: Path) -> None:
    (tmp_path / "sheets-sync.toml").write_text(f'[tracker]\npath = "{ID}"\ntimezone = "Europe/Berlin"\n')
    robot.answer(Answer(SEEN), DENIED)
    done = call("auth", "check")
    assert done.exit_code == 77
    assert "Reading   ● yes\nWriting   ✖ no\n" in done.stdout
    assert "add robot@a-project.iam.gserviceaccount.com as Editor" in done.stdout
    assert "time zone is Europe/London" in done.stdout


def test_who_may_not_even_read(robot: Server) -> None:
    robot.answer(DENIED)
    done = call("auth", "check", ID)
    assert done.exit_code == 77
    assert "Reading   ✖ no" in done.stdout
    assert "is not shared with robot@" in done.stdout


def test_without_a_tracker_only_who_we_are_is_asked(robot: Server) -> None:
    done = call("auth", "check")
    assert (done.exit_code, len(robot.tokens), robot.seen) == (0, 1, [])
    assert "service account robot@a-project.iam.gserviceaccount.com (project a-project)" in done.stdout
    robot.token_script.append(Answer({"error": "invalid_grant"}, 400))
    refused = call("auth", "check", "--json")
    assert refused.exit_code == 77
    assert "key was deleted" in as_json(refused)["fix"][0]


def test_a_file_needs_no_access_to_google(robot: Server) -> None:
    done = call("auth", "check", "tracker.xlsx")
    assert (done.exit_code, robot.tokens) == (2, [])


def test_a_reply_that_makes_no_sense_is_told(robot: Server) -> None:
    robot.answer(Answer({"sheets": 5}))
    done = call("auth", "check", ID)
    assert done.exit_code == 75
    assert "lacks something" in done.stdout


# ── auth login ───────────────────────────────────────────────────────────────────────────────────────────────────────


def client_secret(folder: Path, server: Server) -> Path:
    path = folder / "client_secret.json"
    inner = {"client_id": "c", "client_secret": CANARY, "auth_uri": f"{server.url}/auth"}
    path.write_text(json.dumps({"installed": inner | {"token_uri": f"{server.url}/token"}}))
    return path


def logging_in(secret: Path) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "sheets_sync", "auth", "login", "--no-browser", "--client-secret", str(secret)]
    # The library that logs in insists on https, apart from tests.
    env = {**os.environ, "OAUTHLIB_INSECURE_TRANSPORT": "1", "PYTHONUNBUFFERED": "1"}
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=env)


def consent(process: subprocess.Popen[str], answer: str) -> tuple[dict[str, list[str]], str, str]:
    """Do what a person does in the browser; what was asked for, and what was printed."""
    assert process.stdout is not None
    line = next(line for line in process.stdout if line.startswith("http"))
    asked = parse_qs(urlsplit(line.strip()).query)
    back = f"{asked['redirect_uri'][0]}?state={asked['state'][0]}&{answer}"
    with urllib.request.urlopen(back, timeout=20) as page:
        assert page.status == 200
    out, err = process.communicate(timeout=30)
    return asked, out, err


def test_a_person_logs_in_checks_and_logs_out(server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    given = {"access_token": "t", "refresh_token": CANARY, "expires_in": 3600, "token_type": "Bearer", "scope": SCOPE}
    server.token_script.append(Answer(given))
    process = logging_in(client_secret(tmp_path, server))
    asked, out, err = consent(process, "code=abc")
    assert (process.returncode, err) == (0, "")
    assert asked["scope"] == [SCOPE]
    assert parse_qs(server.tokens[0].body.decode())["code"] == ["abc"]
    kept = login_file()
    assert json.loads(kept.read_text())["refresh_token"] == CANARY
    assert kept.stat().st_mode & 0o777 == 0o600
    assert CANARY not in out
    monkeypatch.setenv("SHEETS_SYNC_API_ENDPOINT", server.url)
    monkeypatch.setenv("SHEETS_SYNC_CREDENTIALS", str(kept))
    server.answer(Answer(SEEN))
    done = call("auth", "check", ID)
    assert done.exit_code == 0
    assert "Google login" in done.stdout
    assert server.seen[0].headers["authorization"] == "Bearer token-2"
    assert call("auth", "logout").exit_code == 0
    assert not kept.exists()
    assert "no login" in call("auth", "logout").stdout


@pytest.mark.parametrize("answer", ["error=access_denied", "code=abc"])
def test_a_login_that_is_refused_keeps_nothing(answer: str, server: Server, tmp_path: Path) -> None:
    server.token_script.append(Answer({"error": "invalid_grant", "error_description": "Bad code"}, 400))
    process = logging_in(client_secret(tmp_path, server))
    _, out, err = consent(process, answer)
    assert process.returncode == 77, err
    assert "Nothing was stored" in err
    assert "Traceback" not in err
    assert CANARY not in out + err
    assert not login_file().exists()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (None, "There is no client secret"),
        (CANARY, "is not a JSON file"),
        (json.dumps([CANARY]), "is not the secret of an OAuth client"),
        (json.dumps({"installed": CANARY}), "is not the secret of an OAuth client"),
        (json.dumps({"type": "service_account", "private_key": CANARY}), "needs no login"),
    ],
)
def test_a_client_secret_that_is_none_is_told(text: str | None, words: str, tmp_path: Path) -> None:
    path = tmp_path / "secret.json"
    if text is not None:
        path.write_text(text)
    done = call("auth", "login", "--no-browser", "--client-secret", str(path))
    assert done.exit_code == 2
    assert words in done.stderr
    assert CANARY not in done.stderr


# ── Secrets ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_no_output_and_no_file_of_ours_holds_a_secret(
    robot: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every command, whatever goes wrong, with a key that would be recognised anywhere."""
    monkeypatch.setenv("SHEETS_SYNC_DEBUG", "1")
    monkeypatch.setenv("SHEETS_SYNC_STATE", str(tmp_path / "own-state"))
    secrets = {line for line in private_key().splitlines() if len(line) > 20} | {"token-1", "token-2"}
    troubles = [Answer(SEEN), DENIED, Answer({"sheets": 5}), Answer(b"", 401), Answer({"sheets": [5]})]
    for command in (["run"], ["plan"], ["remove", "--yes"], ["auth", "check"], ["undo"]):
        for trouble in troubles:
            robot.script.clear()
            robot.answer(trouble)
            done = call(*command, ID)
            shown = done.stdout + done.stderr
            assert done.exit_code != 70, (command, trouble, shown)
            assert [secret for secret in secrets if secret in shown] == []
    for file in (path for path in state_folder().rglob("*") if path.is_file()):
        text = file.read_text(encoding="utf-8", errors="replace")
        assert [secret for secret in secrets if secret in text] == [], file
