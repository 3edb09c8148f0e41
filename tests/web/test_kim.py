"""KIM over HTTP, for anyone."""

from datetime import date

from flask.testing import FlaskClient

from gateway.kim import service
from gateway.officials import service as officials
from gateway.runtime import Runtime

from .conftest import BENDAN, MEDONO


def test_anyone_reads_which_kim_there_are_and_who_stands_in(client: FlaskClient, rt: Runtime) -> None:
    officials.add(rt, "Siti", "kim", BENDAN, "+6281266660001")
    officials.add(rt, "Budi", "lurah", MEDONO, "+6281266660002")
    id = service.add(rt, "KIM Bendan Kergon", [BENDAN], date(2019, 5, 1))
    answer = client.get("/api/v1/kim").json
    assert answer is not None
    assert answer["items"] == [
        {"id": id, "name": "KIM Bendan Kergon", "since": "2019-05-01", "areas": [BENDAN], "board": 0}
    ]
    assert len(answer["others"]) == 26
    assert answer["others"][MEDONO] == "lurah"
    assert "Siti" not in str(answer)
