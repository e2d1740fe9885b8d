"""Is the SOP itself whole? What every procedure needs to say about itself, and a review that is not overdue."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from sheets_sync.model import Problem, Ref
from sheets_sync.playbook.schema import Playbook
from sheets_sync.rules.sentences import date_in_words

PARTS: Mapping[str, str] = {
    "title": "Title",
    "objective": "Objective",
    "scope": "Scope",
    "steps": "Steps",
    "feedback": "Feedback mechanism",
    "version": "Version",
    "owner": "Owner",
}
_WHAT = {
    "title": "a clear name",
    "objective": "what it is for and what it is to achieve",
    "scope": "whom and what it applies to",
    "steps": "what to do, in order",
    "feedback": "how the team and clients say what is wrong with it",
    "version": "which state of it this is",
    "owner": "who answers for it",
}


def missing(playbook: Playbook) -> list[str]:
    """The parts that say nothing, by their key: objective, scope …"""
    return [part for part in PARTS if not _said(getattr(playbook, part))]


def review_overdue(playbook: Playbook, today: date) -> bool:
    """Whether the day of the next review has passed."""
    return playbook.next_review < today


def problems(playbook: Playbook, today: date) -> tuple[Problem, ...]:
    """[E6] One for each part that is blank, and one for a review that was due before today."""
    found = [
        Problem(
            Ref("", header=f"Playbook › {PARTS[part]}"),
            f"The playbook does not say its {PARTS[part].lower()}.",
            f"Write {_WHAT[part]}: {part} = {'[…]' if part == 'steps' else '“…”'}.",
        )
        for part in missing(playbook)
    ]
    if review_overdue(playbook, today):
        found.append(
            Problem(
                Ref("", header="Playbook › Next review"),
                f"The playbook was to be reviewed by {date_in_words(playbook.next_review, today)}.",
                "Read it with the team, raise its version and set the next day in next_review.",
            )
        )
    return tuple(found)


def _said(value: str | tuple[str, ...]) -> bool:
    return any(one.strip() for one in value) if isinstance(value, tuple) else bool(value.strip())
