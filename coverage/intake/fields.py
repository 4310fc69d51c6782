"""What a flat list of offers can hold: its fields, and the headings they go by.

A flat list has one row an offer, with the provider and the address in the same row. A field
is one thing that such a row can say; it goes to one column of the register.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import TYPE_CHECKING

from coverage.i18n import N_
from coverage.schema import REGISTER

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["FIELDS", "Field", "Group"]


class Group(StrEnum):
    """Fields that belong together, in the order in which a form shows them."""

    OFFER = "offer"
    PROVIDER = "provider"
    ADDRESS = "address"
    AREA = "area"
    SIZE = "size"
    FUNCTIONS = "functions"
    ORIGIN = "origin"


@dataclass(frozen=True)
class Field:
    """One thing that a row of a flat list can say.

    Parameters
    ----------
    name
        Name in code, and as a value of a matching.
    label
        Text to show (English, a key of the message catalogue).
    table, column
        Where it goes in the register. Empty column: it is worked out into others.
    group
        The form that it belongs to.
    synonyms
        Headings that people write for it, Dutch and English; case, accents, spaces and marks
        do not matter.
    help
        What to write (English, a key of the message catalogue); empty for a field that is a
        column of the register: then `meaning` gives the text of the schema.
    """

    name: str
    label: str
    table: str
    column: str
    group: Group
    synonyms: tuple[str, ...]
    help: str = ""

    @property
    def meaning(self) -> str:
        """What the field says, in English: a key of the message catalogue."""
        if self.help or not self.column:
            return self.help
        return str(REGISTER[self.table].columns[self.column].description)

    @property
    def words(self) -> tuple[str, ...]:
        """Words that its column of the register allows; empty when it is no column of words."""
        if not self.column:
            return ()
        allowed: tuple[str, ...] = REGISTER[self.table].columns[self.column].metadata["words"]
        return allowed


def _offer(
    name: str,
    label: str,
    group: Group,
    synonyms: str,
    *,
    column: str | None = None,
    meaning: str = "",
) -> Field:
    """Field of the table of offers; the synonyms with commas between them."""
    target = name if column is None else column
    return Field(name, label, "offers", target, group, _split(synonyms), meaning)


def _of(
    table: str,
    name: str,
    column: str,
    label: str,
    synonyms: str,
    *,
    meaning: str = "",
) -> Field:
    """Field of another table than that of the offers."""
    group = Group.PROVIDER if table == "providers" else Group.ADDRESS
    return Field(name, label, table, column, group, _split(synonyms), meaning)


def _split(synonyms: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in synonyms.split(",") if part.strip())


_ALL = (
    # --- the offer itself
    _offer(
        "offer",
        N_("Name of the offer"),
        Group.OFFER,
        "Naam aanbod, Aanbod, Naam van het aanbod, Programma, Naam programma, Interventie, "
        "Naam interventie, Project, Projectnaam, Product, Hulpvorm, Product / hulpvorm, "
        "Hulpaanbod, Dienst, Voorziening, Module, Methodiek, Titel, Offer, Offer name, "
        "Programme, Program, Programme name, Service, Service name, Intervention",
        column="name",
        meaning=N_("Name of the programme. Every row needs one."),
    ),
    _offer(
        "offer_id",
        N_("Number or code of the offer"),
        Group.OFFER,
        "Aanbod-id, Aanbodid, Id, Nr, Nr., Nummer, Volgnummer, Aanbodnummer, Code aanbod, "
        "Aanbodcode, Offer id, Offer number, Number",
        meaning=N_(
            "Your own number or code. A row with the code of an offer in the register changes that "
            "offer; without it, the offer gets a code."
        ),
    ),
    _offer(
        "offer_type",
        N_("Kind of offer"),
        Group.OFFER,
        "Soort aanbod, Type aanbod, Aanbodtype, Soort, Offer type, Type of offer, Kind of offer",
    ),
    _offer(
        "target_group",
        N_("Target group"),
        Group.OFFER,
        "Doelgroep, Doelgroepen, Voor wie, Gezinnen, Target group, Target, Audience",
    ),
    _offer(
        "layer",
        N_("Part of the youth system"),
        Group.OFFER,
        "Laag, Echelon, Lijn, Niveau, Layer",
    ),
    _offer(
        "framework",
        N_("Legal framework"),
        Group.OFFER,
        "Kader, Juridisch kader, Vrijwillig / gedwongen, Vrijw. / gedw., Vrijw. / dwang, "
        "Vrijwillig / dwang, Vrijwillig of gedwongen, Framework, Legal framework",
    ),
    _offer(
        "voluntary",
        N_("Voluntary (yes or no)"),
        Group.OFFER,
        "Vrijwillig, Vrijwillig kader, Is vrijwillig, Vrijwillige hulp, Voluntary, Is voluntary",
        column="",
        meaning=N_("Yes when the support is voluntary, no when it is not."),
    ),
    _offer(
        "compulsory",
        N_("Compulsory (yes or no)"),
        Group.OFFER,
        "Gedwongen, Gedwongen kader, Verplicht, Compulsory, Is compulsory, Mandatory",
        column="",
        meaning=N_("Yes when the support is given under a court order."),
    ),
    _offer(
        "long_term",
        N_("Long-term"),
        Group.OFFER,
        "Langdurig, Langdurend, Lang, Is langdurig, Langer dan 6 maanden, "
        "Langer dan een half jaar, Long term, Long-term",
    ),
    _offer(
        "duration",
        N_("Duration"),
        Group.OFFER,
        "Duur, Looptijd, Trajectduur, Duur traject, Duur in maanden, Duur maanden, Doorlooptijd, "
        "Duration, Duration in months, Length",
        column="",
        meaning=N_(
            "How long a family gets support: 6-12 months, 1 year, as long as it takes. From this "
            "follows whether the offer is long-term, unless a column says so."
        ),
    ),
    _offer(
        "duration_months_min",
        N_("Shortest duration in months"),
        Group.OFFER,
        "Minimale duur, Duur min, Duur minimaal, Min duur, Minimum duration, Duration min",
    ),
    _offer(
        "duration_months_max",
        N_("Longest duration in months"),
        Group.OFFER,
        "Maximale duur, Duur max, Duur maximaal, Max duur, Maximum duration, Duration max",
    ),
    # --- the provider
    _of(
        "providers",
        "provider",
        "name",
        N_("Provider"),
        "Organisatie, Aanbieder, Naam organisatie, Naam aanbieder, Organisatienaam, Instelling, "
        "Naam instelling, Zorgaanbieder, Jeugdhulpaanbieder, Uitvoerder, Uitvoerende organisatie, "
        "Stichting, Instantie, Provider, Provider name, Organisation, Organization, "
        "Organisation name, Agency, Supplier",
        meaning=N_("Name of the organisation. Every row needs one."),
    ),
    _of(
        "providers",
        "kvk",
        "kvk",
        N_("KvK number"),
        "Kvk, Kvk-nummer, Kvknr, Kvk nr, Handelsregisternummer, Provider kvk, Chamber of commerce",
    ),
    _of(
        "providers",
        "website",
        "website",
        N_("Website"),
        "Website, Site, Webadres, Internet, Internetadres, Homepage, Web",
    ),
    # --- the address
    _of(
        "locations",
        "location_name",
        "name",
        N_("Name of the location"),
        "Locatie, Naam locatie, Locatienaam, Vestiging, Vestigingsnaam, Location, Location name, "
        "Branch",
    ),
    _of(
        "locations",
        "address",
        "address",
        N_("Address"),
        "Adres, Bezoekadres, Adresgegevens, Volledig adres, Straat en huisnummer, "
        "Straat + huisnummer, Straat huisnummer, Straat en nummer, Straat en nr, "
        "Straatnaam en huisnummer, Vestigingsadres, Locatieadres, Postadres, Address, "
        "Street address, Full address, Visiting address",
        meaning=N_("Street and house number; the postcode and the place may stand behind them."),
    ),
    _of(
        "locations",
        "street",
        "",
        N_("Street"),
        "Straat, Straatnaam, Street, Street name",
        meaning=N_("Name of the street, without or with the house number."),
    ),
    _of(
        "locations",
        "house_number",
        "",
        N_("House number"),
        "Huisnr, Huisnummer, Huisnr., Huis nr, Nummer huis, Hnr, House number, House no",
        meaning=N_("House number, with its letter or addition: 12-A."),
    ),
    _of(
        "locations",
        "house_addition",
        "",
        N_("Addition to the house number"),
        "Toevoeging, Huisletter, Toev, Huisnummertoevoeging, Huisnr toev, Addition, "
        "House number addition",
        meaning=N_("Letter or addition behind the house number."),
    ),
    _of(
        "locations",
        "postcode",
        "postcode",
        N_("Postcode"),
        "Postcode, Pc, Pcode, Post code, Postcd, Pc6, Pc4, Postcode 6, Postal code, Zip, Zip code, "
        "Zipcode",
    ),
    _of(
        "locations",
        "place",
        "place",
        N_("Place"),
        "Plaats, Woonplaats, Plaatsnaam, Vestigingsplaats, Stad, Dorp, Plts, Kern, City, Town, "
        "Place, Village",
    ),
    _of(
        "locations",
        "municipality",
        "",
        N_("Municipality of the address"),
        "Vestigingsgemeente, Gemeente van vestiging, Gemeente adres, Gemeente locatie, "
        "Gemeente (adres), Municipality of address, Municipality of the address",
        meaning=N_("Name or code of the municipality in which the address is."),
    ),
    _of(
        "locations",
        "gm_code",
        "gm_code",
        N_("Code of the municipality of the address"),
        "Gemeentecode, Gm code, Gmcode, Gem code, Gemcode, Gemeente code, Cbs code, Cbs-code, "
        "Municipality code",
    ),
    _of(
        "locations",
        "x",
        "x",
        N_("x coordinate"),
        "X, Rd x, X rd, Xcoord, X coordinaat, X-coördinaat, X coordinate",
    ),
    _of(
        "locations",
        "y",
        "y",
        N_("y coordinate"),
        "Y, Rd y, Y rd, Ycoord, Y coordinaat, Y-coördinaat, Y coordinate",
    ),
    # --- the service area
    _offer(
        "service_area",
        N_("Service area"),
        Group.AREA,
        "Werkgebied, Werkgebieden, Verzorgingsgebied, Regio, Gemeenten, Voor gemeenten, Bereik, "
        "Werkzaam in, Beschikbaar in, Dekkingsgebied, Municipality names, Municipalities, "
        "Service area, Region, Area served, Coverage area, Served municipalities",
        meaning=N_(
            "Where families can get the offer: names or codes of municipalities with ; between "
            "them, the name of a region, a distance (15 km), or: the whole country."
        ),
    ),
    _offer(
        "served_municipality",
        N_("Municipality of the address, and service area"),
        Group.AREA,
        "Gemeente van aanbod, Aanbodgemeente",
        column="",
        meaning=N_("Choose this when the offer serves the municipality in which its address is."),
    ),
    _offer(
        "partial_area",
        N_("Only a part of the service area"),
        Group.AREA,
        "Deel van gebied, Gedeeltelijk, Deelgebied, Alleen een deel, Partial area, Part of area",
    ),
    _offer(
        "edition",
        N_("Year of the municipal division"),
        Group.AREA,
        "Indeling, Gemeentelijke indeling, Jaar indeling, Editie, Indelingsjaar, Edition, "
        "Division year",
    ),
    # --- how much
    _offer(
        "capacity_families",
        N_("Capacity: families a year"),
        Group.SIZE,
        "Capaciteit, Gezinnen per jaar, Aantal gezinnen, Capaciteit gezinnen, "
        "Capaciteit per jaar, Capaciteit (gezinnen), Capaciteit gezinnen per jaar, Capacity, "
        "Families, Families a year, Families per year, Capacity families",
        meaning=N_(
            "Families a year. A number of children or places is kept as a remark: it says nothing "
            "certain about families a year."
        ),
    ),
    _offer(
        "capacity_note",
        N_("Remark on capacity"),
        Group.SIZE,
        "Aantal plekken, Plekken, Plaatsen, Aantal plaatsen, Trajecten, Aantal trajecten, "
        "Toelichting capaciteit, Capaciteit toelichting, Places, Number of places, Slots, "
        "Capacity note",
    ),
    _offer(
        "intensity_hours_week",
        N_("Hours a week for a family"),
        Group.SIZE,
        "Intensiteit, Uren per week, Uur per week, Uren p/wk, Uren p/w, Uur p/wk, Uur p/w, "
        "Uren, Contacturen, Intensity, Hours per week, Hours a week",
    ),
    _offer(
        "caseload_per_worker",
        N_("Families for one worker"),
        Group.SIZE,
        "Caseload, Caseload per medewerker, Gezinnen per medewerker, Caseload per fte, "
        "Caseload per worker, Families per worker",
    ),
    # --- the four functions
    _offer(
        "support",
        N_("Support of the family"),
        Group.FUNCTIONS,
        "Gezinsbegeleiding, Begeleiding, Ondersteuning, Functie 1, Support, Family support",
    ),
    _offer(
        "acceptance",
        N_("Winning acceptance of help"),
        Group.FUNCTIONS,
        "Hulpacceptatie, Acceptatie, Acceptatie van hulp, Toeleiding, Motiveren, Functie 2, "
        "Acceptance",
    ),
    _offer(
        "coordination",
        N_("Care coordination"),
        Group.FUNCTIONS,
        "Zorgcoördinatie, Zorgcoordinator, Zorgcoördinator, Casusregie, Coördinatie, Regie, "
        "Casemanagement, Casusregisseur, Functie 3, Coordination, Care coordination, "
        "Case management",
    ),
    _offer(
        "mobilisation",
        N_("Mobilising network and services"),
        Group.FUNCTIONS,
        "Mobiliseren, Mobilisatie, Netwerk, Inzet netwerk, Sociaal netwerk, Functie 4, "
        "Mobilisation, Mobilization",
    ),
    _offer(
        "assertive_outreach",
        N_("Goes to families that avoid care"),
        Group.FUNCTIONS,
        "Outreachend, Bemoeizorg, Drang, Outreach, Assertive outreach, Zorgmijders",
    ),
    _offer(
        "evidence",
        N_("Evidence for coordination"),
        Group.FUNCTIONS,
        "Bewijs, Bewijs coördinatie, Onderbouwing, Onderbouwing coördinatie, Bewijsplaats, Citaat, "
        "Toelichting coördinatie, Evidence, Coordination evidence, Proof",
    ),
    _offer(
        "coordinator_named",
        N_("Who coordinates is said"),
        Group.FUNCTIONS,
        "Coördinator genoemd, Wie coördineert, Coordinator named",
    ),
    _offer(
        "tasks_described",
        N_("Tasks are described"),
        Group.FUNCTIONS,
        "Taken beschreven, Taken, Tasks described, Tasks",
    ),
    _offer(
        "powers_described",
        N_("Powers are described"),
        Group.FUNCTIONS,
        "Bevoegdheden beschreven, Bevoegdheden, Doorzettingsmacht, Powers described, Powers",
    ),
    _offer(
        "one_plan",
        N_("One plan for the family"),
        Group.FUNCTIONS,
        "Eén plan, Een plan, 1 plan, Gezinsplan, One plan",
    ),
    _offer(
        "family_choice",
        N_("Trust and choice of the family"),
        Group.FUNCTIONS,
        "Keuze gezin, Vertrouwen gezin, Keuze van het gezin, Family choice",
    ),
    _offer(
        "overview",
        N_("Overview of other disciplines"),
        Group.FUNCTIONS,
        "Overzicht disciplines, Overzicht, Andere disciplines, Overview",
    ),
    _offer(
        "escalation",
        N_("Escalation is settled"),
        Group.FUNCTIONS,
        "Opschaling, Escalatie, Opschalen, Escalation",
    ),
    # --- where it comes from
    _offer(
        "responsible",
        N_("Who is answerable"),
        Group.ORIGIN,
        "Verantwoordelijk, Verantwoordelijke, Opdrachtgever, Financier, Verantwoordelijke "
        "organisatie, Responsible, Responsible organisation, Commissioner",
    ),
    _offer(
        "year_from",
        N_("Started in"),
        Group.ORIGIN,
        "Startjaar, Sinds, Vanaf, Jaar vanaf, Begonnen in, Start, Begin, Year from, Since, "
        "Started, Start year",
    ),
    _offer(
        "year_to",
        N_("Ended in"),
        Group.ORIGIN,
        "Eindjaar, Tot, Tot en met, Jaar tot, Gestopt in, Einde, Year to, Until, Ended, End year",
    ),
    _offer(
        "first_seen",
        N_("First seen in"),
        Group.ORIGIN,
        "Eerst gezien, Eerste jaar gezien, First seen",
    ),
    _offer(
        "last_seen",
        N_("Last seen in"),
        Group.ORIGIN,
        "Laatst gezien, Laatste jaar gezien, Last seen",
    ),
    _offer(
        "source",
        N_("Source"),
        Group.ORIGIN,
        "Bron, Bronnen, Bron url, Vindplaats, Link, Url, Bronvermelding, Source, Source url, "
        "Reference",
    ),
    _offer(
        "source_date",
        N_("Date of the source"),
        Group.ORIGIN,
        "Peildatum, Datum, Brondatum, Datum bron, Bijgewerkt, Laatst bijgewerkt, Actueel op, "
        "Datum invoer, Source date, Date, As of, Last updated, Updated",
    ),
    _offer(
        "certainty",
        N_("Certainty"),
        Group.ORIGIN,
        "Zekerheid, Betrouwbaarheid, Certainty, Confidence",
    ),
    _offer(
        "status",
        N_("How the row came about"),
        Group.ORIGIN,
        "Status, Status gegevens, Herkomst, Row status",
    ),
    _offer(
        "note",
        N_("Remark"),
        Group.ORIGIN,
        "Opmerking, Opmerkingen, Opm., Toelichting, Notitie, Notities, Bijzonderheden, "
        "Aantekening, Commentaar, Omschrijving, Beschrijving, Note, Notes, Remark, "
        "Remarks, Comment, Comments, Description",
    ),
)

FIELDS: Mapping[str, Field] = MappingProxyType({field.name: field for field in _ALL})
"""Every field by name, in the order in which a form shows them."""

NEEDED = ("provider", "offer")
"""Fields without which a row is not an offer."""
