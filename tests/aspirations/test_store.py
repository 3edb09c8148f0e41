"""Drafts, amendments and what is left of a person who was erased."""

from collections.abc import Callable

from gateway.aspirations import service, store
from gateway.aspirations.rules import Filing, State
from gateway.aspirations.store import Aspiration
from gateway.db import statement
from gateway.numbers import store as numbers
from gateway.runtime import Runtime

NUMBER, MEDONO, TIRTO = "+6281234567890", "33.75.01.1002", "33.75.01.1009"
Make = Callable[..., Filing]
File = Callable[..., tuple[Aspiration, bool]]
Put = Callable[..., None]
Add = Callable[..., Aspiration | None]


def test_a_draft_grows_and_becomes_a_ticket_or_waits_for_a_person(rt: Runtime) -> None:
    with rt.engine.begin() as conn:
        id = numbers.ensure(conn, rt.vault, NUMBER).id
        assert store.open_draft(conn, id) is None
        draft = store.add_draft(conn, id, "complaint", "lampu", rt.now(), {"area": MEDONO})
        store.grow_draft(conn, draft, "mati", rt.now())
        kept = store.open_draft(conn, id)
        assert kept
        assert (kept.body, kept.details) == ("lampu\nmati", {"area": MEDONO})
        store.grow_draft(conn, draft, "x" * 5000, rt.now())
        store.grow_draft(conn, draft, "no more", rt.now())
        full = store.get_draft(conn, draft)
        assert full
        assert "no more" not in full.body
        store.close_draft(conn, draft, "waiting", rt.now())
        assert store.open_draft(conn, id) is None
        assert store.get_draft(conn, draft)
        store.close_draft(conn, draft, "sent", rt.now())
        assert store.get_draft(conn, draft) is None


def test_what_was_missing_is_filled_in_and_the_rest_left_alone(rt: Runtime, filing: Make, file: File) -> None:
    made, _ = file(filing("1", area=""))
    with rt.engine.begin() as conn:
        store.amend(conn, made.id, rt.now(), area=TIRTO, rw="2")
        found = store.get(conn, made.ticket)
    assert found
    assert (found.area, found.rw, found.category, found.state) == (TIRTO, "2", "roads", State.RECEIVED)


def test_forgetting_blanks_the_words_of_what_is_settled_and_keeps_the_ticket(
    rt: Runtime, filing: Make, file: File, add: Add, put: Put
) -> None:
    made, _ = file(filing("1", "rahasia saya"))
    add(made.ticket)
    put(made, State.ARCHIVED)
    with rt.engine.begin() as conn:
        store.add_draft(conn, made.number_id, "complaint", "rahasia lain", rt.now(), {"name": "Sri"})
        assert [row["body"] for row in store.about(conn, made.number_id)] == ["rahasia saya"]
        store.forget(conn, made.number_id)
        kept = "\n".join(
            str(tuple(row))
            for table in ("aspirations", "aspiration_events", "drafts")
            for row in conn.execute(statement(f"SELECT * FROM {table}"))  # noqa: S608  # our own names
        )
    for words in ("rahasia", "depan masjid", "Sri"):
        assert words not in kept
    assert service.find(rt, made.ticket)
