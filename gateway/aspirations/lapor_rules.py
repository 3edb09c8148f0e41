"""SP4N-LAPOR's words for ours, and what of a row of its tickets can become a ticket here; what has no counterpart is told."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from gateway.aspirations.rules import LONGEST, Clock, State
from gateway.kernel.areas import AreaBook
from gateway.kernel.calendar import parse_day
from gateway.kernel.codes import parse_ticket
from gateway.kernel.errors import Invalid
from gateway.kernel.text import redact
from menus.subjects import guess_category

KINDS: Final = {"complaint": "Pengaduan", "proposal": "Aspirasi", "question": "Permintaan Informasi"}
STATES: Final = {
    "received": "Belum Terverifikasi",
    "verifying": "Terverifikasi",
    "needs_info": "Tunda",
    "forwarded": "Terdisposisi",
    "local": "Terdisposisi",
    "in_progress": "Proses",
    "reopened": "Proses",
    "answered": "Ditindaklanjuti",
    "closed": "Selesai",
    "closed_partly": "Selesai",
    "closed_automatically": "Selesai (Otomatis)",
    "declined": "Bukan Wewenang",
    "archived": "Arsip",
    "merged": "Arsip",
}
"""SP4N-LAPOR's acts are Verifikasi, Tunda, Bukan Wewenang and Arsipkan; then a report is disposed, in work, done."""
COLUMNS: Final = (
    "tiket_kabar", "nomor_lapor", "tanggal", "klasifikasi", "kategori", "kelurahan", "kode_wilayah", "instansi", "status",
    "status_kabar", "tenggat", "rahasia", "isi", "tindak_lanjut",
)  # fmt: skip
"""Of the export; an import reads those it needs of them. status_kabar is our own state, which says more than LAPOR's word."""
REQUIRED: Final = ("nomor_lapor", "tanggal", "klasifikasi", "status", "isi")
_NEXT: Final[Mapping[str, tuple[State, Clock]]] = {
    "belum terverifikasi": (State.RECEIVED, Clock.VERIFY),
    "terverifikasi": (State.VERIFYING, Clock.VERIFY),
    "terdisposisi": (State.FORWARDED, Clock.FIRST),
    "proses": (State.IN_PROGRESS, Clock.DONE),
}
"""LAPOR's states in which something is still to be done here, and the clock that runs in each."""
_AT_OFFICE: Final = (State.FORWARDED, State.IN_PROGRESS)
_WAITS: Final = "tunda"
_YES, _NO = ("ya", "y", "1"), ("tidak", "t", "0", "")
_NUMBER: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9 ./_-]{0,39}")
_FIRST_YEAR: Final = 2011
"""LAPOR's own first."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a row cannot be taken, and in which column."""

    column: str
    reason: str


@dataclass(frozen=True, slots=True)
class Link:
    """A ticket of ours (seven digits) that LAPOR has under a number by now."""

    ticket: str
    lapor: str


@dataclass(frozen=True, slots=True)
class Import:
    """A ticket of LAPOR. Codes are empty where nothing is said; `words` is redacted; `day`: when LAPOR got it."""

    lapor: str
    day: date
    kind: str
    category: str
    area: str
    office: str
    state: State
    clock: Clock
    is_confidential: bool
    words: str

    @property
    def is_at_office(self) -> bool:
        """Whether an office works on it: the one that was named, else the one it is routed to."""
        return self.state in _AT_OFFICE


@dataclass(frozen=True, slots=True)
class Judge:
    """What rows are read against. offices, categories: names by code; today: nothing is of a later day."""

    areas: AreaBook
    offices: Mapping[str, str]
    categories: Mapping[str, str]
    today: date

    def judge(self, row: Mapping[str, str | None]) -> Import | Link | Refusal | None:
        """What a row is; None for a ticket of ours without a number of LAPOR yet."""
        cells = {name: (row.get(name) or "").strip() for name in COLUMNS}
        number = _unquoted(cells["nomor_lapor"])
        if cells["tiket_kabar"] and not number:
            return None
        if not _NUMBER.fullmatch(number):
            return Refusal("nomor_lapor", "must be LAPOR's own number, 40 plain letters and digits at most")
        if cells["tiket_kabar"]:
            ticket = parse_ticket(cells["tiket_kabar"])
            return (
                Link(ticket, number) if ticket else Refusal("tiket_kabar", "is no ticket: one of its digits is wrong")
            )
        try:
            return self._read(number, cells)
        except _Fault as fault:
            return Refusal(*fault.args)

    def _read(self, number: str, cells: Mapping[str, str]) -> Import:
        state, clock = _state(cells["status"])
        words = redact(_unquoted(cells["isi"])).text[:LONGEST]
        if not words:
            raise _Fault("isi", "is empty")
        return Import(
            number, self._day(cells["tanggal"]), _kind(cells["klasifikasi"]), self._category(cells["kategori"], words),
            self._area(cells), self._office(cells["instansi"]), state, clock, _is_yes(cells["rahasia"]), words,
        )  # fmt: skip

    def _day(self, written: str) -> date:
        try:
            day = parse_day(written[:10])
        except Invalid:
            raise _Fault("tanggal", "must be a day written as 2026-11-24") from None
        if day.year < _FIRST_YEAR or day > self.today:
            raise _Fault("tanggal", f"lies in the future, or before {_FIRST_YEAR}")
        return day

    def _area(self, cells: Mapping[str, str]) -> str:
        if code := cells["kode_wilayah"]:
            if code not in self.areas:
                raise _Fault("kode_wilayah", "is no area of the city")
            return code
        name = cells["kelurahan"].split()
        found = self.areas.named(name) if name else None
        if name and (found is None or found[1] != len(name)):
            raise _Fault("kelurahan", "is no area of the city; leave it empty where it is not known")
        return found[0] if found else ""

    def _office(self, written: str) -> str:
        found = _coded(written, self.offices)
        if written and not found:
            raise _Fault("instansi", "is no office here; leave it empty, and it is routed by area and category")
        return found

    def _category(self, written: str, words: str) -> str:
        """Ours where it is named by name or code, else what the words speak of, else none."""
        return _coded(written, self.categories) or guess_category(f"{written} {words}") or ""


class _Fault(Exception):
    """A column and what is wrong with it."""


def _state(written: str) -> tuple[State, Clock]:
    folded = written.casefold()
    if folded in _NEXT:
        return _NEXT[folded]
    if folded == _WAITS:
        raise _Fault("status", "Tunda waits for its reporter, who answers in LAPOR; import it once it goes on there")
    if folded in {name.casefold() for name in STATES.values()}:
        raise _Fault("status", "is of a ticket about which nothing is left to do here")
    raise _Fault(
        "status", f"has no counterpart here; it may be {', '.join(STATES[state] for state, _ in _NEXT.values())}"
    )


def _kind(written: str) -> str:
    for kind, name in KINDS.items():
        if written.casefold() in (name.casefold(), kind):
            return kind
    raise _Fault("klasifikasi", f"must be {', '.join(KINDS.values())}")


def _coded(written: str, names: Mapping[str, str]) -> str:
    """The code that is written, by itself or by its name; empty for none."""
    folded = written.casefold()
    return next((code for code, name in names.items() if folded in (code.casefold(), name.casefold())), "")


def _is_yes(written: str) -> bool:
    folded = written.casefold()
    if folded not in (*_YES, *_NO):
        raise _Fault("rahasia", "must be ya or tidak")
    return folded in _YES


def _unquoted(cell: str) -> str:
    """A cell without the mark that keeps a spreadsheet from taking it for a formula."""
    return cell.removeprefix("'")
