"""The natural next step to offer a client, once things go well."""

from __future__ import annotations

import numpy as np
import pandas as pd

from sheets_sync.model import Level
from sheets_sync.playbook.schema import Playbook
from sheets_sync.rules.by_client import days
from sheets_sync.tracker.tables import Tables


def offer(playbook: Playbook, facts: pd.DataFrame, tables: Tables, levels: pd.Series) -> pd.Series:
    """What to offer each client next, "" for nothing [A3] [A56] [A57] [A58] [A59].

    By service (Clients, else the newest project's), else by Engagement. Nothing for those who are not clients now, who
    have it already, or who are held back by what the playbook names (`levels`: each client's level).

    aldgate legal                        ''
    corvid coffee    'Website redesign'
    """
    bought = _bought(tables, facts.index)
    newest = _newest(tables, facts.index)
    named = facts["service"].where(facts["service"].notna(), newest)
    by_service = {_plain(service): step for service, step in playbook.growth.next.items()}
    open_issue, blocked = facts["open_issues"].fillna(0).gt(0), set(playbook.growth.blocked_by)
    texts = []
    for key, service, engagement, level, issue in zip(
        facts.index, named, facts["engagement"], levels, open_issue, strict=True
    ):
        step = by_service.get(_plain(service), "") if not pd.isna(service) else ""
        if not step and not pd.isna(engagement):
            step = playbook.growth.otherwise.get(engagement, "")
        held = str(level) in blocked or (issue and "open issue" in blocked)
        has_it = _plain(step) in bought.get(key, ())
        texts.append("" if held or has_it or level in (Level.NONE, Level.UNKNOWN) else step)
    return pd.Series(texts, index=facts.index, dtype=object)


def _bought(tables: Tables, index: pd.Index) -> dict[str, set[str]]:
    """The services of each client's projects."""
    frame = tables["projects"].frame
    kept = frame[frame["service"].notna() & frame["key"].isin(index)]
    found: dict[str, set[str]] = {}
    for key, service in zip(kept["key"], kept["service"], strict=True):
        found.setdefault(key, set()).add(_plain(service))
    return found


def _newest(tables: Tables, index: pd.Index) -> pd.Series:
    """The service of each client's newest project."""
    frame = tables["projects"].frame
    kept = frame[frame["service"].notna() & frame["key"].notna()]
    order = np.argsort(days(kept["start"]).astype(np.int64), kind="stable")
    return kept.iloc[order].drop_duplicates("key", keep="last").set_index("key")["service"].reindex(index)


def _plain(words: str) -> str:
    return " ".join(str(words).split()).casefold()
