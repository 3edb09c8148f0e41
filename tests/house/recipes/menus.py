"""The recipes of a screen, a language and a keyword, followed."""

from config.settings import CHECKOUT
from tests.house.recipes.tree import CHECK, LINT, Recipe, Step, after, before, code, end, suite, swap

STORIES = suite("tests/menus/test_stories.py")
CORPUS = suite("tests/menus/test_corpus.py")
TABLES = suite("tests/house/test_tables.py", "-k", "language")
EXAMPLE = suite("tests/config/test_settings.py", "-k", "example")

SCREEN_TEXT = """
  who_we_are:
    ask: {ask}
    text: {text}
"""
STORY = """
- story: someone from outside asks who we are
  begins: outside
  turns:
    - {shown: "Maaf, ...\\n1 Lanjut\\n2 Siapa kami\\n0 ...", screen: outside}
    - {said: "2", shown: "Kami KIM Kota Pekalongan.\\n0 ...", screen: who_we_are}
"""


def says(ask: str, text: str) -> str:
    """The texts of the new screen in one language."""
    return SCREEN_TEXT.format(ask=ask, text=text)


def walker(language: str) -> tuple[str, ...]:
    """The test that comes to every screen of a language."""
    test = "test_every_screen_is_reached_fits_and_leads_on"
    return suite(f"tests/menus/test_walker.py::{test}[{language}-a phone's screen]")


def parsed(text: str, action: str) -> tuple[str, ...]:
    """Whether the parser in the copy makes `action` of an SMS."""
    return code(
        "from menus.corpus import read_areas\nfrom menus.keywords import parse\n"
        f"found = parse({text!r}, read_areas())\n"
        f"assert found.action == {action!r}, f'{text} is read as {{found.action}} {{dict(found.args)}}'"
    )


SCREEN = Recipe(
    "Add a screen",
    (
        Step(
            "the screen",
            "menus/flows/info.yaml",
            end("\n  who_we_are:\n    text: who_we_are.text\n"),
            CHECK,
            "outside: leads to who_we_are, which is no screen",
            wrong=(
                (
                    "a target that is none",
                    end("\n  who_we_are:\n    text: who_we_are.text\n    instead: [{when: alert, go: nowhere}]\n"),
                    CHECK,
                    "who_we_are: leads to nowhere, which is no screen",
                ),
                (
                    "no way on",
                    end(
                        "\n  who_we_are:\n    text: who_we_are.text\n"
                        "    options: {1: {label: who_we_are.ask, go: who_we_are}}\n"
                    ),
                    CHECK,
                    "who_we_are: is a dead end",
                ),
            ),
        ),
        Step(
            "a way to it",
            "menus/flows/home.yaml",
            after("1: {label: outside.onward, go: home}\n", "      2: {label: who_we_are.ask, go: who_we_are}\n"),
            CHECK,
            "who_we_are: is unreachable: no screen leads to it",
        ),
        Step(
            "its texts in Indonesian",
            "menus/lang/id.yaml",
            end(says("Siapa kami", "Kami KIM Kota Pekalongan.")),
            CHECK,
            "who_we_are: says who_we_are.text, which is no text",
            wrong=(
                (
                    "a text that is too long",
                    end(says("Siapa kami", "Kami KIM Kota Pekalongan, " * 7)),
                    CHECK,
                    "who_we_are",
                ),
            ),
        ),
        Step(
            "its texts in Javanese",
            "menus/lang/jv.yaml",
            end(says("Sinten kita", "Kita KIM Kutha Pekalongan.")),
            CHECK,
            "who_we_are.text is missing; translate it or list it under fallback",
        ),
        Step(
            "its texts in English",
            "menus/lang/en.yaml",
            end(says("Who we are", "We are KIM Kota Pekalongan.")),
            CHECK,
            "who_we_are.text is missing; translate it or list it under fallback",
            wrong=(
                (
                    "a letter that no phone has",
                    end(says("Who we are", "We are KIM ꦥꦼꦏꦭꦺꦴꦔꦤ꧀.")),
                    CHECK,
                    "who_we_are.text has letters outside GSM-7",
                ),
            ),
        ),
        Step("a story", "tests/menus/stories/info.yaml", end(STORY), STORIES, "'who_we_are'"),
    ),
    opens=(CHECK, STORIES, walker("jv")),
)


def sundanese(_: str) -> str:
    """A whole file of texts: here the Indonesian ones stand for their translation."""
    text = (CHECKOUT / "menus/lang/id.yaml").read_text("utf-8")
    text = swap("language: id\nname: Bahasa Indonesia\n", "language: su\nname: Basa Sunda\n")(text)
    return named_su(text)


named_su = after("  language:\n", "    su: Basa Sunda\n")

LANGUAGE = Recipe(
    "Add a language",
    (
        Step(
            "its file",
            "menus/lang/su.yaml",
            sundanese,
            CHECK,
            "speaks su, which is no language",
            wrong=(
                (
                    "a key that is missing",
                    lambda _: swap("  outside:\n    text:", "  outside:\n    words:")(sundanese("")),
                    CHECK,
                    "outside.text is missing",
                ),
            ),
        ),
        Step(
            "its name in Indonesian",
            "menus/lang/id.yaml",
            named_su,
            CHECK,
            "says language.su, which is no text",
        ),
        Step("its name in English", "menus/lang/en.yaml", named_su, CHECK, "language.su is missing"),
        Step(
            "its name in Javanese, which falls back",
            "menus/lang/jv.yaml",
            after("fallback: [", "language.su, "),
            CHECK,
            "language.su is missing; translate it or list it under fallback",
        ),
        Step(
            "an option that sets it",
            "menus/flows/account.yaml",
            before(
                "\n  stop:\n",
                "      4:\n        label: language.su\n        language: su\n"
                "        do: {action: set_language, args: {language: su}, go: {ok: home, refused: refused, else: sorry}}\n",
            ),
            TABLES,
            "menus/flows/account.yaml has no option that sets su",
        ),
        Step(
            "its words by SMS",
            "menus/keywords.yaml",
            after("\nlanguages:\n", "  su: [SUNDA, SU]\n"),
            TABLES,
            "menus/keywords.yaml has no words for su",
        ),
        Step(
            "its code in the settings",
            "config/settings.py",
            swap('= ("id", "jv", "en")', '= ("id", "jv", "en", "su")'),
            TABLES,
            "LANGUAGES in config/settings.py does not name su",
        ),
        Step(
            "its code in README",
            "README.md",
            swap("`id,jv,en`", "`id,jv,en,su`"),
            TABLES,
            "README.md shows another default of LANGUAGES",
        ),
        Step(
            "its code in the example",
            ".env.example",
            swap("#LANGUAGES=id,jv,en", "#LANGUAGES=id,jv,en,su"),
            EXAMPLE,
            "test_the_example_shows_every_setting_and_its_default",
        ),
    ),
    opens=(
        CHECK,
        LINT,
        suite(
            *("tests/house/test_tables.py", "tests/config/test_settings.py", "tests/menus/test_main.py"),
            "tests/menus/test_stories.py",
            *("-k", "language or example or check"),
        ),
        walker("su"),
        parsed("BAHASA SUNDA", "set_language"),
    ),
)

LINE = "  about: {action: help, shape: alone, firm: true, words: [KANGGO OPO, {word}]}\n"


def keyword(word: str = "SOPO IKI", line: str = LINE) -> str:
    """The line of the new keyword."""
    return line.replace("{word}", word)


KEYWORD = Recipe(
    "Add a keyword",
    (
        Step(
            "its line",
            "menus/keywords.yaml",
            after("\nkeywords:\n", keyword()),
            parsed("kanggo opo", "help"),
            "kanggo opo is read as unknown",
            wrong=(
                (
                    "a word that stands twice",
                    after("\nkeywords:\n", keyword("STATUS")),
                    CHECK,
                    "keyword STATUS stands twice, under about and status",
                ),
                (
                    "an action that is none",
                    after("\nkeywords:\n", keyword(line=LINE.replace("action: help", "action: dance"))),
                    CHECK,
                    "keywords.about.action",
                ),
                (
                    "a shape that is none",
                    after("\nkeywords:\n", keyword(line=LINE.replace("shape: alone", "shape: round"))),
                    CHECK,
                    "keywords.about.shape",
                ),
            ),
        ),
    ),
    opens=(CHECK, CORPUS, parsed("kanggo opo", "help"), parsed("status", "status")),
)

MENUS = (SCREEN, LANGUAGE, KEYWORD)
