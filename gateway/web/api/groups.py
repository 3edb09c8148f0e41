"""API calls on groups of residents: list, change who is in one, say which may be drilled."""

from typing import Any

from gateway.residents.service import groups
from gateway.web.api.answers import Group, GroupChange, Groups
from gateway.web.api.bodies import GroupFlag, Members
from gateway.web.api.calls import Ask, Table

table = Table()


@table.call("GET", "/groups", "List groups, the people of your own area counted", Groups)
def list_groups(ask: Ask) -> dict[str, Any]:
    found = groups.every(ask.rt, ask.official)
    return {"items": [{"name": one.name, "people": one.people, "is_test": one.is_test} for one in found]}


@table.call("POST", "/groups/{name}/members", "Put residents into a group or take them out", GroupChange)
def change_members(ask: Ask, name: str, body: Members) -> dict[str, Any]:
    done = groups.change(ask.rt, ask.official, name, body.add, body.remove)
    return {"name": name, "added": done.added, "removed": done.removed, "unknown": list(done.unknown)}


@table.call("POST", "/groups/{name}/flag", "Say whether drills may be sent to a group", Group)
def flag(ask: Ask, name: str, body: GroupFlag) -> dict[str, Any]:
    groups.flag(ask.rt, ask.official, name, is_test=body.is_test)
    people = next(one.people for one in groups.every(ask.rt, ask.official) if one.name == name)
    return {"name": name, "people": people, "is_test": body.is_test}
