"""Phones in the terminal: several people, sessions that drop, SMS, all over a city in memory."""

from collections.abc import Callable

from gateway.kernel.text import measure, septets
from menus.book import Book
from menus.city import City, Person
from menus.handset import Handset
from menus.model import Turn

PREFIX = 4
HELP = """Type what you would type on the phone. Commands:
  /dial [2*1]    dial the code, or deeper; a bare number does so too once a session has ended
  /drop          the network cuts the session off; dial again to take it up
  /wait          a quarter of an hour passes
  /sms TEXT      send an SMS to the gateway
  /inbox         every SMS this phone has got
  /phone NAME    take another phone: 1 a resident, 2 a stranger, 3 a KIM member (PIN 246810), or a new one
  /language CODE speak id, jv or en
  /alert [TEXT]  begin or end an active warning
  /quit"""


class Player:
    """Reads lines and says what the phones show, plain enough for a terminal without colours."""

    def __init__(self, book: Book, say: Callable[[str], None], *, language: str, known: bool, alert: str) -> None:
        self._say = say
        self._city = City(book)
        self._city.alert = alert
        home = "33.75.01.1006"
        people = (
            Person("1", home if known else "", language),
            Person("2", "", language),
            Person("3", home, language, role="kim"),
        )
        self._phones = {person.name: Handset(self._city, person, say) for person in people}
        self._phone = self._phones["1"]
        self._language = language
        self._commands: dict[str, Callable[[str], None]] = {
            "/dial": self._dial,
            "/drop": self._drop,
            "/wait": self._wait,
            "/sms": self._sms,
            "/inbox": self._inbox,
            "/phone": self._take,
            "/language": self._speak,
            "/alert": self._warn,
            "/help": self._help,
        }

    @property
    def prompt(self) -> str:
        """What stands before a line: whose phone it is."""
        return f"phone {self._phone.person.name}> "

    def begin(self) -> None:
        """Dials with the first phone."""
        self._dial("")

    def take(self, line: str) -> bool:
        """Does one line; False where it was the last."""
        command, _, rest = line.strip().partition(" ")
        if command == "/quit":
            return False
        if command.startswith("/"):
            self._commands.get(command, self._help)(rest.strip())
        elif command.startswith("*"):
            self._dial("*".join(command.strip("*#").split("*")[1:]))
        else:
            self._show(self._phone.key(line))
        for text in self._phone.arrived():
            self._say(_sms(text))
        return True

    def _show(self, turn: Turn) -> None:
        size = septets(turn.text) + PREFIX
        self._say(f"{'END' if turn.ends else 'CON'} {turn.text}\n-- {turn.state.screen}, {size} septets")

    def _dial(self, rest: str) -> None:
        self._show(self._phone.dial([part for part in rest.replace("*", " ").split() if part]))

    def _drop(self, _: str) -> None:
        screen = self._phone.drop()
        self._say(f"-- cut off; {f'{screen} can be taken up again' if screen else 'nothing to take up again'}")

    def _wait(self, _: str) -> None:
        for phone in self._phones.values():
            phone.wait()
        self._say("-- a quarter of an hour later")

    def _sms(self, rest: str) -> None:
        self._phone.text(rest)

    def _inbox(self, _: str) -> None:
        texts = self._phone.person.inbox
        self._say("\n".join(map(_sms, texts)) if texts else "-- no SMS")

    def _take(self, name: str) -> None:
        name = name or "1"
        if name not in self._phones:
            self._phones[name] = Handset(self._city, Person(name, language=self._language), self._say)
        self._phone = self._phones[name]
        person = self._phone.person
        who = person.role or ("resident" if person.area else "stranger")
        self._say(f"-- phone {name}: {who}, speaks {person.language}")
        if self._phone.session and not self._phone.session.ends:
            self._show(self._phone.session)

    def _speak(self, language: str) -> None:
        if language not in self._city.book.languages:
            self._say(f"-- there are {', '.join(self._city.book.languages)}")
            return
        self._phone.person.language = self._language = language
        self._say(f"-- phone {self._phone.person.name} speaks {language}; dial again")

    def _warn(self, alert: str) -> None:
        self._city.alert = alert
        self._say("-- an active warning; dial again" if alert else "-- no active warning")

    def _help(self, _: str) -> None:
        self._say(HELP)


def _sms(text: str) -> str:
    size = measure(text)
    return f"SMS {text}\n-- {size.units} septets, {size.segments} part{'s' if size.segments > 1 else ''}"


def play(
    book: Book, say: Callable[[str], None], ask: Callable[[str], str], *, language: str, known: bool, alert: str
) -> None:
    """Plays until `/quit` or the end of the input."""
    player = Player(book, say, language=language, known=known, alert=alert)
    say("/help lists the commands")
    player.begin()
    while True:
        try:
            line = ask(player.prompt)
        except EOFError:
            return
        if not player.take(line):
            return
