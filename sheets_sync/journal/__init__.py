"""What each run wrote, kept in the local state folder (0600), so that `undo` can put it back where it still stands.

One file a run: `<state>/<tracker>/runs/<run id>.json`, beside the tracker's backups. Only undo needs them, and a run
that wants to say what was typed into our columns; on a new machine everything else works without.
"""

from sheets_sync.journal.runs import Kept, Run, folder, load, private, record, save, tidy, undone

__all__ = ["Kept", "Run", "folder", "load", "private", "record", "save", "tidy", "undone"]
