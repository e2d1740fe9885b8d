"""Every case of tests/cases, run through the whole pipeline on the memory backend."""

from __future__ import annotations

from datetime import date, datetime, time
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from sheets_sync import sync
from sheets_sync.config import Config
from sheets_sync.model import OwnedTab
from sheets_sync.sync import Report
from sheets_sync.tracker.history import History, memory_tab
from sheets_sync.workbooks.memory import MemoryWorkbook, grid_of
from tests.case_files import Case, matches, read_cases

COLUMNS = {
    "warnings": {"Client": "client", "id": "id", "level": "level", "sentence": "sentence", "clears": "clears_when"},
    "touchpoints": {
        "Client": "client",
        "id": "id",
        "project": "project",
        "state": "state",
        "opens": "opens",
        "due": "due",
        "latest": "latest",
        "owner": "owner",
        "sentence": "sentence",
    },
    "clocks": {
        "Client": "client",
        "Issue": "issue",
        "clock": "clock",
        "deadline": "deadline",
        "state": "state",
        "sentence": "sentence",
    },
    "actions": {"Client": "client", "owner": "owner", "due": "due", "what": "what", "why": "why", "state": "state"},
    "metrics": {name: name for name in ("id", "value", "n", "low", "high", "verdict", "sentence", "way", "target")},
    "dimensions": {"Client": "client", "name": "name", "score": "score", "state": "state", "sentence": "sentence"},
    "practice": {
        name: name for name in ("id", "due", "in_time", "done", "due_before", "in_time_before", "done_before", "now")
    },
    "controls": {name: name for name in ("id", "by", "owner", "last", "due", "latest", "state", "sentence")},
    "consistency": {name: name for name in ("owner", "id", "title", "due", "in_time")},
    "logged": {name: name for name in ("owner", "month", "clients", "logged", "silent")},
    "raci": {name: name for name in ("kind", "name", "does", "answers", "level", "state", "sentence")},
    "exceptions": {"title": "title", "whom": "whom", "what": "what", "why": "why", "clients": "clients"},
    "suggestions": {
        "state": "state",
        "Date": "date",
        "Entry": "entry",
        "Suggestion": "suggestion",
        "Decided on": "decided_on",
    },
    "renewals": {"Client": "client", "state": "state", "date": "date", "opens": "opens"},
    "answers": {"Client": "client", **{name: name for name in ("on", "score", "side", "loop", "owner", "said_last")}},
    "quarters": {name: name for name in ("quarter", "answers", "promoters", "passives", "detractors", "score", "low",
                                         "high", "sent", "replied", "again", "again_yes")},
    "asking": {"Client": "client", "what": "what", "day": "day", "state": "state"},
    "themes": {name: name for name in ("entry", "theme", "clients", "times", "first", "last", "said", "mentioned",
                                       "silent")},
    "issue_kinds": {name: name for name in ("kind", "issues", "clock", "kept", "judged")},
    "leavers": {"Client": "client", **{name: name for name in ("left_on", "reason", "asked", "back", "barred")}},
    "reasons": {name: name for name in ("reason", "quarter", "left")},
    "wins": {"Client": "client", "on": "on", "what": "what", "row": "row", "table": "table"},
    "renewing": {
        "Client": "client",
        **{name: name for name in ("group", "state", "stands", "next", "terms", "change", "returned", "goals")},
    },
    "agendas": {"Client": "client", **{name: name for name in ("point", "title", "line", "missing")}},
}  # fmt: skip


def run(case: Case, folder: Path) -> Report:
    config = Config()
    name = case.extends
    if case.playbook:
        path = folder / "playbook.toml"
        path.write_text(f'extends = "{case.extends}"\nname = "case"\n{case.playbook}', encoding="utf-8")
        name = str(path)
    workbook = MemoryWorkbook(case.tabs)
    if case.since:
        workbook.generated["memory"] = OwnedTab("memory", grid_of(memory_tab(History(case.since))))
    return sync.plan(workbook, config, sync.load(config, name), case.now)


def shown(value: Any) -> str:
    """A value as cases write it: dates ISO, numbers short, blank as nothing."""
    if value is None or value is pd.NaT or (not isinstance(value, str) and pd.isna(value)):
        return ""
    if isinstance(value, datetime):
        moment = value.to_pydatetime() if isinstance(value, pd.Timestamp) else value
        return moment.date().isoformat() if moment.time() == time() else moment.isoformat(" ", "minutes")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float):
        return f"{value:.4g}" if abs(value) < 1000 else f"{value:.0f}"
    return str(value).replace("\n", ", ")


def produced(report: Report, name: str) -> list[dict[str, str]]:
    """What a run produced under the name of an expectation, as text by column."""
    if name == "clients":
        rows: dict[Any, dict[str, str]] = {}
        for column in report.desired.columns:
            for cell in column.cells:
                rows.setdefault(cell.row, {})[column.header] = shown(cell.value)
        clients = report.assessment.clients
        return [{"Client": str(line.client)} | rows.get(line.row, {}) for line in clients.itertuples()]
    if name == "problems":
        return [{"where": str(problem.ref), "message": problem.message} for problem in report.problems]
    if name == "facts":
        facts = report.assessment.facts
        return [
            {
                "Client": str(report.assessment.clients.loc[key, "client"]),
                "fact": fact,
                "value": shown(facts.loc[key, fact]),
            }
            for key in facts.index
            for fact in facts.columns
        ]
    assessed = report.assessment
    frame = getattr(assessed, name) if hasattr(assessed, name) else getattr(assessed.boards, name)
    if "client" not in frame.columns and "key" in frame.columns:
        frame = frame.assign(client=frame["key"].map(report.assessment.clients["client"]))
    # Of a board without names of its own, every column goes by its name in the frame.
    named = COLUMNS.get(name, {"Client": "client", **{column: column for column in frame.columns}})
    return [{head: shown(row.get(field)) for head, field in named.items()} for row in frame.to_dict("records")]


@pytest.mark.parametrize("case", read_cases(), ids=lambda case: case.id)
def test_case(case: Case, tmp_path: Path) -> None:
    report = run(case, tmp_path)
    for name, expected in case.expected.items():
        found = produced(report, name)
        listing = "\n".join(map(str, found))
        if not expected and name != "clients":
            assert not found, f"{name} should be empty:\n{listing}"
        for row in expected:
            assert any(all(matches(want, line.get(head, "")) for head, want in row.items()) for line in found), (
                f"no line of {name} is {row}; there is:\n{listing}"
            )
        _nothing_else(name, expected, found)


def _nothing_else(name: str, expected: list[dict[str, str]], found: list[dict[str, str]]) -> None:
    """Of the ids and clients that an expectation of fired rules names, no further line may be there."""
    if name not in ("warnings", "touchpoints", "clocks", "wins") or not expected:
        return
    id = {"clocks": "clock", "wins": "Client"}.get(name, "id")
    if id not in expected[0] or "Client" not in expected[0]:
        return
    named = {row[id] for row in expected}
    extra = [
        line
        for line in found
        if line[id] in named and not any(all(matches(w, line.get(h, "")) for h, w in row.items()) for row in expected)
    ]
    assert not extra, f"{name} also has {extra}"
