"""Answers and notices: back by the way a message came, once a cause, at night only where they answer something."""

from gateway.numbers import store as numbers
from gateway.outbox.service import post
from gateway.outbox.service.work import work
from gateway.outbox.store import routes
from tests.outbox.conftest import AFRICASTALKING, TWILIO, attempts, number, reply, routed, statuses


def test_a_reply_goes_back_by_the_way_its_message_came(sender, standin):
    assert reply(sender, number(1, TWILIO), way=post.Way(AFRICASTALKING, "54600"))
    work(sender, "reply")
    assert attempts(sender)[0][1] == AFRICASTALKING


def test_a_reply_takes_the_route_of_its_prefix_while_its_own_is_paused(sender, standin):
    with sender.engine.begin() as conn:
        routes.pause(conn, AFRICASTALKING, "401", sender.now())
    reply(sender, number(1, TWILIO), way=post.Way(AFRICASTALKING, "54600"))
    work(sender, "reply")
    assert attempts(sender)[0][1] == TWILIO


def test_a_cause_is_answered_once(sender, standin):
    assert reply(sender, number(1))
    assert not reply(sender, number(1), body="Lain")
    work(sender, "reply")
    assert standin.accepted() == {number(1): 1}


def test_an_answer_goes_at_night_and_a_notice_waits_for_the_morning(sender, standin, clock):
    clock.at(clock.moment.replace(hour=14))  # 21:00 WIB
    reply(sender, number(1), cause="inbound:1")
    reply(sender, number(2), cause="ticket:1:due", received_at=None)
    work(sender, "reply")
    assert set(standin.accepted()) == {number(1)}
    clock.ahead(hours=11)
    work(sender, "reply")
    assert set(standin.accepted()) == {number(1), number(2)}


def test_whom_no_route_reaches_has_a_row_that_says_so(rt, standin, city):
    narrow = routed(rt, standin.base, SMS_ROUTES="+62811=twilio")
    with narrow.engine.begin() as conn:
        found = [numbers.ensure(conn, narrow.vault, one) for one in (number(1), number(1, TWILIO))]
        notices = [post.Notice(one.id, one.prefix, "id", "Kabar", f"news:{one.id}") for one in found]
        post.post_many(narrow, conn, notices)
        post.post_many(narrow, conn, notices)
    work(narrow, "reply")
    assert statuses(narrow) == {("sent", ""): 1, ("skipped", "no route"): 1}
