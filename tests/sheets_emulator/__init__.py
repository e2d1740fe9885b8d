"""A Google Sheets that runs on this machine, for the tests and for anybody who wants to try the Google path."""
