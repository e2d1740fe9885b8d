"""Columns of the Clients tab that a team adds when it wants what they bring (`init --add`)."""

from __future__ import annotations

from sheets_sync.tracker import care_words
from sheets_sync.tracker.fields import Field
from sheets_sync.tracker.words import names

_HANDED = "The handover from sales to delivery, and its first contact in time."
_EXPECTED = "What was promised, beside what is delivered."
_LOYAL = "Who takes part in the loyalty programme."
_FLOOR = "What a client is worth, and how far a price can go down."

# A moment may hold a day alone; the day or two of a handover are counted by the hour where the hour is known.
HANDOVER = (
    Field(
        "sold_on", "Sold on", "moment", aliases=names("Sold, Date Sold, Sale Date, Closed Won Date"), unlocks=_HANDED
    ),
    Field("sold_by", "Sold by", unlocks=_HANDED),
    Field(
        "handover_on",
        "Handover on",
        "moment",
        aliases=names("Handover, Handover Date, Handover Done, Handed Over, Handed Over On, Übergabe, Übergabe am"),
        unlocks=_HANDED,
    ),
    Field("handover_notes", "Handover notes", aliases=names("Handover Note, Notes from Sales"), unlocks=_HANDED),
    Field(
        "first_contact_by_delivery_at",
        "First contact by delivery at",
        "moment",
        aliases=names(
            "First Contact by Delivery, Delivery First Contact, First Delivery Contact, First Contact by Ops, Ops "
            "First Contact, First Contact by Operations"
        ),
        unlocks=_HANDED,
    ),
    Field(
        "team_briefed_on",
        "Team briefed on",
        "date",
        aliases=names("Team Briefed, Delivery Briefed On, Briefing Date"),
        unlocks="Those who do the work know what was promised.",
    ),
    Field("expectations", "Expectations", aliases=names("Client Expectations, Expectations Set"), unlocks=_EXPECTED),
    Field("deliverables", "Deliverables", aliases=names("Agreed Deliverables, Scope of Work"), unlocks=_EXPECTED),
    Field(
        "agreed_on",
        "Agreed on",
        "date",
        aliases=names("Expectations Agreed On, Deliverables Agreed On, Scope Agreed On"),
        unlocks=_EXPECTED,
    ),
)

LOYALTY = (
    Field(
        "loyalty_member",
        "Loyalty member",
        "yes_no",
        aliases=names("Loyalty Programme, Loyalty Program, In Loyalty Programme, In Loyalty Program, Rewards Member"),
        unlocks=_LOYAL,
    ),
    Field("loyalty_tier", "Loyalty tier", aliases=names("Loyalty Level, Rewards Tier, Rewards Level"), unlocks=_LOYAL),
    Field(
        "loyalty_points",
        "Loyalty points",
        "number",
        aliases=names("Reward Points, Rewards Points, Treuepunkte"),
        unlocks="Points that wait to be used.",
        low=0,
    ),
)

KNOWING = (
    Field("team", "Team", aliases=names("Client Team, Account Team"), unlocks="Who has to be in the room."),
    Field("business_notes", "Business notes", unlocks="What we know of their business."),
    Field(
        "notes_checked_on",
        "Notes checked on",
        "date",
        aliases=names("Notes Checked, Business Notes Checked On, Notes Reviewed On"),
        unlocks="Notes that have grown old.",
    ),
    Field(
        "next_goals",
        "Next goals",
        aliases=names("Goals Next Period, Goals for Next Period, Next Period Goals, Goals for Next Year"),
        unlocks="The agenda of a renewal.",
    ),
    Field(
        "margin",
        "Margin %",
        "percent",
        aliases=names("Margin, Gross Margin, Profit Margin, Gross Margin %, Marge, Margen, Margine"),
        unlocks=_FLOOR,
    ),
)

CARED_FOR = (
    Field(
        "gift_policy",
        "Gift policy",
        "choice",
        aliases=names("Gifts, Gifts Allowed, Gift Policy of Client"),
        choices=care_words.GIFT_POLICY,
        unlocks="Nobody gets a gift that they may not accept.",
        otherwise=" Anything else counts as refused.",
    ),
    Field(
        "consumer",
        "Consumer",
        "yes_no",
        aliases=names(
            "Is Consumer, Consumer Client, Private Client, Private Individual, Privatkunde, Verbraucher, Particulier"
        ),
        unlocks="Where consumer law applies.",
    ),
)
