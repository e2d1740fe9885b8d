"""A tracker in Google Sheets: one read, one atomic write, verified in its own reply."""
