"""What else is worth knowing on the Dashboard: each a sentence, the most pressing first, the first few are printed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sheets_sync.rules.measures import EXACT
from sheets_sync.tabs.growth import told as growth_told
from sheets_sync.tabs.journey import by_the_wayside
from sheets_sync.tabs.ourselves import log_kept, overdue_controls, owners_differ
from sheets_sync.tabs.themes import causes_told, themes_told
from sheets_sync.tabs.view import View
from sheets_sync.tabs.words import count, month, rows_of, text

MOST = 4


def worth_knowing(view: View) -> list[str]:
    """The first few sentences that have something to say."""
    return [words for tell in SENTENCES if (words := tell(view))][:MOST]


def broken_promise(view: View) -> str:
    """[D13] A broken promise to a client; whoever breaks the next one loses them."""
    warnings = view.assessment.warnings
    keys = list(dict.fromkeys(row.key for row in rows_of(warnings) if row.id == "broken_promise" and not row.snoozed))
    names = [text(view.clients[key].client) for key in keys if key in view.clients]
    if not names:
        return ""
    more = f" and {len(names) - 3} more" if len(names) > 3 else ""
    many = "A promise is broken" if len(names) == 1 else "Promises are broken"
    return f"✖ {many}: {', '.join(names[:3])}{more}. This is the final chance: see {view.titles['at_risk']}."


def worst_kept(view: View) -> str:
    """[E12] The rule that is kept least, or fell most; nothing while all are kept."""
    numbers = view.playbook.settings.practice
    found = [
        (share, row)
        for row in rows_of(view.assessment.boards.practice)
        if (share := kept_share(row.in_time, row.due, numbers.least)) is not None
        and (share < numbers.low or _fell(row, share, numbers) >= numbers.drop - EXACT)
    ]
    if not found:
        return ""
    _, row = min(found, key=lambda pair: pair[0])
    then = kept_share(row.in_time_before, row.due_before, numbers.least)
    words = f"Kept least in {numbers.weeks} weeks: {text(row.title)}, {row.in_time:,} of {row.due:,} in time"
    before = "" if then is None else f" ({row.in_time_before:,} of {row.due_before:,} in the {numbers.weeks} before)"
    return f"{words}{before}."


def kept_share(in_time: Any, due: Any, least: int) -> float | None:
    """In time of what fell due; None where that is too little to tell."""
    return in_time / due if due is not None and due >= least else None


def _fell(row: Any, share: float, numbers: Any) -> float:
    before = kept_share(row.in_time_before, row.due_before, numbers.least)
    return before - share if before is not None else 0.0


def advocates_told(view: View) -> str:
    """[D18] Who recommends us already, and who could be asked to."""
    board = rows_of(view.assessment.boards.advocates)
    brought = sum(row.rung == "referred" for row in board)
    free = sum(bool(row.rung == "promoter" and row.ready and not row.waits) for row in board)
    parts = [f"{count(brought, 'client')} recommended us"] if brought else []
    parts += [f"{free:,} {'more ' if brought else ''}could be asked whom they would recommend us to"] if free else []
    return f"{', '.join(parts)}: see {view.titles['care_plan']}." if parts else ""


def spoke_first(view: View) -> str:
    """[A2] How often it was us who began, in the last whole month."""
    for row in rows_of(view.assessment.boards.first_word):
        return f"In {month(row.month).split()[0]} we spoke first in {row.ours:,} of {count(row.known, 'contact')}."
    return ""


# In the order in which they are told.
SENTENCES: tuple[Callable[[View], str], ...] = (
    broken_promise,
    by_the_wayside,
    overdue_controls,
    themes_told,
    causes_told,
    worst_kept,
    growth_told,
    owners_differ,
    log_kept,
    advocates_told,
    spoke_first,
)
