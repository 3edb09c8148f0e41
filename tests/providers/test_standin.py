"""The stand-in companies themselves: their counts, their control, and receipts that the adapters find proven."""

import asyncio
import json
import signal
import subprocess
import sys
from pathlib import Path
from urllib.parse import parse_qsl

import pytest
import uvloop

from gateway.providers.base import Hook, Outgoing, Receipt, Status
from gateway.providers.http import Client
from gateway.web.hooks import flat
from tests.providers.cases import (
    AT_TOKEN,
    NUMBER,
    OTHER,
    PUBLIC,
    TWILIO_TOKEN,
    build,
    settings,
)
from tests.providers.local_cases import DESCRIPTIONS, LOCAL_TOKEN
from tests.standin.companies import Plan
from tests.standin.server import serve

SERVER = Path(__file__).parents[1] / "standin" / "server.py"


async def gateway(hooks: list[Hook], statuses: list[int]) -> asyncio.Server:
    """A gateway that keeps the hooks it gets and answers with these statuses in turn, then 200."""

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode()
                lines = head.strip().split("\r\n")
                headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines[1:])}
                body = (await reader.readexactly(int(headers.get("content-length", 0)))).decode()
                method, target, _ = lines[0].split(" ")
                kind = target.partition("?")[0].rpartition("/")[2]
                query = dict(parse_qsl(target.partition("?")[2]))
                form = parse_qsl(body if method == "POST" else target.partition("?")[2], keep_blank_values=True)
                if headers.get("content-type") == "application/json":
                    form = flat(body.encode())
                hooks.append(Hook(kind, PUBLIC + target, query, form, headers))
                status = statuses.pop(0) if statuses else 200
                writer.write(f"HTTP/1.1 {status} X\r\nContent-Length: 0\r\n\r\n".encode())
        except asyncio.IncompleteReadError:
            writer.close()

    return await asyncio.start_server(handle, "127.0.0.1", 0)


@pytest.mark.parametrize("name", ["africastalking", "twilio", *DESCRIPTIONS])
def test_receipts_come_back_proven_until_they_are_taken(name: str) -> None:
    hooks: list[Hook] = []

    async def scene() -> tuple[list[Receipt], bool, str | None]:
        async with await gateway(hooks, [503]) as server:
            address = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
            tokens = {"at_token": AT_TOKEN, "twilio_token": TWILIO_TOKEN, "local_token": LOCAL_TOKEN}
            async with serve(0, gateway=address, **tokens) as (companies, base):
                companies.set_plan(Plan(receipts=True, receipt_delay_ms=1))
                provider = build(name, settings(base))
                [outcome] = await provider.send([Outgoing("att_1", NUMBER, "Halo")])
                companies.set_plan(Plan(receipts=True, receipt_failed=1.0))
                await provider.send([Outgoing("att_2", OTHER, "Halo")])
                while len(hooks) < 5:
                    await asyncio.sleep(0.01)
                await provider.aclose()
                proven = all(provider.verify(hook) for hook in hooks)
                return [provider.read(hook) for hook in hooks], proven, outcome.provider_id

    events, proven, provider_id = uvloop.run(scene())
    assert proven
    first = [event.status for event in events if event.provider_id == provider_id]
    second = [event.status for event in events if event.provider_id != provider_id]
    # One of the five was refused with 503 and came again.
    assert len(first) + len(second) == 5
    assert set(first) == {Status.SENT, Status.DELIVERED}
    assert set(second) == {Status.SENT, Status.FAILED}
    assert {event.number for event in events} == {NUMBER, OTHER}
    if name != "africastalking":
        assert {event.key for event in events} == {"att_1", "att_2"}


def test_it_runs_by_its_path_is_controlled_by_json_and_counts_who_got_what() -> None:
    process = subprocess.Popen([sys.executable, str(SERVER), "--port", "0"], stdout=subprocess.PIPE, text=True)
    assert process.stdout
    base = process.stdout.readline().split()[-1]

    async def scene() -> tuple[list[dict[str, object]], list[str]]:
        client = Client(window=4, timeout=5)
        control = json.dumps({"faults": {"http_429": 1.0}, "retry_after": 7, "latency_ms": 1}).encode()
        replies = [await client.request("POST", base + "/_control", [], b'{"wire":{"pigeon":1}}')]
        provider = build("africastalking", settings(base))
        outcomes = [*await provider.send([Outgoing("a", NUMBER, "Halo")])]
        replies.append(await client.request("POST", base + "/_control", [], control))
        outcomes += await provider.send([Outgoing("b", NUMBER, "Halo")])
        replies.append(await client.request("GET", base + "/_counts", []))
        replies.append(await client.request("GET", base + "/_reset", []))
        await provider.aclose()
        await client.aclose()
        return [json.loads(reply.body) for reply in replies], [outcome.verdict.value for outcome in outcomes]

    try:
        [wrong, controlled, counts, reset], verdicts = uvloop.run(scene())
    finally:
        process.send_signal(signal.SIGTERM)
        assert process.wait(10) == 0
        process.stdout.close()
    assert "pigeon" in str(wrong["wrong"])
    assert controlled == {}
    assert verdicts == ["accepted", "not_sent"]
    assert (counts["posts"], counts["taken"], counts["accepted"]) == (2, 1, {NUMBER: 1})
    assert counts["fates"] == {"take": 1, "http_429": 1}
    assert (reset["posts"], reset["accepted"]) == (0, {})


def test_a_lost_answer_s_message_is_taken_or_not_as_the_plan_says() -> None:
    async def scene() -> list[int]:
        async with serve(0, at_token="t", twilio_token="a") as (companies, base):
            provider = build("africastalking", settings(base))
            taken = []
            for share in (0.0, 1.0):
                companies.set_plan(Plan.of({"wire": {"fin": 1.0}, "lost_taken": share}))
                await provider.send([Outgoing("a", NUMBER, "Halo")])
                taken.append(companies.accepted[NUMBER])
            await provider.aclose()
            return taken

    assert uvloop.run(scene()) == [0, 1]
