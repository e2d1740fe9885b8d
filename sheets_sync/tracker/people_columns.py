"""The columns of the tabs about ourselves, which name no client: team, training, RACI, reviews, holidays, SOP feedback,
playbook."""

from __future__ import annotations

from sheets_sync.tracker.fields import Field, TableSpec
from sheets_sync.tracker.words import names

_PEOPLE = names(
    "Team Member, Employee, Employee Name, Staff Member, Colleague, Mitarbeiter, Mitarbeiterin, Collaborateur, "
    "Empleado, Dipendente, Medewerker"
)
_DAY = names("Datum, Fecha, Data")

TEAM = TableSpec(
    "team",
    "Team",
    "a person",
    (
        Field(
            "person",
            "Person",
            aliases=_PEOPLE + names("Member, Name, Full Name"),
            unlocks="Who somebody is, and who stands in.",
        ),
        Field("role", "Role", aliases=names("Job Title, Position, Function, Title, Rolle, Funktion, Rôle, Rol, Ruolo")),
        Field("email", "Email", aliases=names("E-mail, Email Address, Work Email, Mail")),
        Field(
            "deputy",
            "Deputy",
            aliases=names("Backup, Stand-in, Covered By, Substitute, Vertretung, Stellvertreter, Suppléant, Sustituto"),
            unlocks="Lines of those who are away go to their deputy.",
        ),
        Field(
            "leave_from",
            "Leave from",
            "date",
            aliases=names("Leave Start, Away From, Absent From, Out From, Urlaub von"),
            unlocks="Who is away when something falls due.",
        ),
        Field(
            "leave_to",
            "Leave to",
            "date",
            aliases=names("Leave End, Leave Until, Away Until, Away To, Absent Until, Out Until, Urlaub bis"),
        ),
    ),
    needs=(("person",), ("role", "email", "deputy", "leave_from")),
    titles=names("Team, Our team, Team members, Staff, Employees, Mitarbeiter, Équipe, Equipo"),
    starter=False,
    shy=True,
    by_client=False,
)

TRAINING = TableSpec(
    "training",
    "Training",
    "a training done",
    (
        Field("person", "Person", aliases=_PEOPLE + names("Participant, Attendee, Trainee, Member, Name, Full Name")),
        Field(
            "topic",
            "Topic",
            aliases=names("Training, Course, Subject, Module, Training Topic, Thema, Kurs, Schulung, Formation, Curso"),
            unlocks="Training that is due again.",
        ),
        Field(
            "done_on",
            "Done on",
            "date",
            aliases=names("Done, Completed, Completed On, Completion Date, Training Date, Trained On, Attended On"),
            weak=("Date", *_DAY),
        ),
    ),
    needs=(("person",), ("topic",), ("done_on",)),
    titles=names("Training, Trainings, Training log, Training record, Courses, Schulungen, Formations"),
    starter=False,
    shy=True,
    by_client=False,
)

RACI = TableSpec(
    "raci",
    "RACI",
    "a task",
    (
        Field(
            "task",
            "Task",
            aliases=names("Tasks, Activity, Process, Process Step, Step, Deliverable, Aufgabe, Tâche, Tarea, Attività"),
            unlocks="Tasks without one accountable person, or with nobody who does them.",
        ),
        Field("role", "Role", starter=False),
        Field("letter", "Letter", starter=False),
    ),
    needs=(("task",),),
    titles=names("RACI, RACI matrix, RACI chart, RACI table, Responsibility matrix, Responsibilities"),
    starter=False,
    shy=True,
    by_client=False,
    any_header="",
)

REVIEWS = TableSpec(
    "reviews",
    "Reviews",
    "a control carried out",
    (
        Field(
            "control",
            "Control",
            aliases=names("Control Name, Check, Audit, Kontrolle, Prüfung, Contrôle, Controllo"),
            unlocks="Controls that are due again.",
        ),
        Field(
            "done_on",
            "Done on",
            "date",
            aliases=names("Done, Reviewed On, Checked On, Audited On, Carried Out On, Review Date, Audit Date"),
            weak=("Date", *_DAY),
        ),
        Field("by", "By", aliases=names("Done By, Reviewed By, Checked By, Reviewer, Auditor, Who")),
        Field("note", "Note", aliases=names("Notes, Result, Finding, Findings, Comment, Comments")),
    ),
    needs=(("control",), ("done_on",)),
    titles=names("Reviews, Controls, Control log, Audits, Audit log, Kontrollen, Contrôles"),
    starter=False,
    shy=True,
    by_client=False,
)

HOLIDAYS = TableSpec(
    "holidays",
    "Holidays",
    "a closed day",
    (
        Field(
            "date",
            "Date",
            "date",
            aliases=names("Day, Holiday Date, Closed On, Tag, Jour, Día") + _DAY,
            unlocks="No clock runs and nothing falls due on a closed day.",
        ),
        Field("name", "Name", aliases=names("Holiday, Holiday Name, Occasion, Description, Feiertag, Jour férié")),
        Field("person", "Person", aliases=(*_PEOPLE, "Who")),
    ),
    needs=(("date",),),
    titles=names(
        "Holidays, Public holidays, Bank holidays, Closed days, Closures, Office closures, Feiertage, Jours fériés, "
        "Festivos"
    ),
    starter=False,
    shy=True,
    by_client=False,
)

SOP_FEEDBACK = TableSpec(
    "sop_feedback",
    "SOP feedback",
    "a suggestion on the playbook",
    (
        Field("date", "Date", "date", aliases=names("Suggested On, Raised On, Timestamp") + _DAY),
        Field("by", "By", aliases=names("Suggested By, From, Who, Author, Person, Name")),
        Field("entry", "Entry", aliases=names("Playbook Entry, Section, SOP, Rule, Step")),
        Field(
            "suggestion",
            "Suggestion",
            aliases=names("Idea, Feedback, Improvement, Proposed Change, Vorschlag, Suggestie, Sugerencia"),
            unlocks="Suggestions that wait for a decision.",
        ),
        Field("decision", "Decision", aliases=names("Decided, Outcome, Answer, Entscheidung, Décision, Decisión")),
        Field("decided_on", "Decided on", "date", aliases=names("Decision Date, Decision On, Date Decided")),
    ),
    needs=(("suggestion",), ("date", "by", "entry")),
    titles=names("SOP feedback, Playbook feedback, Process feedback, SOP suggestions, Suggestions"),
    starter=False,
    shy=True,
    by_client=False,
    telling=(("suggestion",), ("entry",), ("decision",)),
)

PLAYBOOK = TableSpec(
    "playbook",
    "Playbook",
    "a setting",
    (
        Field("setting", "Setting", aliases=names("Setting Name, Playbook Setting, Einstellung, Réglage, Ajuste")),
        Field("value", "Value", "raw", aliases=names("Wert, Valeur, Valor, Valore")),
        Field("unit", "Unit", aliases=names("Einheit, Unité, Unidad")),
        Field("meaning", "Meaning", aliases=names("Description, What It Means, Bedeutung, Signification")),
    ),
    needs=(("setting",), ("value",)),
    titles=names("Playbook, Playbook settings, SOP settings"),
    starter=False,
    shy=True,
    by_client=False,
    telling=(("setting",), ("value",), ("unit",), ("meaning",)),
)

RATINGS = TableSpec(
    "ratings",
    "Ratings",
    "a score for one question",
    (
        Field("client", "Client"),
        Field("name", "Name"),
        Field("score", "Score", "number", low=0, high=10, whole=True, unlocks="The lowest ratings, by name."),
    ),
    needs=(),
    starter=False,
)
"""The "Rating: …" columns of Surveys, read into a table of their own; no tab is ever one."""
