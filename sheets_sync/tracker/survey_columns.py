"""The columns of Surveys, and the questions by which a form asks for them."""

from __future__ import annotations

from sheets_sync.tracker import words
from sheets_sync.tracker.fields import CLIENT_IDS, CLIENT_NAMES, Field, TableSpec
from sheets_sync.tracker.words import names

_YOUR_COMPANY = names(
    "Your Company, Your Company Name, Name of Your Company, Your Organisation, Your Organization, Your Business, "
    "Ihr Unternehmen, Ihre Firma, Name Ihres Unternehmens, Votre entreprise, Votre société, Su empresa, Tu empresa, "
    "La tua azienda, Uw bedrijf, Sua empresa"
)
# What Google Forms heads the column with in which it notes when an answer came.
TIMESTAMPS = names(
    "Timestamp, Horodateur, Zeitstempel, Marca temporal, Informazioni cronologiche, Carimbo de data/hora, Tijdstempel, "
    "Tidsstempel, Tidstempel, Tidsstämpel, Sygnatura czasowa"
)

SURVEYS = TableSpec(
    "surveys",
    "Surveys",
    "an invitation",
    (
        Field(
            "client",
            "Client",
            aliases=_YOUR_COMPANY + CLIENT_NAMES,
            asks=(names("name company, company work, company represent, company with, name organi, organi work"),),
        ),
        Field("client_id", "Client ID", aliases=CLIENT_IDS, starter=False),
        Field(
            "contact",
            "Contact",
            aliases=names(
                "Contact Name, Respondent, Person, Contact Person, Your Name, Your Full Name, Ihr Name, Dein Name, "
                "Votre nom, Su nombre, Tu nombre, Il tuo nome, Uw naam, Je naam, Seu nome"
            ),
            asks=(names("name., full name., nom., nombre., nome., naam., first and last name., vor und nachname."),),
        ),
        Field(
            "email",
            "Email",
            aliases=names(
                "Email Address, E-mail, E-mail Address, Contact Email, Your Email, Your Email Address, Work Email, "
                "Mail, Username, E-Mail-Adresse, Ihre E-Mail-Adresse, Nutzername, Adresse e-mail, Votre adresse "
                "e-mail, Nom d'utilisateur, Courriel, Correo electrónico, Dirección de correo electrónico, Nombre de "
                "usuario, Indirizzo email, E-mailadres, Endereço de e-mail"
            ),
            starter=False,
        ),
        Field(
            "kind",
            "Kind",
            "choice",
            aliases=names("Survey Type, Survey Kind, Survey, Type"),
            choices=words.SURVEY_KIND,
        ),
        Field("project", "Project", aliases=names("Project Name")),
        Field(
            "sent_on",
            "Sent on",
            "date",
            aliases=names("Sent, Sent At, Date Sent, Sent Date, Send Date, Invited On, Invitation Sent, Survey Sent"),
            unlocks="How many answer.",
        ),
        Field(
            "answered_on",
            "Answered on",
            "date",
            aliases=names(
                "Answered, Answered At, Date Answered, Response Date, Responded On, Responded At, Responded, "
                "Completed On, Survey Date, Submitted At, Submitted On"
            ),
            weak=names("Date, Datum, Fecha") + TIMESTAMPS,
        ),
        Field(
            "score",
            "Score",
            "number",
            aliases=names(
                "NPS, NPS Score, Net Promoter Score, Likelihood to Recommend, How likely are you to recommend us, Q1, "
                "Bewertung"
            ),
            weak=names("Rating"),
            unlocks="Feedback: scores, and low ones that wait for an answer.",
            low=0,
            high=10,
            whole=True,
            asks=(
                names(
                    "likely recommend, likelihood recommend, recommend us, recommend our, wahrscheinlich empfehl, "
                    "weiterempfehl, wahrscheinlich empfohlen, recommand, recomend, recomiend, consigli, raccomand, "
                    "aanbevel, aanraden"
                ),
            ),
        ),
        Field(
            "did_well",
            "Did well",
            aliases=names("What Went Well, What did we do well, Q2, Working Well"),
            asks=(
                names(
                    "we do well, do well, did well, went well, working well, like most, liked most, enjoy most, gut "
                    "gemacht, lief gut, gelaufen gut, bien fait, bien fonctionne, hicimos bien, hacemos bien, fatto "
                    "bene, ging goed, doen goed, fizemos bem"
                ),
            ),
        ),
        Field(
            "improve",
            "Improve",
            aliases=names("What to Improve, What could we improve, What could be better, Q3"),
            asks=(
                names(
                    "we improve, what improve, improvement, we do better, what better, do differently, verbesser, "
                    "besser machen, ameliorer, faire mieux, mejorar, migliorare, verbeter, beter doen, melhorar"
                ),
            ),
        ),
        Field(
            "again",
            "Again",
            "choice",
            aliases=names("Would Work Again, Work With Us Again, Would you work with us again, Q4"),
            choices=words.AGAIN,
            asks=(
                names(
                    "work again, hire again, use again, choose again, wieder arbeiten, wieder zusammenarbeiten, "
                    "wieder beauftragen, travail nouveau, retravaill, trabajar nuevo, volver trabajar, lavor nuovo, "
                    "lavor ancora, weer werken, opnieuw samenwerken, trabalhar novamente"
                ),
            ),
        ),
        Field("theme", "Theme", aliases=names("Themes, Topic, Topics"), starter=False),
        Field(
            "other",
            "Other",
            aliases=names("Any other feedback, Comments, Comment, Feedback, Q5"),
            asks=(
                names(
                    "anything else, something else, anything add, other feedback, other comment, further comment, "
                    "additional comment, more comment, sonst noch, weitere anmerkung, autre chose, autre "
                    "commentaire, algo mas, otro comentario, altro dirci, altro aggiungere, verder nog, mais alguma"
                ),
                names("reason score, why score"),
            ),
        ),
        Field("action", "Action", aliases=names("Action Taken, Follow-up Action")),
        Field("action_owner", "Action owner", aliases=names("Action By")),
        Field(
            "action_done_on",
            "Action done on",
            "date",
            aliases=names("Action Done, Action Completed, Action Completed On"),
        ),
    ),
    needs=(("client", "client_id", "email"), ("sent_on", "answered_on")),
    evidence=names("score"),
    titles=names("Surveys, Survey, Survey responses, NPS, NPS responses, Feedback, Umfragen, Enquêtes, Encuestas"),
    any_header="rating",
    form=True,
)
