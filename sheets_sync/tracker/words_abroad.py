"""The words of choice columns in German, French, Spanish, Italian, Dutch, Portuguese, Polish and Swedish.

Beside those of words.py; a word that two choices could claim stands in neither.
"""

from __future__ import annotations

from collections.abc import Mapping


def names(text: str) -> tuple[str, ...]:
    """Spellings written as one text with commas between them, in their order."""
    return tuple(text.split(", "))


ABROAD: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "status": {
        "prospect": names(
            "kontakt, interessiert, piste, candidat, posible cliente, contatto, kans, potencjalny, szansa"
        ),
        "onboarding": names(
            "neukunde, einarbeitung, integration, nouveau client, nuevo cliente, nuovo, nuovo cliente, nieuw, nieuwe "
            "klant, novo, novo cliente, nowy, nowy klient, wdrozenie, ny, ny kund"
        ),
        "active": names(
            "aktive, aktiver kunde, bestandskunde, kunde, client actif, vigente, cliente, cliente activo, in corso, "
            "cliente attivo, lopend, klant, actieve klant, em andamento, cliente ativo, aktywny, aktywna, klient, w "
            "toku, pagaende, aktiv kund, kund"
        ),
        "paused": names(
            "angehalten, unterbrochen, suspendu, suspendido, detenido, in sospeso, op pauze, pauze, em pausa, "
            "suspenso, wstrzymany, zawieszony, pauzad, pausad, vilande"
        ),
        "completed": names(
            "erledigt, projekt abgeschlossen, achevee, terminee, cloture, concluido, completo, concluso, terminato, "
            "klaar, voltooid, finalizado, zakonczony, ukonczony, avslutad, klar, slutford"
        ),
        "churned": names(
            "abgewandert, gekundigter kunde, ehemaliger kunde, perdu, ancien client, resiliee, perdido, ex cliente, "
            "perduto, verloren klant, vertrokken, utracony, stracony, byly klient, forlorad, uppsagd, tidigare kund"
        ),
        "won back": names("wiedergewonnen, reconquis, recuperado, recuperato, teruggewonnen, odzyskany, atervunnen"),
    },
    "engagement": {
        "retainer": names(
            "dauerauftrag, fortlaufend, contrat recurrent, mensuel, mensual, recurrente, mensile, ricorrente, "
            "doorlopend, maandelijks, mensal, recorrente, staly, abonament, miesieczny, lopande, manadsvis"
        ),
        "project": names(
            "einzelprojekt, mission, proyecto puntual, puntuale, una tantum, eenmalig, projeto pontual, pontual, "
            "jednorazowy, engangs, engangsprojekt"
        ),
        "both": names("gemischt, beide, mixte, mixto, misto, entrambi, oba, bada"),
    },
    "type": {
        "kickoff": names(
            "auftakt, auftaktgesprach, reunion de lancement, reunion de inicio, avvio, aftrap, reuniao inicial, "
            "spotkanie startowe, uppstartsmote"
        ),
        "status update": names(
            "statusbericht, statusupdate, point hebdomadaire, actualizacion, aggiornamento, voortgang, atualizacao, "
            "aktualizacja, statusuppdatering"
        ),
        "call": names(
            "telefongesprach, telefonanruf, telephone, coup de fil, telefono, llamada telefonica, chiamata "
            "telefonica, gebeld, telefoongesprek, telefoon, telefonema, ligacao telefonica, rozmowa, rozmowa "
            "telefoniczna, samtal, telefonsamtal, ringt"
        ),
        "meeting": names(
            "gesprach, videokonferenz, videoanruf, visio, visioconference, entretien, videollamada, videoconferencia, "
            "reunion presencial, videochiamata, videoconferenza, appuntamento, afspraak, overleg, videogesprek, "
            "reuniao, spotkanie, wideokonferencja, mote, videomote"
        ),
        "visit": names("kundenbesuch, visita al cliente, visita cliente, klantbezoek, wizyta, besok, kundbesok"),
        "e-mail": names(
            "mailverkehr, e mail recu, correo enviado, posta elettronica, mailtje, poczta, wiadomosc email, mejl, e "
            "post, epost"
        ),
        "message": names("messages, texto, mensagem, wiadomosc, meddelande, berichtje"),
        "report": names("rapport mensuel, informe mensual, relazione, relatorio, raport, manadsrapport, maandrapport"),
        "business review": names(
            "quartalsgesprach, revue trimestrielle, revision trimestral, revisione trimestrale, kwartaalgesprek, "
            "przeglad kwartalny, kvartalsmote"
        ),
        "annual review": names(
            "jahresgesprach, bilan annuel, revision anual, revisione annuale, jaargesprek, revisao anual, przeglad "
            "roczny, arsmote"
        ),
        "feedback": names("avis, opinion, riscontro, terugkoppeling, opinia, aterkoppling"),
        "renewal talk": names(
            "verlangerungsgesprach, renouvellement, renovacion, rinnovo, verlenging, renovacao, odnowienie, fornyelse"
        ),
        "other": names("andere, divers, varios, varie, overig, outro, inne, ovrigt"),
    },
    "direction": {
        "in": names(
            "vom kunden, recu, del cliente, entrata, inkomend, van klant, entrada, recebido, przychodzace, inkommande"
        ),
        "out": names("an kunden, envoye, enviado, uscita, uitgaand, naar klant, saida, wychodzace, utgaende"),
        "both": names("beidseitig, ambas, entrambe, beide kanten, ambos, obie, bada"),
    },
}
