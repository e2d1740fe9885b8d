"""Every refusal of Google's as the sentence that people get; golden/google_messages.txt shows them all."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sheets_sync.errors import Changed, NoPermission, Refused, SheetsSyncError, TryAgain
from sheets_sync.workbooks.google import messages
from sheets_sync.workbooks.google.messages import AlreadyThere, Gone, error_of, refresh_error
from tests.answers import ID

ROBOT = "robot@a-project.iam.gserviceaccount.com"
WHERE = f"https://docs.google.com/spreadsheets/d/{ID}"

# Google's texts as they are seen in public reports: status, text, what it is, words that the sentence must have.
REFUSALS: list[tuple[int, str, type[SheetsSyncError], list[str]]] = [
    (403, "The caller does not have permission", NoPermission, [f"add {ROBOT} as Editor", WHERE]),
    (
        403,
        "Google Sheets API has not been used in project 471 before or it is disabled. Enable it by visiting "
        "https://console.developers.google.com/apis/api/sheets.googleapis.com/overview?project=471 then retry. If you "
        "enabled this API recently, wait a few minutes for the action to propagate to our systems and retry.",
        NoPermission,
        ["off in project 471", "overview?project=471", "wait a few minutes"],
    ),
    (403, "Request had insufficient authentication scopes.", NoPermission, ["other scopes", "auth login"]),
    (
        403,
        "Your application is authenticating by using local Application Default Credentials. The sheets.googleapis.com "
        "API requires a quota project, which is not set by default.",
        NoPermission,
        ["set-quota-project"],
    ),
    (
        400,
        "Invalid requests[3].updateCells: You are trying to edit a protected cell or object. Please contact the "
        "spreadsheet owner to remove protection if you need to edit.",
        NoPermission,
        [f"{ROBOT} is not an editor of a protected range", "Protect sheets and ranges", "Nothing was written"],
    ),
    (
        403,
        "You are trying to edit a protected cell or object: 'Clients'!J1:J40.",
        NoPermission,
        ["the protected range J1:J40 of the tab Clients"],
    ),
    (403, "Something new", NoPermission, [ROBOT, '"Something new" (status 403)']),
    (403, "", NoPermission, ["not shared with"]),
    (404, "Requested entity was not found.", Refused, ["URL or id is wrong", "never shared", ROBOT]),
    (400, "This operation is not supported for this document", Refused, ["Office file", "Save as Google Sheets"]),
    (400, "Unable to parse range: 'Kund''n'!A1:Z9", Gone, ['tab "Kund\'n"', "The tabs there are: Clients, Log"]),
    (400, "Unable to parse range: Old!A1", Gone, ['tab "Old" has been renamed or is gone']),
    (
        400,
        "Range ('Clients'!A1001:B1001) exceeds grid limits. Max rows: 1000, max columns: 26",
        Gone,
        ['the tab "Clients"', "Max rows: 1000", "run again"],
    ),
    (
        400,
        "Invalid requests[0].updateCells: Attempting to write column: 26, beyond the last requested column of: 25",
        Gone,
        ["fewer rows or columns"],
    ),
    (
        400,
        "This action would increase the number of cells in the workbook above the limit of 10000000 cells.",
        Refused,
        ["10 million cells"],
    ),
    (400, "Request payload size exceeds the limit: 10485760 bytes.", Refused, ["too large for one request"]),
    (413, "", Refused, ["too large for one request"]),
    (
        400,
        'Invalid requests[0].addSheet: A sheet with the name "Dashboard" already exists. Please enter another name.',
        AlreadyThere,
        ["run again", '"Dashboard"'],
    ),
    (400, "Invalid requests[1].createDeveloperMetadata: ID 7 already exists", AlreadyThere, ["run again"]),
    (400, "Invalid requests[2].updateCells: No grid with id: 77", Changed, ["changed while", "Nothing was written"]),
    (400, "Invalid requests[0].deleteDeveloperMetadata: No developer metadata with ID 5", Changed, ["run again"]),
    (400, "Invalid value at 'requests[0]'", Refused, ["\"Invalid value at 'requests[0]'\" (status 400)"]),
    (401, "Request had invalid authentication credentials.", NoPermission, ["access token", "auth check"]),
    (429, "Quota exceeded", TryAgain, ["Try again later"]),
    (503, "The service is currently unavailable.", TryAgain, ["status 503"]),
    (302, "", TryAgain, ["status 302"]),
]

REFRESHES: list[tuple[str, bool, list[str]]] = [
    ("invalid_grant: Invalid JWT Signature.", True, ["key was deleted", "new key", ROBOT]),
    (
        "invalid_grant: Invalid JWT: Token must be a short-lived token (60 minutes) and in a reasonable timeframe. "
        "Check your iat and exp values in the JWT claim.",
        True,
        ["clock is wrong"],
    ),
    ("invalid_grant: Invalid grant: account not found", True, ["no longer exists"]),
    ("invalid_grant: ", True, ["key was deleted", "clock is wrong"]),
    ("invalid_grant: Token has been expired or revoked.", False, ["Testing", "7 days", "service account"]),
    ("invalid_grant: Bad Request", False, ["Testing", "auth login"]),
    ("invalid_scope: Bad Request", False, ["other scopes"]),
    ("deleted_client: The OAuth client was deleted.", False, ["no longer exists"]),
    ("unauthorized_client: Client is unauthorized", True, ["administrator"]),
    ("something else", True, ["auth check", "something else"]),
]


@pytest.mark.parametrize(("status", "text", "kind", "words"), REFUSALS, ids=[f"{s} {t[:40]}" for s, t, *_ in REFUSALS])
def test_a_refusal_says_what_to_do(status: int, text: str, kind: type[SheetsSyncError], words: list[str]) -> None:
    error = error_of(status, text, email=ROBOT, location=WHERE, tabs=("Clients", "Log"), service_account=True)
    assert type(error) is kind
    shown = " ".join((str(error), *error.details))
    assert [word for word in words if word not in shown] == []


@pytest.mark.parametrize(("text", "robot", "words"), REFRESHES, ids=[text[:40] for text, *_ in REFRESHES])
def test_a_refused_login_says_what_to_do(text: str, robot: bool, words: list[str]) -> None:
    error = refresh_error(text, ROBOT if robot else "the Google account you logged in as", robot)
    assert type(error) is NoPermission
    shown = " ".join((str(error), *error.details))
    assert [word for word in words if word not in shown] == []


def shown(error: SheetsSyncError) -> list[str]:
    return [f"  {error.exit_code}: {error}", *(f"      {line}" for line in error.details), ""]


def test_all_of_them_as_people_see_them(golden: Callable[[str, str], None]) -> None:
    lines = []
    for status, text, *_ in REFUSALS:
        error = error_of(status, text, email=ROBOT, location=WHERE, tabs=("Clients", "Log"), service_account=True)
        lines += [f"{status} {text}".rstrip(), *shown(error)]
    for text, robot, _ in REFRESHES:
        error = refresh_error(text, ROBOT if robot else messages.Asked().whom, robot)
        lines += [text.strip(), *shown(error)]
    golden("google_messages.txt", "\n".join(lines))


def test_the_quota_names_its_metric_and_the_next_try() -> None:
    said = "Quota exceeded for quota metric 'Write requests' and limit 'Write requests per minute per user' …"
    error = messages.quota(said, ROBOT, "Try again in 60 seconds.")
    assert str(error) == (
        f"Google's quota (Write requests) is used up: either others use the key of {ROBOT} too, or the schedule is too "
        "frequent. Try again in 60 seconds."
    )


def test_a_person_is_not_called_by_an_address_that_nobody_knows() -> None:
    assert "is not shared with the Google account you logged in as" in str(error_of(403, "", location=WHERE))


@given(st.integers(300, 599), st.text(max_size=400), st.booleans())
def test_any_text_is_safe_to_show(status: int, text: str, robot: bool) -> None:
    error = error_of(status, text, service_account=robot)
    assert isinstance(error, Refused | TryAgain | NoPermission)
    assert str(error).isprintable()
    assert str(refresh_error(text, "", robot)).isprintable()
    assert len(str(error)) < 1000
