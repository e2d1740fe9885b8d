"""What teams head their columns in German, French, Spanish, Italian, Dutch, Portuguese, Polish and Swedish.

They count after the English spellings, so that a word that is English too keeps its English meaning. By table, then by
our name of the column; accents and case do not matter.
"""

from __future__ import annotations

from collections.abc import Mapping

from sheets_sync.tracker.words_abroad import names

_CLIENT = names(
    "Kunde, Mandant, Auftraggeber, Client, Compte, Cliente, Cuenta, Conto, Klant, Opdrachtgever, Relatie, Conta, "
    "Empresa, Klient, Nazwa klienta, Firma, Kontrahent, Kund, Kundnamn, Företag, Bolag, Nome do cliente, Nome del "
    "cliente, Nom de la société, Naam klant, Nome da empresa, Nome azienda"
)
_CLIENT_ID = names(
    "Kundennummer, Kunden-ID, Mandantennummer, Numéro de client, Code client, Référence client, Número de cliente, "
    "Código de cliente, ID cliente, ID de cliente, Numero cliente, Klantnummer, Klant-ID, Número do cliente, Código "
    "do cliente, ID do cliente, Numer klienta, ID klienta, Nr klienta, Kundnummer, Kund-ID, Kundnr"
)
_OWNER = names(
    "Betreuer, Kundenbetreuung, Zuständig, Zuständiger, Ansprechpartner intern, Bearbeiter, Sachbearbeiter, "
    "Responsable du compte, Gestionnaire, Conseiller, Chargé de clientèle, Propriétaire, Responsable de cuenta, "
    "Gestor de cuentas, Asesor, Gestore, Referente interno, Consulente, Verantwoordelijke, Relatiebeheerder, "
    "Accountbeheerder, Eigenaar, Responsável, Gestor de conta, Gerente de conta, Proprietário, Consultor, Opiekun, "
    "Opiekun klienta, Właściciel, Odpowiedzialny, Ansvarig, Kundansvarig, Säljare, Handläggare"
)
_NOTES = names(
    "Bemerkung, Bemerkungen, Kommentar, Notiz, Inhalt, Betreff, Commentaire, Commentaires, Remarques, Objet, Compte "
    "rendu, Comentario, Comentarios, Notas, Asunto, Note, Commento, Oggetto, Riassunto, Opmerking, Opmerkingen, "
    "Samenvatting, Onderwerp, Observações, Comentários, Resumo, Assunto, Notatka, Notatki, Uwagi, Komentarz, Temat, "
    "Opis, Anteckning, Anteckningar, Sammanfattning, Ämne"
)
_PROJECT = names(
    "Projekt, Projektname, Auftrag, Projet, Nom du projet, Mission, Proyecto, Nombre del proyecto, Progetto, Nome "
    "progetto, Commessa, Project, Projectnaam, Opdracht, Projeto, Nome do projeto, Nazwa projektu, Projektnamn, "
    "Uppdrag"
)
_SERVICE = names(
    "Leistung, Dienstleistung, Produkt, Prestation, Service, Produit, Servicio, Producto, Servizio, Prodotto, Dienst, "
    "Serviço, Produto, Usługa, Tjänst"
)
_DATE = names("Datum, Date, Fecha, Data, Dzień, Tag, Jour, Día, Giorno, Dag")
_KIND = names(
    "Art, Typ, Type, Tipo, Soort, Rodzaj, Kategorie, Catégorie, Categoría, Categoria, Categorie, Kategoria, Kategori"
)

HEADERS: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "clients": {
        "client": _CLIENT,
        "client_id": _CLIENT_ID,
        "owner": _OWNER,
        "status": names(
            "Kundenstatus, Statut client, Statut, État, Estado del cliente, Estado, Situación, Stato cliente, Stato, "
            "Klantstatus, Status do cliente, Situação, Status klienta, Kundstatus"
        ),
        "engagement": names(
            "Vertragsart, Vertragstyp, Zusammenarbeit, Type de contrat, Tipo de contrato, Tipo di contratto, "
            "Contracttype, Soort contract, Tipo contratto, Rodzaj umowy, Typ umowy, Avtalstyp"
        ),
        "tier": names(
            "Kundenklasse, Kategorie, Priorität, Stufe, Segment, Niveau, Priorité, Catégorie, Nivel, Prioridad, "
            "Categoría, Livello, Priorità, Categoria, Klasse, Prioriteit, Nível, Prioridade, Poziom, Priorytet, Nivå, "
            "Prioritet, Kundklass"
        ),
        "start_date": names(
            "Vertragsbeginn, Startdatum, Beginn, Kunde seit, Beginn der Zusammenarbeit, Date de début, Début du "
            "contrat, Date de signature, Client depuis, Fecha de inicio, Inicio del contrato, Cliente desde, Fecha de "
            "alta, Data inizio, Inizio contratto, Cliente dal, Data di inizio, Ingangsdatum, Begindatum, Klant sinds, "
            "Startdatum contract, Data de início, Início do contrato, Data rozpoczęcia, Klient od, Początek umowy, "
            "Avtalsstart, Kund sedan"
        ),
        "renewal_date": names(
            "Vertragsende, Verlängerung am, Vertragsverlängerung, Laufzeitende, Verlängerungsdatum, Date de fin de "
            "contrat, Fin du contrat, Renouvellement le, Fecha de vencimiento, Fin del contrato, Vencimiento del "
            "contrato, Fecha renovación, Data scadenza, Scadenza del contratto, Data rinnovo, Fine contratto, "
            "Einddatum, Verlenging, Verlengdatum, Contract einddatum, Data de renovação, Fim do contrato, Vencimento, "
            "Término do contrato, Data odnowienia, Odnowienie, Koniec umowy, Data zakończenia umowy, Förnyelse, "
            "Förnyelsedatum, Avtalsslut, Slutdatum avtal"
        ),
        "monthly_fee": names(
            "Monatliches Honorar, Monatlicher Betrag, Honorar pro Monat, Betrag pro Monat, Pauschale, Montant par "
            "mois, Honoraires, Abonnement mensuel, Revenu mensuel, Importe mensual, Honorarios mensuales, Cuota, "
            "Ingreso mensual, Compenso mensile, Tariffa mensile, Canone, Ricavo mensile, Maandelijks bedrag, "
            "Maandtarief, Bedrag per maand, Valor mensal, Mensalidade, Receita mensal, Honorários mensais, Opłata "
            "miesięczna, Kwota miesięczna, Abonament, Månadsavgift, Månadsbelopp, Arvode per månad"
        ),
        "last_contact": names(
            "Letzter Kontakt, Letzte Kontaktaufnahme, Zuletzt kontaktiert, Letztes Gespräch, Letzte Aktivität, "
            "Dernier contact, Date du dernier contact, Dernière activité, Dernier appel, Último contacto, Fecha "
            "último contacto, Última actividad, Última llamada, Ultimo contatto, Data ultimo contatto, Ultima "
            "attività, Laatste contact, Laatst gesproken, Laatste contactmoment, Laatste activiteit, Último contato, "
            "Data do último contato, Última atividade, Ostatni kontakt, Data ostatniego kontaktu, Ostatnia aktywność, "
            "Senaste kontakt, Senast kontaktad, Senaste aktivitet"
        ),
        "key_contact": names(
            "Ansprechpartner, Ansprechpartnerin, Kontaktperson, Hauptkontakt, Interlocuteur, Contact principal, "
            "Personne de contact, Persona de contacto, Contacto principal, Referente, Contatto, Contatto principale, "
            "Contactpersoon, Contato, Pessoa de contato, Contato principal, Osoba kontaktowa, Kontakt"
        ),
        "service": _SERVICE,
        "industry": names("Branche, Secteur, Secteur d'activité, Sector, Industria, Settore, Setor, Branża, Bransch"),
        "end_date": names(
            "Gekündigt am, Kündigung am, Date de résiliation, Résilié le, Fecha de baja, Data disdetta, Opgezegd op, "
            "Opzegdatum, Data de cancelamento, Data wypowiedzenia, Uppsagd"
        ),
        "term_months": names(
            "Laufzeit, Vertragslaufzeit, Durée, Durée du contrat, Duración, Durata, Looptijd, Duração, Okres umowy, "
            "Avtalstid"
        ),
        "second_contact": names(
            "Zweiter Kontakt, Deuxième contact, Segundo contacto, Secondo contatto, Tweede contactpersoon, Segundo "
            "contato, Drugi kontakt, Andra kontakt"
        ),
        "email": names(
            "E-Mail-Adresse, Adresse e-mail, Correo electrónico, Indirizzo email, E-mailadres, Endereço de e-mail, "
            "Adres e-mail, E-postadress, E-post"
        ),
    },
    "interactions": {
        "date": (*_DATE, *names("Kontaktdatum, Date du contact, Fecha de contacto, Data contatto, Contactdatum, Wann")),
        "client": _CLIENT,
        "client_id": _CLIENT_ID,
        "type": (
            *_KIND,
            *names(
                "Kontaktart, Aktivität, Kanal, Type de contact, Activité, Tipo de contacto, Actividad, Tipo di "
                "contatto, Attività, Contactvorm, Soort contact, Activiteit, Tipo de contato, Atividade, Rodzaj "
                "kontaktu, Aktywność, Kontakttyp, Aktivitet"
            ),
        ),
        "direction": names("Richtung, Sens, Direction, Dirección, Direzione, Richting, Direção, Kierunek, Riktning"),
        "channel": names("Kanal, Canal, Canale, Kanaal, Kanał"),
        "by": (
            *names(
                "Von, Wer, Mitarbeiter, Par, Auteur, Qui, Collaborateur, Por, Quién, Autor, Da, Chi, Autore, Door, "
                "Medewerker, Quem, Kto, Przez, Pracownik, Av, Vem, Medarbetare"
            ),
            *_OWNER,
        ),
        "summary": _NOTES,
        "attended": names("Teilgenommen, Présent, Asistió, Presente, Aanwezig, Compareceu, Obecny, Deltog"),
    },
    "projects": {
        "project": _PROJECT,
        "client": _CLIENT,
        "client_id": _CLIENT_ID,
        "service": _SERVICE,
        "start": names(
            "Projektstart, Projektbeginn, Beginn, Début, Début du projet, Inicio, Inicio del proyecto, Inizio, Data "
            "inizio, Startdatum, Aanvang, Início, Data de início, Data rozpoczęcia, Początek, Startdag"
        ),
        "planned_end": names(
            "Geplantes Ende, Enddatum, Fällig am, Frist, Abgabe, Fin prévue, Date de fin, Échéance, Fin prevista, "
            "Fecha de fin, Fecha límite, Plazo, Fine prevista, Scadenza, Data fine, Geplande einddatum, Einddatum, "
            "Oplevering, Fim previsto, Prazo, Data de término, Planowany koniec, Termin, Data zakończenia, Planerat "
            "slut, Slutdatum"
        ),
        "completed_on": names(
            "Abgeschlossen am, Fertig am, Abgeschlossen, Terminé le, Achevé le, Terminado el, Completado el, "
            "Finalizado, Completato il, Concluso il, Afgerond op, Afgerond, Concluído em, Concluído, Zakończono, "
            "Ukończono, Avslutat"
        ),
        "kickoff_on": names("Auftakt, Kick-off am, Réunion de lancement, Lancement, Avvio, Aftrap, Arranque, Uppstart"),
        "success_metric": names("Kennzahl, Erfolgskriterium, Indicateur, Indicador, Indicatore, Meetwaarde, Wskaźnik"),
        "baseline": names(
            "Ausgangswert, Valeur de départ, Valor inicial, Valore iniziale, Beginwaarde, Wartość początkowa"
        ),
        "target": names("Ziel, Zielwert, Objectif, Objetivo, Obiettivo, Doel, Meta, Cel, Mål"),
        "current": names(
            "Ist, Istwert, Aktuell, Actuel, Valeur actuelle, Actual, Attuale, Huidig, Atual, Obecny, Nuvarande"
        ),
    },
    "surveys": {
        "client": _CLIENT,
        "client_id": _CLIENT_ID,
        "contact": names("Kontakt, Befragter, Répondant, Encuestado, Intervistato, Respondent, Contato, Respondente"),
        "kind": (*_KIND, *names("Umfrage, Enquête, Encuesta, Sondaggio, Pesquisa, Ankieta, Undersökning")),
        "project": _PROJECT,
        "sent_on": names(
            "Gesendet am, Verschickt am, Versendet, Envoyé le, Date d'envoi, Enviado el, Fecha de envío, Inviato il, "
            "Data invio, Verzonden op, Verstuurd op, Enviado em, Data de envio, Wysłano, Data wysłania, Skickad, "
            "Skickat den"
        ),
        "answered_on": names(
            "Beantwortet am, Antwort am, Répondu le, Date de réponse, Respondido el, Fecha de respuesta, Risposto il, "
            "Data risposta, Beantwoord op, Respondido em, Data da resposta, Odpowiedź z dnia, Data odpowiedzi, "
            "Besvarad, Svarsdatum"
        ),
        "score": names(
            "Punkte, Bewertung, Note, Puntuación, Calificación, Punteggio, Voto, Cijfer, Nota, Pontuação, Ocena, "
            "Wynik, Betyg, Poäng"
        ),
        "did_well": names(
            "Was lief gut, Points forts, Qué hicimos bien, Cosa è andato bene, Wat ging goed, Vad gick bra"
        ),
        "improve": names(
            "Was können wir verbessern, Axes d'amélioration, Qué mejorar, Cosa migliorare, Wat kan beter, O que "
            "melhorar, Co poprawić, Vad kan bli bättre, Verbesserung"
        ),
        "again": names("Wieder beauftragen, Recommanderiez-vous, Volvería a trabajar, Opnieuw samenwerken"),
        "other": names(
            "Sonstiges, Autres remarques, Otros comentarios, Altro, Overige opmerkingen, Outros, Inne, Övrigt"
        ),
        "action": names("Maßnahme, Mesure, Acción, Azione, Actie, Ação, Działanie, Åtgärd"),
        "action_owner": names("Maßnahme durch, Action par, Acción por, Actie door, Ação por, Åtgärdas av"),
        "action_done_on": names("Maßnahme erledigt am, Action faite le, Acción hecha el, Actie klaar op, Åtgärdat den"),
    },
    "issues": {
        "issue": names(
            "Beschwerde, Problem, Vorgang, Réclamation, Problème, Incident, Reclamación, Queja, Incidencia, Reclamo, "
            "Problema, Klacht, Probleem, Melding, Reclamação, Zgłoszenie, Reklamacja, Ärende, Klagomål, Titel, Titre, "
            "Título, Titolo, Tytuł"
        ),
        "client": _CLIENT,
        "client_id": _CLIENT_ID,
        "kind": _KIND,
        "theme": names("Thema, Thème, Tema, Onderwerp, Temat, Ämne"),
        "raised_at": names(
            "Gemeldet am, Eingegangen am, Erstellt am, Eröffnet am, Signalé le, Ouvert le, Créé le, Reçu le, Abierto "
            "el, Creado el, Recibido el, Fecha de apertura, Aperto il, Ricevuto il, Segnalato il, Gemeld op, "
            "Ontvangen op, Geopend op, Aberto em, Recebido em, Data de abertura, Zgłoszono, Data zgłoszenia, Otwarto, "
            "Anmäld, Inkommet, Skapat"
        ),
        "acknowledged_at": names(
            "Bestätigt am, Erste Antwort, Première réponse, Pris en charge le, Primera respuesta, Prima risposta, "
            "Eerste reactie, Primeira resposta, Pierwsza odpowiedź, Första svar"
        ),
        "root_cause": names("Ursache, Cause, Causa, Oorzaak, Przyczyna, Orsak"),
        "proposed_at": names(
            "Vorgeschlagen am, Proposé le, Propuesto el, Proposto il, Voorgesteld op, Proposto em, Föreslaget"
        ),
        "fixed_at": names(
            "Behoben am, Gelöst am, Erledigt am, Résolu le, Corrigé le, Resuelto el, Solucionado el, Risolto il, "
            "Opgelost op, Resolvido em, Rozwiązano, Data rozwiązania, Löst, Åtgärdat"
        ),
        "confirmed_at": names(
            "Bestätigt vom Kunden am, Confirmé le, Confirmado el, Confermato il, Bevestigd op, Bekräftat"
        ),
        "owner": _OWNER,
    },
    "revenue": {
        "month": names("Monat, Mois, Mes, Mese, Maand, Mês, Miesiąc, Månad, Periode, Période, Periodo, Período, Okres"),
        "client": _CLIENT,
        "client_id": _CLIENT_ID,
        "amount": names(
            "Betrag, Umsatz, Nettobetrag, Montant, Montant HT, Chiffre d'affaires, Importe, Ingresos, Importo, "
            "Ricavo, Fatturato, Bedrag, Omzet, Valor, Montante, Receita, Kwota, Przychód, Belopp, Intäkt"
        ),
        "kind": _KIND,
        "service": _SERVICE,
        "invoice_due": names(
            "Fällig am, Zahlbar bis, Échéance, Date d'échéance, Vencimiento, Scadenza, Vervaldatum, Vencimento, "
            "Termin płatności, Förfallodatum"
        ),
        "paid_on": names("Bezahlt am, Payé le, Pagado el, Pagato il, Betaald op, Pago em, Zapłacono, Betald"),
    },
}
TITLES: Mapping[str, tuple[str, ...]] = {
    "clients": names(
        "Kunden, Kundenliste, Mandanten, Clients, Liste clients, Suivi clients, Comptes, Clientes, Cuentas, Clienti, "
        "Elenco clienti, Klanten, Klantenlijst, Relaties, Contas, Klienci, Lista klientów, Kunder, Kundlista, "
        "Kundregister"
    ),
    "interactions": names(
        "Kontakte, Kontaktprotokoll, Aktivitäten, Gespräche, Historique, Échanges, Suivi des contacts, Interacciones, "
        "Contactos, Actividades, Contatti, Interazioni, Attività, Contactmomenten, Contacten, Activiteiten, "
        "Interações, Contatos, Atividades, Kontakty, Aktywności, Kontakter, Aktiviteter, Kontaktlogg"
    ),
    "projects": names(
        "Projekte, Aufträge, Projets, Missions, Proyectos, Progetti, Commesse, Projecten, Opdrachten, Projetos, "
        "Projekty, Projekt, Uppdrag"
    ),
    "surveys": names(
        "Umfragen, Befragungen, Enquêtes, Encuestas, Sondaggi, Enquête, Pesquisas, Ankiety, Undersökningar"
    ),
    "issues": names(
        "Beschwerden, Probleme, Réclamations, Incidents, Reclamaciones, Incidencias, Quejas, Reclami, Problemi, "
        "Klachten, Meldingen, Reclamações, Reklamacje, Zgłoszenia, Ärenden, Klagomål"
    ),
    "revenue": names(
        "Umsatz, Umsätze, Rechnungen, Chiffre d'affaires, Facturation, Factures, Ingresos, Facturación, Facturas, "
        "Fatturato, Fatture, Omzet, Facturen, Receitas, Faturamento, Faturas, Przychody, Faktury, Intäkter, Fakturor"
    ),
}
