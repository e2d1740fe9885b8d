"""The columns of the Clients tab, as declared for schema.py."""

from __future__ import annotations

from dataclasses import replace

from sheets_sync.tracker import words
from sheets_sync.tracker.fields import CLIENT_IDS, CLIENT_NAMES, OWNERS, Field, TableSpec
from sheets_sync.tracker.on_demand_columns import CARED_FOR, HANDOVER, KNOWING, LOYALTY
from sheets_sync.tracker.words import names

_DIVISORS: dict[str, float | str] = {
    **dict.fromkeys(names("ARR, ACV, Annual Recurring Revenue, Annual Contract Value, Annual Fee, Yearly Fee"), 12.0),
    **dict.fromkeys(names("Annual Value, Annual Revenue"), 12.0),
    **dict.fromkeys(names("TCV, Total Contract Value, Contract Value"), "term_months"),
}

CLIENTS = TableSpec(
    "clients",
    "Clients",
    "a client",
    (
        Field("client", "Client", aliases=CLIENT_NAMES, unlocks="Everything: one row is one client."),
        Field("owner", "Owner", aliases=OWNERS, unlocks="A Diary sorted by person."),
        Field(
            "status",
            "Status",
            "choice",
            aliases=names(
                "Account Status, Client Status, Customer Status, Lifecycle, Lifecycle Stage, Statut, Estado, Stato, "
                "Kundenstatus"
            ),
            weak=names("Stage, Phase"),
            choices=words.STATUS,
            unlocks="Paused and finished clients are left alone; retention and tenure.",
            otherwise=" Anything else counts as active.",
        ),
        Field(
            "engagement",
            "Engagement",
            "choice",
            aliases=names("Engagement Type, Contract Type, Relationship Type, Billing Type"),
            weak=names("Type, Client Type, Service Type, Vertragsart"),
            choices=words.ENGAGEMENT,
            unlocks="Check-in calls and monthly reports for retainers.",
        ),
        Field(
            "tier",
            "Tier",
            aliases=names(
                "Client Tier, Customer Tier, Account Tier, Segment, Plan, Plan Tier, Risk Tier, Priority, Rating"
            ),
            unlocks="Runs and lists for one tier.",
        ),
        Field(
            "start_date",
            "Start date",
            "date",
            aliases=names(
                "Contract Start, Contract Start Date, Start, Signup Date, Sign Up Date, Onboarding Date, Onboarded On, "
                "Onboarded, Customer Since, Client Since, Since, Joined, Join Date, Started On, Enrolment Date, "
                "Enrollment Date, First Session, Create Date, Created Date, Organization Created, Vertragsbeginn, "
                "Startdatum, Kunde seit, Beginn, Date de début, Début, Client depuis, Fecha de inicio, Fecha inicio, "
                "Inicio, Fecha de alta, Cliente desde, Data di inizio, Data inizio, Data de início"
            ),
            unlocks="Tenure, the first 30 days, and due dates for those never contacted.",
        ),
        Field(
            "renewal_date",
            "Renewal date",
            "date",
            aliases=names(
                "Renewal, Next Renewal, Next Renewal Date, Contract Renewal, Contract Renewal Date, Renews On, "
                "Renewal On, Contract End, Contract End Date, Contract Expiry, Contract Expiration, Expiry, Expiry "
                "Date, Expiration Date, Expires, Expires On, Valid Until, Next Billing Date, Verlängerung, "
                "Verlängerungsdatum, Vertragsende, Renouvellement, Date de renouvellement, Fin de contrat, "
                "Échéance, Échéance du contrat, Date d'échéance, Renovación, Fecha de renovación, Fin de contrato, "
                "Vencimiento, Rinnovo, Data di rinnovo, Scadenza, Scadenza contratto, Renovação, Verlengingsdatum, "
                "Einddatum contract, Contracteinde"
            ),
            unlocks="Warnings before a contract ends.",
        ),
        Field(
            "monthly_fee",
            "Monthly fee",
            "money",
            aliases=names(
                "MRR, Monthly Value, Monthly Recurring Revenue, Monthly Charges, Monthly Retainer, Retainer Fee, "
                "Monthly Amount, Monthly Price, Monthly Rate, Fee, Retainer, Monatshonorar, Monatsgebühr, "
                "Monatspauschale, Monatsbetrag, Monatlich, Honoraire mensuel, Honoraires mensuels, Forfait mensuel, "
                "Montant mensuel, Montant mensuel HT, Mensualité, Cuota mensual, Tarifa mensual, Canone mensile, "
                "Importo mensile, Maandbedrag, ARR, ACV, Annual Recurring Revenue, Annual Contract Value, Annual Fee, "
                "Yearly Fee, Fee p.a., Annual Value, TCV, Total Contract Value, Contract Value"
            ),
            unlocks="Money beside each level, and At Risk in order of what is at stake.",
            low=0,
            divisors=_DIVISORS,
        ),
        Field(
            "last_contact",
            "Last contact",
            "date",
            aliases=names(
                "Last Contacted, Last Contact Date, Last Contacted On, Date of Last Contact, Last Activity, Last "
                "Activity Date, Last Interaction, Last Interaction Date, Last Touch, Last Touchpoint, Last Spoke, Last "
                "Spoken, Last Spoke On, Last Call, Last Meeting, Last Check In, Last Review Date, Last QBR Date, Last "
                "QBR, Last Spoken To, Last Talked, Last Talked To, Last Follow Up, Last Communication, Last "
                "Conversation, Last Visit, Last Session, Last Appointment, Latest Contact, Last Contact With Client, "
                "Organization Last Activity Date, Deal Last Activity Date, Letzter Kontakt, Letzter Kontakt am, Letzte "
                "Aktivität, Dernier contact, Date dernier contact, Dernier échange, Dernier rendez-vous, Último "
                "contacto, Ultimo contatto, Laatste contact, Último contato"
            ),
            unlocks="Silence: who has not been heard from.",
        ),
        Field(
            "key_contact",
            "Key contact",
            aliases=names(
                "Main Contact, Primary Contact, Contact Person, Contact Name, Point of Contact, POC, Client Contact, "
                "Customer Contact, Contact, Ansprechpartner, Kontaktperson, Interlocuteur, Contacto, Persona de "
                "contacto, Referente, Contactpersoon"
            ),
            unlocks="Whom to call, and what happens when they leave.",
        ),
        Field(
            "client_id",
            "Client ID",
            aliases=CLIENT_IDS,
            weak=names("ID"),
            unlocks="Two clients of one name told apart.",
            starter=False,
        ),
        Field(
            "service",
            "Service",
            aliases=names(
                "Services, Service Line, Primary Product, Product, Package, Leistung, Prestation, Servicio, Servizio"
            ),
            unlocks="The natural next offer.",
            starter=False,
        ),
        Field(
            "industry",
            "Industry",
            aliases=names("Sector, Industry Sector, Vertical, Branche, Secteur, Industria, Settore"),
            unlocks="Industry news that concerns them.",
            starter=False,
        ),
        Field(
            "end_date",
            "End date",
            "date",
            aliases=names(
                "End, Ends On, Left On, Churn Date, Churned On, Cancelled On, Cancellation Date, Date Left, Left Date, "
                "Kündigungsdatum"
            ),
            unlocks="Retention and tenure: when a client left.",
            starter=False,
        ),
        Field(
            "term_months",
            "Term months",
            "number",
            aliases=names("Term, Contract Term, Contract Length, Contract Months, Laufzeit"),
            starter=False,
            low=0,
        ),
        Field(
            "second_contact",
            "Second contact",
            aliases=names("Secondary Contact, Other Contact, Backup Contact, Alternate Contact, Second Contact Name"),
            unlocks="Relationship: what hangs on one person.",
            starter=False,
        ),
        Field(
            "email",
            "Email",
            aliases=names("E-mail, Email Address, Contact Email, Mail, E-Mail-Adresse, Courriel, Correo"),
            starter=False,
        ),
        Field(
            "renewal_stage",
            "Renewal stage",
            "choice",
            aliases=names("Renewal Status"),
            choices=words.RENEWAL_STAGE,
            unlocks="A renewal in hand is not asked for twice.",
            starter=False,
        ),
        Field(
            "renewal_value",
            "Renewal value",
            "money",
            aliases=names("New Fee, Renewal Amount"),
            starter=False,
            low=0,
        ),
        Field("decision_by", "Decision by", "date", aliases=names("Decision Date, Decision On"), starter=False),
        Field(
            "opinion",
            "Opinion",
            "choice",
            choices=words.OPINION,
            unlocks="Your own judgement beside the computed one.",
            starter=False,
        ),
        Field("opinion_by", "Opinion by", starter=False),
        Field("opinion_reason", "Opinion reason", starter=False),
        Field("opinion_until", "Opinion until", "date", starter=False),
        *(replace(field, starter=False) for field in (*HANDOVER, *LOYALTY, *KNOWING, *CARED_FOR)),
    ),
    needs=(("client", "client_id"),),
    titles=names(
        "Clients, Client list, Client tracker, Customers, Customer list, Accounts, Account list, Companies, CRM, "
        "Kunden, Kundenliste, Clientes, Clienti, Klanten, Portfolio"
    ),
)
