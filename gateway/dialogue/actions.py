"""Actions: the one table from what a person asks for, by menu or by SMS, to whoever does it."""

from collections.abc import Callable, Mapping

from gateway.db import Connection
from gateway.dialogue import aftercare, asking, desk, figures, filing, hoax, mine, news, quizzing, standing, waiting
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
    Action.STATISTICS: figures.tell,
    Action.QUIZ: quizzing.ask,
    Action.DATA_NOTICE: news.data_notice,
    Action.SET_TOPICS: mine.set_topics,
    Action.SEND_MY_DATA: mine.send_copy,
    Action.ERASE_MY_DATA: mine.erase,
    Action.CONFIRM_ERASE: mine.confirm_erase,
    Action.CALL_BACK: mine.call_back,
    Action.HURRY: aftercare.hurry,
    Action.CONFIRM_CLOSED: aftercare.confirm_closed,
    Action.RATE: aftercare.rate,
    Action.SUPPORT: aftercare.support,
    Action.ASK_RUMOUR: hoax.ask,
    Action.RUMOUR_RESULT: hoax.told,
    Action.CHECK_CODE: hoax.check_code,
    Action.REPORT_FORGED: hoax.report_forged,
    Action.MENU: asking.open_menu,
    Action.SIGN_IN: desk.sign_in,
    Action.APPROVE_BROADCAST: waiting.approve,
    Action.ACT_ON_TICKET: desk.act,
}


def act(talk: Talk, conn: Connection, action: Action, args: Mapping[str, str]) -> Done:
    """Do it in the caller's transaction: an outcome for the menu, and what an SMS would say of it."""
    return HANDLERS[action](talk, conn, args)
