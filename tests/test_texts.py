"""The texts: every one for a rich client, for one of whom only the name is known, and for hostile values."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterator
from configparser import ConfigParser
from contextlib import redirect_stdout
from datetime import date, datetime
from functools import cache
from importlib.resources import files
from io import StringIO
from pathlib import Path

import pytest

from sheets_sync import sync
from sheets_sync.cli import root
from sheets_sync.cli.failing import guarded
from sheets_sync.cli.starter import sample_tabs
from sheets_sync.config import Config
from sheets_sync.errors import UsageError
from sheets_sync.outputs import texts
from sheets_sync.sync import Report
from sheets_sync.tracker.schema import TABLES
from sheets_sync.workbooks import open_workbook
from sheets_sync.workbooks.excel.new import new_workbook
from sheets_sync.workbooks.template import NewColumn, NewTab

NOW = datetime(2026, 11, 23, 9)
ROOT = Path(__file__).parent.parent
NAMES = [text.name for text in texts.texts()]
WANTED = {
    "check_in", "status_update", "share_win", "survey", "feedback_thanks", "survey_nudge", "escalation_note",
    "recovery_plan", "renewal_agenda", "expansion_conversation", "exit_interview", "testimonial_request",
    "referral_thanks", "handover_introduction", "training_invitation", "industry_heads_up", "invoice_heads_up",
    "kickoff_checklist", "delivery_checklist", "renewal_checklist", "case_study",
}  # fmt: skip
# Row separators, an escape sequence, a change of direction, a template, markup, and a formula.
HOSTILE = "A\nB\r\u2028C\x1b[31m\x07 \u202eevil\u2066\ufeff {{ 7 * 7 }}{% for %} <script>alert(1)</script> ${x} =1+1"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("texts")


@pytest.fixture(scope="module")
def rich(folder: Path) -> Report:
    """The sample tracker."""
    return planned(folder / "rich.xlsx", sample_tabs(NOW.date()))


@pytest.fixture(scope="module")
def bare(folder: Path) -> Report:
    """A client with nothing but a name."""
    return planned(folder / "bare.xlsx", [NewTab("Clients", (NewColumn("Client"),), (("Lone Pine",),))])


@pytest.fixture(scope="module")
def hostile(folder: Path) -> Report:
    """Every text column of every tab holds the same bad value, every date lies near, every number is odd."""
    by_type = {"date": date(2026, 11, 20), "moment": datetime(2026, 11, 20, 15), "month": date(2026, 11, 1),
               "number": 4, "money": 1234567.5, "percent": 0.5, "yes_no": "yes"}  # fmt: skip
    tabs = []
    for spec in TABLES.values():
        fields = [field for field in spec.fields if field.name not in ("client_id", "paid_on", "resolved_on")]
        values = {field.name: by_type.get(field.type, next(iter(field.choices or [HOSTILE]))) for field in fields}
        values |= {"invoice_due": date(2026, 11, 30), "renewal_date": date(2027, 1, 4), "end_date": None}
        columns = tuple(NewColumn(field.header, field.type) for field in fields)
        rows = (
            [values | {"kind": "industry change"}, values | {"kind": "growth"}] if spec.name == "signals" else [values]
        )
        tabs.append(NewTab(spec.title, columns, tuple(tuple(row[field.name] for field in fields) for row in rows)))
    return planned(folder / "hostile.xlsx", tabs)


def planned(path: Path, tabs: list[NewTab]) -> Report:
    path.write_bytes(new_workbook(tabs))
    return sync.plan(open_workbook(str(path), None), Config(), sync.load(Config()), NOW)


def filled(report: Report, name: str, client: str = "") -> str:
    key = client.casefold() or str(report.assessment.clients.index[0])
    return texts.fill(texts.find(name), report.assessment, report.tables, report.playbook, key)


@cache
def gaps(body: str) -> list[str]:
    return re.findall(r"\[…(.*?)…\]", body.replace("\n", " "))


def test_all_texts_are_there() -> None:
    assert set(NAMES) == WANTED


@pytest.mark.parametrize("text", texts.texts(), ids=lambda text: text.name)
def test_a_header_says_what_a_text_is_for(text: texts.Text) -> None:
    assert text.title
    assert text.when.endswith(".")
    assert text.purpose in ("service", "feedback", "marketing", "publicity")
    assert text.reader in ("client", "team")
    assert text.ids
    assert all(re.fullmatch(r"[A-E]\d{1,3}", id) for id in text.ids)
    assert list(text.ids) == sorted(set(text.ids), key=lambda id: (id[0], int(id[1:])))
    assert "Subject: " in text.template or text.reader == "team" or text.name in ("recovery_plan", "renewal_agenda")


def test_the_lines_of_the_practice_that_are_texts_are_carried() -> None:
    carried = {id for text in texts.texts() for id in text.ids}
    wanted = {"A22", "A25", "A27", "A33", *(f"A{n}" for n in (*range(37, 42), *range(64, 70), *range(75, 81)))}
    assert wanted | {"A91", "A92", "A93", "A96", "A97", "B20", "C6", "C7", "C8"} <= carried
    assert {"D7", "D9", "D10", "D11", "D12", "D13", "D16", "D17", "D19"} <= carried


def everybody(*reports: Report) -> Iterator[tuple[str, str]]:
    for report in reports:
        for key in report.assessment.clients.index:
            for name in NAMES:
                yield name, texts.fill(
                    texts.find(name), report.assessment, report.tables, report.playbook, str(key)
                )  # fmt: skip


def test_nothing_unfilled_is_printed_for_anybody(rich: Report, bare: Report) -> None:
    for name, body in everybody(rich, bare):
        assert body == body.strip(), name
        assert not re.search(r"None|<NA>|NaT|\bnan\b|Undefined|[{}]|\[\]", body), (name, body)
        assert not re.search(r" [,.;:](?!\w)|\(\)|“”|  +\S(?<!-)$|,,|\.\.", body), (name, body)
        assert all(what.strip() == what and what for what in gaps(body)), name
        assert body.count("[…") == body.count("…]") == len(gaps(body)), name
        assert max(map(len, body.splitlines())) <= 100, name
        assert "\n\n\n" not in body, name


@pytest.mark.parametrize("name", NAMES)
def test_a_name_alone_is_enough(bare: Report, name: str) -> None:
    body = filled(bare, name)
    assert gaps(body)
    assert "Lone Pine" in body or texts.find(name).reader == "client"
    assert "their name" in gaps(body) or "Hello" not in body


@pytest.mark.parametrize("name", NAMES)
def test_hostile_values_stay_words(hostile: Report, name: str) -> None:
    body = filled(hostile, name)
    shown = HOSTILE.split("{{")[1].split("}}")[0]
    assert "49" not in body
    assert f"{{{{{shown}}}}}" in body.replace("\n", " ") or "{{" not in body
    assert "<script>" in body or "script" not in body
    assert not [c for c in body if c != "\n" and unicodedata.category(c) in ("Cc", "Cf", "Cs", "Zl", "Zp")]
    assert "None" not in body
    assert "<NA>" not in body


def test_hostile_values_do_reach_the_texts(hostile: Report) -> None:
    bodies = [filled(hostile, name).replace("\n", " ") for name in NAMES]
    assert sum("{{ 7 * 7 }}{% for %} <script>alert(1)</script>" in body for body in bodies) >= 15


@pytest.mark.parametrize("name", ["training_invitation", "testimonial_request", "case_study"])
def test_what_needs_a_permission_says_so_first(rich: Report, bare: Report, name: str) -> None:
    purpose = texts.find(name).purpose
    for report, client in ((rich, "Aldgate Legal"), (bare, "Lone Pine")):
        first, blank, *_ = filled(report, name, client).splitlines()
        assert first == f"Must not be sent or shown. No consent for {purpose} is entered."
        assert blank == ""


def test_no_other_text_asks_for_a_permission(rich: Report) -> None:
    asking = {name for name in NAMES if filled(rich, name, "Aldgate Legal").startswith("Must not be sent")}
    assert asking == {text.name for text in texts.texts() if text.purpose in ("marketing", "publicity")}


def test_a_client_who_agreed_gets_the_text_without_the_line(rich: Report) -> None:
    """[A33] [A95] [B12] An allowed client's text begins with the text; a stopped one's says who objected and when; a
    yes of another contact than the key contact is named."""
    assert filled(rich, "testimonial_request", "Larkspur Hotels").startswith("Subject: ")
    assert filled(rich, "training_invitation", "Yarrow Clinics").startswith(
        "Must not be sent or shown. Dr Tom Yar objected to marketing on "
    )
    assert filled(rich, "training_invitation", "Redstart Energy").startswith(
        "Must not be sent or shown. Hugo Reds’s consent for marketing expired on "
    )
    assert filled(rich, "testimonial_request", "Redstart Energy").startswith("Goes by the permission of Nadia Ali.")
    assert filled(rich, "survey", "Everly Homes").startswith("Must not be sent or shown. Kim Osei objected to feedback")


def test_what_a_client_reads_holds_nothing_internal(rich: Report) -> None:
    internal = re.compile(r"at risk|on watch|healthy|escalat|Finance asks|leaves at the end|churn", re.IGNORECASE)
    for text in texts.texts():
        for key in rich.assessment.clients.index:
            body = texts.fill(text, rich.assessment, rich.tables, rich.playbook, str(key))
            if text.reader == "client":
                letter = body.partition("Subject: ")[2] or body
                assert not internal.search(letter), (text.name, key)


def test_a_low_score_is_named_and_answered_by_phone(rich: Report) -> None:  # [D7]
    body = filled(rich, "feedback_thanks", "Aldgate Legal").replace("\n", " ")
    assert body.startswith("Subject: Thank you for your 4 out of 10")
    assert "You gave us 4 out of 10" in body
    assert "“We no longer hear what is going on”" in body
    assert "May I call you" in body


def test_a_high_and_a_middling_score_read_otherwise(rich: Report) -> None:
    assert "“The new rooms page”" in filled(rich, "feedback_thanks", "Larkspur Hotels")
    assert "not yet as good" in filled(rich, "feedback_thanks", "Silverbirch Law")
    assert "rating" in gaps(filled(rich, "feedback_thanks", "Corvid Coffee"))


def test_the_survey_asks_five_questions(rich: Report) -> None:  # [A37] [A38] [A39] [A40] [A41]
    body = filled(rich, "survey", "Brightwater Dental")
    assert re.findall(r"^(\d)\. .*\?$", body, re.MULTILINE) == ["1", "2", "3", "4", "5"]
    assert "0 to 10" in body


def test_the_nudge_is_for_those_who_were_never_asked(rich: Report) -> None:
    assert "Nobody has asked" in filled(rich, "survey_nudge", "Corvid Coffee")
    assert "last asked on 30 Oct" in filled(rich, "survey_nudge", "Aldgate Legal")


def test_the_agenda_has_its_six_points_and_what_is_known(rich: Report) -> None:  # [A75] [A76] [A77] [A78] [A79] [A80]
    body = filled(rich, "renewal_agenda", "Kestrel Logistics")
    assert re.findall(r"^(\d)\. ", body, re.MULTILINE) == ["1", "2", "3", "4", "5", "6"]
    assert "Leads a month: 310, from 300 at the start (target 400)" in body
    assert "Today: Retainer, 3,200 a month" in body
    assert "Renewal date: Thu 24 Dec" in body
    assert "Proposal in their hands: Tue 24 Nov" in body
    assert "Their decision: Thu 10 Dec" in body
    assert any("goals" in what for what in gaps(body))


def test_a_win_is_a_number_that_moved_towards_its_target(rich: Report) -> None:  # [A25]
    assert "Bookings a month: 104, from 80 at the start (target 120)" in filled(rich, "share_win", "Brightwater Dental")
    assert any("which number" in what for what in gaps(filled(rich, "share_win", "Juniper Health")))


def test_the_plan_names_what_was_promised_and_when_it_came(rich: Report) -> None:  # [D9] [D10] [D11] [D12] [D13]
    body = filled(rich, "recovery_plan", "Aldgate Legal").replace("\n  ", " ")
    assert "First answer promised within 4 working hours, by Thu 15 Oct 12:00; given Fri 16 Oct 09:10" in body
    assert "The cause: Data export failed" in body
    assert body.count("If we miss") == 2


def test_what_was_entered_for_handover_recovery_and_ratings_is_used(folder: Path) -> None:  # [C6] [C7] [C8] [D7] [D11]
    headers = ("Client", "Sold by", "Deliverables", "Expectations", "Next goals")
    values = ("Aldgate", "Max", "Five pages", "First leads in May", "200 leads")
    clients = NewTab("Clients", tuple(map(NewColumn, headers)), (values,))
    answers = (NewColumn("Client"), NewColumn("Answered on", "date"), NewColumn("Score", "number"),
               NewColumn("Rating: Accuracy", "number"), NewColumn("Rating: Speed", "number"))  # fmt: skip
    surveys = NewTab("Surveys", answers, (("Aldgate", date(2026, 11, 3), 5, 6, 4),))
    promised = ("Client", "Promise", "Guarantee", "Fix within hours", "Refund rule")
    rows = (("Aldgate", "A weekly call", "You may leave at once", 4, "A month free"),)
    recovery = NewTab("Recovery", tuple(map(NewColumn, promised)), rows)
    report = planned(folder / "entered.xlsx", [clients, surveys, recovery])
    hello = filled(report, "handover_introduction").replace("\n", " ")
    assert all(words in hello for words in ("Max has told me", "You get: Five pages", "First leads in May"))
    assert "200 leads" in filled(report, "renewal_agenda")
    assert "Lowest was 4 out of 10 for “Speed”" in filled(report, "feedback_thanks").replace("\n", " ")
    plan = filled(report, "recovery_plan")
    assert all(
        words in plan for words in ("1. A weekly call", "within 4 hours", "A month free", "You may leave at once")
    )


def test_an_escalation_says_since_when_and_why(rich: Report) -> None:  # [A50] [A52]
    body = filled(rich, "escalation_note", "Foxglove Bakery").replace("\n ", " ")
    assert "“Wrong invoice”" in body.splitlines()[0]
    assert "- Escalated since Wed 18 Nov 10:15" in body
    assert "money or law" in body
    assert "frustrated twice" not in body


def test_growth_waits_for_calm(rich: Report) -> None:  # [A64] [A65] [A66] [A67] [A68] [A69]
    assert filled(rich, "expansion_conversation", "Aldgate Legal").startswith("Not now: they are at risk.")
    calm = filled(rich, "expansion_conversation", "Tamarind Kitchen")
    assert "Not now" not in calm
    assert "Growth, 15 Nov: Second restaurant opens in spring" in calm
    assert re.findall(r"^(\d)\. ", calm, re.MULTILINE) == ["1", "2", "3", "4", "5", "6"]


def test_a_testimonial_is_not_asked_of_the_unsatisfied(rich: Report) -> None:  # [A33]
    assert "Not the moment" not in filled(rich, "testimonial_request", "Larkspur Hotels")
    assert "their latest score is 4/10" in filled(rich, "testimonial_request", "Aldgate Legal")
    assert "no score of theirs is entered" in filled(rich, "testimonial_request", "Corvid Coffee")
    assert "“Booking form down” is open" in filled(rich, "testimonial_request", "Brightwater Dental")


def test_a_contact_who_leaves_is_pointed_out(rich: Report) -> None:
    assert filled(rich, "check_in", "Dunmore Travel").startswith("Check the name first: Ana Roe (key contact)")


def test_news_and_invoices_come_from_the_tracker(folder: Path) -> None:  # [A22] [D16]
    clients = NewTab("Clients", (NewColumn("Client"), NewColumn("Industry")), (("Aldgate", "Law"), ("Bo", "Food")))
    columns = (
        NewColumn("Date", "date"),
        NewColumn("Client"),
        NewColumn("Industry"),
        NewColumn("Kind"),
        NewColumn("Note"),
    )
    signals = NewTab("Signals", columns, ((date(2026, 11, 9), None, "law", "industry change", "New fee rules"),))
    money = (NewColumn("Month", "month"), NewColumn("Client"), NewColumn("Amount", "money"),
             NewColumn("Invoice due", "date"), NewColumn("Paid on", "date"))  # fmt: skip
    revenue = NewTab("Revenue", money, (
        (date(2026, 10, 1), "Aldgate", 900, date(2026, 11, 2), None),
        (date(2026, 11, 1), "Aldgate", 950.5, date(2026, 11, 30), None),
        (date(2026, 12, 1), "Aldgate", 970, date(2026, 12, 30), None),
        (date(2026, 11, 1), "Bo", 100, date(2026, 11, 30), date(2026, 11, 20)),
    ))  # fmt: skip
    report = planned(folder / "news.xlsx", [clients, signals, revenue])
    assert "- New fee rules" in filled(report, "industry_heads_up", "Aldgate")
    assert "New fee rules" not in filled(report, "industry_heads_up", "Bo")
    body = filled(report, "invoice_heads_up", "Aldgate").replace("\n", " ")
    assert "our invoice for Nov over 950.50 is due on Mon 30 Nov." in body
    assert "amount" in gaps(filled(report, "invoice_heads_up", "Bo"))


def test_an_unknown_text_is_named_with_the_nearest() -> None:
    assert texts.find("Check-In").name == "check_in"
    with pytest.raises(UsageError, match=r'no text "renewal_agnda"\. Did you mean "renewal_agenda"'):
        texts.find("renewal_agnda")


def test_lines_are_filled_and_items_hang() -> None:
    long = "word " * 30
    laid = texts.lay_out(f"Subject: {long}\nOne\ntwo.\n\n\n   - {long}\n[x] done\n")
    subject, first, blank, *items = laid.splitlines()
    assert len(subject) > texts.WIDTH
    assert (first, blank) == ("One two.", "")
    assert items[0].startswith("   - word")
    assert items[1].startswith("     word")
    assert items[-1] == "[x] done"
    assert max(map(len, items)) <= texts.WIDTH


def test_a_date_is_not_broken_over_two_lines() -> None:
    laid = texts.lay_out("\n\n".join(f"{'x' * length} on Wed 18 Nov" for length in range(60, 90)))
    assert not re.search(r"Wed$|18$", laid, re.MULTILINE)
    assert "\N{NO-BREAK SPACE}" not in laid


def called(*args: str) -> str:
    out = StringIO()
    with redirect_stdout(out):
        assert guarded(root, ["explain", *args]) == 0
    return out.getvalue()


def test_the_command_prints_a_text(rich: Report, folder: Path) -> None:
    wanted = ("--client", "aldgate legal", "--text", "feedback-thanks", "--as-of", "2026-11-23")
    body = filled(rich, "feedback_thanks", "Aldgate Legal")
    assert called(str(folder / "rich.xlsx"), *wanted) == body + "\n"
    assert json.loads(called(str(folder / "rich.xlsx"), *wanted, "--json")) == {
        "version": 1, "client": "Aldgate Legal", "text": "feedback_thanks", "title": "Thank you for the feedback",
        "purpose": "feedback", "body": body,
    }  # fmt: skip


def test_the_command_lists_the_texts_without_any_tracker(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    listed = called("--text", "list")
    assert [line.split()[0] for line in listed.splitlines()[::2]] == NAMES
    assert called("--text", "check_in") == listed
    assert "--client NAME" in capsys.readouterr().err
    found = json.loads(called("--text", "list", "--json"))
    assert found["version"] == 1
    assert [text["name"] for text in found["texts"]] == NAMES
    assert guarded(root, ["explain", "--text", "chek_in"]) == 2
    assert 'Did you mean "check_in"?' in capsys.readouterr().err


def test_the_wheel_takes_the_templates_and_every_room_along() -> None:
    setup = ConfigParser()
    setup.read(ROOT / "setup.cfg", encoding="utf-8")
    patterns = setup["options.package_data"]["sheets_sync.templates"].replace(" ", "").split(",")
    found = {
        path.relative_to(ROOT / "templates") for pattern in patterns for path in (ROOT / "templates").glob(pattern)
    }
    assert {Path("messages") / f"{name}.j2" for name in NAMES} <= found
    rooms = {".".join(path.parent.relative_to(ROOT).parts) for path in (ROOT / "sheets_sync").rglob("__init__.py")}
    assert rooms - {"sheets_sync.templates"} <= set(setup["options"]["packages"].split())
    assert "jinja2" in setup["options"]["install_requires"]
    assert (files("sheets_sync.templates") / "messages" / "check_in.j2").is_file()
