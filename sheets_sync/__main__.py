"""`python -m sheets_sync` is the command line."""

from sheets_sync.cli import main

main()
