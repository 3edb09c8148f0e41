"""What can go wrong in a use case, in words a person can act on; the edges turn each into an answer."""


class Fault(Exception):
    """A use case that cannot be done as asked. `str(fault)` is one sentence for the person who asked.

    `reason` is a word for edges that say it in words of their own: an SMS in the person's language.
    """

    status = 500

    def __init__(self, sentence: str = "", *, reason: str = "") -> None:
        super().__init__(sentence)
        self.reason = reason


class Invalid(Fault):
    """The request itself is wrong (HTTP 400)."""

    status = 400


class Forbidden(Fault):
    """The role or the scope of the official does not allow it (HTTP 403)."""

    status = 403


class Missing(Fault):
    """It does not exist, or may not be seen; the two are never told apart (HTTP 404)."""

    status = 404


class Conflict(Fault):
    """The present state forbids it (HTTP 409)."""

    status = 409


class TooMany(Fault):
    """A limit was reached (HTTP 429); `retry_after` is in seconds."""

    status = 429

    def __init__(self, sentence: str, retry_after: int) -> None:
        super().__init__(sentence)
        self.retry_after = retry_after


class Unavailable(Fault):
    """A service we stand on is down (HTTP 503)."""

    status = 503
