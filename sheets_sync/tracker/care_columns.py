"""The columns of the tabs about what clients get, may be asked, and why they leave: results, opportunities, care,
consents, exits, recovery."""

from __future__ import annotations

from sheets_sync.tracker import care_words as words
from sheets_sync.tracker.fields import CLIENT_IDS, CLIENT_NAMES, OWNERS, Field, TableSpec
from sheets_sync.tracker.words import names

_CLIENT = Field("client", "Client", aliases=CLIENT_NAMES)
_CLIENT_ID = Field("client_id", "Client ID", aliases=CLIENT_IDS, starter=False)
_NAMED = ("client", "client_id")
_DAY = names("Datum, Fecha, Data")

RESULTS = TableSpec(
    "results",
    "Results",
    "a measurement",
    (
        Field("date", "Date", "date", aliases=names("Measured On, Result Date, As Of, Day") + _DAY, weak=("Month",)),
        _CLIENT,
        _CLIENT_ID,
        Field(
            "metric",
            "Metric",
            aliases=names("Metric Name, KPI, Measure, Indicator, Kennzahl, Indicateur, Indicador"),
            unlocks="Improvements to share with the client, and what their fees brought.",
        ),
        Field(
            "value", "Value", "number", aliases=names("Result, Reading, Figure, Actual, Wert, Valeur, Valor, Valore")
        ),
    ),
    needs=(_NAMED, ("date",), ("metric",), ("value",)),
    titles=names("Results, Measurements, KPIs, Metrics, Ergebnisse, Kennzahlen, Résultats, Resultados"),
    starter=False,
    shy=True,
    telling=(_NAMED, ("date",), ("metric",), ("value",)),
)

OPPORTUNITIES = TableSpec(
    "opportunities",
    "Opportunities",
    "a next step for a client",
    (
        _CLIENT,
        _CLIENT_ID,
        Field(
            "next_service",
            "Next service",
            aliases=names("Next Offer, Proposed Service, Service, Offer, Opportunity, Opportunity Name"),
            unlocks="What was offered to whom.",
        ),
        Field(
            "stage",
            "Stage",
            "choice",
            aliases=names("Opportunity Stage, Conversation Stage, Deal Stage, Phase"),
            choices=words.OPPORTUNITY_STAGE,
            unlocks="How far each conversation has come.",
        ),
        Field(
            "value",
            "Value",
            "money",
            aliases=names("Amount, Opportunity Value, Estimated Value, Expected Value, Deal Value, Wert, Valor"),
            unlocks="The worth of what is open.",
            low=0,
        ),
        Field(
            "next_date",
            "Next date",
            "date",
            aliases=names("Next Step Date, Next Action Date, Next Step On, Follow-up, Follow-up Date, Follow-up On"),
            unlocks="A conversation that nobody follows up.",
        ),
        Field("closed_on", "Closed on", "date", aliases=names("Closed, Closed Date, Date Closed, Decided On")),
        Field(
            "outcome",
            "Outcome",
            "choice",
            aliases=names("Won/Lost, Won or Lost"),
            choices=words.OPPORTUNITY_OUTCOME,
        ),
    ),
    needs=(_NAMED, ("next_service", "stage"), ("stage", "next_date", "closed_on")),
    titles=names("Opportunities, Expansion opportunities, Upsell opportunities, Upsells, Chancen, Opportunités"),
    starter=False,
    shy=True,
)

CARE = TableSpec(
    "care",
    "Care",
    "an appreciation",
    (
        Field("date", "Date", "date", aliases=names("Given On, Sent On, Done On") + _DAY),
        _CLIENT,
        _CLIENT_ID,
        Field(
            "kind",
            "Kind",
            "choice",
            aliases=names("Care Kind, Kind of Care, Care Type, Type, Gesture, Art"),
            choices=words.CARE_KIND,
            unlocks="Who was thanked, and who not for long.",
        ),
        Field("detail", "Detail", aliases=names("Details, Description, Note, Notes, Comment, What")),
        Field("cost", "Cost", "money", aliases=names("Costs, Price, Amount, Spend, Kosten, Coût, Coste"), low=0),
        Field(
            "reward_owed",
            "Reward owed",
            aliases=names("Reward, Referral Reward, Reward Due"),
            unlocks="Rewards that were promised and not yet given.",
        ),
        Field(
            "reward_paid_on", "Reward paid on", "date", aliases=names("Reward Paid, Reward Given On, Reward Paid Date")
        ),
    ),
    needs=(_NAMED, ("date",), ("kind",)),
    titles=names("Care, Client care, Customer care, Appreciation, Appreciations, Care log, Gifts, Kundenpflege"),
    starter=False,
    shy=True,
    telling=(_NAMED, ("date",), ("kind",), ("reward_owed", "reward_paid_on")),
)

_NO_CONSENT = " Until then it counts as no."
CONSENTS = TableSpec(
    "consents",
    "Consents",
    "a permission",
    (
        _CLIENT,
        _CLIENT_ID,
        Field("contact", "Contact", aliases=names("Contact Name, Person, Contact Person, Contact Email, Given By")),
        Field(
            "purpose",
            "Purpose",
            "choice",
            aliases=names("Consent Purpose, Consent Type, Consent For, Permission, Permission For, Zweck, Finalité"),
            choices=words.CONSENT_PURPOSE,
            unlocks="Nothing promotional or public goes to whom did not agree.",
            otherwise=_NO_CONSENT,
        ),
        Field("basis", "Basis", aliases=names("Legal Basis, Lawful Basis, Rechtsgrundlage, Base légale")),
        Field(
            "given_on",
            "Given on",
            "date",
            aliases=names(
                "Given, Consent Given, Consent Given On, Consent Date, Consented On, Opt-in Date, Opted In On, Granted "
                "On, Date Given, Erteilt am"
            ),
            otherwise=_NO_CONSENT,
        ),
        Field("evidence", "Evidence", aliases=names("Proof, Consent Evidence, Source, Nachweis, Preuve")),
        Field(
            "expires_on",
            "Expires on",
            "date",
            aliases=names("Expires, Expiry, Expiry Date, Valid Until, Expiration Date"),
            otherwise=_NO_CONSENT,
        ),
        Field(
            "withdrawn_on",
            "Withdrawn on",
            "date",
            aliases=names(
                "Withdrawn, Withdrawal Date, Revoked, Revoked On, Objected On, Opt-out, Opt-out Date, Opted Out, Opted "
                "Out On, Unsubscribed On, Widerrufen am, Retiré le"
            ),
            otherwise=" The consent counts as withdrawn.",
        ),
    ),
    needs=(_NAMED, ("purpose",)),
    titles=names(
        "Consents, Consent, Consent log, Consent register, Permissions, Opt-ins, Einwilligungen, Consentements, "
        "Consentimientos"
    ),
    starter=False,
    shy=True,
    telling=(_NAMED, ("purpose",), ("given_on",), ("withdrawn_on", "evidence", "basis")),
)

EXITS = TableSpec(
    "exits",
    "Exits",
    "a client who left",
    (
        _CLIENT,
        _CLIENT_ID,
        Field(
            "left_on",
            "Left on",
            "date",
            aliases=names(
                "Left, Date Left, Leaving Date, Exit Date, Churn Date, Churned On, Cancelled On, Cancellation Date, "
                "Ausgeschieden am, Date de départ"
            ),
            weak=names("Date, End Date, Datum, Fecha"),
            unlocks="Why clients leave, by quarter.",
        ),
        Field(
            "reason",
            "Reason",
            aliases=names(
                "Exit Reason, Churn Reason, Reason for Leaving, Cancellation Reason, Why, Grund, Kündigungsgrund, "
                "Raison, Motif, Motivo"
            ),
            unlocks="The reasons, counted.",
        ),
        Field("preventable", "Preventable", "choice", aliases=names("Avoidable"), choices=words.PREVENTABLE),
        Field(
            "what_would_have_helped",
            "What would have helped",
            aliases=names("What Could Have Prevented It, What Could Have Helped"),
        ),
        Field(
            "interview_on",
            "Interview on",
            "date",
            aliases=names("Interview, Exit Interview, Interview Date, Exit Interview On, Exit Interview Date"),
            unlocks="Leavers whom nobody asked.",
        ),
        Field("learning", "Learning", aliases=names("Learnings, Lesson, Lessons Learned, Lessons, Lessons Learnt")),
        Field(
            "win_back_on",
            "Win back on",
            "date",
            aliases=names("Win-back, Win-back Date, Winback On, Reconnect On, Contact Again On"),
            unlocks="The day on which to knock again.",
        ),
    ),
    needs=(_NAMED, ("left_on",)),
    titles=names("Exits, Exit log, Exit interviews, Exit reviews, Churn, Churn log, Leavers, Abgänge, Départs"),
    starter=False,
    shy=True,
    telling=(
        _NAMED,
        ("left_on",),
        ("reason",),
        ("preventable", "what_would_have_helped", "interview_on", "win_back_on"),
    ),
)

RECOVERY = TableSpec(
    "recovery",
    "Recovery",
    "a promise to a client at risk",
    (
        _CLIENT,
        _CLIENT_ID,
        Field("problem", "Problem", aliases=names("Issue, Cause, What Went Wrong, Problema, Problème")),
        Field(
            "staff_view",
            "Staff view",
            aliases=names("Our View, Staff Feedback, Team View"),
            unlocks="Our view beside the client's own words.",
        ),
        Field(
            "promise",
            "Promise",
            aliases=names(
                "Promised, Commitment, Win-back Plan, Plan, What We Promised, Versprechen, Promesse, Promesa"
            ),
            unlocks="Promises that are due, kept or broken.",
        ),
        Field("guarantee", "Guarantee", aliases=names("Guarantees, Garantie, Garantía")),
        Field(
            "fix_within_hours",
            "Fix within hours",
            "number",
            aliases=names("Fix Within, SLA Hours, Guaranteed Hours"),
            unlocks="A tighter clock for this client.",
            low=0,
        ),
        Field("refund_rule", "Refund rule", aliases=names("Refund, Refund Terms, Refund if Missed")),
        Field("goodwill", "Goodwill", aliases=names("Goodwill Gesture, Gesture, Extra Services, Extras")),
        Field(
            "cost",
            "Cost",
            "money",
            aliases=names("Costs, Goodwill Cost, Kosten, Coût, Coste"),
            unlocks="What goodwill costs, beside its budget.",
            low=0,
        ),
        Field("owner", "Owner", aliases=OWNERS),
        Field("by", "By", "date", aliases=names("By When, Promised By, Promised For, Due, Due Date, Due On, Deadline")),
        Field("discussed_on", "Discussed on", "date", aliases=names("Discussed, Team Meeting On, Meeting Date")),
        Field("called_on", "Called on", "date", aliases=names("Called, Call Date")),
        Field("met_on", "Met on", "date", aliases=names("Met, Met Them On, Visit Date")),
        Field("kept_on", "Kept on", "date", aliases=names("Kept, Promise Kept, Promise Kept On, Delivered On")),
        Field("broken_on", "Broken on", "date", aliases=names("Broken, Promise Broken, Promise Broken On")),
    ),
    needs=(_NAMED, ("promise",)),
    titles=names("Recovery, Recovery plan, Recovery plans, Recovery log, Win-back plans, Rescue plans"),
    starter=False,
    shy=True,
    telling=(_NAMED, ("promise",), ("guarantee", "refund_rule", "staff_view"), ("kept_on", "broken_on", "by")),
)
