"""Texts for people outside the sheet: what a run says of itself."""
