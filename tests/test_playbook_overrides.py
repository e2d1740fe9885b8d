"""What the tracker's Playbook tab sets wins over the file, is checked like it, and is said."""

from __future__ import annotations

from datetime import date, datetime, time

import pytest

from sheets_sync import sync
from sheets_sync.config import Config
from sheets_sync.model import Ref, Scalar
from sheets_sync.playbook.overrides import Laid, Row, apply
from sheets_sync.playbook.spans import Every, Within
from sheets_sync.playbook.values import lookup, normal, values_of
from sheets_sync.workbooks.memory import MemoryWorkbook

AGENCY = sync.load(Config())
KNOWN = sync.known()
NOW = datetime(2026, 11, 23, 9)
Line = tuple[str, Scalar] | tuple[str, Scalar, str]


def laid(*lines: Line) -> Laid:
    rows = [
        Row(
            setting,
            value,
            unit[0] if unit else "",
            Ref("Playbook", row, 1, "Setting"),
            Ref("Playbook", row, 2, "Value"),
        )
        for row, (setting, value, *unit) in enumerate(lines, start=2)
    ]
    return apply(AGENCY, rows, KNOWN)


def one(setting: str, value: Scalar, unit: str = "") -> str:
    """The one problem of a row, and that nothing was changed by it."""
    found = laid((setting, value, unit))
    assert found.playbook == AGENCY
    assert not found.changes
    (problem,) = found.problems
    return str(problem)


def test_numbers_spans_words_times_and_yes_or_no_are_taken() -> None:
    found = laid(
        ("settings.silence.otherwise", 21.0, "days"),
        ("touchpoints.check_in_call.every", 7, "days"),
        ("touchpoints.check_in_call.tolerance", "2"),
        ("metrics.nps.target", 40),
        ("warnings.complaints.level", "Risk"),
        ("warnings.complaints.risk_any[2].oldest_open_issue_days.above", 3),
        ("clocks.acknowledge.within", "2 working hours"),
        ("settings.hours.opens", time(8, 30)),
        ("touchpoints.first_win.off", "yes"),
        ("renewal.ladder[1].days_before", 90),
        ("metrics.retention.target", "90 %"),
        ("metrics.grr.target", 0.9),
    )
    assert not found.problems
    book = found.playbook
    assert book.settings.silence.otherwise == 21
    assert book.touchpoints["check_in_call"].every == Every(days=7)
    assert book.touchpoints["check_in_call"].tolerance == 2
    assert book.metrics["nps"].target == 40
    assert book.warnings["complaints"].level == "risk"
    assert book.warnings["complaints"].risk_any[1]["oldest_open_issue_days"]["above"] == 3
    assert book.clocks["acknowledge"].within == Within(2, "working hours")
    assert book.settings.hours.opens == time(8, 30)
    assert "first_win" not in book.touchpoints
    assert book.renewal.ladder[0].days_before == 90
    assert (book.metrics["retention"].target, book.metrics["grr"].target) == (0.9, 0.9)
    assert len(found.changes) == 12
    assert book.source == AGENCY.source


def test_it_is_said_in_a_sentence() -> None:
    found = laid(("settings.silence.otherwise", 21), ("metrics.nps.target", 40), ("metrics.grr.target", 0.9))
    assert [str(change) for change in found.changes] == [
        "Silence › limit without a rhythm: 21 days in the tracker, 30 days in the playbook file.",
        "Recommend us (NPS) › target: 40 points in the tracker, 50 points in the playbook file.",
        "Revenue kept › target: 90 % in the tracker, nothing in the playbook file.",
    ]


@pytest.mark.parametrize(
    "name",
    [
        "Silence › limit without a rhythm",
        "silence: limit without a rhythm",
        "Silence.Otherwise",
        " settings.silence.otherwise ",
    ],
)
def test_plain_names_are_found_again(name: str) -> None:
    assert laid((name, 21)).playbook.settings.silence.otherwise == 21


def test_every_listed_value_is_found_by_both_names_and_laid_over_without_a_change() -> None:
    names = lookup(AGENCY, KNOWN.facts)
    for value in values_of(AGENCY, KNOWN.facts):
        assert names[normal(value.dotted)].path == value.path
    same = laid(*((value.name, value.value, value.unit) for value in values_of(AGENCY, KNOWN.facts) if value.listed))
    assert same == Laid(AGENCY)


def test_what_says_the_same_or_nothing_changes_nothing() -> None:
    found = laid(
        ("settings.silence.otherwise", 30.0, "days"),
        ("settings.silence.at_most", None),
        ("settings.silence.at_least", " "),
        ("touchpoints.check_in_call.every", "2 weeks"),
        ("Health", None),
        ("", 5),
    )
    assert found == Laid(AGENCY)


def test_two_that_hold_only_together() -> None:
    found = laid(("settings.hours.opens", "18:00"), ("settings.hours.closes", "22:00"))
    assert not found.problems
    assert found.playbook.settings.hours.closes == time(22)


def test_a_bad_row_is_passed_over_and_the_others_count() -> None:
    found = laid(("settings.silence.otherwise", 0), ("metrics.nps.target", 40), ("settings.silence.at_mots", 50))
    assert found.playbook.settings.silence.otherwise == 30
    assert found.playbook.metrics["nps"].target == 40
    assert [str(problem.ref) for problem in found.problems] == ['Playbook!B2 "Value"', 'Playbook!A4 "Setting"']


def test_mistakes_read_like_those_of_the_file() -> None:
    holds = "30 days of the playbook file counts until it is right."
    name = 'Playbook!B2 "Value": Silence › limit without a rhythm'
    assert one("settings.silence.otherwise", 0) == f"{name}: must be at least 1, not 0. {holds}"
    assert one("settings.silence.otherwise", 2.5) == f"{name}: expects a whole number, not 2.5. {holds}"
    assert one("settings.silence.otherwise", "long") == f"{name}: expects a number, not “long”. {holds}"
    assert one("settings.silence.otherwise", date(2026, 1, 14)).startswith(
        f"{name}: expects a number, not “2026-01-14”"
    )
    assert one("settings.silence.otherwise", 3, "months") == f"{name}: is counted in days, not in months. {holds}"
    assert 'not one of watch, risk; did you mean "risk"?' in one("warnings.complaints.level", "rist")
    assert "expects a number and days, weeks, months or years" in one("touchpoints.check_in_call.every", 4, "hours")
    assert "must be at most 1, not 85" in one("settings.health.coverage", 85)
    assert "expects yes or no, not “perhaps”" in one("warnings.low_score.hard_drop", "perhaps")
    assert "“settings.silence.othrwise”. Did you mean “settings.silence.otherwise”?" in one(
        "settings.silence.othrwise", 3
    )
    assert "no setting of that name" in one("touchpoints.kickoff.do", "Smile")
    assert "`opens` must be before `closes`" in one("settings.hours.opens", "18:00")


def test_weeks_and_percent_are_understood() -> None:
    assert laid(("settings.silence.otherwise", 3, "weeks")).playbook.settings.silence.otherwise == 21
    assert laid(("metrics.retention.target", 90, "%")).playbook.metrics["retention"].target == 0.9
    assert laid(("metrics.retention.target", 0.9, "%")).playbook.metrics["retention"].target == 0.9


def test_a_setting_twice() -> None:
    found = laid(("settings.silence.otherwise", 21), ("Silence › limit without a rhythm", 25))
    assert found.playbook.settings.silence.otherwise == 21
    assert str(found.problems[0]).startswith('Playbook!B3 "Value": Silence › limit without a rhythm is set twice; B2')


def tracker(*rows: list[Scalar]) -> MemoryWorkbook:
    clients: list[list[Scalar]] = [
        ["Client", "Last contact"],
        ["Aldgate", date(2026, 10, 29)],
        ["Corvid", date(2026, 11, 20)],
    ]
    return MemoryWorkbook({"Clients": clients, "Playbook": [["Setting", "Value", "Unit", "Meaning"], *rows]})


def test_a_run_judges_by_the_tracker_and_says_so() -> None:
    calm = sync.plan(tracker(), Config(), AGENCY, NOW)
    assert list(calm.assessment.clients["level"]) == ["ok", "ok"]
    report = sync.plan(tracker(["Silence › limit without a rhythm", 21, "days", ""]), Config(), AGENCY, NOW)
    assert list(report.assessment.clients["level"]) == ["watch", "ok"]
    assert report.playbook.settings.silence.otherwise == 21
    assert [change.now for change in report.overrides] == [21]


def test_a_run_gathers_the_mistakes_of_the_tab() -> None:
    bad = tracker(["Silence › limit without a rhythm", 0, "days", ""], ["warnings.silence.level", "risk", "", ""])
    report = sync.plan(bad, Config(), AGENCY, NOW)
    assert report.playbook.settings.silence.otherwise == 30
    assert report.playbook.warnings["silence"].level == "risk"
    assert [str(problem.ref) for problem in report.problems] == ['Playbook!B2 "Value"']
