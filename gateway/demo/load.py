"""Load the demo city, once: what is there stays as people have changed it since."""

import csv
import tempfile
from collections import deque
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

import yaml

from gateway.aspirations import case_store, steps
from gateway.aspirations import service as aspirations
from gateway.aspirations.rules import Filing, Verb
from gateway.db import Connection
from gateway.demo import people, signins, store
from gateway.demo.people import OFFICIALS, Person
from gateway.demo.signins import SignIn, show
from gateway.information import store as information
from gateway.numbers import store as numbers
from gateway.officials import service as officials
from gateway.reference import service as reference
from gateway.residents.service import register
from gateway.rumours import service as rumours
from gateway.runtime import Runtime

__all__ = ["load", "show"]

CITY: Final = Path(__file__).with_name("city.yaml")
HELD_FOR: Final = timedelta(days=365)


def load(rt: Runtime) -> list[SignIn]:
    """Load what is missing and give the sign-ins of active officials, in the order of `OFFICIALS`.

    Tokens and PINs are made anew by every installation and kept in its data folder. Where that file is lost, the
    accounts get new tokens. Needs a database that is migrated and has its reference data.
    """
    with rt.engine.begin() as held:
        store.lock(held)
        with rt.engine.begin() as conn:
            count = store.count_residents(conn)
        if not count:
            _load_residents(rt)
        found = _load_officials(rt)
        written = yaml.safe_load(CITY.read_text(encoding="utf-8"))
        ids = {one.key: one.id for one in found}
        if {"admin", "approver", "office", "kim"} <= ids.keys():
            with rt.engine.begin() as conn:
                for item in written["items"]:
                    _publish(rt, conn, item, ids)
                for rumour in written["rumours"]:
                    rumours.publish(rt, conn, **rumour, author_id=ids["kim"], approver_id=ids["admin"], is_demo=True)
                for at, ticket in enumerate(written["tickets"], start=1):
                    _file(rt, conn, at, ticket, ids)
    return found


def _load_residents(rt: Runtime) -> None:
    with tempfile.TemporaryDirectory(prefix="kabar-demo-") as folder:
        path = Path(folder) / "residents.csv"
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, register.COLUMNS)
            writer.writeheader()
            writer.writerows(people.residents(reference.areas(rt), rt.now()))
        # The import works as its results are asked for; none is of interest here.
        deque(register.import_csv(rt, path, by="demo", is_demo=True), maxlen=0)


def _load_officials(rt: Runtime) -> list[SignIn]:
    folder = rt.settings.gateway_data_dir
    kept, found = signins.read(folder), []
    for person in OFFICIALS:
        if one := _sign_in(rt, person, kept.get(person.key)):
            found.append(one)
            # Written after each, so that a token is never made and then lost.
            signins.write(folder, found + [kept[key] for key in kept.keys() - {one.key for one in found}])
    signins.write(folder, found)
    return found


def _sign_in(rt: Runtime, person: Person, kept: SignIn | None) -> SignIn | None:
    with rt.engine.begin() as conn:
        number = numbers.ensure(conn, rt.vault, person.number, is_demo=True)
        id, is_active = store.officials(conn).get(number.id, (0, False))
    if id and not is_active:
        return None
    if not id:
        made = officials.add(rt, person.name, person.role, person.area, person.number, person.office, is_demo=True)
        return _entry(person, made.id, made.token, made.pin)
    if kept:
        holder = officials.sign_in(rt, kept.token)
        if holder and holder.id == id:
            return kept
    return _entry(person, id, officials.renew_token(rt, id), kept.pin if kept and kept.id == id else "")


def _entry(person: Person, id: int, token: str, pin: str) -> SignIn:
    return SignIn(person.key, person.name, person.role.value, person.area, person.number, id, token, pin)


def _publish(rt: Runtime, conn: Connection, item: Mapping[str, Any], ids: Mapping[str, int]) -> None:
    now = rt.now()
    information.publish(
        conn,
        item["code"],
        item["topic"],
        item["area"],
        item["titles"],
        item["texts"],
        item["source"],
        author_id=ids["admin"],
        approver_id=ids["approver"],
        valid_from=now,
        valid_until=now + HELD_FOR,
        now=now,
        is_demo=True,
    )


def _file(rt: Runtime, conn: Connection, at: int, ticket: Mapping[str, Any], ids: Mapping[str, int]) -> None:
    number = numbers.ensure(conn, rt.vault, people.phone_of(at), is_demo=True)
    filing = Filing(
        kind=ticket["kind"],
        category=ticket["category"],
        area=ticket["area"],
        words=ticket["words"],
        is_confidential=False,
        channel="ussd",
        cause=f"demo:{at}",
        rt=ticket.get("rt", ""),
        rw=ticket.get("rw", ""),
    )
    filed, is_new = aspirations.file(rt, conn, number.id, filing, is_demo=True)
    if not is_new:
        return
    for event in ticket.get("events", ()):
        verb, body = Verb(event["verb"]), event.get("body")
        held = case_store.lock(conn, filed.ticket)[filed.ticket]
        office = body if verb is Verb.FORWARD else None
        # Nobody is told: these steps were taken before the city was made.
        if steps.step(rt, conn, held, verb, f"official:{ids[event['by']]}", body, office=office) is None:
            raise ValueError(f"city.yaml: {verb.value} is not allowed from {held.state.value}")
