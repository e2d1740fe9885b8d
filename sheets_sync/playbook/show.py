"""Playbooks for people and programs: what ships, what one says, whether it holds. Texts and plain dicts only."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from importlib.resources import files
from textwrap import fill
from typing import Any

from sheets_sync.playbook.by_service import OutcomeOf
from sheets_sync.playbook.conditions import fact_named
from sheets_sync.playbook.exceptions import in_words
from sheets_sync.playbook.load import bundled
from sheets_sync.playbook.schema import (
    EVERYBODY,
    Clock,
    Control,
    Exception_,
    Metric,
    Playbook,
    Touchpoint,
    Warning_,
)

Line = tuple[str, str, str, str]
WIDTH = 110
_KINDS = ("touchpoints", "clocks", "warnings", "metrics", "themes", "controls")


def list_data() -> dict[str, Any]:
    """The playbooks that ship: name, title, version, objective."""
    found = []
    for name in bundled():
        text = (files("sheets_sync.templates") / "playbooks" / f"{name}.toml").read_text(encoding="utf-8")
        raw = tomllib.loads(text)
        found.append({"name": name, **{key: str(raw.get(key, "")) for key in ("title", "version", "objective")}})
    return {"version": 1, "playbooks": found}


def list_text() -> str:
    """One paragraph a playbook."""
    return "\n".join(
        fill(
            f"{one['title']} {one['version']}. {one['objective']}",
            WIDTH,
            initial_indent=f"{one['name']:<14}",
            subsequent_indent=" " * 14,
        )
        for one in list_data()["playbooks"]
    )


def show_data(playbook: Playbook, word: str = "") -> dict[str, Any]:
    """The whole playbook as JSON takes it; with a word, only the entries and settings that are about it."""
    whole = playbook.model_dump(mode="json", by_alias=True)
    if word:
        kept = {kind: {k: v for k, v in whole.get(kind, {}).items() if _about(word, k, v)} for kind in _KINDS}
        kept |= {kind: whole[kind] for kind in ("outcomes", "renewal", "growth") if _about(word, kind, whole[kind])}
        kept["settings"] = {name: of for name, of in whole["settings"].items() if _about(word, name, {})}
        whole = {"name": playbook.name, **{kind: found for kind, found in kept.items() if found}}
    return {"version": 1, "playbook": whole}


def show_text(playbook: Playbook, word: str = "") -> str:
    """The playbook as an SOP that can be read and printed; with a word, only what is about it, with its numbers."""
    lines = [] if word else _header(playbook)
    section = ""
    for at, name, title, what in entries(playbook):
        if word and not _about(word, name, {"title": title}):
            continue
        if at != section:
            section = at
            lines += ["", at]
        lines.append(fill(f"{title}: {what}", WIDTH, initial_indent=f"  {name:<22}", subsequent_indent=" " * 24))
    lines += [] if word else _chapters(playbook)
    if word:
        settings = playbook.settings.model_dump(mode="json")
        for name, numbers in settings.items():
            if _about(word, name, {}):
                lines += ["", f"settings.{name}", *_numbers(numbers)]
    return "\n".join(lines).strip("\n") or f'Nothing in {playbook.name} is about "{word}".'


def validate_data(playbook: Playbook) -> dict[str, Any]:
    """That a playbook loaded without a mistake, and what it holds."""
    return {"version": 1, "valid": True, "source": playbook.source, "name": playbook.name, "entries": _sizes(playbook)}


def validate_text(playbook: Playbook) -> str:
    """`agency.toml is valid: 8 touchpoints, 3 clocks …`"""
    sizes = ", ".join(f"{number} {kind if number != 1 else kind[:-1]}" for kind, number in _sizes(playbook).items())
    return f"{playbook.source} is valid: {sizes}."


def _sizes(playbook: Playbook) -> dict[str, int]:
    return {kind: len(getattr(playbook, kind)) for kind in _KINDS}


def _about(word: str, name: str, entry: Mapping[str, Any]) -> bool:
    wanted = word.casefold().replace(" ", "_")
    titles = f"{name} {entry.get('title', '')}".casefold().replace(" ", "_")
    return wanted in titles or word.upper() in entry.get("ids", ())


def _header(playbook: Playbook) -> list[str]:
    lines = [
        f"{playbook.title} ({playbook.name} {playbook.version})",
        f"Objective: {playbook.objective}",
        f"Scope: {playbook.scope}",
        f"Owner: {playbook.owner}. Next review: {playbook.next_review.isoformat()}.",
        "Steps:",
        *(f"  {number}. {step}" for number, step in enumerate(playbook.steps, start=1)),
        f"Feedback: {playbook.feedback}",
    ]
    return [fill(line, WIDTH, subsequent_indent="  ") for line in lines]


def _chapters(playbook: Playbook) -> Iterator[str]:
    for chapter in playbook.chapters:
        yield from ("", chapter.title)
        yield from (fill(line, WIDTH, initial_indent="  - ", subsequent_indent="    ") for line in chapter.lines)


def entries(playbook: Playbook) -> list[Line]:
    """section, name, title and what it asks, in the order of the sections."""
    lines: list[Line] = []
    for name, point in playbook.touchpoints.items():
        lines.append((point.section, name, point.title, _touchpoint(point)))
    for name, clock in playbook.clocks.items():
        lines.append((clock.section, name, clock.title, _clock(clock)))
    growth, renewal, outcomes = playbook.growth, playbook.renewal, playbook.outcomes
    told = [f"{service}: {_outcome(one)}" for service, one in outcomes.by_service.items()]
    lines.append((outcomes.section, "outcomes", outcomes.title, "; ".join(told)))
    offers = [f"{service} → {offer}" for service, offer in {**growth.next, **growth.otherwise}.items()]
    lines.append((growth.section, "growth", growth.title, ", ".join(offers)))
    steps = [f"{step.days_before} days before: {step.do}" for step in renewal.ladder if step.days_before]
    steps += [f"on the day: {step.do}" for step in renewal.ladder if not step.days_before]
    lines.append((renewal.section, "renewal", renewal.title, "; ".join(steps)))
    for name, warning in playbook.warnings.items():
        lines.append((warning.section, name, warning.title, _warning(warning)))
    for name, metric in playbook.metrics.items():
        lines.append((metric.section, name, metric.title, _metric(metric)))
    for name, control in playbook.controls.items():
        lines.append((control.section, name, control.title, _control(control)))
    for number, one in enumerate(playbook.exceptions, start=1):
        what = f"for {whom(one)}: {'; '.join(in_words(playbook, one))}"
        lines.append(("Exceptions", f"exception {number}", one.title, f"{what}. {one.why}".rstrip(". ")))
    order = list(dict.fromkeys(sorted((line[0] for line in lines), key=section_number)))
    return sorted(lines, key=lambda line: order.index(line[0]))


def _control(control: Control) -> str:
    who = "each person" if control.owner == EVERYBODY else control.owner
    return f"every {control.every}, {who}, in time for {control.tolerance} days"


def _outcome(one: OutcomeOf) -> str:
    """What tells that a service works, in a few words."""
    if one.project != "target":
        return {"clarity": "clear, with a plan", "channels": "channels right of all"}[one.project]
    against = "the start" if one.against == "start" else f"the {one.months} months before"
    return f"{', '.join(one.metrics)} against {against}" if one.metrics else "the project’s target"


def section_number(section: str) -> int:
    """8 of "8 Churn prevention"; what has no number comes last."""
    number = section.partition(" ")[0]
    return int(number) if number.isdigit() else 1000


def _touchpoint(point: Touchpoint) -> str:
    asked = conditions(point.when, point.any)
    return f"{_when_due(point)}, if {asked}" if asked and point.kind != "project" else _when_due(point)


def _when_due(point: Touchpoint) -> str:
    if point.every:
        unit = point.tolerance_unit if point.tolerance != 1 else point.tolerance_unit[:-1]
        often = str(point.every).removeprefix("1 ")
        since = "the last one" if point.from_ == "last" else "the start date on"
        return f"every {often} from {since}, {point.tolerance} {unit} of tolerance"
    if point.kind == "after":
        return f"within {point.within_days} days after each {point.after.replace('_', ' ')}"
    day = {"start": "the start", "halfway": "halfway", "completed": "completion"}.get(point.from_, f"“{point.from_}”")
    whose = f"each {point.each}"
    if point.kind == "fact":
        whose, day = "once", fact_named(point.from_).replace("_", " ")
    elif point.each in ("milestone", "win"):
        day = "it was reached" if point.each == "milestone" else "it was measured"
    where = f" with {conditions(point.where, ())}" if point.where else ""
    if not (point.latest or point.opens):
        return f"{whose}{where}, {'' if point.from_ == 'halfway' else 'on the day of '}{day}"
    if point.opens < 0 and point.latest <= 0:
        return f"{whose}{where}, {-point.opens} to {-point.latest} days before {day}"
    days = f"{point.latest}" if point.opens == point.latest else f"{point.opens} to {point.latest}"
    return f"{whose}{where}, {days} days after {day}"


def _clock(clock: Clock) -> str:
    return f"{clock.within or clock.hours} from {clock.from_} until {clock.until}"


def _warning(warning: Warning_) -> str:
    risk = conditions(warning.risk_when, warning.risk_any)
    text = f"{warning.level.value} if {conditions(warning.when, warning.any)}"
    return f"{text}; risk if {risk}" if risk else text


def _metric(metric: Metric) -> str:
    target = "no target" if metric.target is None else f"target {metric.target:g} ({metric.unit})"
    return f"{target}. {metric.meaning}"


def whom(one: Exception_) -> str:
    """Whom an exception is for."""
    return ", ".join(one.clients) or conditions(one.when)


def conditions(when: Mapping[str, Any], any_of: Sequence[Mapping[str, Any]] = ()) -> str:
    """`tier is A and status is not churned, paused`."""
    parts = [" or ".join(conditions(one, ()) for one in any_of)] if any_of else []
    return " and ".join([*_lines(when), *parts])


def _lines(when: Mapping[str, Any]) -> Iterator[str]:
    for fact, conditions in when.items():
        if fact in ("column", "count"):
            for name, inside in conditions.items():
                yield f"{fact} {name} {_words(inside)}"
        else:
            yield f"{fact.replace('_', ' ')} {_words(conditions)}"


def _words(conditions: Mapping[str, Any]) -> str:
    parts = []
    for word, operand in conditions.items():
        if word == "is_blank":
            parts.append("is blank" if operand else "is filled in")
            continue
        value = ", ".join(map(str, operand)) if isinstance(operand, list) else fact_named(operand) or operand
        text = {True: "yes", False: "no"}[value] if isinstance(value, bool) else str(value)
        parts.append(f"{word.replace('_', ' ')} {text.replace('_', ' ')}")
    return " and ".join(parts)


def _numbers(numbers: Mapping[str, Any], before: str = "") -> list[str]:
    lines: list[str] = []
    for name, value in numbers.items():
        if isinstance(value, dict):
            lines += _numbers(value, f"{before}{name}.")
        else:
            lines.append(f"  {before}{name} = {', '.join(map(str, value)) if isinstance(value, list) else value}")
    return lines
