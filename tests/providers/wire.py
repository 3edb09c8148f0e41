"""What the cases of a provider are made of: a company's requests, our answers, and how a hook is proven by a token."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from gateway.providers.base import Event, Hook

PUBLIC = "https://kabar.example"
NUMBER, OTHER = "+6281100000001", "+6281100000002"
PLAIN_TEXT = "text/plain; charset=utf-8"

Pairs = dict[str, str]


@dataclass(frozen=True, slots=True)
class WireIn:
    """One request of a company and the event it stands for."""

    label: str
    kind: str
    form: Pairs
    event: Event
    query: Pairs = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class WireOut:
    """How the company wants a hook answered: with a screen that goes on or ends, or without one."""

    kind: str
    screen: str | None
    ends: bool
    content_type: str
    body: str


Prove = Callable[[str, Pairs, Pairs], Hook]


@dataclass(frozen=True, slots=True)
class Cases:
    """All of one provider.

    settings: what it is set up with; reached: the settings that send its calls to an address; secrets: texts of its
    settings that no log may show; prove: the hook that its company would send (kind, form, query); forge: what nobody
    may get through, made of a proven hook; wire_in: what comes; wire_out: what hooks are answered; required: fields of
    each kind of hook; path, headers and form: its call for "Halo & awas: 100% é", a header that is None is not in it;
    sender: the form's field that names one; numeric: the sender that can be answered; parts: how many of the message,
    where the company says; foreign: it stands outside Indonesia; company: the settings by which it is another company
    of the same provider, which the name of these cases begins with.
    """

    settings: dict[str, object]
    reached: Callable[[str], dict[str, object]]
    secrets: tuple[str, ...]
    prove: Prove
    forge: Callable[[Hook], list[Hook]]
    wire_in: list[WireIn]
    wire_out: list[WireOut]
    required: dict[str, tuple[str, ...]]
    path: str
    headers: dict[str, str | None]
    form: dict[str, object]
    sender: str = "from"
    numeric: str = "54600"
    parts: int | None = 1
    foreign: bool = True
    company: dict[str, object] = field(default_factory=dict)


def proven_by_token(token: str) -> Prove:
    """Makes hooks that prove themselves by a token in their address."""

    def prove(kind: str, form: Pairs, query: Pairs) -> Hook:
        return Hook(kind, f"{PUBLIC}/hooks/x/{kind}?token={token}", {"token": token} | query, list(form.items()), {})

    return prove


def forged_tokens(good: Hook) -> list[Hook]:
    """The hook with tokens that are none: absent, empty, wrong, cut short, no ASCII."""
    tokens = [{}, {"token": ""}, {"token": "wrong"}, {"token": good.query["token"][:-1]}, {"token": "é\udce9"}]
    return [replace(good, query=query) for query in tokens]
