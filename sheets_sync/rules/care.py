"""What is owed to clients who did us a favour, and whom we could ask for the next one."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import numpy as np
import pandas as pd

from sheets_sync.model import Level
from sheets_sync.rules.by_client import Array, answers, day_of, records
from sheets_sync.rules.care_facts import last_of
from sheets_sync.rules.case import Case, Found
from sheets_sync.rules.consent import ALLOWED, STOPPED, permissions, stands
from sheets_sync.rules.sentences import date_in_words, fill

CANDIDATES = ("key", "ask", "permission", "contact", "last", "because")
REWARDS = ("key", "kind", "on", "reward", "row")


def rewards(case: Case, found: Found, now: datetime) -> pd.DataFrame:
    """Every reward that was promised in Care and not given yet, the oldest first [A97].

    key · kind (of the line of Care) · on · reward (as typed) · row (of Care).

         key      kind         on              reward  row
    0  corvid  referral 2026-09-02  One month half price    7
    """
    frame = case.tables["care"].frame
    paid = frame["reward_paid_on"] <= pd.Timestamp(now)
    nothing = set(case.playbook.settings.care.no_reward)
    said = frame["reward_owed"].str.strip().str.casefold()
    open_ = frame["key"].notna() & said.notna() & ~said.isin(nothing) & ~paid & ~(frame["date"] > pd.Timestamp(now))
    # A Done on in the Diary settles it as well.
    due = found.touchpoints.frame
    owed = [name for name, entry in case.playbook.touchpoints.items() if entry.done.column == "Reward paid on"]
    settled = due.loc[due["id"].isin(owed) & due["state"].eq("done"), "row"]
    kept = frame[open_.fillna(False).astype(bool) & ~frame["row"].isin(settled)]
    kept = kept.sort_values("date", kind="stable", na_position="last")
    kept = kept[["key", "kind", "date", "reward_owed", "row"]]
    return kept.set_axis(list(REWARDS), axis=1).reset_index(drop=True)


def candidates(case: Case, found: Found, now: datetime) -> pd.DataFrame:
    """Whom we could ask for what: satisfied, nothing open, neither at risk nor to watch, not asked lately, and not
    refused; those who agreed already come first [A33] [A95] [A96] [D18].

    key · ask (testimonial, case study, referral, shout-out) · permission (allowed, ask first) · contact (whose yes it
    is) · last (when they last gave one) · because.

          key          ask permission       contact        last                        because
    0  corvid   case study    allowed        Al Moe         NaT  leads 66 of 60; 9/10 on 3 Nov
    1  elm ivy    referral  ask first          <NA>  2026-01-09                  10/10 on 2 Nov
    """
    facts, today = found.facts, day_of(now)
    calm = found.clients["level"].isin([Level.OK, Level.UNKNOWN]).to_numpy(bool)
    good = calm & facts["satisfied_on"].notna().to_numpy(bool) & answers(facts["may_ask_public"])
    care = records(case.tables, "care")
    shown_before = last_of(care, {"case study"}, today)
    met = good & facts["outcome_status"].eq("met").fillna(False).to_numpy(bool) & np.isnat(shown_before)
    promoter = calm & facts["promoter_on"].notna().to_numpy(bool) & answers(facts["may_ask_referral"])
    testimonial = last_of(care, {"testimonial"}, today)
    referral = facts["referred_on"].to_numpy("datetime64[D]")
    asks = (
        ("case study", "publicity", met, shown_before),
        ("testimonial", "publicity", good, testimonial),
        ("referral", "marketing", promoter, referral),
    )
    state = {purpose: stands(case.tables, facts.index, purpose, now) for purpose in ("marketing", "publicity")}
    lines: list[tuple[Any, ...]] = []
    for ask, purpose, mask, last in asks:
        places = np.flatnonzero(mask & (state[purpose] != STOPPED))
        words = _because(facts, places, ask, now)
        lines += [
            (facts.index[place], ask, purpose, state[purpose][place], last[place], because)
            for place, because in zip(places, words, strict=True)
        ]
    lines += _shout_outs(case, found, state["publicity"], now)
    said = permissions(case.tables, now)
    lines.sort(key=lambda line: line[3] != ALLOWED)
    rows = [
        (key, ask, permission, _whose(said.get((key, purpose)), permission), last, because)
        for key, ask, purpose, permission, last, because in lines
    ]
    frame = pd.DataFrame(rows, columns=list(CANDIDATES), dtype=object)
    return frame.astype({"key": "string", "last": "datetime64[us]"})


def _whose(said: Any, permission: str) -> str | None:
    return said.contact or None if said is not None and permission == ALLOWED else None


def _because(facts: pd.DataFrame, places: Array, ask: str, now: datetime) -> list[str]:
    template = "{latest_score}/10 on {latest_score_on}"
    return fill(f"{{outcome}}; {template}" if ask == "case study" else template, facts, now, places)


def _shout_outs(case: Case, found: Found, state: Array, now: datetime) -> Iterator[tuple[Any, ...]]:
    """Wins of the look-back that nobody has praised in public since [A95]."""
    signals, today = records(case.tables, "signals"), day_of(now)
    when = signals.days("date")
    recent = (when <= today) & (when > today - case.playbook.settings.look_back.days)
    praised = last_of(records(case.tables, "care"), {"shout-out"}, today)
    here = ~found.facts["status"].isin(case.playbook.settings.status.no_health).to_numpy(bool)
    notes = signals.text("note")
    for row in np.flatnonzero(signals.known & recent & signals.is_in("kind", {"client win"})):
        place = signals.at[row]
        if here[place] and state[place] != STOPPED and not praised[place] >= when[row]:
            told = f"{notes[row]} ({date_in_words(when[row].item(), now)})" if notes[row] else "Their win of "
            words = told if notes[row] else told + date_in_words(when[row].item(), now)
            yield found.facts.index[place], "shout-out", "publicity", state[place], praised[place], words
