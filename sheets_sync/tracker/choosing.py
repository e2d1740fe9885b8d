"""Which of several tabs that could be a table is it, and which are read beside it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from sheets_sync.errors import Refused
from sheets_sync.model import Problem, Ref
from sheets_sync.tracker.headers import normal_header
from sheets_sync.tracker.proposal import FoundTable, Proposal
from sheets_sync.tracker.recognise import title_rank
from sheets_sync.tracker.schema import CLIENTS, TABLES
from sheets_sync.tracker.words import names

# Without a tab of clients, these name them.
NAMING = ("projects", "interactions", "revenue")
_PASSED_OVER = frozenset(
    names(
        "archive, archived, archiv, archives, old, copy, kopie, copia, backup, previous, template, deleted, past, "
        "former, lost, ex, churned, inactive, pivot, dashboard, summary, dictionary, "
        "ehemalige, alte, anciens, antiguos, perdidos, oud, kopia, arkiv, archiwum, archivio, archivo, arquivo, "
        "archief, copie, sauvegarde, sicherung, vorlage, modele, plantilla, modello, sjabloon, szablon"
    )
)
_BRACKETS, _COPY = re.compile(r"[()\[\]{}]"), re.compile(r"\(\d\)\s*$")


def _passed_over(title: str) -> bool:
    """Whether a title says of itself that the tab is an old one, or the copy that Excel calls "Clients (2)"."""
    said = set(normal_header(_BRACKETS.sub(" ", title)).split())
    return bool(_PASSED_OVER & said) or _COPY.search(title) is not None


def _weight(found: FoundTable) -> tuple[int, int, int, int]:
    rank = title_rank(found.match.spec, found.grid.title)
    # A title that only contains the word ("Portfolio risk") weighs as much as two headers.
    own = rank if rank > 1 else 0
    return (not _passed_over(found.grid.title), own, len(found.match.columns) + 2 * min(rank, 1), found.grid.visible)


def _fit(option: FoundTable) -> tuple[int, int]:
    return title_rank(option.match.spec, option.grid.title), len(option.match.columns)


def shy_behind(
    candidates: Mapping[str, Sequence[FoundTable]], proposal: Proposal
) -> Mapping[str, Sequence[FoundTable]]:
    """The candidates; where else nothing would name the clients, a shy table gives up the tab that could."""
    best = [max(options, key=_fit).match.spec.name for options in candidates.values() if options]
    if {"clients", *NAMING} & {*best, *proposal.tables}:
        return candidates
    return {
        title: [option for option in options if not option.match.spec.shy]
        if any(option.match.spec is CLIENTS for option in options)
        else options
        for title, options in candidates.items()
    }


def choose(candidates: Mapping[str, Sequence[FoundTable]], proposal: Proposal) -> None:
    """Each tab becomes the table that it fits best, each table the tab that fits it best."""
    fitting: dict[str, list[FoundTable]] = {}
    for options in candidates.values():
        if options:
            best = max(options, key=_fit)
            fitting.setdefault(best.match.spec.name, []).append(best)
    for name, rivals in fitting.items():
        rivals.sort(key=_weight, reverse=True)
        rivals = _set_beside(name, rivals, proposal) if TABLES[name].form else rivals
        if not rivals:
            continue
        first = rivals[0]
        proposal.tables[name] = first
        if (
            len(rivals) > 1
            and _weight(first) == _weight(rivals[1])
            and len(first.grid.rows) == len(rivals[1].grid.rows)
        ):
            both = f"“{first.tab}” and “{rivals[1].tab}”"
            message = f"The tabs {both} look alike: which one holds the {TABLES[name].title.lower()}?"
            hint = (
                f'Say it to sheets-sync init with --map {name}.tab="{first.tab}", or in sheets-sync.toml: '
                f'[tables.{name}] tab = "{first.tab}".'
            )
            if name == "clients":
                raise Refused(message, [hint])
            proposal.problems.append(Problem(Ref(first.tab), message, hint))
            del proposal.tables[name]
            continue
        for other in rivals[1:]:
            if title_rank(other.match.spec, other.grid.title) or _passed_over(other.grid.title):
                proposal.unread[other.tab] = f"{TABLES[name].title} are read from “{first.tab}”"


def _set_beside(name: str, rivals: Sequence[FoundTable], proposal: Proposal) -> list[FoundTable]:
    """Put the tabs that forms fill beside the team's own, where both hold rows of a table: each counts. Returns the
    tabs that are still to be chosen from."""
    own = [found for found in rivals if not found.form]
    forms = [found for found in rivals if found.form and not _passed_over(found.grid.title)]
    named = proposal.tables.get(name)
    if named is None and not own:
        own, forms = forms[:1] or list(rivals[:1]), forms[1:]
    elif named is not None:
        forms, own = [*forms, *(own[:1] if named.form else [])], []
    proposal.beside.setdefault(name, []).extend(forms)
    for found in rivals:
        if found.form and found not in (*own, *forms):
            proposal.unread[found.tab] = "it looks like an old or second copy of answers"
    return own
