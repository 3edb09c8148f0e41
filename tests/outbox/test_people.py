"""What the ledger tells a person, and what is left of it once they are erased."""

from gateway.db import statement
from gateway.numbers import store as numbers
from gateway.outbox.rules import Class, Lane
from gateway.outbox.store import messages, people, routes
from gateway.runtime import Runtime

WORDS = ("Tiket 271-908-9", "ATid_4711", "kata penyedia")


def fill(rt: Runtime, number: str) -> int:
    """One message with an attempt, a receipt and a suppression for a number; its id."""
    with rt.engine.begin() as conn:
        id = numbers.ensure(conn, rt.vault, number).id
        messages.add(
            conn,
            messages.Single(
                cause=f"x:{id}", number_id=id, body=WORDS[0], lane=Lane.REPLY, message_class=Class.REPLY,
                route="simulator", language="id", at=rt.now(),
            ),
        )  # fmt: skip
        values = {"id": id, "provider_id": WORDS[1], "words": WORDS[2], "now": rt.now()}
        conn.execute(
            statement("""
                INSERT INTO attempts (month, message_id, number, number_id, route, provider_id, rank, words, claimed_at)
                SELECT month, id, 1, number_id, route, :provider_id, 1, :words, :now FROM messages WHERE number_id = :id
            """),
            values,
        )
        conn.execute(
            statement("""
                INSERT INTO receipts (route, provider_id, number_id, rank, words, received_at)
                VALUES ('simulator', :provider_id, :id, 3, :words, :now)
            """),
            values,
        )
        routes.suppress(conn, id, "notices", "resident", rt.now())
    return id


def kept(rt: Runtime) -> str:
    """All that the ledger's tables hold, as text."""
    with rt.engine.begin() as conn:
        return "\n".join(
            str(tuple(row))
            for table in ("messages", "attempts", "receipts")
            for row in conn.execute(statement(f"SELECT * FROM {table}"))  # noqa: S608  # our own names
        )


def test_a_person_is_told_what_was_sent_and_what_they_do_not_get(rt: Runtime) -> None:
    id = fill(rt, "+6281234567890")
    fill(rt, "+6281200000001")
    with rt.engine.begin() as conn:
        told = people.about(conn, id)
    assert [(sent["body"], sent["status"]) for sent in told["messages"]] == [(WORDS[0], "queued")]
    assert [row["scope"] for row in told["suppressions"]] == ["notices"]


def test_erasing_blanks_the_words_and_the_way_to_the_provider_and_keeps_the_counts(rt: Runtime) -> None:
    id = fill(rt, "+6281234567890")
    assert all(words in kept(rt) for words in WORDS)
    with rt.engine.begin() as conn:
        people.forget(conn, id)
        told = people.about(conn, id)
    assert not any(words in kept(rt) for words in WORDS)
    assert [sent["body"] for sent in told["messages"]] == [""]
    assert len(told["suppressions"]) == 1


def test_erasing_one_leaves_the_other_alone(rt: Runtime) -> None:
    id = fill(rt, "+6281234567890")
    fill(rt, "+6281200000001")
    with rt.engine.begin() as conn:
        people.forget(conn, id)
    assert all(words in kept(rt) for words in WORDS)
