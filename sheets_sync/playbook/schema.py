"""What a playbook may hold: a header, settings, and entries of a few kinds, each with its own small shape.

An entry's `when` maps a fact to conditions, `{"status": {"is_not": ["churned"]}}`, all of which must be true; of `any`
(a list of such tables) at least one. `column` in it reaches an extra column of Clients by its header, `count` counts
rows of a table. Sentences (`why`, `clears`, `do`, `short`) hold `{fact}` placeholders; a part in square brackets is
left out where one of its facts is blank. A `do` of a clock may also hold `{issue}`.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any, Literal

from pydantic import Field, PrivateAttr, model_validator

from sheets_sync.model import Level
from sheets_sync.playbook.by_service import Growth, Outcomes, Stage
from sheets_sync.playbook.quantities import Days, Ids, Model, Shift, Some, Yes
from sheets_sync.playbook.settings import Settings, Silence
from sheets_sync.playbook.spans import EverySpan, WithinSpan

When = dict[str, Any]
CLIENT_OWNER = "client owner"
EVERYBODY = "everybody"


class Done(Model):
    """What counts as having done it, any of these: a filled `column` of the record (by header), an interaction of one
    of these types or with this Milestone, a survey sent or a care given of one of these kinds. `by_role`: only
    interactions of a person with this role, of any type where none is named. `from_us`: an interaction that they
    started (Direction in) does not count. `early`: so many days before its day something may count already."""

    column: str = ""
    types: tuple[str, ...] = ()
    milestone: str = ""
    by_role: str = ""
    surveys: tuple[str, ...] = ()
    care: tuple[str, ...] = ()
    from_us: Yes = False
    early: Days = 0


class Entry(Model):
    """What every entry has. `off` takes one out that came with `extends`; `ids` name the lines of the practice that it
    carries; `owner` is "client owner" for the person in Clients › Owner, else a role: whoever holds it in Team, or its
    name. `task`: where the RACI tab has that task (left out: one named like the title), the line is its R's, and what
    is at risk names its A. `text` is which of templates/messages goes with it."""

    title: Annotated[str, Field(min_length=1)]
    section: str = ""
    ids: Ids = ()
    off: Yes = False
    do: str = ""
    short: str = ""
    text: str = ""
    owner: str = CLIENT_OWNER
    task: str = ""


# What a touchpoint may be owed for once each, and the table whose rows these are. A milestone is one that was reached.
RECORDS: dict[str, str] = {
    "project": "projects",
    "interaction": "interactions",
    "issue": "issues",
    "survey": "surveys",
    "signal": "signals",
    "invoice": "revenue",
    "result": "results",
    "opportunity": "opportunities",
    "care": "care",
    "exit": "exits",
    "promise": "recovery",
}
# What a touchpoint may be owed for that stands in no table as a row: its fields, and the table it is read from.
DERIVED = {
    "milestone": ({"milestone": "text", "project": "text"}, "projects"),
    "win": ({"metric": "text", "what": "text"}, "results"),
}
# Facts that the level itself decides: a touchpoint may ask for them, a warning cannot.
AFTER_HEALTH = ("level", "level_since", "at_risk_since", "undiscussed_since", "uncalled_since", "unmet_since",
                "unplanned_since")  # fmt: skip
CADENCES = ("last", "anchor")
PROJECT_DAYS = ("start", "halfway", "completed")
OF_FACT = "fact:"


class Touchpoint(Entry):
    """A due contact, of one of four kinds:

    again and again (`every`, from the last one or from the Start date as anchor);
    once a project, from its start, halfway or completed;
    once for each record of a table (`each`, from one of its date columns by header, where `where` holds);
    once for a client, from a date fact ("fact:at_risk_since"); or once after each time another touchpoint was done
    (`after`, `within_days`).

    `opens` and `latest` are days after that day, below 0 before it. `tolerance`: how long after its due day a cadence
    is still in time. `routine`: never coloured, never piles up. `optional`: nobody
    is late with it, so no rate counts it. `two_way`: both sides speak, so silence is measured
    against it. `outlives`: stays open when its project or client ends. `fold`: those of one name share a line of the
    Diary. `absorbed_by`: that one stands for it when both fall due together. `purpose`: marketing and publicity wait
    for a consent."""

    each: Literal[
        "client",
        "project",
        "milestone",
        "win",
        "interaction",
        "issue",
        "survey",
        "signal",
        "invoice",
        "result",
        "opportunity",
        "care",
        "exit",
        "promise",
    ] = "client"
    from_: Annotated[str, Field(alias="from")] = "last"
    opens: Shift = 0
    latest: Shift = 0
    every: EverySpan | None = None
    tolerance: Days = 0
    tolerance_unit: Literal["working days", "days"] = "working days"
    after: str = ""
    within_days: Days = 0
    where: When = {}
    when: When = {}
    any: tuple[When, ...] = ()
    routine: Yes = False
    optional: Yes = False
    two_way: Yes = False
    outlives: Yes = False
    done: Done = Done()
    fold: str = ""
    absorbed_by: str = ""
    purpose: Literal["service", "feedback", "marketing", "publicity"] = "service"

    @property
    def kind(self) -> Literal["cadence", "project", "record", "fact", "after"]:
        """Which of the kinds it is of."""
        if self.after:
            return "after"
        if self.each == "client":
            return "fact" if self.from_.startswith(OF_FACT) else "cadence"
        return "project" if self.each == "project" and self.from_ in PROJECT_DAYS else "record"

    @model_validator(mode="after")
    def _one_kind(self) -> Touchpoint:
        if self.kind == "cadence" and (not self.every or self.from_ not in CADENCES):
            raise ValueError(
                'needs `every` and `from = "last"` or "anchor", or what else it comes from: `each`, `after` or '
                '`from = "fact:…"`'
            )
        if self.kind != "cadence" and self.every:
            raise ValueError("comes once, so it has no `every`")
        if self.kind == "record" and self.each not in DERIVED and self.from_ in CADENCES:
            raise ValueError(f'one for each {self.each} needs the column that it is counted from, `from = "…"`')
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
    """A promise with a deadline: from one moment of an issue, or of a client, until another (headers of the Issues or
    Clients tab). `within` is how long; with `hours` instead it runs only for issues with a number in that column, of
    Issues or of the client's line in Recovery, and for so many hours."""

    each: Literal["issue", "client"] = "issue"
    from_: Annotated[str, Field(alias="from")]
    until: str
    within: WithinSpan | None = None
    hours: Literal["", "Fix within hours"] = ""
    grounds: Grounds = Grounds()

    @model_validator(mode="after")
    def _so_long(self) -> Clock:
        if (self.within is None) == (not self.hours) or (self.hours and self.each == "client"):
            raise ValueError("needs `within`, or for issues `hours`, and not both")
        return self


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


class Control(Entry):
    """What we owe ourselves every so often: a training of each person (`owner`: "everybody" of Team, or a role), or a
    review of a control by whoever has that role. `words`: what Training › Topic or Reviews › Control calls it, beside
    its title. `tolerance`: calendar days after its due day."""

    every: EverySpan
    by: Literal["training", "review"]
    words: tuple[str, ...] = ()
    tolerance: Days = 0

    @model_validator(mode="after")
    def _has_an_owner(self) -> Control:
        if self.owner == CLIENT_OWNER or (self.owner == EVERYBODY and self.by == "review"):
            raise ValueError('needs a role as its `owner`; of a training it may be "everybody"')
        return self


class Step(Model):
    """A step of the renewal ladder, from `days_before` the renewal date on (inclusive, calendar days, never rolled).
    It is taken by an interaction of one of `types`, or once Renewal stage says one of `stages`."""

    days_before: Days
    state: Literal["open", "proposal due", "decision due", "lapsed"]
    do: str
    short: str = ""
    text: str = ""
    types: tuple[str, ...] = ()
    stages: tuple[str, ...] = ()


class Renewal(Model):
    """`renewed_stages` and `ended_stages` say that it is settled, one way or the other. A date passed for more than
    `lapsed_risk_days`, or with contact or payment more than `old_contact_days` after it, is an old date."""

    title: str
    section: str = ""
    ids: Ids = ()
    owner: str = CLIENT_OWNER
    task: str = ""
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


class Theme(Entry):
    """What is worth saying once several clients say it: themes of issues and answers, root causes of issues, or where
    we are hard to work with (friction), of so many different clients within so many days."""

    each: Literal["theme", "root cause", "friction"]
    clients_at_least: Some
    in_last_days: Some


class Metric(Model):
    """A measure of the Scorecard. `target` is 0–1 for a share; `meaning` says what it is in plain words; `window_days`
    is how far back it looks (tenure looks at whole stays and has none)."""

    title: Annotated[str, Field(min_length=1)]
    section: str = ""
    ids: Ids = ()
    off: Yes = False
    target: Annotated[float, Field(strict=True, allow_inf_nan=False)] | None = None
    unit: Literal["points", "share", "months", "money"]
    higher_is_better: bool = True
    window_days: Days = 0
    meaning: str = ""


MetricId = Literal[
    "nps", "retention", "expansion_share", "tenure", "lifetime_value", "grr", "nrr", "response_rate",
    "on_time_rate", "engagement", "loyalty_participation"
]  # fmt: skip


# What an exception may ask of a client: what the team typed about it.
OF_CLIENTS = ("tier", "owner", "service", "engagement", "status", "monthly_fee")


class Exception_(Model):
    """Some clients are treated otherwise: those named in `clients`, or those that `when` fits. `set` holds values of
    touchpoints and of settings.silence by their dotted names; `why` is the reason, for people."""

    title: Annotated[str, Field(min_length=1)]
    clients: tuple[str, ...] = ()
    when: When = {}
    set: Annotated[dict[str, Any], Field(min_length=1)]
    why: str = ""
    _touchpoints: dict[str, Touchpoint] = PrivateAttr(default_factory=dict)
    _silence: list[Silence] = PrivateAttr(default_factory=list)

    @model_validator(mode="after")
    def _for_somebody(self) -> Exception_:
        if bool(self.clients) == bool(self.when):
            raise ValueError("needs either `clients` or `when`, which say whom it is for")
        return self

    @property
    def touchpoints(self) -> Mapping[str, Touchpoint]:
        """The touchpoints that it changes, as they are for these clients."""
        return self._touchpoints

    @property
    def silence(self) -> Silence | None:
        """The numbers of the silence limit for these clients, where it changes any."""
        return self._silence[-1] if self._silence else None

    def settle(self, touchpoints: Mapping[str, Touchpoint] | None = None, silence: Silence | None = None) -> None:
        """Note what `set` makes of the playbook's own entries; done once, when a playbook is loaded."""
        self._touchpoints.update(touchpoints or {})
        self._silence += [silence] if silence else []


class Chapter(Model):
    """A part of the written procedure that no rule works out, line by line: risks with what we do about them, what the
    law asks, how it is brought in."""

    title: Annotated[str, Field(min_length=1)]
    ids: Ids = ()
    lines: Annotated[tuple[str, ...], Field(min_length=1)]


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
    ids: Ids = ()
    chapters: tuple[Chapter, ...] = ()
    journey: tuple[Stage, ...] = ()
    settings: Settings
    touchpoints: dict[str, Touchpoint] = {}
    clocks: dict[str, Clock] = {}
    warnings: dict[str, Warning_] = {}
    outcomes: Outcomes
    renewal: Renewal
    growth: Growth
    themes: dict[str, Theme] = {}
    metrics: dict[MetricId, Metric] = {}
    controls: dict[str, Control] = {}
    exceptions: tuple[Exception_, ...] = ()
    source: str = ""
