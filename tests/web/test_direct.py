"""Hooks are answered alike before Flask and by Flask's own view."""

import pytest

CASES = [
    ("a hop", "ussd", {"sessionId": "d-{way}", "phoneNumber": "+6281200000077", "text": ""}, True),
    ("a hop without its session", "ussd", {"phoneNumber": "+6281200000077"}, True),
    ("an SMS", "sms", {"id": "d-{way}", "from": "+6281200000077", "to": "54600", "text": "BANTUAN"}, True),
    ("an SMS with a NUL", "sms", {"id": "n-{way}", "from": "+6281200000077", "text": "BAN\0TUAN"}, True),
    ("a wrong token", "sms", {"id": "w-{way}", "from": "+6281200000077"}, False),
    ("a report", "report", {"id": "r-{way}", "status": "Success"}, True),
    ("an unknown kind", "nothing", {"id": "x"}, True),
]


def post(client, kind, form, token, *, by_flask):
    url = f"/hooks/simulator/{kind}?token={token}"
    # Multipart is not what companies send; it is left to Flask.
    kind_of_body = "multipart/form-data" if by_flask else "application/x-www-form-urlencoded"
    return client.post(url, data=form, content_type=kind_of_body)


@pytest.mark.parametrize(("label", "kind", "form", "has_token"), CASES, ids=[case[0] for case in CASES])
def test_both_ways_give_the_same_answer(client, rt, label, kind, form, has_token):
    token = rt.settings.simulator_hook_token if has_token else "wrong"
    answers = []
    for way in ("direct", "flask"):
        filled = {name: value.format(way=way) for name, value in form.items()}
        answers.append(post(client, kind, filled, token, by_flask=way == "flask"))
    direct, flask = answers
    assert direct.status_code == flask.status_code, label
    assert direct.data == flask.data, label
    ignored = {"X-Request-Id"}
    assert {k: v for k, v in direct.headers if k not in ignored} == {k: v for k, v in flask.headers if k not in ignored}


def test_a_body_that_is_too_large_is_refused(client, rt):
    token = rt.settings.simulator_hook_token
    form = {"id": "large", "from": "+6281200000077", "text": "x" * 70_000}
    assert post(client, "sms", form, token, by_flask=False).status_code == 413


def test_another_method_is_refused(client, rt):
    assert client.get(f"/hooks/simulator/sms?token={rt.settings.simulator_hook_token}").status_code == 405


def test_a_failure_of_ours_is_a_problem_and_says_nothing(client, rt, monkeypatch):
    from gateway.web import hooks

    def break_down(*_):
        raise ValueError("+6281200000077 said something")

    monkeypatch.setattr(hooks, "_hand_on", break_down)
    form = {"id": "broken", "from": "+6281200000077", "text": "x"}
    answer = post(client, "sms", form, rt.settings.simulator_hook_token, by_flask=False)
    assert answer.status_code == 500
    assert answer.content_type.startswith("application/problem+json")
    assert b"+62" not in answer.data
