"""What a declared column and a declared table are. The declarations themselves: schema.py."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from sheets_sync.tracker.words import Choices, names

Type = Literal["text", "choice", "date", "moment", "money", "number", "percent", "yes_no", "month", "raw"]


@dataclass(frozen=True, slots=True)
class Field:
    """One column of ours. `aliases` are in order: an earlier one beats a later one, and they those in other languages
    (`abroad`). `weak` ones count only where the
    tab's title names the table, or where most values are words of the column. `unlocks` is a short sentence for people;
    `starter` columns stand in a new tracker; `low`, `high` and `whole` bound a number; `otherwise` says what an
    unreadable word counts as; `divisors` maps an alias to what its value is divided by for this column (12, or the name
    of a column of the same row). `asks` are the questions of a form that ask for it, as questions.py reads them; the
    first of its groups beats a later one."""

    name: str
    header: str
    type: Type = "text"
    aliases: tuple[str, ...] = ()
    abroad: tuple[str, ...] = ()
    weak: tuple[str, ...] = ()
    choices: Choices | None = None
    unlocks: str = ""
    starter: bool = True
    low: float | None = None
    high: float | None = None
    whole: bool = False
    otherwise: str = ""
    divisors: Mapping[str, float | str] | None = None
    asks: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True, slots=True)
class TableSpec:
    """One table. `needs`: of each group at least one column; `titled_needs`: what is enough where the tab is
    called like the table; `evidence`: where it is not, one of these too. The title and headers of a `shy` table are
    common words: only a tab that is called so and has what it `needs` is it, or one that has all of `telling`.
    `starter` tables stand in a new tracker; a table not `by_client` is about ourselves. `any_header`: any number of
    further columns belong to it whose header begins so (None: no others do). `form`: a form may collect its rows, and
    the tabs of its answers count together with the team's own."""

    name: str
    title: str
    row: str
    fields: tuple[Field, ...]
    needs: tuple[tuple[str, ...], ...]
    evidence: tuple[str, ...] = ()
    titles: tuple[str, ...] = ()
    titled_needs: tuple[tuple[str, ...], ...] = ()
    starter: bool = True
    shy: bool = False
    telling: tuple[tuple[str, ...], ...] = ()
    by_client: bool = True
    any_header: str | None = None
    form: bool = False

    def __getitem__(self, name: str) -> Field:
        return next(field for field in self.fields if field.name == name)

    def __contains__(self, name: str) -> bool:
        return any(field.name == name for field in self.fields)


CLIENT_NAMES = names(
    "Client Name, Customer, Customer Name, Account, Account Name, Company, Company Name, Organisation, Organization, "
    "Organisation Name, Organization Name, Business, Business Name, Client/Project, Potential Customer, Tenant Name, "
    "Clients, Customers, Kunde, Kundenname, Name des Kunden, Kunden, Firma, Firmenname, Unternehmen, Cliente, "
    "Clientes, Nombre del cliente, Nombre cliente, Empresa, Nome cliente, Nom du client, Nom client, Entreprise, "
    "Société, Klant, Klantnaam, Bedrijf, Bedrijfsnaam, Azienda, Ragione sociale, Raison sociale, Razón social, Nom de "
    "l'entreprise, Nombre de la empresa, Deal Organization, Associated Company, Associated Company Name, "
    "Company/Account, Primary Company, Brand, Member, Member Name, Full Name, Nom, Nombre, Nome, Name"
)
CLIENT_IDS = names(
    "Client Code, Client No, Client Number, Client Ref, Client Reference, Customer ID, Customer Code, Customer No, "
    "Customer Number, Account ID, Account Number, Account No, Company ID, Lead ID, Organization ID, Organisation ID, "
    "Kundennummer, Kunden Nr, Kundennr, Kunden ID, Numéro client, N° client, ID client, ID cliente, Código cliente, "
    "Codice cliente, Klantnummer, Klantnr, Klant nr, Klantcode, Tenant ID, Member ID, Member No, Membership No"
)
OWNERS = names(
    "Account Owner, Company Owner, Contact Owner, Account Manager, AM, CSM, CS Owner, Customer Success Manager, "
    "Relationship Manager, Client Owner, Client Manager, Client Lead, Account Lead, Account Executive, AE, Rep, Sales "
    "Rep, Sales Agent, Assigned To, Assignee, Salesperson, Responsible, Responsible Person, Owned By, Kundenbetreuer, "
    "Betreuer, Verantwortlich, Verantwortlicher, Zuständig, Responsable, Chargé de compte, Gestor, Gestor de cuenta, "
    "Encargado, Propietario, Responsabile, Verantwoordelijke, Accountmanager, Sales Owner, Sales Account Owner, "
    "Organization Owner, Deal Owner, Owner Name, Looked After By, Handled By, Key Worker, Case Manager, Fee Earner, "
    "Agent, Adviser, Advisor, Consultant, Kundenberater, Chargé d'affaires, Suivi par, Comercial, Ejecutivo de "
    "cuenta, Commerciale, Manager, Owner ID, Account Owner ID, Company Owner ID, Assigned To ID, CSM ID, HubSpot "
    "Owner ID, Record Owner, Assigned User, Person"
)
