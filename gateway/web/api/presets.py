"""API calls on presets: write, decide, use; and review what went out by one without a second person."""

from typing import Any

from gateway.broadcasts.presets import Preset as Stored
from gateway.broadcasts.service import presets, view
from gateway.web.api.answers import Drafted, Preset, Presets, Status
from gateway.web.api.bodies import Approval, NewPreset, PresetUse, Rejection
from gateway.web.api.broadcasts import KEYS, read_key
from gateway.web.api.calls import Ask, Table

table = Table()


@table.call("POST", "/presets", "Submit a preset, or another version of one, for approval", Preset, status=201)
def add(ask: Ask, body: NewPreset) -> dict[str, Any]:
    return _show(presets.write(ask.rt, ask.official, body.name, body.audience.lists(), body.texts, body.slots))


@table.call("GET", "/presets", "List presets in use or waiting for approval", Presets)
def list_presets(ask: Ask) -> dict[str, Any]:
    return {"items": [_show(one) for one in presets.every(ask.rt, ask.official)]}


@table.call("POST", "/presets/{id}/approve", "Approve another person's preset", Preset)
def approve(ask: Ask, id: int, body: Approval) -> dict[str, Any]:
    return _show(presets.decide(ask.rt, ask.official, id, approves=True, seen=body.hash))


@table.call("POST", "/presets/{id}/reject", "Refuse another person's preset", Preset)
def reject(ask: Ask, id: int) -> dict[str, Any]:
    return _show(presets.decide(ask.rt, ask.official, id, approves=False))


@table.call("POST", "/presets/{id}/retire", "Take a preset out of use", Preset)
def retire(ask: Ask, id: int) -> dict[str, Any]:
    return _show(presets.retire(ask.rt, ask.official, id))


@table.call("POST", "/presets/{name}/broadcasts", "Draft an emergency from it", Drafted, status=201, headers=KEYS)
def use(ask: Ask, name: str, body: PresetUse) -> dict[str, Any]:
    key = read_key(ask)
    return presets.use(ask.rt, ask.official, name, body.slots, body.reason, key, expires_at=body.expires_at)


@table.call("POST", "/broadcasts/{id}/review", "Say that you have looked at what went out by a preset", Status)
def review(ask: Ask, id: int, body: Rejection) -> dict[str, Any]:
    presets.review(ask.rt, ask.official, id, body.note)
    return view.status(ask.rt, ask.official, id)


def _show(preset: Stored) -> dict[str, Any]:
    names = ("id", "name", "state", "audience", "texts", "slots", "hash")
    return {name: getattr(preset, name) for name in names}
