"""What tells that one service works."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from sheets_sync.playbook.quantities import Days, Model


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
