"""A planted client: found in every place that holds it, and after erasing it in none of ours."""

from __future__ import annotations

import datetime
import html.parser
import json
import re
import shutil
import stat
import zipfile
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from sheets_sync.cli import root
from sheets_sync.cli.failing import guarded
from sheets_sync.errors import UsageError
from sheets_sync.model import Grid, OwnedTab, Snapshot
from sheets_sync.outputs.files import file_name, write_new
from sheets_sync.privacy import stores
from sheets_sync.privacy.tracker import without
from sheets_sync.privacy.wanted import Wanted
from tests.test_cli import call, process

TODAY, LATER = "2026-11-23", "2026-12-07"
NAME, PERSON, EMAIL, NOTE = "Zebra Quokka Ltd", "Xanthe Yttrium", "xanthe@quokka.example", "Zebra note of a promise"
CANARIES = (NAME, PERSON, EMAIL, NOTE)


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample tracker with a planted client in many tabs, run twice, with what the team typed about it, and the
    state folder that came of it."""
    base = tmp_path_factory.mktemp("planted")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_STATE_HOME", str(base / "state"))
        _build(base)
    return base


def _build(base: Path) -> None:
    assert guarded(root, ["demo", str(base / "demo"), "--as-of", TODAY, "--quiet"]) == 0
    path = base / "demo" / "tracker.xlsx"
    book = openpyxl.load_workbook(path)
    _add(book["Clients"], {"Client": NAME, "Status": "active", "Key contact": PERSON, "Owner": "Priya"})
    for day in (1, 12):
        said = {"Client": NAME, "Type": "call", "Summary": f"Call with {PERSON} ({EMAIL})"}
        _add(book["Interactions"], {"Date": datetime.date(2026, 9, day), **said})
    _add(book["Issues"], {"Issue": f"{PERSON} waits", "Client": NAME, "Raised at": datetime.datetime(2026, 11, 2, 9)})
    _add(book["Surveys"], {"Client": NAME, "Kind": "quarterly", "Sent on": datetime.date(2026, 9, 1), "Score": 3})
    book.save(path)
    run(path, TODAY)
    book = openpyxl.load_workbook(path)
    sheet = book["Diary"]
    head = next(row for row in sheet.iter_rows() if any(cell.value == "Outcome" for cell in row))
    column = next(cell.column for cell in head if cell.value == "Outcome")
    line = next(row for row in sheet.iter_rows() if any(cell.value == NAME for cell in row))
    sheet.cell(line[0].row, column).value = NOTE
    book.save(path)
    run(path, LATER)
    assert call("remove", str(path), "--yes", "-q").exit_code == 0
    assert call("undo", str(path), "-q").exit_code == 0


@pytest.fixture
def tracker(built: Path, tmp_path: Path) -> Path:
    """A copy of all of it; what is kept of the tracker at its old place counts as well."""
    shutil.copytree(built, tmp_path, dirs_exist_ok=True)
    return tmp_path / "demo" / "tracker.xlsx"


def _add(sheet: Any, values: dict[str, Any]) -> None:
    """A row under the last, by header; a header that is not there yet is put in."""
    place = {cell.value: cell.column for cell in sheet[1]}
    row = max(cell.row for line in sheet.iter_rows() for cell in line[:1] if cell.value is not None) + 1
    for header, value in values.items():
        if header in place:
            sheet.cell(row, place[header]).value = value


def run(path: Path, day: str) -> None:
    done = call(
        "run", str(path), "--as-of", day, "-q", "--log", str(path.parent.parent / "state/sheets-sync/tracker.log")
    )
    assert done.exit_code == 0, done.stderr


def delete_own_rows(path: Path) -> None:
    """What the team does: every row of theirs that names the client goes."""
    book = openpyxl.load_workbook(path)
    for title in ("Clients", "Interactions", "Issues", "Surveys"):
        for row in reversed([line[0].row for line in book[title].iter_rows() if any(c.value == NAME for c in line)]):
            book[title].delete_rows(row)
    book.save(path)


def found_in(data: bytes) -> set[str]:
    """The canaries in a file's bytes, unpacked where it is a workbook, without markup, escaped or not."""
    text = data.decode("utf-8", "replace")
    text += re.sub(r"\\u([0-9a-f]{4})", lambda hit: chr(int(hit[1], 16)), text) + re.sub(r"<[^>]*>", "", text)
    return {canary for canary in CANARIES if canary.casefold() in text.casefold()}


def in_state(path: Path) -> set[str]:
    found: set[str] = set()
    for file in (path.parent.parent / "state").rglob("*"):
        if file.is_file() and zipfile.is_zipfile(file):
            with zipfile.ZipFile(file) as archive:
                found = found.union(*(found_in(archive.read(name)) for name in archive.namelist()))
        elif file.is_file():
            found |= found_in(file.read_bytes()) | found_in(file.name.encode())
    return found


def in_ours(path: Path) -> set[str]:
    """In every cell of our tabs, the hidden one too, and of our columns in Clients."""
    book = openpyxl.load_workbook(path)
    theirs = {"Clients", "Projects", "Interactions", "Issues", "Surveys"}
    ours = [sheet for sheet in book if sheet.title not in theirs]
    texts = [str(cell.value) for sheet in ours for row in sheet.iter_rows() for cell in row if cell.value is not None]
    heads = [cell.value for cell in book["Clients"][1]]
    first = heads.index("Health")
    texts += [str(row[i]) for row in book["Clients"].iter_rows(values_only=True) for i in range(first, len(row))]
    return found_in("\n".join(texts).encode())


def test_export_names_every_place(tracker: Path, tmp_path: Path) -> None:
    assert in_state(tracker) == set(CANARIES)
    assert in_ours(tracker) >= {NAME, NOTE}
    out = tmp_path / "out"
    done = call("privacy", "export", str(tracker), "--client", NAME.lower(), "--out", str(out), "--as-of", LATER)
    assert done.exit_code == 0, done.stderr
    data, page = sorted(out.iterdir(), key=lambda path: path.suffix, reverse=True)
    shape = json.loads(data.read_text())
    assert {place["store"] for place in shape["places"]} == {"tracker", "ours", "backups", "runs", "standing"}
    whole = json.dumps(shape, ensure_ascii=False)
    assert all(canary in whole for canary in CANARIES)
    own = next(place for place in shape["places"] if place["where"].startswith("Clients!"))
    assert {"Client", "Status", "Key contact", "Health"} <= {value["name"] for value in own["values"]}
    tabs = {place["where"].partition("!")[0] for place in shape["places"] if place["store"] == "tracker"}
    assert tabs == {"Clients", "Interactions", "Issues", "Surveys"}
    assert all(canary in page.read_text() for canary in CANARIES)
    assert all(stat.S_IMODE(file.stat().st_mode) == 0o600 for file in (data, page))
    assert call("privacy", "export", str(tracker), "--client", NAME.lower(), "--out", str(out)).exit_code == 2


def test_export_speaks_of_nobody_else(tracker: Path) -> None:
    shape = call("privacy", "export", str(tracker), "--client", NAME, "--json", "--as-of", LATER).stdout
    assert "Corvid Coffee" not in shape
    nobody = call("privacy", "export", str(tracker), "--client", "Nobody & Sons", "--as-of", LATER)
    assert "Nothing is held" in nobody.stdout


@pytest.mark.parametrize("deleted", [True, False], ids=["rows deleted first", "rows still there"])
def test_after_erasing_nothing_of_ours_holds_it(tracker: Path, deleted: bool) -> None:
    if deleted:
        delete_own_rows(tracker)
    (tracker.parent / ".sheets-sync-conflict-1.xlsx").write_bytes(tracker.read_bytes())
    odd = tracker.parent.parent / "state/sheets-sync/something-new.bin"
    odd.write_bytes(f"\0{NAME}\0".encode())
    names = ["--client", NAME, "--client", PERSON, "--client", EMAIL, "--client", NOTE]
    done = call("privacy", "erase", str(tracker), *names, "--yes", "--as-of", LATER)
    assert done.exit_code == 0, done.stderr
    assert in_state(tracker) == set()
    assert in_ours(tracker) == set()
    assert not odd.exists()
    assert not list(tracker.parent.glob(".sheets-sync*"))
    assert ("stays until you remove it" in done.stdout) == (not deleted)
    rest = [row[0].value for row in openpyxl.load_workbook(tracker)["Clients"].iter_rows()]
    assert "Corvid Coffee" in rest
    if deleted:
        run(tracker, LATER)
        assert in_ours(tracker) == set()
        assert in_state(tracker) == set()


def test_by_its_name_alone_its_people_go_too(tracker: Path) -> None:
    assert call("privacy", "erase", str(tracker), "--client", NAME, "--yes", "--as-of", LATER).exit_code == 0
    assert in_state(tracker) == set()
    assert in_ours(tracker) == set()


def test_what_stays_is_named_by_row(tracker: Path) -> None:
    shape = json.loads(
        call("privacy", "erase", str(tracker), "--client", NAME, "--yes", "--json", "--as-of", LATER).stdout
    )
    left = " ".join(shape["left"])
    assert re.search(r"Clients: delete row \d+\.", left)
    assert re.search(r"Interactions: delete rows \d+ and \d+\.", left)
    assert {one["store"] for one in shape["erased"]} == {"backups", "runs", "standing"}
    assert shape["written"]


def test_the_others_statuses_stay_as_they_are(tracker: Path) -> None:
    def standing() -> dict[str, Any]:
        rows = list(openpyxl.load_workbook(tracker)["Clients"].iter_rows(values_only=True))
        health = rows[0].index("Health")
        return {str(row[0]): row[health:] for row in rows[1:]}

    before = standing()
    assert call("privacy", "erase", str(tracker), "--client", NAME, "--yes", "--as-of", LATER).exit_code == 0
    after = standing()
    assert not any(after.pop(NAME))
    del before[NAME]
    assert after == before


def test_it_asks_first(tracker: Path) -> None:
    before, state = tracker.read_bytes(), in_state(tracker)
    done = process("privacy", "erase", str(tracker), "--client", NAME)
    assert done.returncode == 2
    assert "Say --yes" in done.stderr
    assert tracker.read_bytes() == before
    assert in_state(tracker) == state


def test_playbook_and_config_lines_are_named(tracker: Path) -> None:
    config = tracker.with_name("sheets-sync.toml")
    config.write_text(config.read_text() + f"# not for {NAME}\n")
    done = call("privacy", "erase", str(tracker), "--client", NAME, "--yes", "--as-of", LATER)
    assert re.search(r"sheets-sync\.toml: line \d+ names the client", done.stdout)


@pytest.mark.parametrize(
    "name", sorted(["a/backups/000001.xlsx", "a/runs/x.json", "a/standing.json", "b.log", "new.db"])
)
def test_every_file_belongs_to_a_store(tmp_path: Path, name: str) -> None:
    """Whole by construction: a file that no line of the registry names is looked into all the same."""
    file = tmp_path / "state" / name
    file.parent.mkdir(parents=True)
    file.write_text("x Zebra Quokka Ltd x")
    wanted = Wanted(frozenset(), (NAME,))
    (held,) = stores.held(tmp_path / "state", tmp_path / "nowhere" / "t.xlsx", wanted)
    assert held.path == file
    stores.erase([held], wanted)
    assert not found_in(file.read_bytes() if file.exists() else b"")


def test_everything_of_ours_is_written_anew() -> None:
    """A tab that would read the same with the client's line blank still holds it, so no remembered look may stand."""
    memory = Grid("_sheets_sync", (("look", "diary", "5f3c"), ("level", "2026-11-23", "ok", "zebra\ncorvid", None)))
    snapshot = Snapshot("x", "1", {}, tabs=(OwnedTab("memory", memory),))
    seen = without(snapshot, [], Wanted(frozenset(("zebra",)), ()))
    assert [list(row) for row in seen.tabs[0].grid.rows] == [["level", "2026-11-23", "ok", "corvid", None]]


def test_a_name_inside_another_is_not_the_client() -> None:
    wanted = Wanted(frozenset(), ("Al", "Øre & Co"))
    assert not wanted.named_in("Aldgate Legal")
    assert wanted.named_in("call AL today")
    assert wanted.named_in("for øre  &\u00a0Co.")


class _Tags(html.parser.HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.bad: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in ("script", "img", "iframe", "a") or any(name.startswith("on") for name, _ in attrs):
            self.bad.append(tag)


def test_the_page_runs_nothing_that_a_client_wrote(tracker: Path, tmp_path: Path) -> None:
    """[S4] [C 92]"""
    book = openpyxl.load_workbook(tracker)
    row = next(line[0].row for line in book["Clients"].iter_rows() if line[0].value == NAME)
    book["Clients"].cell(row, 1).value = "<script>alert(1)</script><img src=x onerror=alert(2)>"
    book.save(tracker)
    out = tmp_path / "out"
    name = "<script>alert(1)</script><img src=x onerror=alert(2)>"
    done = call("privacy", "export", str(tracker), "--client", name, "--out", str(out), "--as-of", LATER)
    assert done.exit_code == 0, done.stderr
    page = next(out.glob("*.html")).read_text()
    parser = _Tags()
    parser.feed(page)
    assert parser.bad == []
    assert "default-src 'none'" in page


@pytest.mark.parametrize(
    "name",
    [
        "../../x",
        "CON",
        "nul",
        "COM1",
        "a:b",
        "x" * 300,
        "e\u0301",
        "\u00e9",
        "",
        ".",
        "日本",
        "a/b\\c",
        "\ud800",
        "-rf",
    ],
)
def test_file_names_are_safe(tmp_path: Path, name: str) -> None:
    """[S6] [C 94]"""
    made = file_name(name, ".json")
    assert re.fullmatch(r"[a-z0-9][a-z0-9-]*-[0-9a-f]{8}\.json", made)
    assert len(made.encode()) <= 80
    path = write_new(tmp_path, made, "x")
    assert path.parent == tmp_path
    with pytest.raises(UsageError, match="is there already"):
        write_new(tmp_path, made, "y")
    assert path.read_text() == "x"


def test_twins_have_files_of_their_own() -> None:
    names = ["e\u0301", "\u00e9", "E", "e", "a:b", "a b", "../../x", "x"]
    assert len({file_name(name, ".json") for name in names}) == len(names)


def test_no_file_outside_its_folder(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "link").symlink_to(tmp_path / "out")
    for name in ("../out", "link", "/etc/zz"):
        with pytest.raises(UsageError):
            write_new(tmp_path / "in", name, "x")
    assert not (tmp_path / "out").exists()
