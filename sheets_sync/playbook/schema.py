"""What a playbook may hold: a header, settings, and entries of a few kinds, each with its own small shape.

An entry's `when` maps a fact to conditions, `{"status": {"is_not": ["churned"]}}`, all of which must be true; of `any`
(a list of such tables) at least one. `column` in it reaches an extra column of Clients by its header, `count` counts
rows of a table. Sentences (`why`, `clears`, `do`, `short`) hold `{fact}` placeholders; a part in square brackets is
left out where one of its facts is blank. A `do` of a clock may also hold `{issue}`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, PlainSerializer, WithJsonSchema, model_validator

from sheets_sync.model import Level
from sheets_sync.playbook.settings import Days, Model, Settings, Some, Yes

When = dict[str, Any]
Ids = tuple[Annotated[str, Field(pattern=r"^[A-Z]\d{1,3}$")], ...]
CLIENT_OWNER = "client owner"


@dataclass(frozen=True, slots=True)
class Every:
    """How often: `days` or `months`, the other one is 0."""

    days: int = 0
    months: int = 0

    def __str__(self) -> str:
        number, unit = (self.days, "day") if self.days else (self.months, "month")
        return f"{number} {unit}{'' if number == 1 else 's'}"


@dataclass(frozen=True, slots=True)
class Within:
    """A clock's time. A working day ends at the same time of day on the next working day."""

    number: float
    unit: Literal["working hours", "working days", "clock hours"]

    def __str__(self) -> str:
        return f"{self.number:g} {self.unit[:-1] if self.number == 1 else self.unit}"


_SPAN = re.compile(r"\s*(\d+(?:\.\d+)?)\s+([a-z ]+?)s?\s*")
_EVERY = {"day": Every(days=1), "week": Every(days=7), "month": Every(months=1), "year": Every(months=12)}
_WITHIN: dict[str, Literal["working hours", "working days", "clock hours"]] = {
    "working hour": "working hours",
    "working day": "working days",
    "clock hour": "clock hours",
}


def _every(value: object) -> Every:
    if isinstance(value, Every):
        return value
    found = _SPAN.fullmatch(value) if isinstance(value, str) else None
    if not found or found[2] not in _EVERY or not found[1].isdigit() or not 0 < int(found[1]) <= 3660:
        raise ValueError('expects a number and days, weeks, months or years, such as "14 days"')
    one, number = _EVERY[found[2]], int(found[1])
    return Every(days=one.days * number, months=one.months * number)


def _within(value: object) -> Within:
    if isinstance(value, Within):
        return value
    found = _SPAN.fullmatch(value) if isinstance(value, str) else None
    if not found or found[2] not in _WITHIN or not 0 < float(found[1]) <= 10_000:
        raise ValueError('expects a number and working hours, working days or clock hours, such as "4 working hours"')
    return Within(float(found[1]), _WITHIN[found[2]])


EverySpan = Annotated[
    Every,
    BeforeValidator(_every),
    PlainSerializer(str),
    WithJsonSchema({"type": "string", "pattern": r"^\s*\d+\s+(day|week|month|year)s?\s*$"}),
]
WithinSpan = Annotated[
    Within,
    BeforeValidator(_within),
    PlainSerializer(str),
    WithJsonSchema({"type": "string", "pattern": r"^\s*\d+(\.\d+)?\s+(working hour|working day|clock hour)s?\s*$"}),
]


class Done(Model):
    """What counts as having done it: a date in this column of Projects, or an interaction of one of these types (or
    with this Milestone). `from_us`: one that they started (Direction in) does not count."""

    column: str = ""
    types: tuple[str, ...] = ()
    milestone: str = ""
    from_us: Yes = False


class Entry(Model):
    """What every entry has. `off` takes one out that came with `extends`; `ids` name the lines of the practice that it
    carries; `owner` is "client owner" for the person in Clients › Owner, else a role that is shown as it stands."""

    title: Annotated[str, Field(min_length=1)]
    section: str = ""
    ids: Ids = ()
    off: Yes = False
    do: str = ""
    short: str = ""
    owner: str = CLIENT_OWNER


class Touchpoint(Entry):
    """A due contact: once a project (`each`, with `opens` and `latest` in days after `from`), or again and again
    (`every`).

    `from`: start, halfway, completed (of the project); last, anchor (of a cadence: the last one done, the Start date).
    `tolerance`: how long after its due day it is still in time. `routine`: never coloured, never piles up. `two_way`:
    both sides speak, so silence is measured against it. `outlives`: stays open when its project or client ends."""

    each: Literal["project", "client"] = "client"
    from_: Annotated[Literal["start", "halfway", "completed", "last", "anchor"], Field(alias="from")] = "last"
    opens: Days = 0
    latest: Days = 0
    every: EverySpan | None = None
    tolerance: Days = 0
    tolerance_unit: Literal["working days", "days"] = "working days"
    when: When = {}
    any: tuple[When, ...] = ()
    routine: Yes = False
    two_way: Yes = False
    outlives: Yes = False
    done: Done = Done()
    purpose: Literal["service", "feedback", "marketing", "publicity"] = "service"

    @model_validator(mode="after")
    def _one_kind(self) -> Touchpoint:
        if self.each == "project" and (self.every or self.from_ in ("last", "anchor")):
            raise ValueError('one for each project needs `from = "start"`, "halfway" or "completed" and no `every`')
        if self.each == "client" and (not self.every or self.from_ not in ("last", "anchor")):
            raise ValueError('needs `every` and `from = "last"` or "anchor", or `each = "project"`')
        if self.latest and self.latest < self.opens:
            raise ValueError("`latest` must not be before `opens`")
        return self


class Grounds(Model):
    """What sets a clock's deadline to its own moment, at once. A ground that is left out does not count."""

    frustrations: Some | None = None
    in_last_days: Some | None = None
    financial_or_legal: Yes = False
    churn_risk: Yes = False


class Clock(Entry):
    """A promise with a deadline: from one moment of an issue until another (headers of the Issues tab)."""

    each: Literal["issue"] = "issue"
    from_: Annotated[str, Field(alias="from")]
    until: str
    within: WithinSpan
    grounds: Grounds = Grounds()


class Warning_(Entry):
    """A rule that fires. `risk_when` and `risk_any` raise its level to risk; `hard_drop` keeps the client from healthy;
    `last` is read after all others, so that an escalation cannot feed on itself. A "Done on" in the Diary counts as a
    contact of the first of `done.types`."""

    level: Literal[Level.WATCH, Level.RISK]
    when: When = {}
    any: tuple[When, ...] = ()
    risk_when: When = {}
    risk_any: tuple[When, ...] = ()
    hard_drop: Yes = False
    last: Yes = False
    why: Annotated[str, Field(min_length=1)]
    clears: str
    done: Done = Done()

    @model_validator(mode="after")
    def _says_when(self) -> Warning_:
        if not (self.when or self.any):
            raise ValueError("needs `when` or `any`, or it would fire for everybody")
        return self


class Step(Model):
    """A step of the renewal ladder, from `days_before` the renewal date on (inclusive, calendar days, never rolled).
    It is taken by an interaction of one of `types`, or once Renewal stage says one of `stages`."""

    days_before: Days
    state: Literal["open", "proposal due", "decision due", "lapsed"]
    do: str
    short: str = ""
    types: tuple[str, ...] = ()
    stages: tuple[str, ...] = ()


class Renewal(Model):
    """`renewed_stages` and `ended_stages` say that it is settled, one way or the other. A date passed for more than
    `lapsed_risk_days`, or with contact or payment more than `old_contact_days` after it, is an old date."""

    title: str
    section: str = ""
    ids: Ids = ()
    owner: str = CLIENT_OWNER
    lapsed_risk_days: Some
    old_contact_days: Some
    renewed_stages: tuple[str, ...] = ()
    ended_stages: tuple[str, ...] = ()
    ladder: Annotated[tuple[Step, ...], Field(min_length=1)]

    @model_validator(mode="after")
    def _downwards(self) -> Renewal:
        days = [step.days_before for step in self.ladder]
        if days != sorted(set(days), reverse=True):
            raise ValueError("the ladder's `days_before` must fall from step to step")
        return self


class Growth(Model):
    """`next`: service → what to offer next; `otherwise`: the same by Engagement, where no service matches."""

    title: str
    section: str = ""
    ids: Ids = ()
    next: dict[str, str]
    otherwise: dict[str, str] = {}
    blocked_by: tuple[Literal["watch", "risk", "open issue"], ...] = ()


class Metric(Model):
    """A measure of the Scorecard. `target` is 0–1 for a share; `meaning` says what it is in plain words; `window_days`
    is how far back it looks (tenure looks at whole stays and has none)."""

    title: Annotated[str, Field(min_length=1)]
    section: str = ""
    ids: Ids = ()
    off: Yes = False
    target: Annotated[float, Field(strict=True, allow_inf_nan=False)] | None = None
    unit: Literal["points", "share", "months"]
    higher_is_better: bool = True
    window_days: Days = 0
    meaning: str = ""


MetricId = Literal[
    "nps",
    "retention",
    "expansion_share",
    "tenure",
    "grr",
    "nrr",
    "response_rate",
    "on_time_rate",
    "engagement",
    "loyalty_participation",
]


class Playbook(Model):
    """A whole playbook, `extends` already merged and `off` entries taken out. `source` is the file it came from."""

    name: Annotated[str, Field(min_length=1)]
    version: str
    title: str
    objective: str
    scope: str
    steps: Annotated[tuple[str, ...], Field(min_length=1)]
    feedback: str
    owner: str
    next_review: date
    settings: Settings
    touchpoints: dict[str, Touchpoint] = {}
    clocks: dict[str, Clock] = {}
    warnings: dict[str, Warning_] = {}
    renewal: Renewal
    growth: Growth
    metrics: dict[MetricId, Metric] = {}
    source: str = ""
