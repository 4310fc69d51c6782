"""Facts that no source file holds, written down by hand, each with its source."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Count:
    """A national number of orders in a year: its range and the middle of it."""

    low: float
    high: float

    @property
    def middle(self) -> float:
        """Centre of the range."""
        return (self.low + self.high) / 2


@dataclass(frozen=True)
class Facts:
    """Everything that the converter knows beside the source files.

    Attributes
    ----------
    spellings
        Wrong name in the boundaries -> official name. Another source has to have the right one.
    garbled
        Spellings of other sources that are mistakes and no names.
    known_as
        Code -> another name in common use. The list of postcodes of 2010 has to have it.
    province_names
        Name in the regional atlas -> official name.
    city_regions
        City regions of 2010 that had a Bureau Jeugdzorg of their own:
        code -> (name, municipalities by name).
    study_region
        The one study region that the sources make likely.
    imposed_2010, extended_2010
        National orders of 2010.
    measure, period
        Row of the national stock and flow that the demand of 2025 is made from.
    """

    spellings: dict[str, str] = field(default_factory=dict)
    garbled: frozenset[str] = frozenset()
    known_as: dict[str, str] = field(default_factory=dict)
    province_names: dict[str, str] = field(default_factory=dict)
    city_regions: dict[str, tuple[str, tuple[str, ...]]] = field(default_factory=dict)
    study_region: str = "BJ-SA"
    imposed_2010: Count = Count(10_000, 11_500)
    extended_2010: Count = Count(20_000, 24_000)
    measure: str = "Ondertoezichtstelling"
    period: str = "2022"


FACTS = Facts(
    spellings={
        "Appingendam": "Appingedam",
        "Nuenen. Gerwen en Nederwetten": "Nuenen, Gerwen en Nederwetten",
    },
    garbled=frozenset({"Bergen (NH,)", "Bergen (L,)", "Sûdwest Fryslân", "Glas", "Bergen"}),
    known_as={"GM0796": "Den Bosch"},
    province_names={"Friesland": "Fryslân", "Limburg (NL)": "Limburg"},
    city_regions={
        "BJ-SA": (
            "Stadsregio Amsterdam",
            (
                "Aalsmeer",
                "Amstelveen",
                "Amsterdam",
                "Beemster",
                "Diemen",
                "Edam-Volendam",
                "Haarlemmermeer",
                "Landsmeer",
                "Oostzaan",
                "Ouder-Amstel",
                "Purmerend",
                "Uithoorn",
                "Waterland",
                "Wormerland",
                "Zaanstad",
                "Zeevang",
            ),
        ),
        "BJ-SR": (
            "Stadsregio Rotterdam",
            (
                "Albrandswaard",
                "Barendrecht",
                "Bernisse",
                "Brielle",
                "Capelle aan den IJssel",
                "Hellevoetsluis",
                "Krimpen aan den IJssel",
                "Lansingerland",
                "Maassluis",
                "Ridderkerk",
                "Rotterdam",
                # Until 18 March 2010, when it merged into Rotterdam.
                "Rozenburg",
                "Schiedam",
                "Spijkenisse",
                "Vlaardingen",
                "Westvoorne",
            ),
        ),
        "BJ-HA": (
            "Haaglanden",
            (
                "Delft",
                "'s-Gravenhage",
                "Leidschendam-Voorburg",
                "Midden-Delfland",
                "Pijnacker-Nootdorp",
                "Rijswijk",
                "Wassenaar",
                "Westland",
                "Zoetermeer",
            ),
        ),
    },
)
