"""Who gave a sign that they want more, and has nobody talked to them about it yet?"""

from __future__ import annotations

from datetime import datetime, timedelta

import numpy as np
import pandas as pd

from sheets_sync.playbook.schema import Playbook
from sheets_sync.rules.by_client import NO_DAY, Array, Gathered, Records, day_of, latest, texts
from sheets_sync.rules.opportunities import ended, talked
from sheets_sync.rules.sentences import listed

_COLUMNS = ["at", "kind", "date", "note", "table", "row"]


def growth_signal_facts(
    playbook: Playbook, gathered: Gathered, inputs: pd.DataFrame, status: Array, now: datetime
) -> dict[str, Array]:
    """Since when a client waits for a conversation about more, and what they gave as signs [A60] [A61] [A62] [A63]."""
    n = len(gathered.clients)
    since, words, rows = np.full(n, NO_DAY), np.full(n, None, dtype=object), np.full(n, None, dtype=object)
    found = _open(playbook, gathered, inputs, status, now)
    for at, lines in found.groupby("at", sort=False):
        first = lines.loc[lines["date"].idxmin()]
        since[int(str(at))] = np.datetime64(first["date"], "D")
        words[int(str(at))] = listed([playbook.growth.signals[kind] for kind in dict.fromkeys(lines["kind"])])
        rows[int(str(at))] = first["row"] if first["table"] == "signals" else None
    return {"growth_signal_on": since, "growth_signal": words, "row.growth_signal_on": rows}


def growth_signals(
    playbook: Playbook, gathered: Gathered, inputs: pd.DataFrame, status: Array, in_the_way: Array, now: datetime
) -> pd.DataFrame:
    """Every sign that waits for a conversation [A60] [A61] [A62] [A63], the newest first: of each client and kind the
    newest, from Signals or from the Signal column of Interactions. A budget talk is one; a budget concern never is.

    It is open until an expansion talk, a line in Opportunities that is dated on its day or later (or is open and has
    no date), or Resolved on. key · kind · date · note · table (signals or interactions) · row · reason (what stands in
    the way, "" = nothing).

           key             kind        date                 note         table  row reason
    0  tamarind           growth  2026-11-15  Second restaurant…       signals    6
    1  oakfield  asked what next  2026-11-08                 NaN  interactions   88
    """
    found = _open(playbook, gathered, inputs, status, now)
    keys, at = gathered.clients.index.to_numpy(object), found["at"].to_numpy(int)
    found = found.assign(key=keys[at], reason=in_the_way[at])
    found = found.sort_values(["date", "key"], ascending=[False, True], kind="stable").reset_index(drop=True)
    columns = ["key", "kind", "date", "note", "table", "row", "reason"]
    return found[columns].astype({"key": "string", "date": "datetime64[us]"})


def _open(playbook: Playbook, gathered: Gathered, inputs: pd.DataFrame, status: Array, now: datetime) -> pd.DataFrame:
    """The newest open sign of each client and kind, as _COLUMNS; `at` is the client's position. `status`: each
    client's; who has left, or is none yet, gives no signs."""
    signals, log, today = gathered["signals"], gathered["interactions"], day_of(now)
    oldest = np.datetime64(now.date() - timedelta(days=playbook.growth.forget_days), "D")
    spoke = _talked(playbook, gathered, inputs, now)
    strangers = np.isin(status, [*playbook.settings.retention.left, *playbook.settings.retention.outside])
    parts = [pd.DataFrame(columns=_COLUMNS)]
    for kind in playbook.growth.signals:
        noted = signals.is_in("kind", {kind}) & (signals.days("date") <= today)
        resolved = noted & (signals.days("resolved_on") <= today)
        settled = np.fmax(spoke, latest(signals, signals.days("date"), resolved)[0])
        said = log.is_in("signal", {kind}) & (log.days("date") <= today)
        parts += [
            _newest(signals, noted & ~resolved, "note", "signals", kind, spoke),
            _newest(log, said, "summary", "interactions", kind, settled),
        ]
    found = pd.concat([part for part in parts if len(part)] or parts[:1], ignore_index=True)
    found = found[(found["date"] > oldest) & ~strangers[found["at"].to_numpy(int)]]
    # A line of Signals tells more than the log of the same day.
    found = found.sort_values(["date", "table"], kind="stable").drop_duplicates(["at", "kind"], keep="last")
    return found.sort_values("at", kind="stable").reset_index(drop=True)


def _newest(table: Records, mask: Array, note: str, name: str, kind: str, settled: Array) -> pd.DataFrame:
    """The newest row of each client among some, unless it was settled on its day or later."""
    on, row = latest(table, table.days("date"), mask)
    waits = np.flatnonzero((row >= 0) & ~(settled >= on))
    rows = row[waits]
    values = {
        "at": waits,
        "kind": kind,
        "date": on[waits],
        "note": texts(table.frame[note])[rows],
        "table": name,
        "row": table.frame["row"].to_numpy()[rows],
    }
    return pd.DataFrame(values, columns=_COLUMNS)


def _talked(playbook: Playbook, gathered: Gathered, inputs: pd.DataFrame, now: datetime) -> Array:
    """The last day of each client on which more work was talked about, as far as the dates of Opportunities say it as
    well. An open one without a date is being talked about now."""
    last, offers = talked(playbook, gathered.tables, inputs, now), gathered["opportunities"]
    is_open = ended(offers, now) == ""
    dated = np.fmax(offers.days("next_date"), offers.days("closed_on"))
    dated = np.where(is_open & np.isnat(dated), day_of(now), dated)
    return np.fmax(last, latest(offers, dated, ~np.isnat(dated))[0])
