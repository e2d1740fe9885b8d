"""What clients say: their answers with what became of them, the score by quarter, and what is still to be asked."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import numpy as np
import pandas as pd

from sheets_sync.playbook.schema import Playbook
from sheets_sync.rules.by_client import Array, days, texts
from sheets_sync.rules.nps import countable, latest_of_contacts, net_score, persons, sides
from sheets_sync.rules.response import invitations
from sheets_sync.tracker.tables import Tables

OPEN, CLOSED = "open", "closed"
_WORDS = ("did_well", "improve", "again", "other", "action")


def answers(playbook: Playbook, tables: Tables, facts: pd.DataFrame, now: datetime) -> pd.DataFrame:
    """The answers of the last `settings.voice.answers_days`, newest first, with what became of them [A29] [A30] [A38]
    [A39] [A41] [B4].

    key · contact · on · score (0–10) · side (promoter, passive, detractor) [A37] · did_well · improve · again (yes, no,
    maybe) · said_last (it is this contact's latest word on that) · other · action · owner (of the action) · done_on ·
    loop (open: an action is entered and not done, or a low score or a "no" that nobody acted on; closed; "" = there was
    nothing to do) · row.

          key   contact          on  score       side             improve  action    loop
    0  aldgate  Mr Lamb  2026-11-03      4  detractor  We never know wher…    <NA>    open
    1   corvid  Al Moe   2026-10-20     10   promoter                 <NA>    <NA>
    """
    frame, today = tables["surveys"].frame, pd.Timestamp(now.date())
    on = frame["answered_on"].dt.normalize()
    said = frame["score"].notna()
    for name in _WORDS[:4]:
        said |= frame[name].notna()
    recent = (on <= today) & (on > today - pd.Timedelta(days=playbook.settings.voice.answers_days))
    kept = frame[said & recent & frame["key"].isin(facts.index)]
    kept = kept.assign(on=on[kept.index], person=persons(kept)).sort_values(["on", "row"], kind="stable")
    about_again = kept[kept["again"].notna()]
    last = set(about_again.drop_duplicates(["key", "person"], keep="last").index)
    kept = kept.iloc[::-1]
    own = facts[["owner", "status", "unanswered_score_on", "would_work_again_on"]].reindex(kept["key"])
    board = kept[["key", "contact", "on", "score", *_WORDS[:3]]].assign(
        side=_side(playbook, kept["score"]),
        said_last=kept.index.isin(list(last)),
        other=kept["other"],
        action=kept["action"],
        owner=_owner(kept, own),
        done_on=kept["action_done_on"],
        loop=_loop(playbook, kept, own, today),
        row=kept["row"],
    )
    return board.reset_index(drop=True)


def _side(playbook: Playbook, score: pd.Series) -> Array:
    settings = playbook.settings.nps
    numbers = score.to_numpy(float, na_value=np.nan)
    sides_: Array = np.select(
        [numbers >= settings.promoter_from, numbers >= settings.passive_from, numbers < settings.passive_from],
        ["promoter", "passive", "detractor"],
        "",
    ).astype(object)
    return sides_


def _owner(kept: pd.DataFrame, own: pd.DataFrame) -> Array:
    """Whose action it is: the one named, else the client's owner."""
    named, clients = texts(kept["action_owner"]), texts(own["owner"])
    return np.where(named == None, clients, named)  # noqa: E711


def _loop(playbook: Playbook, kept: pd.DataFrame, own: pd.DataFrame, today: pd.Timestamp) -> Array:
    """A low score waits as long as the client's fact says that it is unanswered: until something is done, or a newer
    score has come. Of those who left nothing is asked any more."""
    on = days(kept["on"])
    done = days(kept["action_done_on"]) <= np.datetime64(today, "D")
    low = _side(playbook, kept["score"]) == "detractor"
    waits = low & (days(own["unanswered_score_on"]) == on)
    refuses = (texts(kept["again"]) == "no") & (days(own["would_work_again_on"]) == on)
    asked = kept["action"].notna().to_numpy(bool)
    here = ~own["status"].isin(playbook.settings.status.closed).to_numpy(bool)
    loop: Array = np.select([done, (asked | waits | refuses) & here], [CLOSED, OPEN], "").astype(object)
    return loop


def quarters(playbook: Playbook, tables: Tables, now: datetime) -> pd.DataFrame:
    """What was answered in each of the last calendar quarters, oldest first, from the first one with anything in it
    [A36] [A40] [A108] [B14]. Of each contact its latest answer in that quarter counts; a score needs
    `settings.nps.least_answers` of them.

    quarter (the first day) · answers · promoters · passives · detractors · score · low · high (−100…100, its interval)
    · sent (invitations by the day of sending that were open long enough) · replied · again · again_yes.

          quarter  answers  promoters  passives  detractors  score  low   high  sent  replied
    0  2026-07-01       10          6         3           1   50.0  9.1   90.9    12       10
    1  2026-10-01        6          4         1           1   <NA>  <NA>  <NA>     4        3
    """
    this = pd.Timestamp(now).to_period("Q")
    wanted = pd.period_range(this - playbook.settings.voice.quarters + 1, this, freq="Q")
    scored, _ = countable(tables["surveys"].frame, now)
    invited = _invited(playbook, tables, wanted[0].start_time.date(), now)
    rows = [
        {"quarter": quarter.start_time, **_of_quarter(playbook, scored[at == quarter]), **invited.get(quarter, _NOBODY)}
        for at in (scored["answered_on"].dt.to_period("Q"),)
        for quarter in wanted
    ]
    board = pd.DataFrame(rows)
    some = board["answers"].gt(0) | board["sent"].gt(0)
    board = board[some.cummax()].reset_index(drop=True)
    numbers = dict.fromkeys(("score", "low", "high"), "Float64")
    return board.astype({"quarter": "datetime64[us]", **numbers})


_NOBODY = {"sent": 0, "replied": 0}
_NO_SCORE: dict[str, Any] = dict.fromkeys(("score", "low", "high"))


def _of_quarter(playbook: Playbook, answers_: pd.DataFrame) -> dict[str, Any]:
    if not len(answers_):
        counts = dict.fromkeys(("answers", "promoters", "passives", "detractors"), 0)
        return {**counts, **_NO_SCORE, "again": 0, "again_yes": 0}
    settings = playbook.settings.nps
    scores = latest_of_contacts(answers_, settings.per == "client")
    n = len(scores)
    promoters, detractors = sides(playbook, scores)
    found = _NO_SCORE
    if n >= settings.least_answers:
        score, half = net_score(promoters, detractors, n, playbook.settings.interval.confidence)
        found = {"score": score, "low": max(-100.0, score - half), "high": min(100.0, score + half)}
    again = answers_["again"].dropna()
    return {
        "answers": n,
        "promoters": promoters,
        "passives": n - promoters - detractors,
        "detractors": detractors,
        **found,
        "again": len(again),
        "again_yes": int(again.eq("yes").sum()),
    }


def _invited(playbook: Playbook, tables: Tables, first: date, now: datetime) -> dict[pd.Period, dict[str, int]]:
    if not tables["surveys"].present:
        return {}
    window = (now.date() - first).days + 1
    found = invitations(playbook, tables["surveys"], window, np.datetime64(now.date(), "D"))
    sent = pd.DataFrame({"quarter": pd.DatetimeIndex(found.sent).to_period("Q"), "replied": found.answered})
    counts = sent.groupby("quarter")["replied"].agg(["size", "sum"])
    return {quarter: {"sent": int(row["size"]), "replied": int(row["sum"])} for quarter, row in counts.iterrows()}


def asking(playbook: Playbook, tables: Tables, touchpoints: pd.DataFrame, now: datetime) -> pd.DataFrame:
    """Questions that are owed and invitations that nobody has answered yet, by day [A28] [A31] [A34].

    key · what · contact · day (of an invitation: when it was sent; else until when to ask) · state (owed, late,
    blocked, waiting) · reason (of blocked) · row (of Surveys; -1 = none).
    """
    entries = playbook.touchpoints
    feedback = {name for name, entry in entries.items() if entry.purpose == "feedback"}
    states = {"due": "owed", "overdue": "late", "blocked": "blocked"}
    owed = touchpoints[touchpoints["id"].isin(feedback) & touchpoints["state"].isin(states)]
    sent = tables["surveys"].frame
    today = pd.Timestamp(now.date())
    still = sent["sent_on"].between(today - pd.Timedelta(days=playbook.settings.look_back.days), today)
    waiting = sent[still & sent["answered_on"].isna() & sent["score"].isna() & sent["key"].notna()]
    titles = owed["title"] + owed["project"].map(lambda name: f", {name}" if isinstance(name, str) and name else "")
    parts = (
        pd.DataFrame({
            "key": owed["key"], "what": titles, "contact": None, "day": owed["latest"].fillna(owed["due"]),
            "state": owed["state"].map(states), "reason": owed["reason"], "row": -1,
        }),
        pd.DataFrame({
            "key": waiting["key"], "what": waiting["kind"].fillna("").astype(object).map(_survey), "contact":
            waiting["contact"].astype(object), "day": waiting["sent_on"], "state": "waiting", "reason": None,
            "row": waiting["row"],
        }),
    )  # fmt: skip
    board = pd.concat([part.astype({"key": object, "row": int}) for part in parts], ignore_index=True)
    return board.sort_values(["day", "key"], kind="stable").reset_index(drop=True)


def _survey(kind: str) -> str:
    return f"{kind} survey".strip().capitalize()
