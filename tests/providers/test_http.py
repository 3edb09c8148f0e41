"""The client that makes one POST: on connections that die, in loops, forks, windows and crowds."""

import asyncio
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pycurl
import pytest
import urllib3
import uvloop

from gateway.providers import http
from gateway.providers.http import Client, InDoubt, NeverSent, Reply
from tests.providers.raw import OK, Handler, listening, verdict_of


@contextmanager
def posts_counted(closing: Callable[[socket.socket], None]) -> Iterator[tuple[str, list[int]]]:
    """A server in a thread that answers a connection's first request, reads the next whole and then does `closing`."""
    posts: list[int] = []
    listener = socket.create_server(("127.0.0.1", 0))

    def serve_one(peer: socket.socket) -> None:
        with peer:
            while data := peer.recv(65536):
                while not data.endswith(b"x=1" if data.startswith(b"POST") else b"\r\n\r\n"):
                    data += peer.recv(65536)
                posts.append(1)
                if len(posts) > 1:
                    closing(peer)
                    return
                peer.sendall(OK)

    def accept() -> None:
        while True:
            try:
                peer, _ = listener.accept()
            except OSError:
                return
            serve_one(peer)

    thread = threading.Thread(target=accept)
    thread.start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/", posts
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join()


def finish(peer: socket.socket) -> None:
    peer.shutdown(socket.SHUT_RDWR)


def break_off(peer: socket.socket) -> None:
    peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\0\0\0\0\0\0\0")


METHODS = pytest.mark.parametrize("method", ["POST", "GET"])


@METHODS
def test_libcurl_itself_repeats_a_request_which_is_what_this_client_is_for(method: str) -> None:
    with posts_counted(finish) as (url, posts):
        curl = pycurl.Curl()
        for _ in range(2):
            curl.setopt(pycurl.URL, url)
            if method == "POST":
                curl.setopt(pycurl.POSTFIELDS, b"x=1")
            curl.setopt(pycurl.WRITEFUNCTION, lambda _: None)
            curl.setopt(pycurl.PROXY, "")
            try:
                curl.perform()
            except pycurl.error:
                break
        curl.close()
    assert len(posts) == 3


@METHODS
@pytest.mark.parametrize("closing", [finish, break_off], ids=["the server closes", "the server resets"])
def test_a_request_read_on_a_kept_connection_is_made_once_and_in_doubt(
    closing: Callable[[socket.socket], None], method: http.Method
) -> None:
    async def scene(url: str) -> list[str]:
        client = Client(window=1, timeout=5)
        verdicts = [await verdict_of(client, url, method=method), await verdict_of(client, url, method=method)]
        await client.aclose()
        return verdicts

    with posts_counted(closing) as (url, posts):
        assert uvloop.run(scene(url)) == ["200", "InDoubt"]
    assert len(posts) == 2


def test_a_connection_closed_while_idle_is_replaced_before_anything_is_written() -> None:
    posts = 0

    async def answer_and_close(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal posts
        await reader.readuntil(b"x=1")
        posts += 1
        writer.write(OK)

    async def scene() -> list[str]:
        async with listening(answer_and_close) as url:
            client = Client(window=2, timeout=5)
            verdicts = []
            for _ in range(5):
                verdicts.append(await verdict_of(client, url))
                await asyncio.sleep(0.01)
            await client.aclose()
            return verdicts

    assert asyncio.run(scene()) == ["200"] * 5
    assert posts == 5


async def _stall_before_reading(reader: asyncio.StreamReader, _: asyncio.StreamWriter) -> None:
    await asyncio.sleep(1)


async def _stall_within_the_answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.readuntil(b"x=1")
    writer.write(OK[:-1])
    await asyncio.sleep(1)


async def _cut_status_line(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.readuntil(b"x=1")
    writer.write(b"HTTP/1.1 20")


async def _speak_another_protocol(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.readuntil(b"x=1")
    writer.write(b"220 smtp.example ready\r\n")


async def _chatter(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.readuntil(b"x=1")
    writer.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
    for _ in range(40):
        writer.write(b"8000\r\n%s\r\n" % (b" " * 0x8000))
    writer.write(b"0\r\n\r\n")
    await writer.drain()


@pytest.mark.parametrize(
    "handler",
    [_stall_before_reading, _stall_within_the_answer, _cut_status_line, _speak_another_protocol, _chatter],
    ids=lambda handler: handler.__name__.strip("_").replace("_", " "),
)
def test_once_a_byte_may_be_out_a_failure_is_in_doubt(handler: Handler) -> None:
    async def scene() -> str:
        async with listening(handler) as url:
            client = Client(window=1, timeout=0.3)
            verdict = await verdict_of(client, url)
            await client.aclose()
            return verdict

    assert uvloop.run(scene()) == "InDoubt"


def test_a_long_post_cut_off_in_the_middle_is_in_doubt() -> None:
    async def read_a_little(reader: asyncio.StreamReader, _: asyncio.StreamWriter) -> None:
        await reader.read(1000)

    async def scene() -> str:
        async with listening(read_a_little) as url:
            client = Client(window=1, timeout=5)
            verdict = await verdict_of(client, url, b"x" * 8_000_000)
            await client.aclose()
            return verdict

    assert uvloop.run(scene()) == "InDoubt"


@pytest.mark.parametrize(
    "url",
    ["http://127.0.0.1:9/", "http://name.invalid/", "ftp://127.0.0.1/", "http://[::1"],
    ids=["nobody listens", "the name is unknown", "the protocol is another", "the address is none"],
)
def test_without_a_connection_nothing_was_sent(url: str) -> None:
    async def scene() -> str:
        client = Client(window=1, timeout=5)
        verdict = await verdict_of(client, url)
        await client.aclose()
        return verdict

    assert uvloop.run(scene()) == "NeverSent"


def test_a_connection_that_does_not_come_about_in_time_was_never_sent() -> None:
    # A listener whose queue is full answers no further connection at all.
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        fillers = [socket.socket() for _ in range(4)]
        for filler in fillers:
            filler.setblocking(False)
            filler.connect_ex(listener.getsockname())

        async def scene() -> str:
            client = Client(window=1, timeout=5, connect_timeout=0.2)
            verdict = await verdict_of(client, f"http://127.0.0.1:{listener.getsockname()[1]}/")
            await client.aclose()
            return verdict

        assert uvloop.run(scene()) == "NeverSent"
        for filler in fillers:
            filler.close()


WAITS = [
    ("seconds", {"retry-after": "7"}, 7.0),
    ("seconds beyond an hour", {"retry-after": "86400"}, 3600.0),
    ("a time a minute after the answer's own", {"date": "Sun, 01 Nov 2026 10:00:00 GMT",
     "retry-after": "Sun, 01 Nov 2026 10:01:00 GMT"}, 60.0),
    ("a time before the answer's own", {"date": "Sun, 01 Nov 2026 10:00:00 GMT",
     "retry-after": "Sun, 01 Nov 2026 09:00:00 GMT"}, 0.0),
    ("a time without the answer's own", {"retry-after": "Sun, 01 Nov 2026 10:01:00 GMT"}, None),
    ("nothing", {}, None),
    ("nonsense", {"retry-after": "soon"}, None),
    ("a negative number", {"retry-after": "-3"}, None),
]  # fmt: skip


@pytest.mark.parametrize(("label", "headers", "seconds"), WAITS, ids=[label for label, *_ in WAITS])
def test_retry_after_says(label: str, headers: dict[str, str], seconds: float | None) -> None:
    assert Reply(429, headers, b"").retry_after == seconds


def test_a_body_that_is_no_utf8_is_still_text() -> None:
    assert Reply(200, {}, b"caf\xe9").text == "caf�"


def test_failures_tell_a_cause_and_nothing_else() -> None:
    assert str(InDoubt("libcurl error 28")) == "libcurl error 28"
    assert issubclass(NeverSent, http.CallFailed)


def test_the_urllib3_under_the_official_sdks_is_the_real_one() -> None:
    # urllib3-future replaces it silently and breaks the SDKs' pooling.
    assert "site-packages/urllib3/" in (urllib3.__file__ or "")
    assert not hasattr(urllib3, "AsyncPoolManager")
