"""What stands in Consents, judged line by line for the team: who may be asked for what, until when, what is missing."""

from __future__ import annotations

from datetime import datetime, timedelta

import pandas as pd

from sheets_sync.playbook.schema import Playbook
from sheets_sync.rules.consent import ALLOWED, ASK, PURPOSES, STOPPED, permissions
from sheets_sync.rules.sentences import date_in_words
from sheets_sync.tracker.tables import Tables

_ORDER = {STOPPED: 0, ASK: 1, ALLOWED: 2}
_COLUMNS = ("key", "purpose", "state", "again", "contact", "on", "expires", "basis", "evidence", "sentence", "row")


def consents(playbook: Playbook, tables: Tables, keys: pd.Index, now: datetime) -> pd.DataFrame:
    """What each client that has a line in Consents said, a row a client and purpose named there: stopped first, then
    what needs asking, then what is allowed [B11] [B12].

    key · purpose (data, feedback, marketing, publicity) · state (allowed, ask first, stopped) · again (allowed, but it
    runs out soon) · contact (whose word it is) · on (given or withdrawn) · expires · basis · evidence · sentence · row
    (of Consents).

           key    purpose    state  again contact         on                                      sentence  row
    0  aldgate  marketing  stopped  False    <NA> 2026-11-03      They objected to marketing on 3 Nov.    5
    1   corvid  publicity  allowed   True  Al Moe 2026-03-02  Al Moe agreed to publicity on 2 Mar, unt…    7
    """
    place = {key: i for i, key in enumerate(keys)}
    soon = now.date() + timedelta(days=playbook.settings.consent.ask_again_days)
    found = [(key, purpose, said) for (key, purpose), said in permissions(tables, now).items() if key in place]
    found.sort(key=lambda line: (_ORDER[line[2].state], place[line[0]], PURPOSES.index(line[1])))
    rows = []
    for key, purpose, said in found:
        again = said.state == ALLOWED and said.expires is not None and said.expires <= soon
        before = f" Ask again before {date_in_words(said.expires, now)}." if again and said.expires else ""
        blank = (said.contact or None, said.on, said.expires, said.basis or None, said.evidence or None)
        rows.append((key, purpose, said.state, again, *blank, said.sentence + before, said.row))
    frame = pd.DataFrame(rows, columns=list(_COLUMNS), dtype=object)
    dates = dict.fromkeys(("on", "expires"), "datetime64[us]")
    return frame.astype({"key": "string", "again": bool, "row": "Int64", **dates})
