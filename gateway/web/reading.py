"""The body of a request, whole or refused."""

from flask import Request
from werkzeug.exceptions import RequestEntityTooLarge


def read_whole(request: Request, most: int) -> bytes:
    """The body. Raises 413 where it is larger than `most` bytes.

    Werkzeug cuts a body that names no length off at its limit without a word, so one byte more than allowed is read.
    """
    request.max_content_length = most + 1
    body = request.get_data()
    if len(body) > most:
        raise RequestEntityTooLarge
    return body
