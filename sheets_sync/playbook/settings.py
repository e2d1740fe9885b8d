"""The numbers of a playbook that belong to no single entry: one small model a topic, all of them required, because a
number stands in the playbook's file and nowhere else. Ratios are 0–1, `days` are calendar days unless said."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from sheets_sync.playbook.care_settings import Care
from sheets_sync.playbook.quantities import (
    Days,
    Factor,
    Model,
    Points,
    Share,
    Some,
    SomeDays,
    TimeOfDay,
    Weekday,
    Yes,
)


class Hours(Model):
    """When the agency works; every working hour and working day is counted in these."""

    days: Annotated[tuple[Weekday, ...], Field(min_length=1)]
    opens: TimeOfDay
    closes: TimeOfDay

    @model_validator(mode="after")
    def _in_order(self) -> Hours:
        if self.opens >= self.closes:
            raise ValueError("`opens` must be before `closes`")
        return self


class LookBack(Model):
    days: Some


class Contact(Model):
    """Which contacts are a sign of life. `talks`: both sides spoke, even with a blank Direction; any other type is one
    only when it came from them (Direction in or both); `never`: not even then."""

    talks: tuple[str, ...]
    never: tuple[str, ...]


class Status(Model):
    """Words of Clients › Status. `blank` is what an empty or unknown one is read as; `no_health` are not judged;
    `closed` ends the client's open touchpoints."""

    blank: str
    no_health: tuple[str, ...]
    closed: tuple[str, ...]


class NewClient(Model):
    days: Days


class Silence(Model):
    """The silence limit of a client, in days. The titles are what its Playbook tab calls them."""

    own_rhythm: Annotated[Factor, Field(title="times their own rhythm")]
    signs: Annotated[Some, Field(title="signs of life that make a rhythm")]
    signs_in_days: Annotated[Some, Field(title="days that a rhythm is taken from")]
    at_least: Annotated[SomeDays, Field(title="limit at least")]
    at_most: Annotated[SomeDays, Field(title="limit at most")]
    otherwise: Annotated[SomeDays, Field(title="limit without a rhythm")]
    routine: Annotated[Factor, Field(title="times the routine talk")]
    double: Annotated[Factor, Field(title="at risk after so many limits")]


class ClockSettings(Model):
    """`at_risk_share`: a running clock is at risk in this last part of its time."""

    at_risk_share: Share


class Recovery(Model):
    """`events_days`: how far before a fall its causes are looked for; `goodwill_fees`: what goodwill may cost a client
    within `goodwill_days`, in monthly fees; `fix_unit`: what Fix within hours is counted in."""

    events_days: Some
    goodwill_fees: Annotated[float, Field(ge=0, le=100, strict=True)]
    goodwill_days: Some
    fix_unit: Literal["working hours", "clock hours"]


class Diary(Model):
    """`ahead_days`: how far ahead a touchpoint is listed; `keep_done_days`: how long a done line stays."""

    ahead_days: Days
    keep_done_days: Days


class Missed(Model):
    after_days: Some


class Messy(Model):
    """When a first run is not believed: at least so many clients and more than this share of all for one reason, or
    nothing newer than `stale_days`."""

    clients: Some
    share: Share
    stale_days: Some


class Weights(Model):
    contact: Points
    outcomes: Points
    issues: Points
    feedback: Points
    commercial: Points
    relationship: Points

    @model_validator(mode="after")
    def _not_nothing(self) -> Weights:
        if not sum(dict(self).values()):
            raise ValueError("at least one weight must be above 0")
        return self


class Bands(Model):
    """Points from which a client is healthy, and from which on watch; below is at risk."""

    healthy: Points
    watch: Points

    @model_validator(mode="after")
    def _in_order(self) -> Bands:
        if self.watch > self.healthy:
            raise ValueError("`watch` must not be above `healthy`")
        return self


class ContactPoints(Model):
    """100 points up to `full_until` × the silence limit, falling evenly to 0 at `zero_at` × the limit."""

    full_until: Factor
    zero_at: Factor


class OutcomePoints(Model):
    met: Points
    on_track: Points
    behind: Points


class IssuePoints(Model):
    none_open: Points
    one_in_time: Points
    breached_or_two: Points


class ScorePoints(Model):
    """A survey score of `score` or more earns `points`."""

    score: Annotated[int, Field(ge=0, le=10, strict=True)]
    points: Points


class FeedbackPoints(Model):
    points: Annotated[tuple[ScorePoints, ...], Field(min_length=1)]
    unknown_after_days: Some


class CommercialPoints(Model):
    later: Points
    open: Points
    due: Points
    lapsed: Points
    unpaid_minus: Points


class RelationshipPoints(Model):
    two_contacts: Points
    one_contact: Points
    leaving: Points


class Drops(Model):
    """Hard drops (warnings with `hard_drop`): so many together are at risk; one of them with one of `with_one`, too."""

    for_risk: Some
    with_one: tuple[str, ...]


class Health(Model):
    """The six dimensions, 0–100 points each, and how they become a level."""

    step: Annotated[int, Field(ge=1, le=50, strict=True)]
    coverage: Share
    known: Some
    one_of: tuple[Literal["contact", "outcomes", "issues", "feedback", "commercial", "relationship"], ...]
    tracked_days: Some
    weights: Weights
    bands: Bands
    contact: ContactPoints
    outcomes: OutcomePoints
    issues: IssuePoints
    feedback: FeedbackPoints
    commercial: CommercialPoints
    relationship: RelationshipPoints
    drops: Drops


class Nps(Model):
    """`least_answers`: below it only counts are shown; `per`: whose latest answer is one ticket."""

    promoter_from: Annotated[int, Field(ge=0, le=10, strict=True)]
    passive_from: Annotated[int, Field(ge=0, le=10, strict=True)]
    least_answers: Some
    per: Literal["contact", "client"]


class Retention(Model):
    """Words of Engagement (and blank) that are an ongoing relationship, and of Status that say it ended or stands."""

    ongoing: tuple[str, ...]
    blank_is_ongoing: Yes
    left: tuple[str, ...]
    finished: tuple[str, ...]
    returned: tuple[str, ...]
    paused: tuple[str, ...]
    outside: tuple[str, ...]


class Expansion(Model):
    """A line counts as expansion for its first `new_for_months` months, then as base."""

    new_for_months: Some


class Tenure(Model):
    horizon_months: Some
    chance_months: Some
    days_in_month: Annotated[float, Field(gt=27, lt=32)]


class Value(Model):
    """What a client is worth. `ahead_months`: how far ahead the months to expect are counted, at least `least_months`
    of them; as far as so many clients (`least_clients`) have been watched. `longer`: the longer contract that the
    usual one is compared with, in terms."""

    ahead_months: Some
    least_months: Some
    least_clients: Some
    longer: Annotated[int, Field(ge=2, le=10, strict=True)]


class Notes(Model):
    """`stale_days`: so long after they were checked, notes on a client's business have grown old."""

    stale_days: Some


class Response(Model):
    """`pending_days`: how long an invitation stays open; until then it counts neither as answered nor as not."""

    pending_days: Some


class Voice(Model):
    """How far back Voice shows answers, and the Scorecard kinds of issues; of how many calendar quarters Voice shows
    the score."""

    answers_days: Some
    quarters: Annotated[int, Field(ge=1, le=12, strict=True)]
    issues_days: Some


class Exits(Model):
    """Within how many days somebody left counts in the title; how many calendar quarters stand side by side."""

    window_days: Some
    quarters: Annotated[int, Field(ge=1, le=12, strict=True)]


class Engagement(Model):
    """A client's signs of life of the last `recent_days` are measured against their own rhythm before, where that has
    at least `signs` of them and its usual gap is no longer than `recent_days`."""

    recent_days: Some
    signs: Some


class Loyalty(Model):
    """Kinds of Care that are a member's own doing."""

    activities: Annotated[tuple[str, ...], Field(min_length=1)]


class PeopleSettings(Model):
    """Who answers for a task and is away within `leave_ahead_days` is named; so is who does `overload` times as many
    tasks as the others on average, from `overload_tasks` on."""

    leave_ahead_days: Days
    overload: Factor
    overload_tasks: Some


class Consent(Model):
    """`ask_again_days`: so long before a consent runs out it is asked for again. `needs_yes`: purposes that need a yes
    beside marketing and publicity, which always do."""

    ask_again_days: Days
    needs_yes: tuple[Literal["data", "feedback", "marketing", "publicity"], ...]


class Interval(Model):
    """How sure "met" and "not met" must be: 0.95 leaves one in twenty to chance."""

    confidence: Annotated[float, Field(gt=0.5, lt=1)]


class Practice(Model):
    """How each rule is kept: over so many whole `weeks`, beside as many before. With fewer than `least` due, nothing is
    said; a share below `low`, or lower than before by `drop`, is worth a word, and so are owners who differ by
    `spread`. Of the log, this month counts from its `log_from_day` on; too little is less than `log_share`."""

    weeks: Some
    least: Some
    low: Share
    drop: Share
    spread: Share
    log_from_day: Annotated[int, Field(ge=1, le=28, strict=True)]
    log_share: Share


class Results(Model):
    """Words of Results › Metric (and Projects › Success metric): where less is better, which add up over months, and
    which are the money that came back to the client. A reading older than `fresh_days` says nothing about an outcome
    any more. Totals and returns are those of `year_months`; a trend compares the mean of `trend_months` with that of as
    many before, and up to `steady` of it is steady."""

    lower_is_better: tuple[str, ...]
    adds_up: tuple[str, ...]
    money: tuple[str, ...]
    fresh_days: Some
    year_months: Some
    trend_months: Some
    steady: Share


class Wins(Model):
    """A number that got better by at least this share of what it was is a win, brought up for so many days."""

    at_least: Share
    days: Some


class Renewals(Model):
    """The Renewals tab: how far ahead it looks, and how a Renewal value is read: it is that of Term months, without one
    of `term_months`, but a month's where it is no more than `monthly_up_to` monthly fees. A change of the fee by no
    more than `flat` is none."""

    ahead_days: Days
    term_months: Some
    monthly_up_to: Factor
    flat: Share


class Settings(Model):
    hours: Hours
    status: Status
    contact: Contact
    look_back: LookBack
    new_client: NewClient
    silence: Silence
    clock: ClockSettings
    recovery: Recovery
    diary: Diary
    missed: Missed
    messy: Messy
    health: Health
    interval: Interval
    nps: Nps
    retention: Retention
    expansion: Expansion
    tenure: Tenure
    value: Value
    notes: Notes
    response: Response
    voice: Voice
    exits: Exits
    engagement: Engagement
    loyalty: Loyalty
    practice: Practice
    people: PeopleSettings
    consent: Consent
    results: Results
    wins: Wins
    renewals: Renewals
    care: Care
