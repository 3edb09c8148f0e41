"""Africa's Talking, Twilio and two local companies in one process, to send to and to be hurt by.

    python tests/standin/server.py --port 18300 --gateway http://127.0.0.1:8000 --at-token T --twilio-token A

POST /version1/messaging and /2010-04-01/Accounts/<sid>/Messages.json take messages, GET of the latter lists them.
GET /api/kirim and POST /v2/messages take them as the local companies of config/aggregator.example.yaml and jalur.yaml do:
AGGREGATOR_BASE_URL is this process, AGGREGATOR_HOOK_TOKEN what --local-token says.
POST /_control sets the plan (see companies.Plan), GET /_counts says what was taken from whom, GET /_reset forgets.
"""

import argparse
import asyncio
import json
import os
import random
import re
import signal
import socket
import struct
import sys
from collections.abc import Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from urllib.parse import urlencode

import uvloop

if __name__ == "__main__":  # Run by path, the checkout is not on the path of imports yet.
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from gateway.providers import http
from tests.standin.companies import LOST, Companies, Plan, Wire
from tests.standin.local import PLAIN, TOKEN, Post, Said

LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
RETRIES = 60


class Reporter:
    """Posts receipts to the gateway, again each second until it answers 200."""

    def __init__(self, gateway: str, companies: Companies) -> None:
        self.planned = self.posted = self.answered = self.lost = 0
        self._gateway = gateway.rstrip("/")
        self._companies = companies
        self._client = http.Client(window=32, timeout=20.0)
        self._tasks: set[asyncio.Task[None]] = set()

    def plan(self, posts: Sequence[Post]) -> None:
        if posts and self._gateway:
            self.planned += len(posts)
            task = asyncio.get_running_loop().create_task(self._report(posts))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _report(self, posts: Sequence[Post]) -> None:
        for post in posts:
            delay = self._companies.plan.receipt_delay_ms / 1000
            if delay:
                await asyncio.sleep(delay * random.uniform(0.5, 1.5))
            await self._post(post)

    async def _post(self, post: Post) -> None:
        headers = [f"{name}: {value}" for name, value in post.headers.items()]
        body = post.body
        if body is None:
            headers.append("Content-Type: application/x-www-form-urlencoded")
            body = urlencode(post.form).encode()
        for _ in range(RETRIES):
            self.posted += 1
            try:
                reply = await self._client.request(post.method, self._gateway + post.path, headers, body)
            except http.CallFailed:
                await asyncio.sleep(1)
                continue
            if reply.status == 200:
                self.answered += 1
                return
            await asyncio.sleep(1)
        self.lost += 1

    async def aclose(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._client.aclose()


class Connection(asyncio.Protocol):
    """One connection: requests one after another, each answered by its fate."""

    def __init__(self, companies: Companies, reporter: Reporter, open_ones: set["Connection"]) -> None:
        self._companies = companies
        self._reporter = reporter
        self._open = open_ones
        self._buffer = b""
        self.transport: asyncio.Transport

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport  # type: ignore[assignment]
        self._open.add(self)

    def connection_lost(self, exc: Exception | None) -> None:
        self._open.discard(self)

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        while True:
            end = self._buffer.find(b"\r\n\r\n")
            if end < 0:
                return
            head = self._buffer[:end]
            length = LENGTH.search(head)
            whole = end + 4 + (int(length[1]) if length else 0)
            if len(self._buffer) < whole:
                return
            body, self._buffer = self._buffer[end + 4 : whole], self._buffer[whole:]
            self._request(head, body)

    def _request(self, head: bytes, body: bytes) -> None:
        method, target, _ = head.split(b"\r\n", 1)[0].decode("latin-1").split(" ", 2)
        path, _, query = target.partition("?")
        if path.startswith("/_"):
            self._answer(self._control(path, body))
        elif method == "GET" and path != PLAIN:
            self._later(self._companies.list(path, query), Wire.TAKE)
        else:
            fate = self._companies.fate()
            said = self._companies.call(path, query, head, body, fate)
            self._reporter.plan(said.posts)
            self._later(said, fate)

    def _control(self, path: str, body: bytes) -> Said:
        if path == "/_control":
            try:
                self._companies.set_plan(Plan.of(json.loads(body)))
            except (ValueError, TypeError) as error:
                return Said(400, json.dumps({"wrong": str(error)}).encode())
            return Said(200, b"{}")
        if path == "/_reset":
            self._companies.reset()
        reports = {name: getattr(self._reporter, name) for name in ("planned", "posted", "answered", "lost")}
        return Said(200, json.dumps(self._companies.counts() | {"receipts": reports}).encode())

    def _later(self, said: Said, fate: Wire) -> None:
        wait = (self._companies.plan.latency_ms + self._companies.plan.faults.slow_ms) / 1000
        if wait:
            asyncio.get_running_loop().call_later(wait, self._meet, said, fate)
        else:
            self._meet(said, fate)

    def _meet(self, said: Said, fate: Wire) -> None:
        transport = self.transport
        if fate not in LOST:
            if fate is Wire.INTERIM:
                transport.write(b"HTTP/1.1 103 Early Hints\r\nRetry-After: 9\r\n\r\n")
            self._answer(said)
        elif fate is Wire.FIN:
            transport.close()
        elif fate is Wire.RST:
            reset(transport)
        elif fate is Wire.HTTP_5XX:
            self._answer(Said(500, b'{"code":20500,"message":"Internal Server Error","status":500}'))
        elif fate is Wire.NOT_JSON:
            self._answer(Said(200, b"<html>Gateway</html>", "text/html"))
        elif fate is Wire.HUGE:
            self._answer(Said(201, b" " * 1_100_000 + said.body))
        elif fate is Wire.CUT_HEADERS:
            transport.write(b"HTTP/1.1 201 Created\r\nContent-Type: application/json\r\nContent-Le")
            transport.close()
        elif fate is Wire.CUT_BODY:
            transport.write(b"HTTP/1.1 201 Created\r\nContent-Length: %d\r\n\r\n" % len(said.body) + said.body[:-20])
            transport.close()
        elif fate is Wire.CUT_CHUNK:
            transport.write(b"HTTP/1.1 201 Created\r\nTransfer-Encoding: chunked\r\n\r\n")
            transport.write(b"%x\r\n%s\r\n" % (len(said.body), said.body))
            transport.close()
        # STALL: nothing is answered, the connection stays.

    def _answer(self, said: Said) -> None:
        extra = "" if said.retry_after is None else f"Retry-After: {said.retry_after}\r\n"
        head = (
            f"HTTP/1.1 {said.status} X\r\nContent-Type: {said.content_type}\r\n{extra}Content-Length: {len(said.body)}"
        )
        self.transport.write(head.encode() + b"\r\n\r\n" + said.body)


def reset(transport: asyncio.Transport) -> None:
    """Closes a connection with RST instead of FIN."""
    with socket.socket(fileno=os.dup(transport.get_extra_info("socket").fileno())) as twin:
        twin.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    transport.abort()


@asynccontextmanager
async def serve(port: int, *, gateway: str = "", at_token: str, twilio_token: str, local_token: str = TOKEN):
    """Serves on 127.0.0.1:`port` (0: any free one) in the running loop; yields (Companies, its address as http://…)."""
    companies = Companies(at_token, twilio_token, local_token)
    reporter = Reporter(gateway, companies)
    open_ones: set[Connection] = set()
    server = await asyncio.get_running_loop().create_server(
        lambda: Connection(companies, reporter, open_ones), "127.0.0.1", port, backlog=2048
    )
    try:
        yield companies, f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    finally:
        await reporter.aclose()
        server.close()
        for connection in list(open_ones):
            connection.transport.abort()
        await server.wait_closed()


async def run(arguments: argparse.Namespace) -> None:
    """Serves until SIGTERM or SIGINT."""
    over = asyncio.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(name, over.set)
    tokens = {name: getattr(arguments, name) for name in ("at_token", "twilio_token", "local_token")}
    async with serve(arguments.port, gateway=arguments.gateway, **tokens) as (_, address):
        print(f"stand-in companies at {address}", flush=True)
        await over.wait()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--port", type=int, default=18300)
    parser.add_argument("--gateway", default="", help="where receipts go; none are sent without it")
    parser.add_argument("--at-token", default="t", help="AFRICASTALKING_HOOK_TOKEN of the gateway")
    parser.add_argument("--twilio-token", default="a", help="TWILIO_AUTH_TOKEN of the gateway")
    parser.add_argument("--local-token", default=TOKEN, help="AGGREGATOR_HOOK_TOKEN of the gateway")
    uvloop.run(run(parser.parse_args()))


if __name__ == "__main__":
    main()
