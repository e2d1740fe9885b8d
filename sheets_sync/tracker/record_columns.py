"""The columns of the tabs that hold records: projects, interactions, issues, signals, revenue."""

from __future__ import annotations

from sheets_sync.tracker import words
from sheets_sync.tracker.fields import CLIENT_IDS, CLIENT_NAMES, OWNERS, Field, TableSpec
from sheets_sync.tracker.words import names

_CLIENT = Field("client", "Client", aliases=CLIENT_NAMES)
_CLIENT_ID = Field("client_id", "Client ID", aliases=CLIENT_IDS, starter=False)

PROJECTS = TableSpec(
    "projects",
    "Projects",
    "an engagement",
    (
        Field(
            "project",
            "Project",
            aliases=names("Project Name, Engagement, Engagement Name, Projekt, Projet, Proyecto"),
        ),
        _CLIENT,
        _CLIENT_ID,
        Field("service", "Service", aliases=names("Services, Service Line, Service Type, Project Type")),
        Field(
            "start",
            "Start",
            "date",
            aliases=names(
                "Start Date, Project Start, Project Start Date, Started On, Begin Date, Startdatum, Date de début, "
                "Fecha de inicio"
            ),
            unlocks="Kickoff, first win and mid-project check at their day.",
        ),
        Field(
            "planned_end",
            "Planned end",
            "date",
            aliases=names(
                "Planned End Date, Due Date, Target End, Target End Date, End Date, Project End, Deadline, Expected "
                "End, Delivery Date"
            ),
            unlocks="The check at half-way, and the delivery review.",
        ),
        Field(
            "completed_on",
            "Completed on",
            "date",
            aliases=names(
                "Completed, Completion Date, Completed Date, Actual End, Actual End Date, Delivered On, Date Completed"
            ),
            unlocks="Delivery review and the follow-up 30 days later.",
        ),
        Field(
            "kickoff_on",
            "Kickoff on",
            "date",
            aliases=names("Kickoff, Kickoff Date, Kick-off, Kick-off Date, Kickoff Done"),
        ),
        Field("first_win_on", "First win on", "date", aliases=names("First Win Date, First Win Done")),
        Field("first_win", "First win", aliases=names("First Win What")),
        Field(
            "mid_check_on",
            "Mid-check on",
            "date",
            aliases=names("Mid Check, Mid-project Check, Mid Project On, Mid-check Date, Mid Check Done"),
        ),
        Field("review_on", "Review on", "date", aliases=names("Delivery Review, Delivery Review On, Review Date")),
        Field("follow_up_on", "Follow-up on", "date", aliases=names("Follow-up, Follow Up Date, Followed Up On")),
        Field("success_metric", "Success metric", aliases=names("Metric, KPI, Success Measure, Goal")),
        Field("baseline", "Baseline", "number", aliases=names("Baseline Value, Before")),
        Field(
            "target",
            "Target",
            "number",
            aliases=names("Target Value"),
            unlocks="Outcomes: met, on track or behind.",
        ),
        Field("current", "Current", "number", aliases=names("Actual, Current Value, Actual Value")),
        Field("measured_on", "Measured on", "date", aliases=names("Measured, As Of, Measurement Date")),
        Field("clear", "Clear", "yes_no", aliases=names("Clarity, Clarity Achieved")),
        Field("plan_link", "Plan link", aliases=names("Plan, Action Plan, Plan URL")),
        Field("channels_right", "Channels right", "number", aliases=names("Channels OK"), low=0, whole=True),
        Field(
            "channels_in_all",
            "Channels in all",
            "number",
            aliases=names("Channels Total, Channels"),
            low=0,
            whole=True,
        ),
        Field("briefed_on", "Briefed on", "date", aliases=names("Team Briefed On")),
    ),
    needs=(("client", "client_id"), ("start",)),
    evidence=names("project, planned_end, kickoff_on"),
    titles=names("Projects, Project list, Engagements, Projekte, Projets, Proyectos"),
)

INTERACTIONS = TableSpec(
    "interactions",
    "Interactions",
    "a contact",
    (
        Field(
            "date",
            "Date",
            "moment",
            aliases=names(
                "Activity Date, Interaction Date, Contact Date, Date of Contact, Contacted On, Logged On, Timestamp, "
                "Datum, Fecha, Data, When, Call Date, Meeting Date"
            ),
            unlocks="Cadences: each touchpoint at its own time.",
        ),
        _CLIENT,
        _CLIENT_ID,
        Field(
            "type",
            "Type",
            "choice",
            aliases=names(
                "Activity Type, Interaction Type, Contact Type, Type of Contact, Outreach Method, Contact Method, "
                "Activity, Interaction, Method, Art, Typ, Tipo"
            ),
            weak=names("Kind, Channel, How, Wie"),
            choices=words.INTERACTION_TYPE,
        ),
        Field(
            "direction",
            "Direction",
            "choice",
            aliases=names("In/Out, Inbound/Outbound, Initiated By, Richtung"),
            choices=words.DIRECTION,
            unlocks="Who wrote last: silence in an e-mail relationship.",
        ),
        Field("channel", "Channel", aliases=names("Medium, Kanal, Canal")),
        Field(
            "by",
            "By",
            aliases=names("Logged By, Contacted By, Who, Wer, Qui, Staff, Team Member, User, Von")
            + OWNERS
            + ("Owner",),
        ),
        Field(
            "summary",
            "Summary",
            aliases=names(
                "Notes, Note, Subject, Details, Description, Comments, Comment, What was said, Notiz, Notizen, "
                "Zusammenfassung, Resumen, Résumé"
            ),
        ),
        Field("attended", "Attended", "yes_no", aliases=names("Showed Up, Attendance")),
        Field("milestone", "Milestone"),
        Field("signal", "Signal", "choice", aliases=names("Signal Kind"), choices=words.SIGNAL),
    ),
    needs=(("client", "client_id"), ("date",), ("type",)),
    titles=names(
        "Interactions, Interaction log, Comms, Comms log, Call log, Meeting notes, Meeting log, Contact history, "
        "Contact log, Communication log, Communications, Activities, Activity, Activity log, Contacts log, Log, "
        "Touchpoints, Outreach, Outreach log, Calls, Kontakte, Kontakthistorie, Aktivitäten, Historique, Interacciones"
    ),
    titled_needs=(("client", "client_id"), ("date",)),
)

ISSUES = TableSpec(
    "issues",
    "Issues",
    "a complaint or problem",
    (
        Field(
            "issue",
            "Issue",
            aliases=names(
                "Issue Title, Title, Subject, Summary, Problem, Complaint, Ticket, Description, Issue ID, Ticket ID, "
                "Beschwerde, Problema"
            ),
        ),
        _CLIENT,
        _CLIENT_ID,
        Field("kind", "Kind", aliases=names("Issue Type, Type, Category, Kategorie")),
        Field("theme", "Theme", aliases=names("Topic, Area")),
        Field(
            "raised_at",
            "Raised at",
            "moment",
            aliases=names(
                "Raised, Raised On, Date Raised, Opened, Opened At, Opened On, Date Opened, Reported, Reported At, "
                "Reported On, Date Reported, Created At, Created On, Received At, Received On, Gemeldet am, Eröffnet "
                "am"
            ),
            weak=names("Date, Created, Datum, Fecha"),
            unlocks="Clocks: first answer, proposal, escalation.",
        ),
        Field(
            "acknowledged_at",
            "Acknowledged at",
            "moment",
            aliases=names(
                "Acknowledged, Acknowledged On, Acked At, First Response, First Response At, First Reply At, "
                "Responded At"
            ),
        ),
        Field("root_cause", "Root cause", aliases=names("Cause")),
        Field(
            "proposed_at",
            "Proposed at",
            "moment",
            aliases=names("Proposed, Proposed On, Solution Proposed At, Solution Proposed"),
        ),
        Field(
            "fixed_at",
            "Fixed at",
            "moment",
            aliases=names(
                "Fixed, Fixed On, Resolved, Resolved At, Resolved On, Date Resolved, Resolution Date, Solved At, "
                "Behoben am"
            ),
            weak=names("Closed, Closed At, Closed On, Date Closed"),
        ),
        Field(
            "confirmed_at",
            "Confirmed at",
            "moment",
            aliases=names("Confirmed, Confirmed On, Resolution Confirmed"),
        ),
        Field("prevention", "Prevention", aliases=names("Prevention Note, Preventive Action")),
        Field("process_change", "Process change", aliases=names("Process Improvement")),
        Field("frustrations", "Frustrations", "number", aliases=names("Frustration Count"), low=0, whole=True),
        Field(
            "financial_or_legal",
            "Financial or legal",
            "yes_no",
            aliases=names("Financial/Legal, Legal, Legal or Financial"),
        ),
        Field("churn_risk", "Churn risk", "yes_no", aliases=names("Risk of Churn, Churn Threat")),
        Field("fix_within_hours", "Fix within hours", "number", aliases=names("Fix Within, SLA Hours"), low=0),
        Field("owner", "Owner", aliases=OWNERS),
    ),
    needs=(("client", "client_id"), ("raised_at",)),
    evidence=names("issue, acknowledged_at, proposed_at, fixed_at, root_cause"),
    titles=names(
        "Issues, Issue log, Complaints, Complaint log, Tickets, Problems, Support tickets, Support, Beschwerden, "
        "Reclamaciones, Réclamations"
    ),
)

SIGNALS = TableSpec(
    "signals",
    "Signals",
    "something seen",
    (
        Field("date", "Date", "date", aliases=names("Seen On, Signal Date, Noticed On, Observed On, Datum, Fecha")),
        _CLIENT,
        _CLIENT_ID,
        Field("industry", "Industry", aliases=names("Sector, Branche")),
        Field(
            "kind",
            "Kind",
            "choice",
            aliases=names("Signal, Signal Kind, Signal Type"),
            weak=names("Type, Art"),
            choices=words.SIGNAL,
            unlocks="Warnings and openings from what people noticed.",
        ),
        Field("note", "Note", aliases=names("Notes, Details, Description, Summary, Comment, Comments")),
        Field("resolved_on", "Resolved on", "date", aliases=names("Resolved, Closed On, Resolved Date, Done On")),
    ),
    needs=(("client", "client_id", "industry"), ("date",), ("kind",)),
    titles=names("Signals, Signal log, Observations, Signale, Signaux"),
)

REVENUE = TableSpec(
    "revenue",
    "Revenue",
    "money in a month",
    (
        Field(
            "month",
            "Month",
            "month",
            aliases=names("Period, Revenue Month, Billing Month, Monat, Mois, Mes, Mese"),
            weak=names("Date, Invoice Date, Datum, Fecha"),
        ),
        _CLIENT,
        _CLIENT_ID,
        Field(
            "amount",
            "Amount",
            "money",
            aliases=names(
                "Revenue, Value, Net Amount, Invoiced, Billed, Total, Betrag, Umsatz, Montant, Importe, Importo"
            ),
            unlocks="Expansion revenue, and the Scorecard.",
        ),
        Field(
            "kind",
            "Kind",
            "choice",
            aliases=names("Revenue Type, Revenue Kind, Type, Category"),
            choices=words.REVENUE_KIND,
        ),
        Field("service", "Service", aliases=names("Services, Service Line, Product")),
        Field(
            "invoice_due",
            "Invoice due",
            "date",
            aliases=names("Due Date, Invoice Due Date, Payment Due, Fällig am"),
        ),
        Field("paid_on", "Paid on", "date", aliases=names("Paid, Payment Date, Date Paid, Paid Date, Bezahlt am")),
    ),
    needs=(("client", "client_id"), ("month",), ("amount",)),
    titles=names("Revenue, Revenues, Billing, Invoices, Income, Umsatz, Umsätze, Facturation, Ingresos"),
)
