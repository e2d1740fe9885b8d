"""What `explain` prints: one client with its facts and cells, or everybody and the metrics."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sheets_sync.cli.shapes import known_facts, plain, reasons
from sheets_sync.tabs.scorecard import amount

if TYPE_CHECKING:
    from sheets_sync.sync import Report

WORDS = {"risk": "✖ At risk", "watch": "▲ Watch", "ok": "● Healthy", "unknown": "– Unknown"}


def one(report: Report, key: str, verbose: int) -> str:
    """Everything about one client, the reasons first and the facts last."""
    found = report.assessment
    line = found.clients.loc[key]
    lines = [f"{line['client']}: {line['health']}"]
    facts = (("Owner", line["owner"]), ("Status", line["status"]))
    lines.append(" · ".join(f"{name} {plain(value)}" for name, value in facts if plain(value)))
    lines += ["", "Why", *(f"  {sentence}" for sentence in reasons(report, key))]
    lines += _warnings(_of(found.warnings, key))
    lines += _dimensions(_of(found.dimensions, key), line)
    lines += _open(_of(found.touchpoints, key), _of(found.clocks, key))
    if plain(line["do_next"]):
        lines += ["", "Do next", f"  {line['do_next']}"]
    lines += ["", "Facts", *_facts(report, key, verbose)]
    return "\n".join(lines)


def everybody(report: Report) -> str:
    """A line a client, worst first, then each metric with its sentence."""
    order = {"risk": 0, "watch": 1, "unknown": 2, "ok": 3, "none": 4}
    clients = report.assessment.clients
    ranked = clients.iloc[clients["level"].map(order).argsort(kind="stable")]
    width = min(34, max((len(str(name)) for name in ranked["client"]), default=0))
    lines = [
        f"{row.health:<11}  {str(row.client)[:34]:<{width}}  {plain(row.why) or ''}".rstrip()
        for row in ranked.itertuples()
    ]
    lines += ["", "Metrics"]
    for row in report.assessment.metrics.to_dict("records"):
        # Without a target there is no verdict, only the number.
        said = row["verdict"] or amount(plain(row["value"]), row["unit"])
        lines.append(f"  {row['title']}: {said}. {row['sentence']}")
    return "\n".join(lines)


def _warnings(rows: list[dict[str, Any]]) -> list[str]:
    if not rows:
        return []
    lines = ["", "What fired"]
    for row in rows:
        since = f", since {plain(row['since'])}" if plain(row["since"]) else ""
        snoozed = " (snoozed)" if row.get("snoozed") else ""
        lines.append(f"  {WORDS.get(str(row['level']), '–')}  {row['title']}{since}{snoozed}  [{row['id']}]")
        if row["ref"] is not None:
            lines.append(f"      from {row['ref']}")
        if plain(row["clears_when"]):
            lines.append(f"      clears: {row['clears_when']}")
    return lines


def _dimensions(rows: list[dict[str, Any]], line: Any) -> list[str]:
    if not rows:
        return []
    score, coverage = plain(line["score"]), plain(line["coverage"])
    head = f"Health: {score} of 100" if score is not None else "Health: no score"
    if coverage is not None:
        head += f", judged on {coverage:.0%} of what is tracked"
    lines = ["", head]
    for row in rows:
        value = plain(row["score"])
        shown = f"{value:g}" if row["state"] == "known" and value is not None else row["state"]
        lines.append(f"  {row['name'].capitalize():<13} {shown:>14}  weight {plain(row['weight'])}  {row['sentence']}")
    return lines


def _open(touchpoints: list[dict[str, Any]], clocks: list[dict[str, Any]]) -> list[str]:
    open_ = [row for row in touchpoints if row["state"] in ("due", "overdue", "upcoming", "snoozed")]
    lines = ["", "Touchpoints"] if open_ else []
    lines += [f"  {row['title']}: {row['state']}, due {plain(row['due'])}. {row['sentence']}" for row in open_]
    if clocks:
        lines += [
            "",
            "Clocks",
            *(f"  {row['issue']}, {row['clock']}: {row['state']}. {row['sentence']}" for row in clocks),
        ]
    return lines


def _facts(report: Report, key: str, verbose: int) -> list[str]:
    """Each fact with its unit, and with its cell where it was read from one."""
    from sheets_sync.rules.facts import FACTS, cell

    lines = []
    for name, value in known_facts(report, key):
        shown = plain(value)
        if shown is None and not verbose:
            continue
        words = {None: "unknown", True: "yes", False: "no"}.get(shown, shown) if not _is_number(shown) else shown
        unit = " days" if FACTS[name].unit == "days" and shown is not None else ""
        ref = cell(report.tables, report.assessment.facts, key, name) if shown is not None else None
        lines.append(f"  {name}: {words}{unit}{f'  ({ref.tab}!{ref.a1})' if ref else ''}")
    return lines


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _of(frame: Any, key: str) -> list[dict[str, Any]]:
    return list(frame[frame["key"] == key].to_dict("records"))
