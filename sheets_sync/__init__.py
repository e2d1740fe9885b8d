"""sheets-sync: a playbook and a snapshot go in, a desired look comes out, and the difference is applied once.

The map, one line a room, from the bottom floor up (a room imports only from floors below it; tests/test_floors.py):

floor 1  model       Level, Ref, Problem, Snapshot, Column, Tab and its blocks, Desired, Patch, Receipt
         errors      the few exceptions and their exit codes
         worktime    working days and hours between two moments
floor 2  playbook/   the SOP as data: schema, loading with every mistake at its line, the words of `when`
         tracker/    what a team's tabs mean: columns declared once, headers found, values read, never guessed
         diff        existing, desired → Patch
         guard       refusals on a whole Patch
floor 3  rules/      one file a question of the SOP; assess() is the list, in order
         exports/    other programs' exports: their text read for certain or not at all, laid out as tabs
floor 4  tabs/       one file a generated tab: Assessment → Tab
         render      Assessment → status columns + tabs = Desired
         outputs/    texts for people: a message of templates/messages filled in for a client
floor 5  config      sheets-sync.toml → Config
         journal/    what each run wrote: undo
         privacy/    everything that is held about one client, and its removal
         pilot       a run for some of the clients
         sync        the run itself; returns a Report, prints nothing
floor 6  cli/        one file a command: arguments in, text and exit code out

aside    workbooks/  read and apply: memory, excel/, google/; layout is how a generated tab is laid out for all of them;
                     sees model and errors only, and it alone touches the tracker's file or network
"""

__version__ = "0.1.0"
