"""Where this machine keeps what it remembers of a tracker: backups, runs, the lock, the last answer."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path


def folder(state: Path, location: str) -> Path:
    """The folder of one tracker: a readable name and a hash of its full location."""
    name = re.sub(r"[^a-z0-9]+", "-", Path(location).stem.lower()).strip("-")[:40] or "tracker"
    return state / f"{name}-{hashlib.sha256(location.encode('utf-8', 'surrogatepass')).hexdigest()[:10]}"
