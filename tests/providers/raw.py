"""A server of raw bytes, for what no decent company does, and a call's outcome in a word."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import asynccontextmanager

from gateway.providers import http
from gateway.providers.http import Client

Handler = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"


@asynccontextmanager
async def listening(handler: Handler):
    """A server of raw bytes; yields its address. What it had to say about broken connections is not asked for."""

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await handler(reader, writer)
        except (OSError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(handle, "127.0.0.1", 0)
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/"


async def verdict_of(client: Client, url: str, body: bytes = b"x=1", method: http.Method = "POST") -> str:
    try:
        return str((await client.request(method, url, [], body)).status)
    except http.CallFailed as error:
        return type(error).__name__
