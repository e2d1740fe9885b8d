"""Answers that a form collected: the tabs that Google Forms fills, and headers that are whole questions.

A question is told by words that stand in it ("likely … recommend"), not by its spelling. It counts only where what
stands under it is of that column's type, no second question asks for the same, and it asks for nothing else.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from sheets_sync.model import Grid
from sheets_sync.tracker.fields import Field, TableSpec
from sheets_sync.tracker.headers import Agrees, Match, Suggestion, header_text, normal_header
from sheets_sync.tracker.survey_columns import TIMESTAMPS
from sheets_sync.tracker.tables import Found

# "Form Responses 1" in the languages of Google Forms; people rename the rest of it.
_TITLES = re.compile(
    r"form responses?|reponses? au formulaire|formularantworten|respuestas de(l)? formulario|risposte del modulo"
    r"|respostas ao formulario|formulierreacties|formul[aä]rsvar|skjemasvar|liczba odpowiedzi"
)
AT_LEAST = 0.6
SURE, TWICE = 90.0, 80.0


def is_form(spec: TableSpec, grid: Grid) -> bool:
    """Whether a tab looks like one that a form fills, for a table that forms may fill: by its title, or because its
    first column is the form's timestamp."""
    if not spec.form:
        return False
    if _TITLES.match(normal_header(grid.title)):
        return True
    first = header_text(grid.at(1, 1))
    return normal_header(first) in {normal_header(word) for word in TIMESTAMPS}


def take_questions(
    match: Match, tab: str, headers: Sequence[str], agrees: Agrees, taken: set[int], given: Mapping[str, str]
) -> None:
    """Give each question that asks for one column of ours, alone, to that column. Several that ask for the same are
    suggestions only."""
    _person_is_no_company(match, headers, taken)
    asked: dict[str, list[tuple[int, int]]] = {}
    for place, header in enumerate(headers, start=1):
        if header and place not in taken:
            ranks = _asked_for(match, header, place, agrees, given)
            if len(ranks) == 1:
                for name, rank in ranks.items():
                    asked.setdefault(name, []).append((rank, place))
    for name, places in asked.items():
        best, place = min(places)
        rivals = [column for rank, column in places if rank == best]
        header = headers[place - 1]
        if len(rivals) == 1:
            match.columns[name] = Found(place, header, SURE, f"it asks for {match.spec[name].header}")
            taken.add(place)
            continue
        for column in rivals:
            near = Suggestion(tab, column, headers[column - 1], match.spec.name, name, TWICE)
            match.suggestions.append(near)


def _person_is_no_company(match: Match, headers: Sequence[str], taken: set[int]) -> None:
    """ "Name" is a person's where another question asks for the company."""
    client = match.columns.get("client")
    name = match.spec["contact"]
    if client is None or not rank_of(name, client.header):
        return
    company = match.spec["client"]
    if any(rank_of(company, header) and place not in taken for place, header in enumerate(headers, start=1)):
        taken.discard(match.columns.pop("client").column)


def _asked_for(match: Match, header: str, place: int, agrees: Agrees, given: Mapping[str, str]) -> Mapping[str, int]:
    """The columns, not found yet, that a question asks for and could hold the answers to, with its rank."""
    found = {}
    for column in match.spec.fields:
        if column.name in match.columns or column.name in match.doubled or column.name in given:
            continue
        rank = rank_of(column, header)
        if rank and _could_hold(match.spec, column, place, agrees):
            found[column.name] = rank
    return found


def _could_hold(spec: TableSpec, column: Field, place: int, agrees: Agrees) -> bool:
    share = agrees(column, place)
    if share is None:
        return True
    if column.type != "text":
        return share >= AT_LEAST
    # Anything is text: numbers and yes or no answer another question than an open one.
    return share >= AT_LEAST and all((agrees(spec[name], place) or 0.0) < 0.5 for name in ("score", "again"))


def rank_of(column: Field, header: str) -> int:
    """In which group of a column's questions (1 is the first) a header's is, 0 for none: all words of one begin words
    of the header; with a full stop it has no others."""
    words = re.findall(r"\w+", normal_header(header))
    for rank, questions in enumerate(column.asks, start=1):
        if any(_asks(question, words) for question in questions):
            return rank
    return 0


def _asks(question: str, words: Sequence[str]) -> bool:
    wanted = question.removesuffix(".").split()
    if question.endswith("."):
        return words == wanted
    return all(any(word.startswith(want) for word in words) for want in wanted)
