"""Feedback on the SOP: what people suggest changing in the playbook, what waits for a decision, what was decided."""

from __future__ import annotations

import pandas as pd

from sheets_sync.model import Problem
from sheets_sync.playbook.locate import did_you_mean
from sheets_sync.playbook.schema import Playbook
from sheets_sync.playbook.values import normal
from sheets_sync.rules.by_client import texts
from sheets_sync.tracker.gather import gather_rows, shown
from sheets_sync.tracker.tables import Tables

WAITING, DECIDED = "waiting", "decided"
_KINDS = ("touchpoints", "clocks", "warnings", "metrics")
COLUMNS = ("state", "date", "by", "entry", "suggestion", "decision", "decided_on", "row")


def suggestions(playbook: Playbook, tables: Tables) -> pd.DataFrame:
    """Every suggestion of the SOP feedback tab, a row each: those that wait for a decision first, the oldest on top;
    then the decided ones, the newest on top, which is the dated list of changes of the rules [E14] [E6].

    state (waiting, decided) · date · by · entry (the title of the playbook's entry, else as typed) · suggestion ·
    decision · decided_on · row (of the tab).

          state        date     by            entry           suggestion   decision  decided_on  row
    0   waiting  2026-11-02    Tom  No sign of life  21 days are enough       <NA>         NaT    3
    1   decided  2026-09-14  Priya         First win     Until day 35       Agreed  2026-10-01    2
    """
    frame = tables["sop_feedback"].frame
    kept = frame[frame["suggestion"].notna()].reset_index(drop=True)
    titles = _titles(playbook) if len(kept) else {}
    named = [None if entry is None else titles.get(normal(entry), entry) for entry in texts(kept["entry"])]
    decided = kept["decision"].notna() | kept["decided_on"].notna()
    kept = kept.assign(entry=pd.array(named, dtype="string"), state=decided.map({True: DECIDED, False: WAITING}))
    kept["state"] = kept["state"].astype("string")
    waiting = kept[~decided].sort_values("date", kind="stable")
    done = kept[decided].sort_values("decided_on", ascending=False, kind="stable")
    return pd.concat([waiting, done], ignore_index=True)[list(COLUMNS)]


def entry_problems(playbook: Playbook, tables: Tables) -> tuple[Problem, ...]:
    """Suggestions on an entry that this playbook does not have: one problem, at the first of its cells."""
    table = tables["sop_feedback"]
    kept = table.frame[table.frame["entry"].notna() & table.frame["suggestion"].notna()]
    titles = _titles(playbook) if len(kept) else {}
    strange = [
        (int(row), str(entry))
        for row, entry in zip(kept["row"], texts(kept["entry"]), strict=True)
        if normal(entry) not in titles
    ]
    if not strange:
        return ()
    rows, entries = [row for row, _ in strange], [shown(entry) for _, entry in strange]
    near = did_you_mean(normal(strange[0][1]), titles).removeprefix("; d")
    problem = gather_rows(
        range(len(rows)),
        lambda i: table.ref("entry", rows[i]),
        f"{entries[0]} is no entry of the playbook.",
        f"{len(rows)} suggestions are on entries that the playbook does not have",
        f"D{near}" if near else "Its entries: sheets-sync playbook show.",
        entries,
    )
    return (problem,)


def _titles(playbook: Playbook) -> dict[str, str]:
    """The title of each entry by every name that people may give it: its title, its name, its section."""
    found: dict[str, str] = {}
    for kind in _KINDS:
        for name, entry in getattr(playbook, kind).items():
            for word in (entry.title, name, f"{kind}.{name}"):
                found.setdefault(normal(word), entry.title)
    for word, entry in (("renewal", playbook.renewal), ("growth", playbook.growth)):
        found.setdefault(normal(word), entry.title)
        found.setdefault(normal(entry.title), entry.title)
    for name in type(playbook.settings).model_fields:
        for word in (name, f"settings.{name}"):
            found.setdefault(normal(word), name.replace("_", " ").capitalize())
    for section in {entry.section for kind in _KINDS for entry in getattr(playbook, kind).values()}:
        for word in (section, section.partition(" ")[2]):
            found.setdefault(normal(word), section)
    return {word: title for word, title in found.items() if word}
