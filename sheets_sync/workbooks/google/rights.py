"""What we may do with a spreadsheet: read it, write into it, and where it is protected from us."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sheets_sync.errors import NoPermission
from sheets_sync.model import letters
from sheets_sync.workbooks.google.api import Api
from sheets_sync.workbooks.google.reply import understood

_FIELDS = (
    "properties(title,locale,timeZone),sheets(properties(sheetId,title),"
    "protectedRanges(range,description,warningOnly,requestingUserCanEdit))"
)
# Takes out what is nowhere: nothing changes, but only who may write is let in.
_NOTHING = {
    "deleteDeveloperMetadata": {"dataFilter": {"developerMetadataLookup": {"metadataKey": "sheets-sync.rights"}}}
}


@dataclass(frozen=True, slots=True)
class Rights:
    """`zone` is the spreadsheet's time zone (Europe/London), `refused` why we may not write ("" when we may),
    `protected` the places that only others may change, as `Clients!J1:J40 "Fees"`."""

    title: str
    zone: str
    locale: str
    refused: str
    protected: tuple[str, ...]


def rights(api: Api, id: str) -> Rights:
    """Look, and try a write that changes nothing. Raises what a read raises when we may not even read."""
    with understood():
        reply = api.get(id, {"fields": _FIELDS}) or {}
        about = reply["properties"]
        protected = tuple(place for sheet in reply.get("sheets", []) for place in _protected(sheet))
        title, zone, locale = str(about["title"]), str(about.get("timeZone", "")), str(about.get("locale", ""))
    refused = ""
    try:
        api.batch_update(id, {"requests": [_NOTHING]}, lambda: False)
    except NoPermission as error:
        refused = str(error)
    return Rights(title, zone, locale, refused, protected)


def _protected(sheet: dict[str, Any]) -> list[str]:
    """The places of a sheet that we may not change, apart from those where Google only warns."""
    places = []
    for one in sheet.get("protectedRanges", []):
        if one.get("warningOnly") or one.get("requestingUserCanEdit"):
            continue
        span, name = _a1(one.get("range", {})), str(one.get("description", ""))
        title = str(sheet["properties"]["title"])
        places.append((f"{title}!{span}" if span else title) + (f' "{name}"' if name else ""))
    return places


def _a1(span: Any) -> str:
    """A GridRange in A1 notation, without its tab; "" for a whole tab."""
    top, left = int(span.get("startRowIndex", 0)) + 1, letters(int(span.get("startColumnIndex", 0)) + 1)
    bottom, right = span.get("endRowIndex"), span.get("endColumnIndex")
    if bottom is None and right is None:
        return ""
    if bottom is None:
        return f"{left}:{letters(int(right))}"
    return f"{top}:{int(bottom)}" if right is None else f"{left}{top}:{letters(int(right))}{int(bottom)}"
