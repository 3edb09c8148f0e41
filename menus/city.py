"""A small city in memory: what screens stand on, and what effects change, for playing and telling dialogues."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from config.figures import spoken
from config.settings import Settings
from gateway.kernel.areas import Area, AreaBook
from gateway.kernel.codes import make_ticket, parse_ticket, show_ticket
from menus.book import Book
from menus.city_facts import AREAS, BLAST, CAN, CITY, DUE, NOW, TODAY, TOPICS, TRIES
from menus.model import Lookup, Need, Outcome, Row, Rows, Said


@dataclass(slots=True)
class Person:
    """Whoever holds a phone. `area` is "" for a stranger, `role` for anyone but officials."""

    name: str
    area: str = ""
    language: str = "id"
    topics: set[str] = field(default_factory=lambda: set(TOPICS))
    stopped: bool = False
    role: str = ""
    tries: int = TRIES
    wrong_codes: int = 0
    draft: dict[str, str] = field(default_factory=dict)
    inbox: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Ticket:
    """A report as this city keeps it."""

    number: str
    owner: str
    place_name: str
    words: str
    kind: str = "complaint"
    category: str = "roads"
    state: str = "received"
    office: str = ""
    due: str = DUE
    news: str = ""
    is_hurried: bool = False
    supporters: set[str] = field(default_factory=set)


@dataclass(slots=True)
class Rumour:
    """A claim and what was found out about it."""

    label: str
    words: str
    fact: str = ""
    source: str = ""


class City:
    """Areas, news, reports and rumours of a morning in June; every change stays until the city is let go."""

    def __init__(self, book: Book) -> None:
        self.book = book.bound(spoken(Settings()))
        places = [Area(CITY, "Kota Pekalongan", "kota", "33")]
        for kecamatan, names in AREAS.items():
            code = f"{CITY}.{kecamatan[:2]}"
            places.append(Area(code, kecamatan[3:], "kecamatan", CITY))
            places += [Area(f"{code}.{one[:4]}", one[5:], "kelurahan", code) for one in names.split(",")]
        self.areas = AreaBook(places, [])
        self.alert = ""
        self.has_blast = True
        self.items = {
            "B27": (
                "alert",
                "SIAGA ROB jam 14-18: Kandang Panjang, Panjang Baru, Bandengan. Amankan barang & listrik.",
            ),
            "I12": ("health", "Posyandu lansia Sabtu jam 08-11 di balai kelurahan. Bawa KTP. " * 4),
            "I13": ("development", "Drainase gg 5 jalan 60%, selesai Juli. PJU 12 titik menyusul."),
        }
        self.tickets = {
            one.number: one
            for one in (
                Ticket("2719089", "1", "Bendan Kergon", "PJU gg 5 mati", state="in_progress", office="DPUPR", due="26/6"),
                Ticket("1145028", "1", "Bendan Kergon", "sampah di gg 2", category="waste", state="answered", office="DLH",
                       news="sampah diangkut 10/6"),
                Ticket("3302152", "9", "Poncol", "saluran mampet dekat pasar"),
            )
        }  # fmt: skip
        self.rumours = {
            "C48": Rumour(
                "salah", "bansos 600rb daftar lewat link", "Dinsos tdk buka daftar lewat link", "KIM & Dinsos"
            ),
            "C51": Rumour("benar", "pemadaman PLN 14/6", "jam 09-12 di Medono & Podosugih", "PLN"),
            "C53": Rumour("belum_terbukti", "air PDAM tercemar"),
        }

    def facts(self, person: Person, resume: str = "") -> dict[str, str]:
        """What a session of this person knows at its entry."""
        return {
            "alert": self.alert,
            "known": "yes" if person.area else "",
            "area": person.area,
            "area_name": self.name_of(person.area),
            "stopped": "yes" if person.stopped else "",
            "official": "yes" if person.role else "",
            "resume": resume,
        }

    def name_of(self, area: str) -> str:
        """The name of an area, or "" for none."""
        return self.areas[area].name if area in self.areas else ""

    def say(self, person: Person, key: str, **slots: str) -> str:
        """A text in the person's language."""
        return self.book.texts.say(key, self.facts(person) | slots, person.language)

    def answer(self, person: Person, need: Need) -> Said:
        """What the city says to a need."""
        return _LOOKUPS[need.name](self, person, need.args)

    def open_ticket(self, person: Person, args: Mapping[str, str]) -> Ticket:
        """A new report; its receipt goes out by SMS."""
        number = make_ticket(lambda below: (500_000 + 7_919 * len(self.tickets)) % below)
        area = args.get("area", "")
        place = self.name_of(area) or args.get("landmark", "") or "-"
        words, category = args.get("words") or args.get("body", ""), args.get("category", "")
        ticket = Ticket(number, person.name, place, words, args["kind"], category)
        self.tickets[number] = ticket
        key = "sms.receipt" if category else "sms.receipt_plain"
        slots = {"ticket": show_ticket(number), "at": NOW, "kind": ticket.kind, "category": category}
        slots["area_name"] = place
        person.inbox.append(self.say(person, key, **slots))
        return ticket

    def data_of(self, person: Person) -> dict[str, str]:
        """What a person reads of their own data."""
        chosen = [topic for topic in TOPICS if topic in person.topics]
        names = ["all"] if len(chosen) == len(TOPICS) else chosen
        own = [one for one in self.tickets.values() if one.owner == person.name]
        return {
            "tail": "89",
            "area_name": self.name_of(person.area),
            "topics_words": ", ".join(self.say(person, f"topic_word.{name}") for name in names),
            "since": "12/6",
            "tickets": str(len(own)),
            "views": "1",
        }

    def slots_of(self, ticket: Ticket) -> dict[str, str]:
        """A ticket as screens show it."""
        return {
            "ticket": show_ticket(ticket.number),
            "state": ticket.state,
            "since": "13/6",
            "due": ticket.due,
            "office": ticket.office,
            "news": ticket.news,
            "asks": "yes" if ticket.state == "answered" else "",
            "kind": ticket.kind,
            "category": ticket.category,
            "place_name": ticket.place_name,
        }

    def own(self, person: Person, said: str) -> Ticket | None:
        """The person's own ticket of that number."""
        ticket = self.tickets.get(parse_ticket(said) or "")
        return ticket if ticket and ticket.owner == person.name else None


_Args = Mapping[str, str]


def _areas(city: City, _: Person, args: _Args) -> Said:
    return Rows(tuple(Row(area.code, area.name) for area in city.areas.children(args["parent"])))


def _items(city: City, _: Person, args: _Args) -> Said:
    sought = args.get("words", "").lower()
    found = city.items.items()
    return Rows(
        tuple(
            Row(code, text) for code, (topic, text) in found if args["topic"] in ("", topic) and sought in text.lower()
        )
    )


def _item(city: City, _: Person, args: _Args) -> Said:
    if args["code"] not in city.items:
        return Outcome("gone")
    slots = {"item": args["code"], "text": city.items[args["code"]][1], "source": "BPBD", "published": NOW}
    return Outcome("ok", slots)


def _tickets(city: City, person: Person, _: _Args) -> Said:
    own = (one for one in city.tickets.values() if one.owner == person.name)
    return Rows(tuple(Row(one.number, slots=city.slots_of(one)) for one in own))


def _ticket(city: City, person: Person, args: _Args) -> Said:
    ticket = city.tickets.get(parse_ticket(args["ticket"]) or "")
    if ticket is None:
        return Outcome("gone")
    return Outcome("ok" if ticket.owner == person.name else "foreign", city.slots_of(ticket))


def _rumours(city: City, _: Person, __: _Args) -> Said:
    return Rows(tuple(Row(code, one.words, {"label_code": one.label}) for code, one in city.rumours.items()))


def rumour_slots(code: str, rumour: Rumour) -> dict[str, str]:
    """A rumour as screens and texts show it."""
    slots = {"claim": code, "label_code": rumour.label, "claim_words": rumour.words}
    return slots | {"fact": rumour.fact, "source": rumour.source, "checked": TODAY}


def _rumour(city: City, _: Person, args: _Args) -> Said:
    found = city.rumours.get(args["claim"])
    return Outcome("ok", rumour_slots(args["claim"], found)) if found else Outcome("gone")


def _topics(_: City, person: Person, __: _Args) -> Said:
    return Rows(tuple(Row(one, slots={"topic": one, "mark": "x" if one in person.topics else "-"}) for one in TOPICS))


def _similar(city: City, person: Person, args: _Args) -> Said:
    words = set(args["words"].lower().split())
    for one in city.tickets.values():
        if one.owner != person.name and len(words & set(one.words.lower().split())) > 1:
            slots = city.slots_of(one) | {"similar_words": one.words, "count": str(1 + len(one.supporters))}
            return Outcome("ok", {name: slots[name] for name in ("ticket", "office", "similar_words", "count")})
    return Outcome("none")


def _my_data(city: City, person: Person, _: _Args) -> Said:
    return Outcome("ok", city.data_of(person))


def _views(_: City, person: Person, __: _Args) -> Said:
    return Rows((Row("1", "12/6 Admin lihat tiket"),) if person.area else ())


def _official(city: City, person: Person, _: _Args) -> Said:
    if not person.role:
        return Outcome("none")
    fresh, late = (str(len(_queue(city, which))) for which in ("fresh", "late"))
    slots = {"role": person.role, "official_area": city.name_of(person.area), "fresh": fresh, "late": late}
    slots |= {"waiting": "1" if city.has_blast else "0", "checks": str(len(_open(city)))}
    return Outcome("ok", slots)


def _queue(city: City, which: str) -> list[Ticket]:
    return [one for one in city.tickets.values() if (one.state == "received") is (which == "fresh")]


def _official_tickets(city: City, _: Person, args: _Args) -> Said:
    return Rows(tuple(Row(one.number, slots=city.slots_of(one)) for one in _queue(city, args["which"])))


def _official_ticket(city: City, _: Person, args: _Args) -> Said:
    ticket = city.tickets.get(parse_ticket(args["ticket"]) or "")
    if ticket is None:
        return Outcome("gone")
    may = {f"can_{name}": "yes" if ticket.state in states else "" for name, states in CAN.items()}
    return Outcome("ok", {**city.slots_of(ticket), "text": ticket.words, "suggested": "DPUPR", **may})


def _open(city: City) -> dict[str, Rumour]:
    return {code: one for code, one in city.rumours.items() if not one.fact}


def _official_claims(city: City, _: Person, __: _Args) -> Said:
    found = _open(city).items()
    return Rows(tuple(Row(code, slots={"claim": code, "count": "3", "claim_words": one.words}) for code, one in found))


def _official_claim(city: City, _: Person, args: _Args) -> Said:
    if (found := _open(city).get(args["claim"])) is None:
        return Outcome("gone")
    slots = {"claim": args["claim"], "label_code": "sedang_dicek", "count": "3", "text": found.words}
    return Outcome("ok", {**slots, "author": "Siti", "proposed": found.label, "codes": "C48"})


def _official_broadcasts(city: City, _: Person, __: _Args) -> Said:
    return Rows((Row("B27", slots=BLAST),) if city.has_blast else ())


def _official_broadcast(city: City, _: Person, args: _Args) -> Said:
    if not city.has_blast or args.get("broadcast") != "B27":
        return Outcome("gone")
    shown = {"author": "Joko", "to": "Pekalongan Utara", "text": "Rob jam 14-18. Kode B27", "asked": "kartu A1"}
    return Outcome("ok", {**BLAST, **shown, "left": ""})


_LOOKUPS: Mapping[Lookup, Callable[[City, Person, _Args], Said]] = {
    Lookup.AREAS: _areas,
    Lookup.ITEMS: _items,
    Lookup.ITEM: _item,
    Lookup.TICKETS: _tickets,
    Lookup.TICKET: _ticket,
    Lookup.RUMOURS: _rumours,
    Lookup.RUMOUR: _rumour,
    Lookup.TOPICS: _topics,
    Lookup.SIMILAR: _similar,
    Lookup.MY_DATA: _my_data,
    Lookup.VIEWS: _views,
    Lookup.OFFICIAL: _official,
    Lookup.OFFICIAL_TICKETS: _official_tickets,
    Lookup.OFFICIAL_TICKET: _official_ticket,
    Lookup.OFFICIAL_BROADCASTS: _official_broadcasts,
    Lookup.OFFICIAL_BROADCAST: _official_broadcast,
    Lookup.OFFICIAL_CLAIMS: _official_claims,
    Lookup.OFFICIAL_CLAIM: _official_claim,
}
