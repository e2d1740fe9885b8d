"""Trackers in eight languages: every header and word of a small one is understood."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

import pytest

from sheets_sync.tracker.headers import normal_header
from sheets_sync.tracker.languages import HEADERS
from sheets_sync.tracker.schema import TABLES
from tests.catalogue import column, headers, read, said

DAY = date(2026, 11, 20)
CLIENTS = ("client", "client_id", "owner", "status", "start_date", "renewal_date", "monthly_fee", "last_contact")
LOG = ("date", "client", "type", "by", "summary")
# Title, headers of CLIENTS, two statuses (active, paused); title and headers of LOG, two types (call, meeting).
TRACKERS: Mapping[str, Sequence[str]] = {
    "German": (
        "Kunden",
        "Kunde, Kundennummer, Kundenbetreuer, Kundenstatus, Vertragsbeginn, Vertragsende, Monatshonorar, "
        "Letzter Kontakt",
        "Aktiv, Pausiert",
        "Kontakte",
        "Datum, Kunde, Kontaktart, Mitarbeiter, Notizen",
        "Telefonat, Besprechung",
    ),
    "French": (
        "Suivi clients",
        "Nom du client, Numéro client, Chargé de compte, Statut, Date de début, Date de renouvellement, "
        "Montant mensuel, Dernier contact",
        "Actif, En pause",
        "Historique",
        "Date, Client, Type de contact, Auteur, Commentaires",
        "Appel, Réunion",
    ),
    "Spanish": (
        "Clientes",
        "Cliente, Código de cliente, Responsable, Estado, Fecha de inicio, Fecha de renovación, Cuota "
        "mensual, Último contacto",
        "Activo, En pausa",
        "Interacciones",
        "Fecha, Cliente, Tipo de contacto, Responsable, Notas",
        "Llamada, Reunión",
    ),
    "Italian": (
        "Clienti",
        "Cliente, Codice cliente, Responsabile, Stato, Data inizio, Data scadenza, Canone mensile, Ultimo contatto",
        "Attivo, Sospeso",
        "Contatti",
        "Data, Cliente, Tipo di contatto, Autore, Note",
        "Chiamata, Riunione",
    ),
    "Dutch": (
        "Klanten",
        "Klant, Klantnummer, Accountmanager, Klantstatus, Startdatum, Verlengdatum, Maandbedrag, Laatste contact",
        "Actief, Op pauze",
        "Contactmomenten",
        "Datum, Klant, Soort contact, Medewerker, Opmerkingen",
        "Gebeld, Afspraak",
    ),
    "Portuguese": (
        "Clientes",
        "Nome do cliente, Código do cliente, Responsável, Situação, Data de início, Data de renovação, Valor "
        "mensal, Último contato",
        "Ativo, Pausado",
        "Contatos",
        "Data, Cliente, Tipo de contato, Autor, Observações",
        "Ligação, Reunião",
    ),
    "Polish": (
        "Klienci",
        "Nazwa klienta, Numer klienta, Opiekun, Status klienta, Data rozpoczęcia, Data odnowienia, Kwota "
        "miesięczna, Ostatni kontakt",
        "Aktywny, Wstrzymany",
        "Kontakty",
        "Data, Klient, Rodzaj kontaktu, Pracownik, Uwagi",
        "Rozmowa, Spotkanie",
    ),
    "Swedish": (
        "Kunder",
        "Kund, Kundnummer, Kundansvarig, Kundstatus, Avtalsstart, Förnyelsedatum, Månadsavgift, Senaste kontakt",
        "Aktiv, Pausad",
        "Kontakter",
        "Datum, Kund, Kontakttyp, Medarbetare, Anteckningar",
        "Samtal, Möte",
    ),
}


@pytest.mark.parametrize("language", TRACKERS)
def test_a_tracker_in_another_language_is_understood(language: str) -> None:
    title, clients, statuses, log, lines, types = (
        part if i in (0, 3) else part.split(", ") for i, part in enumerate(TRACKERS[language])
    )
    rows = [["A", "1", "Ann", statuses[0], DAY, DAY, "1.200,50 €", DAY], ["B", "2", "Ann", statuses[1]]]
    contacts = [[DAY, "A", types[0], "Ann", "x"], [DAY, "B", types[1], "Ann", "y"]]
    tables = read(**{title: [clients, *rows], log: [lines, *contacts]})
    assert headers(tables) == dict(zip(CLIENTS, clients, strict=True))
    assert column(tables, "status") == ["active", "paused"]
    assert headers(tables, "interactions") == dict(zip(LOG, lines, strict=True))
    assert column(tables, "type", "interactions") == ["call", "meeting"]
    assert said(tables) == []


def test_every_word_belongs_to_a_column_that_there_is_and_english_ones_win() -> None:
    for table, columns in HEADERS.items():
        english = {normal_header(word): f.name for f in TABLES[table].fields for word in (f.header, *f.aliases)}
        for name, words in columns.items():
            assert name in TABLES[table], (table, name)
            assert len(set(words)) == len(words), (table, name)
            assert english[normal_header(TABLES[table][name].header)] == name


def test_words_that_are_foreign_by_chance_change_nothing() -> None:
    tables = read(["Client", "Note", "Data", "Termin", "Via"], ["Aldgate", "x", "y", "z", "w"])
    assert headers(tables) == {"client": "Client"}
