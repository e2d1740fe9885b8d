"""Every table and column of a tracker, declared once: name, header, type, spellings, what it is for.

A new table is one more literal in `TABLES`. `Field.aliases` are in order (an earlier one beats a later one), written as
people write them; `Field.weak` ones count only where the tab's title names the table, or (in Clients) where most values
are words of the column. Choices come out as their canonical lower-case word.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from sheets_sync.tracker import words
from sheets_sync.tracker.words import Choices

Type = Literal["text", "choice", "date", "moment", "money", "number", "percent", "yes_no", "month"]


@dataclass(frozen=True, slots=True)
class Field:
    """One column of ours. `unlocks` is a short sentence for people; `starter` columns stand in a new tracker;
    `low`, `high` and `whole` bound a number; `divisors` maps an alias to what its value is divided by for this column
    (12, or the name of a column of the same row)."""

    name: str
    header: str
    type: Type = "text"
    aliases: tuple[str, ...] = ()
    weak: tuple[str, ...] = ()
    choices: Choices | None = None
    unlocks: str = ""
    starter: bool = True
    low: float | None = None
    high: float | None = None
    whole: bool = False
    divisors: Mapping[str, float | str] | None = None


@dataclass(frozen=True, slots=True)
class TableSpec:
    """One table. `needs`: of each group at least one column; `evidence`: without a title of ours, one of these too."""

    name: str
    title: str
    row: str
    fields: tuple[Field, ...]
    needs: tuple[tuple[str, ...], ...]
    evidence: tuple[str, ...] = ()
    titles: tuple[str, ...] = ()

    def __getitem__(self, name: str) -> Field:
        return next(field for field in self.fields if field.name == name)

    def __contains__(self, name: str) -> bool:
        return any(field.name == name for field in self.fields)


CLIENT_NAMES = (
    "Client Name", "Customer", "Customer Name", "Account", "Account Name", "Company", "Company Name", "Organisation",
    "Organization", "Organisation Name", "Organization Name", "Business", "Business Name", "Client/Project",
    "Potential Customer", "Tenant Name", "Clients", "Customers", "Kunde", "Kundenname", "Name des Kunden", "Kunden",
    "Firma", "Firmenname", "Unternehmen", "Cliente", "Clientes", "Nombre del cliente", "Nombre cliente", "Empresa",
    "Nome cliente", "Nom du client", "Nom client", "Entreprise", "Société", "Klant", "Klantnaam", "Bedrijf", "Azienda",
    "Ragione sociale", "Brand", "Nom", "Nombre", "Nome", "Name",
)
CLIENT_IDS = (
    "Client Code", "Client No", "Client Number", "Client Ref", "Client Reference", "Customer ID", "Customer Code",
    "Customer No", "Customer Number", "Account ID", "Account Number", "Account No", "Company ID", "Lead ID",
    "Organization ID", "Organisation ID", "Kundennummer", "Kunden Nr", "Kundennr", "Kunden ID", "Numéro client",
    "N° client", "ID client", "ID cliente", "Código cliente", "Codice cliente", "Klantnummer", "Tenant ID",
)
OWNERS = (
    "Account Owner", "Account Manager", "AM", "CSM", "CS Owner", "Customer Success Manager", "Relationship Manager",
    "Client Owner", "Client Manager", "Client Lead", "Account Lead", "Account Executive", "AE", "Rep", "Sales Rep",
    "Sales Agent", "Assigned To", "Assignee", "Salesperson", "Responsible", "Responsible Person", "Owned By",
    "Kundenbetreuer", "Betreuer", "Verantwortlich", "Verantwortlicher", "Zuständig", "Responsable", "Chargé de compte",
    "Gestor", "Gestor de cuenta", "Encargado", "Propietario", "Responsabile", "Verantwoordelijke", "Accountmanager",
    "Manager",
)
_CLIENT_REF = Field("client", "Client", aliases=CLIENT_NAMES)
_CLIENT_ID = Field("client_id", "Client ID", aliases=CLIENT_IDS, starter=False)
_OTHER_NEXT = ("Next Contact", "Next Follow Up", "Follow Up Date", "Callback Date", "Next Call Date", "Next Step Date")

# Columns that many trackers have and that nothing of ours is: they stay the team's, and `check` names them.
KNOWN_EXTRAS: Mapping[str, tuple[str, ...]] = {
    "next contact": _OTHER_NEXT,
    "health": ("Health", "Health Score", "Health Color", "Risk Level", "RAG", "RAG Status"),
    "NPS": ("NPS", "NPS Score", "Net Promoter Score", "Likelihood to Recommend"),
    "annual turnover": ("Annual Revenue", "Turnover", "Company Revenue", "Jahresumsatz", "Chiffre d'affaires"),
}

CLIENTS = TableSpec(
    "clients",
    "Clients",
    "a client",
    (
        Field("client", "Client", aliases=CLIENT_NAMES, unlocks="Everything: one row is one client."),
        Field("owner", "Owner", aliases=OWNERS, unlocks="A Diary sorted by person."),
        Field(
            "status", "Status", "choice",
            ("Account Status", "Client Status", "Customer Status", "Lifecycle", "Lifecycle Stage", "Statut", "Estado",
             "Stato", "Kundenstatus"),
            ("Stage", "Phase"),
            words.STATUS, "Paused and finished clients are left alone; retention and tenure.",
        ),
        Field(
            "engagement", "Engagement", "choice",
            ("Engagement Type", "Contract Type", "Relationship Type", "Billing Type"),
            ("Type", "Client Type", "Service Type", "Vertragsart"),
            words.ENGAGEMENT, "Check-in calls and monthly reports for retainers.",
        ),
        Field("tier", "Tier", aliases=("Client Tier", "Customer Tier", "Account Tier", "Segment", "Plan", "Plan Tier",
                                       "Risk Tier", "Priority", "Rating"),
              unlocks="Runs and lists for one tier."),
        Field(
            "start_date", "Start date", "date",
            ("Contract Start", "Contract Start Date", "Start", "Signup Date", "Sign Up Date", "Onboarding Date",
             "Onboarded On", "Onboarded", "Customer Since", "Client Since", "Since", "Joined", "Join Date", "Started On",
             "Created Date", "Vertragsbeginn", "Startdatum", "Kunde seit", "Beginn", "Date de début", "Début",
             "Client depuis", "Fecha de inicio", "Fecha inicio", "Inicio", "Cliente desde", "Data di inizio",
             "Data inizio", "Data de início"),
            unlocks="Tenure, the first 30 days, and due dates for those never contacted.",
        ),
        Field(
            "renewal_date", "Renewal date", "date",
            ("Renewal", "Next Renewal", "Next Renewal Date", "Contract Renewal", "Contract Renewal Date", "Renews On",
             "Renewal On", "Contract End", "Contract End Date", "Contract Expiry", "Contract Expiration", "Expiry",
             "Expiry Date", "Expiration Date", "Expires", "Expires On", "Valid Until", "Next Billing Date",
             "Verlängerung", "Verlängerungsdatum", "Vertragsende", "Renouvellement", "Date de renouvellement",
             "Fin de contrat", "Renovación", "Fecha de renovación", "Fin de contrato", "Rinnovo", "Data di rinnovo",
             "Scadenza", "Renovação", "Verlengingsdatum"),
            unlocks="Warnings before a contract ends.",
        ),
        Field(
            "monthly_fee", "Monthly fee", "money",
            ("MRR", "Monthly Value", "Monthly Recurring Revenue", "Monthly Charges", "Monthly Retainer", "Retainer Fee",
             "Monthly Amount", "Monthly Price", "Monthly Rate", "Fee", "Monatshonorar", "Monatsgebühr", "Monatlich",
             "Honoraire mensuel", "Forfait mensuel", "Cuota mensual", "Tarifa mensual", "Canone mensile", "ARR", "ACV",
             "Annual Recurring Revenue", "Annual Contract Value", "Annual Fee", "Yearly Fee", "Annual Value", "TCV",
             "Total Contract Value", "Contract Value"),
            unlocks="Money beside each level, and At Risk in order of what is at stake.",
            low=0,
            divisors={
                "ARR": 12, "ACV": 12, "Annual Recurring Revenue": 12, "Annual Contract Value": 12, "Annual Fee": 12,
                "Yearly Fee": 12, "Annual Value": 12, "Annual Revenue": 12, "TCV": "term_months",
                "Total Contract Value": "term_months", "Contract Value": "term_months",
            },
        ),
        Field(
            "last_contact", "Last contact", "date",
            ("Last Contacted", "Last Contact Date", "Last Contacted On", "Date of Last Contact", "Last Activity",
             "Last Activity Date", "Last Interaction", "Last Interaction Date", "Last Touch", "Last Touchpoint",
             "Last Spoke", "Last Spoken", "Last Spoke On", "Last Call", "Last Meeting", "Last Check In",
             "Last Review Date", "Last QBR Date", "Last QBR", "Letzter Kontakt", "Letzter Kontakt am", "Letzte Aktivität",
             "Dernier contact", "Date dernier contact", "Último contacto", "Ultimo contatto", "Laatste contact",
             "Último contato"),
            unlocks="Silence: who has not been heard from.",
        ),
        Field("key_contact", "Key contact",
              aliases=("Main Contact", "Primary Contact", "Contact Person", "Contact Name", "Point of Contact", "POC",
                       "Client Contact", "Customer Contact", "Contact", "Ansprechpartner", "Kontaktperson",
                       "Interlocuteur", "Contacto", "Persona de contacto", "Referente", "Contactpersoon"),
              unlocks="Whom to call, and what happens when they leave."),
        Field("client_id", "Client ID", aliases=CLIENT_IDS, weak=("ID",), starter=False,
              unlocks="Two clients of one name told apart."),
        Field("service", "Service", aliases=("Services", "Service Line", "Primary Product", "Product", "Package",
                                             "Leistung", "Prestation", "Servicio", "Servizio"), starter=False,
              unlocks="The natural next offer."),
        Field("industry", "Industry", aliases=("Sector", "Industry Sector", "Vertical", "Branche", "Secteur", "Industria",
                                               "Settore"), starter=False, unlocks="Industry news that concerns them."),
        Field("end_date", "End date", "date", ("Left On", "Churn Date", "Churned On", "Cancelled On", "Cancellation Date",
                                               "Date Left", "Left Date", "Kündigungsdatum"), starter=False,
              unlocks="Retention and tenure: when a client left."),
        Field("term_months", "Term months", "number", ("Term", "Contract Term", "Contract Length", "Contract Months",
                                                       "Laufzeit"), starter=False, low=0),
        Field("second_contact", "Second contact", aliases=("Secondary Contact", "Other Contact", "Backup Contact",
                                                           "Alternate Contact", "Second Contact Name"), starter=False,
              unlocks="Relationship: what hangs on one person."),
        Field("email", "Email", aliases=("E-mail", "Email Address", "Contact Email", "Mail", "E-Mail-Adresse", "Courriel",
                                         "Correo"), starter=False),
        Field("renewal_stage", "Renewal stage", "choice", ("Renewal Status",), (), words.RENEWAL_STAGE,
              "A renewal in hand is not asked for twice.", starter=False),
        Field("renewal_value", "Renewal value", "money", ("New Fee", "Renewal Amount"), starter=False, low=0),
        Field("decision_by", "Decision by", "date", ("Decision Date", "Decision On"), starter=False),
        Field("opinion", "Opinion", "choice", (), (), words.OPINION, "Your own judgement beside the computed one.",
              starter=False),
        Field("opinion_by", "Opinion by", starter=False),
        Field("opinion_reason", "Opinion reason", starter=False),
        Field("opinion_until", "Opinion until", "date", starter=False),
    ),
    (("client", "client_id"),),
    (),
    ("Clients", "Client list", "Client tracker", "Customers", "Customer list", "Accounts", "Account list", "Companies",
     "CRM", "Kunden", "Kundenliste", "Clientes", "Clienti", "Klanten", "Portfolio"),
)

PROJECTS = TableSpec(
    "projects",
    "Projects",
    "an engagement",
    (
        Field("project", "Project", aliases=("Project Name", "Engagement", "Engagement Name", "Projekt", "Projet",
                                             "Proyecto")),
        _CLIENT_REF,
        _CLIENT_ID,
        Field("service", "Service", aliases=("Services", "Service Line", "Service Type", "Project Type")),
        Field("start", "Start", "date", ("Start Date", "Project Start", "Project Start Date", "Started On", "Begin Date",
                                         "Startdatum", "Date de début", "Fecha de inicio"),
              unlocks="Kickoff, first win and mid-project check at their day."),
        Field("planned_end", "Planned end", "date", ("Planned End Date", "Due Date", "Target End", "Target End Date",
                                                     "End Date", "Project End", "Deadline", "Expected End", "Delivery Date"),
              unlocks="The check at half-way, and the delivery review."),
        Field("completed_on", "Completed on", "date", ("Completed", "Completion Date", "Completed Date", "Actual End",
                                                       "Actual End Date", "Delivered On", "Date Completed"),
              unlocks="Delivery review and the follow-up 30 days later."),
        Field("kickoff_on", "Kickoff on", "date", ("Kickoff", "Kickoff Date", "Kick-off", "Kick-off Date", "Kickoff Done")),
        Field("first_win_on", "First win on", "date", ("First Win Date", "First Win Done")),
        Field("first_win", "First win", aliases=("First Win What",)),
        Field("mid_check_on", "Mid-check on", "date", ("Mid Check", "Mid-project Check", "Mid Project On",
                                                       "Mid-check Date", "Mid Check Done")),
        Field("review_on", "Review on", "date", ("Delivery Review", "Delivery Review On", "Review Date")),
        Field("follow_up_on", "Follow-up on", "date", ("Follow-up", "Follow Up Date", "Followed Up On")),
        Field("success_metric", "Success metric", aliases=("Metric", "KPI", "Success Measure", "Goal")),
        Field("baseline", "Baseline", "number", ("Baseline Value", "Before")),
        Field("target", "Target", "number", ("Target Value",), unlocks="Outcomes: met, on track or behind."),
        Field("current", "Current", "number", ("Actual", "Current Value", "Actual Value")),
        Field("measured_on", "Measured on", "date", ("Measured", "As Of", "Measurement Date")),
        Field("clear", "Clear", "yes_no", ("Clarity", "Clarity Achieved")),
        Field("plan_link", "Plan link", aliases=("Plan", "Action Plan", "Plan URL")),
        Field("channels_right", "Channels right", "number", ("Channels OK",), low=0, whole=True),
        Field("channels_in_all", "Channels in all", "number", ("Channels Total", "Channels"), low=0, whole=True),
        Field("briefed_on", "Briefed on", "date", ("Team Briefed On",)),
    ),
    (("client", "client_id"), ("start",)),
    ("project", "planned_end", "kickoff_on"),
    ("Projects", "Project list", "Engagements", "Projekte", "Projets", "Proyectos"),
)

INTERACTIONS = TableSpec(
    "interactions",
    "Interactions",
    "a contact",
    (
        Field("date", "Date", "moment", ("Activity Date", "Interaction Date", "Contact Date", "Date of Contact",
                                         "Contacted On", "Logged On", "Timestamp", "Datum", "Fecha", "Data", "When"),
              unlocks="Cadences: each touchpoint at its own time."),
        _CLIENT_REF,
        _CLIENT_ID,
        Field("type", "Type", "choice", ("Activity Type", "Interaction Type", "Contact Type", "Type of Contact",
                                         "Outreach Method", "Contact Method", "Activity", "Interaction", "Method", "Art",
                                         "Typ", "Tipo"),
              ("Kind", "Channel"), words.INTERACTION_TYPE),
        Field("direction", "Direction", "choice", ("In/Out", "Inbound/Outbound", "Initiated By", "Richtung"), (),
              words.DIRECTION, "Who wrote last: silence in an e-mail relationship."),
        Field("channel", "Channel", aliases=("Medium", "Kanal", "Canal")),
        Field("by", "By", aliases=("Logged By", "Contacted By", "Who", "Staff", "Team Member", "User", "Von", *OWNERS,
                                   "Owner")),
        Field("summary", "Summary", aliases=("Notes", "Note", "Subject", "Details", "Description", "Comments", "Comment",
                                             "Notiz", "Notizen", "Zusammenfassung", "Resumen", "Résumé")),
        Field("attended", "Attended", "yes_no", ("Showed Up", "Attendance")),
        Field("milestone", "Milestone"),
        Field("signal", "Signal", "choice", ("Signal Kind",), (), words.SIGNAL),
    ),
    (("client", "client_id"), ("date",), ("type",)),
    (),
    ("Interactions", "Interaction log", "Contact log", "Communication log", "Communications", "Activities", "Activity",
     "Activity log", "Contacts log", "Log", "Touchpoints", "Outreach", "Outreach log", "Calls", "Kontakte",
     "Kontakthistorie", "Aktivitäten", "Historique", "Interacciones"),
)

ISSUES = TableSpec(
    "issues",
    "Issues",
    "a complaint or problem",
    (
        Field("issue", "Issue", aliases=("Issue Title", "Title", "Subject", "Summary", "Problem", "Complaint", "Ticket",
                                         "Description", "Issue ID", "Ticket ID", "Beschwerde", "Problema")),
        _CLIENT_REF,
        _CLIENT_ID,
        Field("kind", "Kind", aliases=("Issue Type", "Type", "Category", "Kategorie")),
        Field("theme", "Theme", aliases=("Topic", "Area")),
        Field("raised_at", "Raised at", "moment", ("Raised", "Raised On", "Date Raised", "Opened", "Opened At",
                                                   "Opened On", "Date Opened", "Reported", "Reported At", "Reported On",
                                                   "Date Reported", "Created At", "Created On", "Received At",
                                                   "Received On", "Gemeldet am", "Eröffnet am"),
              ("Date", "Created", "Datum", "Fecha"), unlocks="Clocks: first answer, proposal, escalation."),
        Field("acknowledged_at", "Acknowledged at", "moment", ("Acknowledged", "Acknowledged On", "Acked At",
                                                               "First Response", "First Response At",
                                                               "First Reply At", "Responded At")),
        Field("root_cause", "Root cause", aliases=("Cause",)),
        Field("proposed_at", "Proposed at", "moment", ("Proposed", "Proposed On", "Solution Proposed At",
                                                       "Solution Proposed")),
        Field("fixed_at", "Fixed at", "moment", ("Fixed", "Fixed On", "Resolved", "Resolved At", "Resolved On",
                                                 "Date Resolved", "Resolution Date", "Solved At", "Behoben am"),
              ("Closed", "Closed At", "Closed On", "Date Closed")),
        Field("confirmed_at", "Confirmed at", "moment", ("Confirmed", "Confirmed On", "Resolution Confirmed")),
        Field("prevention", "Prevention", aliases=("Prevention Note", "Preventive Action")),
        Field("process_change", "Process change", aliases=("Process Improvement",)),
        Field("frustrations", "Frustrations", "number", ("Frustration Count",), low=0, whole=True),
        Field("financial_or_legal", "Financial or legal", "yes_no", ("Financial/Legal", "Legal", "Legal or Financial")),
        Field("churn_risk", "Churn risk", "yes_no", ("Risk of Churn", "Churn Threat")),
        Field("fix_within_hours", "Fix within hours", "number", ("Fix Within", "SLA Hours"), low=0),
        Field("owner", "Owner", aliases=OWNERS),
    ),
    (("client", "client_id"), ("raised_at",)),
    ("issue", "acknowledged_at", "proposed_at", "fixed_at", "root_cause"),
    ("Issues", "Issue log", "Complaints", "Complaint log", "Tickets", "Problems", "Support tickets", "Support",
     "Beschwerden", "Reclamaciones", "Réclamations"),
)

SURVEYS = TableSpec(
    "surveys",
    "Surveys",
    "an invitation",
    (
        _CLIENT_REF,
        _CLIENT_ID,
        Field("contact", "Contact", aliases=("Contact Name", "Respondent", "Person", "Contact Person", "Contact Email")),
        Field("kind", "Kind", "choice", ("Survey Type", "Survey Kind", "Survey", "Type"), (), words.SURVEY_KIND),
        Field("project", "Project", aliases=("Project Name",)),
        Field("sent_on", "Sent on", "date", ("Sent", "Sent At", "Date Sent", "Sent Date", "Send Date", "Invited On",
                                             "Invitation Sent", "Survey Sent"),
              unlocks="How many answer."),
        Field("answered_on", "Answered on", "date", ("Answered", "Answered At", "Date Answered", "Response Date",
                                                     "Responded On", "Responded At", "Responded", "Completed On",
                                                     "Survey Date", "Submitted At", "Submitted On"),
              ("Date", "Timestamp", "Datum", "Fecha")),
        Field("score", "Score", "number", ("NPS", "NPS Score", "Net Promoter Score", "Likelihood to Recommend",
                                           "How likely are you to recommend us", "Q1", "Bewertung"),
              ("Rating",), unlocks="Feedback: scores, and low ones that wait for an answer.", low=0, high=10, whole=True),
        Field("did_well", "Did well", aliases=("What Went Well", "What did we do well", "Q2", "Working Well")),
        Field("improve", "Improve", aliases=("What to Improve", "What could we improve", "What could be better", "Q3")),
        Field("again", "Again", "choice", ("Would Work Again", "Work With Us Again", "Would you work with us again",
                                           "Q4"), (), words.AGAIN),
        Field("other", "Other", aliases=("Any other feedback", "Comments", "Comment", "Feedback", "Q5")),
        Field("action", "Action", aliases=("Action Taken", "Follow-up Action")),
        Field("action_owner", "Action owner", aliases=("Action By",)),
        Field("action_done_on", "Action done on", "date", ("Action Done", "Action Completed", "Action Completed On")),
    ),
    (("client", "client_id"), ("sent_on", "answered_on")),
    ("score",),
    ("Surveys", "Survey", "Survey responses", "NPS", "NPS responses", "Feedback", "Umfragen", "Enquêtes", "Encuestas"),
)

SIGNALS = TableSpec(
    "signals",
    "Signals",
    "something seen",
    (
        Field("date", "Date", "date", ("Seen On", "Signal Date", "Noticed On", "Observed On", "Datum", "Fecha")),
        _CLIENT_REF,
        _CLIENT_ID,
        Field("industry", "Industry", aliases=("Sector", "Branche")),
        Field("kind", "Kind", "choice", ("Signal", "Signal Kind", "Signal Type"), ("Type", "Art"), words.SIGNAL,
              "Warnings and openings from what people noticed."),
        Field("note", "Note", aliases=("Notes", "Details", "Description", "Summary", "Comment", "Comments")),
        Field("resolved_on", "Resolved on", "date", ("Resolved", "Closed On", "Resolved Date", "Done On")),
    ),
    (("client", "client_id", "industry"), ("date",), ("kind",)),
    (),
    ("Signals", "Signal log", "Observations", "Signale", "Signaux"),
)

REVENUE = TableSpec(
    "revenue",
    "Revenue",
    "money in a month",
    (
        Field("month", "Month", "month", ("Period", "Revenue Month", "Billing Month", "Monat", "Mois", "Mes", "Mese"),
              ("Date", "Invoice Date", "Datum", "Fecha")),
        _CLIENT_REF,
        _CLIENT_ID,
        Field("amount", "Amount", "money", ("Revenue", "Value", "Net Amount", "Invoiced", "Billed", "Total", "Betrag",
                                            "Umsatz", "Montant", "Importe", "Importo"),
              unlocks="Expansion revenue, and the Scorecard."),
        Field("kind", "Kind", "choice", ("Revenue Type", "Revenue Kind", "Type", "Category"), (), words.REVENUE_KIND),
        Field("service", "Service", aliases=("Services", "Service Line", "Product")),
        Field("invoice_due", "Invoice due", "date", ("Due Date", "Invoice Due Date", "Payment Due", "Fällig am")),
        Field("paid_on", "Paid on", "date", ("Paid", "Payment Date", "Date Paid", "Paid Date", "Bezahlt am")),
    ),
    (("client", "client_id"), ("month",), ("amount",)),
    (),
    ("Revenue", "Revenues", "Billing", "Invoices", "Income", "Umsatz", "Umsätze", "Facturation", "Ingresos"),
)

TABLES: Mapping[str, TableSpec] = {
    table.name: table for table in (CLIENTS, PROJECTS, INTERACTIONS, ISSUES, SURVEYS, SIGNALS, REVENUE)
}
