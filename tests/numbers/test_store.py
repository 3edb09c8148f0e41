"""Every phone number stands once, encrypted, and is blanked in one row."""

import threading

import psycopg
import pytest
from cryptography.exceptions import InvalidTag

from gateway.kernel.vault import Vault
from gateway.local.postgres import plain
from gateway.numbers import store
from gateway.runtime import Runtime

NUMBER = "+6281234567890"


def rows(rt: Runtime) -> int:
    with psycopg.connect(plain(rt.settings.database_url)) as owner:
        return int(owner.execute("SELECT count(*) FROM numbers").fetchone()[0])  # type: ignore[index]


def test_the_same_number_twenty_times_at_once_is_one_row(rt: Runtime) -> None:
    gate, ids = threading.Barrier(8), []

    def add(many: bool) -> None:
        gate.wait()
        for _ in range(3):
            with rt.engine.begin() as conn:
                if many:
                    ids.append(store.ensure_many(conn, rt.vault, [NUMBER, "+6281200000001"])[NUMBER])
                else:
                    ids.append(store.ensure(conn, rt.vault, NUMBER).id)

    threads = [threading.Thread(target=add, args=(at % 2 == 0,)) for at in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(ids) == 24
    assert len(set(ids)) == 1
    assert rows(rt) == 2


def test_lists_that_overlap_the_other_way_round_never_lock_each_other_out(rt: Runtime) -> None:
    numbers = [f"+62812{at:08d}" for at in range(600)]
    gate, failures = threading.Barrier(4), []

    def add(chosen: list[str]) -> None:
        gate.wait()
        try:
            with rt.engine.begin() as conn:
                store.ensure_many(conn, rt.vault, chosen)
        except Exception as error:
            failures.append(error)

    lists = [numbers, numbers[::-1], numbers[::2] + numbers[1::2], numbers[300:] + numbers[:300]]
    threads = [threading.Thread(target=add, args=(chosen,)) for chosen in lists]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert rows(rt) == 600


def test_no_number_stands_in_the_table_in_the_clear(rt: Runtime) -> None:
    with rt.engine.begin() as conn:
        store.ensure_many(conn, rt.vault, [NUMBER, "+6285798765432"])
        store.ensure(conn, rt.vault, "+6281555555555", is_demo=True)
    with psycopg.connect(plain(rt.settings.database_url)) as owner:
        dump = "\n".join(str(row) for row in owner.execute("SELECT *, encode(cipher, 'escape') FROM numbers"))
    assert "+6281234" in dump
    for number in (NUMBER, "+6285798765432", "+6281555555555"):
        assert number not in dump
        assert number[8:] not in dump


def test_a_number_is_found_and_read_back_by_id(rt: Runtime) -> None:
    with rt.engine.begin() as conn:
        assert store.find(conn, rt.vault, NUMBER) is None
        added = store.ensure(conn, rt.vault, NUMBER, is_demo=True)
        store.set_language(conn, added.id, "jv")
        assert store.find(conn, rt.vault, NUMBER) == store.get(conn, added.id)
        assert store.get(conn, added.id) == store.Number(added.id, "+6281234", True, "jv")
        assert store.read(conn, rt.vault, [added.id, 2**40]) == {added.id: NUMBER}
        assert "first_seen" in store.about(conn, added.id)
        assert store.about(conn, 2**40) == {}


def test_an_erased_number_leads_nowhere_and_comes_back_as_another(rt: Runtime) -> None:
    with rt.engine.begin() as conn:
        added = store.ensure(conn, rt.vault, NUMBER)
        store.set_language(conn, added.id, "jv")
        store.forget(conn, added.id)
        assert store.find(conn, rt.vault, NUMBER) is None
        assert store.read(conn, rt.vault, [added.id]) == {}
        assert store.get(conn, added.id) == store.Number(added.id, "", False, None)
        assert store.ensure(conn, rt.vault, NUMBER).id != added.id


def test_a_rotated_key_reads_old_rows_and_another_data_key_reads_none(rt: Runtime) -> None:
    key = rt.settings.data_key
    with rt.engine.begin() as conn:
        old = store.ensure(conn, Vault(key), NUMBER).id
        new = store.ensure(conn, Vault(key, key_no=2), "+6281200000001").id
        assert store.ensure(conn, Vault(key, key_no=2), NUMBER).id == old
        assert store.read(conn, Vault(key, key_no=2), [old, new]) == {old: NUMBER, new: "+6281200000001"}
        with pytest.raises(InvalidTag):
            store.read(conn, Vault("quite another data key, long enough"), [old])
