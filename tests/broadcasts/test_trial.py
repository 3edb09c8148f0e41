"""A test send: the exact texts to the author's own phone, once a minute, and no part of the broadcast."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from gateway.broadcasts.service import decide, trial
from gateway.db import statement
from gateway.kernel.errors import Conflict, Forbidden, Missing
from gateway.officials.rules import Official, Role
from tests.broadcasts.town import Town
from tests.conftest import Clock


@pytest.fixture
def admin(town: Town) -> Official:
    town.people(2)
    return town.official(Role.ADMIN)


def sent(town: Town) -> list[tuple[int, str, str, str]]:
    """Number, language, body and class of every single message, in order."""
    with town.rt.engine.begin() as conn:
        found = conn.execute(
            statement("SELECT number_id, language, body, class FROM messages WHERE batch_id IS NULL ORDER BY id")
        )
        return [tuple(row) for row in found]  # type: ignore[misc]


def test_the_author_gets_exactly_what_would_be_sent(town: Town, admin: Official) -> None:
    shown = town.write(admin, texts={"id": " Rob, tekan {ussd}.\n", "jv": "Rob."})
    answer = trial.send_trial(town.rt, admin, shown["id"])
    assert answer == {"id": shown["id"], "code": shown["code"], "sent": ["id", "jv"]}
    texts = shown["preview"]["texts"]
    assert sent(town) == [(admin.number_id, language, texts[language], "reply") for language in ("id", "jv")]
    assert town.count_of("SELECT count(*) FROM audit WHERE act = 'test'") == 1


def test_once_a_minute_however_often_and_from_wherever_it_is_asked(town: Town, clock: Clock, admin: Official) -> None:
    id = town.write(admin)["id"]
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda _: trial.send_trial(town.rt, admin, id)["sent"], range(8)))
    assert sorted(answers) == [[]] * 7 + [["id"]]
    assert len(sent(town)) == 1
    clock.ahead(minutes=1)
    assert trial.send_trial(town.rt, admin, id)["sent"] == ["id"]
    assert trial.send_trial(town.rt, admin, town.write(admin)["id"])["sent"] == ["id"], (
        "another broadcast is another text"
    )


def test_it_counts_in_no_broadcast_and_no_cap(town: Town, clock: Clock, admin: Official) -> None:
    id = town.approved(admin)
    for _ in range(3):
        trial.send_trial(town.rt, admin, id)
        clock.ahead(minutes=1)
    clock.ahead(seconds=town.rt.settings.undo_window)
    town.clock_ticks()
    assert town.get(id).recipients == 2
    assert town.status(id)["total"] == 0, "the test itself starts nothing"


def test_it_goes_at_once_in_quiet_hours(town: Town, clock: Clock, admin: Official) -> None:
    clock.ahead(hours=11)
    trial.send_trial(town.rt, admin, town.write(admin)["id"])
    assert town.count_of("SELECT count(*) FROM messages WHERE batch_id IS NULL AND not_before IS NULL") == 1


def test_only_its_author_may_ask(town: Town, admin: Official) -> None:
    id = town.write(admin)["id"]
    with pytest.raises(Forbidden):
        trial.send_trial(town.rt, town.official(Role.APPROVER), id)
    with pytest.raises(Missing):
        trial.send_trial(town.rt, town.official(Role.OFFICE), id)
    assert sent(town) == []


def test_not_once_it_is_under_way_or_over(town: Town, admin: Official) -> None:
    id = town.started(admin)
    with pytest.raises(Conflict, match="nothing to test"):
        trial.send_trial(town.rt, admin, id)
    decide.cancel(town.rt, admin, id)
    with pytest.raises(Conflict, match="nothing to test"):
        trial.send_trial(town.rt, admin, id)
    assert sent(town) == []
