"""Answers that a Google Form collected: its tab is Surveys, each answer its client's, and none counts twice."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sheets_sync import sync
from sheets_sync.config import Config
from sheets_sync.model import Scalar
from sheets_sync.rules.nps import nps
from sheets_sync.rules.response import response_rate
from sheets_sync.rules.voice import answers as answers_board
from sheets_sync.tracker.cells import How
from sheets_sync.tracker.mapping import propose, table_maps
from sheets_sync.tracker.questions import rank_of
from sheets_sync.tracker.read import read_tables
from sheets_sync.tracker.schema import TABLES
from sheets_sync.tracker.tablemap import TableMap
from sheets_sync.tracker.tables import STRIDE, Tables
from sheets_sync.workbooks import open_workbook
from sheets_sync.workbooks.memory import MemoryWorkbook

NOW = datetime(2026, 11, 23, 9)
SCORE = "How likely are you to recommend us to a friend or colleague?"
WELL, BETTER = "What did we do well?", "What could we improve?"
AGAIN, ELSE = "Would you work with us again?", "Anything else?"
CLIENTS = (
    ("Client", "Key contact", "Email"),
    ("Aldgate Legal", "Ruth Aldgate", "ruth@aldgate.example"),
    ("Brightwater", "Al Moe", "al@brightwater.example; office@brightwater.example"),
    ("Corvid", "Cy", "cy@gmail.com"),
    ("Corvid North", "Di", "di@corvid.example"),
    ("Corvid South", "Ed", "ed@corvid.example"),
)
HEAD = ("Timestamp", "Company name", "Your name", "Email address", SCORE, WELL, BETTER, AGAIN, ELSE)
ROWS = (
    (datetime(2026, 11, 3, 14, 12), "Aldgate Legal", "Ruth Aldgate", "ruth@aldgate.example", 4,
     "Fast", "Silence", "Maybe", None),
    (datetime(2026, 11, 9, 9, 1), "brightwater ", "Al Moe", None, 9, "All", None, "Yes", "Thanks"),
)  # fmt: skip
FORM = (HEAD, *ROWS)
Rows = Sequence[Sequence[Scalar]]


def read(tabs: Mapping[str, Rows], maps: Mapping[str, TableMap] | None = None, clients: Rows = CLIENTS) -> Tables:
    return read_tables(MemoryWorkbook({"Clients": clients, **tabs}).read(), Config(tables=maps or {}), NOW)


def lines(tables: Tables, *columns: str) -> list[tuple[Any, ...]]:
    frame = tables["surveys"].frame[list(columns)].astype(object)
    return [tuple(row) for row in frame.where(frame.notna(), None).itertuples(index=False)]


def said(tables: Tables) -> list[str]:
    return [str(problem) for problem in tables.problems]


def answer(
    day: date, who: str | None, score: Scalar, email: str | None = None, name: str | None = None
) -> list[Scalar]:
    return [datetime(day.year, day.month, day.day, 10, 30), who, name, email, score, None, None, None, None]


# ── The tab ──────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("title", "stamp"),
    [
        ("Form Responses 1", "Timestamp"),
        ("Form responses 2", "Timestamp"),
        ("Réponses au formulaire 1", "Horodateur"),
        ("Formularantworten 1", "Zeitstempel"),
        ("Respuestas de formulario 1", "Marca temporal"),
        ("Renamed by us", "Timestamp"),
    ],
)
def test_the_tab_of_a_form_is_surveys(title: str, stamp: str) -> None:
    tables = read({title: ((stamp, *HEAD[1:]), *ROWS)})
    surveys = tables["surveys"]
    assert surveys.tab == title
    assert {name: found.header for name, found in surveys.columns.items()} == {
        "answered_on": stamp, "client": "Company name", "contact": "Your name", "email": "Email address",
        "score": SCORE, "did_well": WELL, "improve": BETTER, "again": AGAIN, "other": ELSE,
    }  # fmt: skip
    assert lines(tables, "key", "contact", "answered_on", "score", "again", "sent_on", "kind") == [
        ("aldgate legal", "Ruth Aldgate", datetime(2026, 11, 3), 4.0, "maybe", None, None),
        ("brightwater", "Al Moe", datetime(2026, 11, 9), 9.0, "yes", None, None),
    ]
    assert said(tables) == []


@pytest.mark.parametrize(
    ("language", "questions"),
    [
        ("de", ("Wie wahrscheinlich ist es, dass Sie uns weiterempfehlen?", "Was haben wir gut gemacht?",
                "Was können wir verbessern?", "Würden Sie wieder mit uns arbeiten?", "Sonst noch etwas?")),
        ("fr", ("Quelle est la probabilité que vous nous recommandiez ?", "Qu'avons-nous bien fait ?",
                "Que pourrions-nous améliorer ?", "Travailleriez-vous à nouveau avec nous ?", "Autre chose ?")),
        ("es", ("¿Qué probabilidad hay de que nos recomiende?", "¿Qué hicimos bien?",
                "¿Qué podríamos mejorar?", "¿Volvería a trabajar con nosotros?", "¿Algo más?")),
        ("other words", ("On a scale from 0 to 10, how likely is it that you would recommend our agency to others?",
                         "Tell us what went well with this project", "What is one thing we could do better next time?",
                         "If you had a new project, would you hire us again?", "Is there anything you want to add?")),
    ],
)  # fmt: skip
def test_questions_are_told_by_their_key_words(language: str, questions: Sequence[str]) -> None:
    tables = read({"Form Responses 1": ((*HEAD[:4], *questions), *ROWS)})
    found = tables["surveys"].columns
    assert [found[name].header for name in ("score", "did_well", "improve", "again", "other")] == list(questions)
    assert all(found[name].confidence >= 90 for name in found)


def test_a_question_counts_only_where_its_answers_fit() -> None:
    head = (
        "Timestamp",
        "Company",
        SCORE,
        "How well did we do well?",
        "Would you hire us again?",
        "What should we improve?",
    )
    rows = [(datetime(2026, 11, 3), "Corvid", 9, n, f"In {n} years", "Yes") for n in range(1, 5)]
    surveys = read({"Form Responses 1": (head, *rows)})["surveys"]
    assert set(surveys.columns) == {"answered_on", "client", "score"}
    assert set(surveys.unknown) == set(head[3:])


def test_two_questions_for_one_column_are_only_suggestions() -> None:
    head = (
        "Timestamp",
        "Company",
        "How likely are you to recommend our agency?",
        "Likelihood that you recommend our app",
    )
    tabs = {"Clients": CLIENTS, "Client feedback": (head, (datetime(2026, 11, 3), "Corvid", 9, 8))}
    proposal = propose(MemoryWorkbook(tabs).read(), {}, How(NOW))
    assert "score" not in proposal.tables["surveys"].match.columns
    assert [near.header for near in proposal.suggestions if near.field == "score"] == list(head[2:])


def test_another_form_is_no_survey() -> None:
    head = ("Timestamp", "Company", "Email address", "What do you need?", "Budget", "Anything else?")
    tables = read(
        {"Form Responses 1": (head, (datetime(2026, 11, 3), "Corvid", "cy@gmail.com", "A website", 900, "No"))}
    )
    assert not tables["surveys"].present
    assert any("Form Responses 1" in note and "not read" in note for note in tables.notes)


def test_a_persons_name_is_not_the_companys() -> None:
    head = ("Timestamp", "Name", "Which company do you work for?", SCORE)
    tables = read({"Form Responses 1": (head, (datetime(2026, 11, 3), "Cy", "Corvid", 9))})
    assert lines(tables, "key", "contact") == [("corvid", "Cy")]


def test_no_header_of_another_tab_asks_a_question() -> None:
    """The key words are for whole questions: the usual headers of a Surveys tab keep their own meaning."""
    for column in TABLES["surveys"].fields:
        for other in TABLES["surveys"].fields:
            if column.name != other.name:
                assert not rank_of(column, other.header), (column.name, other.header)


def test_an_xlsx_download_of_it_reads_the_same(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.title = "Clients"
    for row in CLIENTS:
        book["Clients"].append(row)
    form = book.create_sheet("Form Responses 1")
    for row in FORM:
        form.append(row)
    book.save(tmp_path / "responses.xlsx")
    snapshot = open_workbook(str(tmp_path / "responses.xlsx"), None).read()
    columns = ("key", "contact", "answered_on", "score", "did_well", "improve", "again", "other")
    assert lines(read_tables(snapshot, Config(), NOW), *columns) == lines(read({"Form Responses 1": FORM}), *columns)


# ── Whose answer ─────────────────────────────────────────────────────────────────────────────────────────────────────


def test_an_answer_is_its_clients_by_name_then_address_then_domain() -> None:
    day = date(2026, 11, 3)
    rows = [
        answer(day, "Corvid", 9, "ruth@aldgate.example"),  # the name wins
        answer(day, None, 9, "RUTH@aldgate.example "),
        answer(day, "We are Brightwater", 8, "office@brightwater.example"),
        answer(day, None, 8, "somebody@aldgate.example"),
        answer(day, None, 7, "x@corvid.example"),  # two clients have that domain
        answer(day, None, 7, "stranger@gmail.com"),  # everybody has that domain
        answer(day, "Nobody Ltd", 7),
        answer(day, None, 7),
    ]
    tables = read({"Form Responses 1": (HEAD, *rows)})
    assert lines(tables, "key", "contact") == [
        ("corvid", "ruth@aldgate.example"),
        ("aldgate legal", "Ruth Aldgate"),
        ("brightwater", "We are Brightwater"),
        ("aldgate legal", "somebody@aldgate.example"),
        (None, "x@corvid.example"),
        (None, "stranger@gmail.com"),
        (None, None),
        (None, None),
    ]
    assert said(tables) == [
        'Form Responses 1!B9 "Company name": This row names no client. Enter the client.',
        'Form Responses 1!B8 "Company name": "Nobody Ltd" is not among the clients. '
        "Add the client, or correct the name.",
        'Form Responses 1!D6 "Email address": 2 answers come from addresses of no client: "x@corvid.example" (D6) and '
        '"stranger@gmail.com" (D7). Enter it in Clients, in a column Email, or the client’s name beside the answer in '
        "a column Client.",
    ]


def test_a_form_that_only_knows_the_address_is_read() -> None:
    rows = (("Timestamp", "Username", SCORE), (datetime(2026, 11, 3, 8), "ruth@aldgate.example", 10))
    tables = read({"Form Responses 1": rows})
    assert lines(tables, "key", "contact", "score") == [("aldgate legal", "Ruth Aldgate", 10.0)]


# ── Whether it is a score ────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("header", "scores", "counts"),
    [
        (SCORE, [5, 5, 9], True),
        (SCORE, [0, 4], True),
        (SCORE, [5, 4, 5], False),
        (SCORE, [3], False),
        (f"{SCORE} (0-10)", [5, 4, 5], True),
        (f"{SCORE} (1 = no, 10 = yes)", [6], True),
        (f"{SCORE} (1–5)", [1, 2], False),
        (f"{SCORE} (1 to 7)", [6, 7], False),
        ("Score", [5, 4, 5], True),
    ],
)
def test_a_scale_to_five_is_no_score(header: str, scores: Sequence[int], counts: bool) -> None:
    rows = [(datetime(2026, 11, 3), "Corvid", score) for score in scores]
    tables = read({"Form Responses 1": (("Timestamp", "Company", header), *rows)})
    assert lines(tables, "score") == [(float(score) if counts else None,) for score in scores]
    assert [problem.ref.a1 for problem in tables.problems] == ([] if counts else ["C1"])


def test_what_is_said_of_a_scale_to_five() -> None:
    rows = [(datetime(2026, 11, 3), "Corvid", score) for score in (5, 4)]
    asked = read({"Form Responses 1": (("Timestamp", "Company", f"{SCORE} (1-5)"), *rows)})
    doubtful = read({"Form Responses 1": (("Timestamp", "Company", SCORE), *rows)})
    assert said(asked) == [
        f'Form Responses 1!C1 "{SCORE} (1-5)": A score goes from 0 to 10, and this scale to 5: 2 answers are not '
        "counted as a score. In the form, make it a linear scale from 0 to 10."
    ]
    assert said(doubtful) == [
        f'Form Responses 1!C1 "{SCORE}": No answer is above 5. On a scale of 1–5 that would be no score from 0 to 10: '
        "2 answers are not counted. If the scale is 0–10, say so behind the question in this cell: (0–10)."
    ]


# ── Beside the team's own tab ────────────────────────────────────────────────────────────────────────────────────────

OWN_HEAD = ("Client", "Contact", "Kind", "Sent on", "Answered on", "Score", "Action", "Action done on", "Rating: Speed")


def own(*rows: Sequence[Scalar]) -> Rows:
    return (OWN_HEAD, *(tuple(row) + (None,) * (len(OWN_HEAD) - len(row)) for row in rows))


def test_both_tabs_count_and_say_where_each_answer_stands() -> None:
    mine = own(("Corvid", "Cy", "annual", date(2026, 9, 1), date(2026, 9, 3), 10))
    tables = read({"Surveys": mine, "Form Responses 1": FORM})
    surveys = tables["surveys"]
    assert lines(tables, "key", "score", "row") == [
        ("corvid", 10.0, 2), ("aldgate legal", 4.0, STRIDE + 2), ("brightwater", 9.0, STRIDE + 3),
    ]  # fmt: skip
    assert str(surveys.ref("score", 2)) == 'Surveys!F2 "Score"'
    assert str(surveys.ref("score", STRIDE + 2)) == f'Form Responses 1!E2 "{SCORE}"'
    link = surveys.link(STRIDE + 3)
    assert link is not None
    assert (link.tab, link.row) == ("Form Responses 1", 3)
    assert surveys.has("sent_on")
    assert surveys.has("did_well")
    assert "“Surveys” and “Form Responses 1” count together as Surveys." in tables.notes


def test_the_same_answer_in_both_counts_once() -> None:
    mine = own(
        ("Aldgate Legal", "Ruth Aldgate", "quarterly", date(2026, 11, 1), date(2026, 11, 3), 4, "Call her"),
        ("Brightwater", None, None, None, date(2026, 11, 9), 9),
    )
    tables = read({"Surveys": mine, "Form Responses 1": FORM})
    assert lines(tables, "key", "score", "improve", "action", "row") == [
        ("aldgate legal", 4.0, "Silence", "Call her", 2),
        ("brightwater", 9.0, None, None, 3),
    ]
    assert str(tables["surveys"].ref("improve", 2)) == f'Form Responses 1!G2 "{BETTER}"'
    assert str(tables["surveys"].ref("action", 2)) == 'Surveys!G2 "Action"'


def test_an_answer_belongs_to_the_invitation_before_it() -> None:
    mine = own(
        ("Aldgate Legal", "Ruth Aldgate", "quarterly", date(2026, 8, 1)),
        ("Aldgate Legal", "Ruth Aldgate", "quarterly", date(2026, 11, 1)),
        ("Brightwater", "Someone Else", "annual", date(2026, 11, 1)),
        ("Corvid", "Cy", "annual", date(2026, 11, 20)),
    )
    early = answer(date(2026, 11, 10), "Corvid", 8, name="Cy")  # before they were asked
    tables = read({"Surveys": mine, "Form Responses 1": (*FORM, early)})
    assert lines(tables, "key", "kind", "sent_on", "answered_on", "score") == [
        ("aldgate legal", "quarterly", datetime(2026, 8, 1), None, None),
        ("aldgate legal", "quarterly", datetime(2026, 11, 1), datetime(2026, 11, 3), 4.0),
        ("brightwater", "annual", datetime(2026, 11, 1), None, None),
        ("corvid", "annual", datetime(2026, 11, 20), None, None),
        ("brightwater", None, None, datetime(2026, 11, 9), 9.0),
        ("corvid", None, None, datetime(2026, 11, 10), 8.0),
    ]
    assert str(tables["surveys"].ref("score", 3)) == f'Form Responses 1!E2 "{SCORE}"'


def test_an_invitation_that_was_answered_takes_no_other_answer() -> None:
    mine = own(("Aldgate Legal", "Ruth Aldgate", "quarterly", date(2026, 9, 1), date(2026, 9, 3), 6))
    tables = read({"Surveys": mine, "Form Responses 1": FORM})
    assert lines(tables, "sent_on", "score", "improve")[:2] == [
        (datetime(2026, 9, 1), 6.0, None),
        (None, 4.0, "Silence"),
    ]


def test_one_invitation_takes_one_answer() -> None:
    mine = own(("Aldgate Legal", "Ruth Aldgate", "quarterly", date(2026, 9, 1)))
    twice = [answer(date(2026, 9, day), "Aldgate Legal", score, name="Ruth Aldgate") for day, score in ((3, 6), (9, 8))]
    tables = read({"Surveys": mine, "Form Responses 1": (HEAD, *twice)})
    assert lines(tables, "sent_on", "score") == [(datetime(2026, 9, 1), 6.0), (None, 8.0)]


def test_a_form_beside_a_tab_that_the_config_names_counts_too() -> None:
    mine = own(("Corvid", "Cy", "annual", date(2026, 9, 1), date(2026, 9, 3), 10))
    snapshot = MemoryWorkbook({"Clients": CLIENTS, "Surveys": mine, "Form Responses 1": FORM}).read()
    maps, _ = table_maps(propose(snapshot, {}, How(NOW)))
    assert maps["surveys"].tab == "Surveys"
    assert len(read_tables(snapshot, Config(tables=maps), NOW)["surveys"].frame) == 3
    alone, _ = table_maps(propose(MemoryWorkbook({"Clients": CLIENTS, "Form Responses 1": FORM}).read(), {}, How(NOW)))
    assert alone["surveys"].tab == "Form Responses 1"
    later = read_tables(snapshot, Config(tables=alone), NOW)
    assert len(later["surveys"].frame) == 3
    assert later["surveys"].tab == "Surveys"


def test_two_forms_count_both_and_a_copy_of_one_does_not() -> None:
    other = (HEAD, answer(date(2026, 10, 3), "Corvid", 9))
    copies = {"Copy of Form Responses 1": FORM, "Form Responses 1 (2)": FORM}
    tables = read({"Form Responses 1": FORM, "Form Responses 2": other, **copies})
    assert lines(tables, "key", "row") == [
        ("aldgate legal", 2), ("brightwater", 3), ("corvid", STRIDE + 2),
    ]  # fmt: skip
    assert any("Copy of" in note and "not read" in note for note in tables.notes)


def test_ratings_of_both_tabs_are_kept_with_their_answers() -> None:
    mine = own(("Aldgate Legal", "Ruth Aldgate", "quarterly", date(2026, 11, 1)))
    rated = ((*HEAD, "Rating: Speed"), *((*row, speed) for row, speed in zip(ROWS, (3, "x"), strict=True)))
    tables = read({"Surveys": mine, "Form Responses 1": rated})
    ratings = tables["ratings"].frame
    assert ratings[["row", "key", "score"]].to_numpy().tolist() == [[2, "aldgate legal", 3.0]]
    assert set(ratings["row"]) <= set(tables["surveys"].frame["row"])
    assert [problem.ref.a1 for problem in tables.problems] == ["J3"]


DAYS = st.integers(0, 40).map(lambda n: date(2026, 9, 1) + timedelta(days=n))
WHO = st.sampled_from(["Aldgate Legal", "Brightwater", "Corvid"])
NAMES = st.sampled_from([None, "Ann", "Bo", "ann@x.example"])
ASKED = st.lists(st.tuples(WHO, NAMES, DAYS), max_size=8)
CAME = st.lists(st.tuples(WHO, NAMES, DAYS, st.integers(0, 10)), min_size=1, max_size=8)


@given(ASKED, CAME)
def test_every_answer_counts_once_and_every_invitation_takes_one(
    asked: list[tuple[str, str | None, date]], came: list[tuple[str, str | None, date, int]]
) -> None:
    mine = own(*((who, name, "quarterly", sent) for who, name, sent in asked))
    head = ("Timestamp", "Company", "Your name", f"{SCORE} (0-10)")
    form = [(datetime(day.year, day.month, day.day, 9), who, name, score) for who, name, day, score in came]
    surveys = read({"Surveys": mine, "Form Responses 1": (head, *form)})["surveys"]
    frame = surveys.frame
    assert sorted(frame["score"].dropna()) == sorted(score for *_, score in came)
    assert frame["sent_on"].notna().sum() == len(asked)
    paired = frame[frame["sent_on"].notna() & frame["answered_on"].notna()]
    assert len(frame) == len(asked) + len(came) - len(paired)
    assert (paired["answered_on"] >= paired["sent_on"]).all()
    assert len({row for (name, _), row in surveys.lent.items() if name == "score"}) == len(paired)


@given(CAME)
def test_an_answer_that_is_typed_into_surveys_too_changes_nothing(
    came: list[tuple[str, str | None, date, int]],
) -> None:
    head = ("Timestamp", "Company", "Your name", f"{SCORE} (0-10)")
    form = [(datetime(day.year, day.month, day.day, 9), who, name, score) for who, name, day, score in came]
    mine = own(*((who, name, None, None, day, score) for who, name, day, score in came))
    both = lines(read({"Surveys": mine, "Form Responses 1": (head, *form)}), "key", "score")
    assert sorted(both) == sorted(lines(read({"Surveys": mine}), "key", "score"))


# ── What the rules make of it ────────────────────────────────────────────────────────────────────────────────────────


def test_an_answer_without_an_invitation_is_an_opinion_and_no_share() -> None:
    """[A36] [B14] It counts in the score; the share that answers is of those who were asked, so it is in
    neither part."""
    playbook = sync.load(Config())
    asked = own(
        ("Aldgate Legal", "Ruth Aldgate", "quarterly", date(2026, 9, 1)),
        ("Corvid", "Cy", "quarterly", date(2026, 9, 1)),
    )
    came = [answer(date(2026, 9, 4), "Aldgate Legal", 9, name="Ruth Aldgate")]
    came += [answer(date(2026, 9, 5 + n), "Brightwater", 10, name=f"Person {n}") for n in range(10)]
    tables = read({"Surveys": asked, "Form Responses 1": (HEAD, *came)})
    rate = response_rate(playbook, playbook.metrics["response_rate"], tables, NOW)
    assert (rate.value, rate.n) == (0.5, 2)
    score = nps(playbook, playbook.metrics["nps"], tables, NOW)
    assert (score.value, score.n) == (100.0, 11)


def test_a_low_answer_of_a_form_is_seen_with_its_cell() -> None:
    playbook = sync.load(Config())
    workbook = MemoryWorkbook({"Clients": CLIENTS, "Form Responses 1": FORM})
    report = sync.plan(workbook, Config(), playbook, NOW)
    warnings = report.assessment.warnings
    low = warnings[(warnings["key"] == "aldgate legal") & warnings["sentence"].str.contains("4/10")]
    assert [str(ref) for ref in low["ref"]] == [f'Form Responses 1!E2 "{SCORE}"']
    board = answers_board(playbook, report.tables, report.assessment.facts, NOW)
    assert board[["key", "side"]].to_numpy().tolist() == [["brightwater", "promoter"], ["aldgate legal", "detractor"]]
    assert not sync.plan(workbook, Config(), playbook, NOW).tables["surveys"].frame["kind"].notna().any()
