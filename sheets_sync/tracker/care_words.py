"""The words of the choice columns that have to do with care, consent, growth and leaving: see words.py."""

from __future__ import annotations

from sheets_sync.tracker.words import Choices, names

CARE_KIND: Choices = {
    "thank-you": names(
        "thanks, thank you note, thank you card, thank you letter, thank you mail, note, handwritten note, card, "
        "danke, dankeschon, dankeskarte, merci, carte de remerciement, gracias, grazie, bedankje"
    ),
    "gift": names(
        "gifts, present, holiday gift, christmas gift, birthday gift, gift card, gift voucher, hamper, flowers, "
        "geschenk, cadeau, regalo, presente"
    ),
    "shout-out": names(
        "shoutout, social post, social media post, social media mention, linkedin post, public mention, public thanks"
    ),
    "case study": names("case studies, success story, fallstudie, erfolgsgeschichte, etude de cas, caso de exito"),
    "testimonial": names("testimonials, testimonial request, testimonial received, client quote, customer quote"),
    "referral": names("referrals, referral reward, referred, empfehlung, parrainage, referido, segnalazione"),
    "goodwill": names(
        "goodwill gesture, gesture, discount, free service, free training, extra deliverable, credit, compensation, "
        "kulanz, geste commercial"
    ),
    "event": names(
        "events, event invitation, invitation, lunch, dinner, coffee, webinar, training invitation, veranstaltung, "
        "evenement, evento"
    ),
    "loyalty activity": names(
        "loyalty, loyalty programme, loyalty program, loyalty points, points earned, points redeemed, redemption, "
        "reward redeemed, member event"
    ),
}

CONSENT_PURPOSE: Choices = {
    "data": names(
        "data collection, data processing, data storage, personal data, processing, privacy, gdpr, datenverarbeitung, "
        "datenschutz, donnees, datos, dati"
    ),
    "feedback": names("survey, surveys, feedback request, feedback requests, research, umfrage, umfragen, enquete"),
    "marketing": names(
        "newsletter, newsletters, promotion, promotions, promotional, email marketing, e mail marketing, marketing "
        "emails, direct marketing, offers, advertising, werbung, mailing"
    ),
    "publicity": names(
        "testimonial, testimonials, case study, case studies, shout out, shout outs, social media, reference, "
        "references, logo, logo use, name and logo, referenz, referenzen"
    ),
}

GIFT_POLICY: Choices = {
    "welcome": names("allowed, yes, ok, accepted, fine, gifts ok, gifts welcome, gifts allowed, erlaubt, ja, oui, si"),
    "small only": names("small, limited, small gifts, small gifts only, token gifts, low value, low value only"),
    "refused": names(
        "no, none, never, no gifts, not allowed, not accepted, forbidden, declined, prohibited, nein, keine, non, "
        "aucun, no acepta"
    ),
}

OPPORTUNITY_STAGE: Choices = {
    "review results": names("results, results review, results reviewed, review, reviewed"),
    "goals": names("goal, goals discussed, goals and challenges, needs, needs analysis, discovery, ziele, objectifs"),
    "next steps": names("next step, next steps presented, recommendation, recommended, presented, presentation"),
    "proposal": names(
        "proposed, proposal sent, proposal out, quote, quoted, quote sent, offer, offered, offer sent, proposal/price "
        "quote, angebot, offre, propuesta, proposta"
    ),
    "questions": names("question, objections, handling questions, negotiation, negotiating, negotiation/review"),
    "closed": names("close, done, decided, closed won, closed lost, won, lost, abgeschlossen"),
}

OPPORTUNITY_OUTCOME: Choices = {
    "won": names("win, closed won, yes, accepted, agreed, signed, sold, gewonnen, gagne, ganado, vinto"),
    "lost": names("loss, closed lost, no, declined, rejected, not now, verloren, perdu, perdido, perso"),
}

PREVENTABLE: Choices = {
    "yes": names("y, ja, oui, si, sim, true, avoidable, preventable, 1"),
    "no": names("n, nein, non, nee, nao, false, unavoidable, not preventable, 0"),
    "unknown": names("unclear, unsure, not sure, not known, don't know, maybe, perhaps, unbekannt, inconnu"),
}
