"""What each provider must do: settings to build it with, hooks as its company sends them, calls as it sees them."""

from dataclasses import replace
from datetime import UTC, datetime

from twilio.request_validator import RequestValidator

from config.settings import Settings
from gateway.providers import build as build_provider
from gateway.providers.base import Hook, Hop, HopEnd, Inbound, OptOut, Provider, Receipt, Status, safe_id
from tests.providers.local_cases import LOCAL_CASES
from tests.providers.wire import (
    NUMBER,
    OTHER,
    PLAIN_TEXT,
    PUBLIC,
    Cases,
    Pairs,
    WireIn,
    WireOut,
    forged_tokens,
    proven_by_token,
)

__all__ = ["CASES", "NUMBER", "OTHER", "PUBLIC", "WireIn", "WireOut", "build", "proven_hook", "provider_of", "settings"]

AT_TOKEN, TWILIO_TOKEN, SIMULATOR_TOKEN = "at-hook-token", "twilio-auth-token", "simulator-hook-token"


def provider_of(name: str) -> str:
    """The provider whose company these cases are of."""
    return name.partition(" ")[0]


def build(name: str, given: Settings) -> Provider:
    """The provider as it is set up for the company of these cases."""
    return build_provider(provider_of(name), given.model_copy(update=CASES[name].company))


def settings(base: str = "http://127.0.0.1:9", **changes: object) -> Settings:
    """Settings with every provider pointed at `base`, the simulator at its port; a change to None leaves one unset."""
    given: dict[str, object] = {"gateway_mode": "development", "public_url": PUBLIC}
    for cases in CASES.values():
        given |= cases.settings | cases.reached(base)
    given |= changes
    return Settings.model_validate({name: value for name, value in given.items() if value is not None})


def signed(kind: str, form: Pairs, query: Pairs) -> Hook:
    """A hook that proves itself by Twilio's signature."""
    written = "&".join(f"{name}={value}" for name, value in query.items())
    url = f"{PUBLIC}/hooks/twilio/{kind}" + (f"?{written}" if written else "")
    signature = RequestValidator(TWILIO_TOKEN).compute_signature(url, form)
    return Hook(kind, url, query, list(form.items()), {"x-twilio-signature": signature})


def forged_signatures(good: Hook) -> list[Hook]:
    """The hook with signatures that are none, and with a form and an address that were not signed."""
    signatures = [{}, {"x-twilio-signature": ""}, {"x-twilio-signature": "RSOYDt4T1cUTdK1PDd93/VVr8B8="}]
    changed = [*good.form[1:], (good.form[0][0], "another")]
    return [
        *(replace(good, headers=headers) for headers in signatures),
        replace(good, form=changed),
        replace(good, url=good.url + "x"),
        replace(good, form=[("a", "\udce9")]),
    ]


def proven_hook(provider: str, kind: str, form: Pairs, query: Pairs | None = None) -> Hook:
    """A hook as the provider's company itself would send it."""
    return CASES[provider].prove(kind, form, query or {})


def _report(status: str, expected: Status, **more: str) -> WireIn:
    reason = more.get("failureReason", "")
    form = {"id": "ATXid_1", "status": status, "phoneNumber": NUMBER, "networkCode": "51010", "retryCount": "0"} | more
    event = Receipt("ATXid_1", None, NUMBER, expected, reason, status, opted_out=reason.lower() == "userinblacklist")
    return WireIn(f"a report {status} {reason}", "report", form, event)


_HOP = {"sessionId": "ATUid_1", "phoneNumber": NUMBER, "networkCode": "51010", "serviceCode": "*546#"}
_SMS = {"id": "b1c2-3", "from": NUMBER, "to": "54600", "text": "LAPOR jalan rusak", "networkCode": "51010"}
_SMS_AT = {"provider_id": "b1c2-3", "sender": NUMBER, "to": "54600", "text": "LAPOR jalan rusak"}

AFRICASTALKING_IN = [
    WireIn("a first hop has empty text", "ussd", _HOP | {"text": ""}, Hop("ATUid_1", NUMBER, "", "*546#")),
    WireIn("a hop without text is a first hop", "ussd", _HOP, Hop("ATUid_1", NUMBER, "", "*546#")),
    WireIn("a hop keeps stars and spaces of its text", "ussd", _HOP | {"text": "1* 5*2 rusak*"},
           Hop("ATUid_1", NUMBER, "1* 5*2 rusak*", "*546#")),
    WireIn("a hop whose + became a space is repaired", "ussd", _HOP | {"phoneNumber": NUMBER.replace("+", " ")},
           Hop("ATUid_1", NUMBER, "", "*546#")),
    WireIn("a hop's strange session id is hashed", "ussd", _HOP | {"sessionId": "a b"},
           Hop(safe_id("a b"), NUMBER, "", "*546#")),
    WireIn("the end of a session with everything the docs name", "ussd-end",
           {"date": "2026-11-01 10:30:00", "sessionId": "ATUid_1", "serviceCode": "*546#", "networkCode": "51010",
            "phoneNumber": NUMBER, "status": "Incomplete", "cost": "0", "durationInMillis": "900", "hopsCount": "2",
            "input": "1*2", "lastAppResponse": "CON", "hopsMetadata": "", "errorMessage": ""},
           HopEnd("ATUid_1", NUMBER, "Incomplete")),
    WireIn("the end of a session with its id alone", "ussd-end", {"sessionId": "ATUid_1"}, HopEnd("ATUid_1", None, "")),
    WireIn("an SMS with an ISO date", "sms", _SMS | {"date": "2018-03-19T08:34:18.445Z"},
           Inbound(**_SMS_AT, at=datetime(2018, 3, 19, 8, 34, 18, 445000, UTC))),
    WireIn("an SMS with a plain date, which is UTC", "sms", _SMS | {"date": "2026-03-04 10:30:00", "linkId": "x"},
           Inbound(**_SMS_AT, at=datetime(2026, 3, 4, 10, 30, tzinfo=UTC))),
    WireIn("an SMS with a date that is none", "sms", _SMS | {"date": "kemarin"}, Inbound(**_SMS_AT)),
    WireIn("an SMS with a date before all time", "sms", _SMS | {"date": "0001-01-01T00:00:00+14:00"},
           Inbound(**_SMS_AT)),
    WireIn("an SMS with id and sender alone", "sms", {"id": "b1c2-3", "from": "081100000001"},
           Inbound("b1c2-3", NUMBER, None, "")),
    WireIn("an SMS from 62 without +", "sms", _SMS | {"from": NUMBER[1:]}, Inbound(**_SMS_AT)),
    WireIn("an SMS from a name", "sms", _SMS | {"from": "TELKOMSEL"}, Inbound(**_SMS_AT | {"sender": "TELKOMSEL"})),
    WireIn("an SMS from a short code", "sms", _SMS | {"from": "3636"}, Inbound(**_SMS_AT | {"sender": "3636"})),
    WireIn("an SMS with an id of spaces and slashes", "sms", _SMS | {"id": "a/b c"},
           Inbound(**_SMS_AT | {"provider_id": safe_id("a/b c")})),
    _report("Sent", Status.SENT),
    _report("Submitted", Status.SENT),
    _report("Buffered", Status.SENT),
    _report("Success", Status.DELIVERED),
    _report("success", Status.DELIVERED),
    _report("Rejected", Status.FAILED, failureReason="InvalidLinkId"),
    _report("Failed", Status.FAILED, failureReason="UserInBlackList"),
    _report("Failed", Status.FAILED, failureReason="NotNetworkSubcriber"),
    _report("Failed", Status.FAILED, failureReason="SomethingNew"),
    _report("AbsentSubscriber", Status.FAILED),
    _report("Expired", Status.FAILED),
    _report("Terkirim", Status.UNKNOWN),
    WireIn("a report without a number", "report", {"id": "1", "status": "Success"},
           Receipt("1", None, None, Status.DELIVERED, "", "Success")),
    WireIn("an opt-out", "optout", {"senderId": "PEKALONGAN", "phoneNumber": NUMBER}, OptOut(NUMBER, "PEKALONGAN")),
    WireIn("an opt-out without sender", "optout", {"phoneNumber": "62" + NUMBER[3:]}, OptOut(NUMBER, "")),
]  # fmt: skip

_TWILIO_SMS = {"MessageSid": "SM1", "SmsSid": "SM1", "AccountSid": "AC0123", "From": NUMBER, "To": "+15550001111",
               "Body": "LAPOR jalan & jembatan", "NumMedia": "0", "NumSegments": "1"}  # fmt: skip
_TWILIO_IN = {"provider_id": "SM1", "sender": NUMBER, "to": "+15550001111", "text": "LAPOR jalan & jembatan"}


def _status(word: str, expected: Status, code: str = "") -> WireIn:
    form = {"MessageSid": "SM1", "SmsSid": "SM1", "MessageStatus": word, "SmsStatus": word, "To": NUMBER}
    event = Receipt("SM1", "att_1-A", NUMBER, expected, code, word, opted_out=code == "21610")
    return WireIn(
        f"a report {word} {code}", "report", form | ({"ErrorCode": code} if code else {}), event, {"message": "att_1-A"}
    )


TWILIO_IN = [
    WireIn("an SMS with all the usual fields", "sms", _TWILIO_SMS, Inbound(**_TWILIO_IN)),
    WireIn("an SMS with a field of tomorrow", "sms", _TWILIO_SMS | {"New Field": "é"}, Inbound(**_TWILIO_IN)),
    WireIn("an SMS without text or receiver", "sms", {"MessageSid": "SM1", "From": NUMBER},
           Inbound("SM1", NUMBER, None, "")),
    WireIn("an SMS that Twilio answered as STOP", "sms", _TWILIO_SMS | {"OptOutType": "STOP"},
           Inbound(**_TWILIO_IN, carrier_opt="STOP")),
    WireIn("an SMS that Twilio answered as START", "sms", _TWILIO_SMS | {"OptOutType": "start"},
           Inbound(**_TWILIO_IN, carrier_opt="START")),
    WireIn("an SMS that Twilio answered as HELP", "sms", _TWILIO_SMS | {"OptOutType": "HELP"},
           Inbound(**_TWILIO_IN, carrier_opt="HELP")),
    WireIn("an SMS with an opt-out of tomorrow", "sms", _TWILIO_SMS | {"OptOutType": "PAUSE"}, Inbound(**_TWILIO_IN)),
    WireIn("an SMS from a name", "sms", _TWILIO_SMS | {"From": "TELKOMSEL"},
           Inbound(**_TWILIO_IN | {"sender": "TELKOMSEL"})),
    *(_status(word, Status.SENT) for word in ("accepted", "scheduled", "queued", "sending", "sent")),
    *(_status(word, Status.DELIVERED) for word in ("delivered", "read")),
    _status("undelivered", Status.FAILED, "30003"),
    _status("failed", Status.FAILED, "21610"),
    _status("canceled", Status.FAILED),
    _status("teleported", Status.UNKNOWN),
    WireIn("a report without our key", "report", {"MessageSid": "SM1", "MessageStatus": "sent"},
           Receipt("SM1", None, None, Status.SENT, "", "sent")),
    WireIn("a report with a key that is none of ours", "report", {"MessageSid": "SM1", "MessageStatus": "sent"},
           Receipt("SM1", None, None, Status.SENT, "", "sent"), {"message": "a.b"}),
]  # fmt: skip

AFRICASTALKING_OUT = [
    WireOut("ussd", "1. Lapor\n0. Keluar", False, PLAIN_TEXT, "CON 1. Lapor\n0. Keluar"),
    WireOut("ussd", "Terima kasih", True, PLAIN_TEXT, "END Terima kasih"),
    WireOut("sms", None, False, PLAIN_TEXT, "OK"),
]

_FORM = "application/x-www-form-urlencoded"
_AT_REQUIRED = {
    "ussd": ("sessionId", "phoneNumber"),
    "ussd-end": ("sessionId",),
    "sms": ("id", "from"),
    "report": ("id", "status"),
    "optout": ("phoneNumber",),
}

CASES = {
    "africastalking": Cases(
        settings={"africastalking_username": "pekalongan", "africastalking_api_key": "at-api-key",
                  "africastalking_sender": "PEKALONGAN", "africastalking_hook_token": AT_TOKEN},
        reached=lambda base: {"africastalking_base_url": base},
        secrets=(AT_TOKEN, "at-api-key"),
        prove=proven_by_token(AT_TOKEN),
        forge=forged_tokens,
        wire_in=AFRICASTALKING_IN,
        wire_out=AFRICASTALKING_OUT,
        required=_AT_REQUIRED,
        path="/version1/messaging",
        headers={"apikey": "at-api-key", "accept": "application/json", "content-type": _FORM},
        form={"username": "pekalongan", "to": NUMBER, "from": "PEKALONGAN", "message": "Halo & awas: 100% é",
              "bulkSMSMode": "1"},
    ),
    "twilio": Cases(
        settings={"twilio_account_sid": "AC0123", "twilio_auth_token": TWILIO_TOKEN, "twilio_sender": "+15550001111"},
        reached=lambda base: {"twilio_base_url": base},
        secrets=(TWILIO_TOKEN,),
        prove=signed,
        forge=forged_signatures,
        wire_in=TWILIO_IN,
        wire_out=[WireOut("sms", None, False, "text/xml; charset=utf-8",
                          '<?xml version="1.0" encoding="UTF-8"?><Response />')],
        required={"sms": ("MessageSid", "From"), "report": ("MessageSid", "MessageStatus")},
        path="/2010-04-01/Accounts/AC0123/Messages.json",
        headers={"authorization": "Basic QUMwMTIzOnR3aWxpby1hdXRoLXRva2Vu", "accept": "application/json",
                 "content-type": _FORM},
        form={"To": NUMBER, "From": "+15550001111", "Body": "Halo & awas: 100% é",
              "StatusCallback": f"{PUBLIC}/hooks/twilio/report?message=att_1-A"},
        sender="From",
        numeric="+15550001111",
    ),
    "simulator": Cases(
        settings={"simulator_hook_token": SIMULATOR_TOKEN},
        reached=lambda base: {"port": int(base.rpartition(":")[2])},
        secrets=(SIMULATOR_TOKEN,),
        prove=proven_by_token(SIMULATOR_TOKEN),
        forge=forged_tokens,
        wire_in=AFRICASTALKING_IN,
        wire_out=AFRICASTALKING_OUT,
        required=_AT_REQUIRED,
        path="/simulator/version1/messaging",
        headers={"apikey": SIMULATOR_TOKEN, "accept": "application/json", "content-type": _FORM},
        form={"username": "simulator", "to": NUMBER, "from": "54600", "message": "Halo & awas: 100% é",
              "bulkSMSMode": "1"},
        foreign=False,
    ),
    **LOCAL_CASES,
}  # fmt: skip
