"""Who waits for whom: an alarm and a reply in the middle of a large blast leave at once, counted in calls and not in seconds.

The company takes so many messages a second, and the blast uses what it may of them. So the blast's own calls are the
clock: what left of it in between says how long an alarm has waited, on a slow machine as on a fast one.
"""

import psycopg
import pytest

from gateway.local import postgres
from tests.blast import blast, command, status_of
from tests.stack import Stack, ask, credentials, post_twilio, twilio_sms, until

PEOPLE, ALARMED = 3_000, 40
RATE, CONCURRENCY = 200, 4
IN_FLIGHT = 2 * 2 * CONCURRENCY
"""Two windows of each of the two bulk workers."""
ALARM = "Awas rob, menjauh dari pantai."


@pytest.fixture
def gateway(begin):
    limits = {"TWILIO_PER_SECOND": str(RATE), "TWILIO_CONCURRENCY": str(CONCURRENCY)}
    with begin(SMS_ROUTES="*=twilio", **limits) as made:
        yield made


def claimed_between(made: Stack, since: str, until: str) -> int:
    """How many messages of the blast were claimed between two moments that the ledger names."""
    counted = f"""SELECT count(*) FROM messages WHERE class = 'important'
                  AND claimed_at > ({since}) AND claimed_at <= ({until})"""  # noqa: S608  # our own words
    with psycopg.connect(postgres.plain(made.environment["DATABASE_URL"])) as conn:
        return int(conn.execute(counted).fetchone()[0])


def of_text(made: Stack, words: str) -> dict[str, int]:
    """Which call brought a text that begins so first and last, and how many did; empty before the first."""
    return next((seen for text, seen in made.counts()["texts"].items() if text.startswith(words)), {})


def write_alarmed(made: Stack, tmp_path) -> None:
    path = tmp_path / "alarmed.csv"
    with path.open("w") as file:
        file.write("phone,area,language,consent_how,consent_when\n")
        for at in range(ALARMED):
            file.write(f"+62813{at:08d},33.75.02.1007,id,paper,2026-11-01\n")
    command(made, "residents", "import", str(path))


def test_an_alarm_and_a_reply_leave_in_the_middle_of_a_blast_and_are_not_slowed_by_it(gateway, tmp_path):
    gateway.plan(latency_ms=10)
    write_alarmed(gateway, tmp_path)
    made = command(gateway, "officials", "add", "BPBD", "--role", "emergency", "--area", "33.75", "--phone",
                   "+6285100000003")  # fmt: skip
    bpbd = credentials(made)["token"]
    body = {"level": "emergency", "texts": {"id": ALARM}, "audience": {"areas": ["33.75.02.1007"]}, "reason": "rob"}
    url = f"{gateway.base}/api/v1/broadcasts"
    status, alarm = ask(url, body, bpbd, Idempotency_Key="alarm")
    assert (status, alarm["preview"]["recipients"]) == (201, ALARMED), alarm
    assert ask(f"{url}/{alarm['id']}/submit", {}, bpbd)[0] == 200

    id, admin, second = blast(gateway, tmp_path, PEOPLE)
    assert ask(f"{url}/{id}/approve", {}, second)[0] == 200
    until(60, lambda: of_text(gateway, "Air naik").get("posts", 0) > 3 * RATE, "the blast is under way")

    assert ask(f"{url}/{alarm['id']}/approve", {}, bpbd)[0] == 200
    help_wanted = twilio_sms("+6281400000001", "BANTUAN", "SM" + "b" * 32)
    assert post_twilio(gateway, help_wanted, signed_for=gateway.base)[0] == 200
    until(60, lambda: of_text(gateway, ALARM).get("posts") == ALARMED, "the alarm has left")
    until(60, lambda: of_text(gateway, "Perintah: INFO"), "the reply has left")
    until(120, lambda: status_of(gateway, id, admin)["counts"]["sent"] == PEOPLE, "the blast goes on to its end")
    counted = gateway.counts()
    assert set(counted["accepted"].values()) <= {1, 2}, "nobody twice; the author is told twice"
    order = {words: of_text(gateway, words) for words in ("Air naik", ALARM, "Perintah: INFO")}
    assert order["Air naik"]["first"] < order[ALARM]["first"]
    assert order[ALARM]["last"] < order["Air naik"]["last"], "it was in the middle of the blast"

    waited = claimed_between(gateway, "SELECT started_at FROM broadcasts WHERE level = 'emergency'",
                             "SELECT min(claimed_at) FROM messages WHERE class = 'emergency'")  # fmt: skip
    took = claimed_between(gateway, "SELECT min(claimed_at) FROM messages WHERE class = 'emergency'",
                           "SELECT max(claimed_at) FROM messages WHERE class = 'emergency'")  # fmt: skip
    answered = claimed_between(gateway, "SELECT received_at FROM inbound",
                               "SELECT claimed_at FROM messages WHERE cause LIKE 'inbound:%'")  # fmt: skip
    print(f"of the blast: {waited} to the alarm's first, {took} to its last, {answered} to the reply")
    assert waited <= 2 * RATE + IN_FLIGHT, "two seconds' worth"
    # The blast leaves a tenth of the rate, so that an alarm is under way whatever else is.
    assert took <= 2 * RATE + IN_FLIGHT
    assert answered <= 2 * RATE + IN_FLIGHT
