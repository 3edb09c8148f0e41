"""What time does to information: those who got an item that was put right are told, old failed searches are forgotten."""

from gateway.audit import store as audit
from gateway.information import desk_store, reader_store, store, words
from gateway.information.desk import MISSES_KEPT
from gateway.outbox.service.post import Notice, post_many, wake_replies
from gateway.residents.contact_store import contacts
from gateway.runtime import Runtime

CHUNK = 1000


def tick(rt: Runtime) -> int:
    """Tell everyone who has a wrong item by SMS what corrects it, each once; how many were told."""
    people = 0
    while told := _tell_some(rt):
        people += told
    if people:
        wake_replies(rt)
    return people


def _tell_some(rt: Runtime) -> int:
    now = rt.now()
    with rt.engine.begin() as conn:
        found = desk_store.next_telling(conn)
        if found is None or found.corrects_id is None:
            return 0
        readers = reader_store.take(conn, found.corrects_id, found.id, CHUNK)
        if len(readers) < CHUNK:
            desk_store.told(conn, found.id)
        notices, texts = [], dict[str, str]()
        for contact in contacts(conn, list(readers), rt.settings.languages):
            if contact.language not in texts:
                item = store.get(conn, found.code, contact.language, now)
                texts[contact.language] = words.sms(rt, item, contact.language) if item else ""
            if text := texts[contact.language]:
                cause, received = f"item:{found.id}:{contact.number_id}", readers[contact.number_id]
                notices.append(Notice(contact.number_id, contact.prefix, contact.language, text, cause, received))
        post_many(rt, conn, notices)
        audit.record(conn, now, "clock", "tell readers", f"item:{found.code}", people=len(notices))
    return max(1, len(notices))


def tidy(rt: Runtime) -> None:
    """Forget searches of more than ninety days ago."""
    with rt.engine.begin() as conn:
        reader_store.drop_misses(conn, rt.now() - MISSES_KEPT)
