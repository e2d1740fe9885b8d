"""The JSON objects of the commands: moments are ISO 8601 with zone, dates YYYY-MM-DD, ratios 0–1, levels words."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import date, datetime, time
from typing import TYPE_CHECKING, Any

import pandas as pd

from sheets_sync.model import CellError, Level, Problem, letters
from sheets_sync.sync import Report, run_id

if TYPE_CHECKING:
    from sheets_sync.cli.setting import Setting
    from sheets_sync.tracker.proposal import Proposal

# Controls beyond ASCII and marks that turn the direction of text; JSON escapes those of ASCII itself.
_UNSAFE = re.compile("[\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")
Stamp = Callable[[datetime], str]


def dump(shape: dict[str, Any]) -> str:
    """One JSON object as text; what came out of a tracker never breaks it, nor the terminal that shows it."""
    text = json.dumps(shape, ensure_ascii=False, indent=2, default=str).encode("utf-8", "replace").decode()
    return _UNSAFE.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def levels(report: Report) -> dict[str, int]:
    """How many clients stand at each level, worst first; they add up to all clients."""
    counts = report.assessment.clients["level"].value_counts()
    return {level.value: int(counts.get(level.value, 0)) for level in reversed(Level)}


def run_shape(setting: Setting, report: Report) -> dict[str, Any]:
    """The object of `run --json` and `plan --json`."""
    receipt = report.receipt
    return head(setting, report) | {
        "levels": levels(report),
        "changes": [
            {
                "tab": change.tab,
                "client": client,
                "column": change.header,
                "cell": f"{change.tab}!{cell}",
                "before": plain(change.before),
                "after": plain(change.after),
                "why": change.why,
            }
            for change, client, cell in report.placed_changes()
        ],
        "tabs": [{"title": title, "change": change} for title, change in tab_changes(report)],
        "problems": [problem(entry) for entry in report.problems],
        "notes": [*map(str, report.overrides), *filter(None, [report.refusal]), *(receipt.notes if receipt else ())],
        "written": report.written,
        "io": {
            "reads": sum(read.reads for read in (report.snapshot, *report.sources.values()))
            + (receipt.reads if receipt else 0),
            "writes": receipt.writes if receipt else 0,
            "bytes": receipt.bytes if receipt else 0,
        },
        "seconds": {name: round(seconds, 4) for name, seconds in report.seconds.items()},
        "run_id": run_id(report),
    }


def head(setting: Setting, report: Report) -> dict[str, Any]:
    """What every report begins with."""
    return {
        "version": 1,
        "tracker": setting.location,
        "as_of": setting.stamp(report.now),
        "valid_until": setting.stamp(report.assessment.valid_until),
        "playbook": {"name": report.playbook.name, "version": report.playbook.version},
        "clients": len(report.assessment.clients),
    }


def tab_changes(report: Report) -> list[tuple[str, str]]:
    """Each generated tab that people see, with what the patch does to it."""
    had = {tab.id: tab.title for tab in report.snapshot.tabs}
    put = {tab.id for tab in report.patch.tabs}
    seen = [
        (tab.title, "unchanged" if tab.id not in put else "replaced" if tab.id in had else "added")
        for tab in report.desired.tabs
        if not tab.hidden
    ]
    return [*seen, *((had[id], "removed") for id in report.patch.drop_tabs)]


def problem(entry: Problem) -> dict[str, Any]:
    """A problem with its place."""
    return {
        "where": str(entry.ref),
        "header": entry.ref.header,
        "value": plain(entry.value),
        "message": entry.message,
        "hint": entry.hint,
    }


def mapping(proposal: Proposal) -> list[dict[str, Any]]:
    """Which tab each table was read from, with its columns, and the headers that were left alone."""
    return [
        {
            "table": table.match.spec.name,
            "tab": table.tab,
            "header_row": table.match.row,
            "columns": [
                {
                    "field": field,
                    "header": found.header,
                    "column": letters(found.column),
                    "confidence": found.confidence,
                }
                for field, found in table.match.columns.items()
            ],
            "left_alone": list(table.match.unknown),
        }
        for table in proposal.tabs()
    ]


def plain(value: Any, stamp: Stamp = lambda moment: moment.isoformat(timespec="minutes")) -> Any:
    """A value as JSON has it: blank as null, a midnight as its date, an error by its name, numbers as Python's."""
    if isinstance(value, CellError):
        return value.text
    if value is None or value is pd.NaT or value is pd.NA:
        return None
    if isinstance(value, pd.Timestamp):
        value = value.to_pydatetime()
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else stamp(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(item, stamp) for item in value]
    if isinstance(value, str | bool | int):
        return value
    if hasattr(value, "item"):
        value = value.item()
    if isinstance(value, float):
        return None if value != value else int(value) if value.is_integer() and abs(value) < 1e15 else round(value, 6)
    return value if isinstance(value, bool | int) else str(value)


# ── explain ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def explain_shape(setting: Setting, report: Report, keys: list[str]) -> dict[str, Any]:
    """The object of `explain --json` for the clients named, and all metrics."""
    return head(setting, report) | {
        "clients": [client_shape(setting, report, key) for key in keys],
        "metrics": [
            _pick(row, ("id", "value", "target", "verdict", "n", "low", "high", "sentence"), setting.stamp)
            | {"verdict": row["verdict"] or None}
            for row in _records(report.assessment.metrics)
        ],
        "problems": [problem(entry) for entry in report.problems],
    }


def client_shape(setting: Setting, report: Report, key: str) -> dict[str, Any]:
    """Everything that is known about one client."""
    found, stamp = report.assessment, setting.stamp
    line = found.clients.loc[key]
    dimensions = _rows(found.dimensions, key)
    warnings = _rows(found.warnings, key)
    return {
        "key": key,
        "client": plain(line["client"]),
        "owner": plain(line["owner"]),
        "status": plain(line["status"]),
        "health": {
            "level": plain(line["level"]),
            "score": plain(line["score"]),
            "coverage": plain(line["coverage"]),
            "dimensions": [_pick(row, ("name", "score", "state", "weight", "sentence"), stamp) for row in dimensions],
            "drops": [row["id"] for row in warnings if row.get("hard_drop")],
        },
        "why": reasons(report, key),
        "facts": {name: plain(value, stamp) for name, value in known_facts(report, key)},
        "warnings": [
            _pick(row, ("id", "title", "level", "sentence"), stamp)
            | {"cell": _cell(row["ref"]), "clears_when": plain(row["clears_when"]), "since": plain(row["since"])}
            for row in warnings
        ],
        "touchpoints": [
            _pick(row, ("id", "title", "project", "state", "due", "latest", "owner", "purpose", "sentence"), stamp)
            for row in _rows(found.touchpoints, key)
        ],
        "clocks": [
            _pick(row, ("issue", "clock", "deadline", "state", "sentence"), stamp) for row in _rows(found.clocks, key)
        ],
        "renewal": next((_pick(row, ("state", "date", "opens"), stamp) for row in _rows(found.renewals, key)), None),
        "offer_next": plain(line["offer_next"]) or None,
    }


def known_facts(report: Report, key: str) -> list[tuple[str, Any]]:
    """What the catalogue of facts names, with a client's values; what the rules note for themselves is left out."""
    from sheets_sync.rules.facts import FACTS

    line = report.assessment.facts.loc[key]
    return [(name, line[name]) for name in FACTS if name in line.index]


def reasons(report: Report, key: str) -> list[str]:
    """Why a client stands where it stands, every reason as a sentence, worst first."""
    rank = {level.value: place for place, level in enumerate(reversed(Level))}
    fired = sorted(_rows(report.assessment.warnings, key), key=lambda row: rank[str(row["level"])])
    sentences = [str(row["sentence"]) for row in fired if not row.get("snoozed")]
    why = plain(report.assessment.clients.loc[key, "why"])
    return sentences or ([str(why)] if why else [])


def _rows(frame: pd.DataFrame, key: str) -> list[dict[str, Any]]:
    return _records(frame[frame["key"] == key])


def _records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    return [{str(name): value for name, value in row.items()} for row in frame.to_dict("records")]


def _pick(row: dict[str, Any], names: tuple[str, ...], stamp: Stamp) -> dict[str, Any]:
    return {name: plain(row.get(name), stamp) for name in names}


def _cell(ref: Any) -> str | None:
    if ref is None or not getattr(ref, "tab", ""):
        return None
    return f"{ref.tab}!{ref.a1}" if ref.a1 else str(ref.tab)
