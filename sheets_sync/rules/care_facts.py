"""Facts for appreciation: the anniversary that is near, who is satisfied, and what they were last asked for."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime

import numpy as np

from sheets_sync.playbook.care_settings import Care
from sheets_sync.playbook.schema import Playbook
from sheets_sync.playbook.spans import Every
from sheets_sync.rules.by_client import NO_DAY, Array, Gathered, Records, day_of, days, either, latest, since
from sheets_sync.rules.cadence import sane, step, steps_until

_YEAR = Every(months=12)
PUBLIC = frozenset(("testimonial", "case study"))


def care_facts(playbook: Playbook, gathered: Gathered, known: Mapping[str, Array], now: datetime) -> dict[str, Array]:
    """The next or just passed anniversary with its years [A98]; since when a client counts as satisfied or as a
    promoter, and whether they may be asked again [A33] [D18]. `known`: facts of surveys and issues."""
    settings, today = playbook.settings.care, day_of(now)
    on, years = anniversaries(days(gathered.clients["start_date"]), settings, today)
    good, promoter = satisfied(playbook, known, today)
    given = gathered["care"]
    asked, referred = last_of(given, PUBLIC, today), last_of(given, {"referral"}, today)
    again = settings.ask_again_days
    return {
        "anniversary_on": on,
        "anniversary": _years(years, settings.round_years),
        "satisfied_on": np.where(good, known["latest_score_on"], NO_DAY),
        "promoter_on": np.where(promoter, known["latest_score_on"], NO_DAY),
        "public_asked_on": asked,
        "may_ask_public": ~(since(asked, today) < again),
        "referred_on": referred,
        "may_ask_referral": ~(since(referred, today) < again),
    }


def anniversaries(start: Array, settings: Care, today: np.datetime64) -> tuple[Array, Array]:
    """The anniversary of each start that is near, NaT where none is, and how many years it is. Always counted from the
    start itself: of 29 February it is the 28th, and every fourth year the 29th again."""
    start = sane(start)
    years = steps_until(start, _YEAR, today + np.timedelta64(settings.anniversary_ahead_days, "D"))
    on = step(start, _YEAR, years)
    near = (years >= 1) & (on >= today - np.timedelta64(settings.anniversary_late_days, "D"))
    return np.where(near, on, NO_DAY), np.where(near, years, 0)


def satisfied(playbook: Playbook, known: Mapping[str, Array], today: np.datetime64) -> tuple[Array, Array]:
    """Who may be asked for a favour, and who would recommend us: a fresh high score, or a middle one with "yes, again";
    no "no", and nothing open."""
    nps, score = playbook.settings.nps, np.asarray(known["latest_score"], dtype=float)
    again = known["would_work_again"]
    fresh = since(known["latest_score_on"], today) < playbook.settings.health.feedback.unknown_after_days
    calm = fresh & (np.asarray(again) != "no") & ~(np.asarray(known["open_issues"], dtype=float) > 0)
    promoter = calm & (score >= nps.promoter_from)
    middle = calm & (score >= nps.passive_from) & (np.asarray(again) == "yes")
    return promoter | middle, promoter


def last_of(given: Records, kinds: Collection[str], today: np.datetime64) -> Array:
    """The day of each client's last line of Care of these kinds."""
    when = given.days("date")
    return latest(given, when, given.is_in("kind", frozenset(kinds)) & (when <= today))[0]


def _years(years: Array, round_: int) -> Array:
    """ "1 year", "4 years", "5 round years"."""
    kinds, codes = np.unique(years, return_inverse=True)
    words = [
        "1 year" if number == 1 else f"{number}{' round' if number % round_ == 0 else ''} years" for number in kinds
    ]
    return either(years > 0, np.array(words, dtype=object)[codes] if len(kinds) else years, None)
