"""What texts may name of the settings: every slot they fill by themselves, so that a text never says other than what is done."""

from config.settings import Settings

_HOUR, _MINUTE = 3600, 60
# Worded in each language; another tariff is a text of the city's own.
_USUAL = Settings.model_fields["tariff"].default


def spoken(settings: Settings) -> dict[str, str]:
    """Values by slot of `menus/flows/slots.yaml`.

    A length of time is a number and its unit (`3 working_day`), which each language words; what a clock counts, working
    days or calendar days, is said here alone. How long each can get is bounded in `config/settings.py` and
    `config/values.py`, and the slots are as wide.
    """
    days, cap = settings.casework_days, settings.routine_per_week
    begins, ends = settings.rumour_hours
    return {
        "ussd": settings.ussd_code,
        "number": settings.sms_number,
        "tariff": "usual" if settings.tariff == _USUAL else settings.tariff,
        "cap": str(cap),
        "weekly": "none" if not cap else "one" if cap == 1 else "many",
        "verify_days": f"{days['verify']} working_day",
        "done_days": f"{days['done']} working_day",
        "again_days": f"{days['again']} working_day",
        "info_days": f"{days['info']} day",
        "close_days": f"{days['close']} day",
        "reopen_days": f"{days['reopen']} day",
        "outer_days": f"{days['outer']} day",
        "first_word": _duration(settings.rumour_first_word),
        "rumour_hours": f"{_clock(begins.hour, begins.minute)}-{_clock(ends.hour, ends.minute)}",
    }


def _duration(seconds: int) -> str:
    if seconds % _HOUR:
        return f"{seconds // _MINUTE} minute"
    return f"{seconds // _HOUR} hour"


def _clock(hour: int, minute: int) -> str:
    """`8`, or `7.30`, as people write it."""
    return f"{hour}.{minute:02}" if minute else str(hour)
