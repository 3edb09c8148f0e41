"""One-time codes: each good once, for the act it was asked for, within its time, and never by guessing."""

import base64
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import psycopg
import pytest

from gateway.audit import store as audit
from gateway.kernel.errors import Missing
from gateway.local.postgres import plain
from gateway.officials import codes, rules, service, store
from gateway.officials.codes import Proof, Wanted
from gateway.officials.rules import Official
from gateway.runtime import Runtime
from tests.broadcasts.town import at_once
from tests.conftest import Clock

RFC_SECRET = base64.b32encode(b"12345678901234567890").decode()
# RFC 6238, appendix B, SHA-1; the last six of its eight digits.
RFC = [(59, "287082"), (1111111109, "081804"), (1111111111, "050471"), (1234567890, "005924"), (2000000000, "279037")]


class Holder:
    """An official with a card, as they would hold it in the hand."""

    def __init__(self, rt: Runtime, number: str = "081234567890") -> None:
        self.rt = rt
        made = service.add(rt, "Sri", "admin", "33.75", number)
        self.id, self.card = made.id, made.card
        self.official = self._read()

    def _read(self) -> Official:
        with self.rt.engine.begin() as conn:
            found = store.get(conn, self.id)
        assert found
        return found

    def is_asked(self, act: str = "approve", subject: str = "broadcast:1", hash: str = "h") -> Wanted | None:
        with self.rt.engine.begin() as conn:
            return codes.ask(self.rt, conn, self.official, act, subject, hash)

    def cell(self, act: str = "approve", subject: str = "broadcast:1") -> str:
        wanted = self.is_asked(act, subject)
        assert wanted
        assert wanted.ask.cell
        return wanted.ask.cell

    def answers(self, code: str, act: str = "approve", subject: str = "broadcast:1") -> Proof:
        with self.rt.engine.begin() as conn:
            wanted = codes.find(conn, self.official, act, subject)
            return codes.prove(self.rt, conn, self.official, wanted, code) if wanted else Proof("none")

    def wrong(self, *more: str) -> str:
        taken = {*self.card.values(), *more}
        return next(code for code in map("{:06d}".format, range(100)) if code not in taken)


@pytest.fixture
def holder(rt: Runtime) -> Holder:
    return Holder(rt)


@pytest.mark.parametrize(("seconds", "code"), RFC)
def test_totp_as_the_rfc_has_it(seconds: int, code: str) -> None:
    now = datetime.fromtimestamp(seconds, UTC)
    assert rules.find_totp_step(RFC_SECRET, code, now, None) == seconds // 30
    assert rules.find_totp_step(RFC_SECRET, code, now + timedelta(seconds=30), None) == seconds // 30
    assert rules.find_totp_step(RFC_SECRET, code, now + timedelta(seconds=90), None) is None
    assert rules.find_totp_step(RFC_SECRET, code, now, seconds // 30) is None


def test_cells_are_asked_row_by_row_and_each_is_good_once(holder: Holder) -> None:
    for cell in ("A1", "B1", "C1", "D1", "E1", "A2"):
        assert holder.cell() == cell
        assert holder.cell() == cell, "asking again keeps the cell that nobody has seen"
        assert holder.answers(holder.card[cell]) == Proof("ok")
        assert holder.answers(holder.card[cell]).outcome == "none", "nothing is waited for any more"


def test_two_acts_at_a_time_have_two_cells_and_neither_code_serves_the_other(holder: Holder) -> None:
    assert (holder.cell("approve"), holder.cell("cancel")) == ("A1", "B1")
    assert holder.answers(holder.card["B1"], "approve") == Proof("wrong", 2)
    assert holder.answers(holder.card["B1"], "cancel") == Proof("ok")
    assert holder.answers(holder.card["A1"], "approve") == Proof("ok")


def test_three_wrong_ones_lock_the_right_one_too_for_half_an_hour_over_all_acts(holder: Holder, clock: Clock) -> None:
    holder.cell("approve"), holder.cell("cancel")
    assert holder.answers(holder.wrong(), "approve") == Proof("wrong", 2)
    assert holder.answers(holder.wrong(), "cancel") == Proof("wrong", 1)
    assert holder.answers(holder.wrong(), "approve") == Proof("locked")
    holder.rt.redis.flushall()
    assert holder.answers(holder.card["A1"], "approve") == Proof("locked")
    clock.ahead(minutes=31)
    # The code came on the air while the lock held: it is good for nothing.
    assert holder.cell("approve") == "B1"
    assert holder.answers(holder.card["B1"], "approve") == Proof("ok")


def test_a_right_code_forgives_the_wrong_ones_before(holder: Holder) -> None:
    for cell in ("A1", "B1"):
        assert holder.cell() == cell
        assert holder.answers(holder.wrong()) == Proof("wrong", 2)
        assert holder.answers(holder.wrong()) == Proof("wrong", 1)
        assert holder.answers(holder.card[cell]) == Proof("ok")


def test_after_fifteen_minutes_a_code_is_late_and_used_up(holder: Holder, clock: Clock) -> None:
    holder.cell()
    clock.ahead(minutes=15)
    assert holder.answers(holder.card["A1"]) == Proof("late")
    assert holder.cell() == "B1"


def test_a_cell_that_was_never_answered_is_asked_again(holder: Holder, clock: Clock) -> None:
    holder.cell()
    clock.ahead(minutes=16)
    assert holder.cell("approve", "broadcast:2") == "A1"
    # Its code comes for the act it was asked for before: late there, and no longer good here.
    assert holder.answers(holder.card["A1"], "approve", "broadcast:1") == Proof("late")
    assert holder.answers(holder.card["A1"], "approve", "broadcast:2") == Proof("late")
    assert holder.cell("approve", "broadcast:2") == "B1"


def voided(holder: Holder) -> None:
    service.renew_card(holder.rt, holder.id)


def disabled(holder: Holder) -> None:
    service.disable(holder.rt, holder.id)


@pytest.mark.parametrize(
    ("label", "act", "outcome"),
    [("of an old card", voided, "none"), ("of one whose phone was lost", disabled, "none")],
)
def test_a_code_is_void(holder: Holder, label: str, act: Callable[[Holder], None], outcome: str) -> None:
    cell = holder.cell()
    act(holder)
    assert holder.answers(holder.card[cell]).outcome == outcome, label


def test_a_code_of_the_old_card_is_wrong_under_the_new_one(holder: Holder) -> None:
    cell = holder.cell()
    voided(holder)
    assert holder.cell() == cell
    assert holder.answers(holder.card[cell]) == Proof("wrong", 2)


def test_a_code_of_another_official_is_wrong(holder: Holder, rt: Runtime) -> None:
    other = Holder(rt, "081234567891")
    assert holder.cell() == other.cell() == "A1"
    assert holder.answers(other.card["A1"]) == Proof("wrong", 2)
    assert other.answers(other.card["A1"]) == Proof("ok"), "a guess elsewhere neither uses it up nor counts against it"


def test_a_lost_phone_ends_the_authenticator_and_asks_nobody_any_more(holder: Holder) -> None:
    codes.renew_totp(holder.rt, holder.id)
    disabled(holder)
    assert holder.is_asked() is None
    with pytest.raises(Missing):
        codes.renew_totp(holder.rt, holder.id)


def generated(secret: str, now: datetime) -> str:
    return rules._totp(secret).generate(int(now.timestamp())).decode()


def test_an_authenticator_answers_in_place_of_the_card_once_a_step(holder: Holder, clock: Clock) -> None:
    secret, uri = codes.renew_totp(holder.rt, holder.id)
    assert uri.startswith("otpauth://totp/")
    assert secret in uri
    holder.cell(), holder.cell("cancel")
    code = generated(secret, clock())
    assert holder.answers(code, "approve") == Proof("ok")
    assert holder.answers(code, "cancel") == Proof("wrong", 2)
    clock.ahead(seconds=30)
    assert holder.answers(generated(secret, clock()), "cancel") == Proof("ok")


def test_with_the_card_used_up_the_authenticator_is_left_and_without_it_nothing(holder: Holder, clock: Clock) -> None:
    for _ in range(40):
        assert holder.answers(holder.card[holder.cell()]) == Proof("ok")
    assert holder.is_asked() is None
    secret, _ = codes.renew_totp(holder.rt, holder.id)
    wanted = holder.is_asked()
    assert wanted
    assert (wanted.ask.cell, wanted.has_totp) == (None, True)
    assert holder.answers(generated(secret, clock())) == Proof("ok")


def test_one_code_twice_at_once_counts_once(holder: Holder) -> None:
    for _ in range(15):
        code = holder.card[holder.cell()]
        outcomes = [proof.outcome for proof in at_once(*[lambda code=code: holder.answers(code)] * 4)]  # type: ignore[union-attr]
        # Whoever looked before the first had it used up is told that it comes too late; none counts as a guess.
        assert outcomes.count("ok") == 1
        assert set(outcomes) <= {"ok", "none", "late"}
        holder.cell("submit")
        assert holder.answers(holder.card[holder.cell("submit")], "submit") == Proof("ok")


def test_guesses_at_once_get_three_tries_and_no_more(holder: Holder) -> None:
    cell = holder.cell()
    guesses = [code for code in map("{:06d}".format, range(40)) if code not in holder.card.values()][:12]
    outcomes = [proof.outcome for proof in at_once(*(lambda code=code: holder.answers(code) for code in guesses))]  # type: ignore[union-attr]
    assert (outcomes.count("wrong"), outcomes.count("locked")) == (2, 10)
    assert holder.answers(holder.card[cell]) == Proof("locked")


def test_neither_codes_nor_secrets_are_kept_or_logged(
    holder: Holder, caplog: pytest.LogCaptureFixture, clock: Clock
) -> None:
    with caplog.at_level("DEBUG"):
        secret, _ = codes.renew_totp(holder.rt, holder.id)
        code = holder.card[holder.cell()]
        holder.answers(holder.wrong())
        holder.answers(code)
    with psycopg.connect(plain(holder.rt.settings.database_url)) as conn:
        kept = [str(row) for table in ("officials", "official_cards", "code_asks", "audit")
                for row in conn.execute(f"SELECT * FROM {table}")]  # type: ignore[arg-type]  # noqa: S608  # fmt: skip
    assert f"'{code}'" not in "\n".join(kept)
    assert secret not in "\n".join(kept)
    assert code not in caplog.text
    assert secret not in caplog.text
    with holder.rt.engine.begin() as conn:
        acts = [(row["act"], row["detail"]) for row in audit.of(conn, "broadcast:1")]
    assert acts == [("use code", {"code": "card A1", "channel": "api"})]
