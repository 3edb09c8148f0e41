"""Actions: the one table from what a person asks for, by menu or by SMS, to whoever does it."""

from collections.abc import Callable, Mapping

from gateway.db import Connection
from gateway.dialogue import asking, filing, news, standing
from gateway.dialogue.says import Done
from gateway.dialogue.talk import Talk
from menus.model import Action

Handler = Callable[[Talk, Connection, Mapping[str, str]], Done]

HANDLERS: dict[Action, Handler] = {
    Action.REGISTER: standing.register,
    Action.JOIN: standing.join,
    Action.MOVE: standing.move,
    Action.SET_LANGUAGE: standing.set_language,
    Action.STOP: standing.stop,
    Action.STOP_ALL: standing.stop_all,
    Action.FILE_ASPIRATION: filing.file,
    Action.REPORT: filing.write,
    Action.ASPIRE: filing.write,
    Action.ASK: filing.write,
    Action.EMERGENCY: filing.emergency,
    Action.ADD_TO_ASPIRATION: filing.add,
    Action.DRAFT_BY_SMS: filing.invite,
    Action.UNKNOWN: filing.keep,
    Action.CONFIRM: asking.confirm,
    Action.INFO: news.info,
    Action.SEND_BY_SMS: news.send_item,
    Action.STATUS: news.status,
    Action.HELP: news.help_text,
    Action.DATA_NOTICE: news.data_notice,
}


def act(talk: Talk, conn: Connection, action: Action, args: Mapping[str, str]) -> Done:
    """Do it in the caller's transaction: an outcome for the menu, and what an SMS would say of it."""
    return HANDLERS[action](talk, conn, args)
