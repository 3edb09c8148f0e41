"""The HTTP client under every provider: it writes a request, POST or GET, at most once and can prove it.

libcurl repeats one by itself when a kept connection dies after the server has read it, and reports success: a second
SMS that nobody knows of. No option forbids it. So PREREQFUNCTION, which libcurl calls when a connection stands and the
request is about to be written, counts the writes and aborts the second; the counter is also the verdict on a failure:
0 never sent, 1 or more in doubt (libcurl's two time-outs share one error number, so the number tells nothing).

Source: curl.se/libcurl/c/CURLOPT_PREREQFUNCTION.html; pycurl's AsyncCurlMulti runs it on asyncio or uvloop.
"""

import asyncio
import os
import select
import socket
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from typing import Final, Literal

import certifi
import pycurl

MAX_ANSWER: Final = 1_000_000
"""Bytes of an answer's body beyond which it is refused."""
MAX_IDLE: Final = 15
"""Seconds after which an idle kept connection is not used again: servers close idle ones, and a race with that is a
doubt.
"""
MAX_RETRY_AFTER: Final = 3600.0

Method = Literal["GET", "POST"]


class CallFailed(Exception):
    """A call without a whole answer. Its text names the cause only: no address, number, token or text."""


class NeverSent(CallFailed):
    """Not one byte of the request was written: it may be made again."""


class InDoubt(CallFailed):
    """The request was at least begun, and no whole answer came: the server may have acted on it."""


@dataclass(frozen=True, slots=True)
class Reply:
    """A whole answer: HTTP status, headers with keys in lower case, body."""

    status: int
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)

    @property
    def text(self) -> str:
        return self.body.decode("utf-8", "replace")

    @property
    def retry_after(self) -> float | None:
        """Seconds to wait as the server asks (both forms of Retry-After), at most an hour; None if it does not say."""
        raw = self.headers.get("retry-after", "").strip()
        if raw.isascii() and raw.isdigit():
            return min(float(raw), MAX_RETRY_AFTER)
        try:
            # Both times are the server's, so our clock does not matter.
            wait = parsedate_to_datetime(raw) - parsedate_to_datetime(self.headers.get("date", ""))
        except (ValueError, TypeError):
            return None
        return min(max(wait.total_seconds(), 0.0), MAX_RETRY_AFTER)


class _Sockets:
    """Which socket a connection has, to see whether the server has closed it meanwhile.

    libcurl looks at a kept connection only after a second of idleness; a request written to one that the server has
    just closed would be in doubt for nothing. It tells a new socket's number, and after connecting its local port.
    """

    def __init__(self) -> None:
        self._fresh: list[int] = []
        self._by_port: dict[int, int] = {}

    def opened(self, descriptor: int, _purpose: int) -> int:
        """SOCKOPTFUNCTION: notes a new socket, whose port is not known yet."""
        self._by_port = {port: known for port, known in self._by_port.items() if known != descriptor}
        self._fresh = [known for known in self._fresh if known != descriptor]
        self._fresh.append(descriptor)
        return int(pycurl.SOCKOPT_OK)

    def is_stale(self, port: int) -> bool:
        """Whether the kept connection from this local port has something to read: its end, or what nobody asked for."""
        for descriptor in self._fresh:
            if _local_port(descriptor) == port:
                self._fresh.remove(descriptor)
                self._by_port[port] = descriptor
                return False
        known = self._by_port.get(port)
        if known is None:
            return False
        poll = select.poll()
        poll.register(known, select.POLLIN | select.POLLRDHUP)
        return bool(poll.poll(0))


def _local_port(descriptor: int) -> int | None:
    try:
        with socket.socket(fileno=os.dup(descriptor)) as twin:
            return int(twin.getsockname()[1])
    except OSError:
        return None


class _Slot:
    """One easy handle for life, with the options that never change set once."""

    __slots__ = (
        "_chunks",
        "_headers",
        "_lines",
        "_method",
        "_sockets",
        "_timeout",
        "_url",
        "curl",
        "is_stale",
        "writes",
    )

    def __init__(self, connect_timeout: float, sockets: _Sockets) -> None:
        self.writes = 0
        self.is_stale = False
        self._sockets = sockets
        self._lines: list[bytes] = []
        self._chunks: list[bytes] = []
        self._url = ""
        self._method = ""
        self._timeout = 0.0
        self._headers: tuple[str, ...] = ()
        self.curl = curl = pycurl.Curl()
        curl.setopt(pycurl.NOSIGNAL, 1)
        curl.setopt(pycurl.TCP_NODELAY, 1)
        # libcurl reads proxy variables of the environment by itself unless this is set.
        curl.setopt(pycurl.PROXY, "")
        # Over HTTP/2 a recycled connection would put many innocent messages in doubt.
        curl.setopt(pycurl.HTTP_VERSION, pycurl.CURL_HTTP_VERSION_1_1)
        curl.setopt(pycurl.PROTOCOLS, pycurl.PROTO_HTTP | pycurl.PROTO_HTTPS)
        curl.setopt(pycurl.FOLLOWLOCATION, 0)
        curl.setopt(pycurl.CONNECTTIMEOUT_MS, int(connect_timeout * 1000))
        curl.setopt(pycurl.MAXAGE_CONN, MAX_IDLE)
        curl.setopt(pycurl.MAXFILESIZE_LARGE, MAX_ANSWER)
        # pycurl's wheel carries its own OpenSSL, which does not know where this system keeps its certificates.
        curl.setopt(pycurl.CAINFO, certifi.where())
        curl.setopt(pycurl.HEADERFUNCTION, self._lines.append)
        curl.setopt(pycurl.WRITEFUNCTION, self._chunks.append)
        curl.setopt(pycurl.SOCKOPTFUNCTION, sockets.opened)
        curl.setopt(pycurl.PREREQFUNCTION, self._may_write)

    def _may_write(self, _address: str, _local: str, _port: int, local_port: int) -> int:
        if not self.writes and self._sockets.is_stale(local_port):
            self.is_stale = True
            return int(pycurl.PREREQFUNC_ABORT)
        self.writes += 1
        return int(pycurl.PREREQFUNC_OK if self.writes == 1 else pycurl.PREREQFUNC_ABORT)

    def load(self, method: Method, url: str, headers: tuple[str, ...], body: bytes, timeout: float) -> None:
        """Prepares the handle for one request; what is as it was last time is left alone."""
        self.writes = 0
        self.is_stale = False
        self._lines.clear()
        self._chunks.clear()
        curl = self.curl
        if url != self._url:
            curl.setopt(pycurl.URL, url)
            self._url = url
        if headers != self._headers:
            # An empty Expect keeps libcurl from waiting for "100 Continue" before a long body.
            curl.setopt(pycurl.HTTPHEADER, [*headers, "Expect:"])
            self._headers = headers
        if timeout != self._timeout:
            curl.setopt(pycurl.TIMEOUT_MS, int(timeout * 1000))
            self._timeout = timeout
        if method != self._method:
            curl.setopt(pycurl.POST if method == "POST" else pycurl.HTTPGET, 1)
            self._method = method
        if method == "POST":
            curl.setopt(pycurl.POSTFIELDS, body)

    def failure(self, cause: str) -> CallFailed:
        return InDoubt(cause) if self.writes else NeverSent(cause)

    def reply(self) -> Reply:
        """The answer; raises InDoubt when it was cut in its headers, which libcurl itself takes for an end."""
        headers: dict[str, str] = {}
        is_whole = False
        for line in self._lines:
            text = line.decode("latin-1").strip()
            if line.startswith(b"HTTP/"):
                # An interim answer (1xx) comes before the real one.
                headers, is_whole = {}, False
            elif not text:
                is_whole = True
            else:
                name, _, value = text.partition(":")
                headers[name.strip().lower()] = value.strip()
        if not is_whole:
            raise InDoubt("answer cut in its headers")
        return Reply(int(self.curl.getinfo(pycurl.RESPONSE_CODE)), headers, b"".join(self._chunks))


@dataclass(slots=True)
class _Pool:
    """What belongs to one process and one event loop."""

    pid: int
    loop: asyncio.AbstractEventLoop
    multi: pycurl.AsyncCurlMulti
    gate: asyncio.Semaphore
    sockets: _Sockets
    free: list[_Slot]


_left_by_fork: list[_Pool] = []


class Client:
    """At most `window` calls in flight, over kept connections; more wait their turn.

    window: calls; timeout and connect_timeout: seconds. Its sockets are made on first use, in the running loop and in
    this process: a client made before a fork, or used in one loop after another, is safe; in two loops at once it is
    not.
    """

    def __init__(self, *, window: int, timeout: float, connect_timeout: float = 10.0) -> None:
        self.timeout = timeout
        self._window = window
        self._connect_timeout = connect_timeout
        self._pool: _Pool | None = None

    async def request(
        self, method: Method, url: str, headers: Sequence[str], body: bytes = b"", timeout: float | None = None
    ) -> Reply:
        """Makes one request and waits for its whole answer; `headers` are lines "Name: value".

        Raises NeverSent or InDoubt. A cancelled call leaves its connection closed, and is in doubt for who cancels it.
        """
        pool = self._pool_here()
        async with pool.gate:
            if pool.multi.closed:
                raise NeverSent("the client was closed")
            slot = pool.free.pop() if pool.free else _Slot(self._connect_timeout, pool.sockets)
            try:
                slot.load(method, url, tuple(headers), body, self.timeout if timeout is None else timeout)
                try:
                    await pool.multi.add_handle(slot.curl)
                except pycurl.error:
                    if not slot.is_stale:
                        raise
                    # Nothing was written, so another connection may be tried; a new one cannot be stale.
                    slot.is_stale = False
                    slot.curl.setopt(pycurl.FRESH_CONNECT, 1)
                    await pool.multi.add_handle(slot.curl)
                return slot.reply()
            except pycurl.error as error:
                raise slot.failure(f"libcurl error {error.args[0]}") from None
            except asyncio.CancelledError:
                if pool.multi.closed:
                    raise slot.failure("the client was closed") from None
                raise
            finally:
                slot.curl.setopt(pycurl.FRESH_CONNECT, 0)
                pool.free.append(slot)

    async def aclose(self) -> None:
        """Closes the connections; calls in flight end as never sent or in doubt. The client may be used again."""
        pool, self._pool = self._pool, None
        if pool is None or pool.pid != os.getpid() or pool.loop is not asyncio.get_running_loop():
            _set_aside(pool)
            return
        await pool.multi.aclose()
        for slot in pool.free:
            slot.curl.close()
        pool.free.clear()

    def _pool_here(self) -> _Pool:
        loop = asyncio.get_running_loop()
        pool = self._pool
        if pool is None or pool.pid != os.getpid() or pool.loop is not loop:
            _set_aside(pool)
            multi = pycurl.AsyncCurlMulti()
            multi.setopt(pycurl.M_MAXCONNECTS, self._window)
            pool = self._pool = _Pool(os.getpid(), loop, multi, asyncio.Semaphore(self._window), _Sockets(), [])
        return pool


def _set_aside(pool: _Pool | None) -> None:
    # Freeing a multi closes its connections politely: in a child that would write into the parent's live TLS streams.
    # It is kept
    # until the process ends.
    if pool is not None and pool.pid != os.getpid():
        _left_by_fork.append(pool)
