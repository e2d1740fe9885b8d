"""The words that stand in choice columns: each canonical word with the spellings that mean it, in several languages.

Spellings are compared after `headers.normal_header` (case, accents, hyphens and CamelCase do not matter). A word that
two choices could claim ("inactive": paused, or gone?) stands nowhere: it is a problem to be asked about, not a guess.
"""

from __future__ import annotations

from collections.abc import Mapping

from sheets_sync.tracker.words_abroad import ABROAD, names

__all__ = ["names"]

Choices = Mapping[str, tuple[str, ...]]


def _and_abroad(choices: Choices, column: str) -> Choices:
    return {word: (*others, *ABROAD[column].get(word, ())) for word, others in choices.items()}


STATUS = _and_abroad(
    {
        "prospect": names(
            "lead, potential, pipeline, opportunity, interessent, prospekt, prospecto, prospecte, potencial, "
            "potenziale, marketing qualified lead, sales qualified lead, mql, sql"
        ),
        "onboarding": names("new, new client, new customer, setup, implementation, starting, neu, nouveau, nuevo"),
        "active": names(
            "live, current, ongoing, running, existing, client, customer, in progress, healthy, at risk, aktiv, "
            "laufend, actif, active client, active customer, en cours, activo, attivo, actief, ativo, won, closed "
            "won, signed, evangelist"
        ),
        "paused": names(
            "on hold, hold, pause, suspended, dormant, frozen, pausiert, ruhend, en pause, suspendu, pausado, en "
            "pausa, in pausa, sospeso, gepauzeerd, slapend"
        ),
        "completed": names(
            "complete, done, finished, delivered, ended well, project completed, project complete, abgeschlossen, "
            "beendet, fertig, termine, acheve, completado, terminado, finalizado, completato, afgerond, concluido"
        ),
        "churned": names(
            "churn, lost, left, gone, cancelled, canceled, terminated, former, former client, former customer, ex "
            "client, ex customer, closed lost, cessato, disdetto, gekundigt, verloren, ehemalig, perdu, resilie, "
            "perdido, baja, perso, opgezegd, cancelado"
        ),
        "won back": names("winback, win back, returned, reactivated, recovered, zuruckgewonnen"),
    },
    "status",
)

ENGAGEMENT = _and_abroad(
    {
        "retainer": names(
            "ongoing, recurring, subscription, monthly, monthly retainer, retained, laufend, abo, abonnement, "
            "recurrente, iguala, support contract, managed service"
        ),
        "project": names(
            "one off, one time, one time project, one off project, fixed project, fixed price, projekt, einmalig, "
            "projet, ponctuel, proyecto, progetto, projeto, ad hoc"
        ),
        "both": names(
            "retainer and project, retainer + project, retainer & project, retainer/project, project/retainer, mixed, "
            "hybrid, beides, les deux, ambos"
        ),
    },
    "engagement",
)

INTERACTION_TYPE = _and_abroad(
    {
        "kickoff": names("kick off, kickoff call, kickoff meeting, kick off call, kick off meeting, launch meeting"),
        "status update": names(
            "status, update, weekly update, progress update, weekly email, status report, status call, status mail"
        ),
        "call": names(
            "phone, phone call, telephone, tel, telephone call, check in call, check in, callback, called, outbound "
            "call, inbound call, voice call, anruf, telefonat, telefon, appel, appel telephonique, llamada, chiamata, "
            "telefonata, belletje, ligacao"
        ),
        "meeting": names(
            "in person, in person meeting, face to face, video call, video meeting, video conference, zoom, zoom "
            "call, teams, teams call, teams meeting, google meet, onsite meeting, workshop, demo, treffen, termin, "
            "besprechung, videocall, reunion, rendez vous, rdv, riunione, vergadering, incontro, virtual meeting, "
            "lunch"
        ),
        "visit": names("site visit, onsite, on site, on site visit, besuch, visite, visita, bezoek"),
        "e-mail": names(
            "email, mail, e mail sent, email sent, emailed, courriel, correo, correo electronico, inbound email, "
            "outbound email"
        ),
        "message": names(
            "sms, text, text message, slack, whatsapp, chat, linkedin, linkedin message, dm, nachricht, mensaje, "
            "messaggio, bericht, in app message"
        ),
        "report": names("performance report, monthly report, report sent, rapport, informe, monatsbericht"),
        "business review": names(
            "qbr, quarterly business review, quarterly review, review, review meeting, ebr, executive business "
            "review, quarterly meeting"
        ),
        "annual review": names("annual business review, yearly review, abr, year end review"),
        "debrief": names("debrief call, debriefing, project debrief, retrospective, wrap up"),
        "feedback": names("client feedback, customer feedback, feedback call, ruckmeldung, retour"),
        "survey request": names("survey, survey sent, nps survey, nps, feedback request, umfrage, enquete"),
        "share": names("article, article shared, shared article, insight, resource shared"),
        "introduction": names("intro, introduced"),
        "advice": names("tip, recommendation, consulting, beratung"),
        "invitation": names("invite, event invitation, einladung"),
        "renewal talk": names("renewal, renewal call, renewal meeting, renewal discussion, renewal conversation"),
        "expansion talk": names("expansion, upsell, cross sell, upsell call, expansion call, expansion discussion"),
        "newsletter": names("mailing, bulk email, mass email, campaign email"),
        "other": names("misc, miscellaneous, note, task, sonstiges, autre, otro, altro"),
    },
    "type",
)

DIRECTION = _and_abroad(
    {
        "in": names(
            "inbound, incoming, received, from client, from them, them, they, client, eingehend, eingang, entrant, "
            "entrante"
        ),
        "out": names("outbound, outgoing, sent, to client, from us, us, we, ausgehend, ausgang, sortant, saliente"),
        "both": names("two way, in/out, mutual, beide, les deux"),
    },
    "direction",
)

SIGNAL: Choices = {
    "budget concern": names(
        "budget concerns, budget worry, budget worries, price concern, cost concern, budget cut, budget cuts, too "
        "expensive"
    ),
    "contact leaving": names(
        "contact left, key contact leaving, key contact left, champion left, champion leaving, contact change"
    ),
    "direction change": names(
        "change of direction, change in direction, new direction, strategy change, change in business direction, "
        "reorganisation, reorganization"
    ),
    "frustration": names("frustrated, annoyed, unhappy, angry, dissatisfied"),
    "friction": names("hard to work with, process friction"),
    "potential issue": names("possible issue, issue spotted, potential problem"),
    "client win": names("win, client success, good news, award, funding, pr"),
    "growth": names("growing, expansion, hiring"),
    "new challenge": names("challenge, new business challenge, new problem"),
    "asked what next": names("asked next, what next, asked for recommendation, asked what is next"),
    "budget talk": names("budget discussion, budget discussions, new budget, budget available"),
    "industry change": names("industry news, market change, regulation change"),
}

SURVEY_KIND: Choices = {
    "completion": names("project completion, project end, end of project, final, post project"),
    "quarterly": names("quarter, nps, csat, pulse, satisfaction"),
    "annual": names("yearly, year"),
    "milestone": names("mid project, checkpoint"),
}

AGAIN: Choices = {
    "yes": names("y, ja, oui, si, sim, definitely, of course, true, 1"),
    "no": names("n, nein, non, nee, nao, never, false, 0"),
    "maybe": names(
        "perhaps, not sure, unsure, possibly, vielleicht, peut etre, quizas, tal vez, forse, misschien, talvez"
    ),
}

REVENUE_KIND: Choices = {
    "base": names("recurring, retainer, mrr, renewal, existing"),
    "new": names("new business, new client, new customer, new logo"),
    "expansion": names("upsell, cross sell, upgrade, add on"),
    "one-off": names("one time, project, setup fee, single"),
    "contraction": names("downgrade, downsell, discount, credit, credit note, refund"),
}

RENEWAL_STAGE: Choices = {
    "not begun": names("not started, none, open"),
    "begun": names("started, in talks, talking, in discussion, in progress, negotiation, negotiating"),
    "proposal out": names("proposal, proposed, proposal sent, quote sent, terms sent, sent"),
    "renewed": names("signed, won, closed won, agreed, extended, verlangert, renouvele, renovado"),
    "not renewing": names("declined, lost, closed lost, cancelled, canceled, will not renew, notice given"),
}

OPINION: Choices = {
    "healthy": names("green, good, happy, ok, grun, vert, verde"),
    "watch": names("amber, yellow, orange, neutral, medium, gelb, jaune, amarillo"),
    "at risk": names("red, risk, bad, unhappy, critical, rot, rouge, rojo"),
}

YES = frozenset(
    names(
        "yes, y, true, t, 1, x, ✓, ✔, ☑, ✅, ja, j, wahr, oui, vrai, si, sí, s, verdadero, vero, sim, verdadeiro, tak, "
        "da, да, done, checked, on, ano, igen, ναι, jo, kyllä, jes, evet, sant, prawda, sann, waar, correct"
    )
)
NO = frozenset(
    names(
        "no, n, false, f, 0, ✗, ✘, ✕, ☐, ❌, nein, falsch, non, faux, falso, nee, nao, não, nie, nei, net, нет, "
        "unchecked, off, none, nej, ei, hayır, falskt, fałsz, onwaar, nem"
    )
)

# Month names by their first letters, without accents; only spellings that mean one month in every language here.
_MONTH_WORDS = (
    "jan january januar janvier janv enero ene gennaio gen januari janeiro",
    "feb february februar fevrier fevr febrero febbraio februari fevereiro fev",
    "mar march marz mars marzo maart mrt marco mrz maerz",
    "apr april avril avr abril abr aprile",
    "may mai mayo maggio mag mei maio",
    "jun june juni juin junio giugno giu junho",
    "jul july juli juillet juil julio luglio lug julho",
    "aug august aout agosto ago augustus",
    "sep sept september septembre septiembre settembre setembro",
    "oct october oktober okt octobre octubre ottobre ott outubro",
    "nov november novembre noviembre novembro",
    "dec december dezember dez decembre diciembre dic dicembre dezembro",
)
MONTHS = {word: number for number, names in enumerate(_MONTH_WORDS, start=1) for word in names.split()}
WEEKDAYS = frozenset(
    names(
        "mon, monday, tue, tues, tuesday, wed, wednesday, thu, thur, thurs, thursday, fri, friday, sat, saturday, "
        "sun, sunday, mo, montag, di, dienstag, mi, mittwoch, do, donnerstag, fr, freitag, sa, samstag, so, sonntag"
    )
)
