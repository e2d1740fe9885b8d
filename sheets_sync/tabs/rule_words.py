"""The rules in force in plain words: what to do, when, who, what counts as done and what follows if it is not done.

Made from the playbook alone, whatever it holds, so that the SOP tab can never say anything else than the run does.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sheets_sync.model import Level
from sheets_sync.playbook.conditions import fact_named
from sheets_sync.playbook.schema import CLIENT_OWNER, Clock, Done, Metric, Playbook, Theme, Touchpoint, Warning_
from sheets_sync.playbook.show import section_number
from sheets_sync.rules.facts import FACTS
from sheets_sync.rules.sentences import capital
from sheets_sync.tabs.words import count, listed

_DAYS_OF = {"start": "its start", "halfway": "halfway", "completed": "its completion"}
_COMPARED = {
    "at_least": "{} or more",
    "at_most": "{} or less",
    "above": "more than {}",
    "below": "less than {}",
    "is": "{}",
    "is_not": "not {}",
    "in_last_days": "within the last {} days",
    "at_least_days_ago": "{} days ago or longer",
    "within_days": "within the next {} days",
}
_OF_DATES = {"in_last_days", "at_least_days_ago", "within_days"}
_LEVELS = {Level.WATCH: "▲ Watch", Level.RISK: "✖ At risk"}


@dataclass(frozen=True, slots=True)
class Rule:
    """An entry of the playbook as people read it; `kind` is its table in the playbook, `then` the decision point."""

    id: str
    kind: str
    section: str
    title: str
    do: str
    when: str
    who: str
    done: str
    then: str
    text: str = ""


def rules_of(playbook: Playbook) -> list[Rule]:
    """Every entry that is in force, by section and in the playbook's order [E2] [B6]."""
    found = [_touchpoint(playbook, name, entry) for name, entry in playbook.touchpoints.items()]
    found += [_clock(name, entry) for name, entry in playbook.clocks.items()]
    found += [_growth(playbook), *_ladder(playbook)]
    found += [_warning(playbook, name, entry) for name, entry in playbook.warnings.items()]
    found += [_theme(name, entry) for name, entry in playbook.themes.items()]
    found += [_metric(playbook, name, entry) for name, entry in playbook.metrics.items()]
    order = {one.section: place for place, one in reversed(list(enumerate(found)))}
    return sorted(found, key=lambda one: (section_number(one.section), order[one.section]))


def _touchpoint(playbook: Playbook, name: str, entry: Touchpoint) -> Rule:
    whom = _whom(playbook, entry.when, entry.any)
    return Rule(
        name,
        "touchpoints",
        entry.section,
        entry.title,
        readable(entry.do),
        ended(f"{_due(playbook, entry)}{f'; only if {whom}' if whom else ''}"),
        _who(entry.owner),
        ended(_done(entry.done)),
        _if_late(entry),
        entry.text,
    )


def _due(playbook: Playbook, entry: Touchpoint) -> str:
    if entry.every:
        often = str(entry.every).removeprefix("1 ")
        return f"every {often}, counted from the {'last one' if entry.from_ == 'last' else 'start date'}"
    if entry.kind == "after":
        other = playbook.touchpoints.get(entry.after)
        return f"within {count(entry.within_days, 'day')} after each {(other.title if other else entry.after).lower()}"
    if entry.kind == "fact":
        return f"once, {_days(entry, _day_of(fact_named(entry.from_)))}"
    whose = f"each {entry.each}"
    if entry.kind == "project":
        return f"{whose}, {_days(entry, _DAYS_OF[entry.from_])}"
    held = conditions_in_words(entry.where)
    day = "the day it was reached" if entry.each == "milestone" else f"“{entry.from_}”"
    return f"{whose}{f' with {held}' if held else ''}, {_days(entry, day)}"


def _day_of(fact: str) -> str:
    meaning = FACTS[fact].meaning if fact in FACTS else ""
    if meaning.startswith("the day"):
        return meaning
    return _clause(fact) or f"the day they became {_fact(fact)}"


def _days(entry: Touchpoint, day: str) -> str:
    """On the day, so many days after or before it, or from … to … ."""
    opens, latest = entry.opens, max(entry.latest, entry.opens)
    if opens == latest == 0:
        return day if day == "halfway" else f"on the day of {day}"
    if opens == latest:
        return f"{count(abs(opens), 'day')} {'after' if opens > 0 else 'before'} {day}"
    if opens >= 0:
        span = f"{opens} to {latest} days" if opens else f"within {count(latest, 'day')}"
        return f"{span} after {day}"
    until = (
        f"{count(latest, 'day')} after"
        if latest > 0
        else "the day of"
        if not latest
        else f"{count(-latest, 'day')} before"
    )
    return f"from {count(-opens, 'day')} before to {until} {day}"


def _if_late(entry: Touchpoint) -> str:
    grace = count(entry.tolerance, entry.tolerance_unit.removesuffix("s"))
    if entry.routine:
        until = f"In time until {grace} later; routine" if entry.tolerance else "Routine"
        return f"{until}, so it is listed and never coloured."
    if entry.every and entry.tolerance:
        return f"✖ Late once {grace} have passed."
    asks = {"marketing": "Only with their yes to marketing.", "publicity": "Only with their yes to publicity."}
    if entry.purpose in asks:
        return asks[entry.purpose]
    if max(entry.latest, entry.opens) > entry.opens:
        return "▲ Due from its first day on, ✖ late after its last."
    return "✖ Late after its day."


def _clock(name: str, entry: Clock) -> Rule:
    grounds = dict(entry.grounds)
    at_once = []
    if grounds.get("frustrations"):
        at_once.append(f"frustrated {grounds['frustrations']} times in {grounds['in_last_days']} days")
    at_once += ["money or law is touched"] if grounds.get("financial_or_legal") else []
    at_once += ["they may leave"] if grounds.get("churn_risk") else []
    then = "▲ Running out in the last part of its time, ✖ too late after it."
    if at_once:
        then = f"✖ At once when {' or '.join(at_once)}."
    do, when = readable(entry.do), f"Within {entry.within} of “{entry.from_}”."
    done = f"“{entry.until}” entered."
    return Rule(name, "clocks", entry.section, entry.title, do, when, _who(entry.owner), done, then)


def _growth(playbook: Playbook) -> Rule:
    growth = playbook.growth
    offers = {**growth.next, **{f"any other {name}": offer for name, offer in growth.otherwise.items()}}
    do = "; ".join(f"{service} → {offer}" for service, offer in offers.items())
    blocks = {"risk": "the client is at risk", "watch": "the client is on watch", "open issue": "an issue is open"}
    held = f"Not while {' or '.join(blocks[one] for one in growth.blocked_by)}." if growth.blocked_by else ""
    when, done = "When the service before it brings results.", "It is among what they buy."
    return Rule("growth", "growth", growth.section, growth.title, do, when, _who(CLIENT_OWNER), done, held)


def _ladder(playbook: Playbook) -> Iterator[Rule]:
    renewal = playbook.renewal
    for number, step in enumerate(renewal.ladder):
        when = f"{step.days_before} days before the renewal date." if step.days_before else "On the renewal date."
        ways = [f"{listed_or(step.types)} logged"] if step.types else []
        ways += [f"“Renewal stage” says {listed_or(step.stages)}"] if step.stages else []
        done = ended(", or ".join(ways)) or "The new renewal date, or that they left, is entered."
        following = renewal.ladder[number + 1].days_before if number + 1 < len(renewal.ladder) else None
        then = f"✖ After {renewal.lapsed_risk_days} days the date counts as an old one."
        if following is not None:
            then = f"Next step {following} days before." if following else "✖ Lapsed on the day itself."
        title = f"{renewal.title}: {step.state}"
        yield Rule(
            "renewal", "renewal", renewal.section, title, readable(step.do), when, _who(renewal.owner), done, then
        )


def _warning(playbook: Playbook, name: str, entry: Warning_) -> Rule:
    signs = _whom(playbook, entry.when, entry.any)
    worse = conditions_in_words(entry.risk_when, entry.risk_any)
    levels = _LEVELS[entry.level] + (f"; {_LEVELS[Level.RISK]} when {worse}" if worse else "")
    when = ended(signs or "always")
    done = ended(f"healthy again when {entry.clears}") if entry.clears else ""
    return Rule(
        name, "warnings", entry.section, entry.title, readable(entry.do), when, _who(entry.owner), done, f"{levels}."
    )


def _theme(name: str, entry: Theme) -> Rule:
    when = f"When {count(entry.clients_at_least, 'client')} say the same within {count(entry.in_last_days, 'day')}."
    do = readable(entry.do) or f"Look at it once for all of them: the same {entry.each}."
    return Rule(name, "themes", entry.section, entry.title, do, when, _who(entry.owner), "No longer so.", "")


def _metric(playbook: Playbook, name: str, entry: Metric) -> Rule:
    target = "" if entry.target is None else f"{entry.target:g}"
    target = f"{entry.target * 100:g} %" if entry.target is not None and entry.unit == "share" else target
    when = f"Over {count(entry.window_days, 'day')}, read every month." if entry.window_days else "Read every month."
    aim = f"Target: {target}{' months' if entry.unit == 'months' else ''}." if target else ""
    return Rule(name, "metrics", entry.section, entry.title, entry.meaning, when, capital(playbook.owner), aim, "")


def _who(owner: str) -> str:
    return "Client’s owner" if owner == CLIENT_OWNER else capital(owner)


def _done(done: Done) -> str:
    """What counts, any of these."""
    ways = [f"“{done.column}” entered"] if done.column else []
    ways += [f"{listed_or(done.types)}{' from us' if done.from_us else ''} logged"] if done.types else []
    ways += [f"a contact marked “{done.milestone}”"] if done.milestone else []
    ways += [f"{listed_or(done.surveys)} survey sent"] if done.surveys else []
    ways += [f"{listed_or(done.care)} in Care"] if done.care else []
    words = ", or ".join(ways) or ("any contact" if done.by_role else "“Done on” in the Diary")
    return f"{words}, by a {done.by_role}" if done.by_role else words


def _whom(playbook: Playbook, when: Mapping[str, Any], any_of: Sequence[Mapping[str, Any]]) -> str:
    """Of whom it is asked. That a client is neither a prospect, paused nor gone goes without saying."""
    usual = set(playbook.settings.status.no_health)
    said = {
        fact: conditions
        for fact, conditions in when.items()
        if not (fact == "status" and set(conditions) == {"is_not"} and set(conditions["is_not"]) <= usual)
    }
    return conditions_in_words(said, any_of)


def conditions_in_words(when: Mapping[str, Any], any_of: Sequence[Mapping[str, Any]] = ()) -> str:
    """“tier is A and complaints: 2 or more”."""
    one = ", or ".join(filter(None, (conditions_in_words(part) for part in any_of)))
    return " and ".join([*_lines(when), *([one] if one else [])])


def _lines(when: Mapping[str, Any]) -> list[str]:
    found: list[str] = []
    for fact, conditions in when.items():
        if fact == "count":
            found += [_counted(table, inside) for table, inside in conditions.items()]
        elif fact == "column":
            found += [f"“{header}” is {_words(inside)}" for header, inside in conditions.items()]
        else:
            found.append(_line(fact, conditions))
    # "it isn't resolved" needs what it is about before it.
    return sorted(found, key=lambda words: words.startswith(("it ", "they said so")))


def _counted(table: str, inside: Mapping[str, Any]) -> str:
    limits = {word: value for word, value in inside.items() if word in _COMPARED}
    kind = inside.get("kind")
    return f"{f'{_value(kind)} in ' if kind else ''}{capital(table)}: {_words(limits)}"


def _line(fact: str, conditions: Mapping[str, Any]) -> str:
    known = FACTS.get(fact)
    unit = known.unit if known else "text"
    clause = _clause(fact)
    if unit == "yes/no" and conditions == {"is": True}:
        return known.meaning if known else _fact(fact)
    if set(conditions) == {"is_blank"}:
        blank = conditions["is_blank"]
        return f"{_fact(fact)} is not known" if blank else clause or f"{_fact(fact)} is known"
    if set(conditions) <= _OF_DATES:
        return f"{clause or _fact(fact)} {_words(conditions)}"
    if unit == "days" and fact.endswith("_days"):
        return f"{_fact(fact.removesuffix('_days'))}: {_words(conditions)} days"
    return f"{_fact(fact)}{' is' if unit in ('text', 'yes/no') else ':'} {_words(conditions)}"


def _clause(fact: str) -> str:
    """“when they last worried about budget” as “they worried about budget”; "" where a meaning is no such clause."""
    meaning = FACTS[fact].meaning if fact in FACTS else ""
    return meaning.removeprefix("when ").replace(" last ", " ") if meaning.startswith("when ") else ""


def _words(conditions: Mapping[str, Any]) -> str:
    return " and ".join(_compared(word, value) for word, value in conditions.items())


def _compared(word: str, value: Any) -> str:
    if word == "is_blank":
        return "empty" if value else "filled in"
    return _COMPARED.get(word, word + " {}").format(_value(value))


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list | tuple):
        return listed_or([str(one) for one in value])
    other = fact_named(value)
    return _limit(_fact(other)) if other else str(value)


def _limit(words: str) -> str:
    return f"twice the {words.removesuffix(' double')}" if words.endswith(" double") else f"the {words}"


def _fact(name: str) -> str:
    """days_since_sign_of_life → days since sign of life; the “on” of a date says nothing."""
    return name.replace("_", " ").removesuffix(" on").removesuffix(" since")


def ended(words: str) -> str:
    """With a capital letter and a full stop."""
    return f"{capital(words)}." if words and words[-1] not in ".!?…" else capital(words)


def readable(words: str) -> str:
    """A sentence of the playbook without its placeholders: “Call: silent since …”."""
    parts: list[str] = []
    for part in words.replace("[", "").replace("]", "").split("{"):
        parts.append(part.partition("}")[2] if parts else part)
    return "…".join(parts)


def listed_or(parts: Sequence[str]) -> str:
    """a, b or c."""
    return listed(parts)[::-1].replace(" dna ", " ro ", 1)[::-1] if len(parts) > 1 else "".join(parts)
