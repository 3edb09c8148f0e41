"""Tell the city's admins by SMS that money runs out: while it does, news wait and only emergencies leave."""

import logging

from gateway.broadcasts.service import admins
from gateway.kernel.calendar import show_day
from gateway.outbox.service import cost
from gateway.outbox.service.post import wake_replies
from gateway.runtime import Runtime

log = logging.getLogger(__name__)


def tick(rt: Runtime) -> int:
    """Tell each admin once of every account that fell below its reserve, and of each day whose limit is reached; how many
    messages that took. By night too, since an emergency may be what spends the money.
    """
    found = [
        (name, "order.low", {"account": name, "balance": one.balance}, f"low:{name}:{one.low_since:%Y%m%dT%H%M%S}")
        for name, one in cost.low(rt).items()
    ]
    if cost.is_spent(rt):
        today = rt.now().astimezone(rt.settings.timezone).date()
        found.append(("the day's limit", "order.spent", {"day": show_day(today)}, f"spent:{today:%Y%m%d}"))
    told = 0
    for what, message, slots, cause in found:
        with rt.engine.begin() as conn:
            if new := admins.tell(rt, conn, message, slots, cause, at_once=True):
                log.error("%s: news wait for money, and %d admins are told", what, new)
                told += new
    if told:
        wake_replies(rt)
    return told
