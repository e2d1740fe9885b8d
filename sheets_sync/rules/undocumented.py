"""Issues that are closed and from which nothing was written down."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

import pandas as pd

from sheets_sync.model import Problem
from sheets_sync.playbook.schema import Playbook
from sheets_sync.tracker.tables import Tables


def problems(playbook: Playbook, tables: Tables, now: datetime) -> Iterator[Problem]:
    """Confirmed as solved within `settings.voice.issues_days`, and Prevention is blank; one problem in all [A47]."""
    table = tables["issues"]
    if not table.has("prevention"):
        return
    issues, today = table.frame, pd.Timestamp(now.date())
    window = pd.Timedelta(days=playbook.settings.voice.issues_days)
    closed = issues["confirmed_at"].dt.normalize().between(today - window, today, inclusive="right")
    bare = issues[closed & issues["prevention"].isna() & issues["key"].notna()]
    if bare.empty:
        return
    many = "1 issue is" if len(bare) == 1 else f"{len(bare)} issues are"
    client = str(tables["clients"].frame["client"].get(bare["key"].iloc[0], "")) if len(bare) == 1 else ""
    ref = table.ref("prevention", int(bare["row"].iloc[0]), client)
    hint = "Write down in a sentence what keeps it from coming back."
    yield Problem(ref, f"{many} closed, and Prevention is empty.", hint, None, len(bare))
