"""A company that answers whatever it is asked after 50 ms and counts it: light enough to be no part of what is measured."""

import asyncio
import re
import sys
from typing import Final

import uvloop

WAIT: Final = 0.05
"""Seconds."""
_LENGTH: Final = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)


class _Line(asyncio.Protocol):
    """A GET is Kannel's and answered OK, a POST is Twilio's and answered with a SID; GET /count says how many came."""

    taken = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport
        self._buffer = b""

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        while (head := self._buffer.find(b"\r\n\r\n")) >= 0:
            found = _LENGTH.search(self._buffer, 0, head)
            end = head + 4 + (int(found[1]) if found else 0)
            if len(self._buffer) < end:
                return
            asked, self._buffer = self._buffer[:end], self._buffer[end:]
            if asked.startswith(b"GET /count"):
                self._say(b"200 OK", b"%d" % _Line.taken)
            else:
                asyncio.get_running_loop().call_later(WAIT, self._take, asked.startswith(b"POST"))

    def _take(self, is_twilio: bool) -> None:
        _Line.taken += 1
        if is_twilio:
            self._say(b"201 Created", b'{"sid":"SM%032x","status":"queued"}' % _Line.taken)
        else:
            self._say(b"200 OK", b"OK")

    def _say(self, status: bytes, body: bytes) -> None:
        if not self._transport.is_closing():
            head = b"HTTP/1.1 %s\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n" % (status, len(body))
            self._transport.write(head + body)  # type: ignore[attr-defined]


async def _serve(port: int) -> None:
    server = await asyncio.get_running_loop().create_server(_Line, "127.0.0.1", port, backlog=2048)
    await server.serve_forever()


if __name__ == "__main__":
    uvloop.run(_serve(int(sys.argv[1])))
