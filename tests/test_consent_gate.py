"""Nothing promotional or public without a yes: 10,000 generated lines of Consents through the whole pipeline, against
an oracle that knows how each line was made [A33] [A95] [B11] [B12]."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from sheets_sync import sync
from sheets_sync.config import Config
from sheets_sync.model import cells_of
from sheets_sync.outputs import texts
from sheets_sync.sync import Report
from sheets_sync.workbooks.memory import MemoryWorkbook

NOW = datetime(2026, 11, 23, 9)
TODAY = NOW.date()
CLIENTS, LINES = 2_000, 10_000
GATED = ("feedback", "marketing", "publicity")
PLAYBOOK = "".join(
    f"""
[touchpoints.zz_{purpose}]
title = "Zebra {purpose}"
every = "1 day"
from = "anchor"
done = {{ types = ["visit"] }}
do = "Zebra {purpose}"
short = "zebra {purpose}"
purpose = "{purpose}"
"""
    for purpose in GATED
)
SPELT = {
    "data": ("data", "Data", "GDPR", "personal data"),
    "feedback": ("feedback", "Surveys", "FEEDBACK "),
    "marketing": ("marketing", "Newsletter", "Marketing emails", "promotion"),
    "publicity": ("publicity", "Testimonial", "case studies", "Logo use"),
    None: ("", "?", "everything", "marketing and data"),
}
FIRST = ("Ana", "Béla", "Chloë", "Dev", "Eve", "Finn")
LAST = ("Roe", "Lind", "Marsh", "Okafor", "Sato", "Byrne")
BAD_DATES = ("?", "yes", "yes (verbal)", "31/02/2026", "soon", "Q3 2026")
NO_EVIDENCE = ("", "?", "n/a", "none", "yes", "Verbal", "-", "tbc")
EVIDENCE = ("mail of 3 March", "signed form", "double opt-in", "call noted by Sam")


@dataclass(frozen=True)
class Line:
    """How a line was made: about what, whose word (key, nobody, other, unclear), whether it holds, any objection."""

    purpose: str | None
    who: str
    holds: bool
    objected: bool


def may(purpose: str, lines: list[Line], has_key_contact: bool) -> bool:
    """Brute force: data first, as who may not be kept may not be written to."""
    return all(_may(one, lines, has_key_contact) for one in ("data", purpose))


def _may(purpose: str, lines: list[Line], has_key_contact: bool) -> bool:
    about = [line for line in lines if line.purpose in (purpose, None)]
    objectors = {line.who for line in about if line.objected}
    yes = {line.who for line in about if line.holds and not line.objected and line.purpose}
    if objectors:
        return objectors == {"other"} and "key" in yes
    if purpose in ("data", "feedback"):
        return True
    if purpose == "marketing" and has_key_contact:
        return bool(yes & {"key", "nobody"})
    return bool(yes)


def generated(seed: int) -> tuple[dict[str, list[list[Any]]], dict[str, list[Line]], set[str]]:
    """The tabs, how each client's lines were made, and the clients with a Key contact."""
    chance = random.Random(seed)
    clients: list[list[Any]] = [["Client", "Status", "Start date", "Key contact", "Email"]]
    contacts: dict[str, str] = {}
    for i in range(CLIENTS):
        name = f"Client {i:04}"
        contacts[name] = f"{FIRST[i % 6]} {LAST[i // 6 % 6]}" if chance.random() < 0.8 else ""
        clients.append([name, "active", date(2026, 1, 5), contacts[name], f"k{i}@example.org"])
    consents: list[list[Any]] = [
        ["Client", "Contact", "Purpose", "Basis", "Given on", "Evidence", "Expires on", "Withdrawn on"]
    ]
    made: dict[str, list[Line]] = {}
    while len(consents) <= LINES:
        i = chance.randrange(CLIENTS)
        name = f"Client {i:04}"
        cells, line = _line(chance, contacts[name], f"k{i}@example.org")
        for _ in range(2 if chance.random() < 0.1 else 1):
            consents.append([_spelt(chance, name), *cells])
            made.setdefault(name, []).append(line)
    talks: list[list[Any]] = [["Date", "Client", "Type"], [date(2026, 11, 20), "Client 0000", "call"]]
    return (
        {"Clients": clients, "Interactions": talks, "Consents": consents},
        made,
        {name for name, who in contacts.items() if who},
    )


def _line(chance: random.Random, contact: str, email: str) -> tuple[list[Any], Line]:
    purpose = chance.choice(("data", "feedback", "marketing", "marketing", "publicity", "publicity"))
    kind: str | None = None if chance.random() < 0.04 else purpose
    who, name = _who(chance, contact, email)
    given, dated = _date(chance, ahead=False)
    expires, lasts = (None, True) if chance.random() < 0.6 else _date(chance, ahead=True)
    proof = chance.random() < 0.8
    evidence = chance.choice(EVIDENCE if proof else NO_EVIDENCE)
    withdrawn = None
    if chance.random() < 0.1:
        withdrawn = chance.choice((TODAY - timedelta(days=chance.randrange(900)), TODAY + timedelta(days=9), "yes"))
    cells = [name, chance.choice(SPELT[kind]), "consent", given, evidence, expires, withdrawn]
    return cells, Line(kind, who, dated and lasts and proof, withdrawn is not None)


def _date(chance: random.Random, ahead: bool) -> tuple[Any, bool]:
    """A cell, and whether it lets a yes hold: a day on the right side of today; today itself is when one begins or has
    ended. A blank Given on is none."""
    draw = chance.random()
    if draw < 0.15:
        return chance.choice(BAD_DATES), False
    if draw < 0.25 and not ahead:
        return None, False
    if draw < 0.35:
        return TODAY, not ahead
    days = chance.randrange(1, 900)
    if draw < 0.5:
        return TODAY + timedelta(days=-days if ahead else days), False
    return TODAY + timedelta(days=days if ahead else -days), True


def _who(chance: random.Random, contact: str, email: str) -> tuple[str, str]:
    kind = chance.choice(("key", "key", "nobody", "other", "unclear"))
    if kind == "nobody":
        return "nobody", chance.choice(("", " "))
    if kind == "other":
        return ("other" if contact else "unclear"), "Quentin Zoll"
    if not contact:
        return "unclear", chance.choice(("Sam", "Kim Ives"))
    first, last = contact.split()
    if kind == "unclear":
        return "unclear", chance.choice((first, f"{first[0]}. {last}", f"{last} family", "someone@example.org"))
    return "key", chance.choice(
        (contact, contact.upper(), f"  {first}   {last} ", f"Dr {contact}", f"{last}, {first}", email)
    )


def _spelt(chance: random.Random, name: str) -> str:
    return chance.choice((name, name.upper(), f" {name}  ", name.replace(" ", "\u00a0"), name.lower()))


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Report, dict[str, set[str]]]:
    """A whole run over the generated tracker, and who may be asked, by purpose."""
    tabs, lines, named = generated(131)
    path: Path = tmp_path_factory.mktemp("consent") / "playbook.toml"
    path.write_text('extends = "agency"\nname = "case"\n' + PLAYBOOK, encoding="utf-8")
    config = Config(tabs=("journey", "raci_check", "sop", "changes", "texts"))
    report = sync.plan(MemoryWorkbook(tabs), config, sync.load(config, str(path)), NOW)
    names = [row[0] for row in tabs["Clients"][1:]]
    allowed = {
        purpose: {name for name in names if may(purpose, lines.get(name, []), name in named)} for purpose in GATED
    }
    return report, allowed


def test_exactly_those_who_agreed_are_planned_for(made: tuple[Report, dict[str, set[str]]]) -> None:
    report, allowed = made
    frame = report.assessment.touchpoints
    names = report.assessment.clients["client"]
    for purpose in GATED:
        rows = frame[frame["id"].eq(f"zz_{purpose}")]
        assert len(rows) == CLIENTS
        planned = set(names[rows.loc[rows["state"].ne("blocked"), "key"]])
        assert planned - allowed[purpose] == set(), purpose
        assert allowed[purpose] - planned == set(), purpose
        assert 100 < len(planned) < CLIENTS
    assert rows.loc[rows["state"].eq("blocked"), "reason"].str.len().gt(10).all()


def test_no_tab_and_no_status_cell_asks_without_a_yes(made: tuple[Report, dict[str, set[str]]]) -> None:
    """Every cell of every generated tab and status column: a row that speaks of it is a row of one who agreed."""
    report, allowed = made
    rows = [row for tab in report.desired.tabs if tab.id != "consent_check" for row in _rows(tab)]
    for column in report.desired.columns:
        rows += [[str(cell.key), str(cell.value)] for cell in column.cells]
    found = 0
    for cells in rows:
        words = " ".join(cells).casefold()
        for purpose in GATED:
            if f"zebra {purpose}" in words:
                found += 1
                clients = {cell for cell in cells if cell.startswith("Client ")}
                assert clients <= allowed[purpose], cells
    actions = report.assessment.actions
    for purpose in GATED:
        hits = actions[actions["what"].str.contains(f"zebra {purpose}", case=False)]
        assert set(hits["client"]) <= allowed[purpose]
        found += len(hits)
    assert found > 1_000


def _rows(tab: Any) -> list[list[str]]:
    lines: dict[int, list[str]] = {}
    for (row, _), cell in cells_of(tab).items():
        lines.setdefault(row, []).append(str(cell.value))
    return list(lines.values())


def test_consent_check_calls_nobody_allowed_who_is_not(made: tuple[Report, dict[str, set[str]]]) -> None:
    report, allowed = made
    board = report.assessment.boards.consents
    names = report.assessment.clients["client"]
    for purpose in GATED:
        said = set(names[board.loc[board["purpose"].eq(purpose) & board["state"].eq("allowed"), "key"]])
        if purpose != "feedback":
            assert said >= allowed[purpose]
        stopped = set(names[board.loc[board["purpose"].eq("data") & board["state"].eq("stopped"), "key"]])
        assert said - stopped <= allowed[purpose]


def test_every_text_says_so_first(made: tuple[Report, dict[str, set[str]]]) -> None:
    """Each text of a purpose that may need a yes, for clients with one and without."""
    report, allowed = made
    clients = report.assessment.clients["client"]
    gated = [text for text in texts.texts() if text.purpose in GATED]
    assert {text.purpose for text in gated} == set(GATED)
    for text in gated:
        held = 0
        for key in list(clients.index)[::100]:
            body = texts.fill(text, report.assessment, report.tables, report.playbook, str(key))
            assert body.startswith("Must not be sent") == (clients[key] not in allowed[text.purpose]), (text.name, key)
            held += body.startswith("Must not be sent")
        assert 0 < held < 20, text.name


def test_every_tab_that_there_is_was_looked_at(made: tuple[Report, dict[str, set[str]]]) -> None:
    """A new tab that may speak of clients has to be in the run above, so that no channel is forgotten."""
    report, _ = made
    shown = {tab.id for tab in report.desired.tabs}
    assert {"dashboard", "diary", "at_risk", "scorecard", "data_check", "consent_check"} <= shown
    assert {"journey", "sop", "changes", "texts"} <= shown
