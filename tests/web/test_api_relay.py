"""Relay tasks, pages and scripts over the API."""

from gateway.runtime import Runtime
from tests.information.conftest import Desk
from tests.web.conftest import BENDAN, Staff


def test_the_whole_way(staff: Staff, rt: Runtime) -> None:
    item = Desk(rt).publish()
    admin, kim = staff("admin"), staff("kim", BENDAN)
    asked = admin("POST", "/relays", {"code": item.code, "wanted": 5})
    assert (asked.status_code, asked.json["asked"], asked.json["reached"]) == (201, 1, 0)
    assert admin("POST", "/relays", {"code": item.code}).status_code == 409
    assert kim("POST", "/relays", {"code": item.code}).status_code == 403
    assert kim("GET", f"/relays/{item.code}").json["tasks"][0]["wanted"] == 5
    assert admin("GET", "/relays/B99").status_code == 404
    page = kim("GET", f"/bulletins/{BENDAN}").json
    assert page["html"].startswith("<!doctype html>")
    assert [one["code"] for one in page["scripts"]] == [item.code]
