"""The recipe of a provider, followed for a local aggregator that speaks as Africa's Talking does."""

from config.settings import CHECKOUT
from tests.house.recipes.tree import LINT, Recipe, Step, after, before, code, end, suite, swap

TABLES = suite("tests/house/test_tables.py", "-k", "provider or setting")
SUITE = suite("tests/providers/test_conformance.py", "-k", "merpati or every_provider")
HAS_CASES = suite("tests/providers/test_conformance.py", "-k", "every_provider")
SENDS = suite("tests/providers/test_conformance.py", "-k", "merpati and goes_out")
ADAPTER = (CHECKOUT / "gateway/providers/africastalking.py").read_text("utf-8")

FIELDS = """
    merpati_username: str = ""
    merpati_api_key: str = Field(default="", repr=False)
    merpati_sender: str = ""
    merpati_hook_token: str = Field(default="", repr=False)
    merpati_base_url: Annotated[str, _Base] = ""
    merpati_per_second: Annotated[int, _Rate] = 0
    merpati_batch: Annotated[int, _whole(1, 1000)] = 100
"""
SET_UP = """    "merpati": SetUp(
        required=("MERPATI_USERNAME", "MERPATI_API_KEY", "MERPATI_HOOK_TOKEN"),
        senders=("MERPATI_SENDER",),
        proof="MERPATI_HOOK_TOKEN",
    ),
"""
ROWS = """| `MERPATI_USERNAME`, `MERPATI_API_KEY`, `MERPATI_HOOK_TOKEN` | | needed by a route that names it |
| `MERPATI_SENDER`, `MERPATI_BASE_URL`, `MERPATI_PER_SECOND`, `MERPATI_BATCH` | | as above |
"""
EXAMPLE = """
#MERPATI_USERNAME=
#MERPATI_API_KEY=
#MERPATI_HOOK_TOKEN=
#MERPATI_SENDER=
#MERPATI_BASE_URL=
#MERPATI_PER_SECOND=0
#MERPATI_BATCH=100
"""
CASES = """    "merpati": Cases(
        settings={"merpati_username": "pekalongan", "merpati_api_key": "merpati-api-key",
                  "merpati_sender": "PEKALONGAN", "merpati_hook_token": "merpati-hook-token"},
        reached=lambda base: {"merpati_base_url": base},
        secrets=("merpati-hook-token", "merpati-api-key"),
        prove=proven_by_token("merpati-hook-token"),
        forge=forged_tokens,
        wire_in=AFRICASTALKING_IN,
        wire_out=AFRICASTALKING_OUT,
        required=_AT_REQUIRED,
        path="/version1/messaging",
        headers={"apikey": "merpati-api-key", "accept": "application/json"},
        form={"username": "pekalongan", "to": NUMBER, "from": "PEKALONGAN", "message": "Halo & awas: 100% é",
              "bulkSMSMode": "1"},
        foreign=False,
    ),
"""


def adapter(_: str) -> str:
    """The adapter of Africa's Talking under another name, for a company inside the country."""
    text = ADAPTER.replace("Africa's Talking: SMS", "Merpati: SMS", 1).replace("AFRICASTALKING_", "MERPATI_")
    for old, new in (
        ('name="africastalking"', 'name="merpati"'),
        ("settings.africastalking_", "settings.merpati_"),
        ("class AfricasTalking", "class Merpati"),
        ("foreign: bool = True", "foreign: bool = False"),
    ):
        assert old in text, old
        text = text.replace(old, new)
    return text


def listed(text: str) -> str:
    """The table of providers with the new one."""
    text = swap(" simulator,", " merpati, simulator,")(text)
    text = after("from gateway.providers.base import Provider\n", "from gateway.providers.merpati import Merpati\n")(
        text
    )
    line = '    "merpati": lambda settings: Merpati(merpati.Config.of(settings)),\n'
    return before('    "simulator": lambda', line)(text)


PROVIDER = Recipe(
    "Add a provider",
    (
        Step("the adapter", "gateway/providers/merpati.py", adapter, HAS_CASES, "cannot import name 'merpati'"),
        Step(
            "its line in PROVIDERS",
            "gateway/providers/__init__.py",
            listed,
            TABLES,
            "gateway/providers/__init__.py does not list merpati",
        ),
        Step(
            "its settings",
            "config/settings.py",
            before("\n    bulk_workers:", FIELDS),
            TABLES,
            "config/settings.py has no field for MERPATI_API_KEY",
        ),
        Step(
            "what it is set up with",
            "config/providers.py",
            before('    "twilio": SetUp(', SET_UP),
            TABLES,
            "config/providers.py does not list merpati",
        ),
        Step(
            "its settings in README",
            "README.md",
            before("| `BULK_WORKERS`", ROWS),
            TABLES,
            "README.md has no row for MERPATI_API_KEY",
        ),
        Step(
            "itself in README",
            "README.md",
            before("| `simulator` |", "| `merpati` | SMS in and out, USSD hops | a local aggregator |\n"),
            TABLES,
            "README.md has no row for merpati",
        ),
        Step(
            "its settings in the example",
            ".env.example",
            end(EXAMPLE),
            TABLES,
            ".env.example has no line for MERPATI_API_KEY",
        ),
        Step(
            "its cases",
            "tests/providers/cases.py",
            before('    "simulator": Cases(', CASES),
            HAS_CASES,
            "a provider without cases: merpati",
            wrong=(
                (
                    "cases that miss a kind of hook",
                    before('    "simulator": Cases(', CASES.replace("=AFRICASTALKING_IN", "=AFRICASTALKING_IN[:-2]")),
                    HAS_CASES,
                    "'optout'",
                ),
                (
                    "cases of another call than it makes",
                    before('    "simulator": Cases(', CASES.replace('"bulkSMSMode": "1"', '"bulk": "1"')),
                    SENDS,
                    "test_a_message_goes_out_as_the_company_wants_it[merpati]",
                ),
            ),
        ),
    ),
    opens=(TABLES, SUITE, LINT, suite("tests/config/test_settings.py", "tests/local/test_keep.py")),
)

# A route may name it once it is set up, its hooks are open, and `make up` makes the token they are proven by.
ROUTED = code("""
from config.providers import MADE_TOKENS
from config.settings import Settings, SettingsError
from gateway import runtime
given = {"GATEWAY_MODE": "development", "GATEWAY_DATA_DIR": "var/nowhere", "DATA_KEY": "k" * 32,
         "DATABASE_URL": "postgresql://u@127.0.0.1:9/x", "REDIS_URL": "redis://127.0.0.1:9/0"}
try:
    Settings.load({**given, "SMS_ROUTES": "*=merpati"})
except SettingsError as error:
    print(error)
with_token = Settings.load({**given, "MERPATI_HOOK_TOKEN": "token"})
print(*runtime.build(with_token).providers, *MADE_TOKENS)
""")
