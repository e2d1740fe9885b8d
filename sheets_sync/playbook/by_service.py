"""What a playbook says by service: what tells that one works, and which one comes next."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from sheets_sync.playbook.quantities import Days, Ids, Model, Some


class OutcomeOf(Model):
    """What tells that one service brings what it was bought for. `project`: what of a project counts first: Target
    (and Baseline), "clarity" (Clear and Plan link) or "channels" (Channels right of all). `metrics`: words of Results ›
    Metric that count, for those who buy the service and for those of these `engagement`s. `against`: they are compared
    with what was there at the "start", or with the mean of the `months` measured "before"; met from a change of `met`
    on, on track from `on_track` on, else behind (shares of what they are compared with; better is above 0)."""

    project: Literal["target", "clarity", "channels"] = "target"
    metrics: tuple[str, ...] = ()
    engagement: tuple[str, ...] = ()
    against: Literal["", "start", "before"] = ""
    months: Days = 0
    met: Annotated[float, Field(ge=-1, le=100, strict=True)] = 0.0
    on_track: Annotated[float, Field(ge=-1, le=100, strict=True)] = 0.0

    @model_validator(mode="after")
    def _says_what_with(self) -> OutcomeOf:
        if self.metrics and not self.against:
            raise ValueError('`metrics` need `against`: "start" or "before"')
        if self.against == "before" and not self.months:
            raise ValueError('`against = "before"` needs `months`, how many of them')
        if self.on_track > self.met:
            raise ValueError("`on_track` must not be above `met`")
        return self


class Outcomes(Model):
    """`by_service`: service (Clients or Projects › Service) → what tells that it works."""

    title: str
    section: str = ""
    ids: Ids = ()
    by_service: dict[str, OutcomeOf] = {}


class Stage(Model):
    """A stage of a client's way: who stands there (`when`; of several stages that fit, the last), and the sections of
    the procedure that belong to it."""

    title: Annotated[str, Field(min_length=1)]
    ids: Ids = ()
    when: dict[str, Any]
    sections: tuple[str, ...] = ()


class Growth(Model):
    """`next`: service → what to offer next; `otherwise`: the same by Engagement, where no service matches.
    `conversation`: what each stage of an opportunity asks for, in order.

    `signals`: kinds of Signals that ask for a conversation, each in our words, until one of `talks` (types of
    Interactions) or a line in Opportunities follows, or `forget_days` have passed. What they said no to is offered
    again after `again_after_days`. Won and lost are counted `closed_days` back."""

    title: str
    section: str = ""
    ids: Ids = ()
    next: dict[str, str]
    otherwise: dict[str, str] = {}
    blocked_by: tuple[Literal["watch", "risk", "open issue"], ...] = ()
    conversation: dict[Literal["review results", "goals", "next steps", "proposal", "questions", "closed"], str]
    signals: dict[str, str]
    talks: tuple[str, ...]
    forget_days: Some
    again_after_days: Days
    closed_days: Some
