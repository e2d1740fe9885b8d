"""Facts from Projects: what is running, and whether the outcome was met, is on track or is behind."""

from __future__ import annotations

from datetime import datetime

import numpy as np

from sheets_sync.playbook.schema import Playbook
from sheets_sync.rules.by_client import Array, Gathered, Records, count, day_of, either, latest, pick, top
from sheets_sync.rules.outcomes import STATES, judged, measured_outcomes, percent_in_words
from sheets_sync.rules.results import has_word, lower_first, plain


def project_facts(playbook: Playbook, gathered: Gathered, now: datetime) -> dict[str, Array]:
    """Whether a project is active, when the last kickoff was held, and the worst known outcome [A1]: of the projects
    that are active or were completed within the tracked time, and of what is measured in Results; `outcome_status`
    with its words."""
    found, today = gathered["projects"], day_of(now)
    started, ended = found.days("start"), found.days("completed_on")
    begun = np.isnat(started) | (started <= today)
    active = begun & ~(ended <= today)
    held = found.days("kickoff_on")
    kickoff, _ = latest(found, held, held <= today)
    talks = gathered["interactions"]
    logged, _ = latest(talks, talks.days("date"), talks.is_in("type", {"kickoff"}) & (talks.days("date") <= today))
    recent = begun & ~(ended <= today - playbook.settings.health.tracked_days)
    status = outcomes(playbook, found, today)
    rank = np.select([status == word for word in STATES], [1, 2, 3], 0)
    worst, row = top(found, rank, recent & (rank > 0))
    measured = measured_outcomes(playbook, gathered, now)
    by_results = measured.rank > worst
    words = either(by_results, measured.words, pick(_words(playbook, found, status), row))
    row = np.where(by_results, -1, row)
    return {
        "has_active_project": count(found, active) > 0,
        "kickoff_on": np.fmax(kickoff, logged),
        "outcome_status": np.where(by_results, np.array((None, *STATES), object)[measured.rank], pick(status, row)),
        "outcome": words,
        "row.outcome_status": pick(found.frame["row"].to_numpy(), row),
    }


def outcomes(playbook: Playbook, found: Records, today: np.datetime64) -> Array:
    """Each project's outcome: met, on track, behind, or None where the tracker doesn't tell.

    A number: met at Target; until then on track as long as the way made since Baseline keeps up with the time gone
    between Start and Planned end (with no plan: any way made). Channels right of all count as such a number [A13]; a
    project judged by Clear and Plan link is met with both, and behind when it ended or was found unclear [A12]. Without
    a Target, what is bought for a change since the start is judged by it [A14]. What the playbook says of the
    project's service comes first, then whatever is filled in."""
    baseline, target, current = (found.numbers(name) for name in ("baseline", "target", "current"))
    right, in_all = found.numbers("channels_right"), found.numbers("channels_in_all")
    channels = (np.isnan(target) | _judged_by(playbook, found, "channels")) & (in_all > 0)
    baseline, target, current = (
        np.where(channels, 0.0, baseline),
        np.where(channels, in_all, target),
        np.where(channels, right, current),
    )
    base = np.where(np.isnan(baseline), 0.0, baseline)
    less = target < base
    met = np.where(less, current <= target, current >= target)
    ended = found.days("completed_on") <= today
    with np.errstate(divide="ignore", invalid="ignore"):
        made = (current - base) / (target - base)
    gone = _gone(found, today)
    going = ~ended & np.where(np.isnan(gone), made > 0, made >= gone)
    # With neither a plan nor a baseline nobody can say how far it should be.
    tells = met | ended | ~np.isnan(gone) | ~np.isnan(baseline)
    known = ~np.isnan(target) & ~np.isnan(current) & tells
    numbers = np.where(met, "met", np.where(going, "on track", "behind")).astype(object)
    clarity = _clarity(found, ended)
    first = _judged_by(playbook, found, "clarity") & (clarity != None)  # noqa: E711
    return either(known & ~first, numbers, either(clarity != None, clarity, _changes(playbook, found)))  # noqa: E711


def _judged_by(playbook: Playbook, found: Records, what: str) -> Array:
    """The projects whose service the playbook judges by that first."""
    services = {plain(name) for name, one in playbook.outcomes.by_service.items() if one.project == what}
    return found.is_in("service", {name for name in found.factors("service")[1] if plain(name) in services})


def _changes(playbook: Playbook, found: Records) -> Array:
    """By the change since Baseline, where the service is bought for one; None where it is not, or nothing tells."""
    said = np.full(len(found.frame), None, dtype=object)
    target, better = found.numbers("target"), np.ones(len(said))
    measures = [name or "" for name in found.text("success_metric")]
    better[has_word(measures, playbook.settings.results.lower_is_better)] = -1
    for service, asked in playbook.outcomes.by_service.items():
        if asked.against == "start":
            theirs = found.is_in(
                "service", {name for name in found.factors("service")[1] if plain(name) == plain(service)}
            )
            rank = judged(asked, found.numbers("current"), found.numbers("baseline"), better)
            judges = theirs & np.isnan(target) & (rank > 0)
            said[judges] = np.array((None, *STATES), object)[rank[judges]]
    return said


def _gone(found: Records, today: np.datetime64) -> Array:
    """The share of a project's planned time that had gone when it was measured; NaN without a plan."""
    start, end, measured = found.days("start"), found.days("planned_end"), found.days("measured_on")
    when = np.where(np.isnat(measured), today, measured)
    length = (end - start).astype(float)
    length[np.isnat(start) | np.isnat(end)] = np.nan
    with np.errstate(divide="ignore", invalid="ignore"):
        gone = np.clip((when - start).astype(float) / length, 0.0, 1.0)
    gone[~(length > 0)] = np.nan
    shares: Array = gone
    return shares


def _clarity(found: Records, ended: Array) -> Array:
    clear = found.text("clear")
    plan = ~found.blank("plan_link")
    both = np.array([value is True for value in clear], bool) & plan
    unclear = np.array([value is False for value in clear], bool)
    some = np.array([value is not None for value in clear], bool) | plan
    return either(some, np.where(both, "met", np.where(unclear | ended, "behind", "on track")), None)


def _words(playbook: Playbook, found: Records, status: Array) -> Array:
    """The outcome as part of a sentence: "leads 310 of 400", "channels 3 of 7"; built only where there is one."""
    words: Array = np.full(len(status), None, dtype=object)
    columns = ("success_metric", "baseline", "target", "current", "channels_right", "channels_in_all", "clear")
    rows = np.flatnonzero(status != None)  # noqa: E711
    values = [found.text(name)[rows] for name in columns]
    clear_first = _judged_by(playbook, found, "clarity") & ~(found.blank("clear") & found.blank("plan_link"))
    channels_first = _judged_by(playbook, found, "channels") & (found.numbers("channels_in_all") > 0)
    values[3] = either((clear_first | channels_first)[rows], None, values[3])
    for row, metric, baseline, target, current, right, in_all, clear in zip(rows, *values, strict=True):
        if target is not None and current is not None:
            words[row] = f"{lower_first(metric or 'outcome')} {_number(current)} of {_number(target)}"
        elif in_all and right is not None:
            words[row] = f"channels {_number(right)} of {_number(in_all)} right"
        elif clear is None and baseline and current is not None:
            change = percent_in_words(current / baseline - 1)
            words[row] = (
                f"{lower_first(metric or 'outcome')} {_number(current)}, {_number(baseline)} at the start ({change})"
            )
        elif status[row] == "met":
            words[row] = "clear, with a plan"
        else:
            words[row] = "not clear yet" if clear is not True else "no plan yet"
    return words


def _number(value: float) -> str:
    return f"{value:,.0f}" if float(value).is_integer() else f"{value:,.2f}".rstrip("0")
