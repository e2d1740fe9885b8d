"""The numbers of appreciation: how far back, how far ahead, how often, and what it may cost."""

from __future__ import annotations

from sheets_sync.playbook.quantities import DayOfYear, Days, Model, Share, Some


class Gifts(Model):
    """The season of gifts, first and last day; `share`: its budget as a share of a year's fees."""

    first: DayOfYear
    last: DayOfYear
    share: Share


class Care(Model):
    """`window_days`: how far back what clients got is counted; an anniversary is shown from `anniversary_ahead_days`
    before until `anniversary_late_days` after its day, and is round every `round_years`; a favour is asked for again
    after `ask_again_days`; `goodwill_share`: a calendar year's budget as a share of a year's fees; `no_reward`: words
    of Care › Reward owed that mean none."""

    window_days: Some
    anniversary_ahead_days: Days
    anniversary_late_days: Days
    round_years: Some
    ask_again_days: Days
    goodwill_share: Share
    no_reward: tuple[str, ...]
    gifts: Gifts
