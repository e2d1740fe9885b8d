"""Everything that is held about one client: where it stands, and its removal. One registry of stores serves both."""
