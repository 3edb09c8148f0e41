"""The client over its life: proxies, windows, cancelled and closed calls, forks."""

import asyncio
import os
import pickle

import pycurl
import pytest
import uvloop

from gateway.providers import http
from gateway.providers.http import Client
from tests.providers.raw import OK, listening, verdict_of
from tests.standin.companies import Plan, Wire
from tests.standin.server import serve


def test_the_proxy_of_the_environment_is_not_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:9")

    async def scene() -> str:
        async with serve(0, at_token="t", twilio_token="a") as (_, base):
            client = Client(window=1, timeout=5)
            verdict = await verdict_of(client, base + "/_counts")
            await client.aclose()
            return verdict

    assert uvloop.run(scene()) == "200"


def test_no_more_calls_than_the_window_are_in_flight_and_connections_are_kept() -> None:
    now = most = connections = 0

    async def count(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal now, most, connections
        connections += 1
        while True:
            await reader.readuntil(b"x=1")
            now, most = now + 1, max(most, now + 1)
            await asyncio.sleep(0.005)
            now -= 1
            writer.write(OK)

    async def scene() -> set[str]:
        async with listening(count) as url:
            client = Client(window=3, timeout=5)
            verdicts = await asyncio.gather(*(verdict_of(client, url) for _ in range(20)))
            await client.aclose()
            return set(verdicts)

    assert uvloop.run(scene()) == {"200"}
    assert (most, connections) == (3, 3)


def test_closing_ends_calls_in_flight_and_waiting_ones_by_what_was_written() -> None:
    async def scene() -> list[str]:
        async with serve(0, at_token="t", twilio_token="a") as (companies, base):
            companies.set_plan(Plan(script=[Wire.STALL]))
            client = Client(window=1, timeout=5)
            calls = [asyncio.create_task(verdict_of(client, base + "/version1/messaging")) for _ in range(2)]
            while not companies.posts:
                await asyncio.sleep(0.01)
            await client.aclose()
            return list(await asyncio.gather(*calls))

    assert uvloop.run(scene()) == ["InDoubt", "NeverSent"]


def test_a_cancelled_call_is_cancelled_and_its_slot_serves_the_next() -> None:
    async def scene() -> tuple[bool, str, int]:
        async with serve(0, at_token="t", twilio_token="a") as (companies, base):
            companies.set_plan(Plan(script=[Wire.STALL]))
            client = Client(window=1, timeout=5)
            call = asyncio.create_task(verdict_of(client, base + "/version1/messaging"))
            while not companies.posts:
                await asyncio.sleep(0.01)
            call.cancel()
            await asyncio.wait([call])
            verdict = await verdict_of(client, base + "/_counts")
            await client.aclose()
            await client.aclose()
            return call.cancelled(), verdict, companies.posts

    assert uvloop.run(scene()) == (True, "200", 1)


def test_a_time_out_of_one_call_is_not_that_of_the_next() -> None:
    async def scene() -> list[str]:
        async with serve(0, at_token="t", twilio_token="a") as (companies, base):
            companies.set_plan(Plan(latency_ms=300))
            client = Client(window=1, timeout=5)
            verdicts = []
            for timeout in (0.05, None):
                try:
                    reply = await client.request("GET", base + "/x", [], timeout=timeout)
                    verdicts.append(str(reply.status))
                except http.CallFailed as error:
                    verdicts.append(type(error).__name__)
            await client.aclose()
            return verdicts

    assert uvloop.run(scene()) == ["InDoubt", "200"]


def test_a_forked_child_has_connections_of_its_own_and_leaves_the_parent_s_alone() -> None:
    connections = 0

    async def count(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal connections
        connections += 1
        while True:
            await reader.readuntil(b"x=1")
            writer.write(OK)

    client = Client(window=1, timeout=5)

    def in_child(url: str, out: int) -> None:
        async def call() -> str:
            verdict = await verdict_of(client, url)
            await client.aclose()
            return verdict

        try:
            os.write(out, pickle.dumps(asyncio.run(call())))
        finally:
            os._exit(0)

    async def scene() -> list[str]:
        async with listening(count) as url:
            verdicts = [await verdict_of(client, url)]
            reader, out = os.pipe()
            pid = os.fork()
            if not pid:
                # The child is not in the parent's loop.
                asyncio._set_running_loop(None)
                in_child(url, out)
            await asyncio.to_thread(os.waitpid, pid, 0)
            verdicts.append(pickle.loads(os.read(reader, 1000)))  # noqa: S301
            os.close(reader)
            os.close(out)
            verdicts.append(await verdict_of(client, url))
            await client.aclose()
            return verdicts

    assert asyncio.run(scene()) == ["200"] * 3
    assert connections == 2


def test_what_a_fork_brought_along_is_kept_untouched_as_long_as_the_process_lives() -> None:
    async def scene() -> tuple[str, bool, bool]:
        async with serve(0, at_token="t", twilio_token="a") as (_, base):
            client = Client(window=1, timeout=5)
            await verdict_of(client, base + "/_counts")
            brought = client._pool
            assert brought is not None
            brought.pid = -1
            verdict = await verdict_of(client, base + "/_counts")
            await client.aclose()
            was_closed = brought.multi.closed
            http._left_by_fork.remove(brought)
            return verdict, was_closed, client._pool is None

    assert uvloop.run(scene()) == ("200", False, True)


def test_a_connection_that_was_not_seen_opening_counts_as_alive() -> None:
    sockets = http._Sockets()
    assert sockets.opened(10_000, 0) == pycurl.SOCKOPT_OK
    assert not sockets.is_stale(1)
