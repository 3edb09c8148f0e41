"""The real server: two worker processes at once, reports over HTTP, draining, workers and parents that are killed."""

import json
import os
import signal
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import requests

from tests.web.conftest import AT_TOKEN, SIMULATOR_TOKEN, Server, answers, until

SRI = "+6281234567890"
SMS = {"id": "b1c2", "from": SRI, "text": "LAPOR BEN jalan rusak", "to": "54600"}


def post(server: Server, kind: str, form: dict[str, str]) -> requests.Response:
    url = f"{server.base}/hooks/africastalking/{kind}?token={AT_TOKEN}"
    return requests.post(url, data=form, timeout=30)


def send(server: Server, *to: str) -> requests.Response:
    form = {"username": "simulator", "to": ",".join(to), "message": "Halo"}
    url = f"{server.base}/simulator/version1/messaging"
    return requests.post(url, data=form, headers={"apiKey": SIMULATOR_TOKEN}, timeout=30)


def test_the_same_sms_twenty_times_at_once_is_one_record(server: Server, rows) -> None:
    with ThreadPoolExecutor(20) as pool:
        found = list(pool.map(lambda _: post(server, "sms", SMS).status_code, range(20)))
    assert found == [200] * 20
    assert rows("SELECT count(*) FROM inbound") == [(1,)]
    assert rows("SELECT count(*) FROM numbers") == [(1,)]


def test_the_same_first_hop_twenty_times_at_once_is_one_session(server: Server, rows) -> None:
    form = {"sessionId": "s1", "phoneNumber": SRI, "serviceCode": "*546#", "text": ""}
    with ThreadPoolExecutor(20) as pool:
        found = list(pool.map(lambda _: post(server, "ussd", form).text, range(20)))
    assert len(set(found)) == 1
    assert found[0].startswith("CON ")
    assert rows("SELECT count(*) FROM ussd_sessions") == [(1,)]


def test_the_simulated_company_reports_back(server: Server, rows) -> None:
    sent = send(server, SRI, "+6281234567891")
    assert sent.status_code == 201
    ids = [one["messageId"] for one in sent.json()["SMSMessageData"]["Recipients"]]
    until(lambda: rows("SELECT count(*) FROM receipts") == [(4,)])
    for id in ids:
        assert rows("SELECT words FROM receipts WHERE provider_id = %s ORDER BY id", id) == [("Sent",), ("Success",)]


def test_a_plan_holds_in_every_worker(server: Server, rows) -> None:
    plan = {"duplicate_receipts": 1, "drop_receipts": 0}
    assert requests.post(f"{server.base}/simulator/faults", json=plan, timeout=30).ok
    for n in range(4):
        assert send(server, f"+628123456789{n}").status_code == 201
    until(lambda: rows("SELECT count(*) FROM receipts") == [(16,)])
    requests.post(f"{server.base}/simulator/faults", json={"http_5xx": 1}, timeout=30)
    assert {send(server, SRI).status_code for _ in range(8)} == {500}


def test_a_call_that_stalls_has_been_delivered(server: Server) -> None:
    requests.post(f"{server.base}/simulator/faults", json={"stall": 1}, timeout=30)
    with ThreadPoolExecutor(1) as pool:
        call = pool.submit(send, server, SRI)
        until(lambda: requests.get(f"{server.base}/simulator/inbox/{SRI}", timeout=30).json())
        assert not call.done()
        assert call.result(30).status_code == 201


def test_a_request_in_flight_is_finished_before_the_end(server: Server) -> None:
    requests.post(f"{server.base}/simulator/faults", json={"slow_ms": 2000}, timeout=30)
    reached = threading.Event()

    def slow() -> int:
        reached.set()
        return send(server, SRI).status_code

    with ThreadPoolExecutor(1) as pool:
        call = pool.submit(slow)
        reached.wait(10)
        threading.Event().wait(0.5)
        server.process.send_signal(signal.SIGTERM)
        assert call.result(30) == 201
    assert server.process.wait(25) == 0
    assert not answers(server.base)


def test_a_killed_worker_is_replaced(server: Server) -> None:
    before = server.workers()
    assert len(before) == 2
    os.kill(before[0], signal.SIGKILL)
    until(lambda: len(server.workers()) == 2 and before[0] not in server.workers())
    assert before[1] in server.workers()
    until(lambda: answers(server.base))
    assert post(server, "sms", SMS).status_code == 200


def test_workers_end_with_a_killed_parent(server: Server) -> None:
    workers = server.workers()
    server.process.kill()
    server.process.wait(30)
    until(lambda: not any(is_running(pid) for pid in workers))
    assert not answers(server.base)


def is_running(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def test_every_line_of_the_log_is_json_and_none_has_a_secret(server: Server) -> None:
    post(server, "sms", SMS)
    requests.get(f"{server.base}/simulator/inbox/{SRI}?x=geheim", timeout=30)
    requests.post(f"{server.base}/hooks/africastalking/sms?token=wrong-token", data=SMS, timeout=30)
    server.process.terminate()
    server.process.wait(30)
    written = server.log.read_text()
    lines = [json.loads(line) for line in written.splitlines()]
    assert {"/hooks/africastalking/sms", "/simulator/inbox/+***********90"} <= {line.get("path") for line in lines}
    for secret in (AT_TOKEN, SIMULATOR_TOKEN, "wrong-token", "geheim", SRI[1:], "jalan rusak"):
        assert secret not in written
