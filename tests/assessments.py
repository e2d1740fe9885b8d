"""Hand-made Assessments for the tests of what people see: an agency's nine clients on a Monday, and any number more."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields
from datetime import date, datetime
from functools import cache
from typing import Any

import pandas as pd

from sheets_sync.model import (
    Chart,
    Formula,
    Grid,
    Level,
    Place,
    Problem,
    Ref,
    Snapshot,
    Tab,
    TableBlock,
    cells_of,
    letters,
)
from sheets_sync.playbook.load import load_playbook
from sheets_sync.playbook.schema import Playbook
from sheets_sync.render import titles
from sheets_sync.rules.assessment import Assessment
from sheets_sync.rules.boards import Boards
from sheets_sync.rules.facts import FACTS
from sheets_sync.tabs.view import View
from sheets_sync.tracker.history import History
from sheets_sync.tracker.schema import TABLES
from sheets_sync.tracker.tables import Found, Table, Tables

NOW = datetime(2026, 11, 23, 9)
UNTIL = datetime(2026, 11, 24, 17, 30)
_DTYPES = {
    "date": "datetime64[us]",
    "moment": "datetime64[us]",
    "month": "datetime64[us]",
    "number": "Float64",
    "money": "Float64",
    "percent": "Float64",
    "yes_no": "boolean",
}

# client, owner, fee, level, health, since, why, do next, due, next touchpoint, renewal, offer next
NINE = (
    ("Aldgate Legal", "Priya", 2400, "risk", "✖ At risk", "2026-11-03",
     "No sign of life since 28 Sep; they used to write every 12 days. 4/10 of 3 Nov is unanswered.",
     "Call them", "2026-10-12", "▲ Business review, Mon 30 Nov", "▲ Begin talks (since 16 Nov)", ""),
    ("Brightwater Dental", "Tom", 1150, "risk", "✖ At risk", "2026-11-20",
     "Complaint of Fri 20 Nov 15:00, “Booking form down”, waits for a first answer.",
     "Answer “Booking form down”", "2026-11-23", "Check-in call, Fri 27 Nov", "Mar 2027", ""),
    ("Corvid Coffee", "Tom", 900, "ok", "● Healthy", "2026-10-05",
     "Spoke on 20 Nov. Leads 59 in Oct, 50 in Sep. No open issue.",
     "Weekly update", "2026-11-26", "Weekly update, Thu 26 Nov", "Jun 2027", "SEO/Content retainer"),
    ("Dunmore Studio", "Priya", 1800, "watch", "▲ Watch", "2026-11-16",
     "Ana Roe (key contact) leaves on 30 Nov; nobody is named after her.",
     "Ask who follows Ana Roe", "2026-11-24", "Check-in call, Tue 1 Dec", "Sep 2027", ""),
    ("Elm & Ivy", "", 700, "watch", "▲ Watch", "2026-11-09",
     "Nothing alarming, but three weak spots: 7/10, leads 310 of 400, one contact only.",
     "", None, "Performance report, Mon 30 Nov", "", ""),
    ("Fernhill Farm Shop", "Tom", 650, "ok", "● Healthy", "2026-10-05", "Spoke on 18 Nov. No open issue.",
     "", None, "Check-in call, Wed 2 Dec", "Apr 2027", "Website redesign"),
    ("Gilt & Grain", "Priya", 1200, "ok", "● New", "2026-11-17",
     "New: since 17 Nov, kickoff held. Judged fully from 17 Dec.",
     "", None, "First win, by Mon 14 Dec", "", ""),
    ("Harbour Yoga", "Tom", None, "ok", "● Healthy", "2026-10-05", "Spoke on 12 Nov. No open issue.",
     "", None, "Check-in call, Thu 26 Nov", "", "Ongoing retainer"),
    ("Kestrel Logistics", "Priya", 3100, "watch", "▲ Watch", "2026-11-12",
     "Worried about budget on 12 Nov, and the renewal of 24 Dec has no proposal.",
     "Send two renewal options", "2026-11-24", "Business review, Tue 8 Dec", "▲ Proposal by 24 Nov", ""),
)  # fmt: skip
_ACTIONS = (
    ("Aldgate Legal", "2026-10-12", True, "risk",
     "Call: silent since 28 Sep. In the same call: the 4/10, business review, renewal of 15 Jan",
     "3 reasons in one call", False, "overdue"),
    ("Brightwater Dental", "2026-11-23 10:30", False, "watch", "Answer “Booking form down” in person",
     "4 working hours: Fri 15:00–17:30 (2 h 30) + Mon 9:00–10:30 (1 h 30)", False, "due"),
    ("Kestrel Logistics", "2026-11-24", False, "watch", "Send two renewal options", "Renewal on 24 Dec", False, "due"),
    ("Dunmore Studio", "2026-11-24", False, "watch", "Ask who follows Ana Roe", "She leaves on 30 Nov", False, "due"),
    ("Corvid Coffee", "2026-11-26", False, "", "Weekly update", "Every 7 days while “Shop relaunch” runs", True, "due"),
    ("Harbour Yoga", "2026-11-26", False, "", "Check-in call", "Every 14 days; last on 12 Nov", True, "due"),
    ("Elm & Ivy", "2026-11-30", False, "", "Performance report", "Monthly; last on 30 Oct", True, "upcoming"),
    ("Gilt & Grain", "2026-12-14", False, "", "First win: show an early result", "Days 8–28 of “Brand book”", False,
     "upcoming"),
    ("Fernhill Farm Shop", "2026-12-04", False, "", "Business review",
     "snoozed to 4 Dec by Tom: waiting for their board", False, "snoozed"),
    ("Corvid Coffee", "2026-11-19", False, "", "Weekly update", "Done on 19 Nov", True, "done"),
)  # fmt: skip
_EXTRA = ("Long & Winding Name of a Very Traditional Family Business (Holdings) International",)


def view(clients: Sequence[tuple[Any, ...]] = NINE, /, **changes: Any) -> View:
    """What the tabs are made from, for these clients; `changes` replace fields of the Assessment."""
    tables = tables_of(clients)
    history = History(date(2026, 10, 5), _history(clients))
    return View(
        assessment_of(clients, **changes), tables, history, playbook(), titles(snapshot_of(clients), tables.place)
    )


@cache
def playbook() -> Playbook:
    """The agency playbook."""
    return load_playbook("agency", {name: fact.unit for name, fact in FACTS.items()})


def many(number: int) -> tuple[tuple[Any, ...], ...]:
    """That many clients, the nine over and over under other names, ten owners, one name that is very long."""
    owners = ("Priya", "Tom", "Ann", "Bo", "Cleo", "Dev", "Eve", "Finn", "Gus", "Hana-Katharina")
    lines = []
    for i in range(number):
        name, _, fee, *rest = NINE[i % len(NINE)]
        name = name if i < len(NINE) else f"{name} {i // len(NINE) + 1}" if i != 9 else _EXTRA[0]
        lines.append((name, owners[i % 10] if number > 9 else _, fee, *rest))
    return tuple(lines)


def assessment_of(clients: Sequence[tuple[Any, ...]], /, **changes: Any) -> Assessment:
    """An Assessment as of Monday 23 November 2026, 9:00."""
    names = {client[0] for client in clients}
    frames: dict[str, Any] = {
        "clients": _clients(clients),
        "facts": _facts([_key(client[0]) for client in clients]),
        "dimensions": _dimensions(clients),
        "warnings": _warnings(names),
        "touchpoints": _frame("key id title project state opens due latest owner purpose sentence routine row_id", []),
        "clocks": _clocks(names),
        "renewals": _frame("key state date opens step due sentence", []),
        "actions": _actions(clients),
        "metrics": _metrics(bool(clients)),
        "boards": Boards(**dict.fromkeys((one.name for one in fields(Boards)), pd.DataFrame())),
        "problems": _problems(names),
        "notes": (),
    }
    frames.update(changes)
    return Assessment(now=NOW, valid_until=UNTIL, first_sync=date(2026, 10, 5), **frames)


def tables_of(clients: Sequence[tuple[Any, ...]]) -> Tables:
    """The team's tabs behind them."""
    names = {client[0] for client in clients}
    by_name = {name: table_of(name, [], tab="") for name in TABLES}
    columns = ("client", "owner", "last_contact", "monthly_fee")
    by_name["clients"] = table_of("clients", [{"client": client[0]} for client in clients], columns)
    by_name["interactions"] = table_of("interactions", [
        row for row in (
            {"client": "Aldgate Legal", "date": "2026-09-14", "type": "e-mail", "direction": "in",
             "summary": "Asked for the September numbers", "by": "Priya"},
            {"client": "Aldgate Legal", "date": "2026-09-28", "type": "call", "direction": "both",
             "summary": "Budget round, they were short", "by": "Sam"},
            {"client": "Brightwater Dental", "date": "2026-11-12", "type": "call", "direction": "both", "by": "Tom"},
        ) if row["client"] in names
    ])  # fmt: skip
    by_name["surveys"] = table_of("surveys", _answers(names))
    by_name["issues"] = table_of("issues", [
        {"client": "Brightwater Dental", "issue": "Booking form down", "raised_at": "2026-11-20 15:00"},
    ] if "Brightwater Dental" in names else [])  # fmt: skip
    by_name["projects"] = table_of("projects", [
        {"client": "Aldgate Legal", "project": "Website relaunch", "success_metric": "leads a month", "baseline": 31.0,
         "target": 60.0, "current": 44.0, "first_win_on": "2026-06-12"},
    ] if "Aldgate Legal" in names else [])  # fmt: skip
    place = Place("Clients", 3, 1, 4, 3 + len(clients))
    return Tables(by_name, (), pd.DataFrame(), place)


def snapshot_of(clients: Sequence[tuple[Any, ...]], *more: str) -> Snapshot:
    """The Clients tab as it stands: a title, a blank row, the header in row 3, a client a row; and empty tabs."""
    rows = (("Our clients",), (), ("Client", "Owner", "Monthly fee"), *((c[0], c[1], c[2]) for c in clients))
    grids = {"Clients": Grid("Clients", rows)} | {title: Grid(title, ()) for title in more}
    return Snapshot("memory", "1", grids)


def _key(name: str) -> str:
    return name.casefold()


def _facts(keys: Sequence[str]) -> pd.DataFrame:
    """Every fact, all of them blank but the engagement."""
    kinds = {"date": "datetime64[us]", "moment": "datetime64[us]", "text": "string", "yes/no": "boolean"}
    blank = {name: pd.Series(index=keys, dtype=kinds.get(fact.unit, "Float64")) for name, fact in FACTS.items()}
    return pd.DataFrame(blank, index=keys).assign(engagement="retainer")


def _frame(columns: str, rows: Sequence[Sequence[Any]]) -> pd.DataFrame:
    frame = pd.DataFrame(list(rows), columns=columns.split(), dtype=object)
    for name in frame.columns:
        if name in ("due", "since", "raised", "deadline", "done", "done_on", "snooze_until", "opens", "latest", "date"):
            frame[name] = pd.to_datetime(frame[name], format="mixed").astype("datetime64[us]")
    return frame


def _clients(clients: Sequence[tuple[Any, ...]]) -> pd.DataFrame:
    rows = [
        (_key(name), 4 + i, name, owner or None, "active", None, fee, level, 60.0, 0.9, health, why, do or None, due,
         touchpoint, renewal or None, offer or None, since)
        for i, (name, owner, fee, level, health, since, why, do, due, touchpoint, renewal, offer) in enumerate(clients)
    ]  # fmt: skip
    columns = ("key row client owner status tier fee level score coverage health why do_next due next_touchpoint "
               "renewal offer_next since")  # fmt: skip
    frame = _frame(columns, rows).set_index("key")
    return frame.astype({"row": "Int64", "fee": "Float64"})


def _dimensions(clients: Sequence[tuple[Any, ...]]) -> pd.DataFrame:
    rows = []
    for client in clients:
        for name, weight in (("contact", 25), ("issues", 20), ("feedback", 15), ("commercial", 10)):
            blank = client[3] == "unknown" and name == "contact"
            state, words = ("unknown", "Last contact is empty") if blank else ("known", "Fine")
            rows.append((_key(client[0]), name, None if blank else 100.0, state, weight, words))
        rows += [(_key(client[0]), name, None, "off", 20, "") for name in ("outcomes", "relationship")]
    return _frame("key name score state weight sentence", rows)


def _warnings(names: set[str]) -> pd.DataFrame:
    rows = (
        ("Aldgate Legal", "silence", "risk", "No sign of life since 28 Sep", "They write, call or meet again"),
        ("Aldgate Legal", "low_score", "risk", "4/10 of 3 Nov is unanswered", "The 4/10 is answered"),
        ("Brightwater Dental", "complaints", "risk", "Complaint of Fri 20 Nov 15:00", "The complaint is fixed"),
        ("Kestrel Logistics", "budget_concern", "watch", "Worried about budget", "The worry is resolved"),
    )
    return _frame("key id title level sentence clears_when since do owner ref snoozed", [
        (_key(name), id, id, level, words, clears, None, "", "", None, "") for name, id, level, words, clears in rows
        if name in names
    ])  # fmt: skip


def _clocks(names: set[str]) -> pd.DataFrame:
    if "Brightwater Dental" not in names:
        return _frame("key issue row clock raised deadline state sentence done row_id", [])
    fri = "2026-11-20 15:00"
    return _frame("key issue row clock raised deadline state sentence done row_id", [
        ("brightwater dental", "Booking form down", 5, "acknowledge", fri, "2026-11-23 10:30", "at risk",
         "4 working hours: Fri 15:00–17:30 (2 h 30) + Mon 9:00–10:30 (1 h 30)", None, ""),
        ("brightwater dental", "Booking form down", 5, "propose", fri, "2026-11-23 15:00", "running",
         "1 working day", None, ""),
        ("brightwater dental", "Booking form down", 5, "escalate", fri, "2026-11-24 15:00", "running",
         "2 working days", None, ""),
        ("corvid coffee", "Typo in the October report", 4, "acknowledge", "2026-11-03 10:00", "2026-11-03 14:00",
         "met", "Answered Tue 3 Nov 10:40", "2026-11-03 10:40", ""),
    ])  # fmt: skip


def _actions(clients: Sequence[tuple[Any, ...]]) -> pd.DataFrame:
    rows = []
    for i, client in enumerate(clients):
        base = NINE[i % len(NINE)][0]
        for name, due, late, level, what, why, routine, state in _ACTIONS:
            if name == base:
                done = "2026-11-19" if state == "done" else None
                snooze = "2026-12-04" if state == "snoozed" else None
                id = f"{what.split()[0].lower()}|{_key(client[0]).replace(' ', '%20')}|{due[:10]}"
                rows.append((id, _key(client[0]), client[0], client[1] or None, due, late, level, what, why, routine,
                             state, done, "All fine" if done else None, snooze,
                             "waiting for their board" if snooze else None, ""))  # fmt: skip
    columns = "row_id key client owner due late level what why routine state done_on outcome snooze_until reason text"
    return _frame(columns, rows)


def _metrics(any_clients: bool) -> pd.DataFrame:
    columns = "id title value target verdict n low high sentence origin unit way"
    if not any_clients:
        return _frame(columns, [("retention", "Clients kept", None, 0.85, "no data", 0, None, None,
                                 "No client was here a year ago", "", "share", "")])  # fmt: skip
    return _frame(columns, [
        ("nps", "Would recommend us", 42.0, 50.0, "can't tell yet", 31, 17.0, 67.0,
         "18 say 9–10, 5 say 0–6. With 31 answers anything from 17 to 67 is possible", "31 answers", "points",
         "5 more promoters"),
        ("retention", "Clients kept", 0.85, 0.85, "can't tell yet", 20, 0.64, 0.95,
         "3 left. With 20 clients, one is 5 points; anything from 64 to 95 % is possible",
         "17 of 20", "share", ""),
        ("expansion_share", "Revenue from growth", 0.18, 0.2, "not met", 412, None, None,
         "90,000 of 500,000 began with clients who were already here", "500,000", "share",
         "12,500 more expansion revenue"),
        ("tenure", "How long clients stay", 28.5, 12.0, "met", 26, None, None,
         "Of the first 36 months a client stays 28.5", "26 clients", "months", ""),
        ("nrr", "Revenue kept, with growth", 1.04, None, "", 18, None, None,
         "Clients who paid 30,000 a month pay 31,200, Oct 2026 against Oct 2025", "31,200 of 30,000", "share", ""),
        ("on_time_rate", "Contacts on time", None, None, "no data", 0, None, None,
         "Counting began on 23 Nov; nothing that fell due since is done or late yet", "", "share", ""),
    ])  # fmt: skip


def _problems(names: set[str]) -> tuple[Problem, ...]:
    if "Kestrel Logistics" not in names:
        return ()
    ref = Ref("Clients", 12, 3, "Monthly fee", "Kestrel Logistics")
    return (Problem(ref, "“about 3k” is not a number", "The fee beside each level"),)


def _answers(names: set[str]) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    for i, (quarter, scores) in enumerate(
        {"2026-02-10": (9, 9, 7), "2026-05-12": (10, 8, 9, 5), "2026-08-11": (9, 7, 9), "2026-11-03": (8, 9)}.items()
    ):
        for j, score in enumerate(scores):
            client = ("Corvid Coffee", "Harbour Yoga", "Kestrel Logistics", "Elm & Ivy")[(i + j) % 4]
            rows.append({"client": client, "contact": f"{j}", "answered_on": quarter, "score": float(score)})
    rows.append({"client": "Aldgate Legal", "contact": "Mr Lamb", "answered_on": "2026-11-03", "score": 4.0,
                 "improve": "We never know where things stand, and the invoice was wrong again.",
                 "did_well": "The new site looks great."})  # fmt: skip
    return [row for row in rows if row["client"] in names]


def _history(clients: Sequence[tuple[Any, ...]]) -> tuple[tuple[date, str, Level], ...]:
    entries = []
    for client in clients:
        key, level, since = _key(client[0]), Level(client[3]), date.fromisoformat(client[5])
        before = {Level.RISK: Level.WATCH, Level.WATCH: Level.OK}.get(level, level)
        if since > date(2026, 10, 5) and before != level:
            entries.append((date(2026, 10, 5), key, before))
        entries.append((max(since, date(2026, 10, 5)), key, level))
    return tuple(sorted(entries))


def table_of(name: str, rows: list[dict[str, Any]], columns: Sequence[str] = (), tab: str | None = None) -> Table:
    spec = TABLES[name]
    frame = pd.DataFrame(index=range(len(rows)))
    for field in spec.fields:
        values = [row.get(field.name) for row in rows]
        dtype = _DTYPES.get(field.type, "string")
        made = pd.Series(values, dtype=object)
        frame[field.name] = pd.to_datetime(made, format="mixed") if dtype.startswith("date") else made
        frame[field.name] = frame[field.name].astype(dtype)
    frame["row"] = pd.Series(range(4, 4 + len(rows)), dtype="int64")
    frame["key"] = pd.Series([_key(row["client"]) for row in rows], dtype="string")
    if name == "clients":
        frame = frame.set_index("key")
    title = spec.title if tab is None else tab
    wanted = columns or tuple(field.name for field in spec.fields)
    headers = {field.name: field.header for field in spec.fields}
    found = {column: Found(i, headers[column]) for i, column in enumerate(wanted, start=1)} if title else {}
    return Table(name, frame, title, 3 if title else 0, found)


def text_of(tab: Tab) -> str:
    """A generated tab as text: title, print set-up, then a line a row: column letter, value, [look] and → link."""
    lines = [f"{tab.title} · widths {' '.join(f'{width:g}' for width in tab.widths)} · frozen {tab.freeze}"]
    rows: dict[int, list[str]] = {}
    for (row, column), cell in sorted(cells_of(tab).items()):
        value = f"{cell.value.cached}  {cell.value.text}" if isinstance(cell.value, Formula) else f"{cell.value}"
        look = [cell.level.value] if cell.level else []
        look += [cell.style] if cell.style != "body" else []
        look += [cell.kind] if cell.kind != "text" else []
        jump = f" → {cell.link.tab}!{cell.link.row},{cell.link.column}{cell.link.status_column}" if cell.link else ""
        looks = f" [{', '.join(look)}]" if look else ""
        rows.setdefault(row, []).append(f"{letters(column)} {value}{looks}{jump}")
    lines += [f"{row:>3}  {' | '.join(cells)}" for row, cells in rows.items()]
    for block in tab.blocks:
        if isinstance(block, Chart):
            lines.append(f"chart {block.at} {block.size} {block.title}: {', '.join(block.categories)}")
            lines += [f"  {one.name} {one.colour}{' line' if one.line else ''} {one.values}" for one in block.series]
        if isinstance(block, TableBlock):
            inputs = [column.header for column in block.columns if column.input]
            lines.append(f"table {block.at} filter={block.filter} ids={block.ids} inputs={inputs}")
    return "\n".join(lines) + "\n"
