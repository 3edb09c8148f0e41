"""Public figures over HTTP: for anyone, within limits, and as a file."""

from flask.testing import FlaskClient

from gateway.reference.store import OFFICES
from gateway.web import auth


def test_anyone_reads_the_newest_month_that_is_over(client: FlaskClient) -> None:
    answer = client.get("/api/v1/statistics")
    assert answer.status_code == 200
    assert answer.json is not None
    assert answer.json["month"] == "2026-10"
    assert len(answer.json["areas"]) == 32
    assert answer.json["areas"][0]["received"] is None
    assert [one["office"] for one in answer.json["offices"]] == [*sorted(OFFICES), ""]
    assert answer.json["offices"][0]["gap_percent"] is None
    one = client.get("/api/v1/statistics?month=2026-09&area=33.75.01.1006").json
    assert one is not None
    assert [area["name"] for area in one["areas"]] == ["Bendan Kergon"]


def test_figures_come_as_a_file(client: FlaskClient) -> None:
    answer = client.get("/api/v1/statistics.csv?area=33.75.01")
    assert answer.headers["Content-Disposition"] == "attachment; filename=kabar-2026-10.csv"
    assert answer.text.splitlines()[1].startswith("2026-10,33.75.01,Pekalongan Barat,kecamatan,")
    answer = client.get("/api/v1/statistics/offices.csv")
    assert answer.headers["Content-Disposition"] == "attachment; filename=kabar-2026-10-opd.csv"
    assert answer.text.splitlines()[1].startswith("2026-10,BPBD,Badan Penanggulangan Bencana Daerah,")


def test_what_is_asked_wrongly_is_named(client: FlaskClient) -> None:
    for query, said in (
        ("month=2026-11", "over"), ("month=oktober", "2026-10"), ("area=12", "area must be"), ("year=2026", "no parameter year"),
    ):  # fmt: skip
        answer = client.get(f"/api/v1/statistics?{query}")
        assert answer.status_code == 400
        assert answer.json is not None
        assert said in answer.json["detail"]


def test_one_address_is_held_up_and_another_is_not(client: FlaskClient) -> None:
    for _ in range(auth.MOST_VISITS):
        assert client.get("/api/v1/statistics?area=x").status_code == 400
    held = client.get("/api/v1/statistics")
    assert held.status_code == 429
    assert 0 < int(held.headers["Retry-After"]) <= auth.WINDOW
    assert client.get("/api/v1/statistics", environ_base={"REMOTE_ADDR": "192.0.2.7"}).status_code == 200
