"""`POST /{phone number}/messages`: to whom, what, whether it may be, and the answer (WA5 to WA30)."""

import re
from dataclasses import dataclass

from . import contents, limits, variables
from .accounts import Number, Template
from .calls import Call
from .checks import keys, nested
from .errors import GraphError, Json, invalid, parameter, required, unwanted
from .identities import met
from .people import Message, Person, Thread, new_wamid

_COMMON = (
    "messaging_product recipient_type to recipient type context biz_opaque_callback_data"
    " recipient_identity_key_hash"
).split()
_DIALED = re.compile(r"\+?[\d\s().-]{5,24}")
_PHONE_ONLY = frozenset({"ONE_TAP", "ZERO_TAP", "COPY_CODE"})


@dataclass(frozen=True, kw_only=True)
class Recipient:
    """To whom, and how the answer says it."""

    person: Person
    to_phone: bool
    answer: Json


async def messages(call: Call) -> Json:
    given, number = call.given, call.number
    if not given.text("messaging_product"):
        raise required("messaging_product")  # WA5
    if given.text("messaging_product").lower() != "whatsapp":
        raise unwanted("messaging_product", "must be one of {WHATSAPP}.")
    trouble = number.waba.trouble or number.trouble or (0 if number.registered else 133010)
    if trouble:
        raise GraphError(trouble)  # WA33
    if "status" in given.values:
        return _mark(call)
    to = _recipient(call)
    kind = given.text("type") or "text"
    given.only(*_COMMON, kind)
    template = _template(call, to) if kind == "template" else None
    content = given.values.get(kind)
    shown: Json = {}
    if template is None:
        content = contents.check(kind, content)[kind]
    else:
        assert isinstance(content, dict)  # noqa: S101 - _template has looked
        shown = variables.filled(template, content.get("components", []))
    thread = call.meta.thread(number, to.person)
    message = Message(
        id=new_wamid(),
        by_business=True,
        at=call.now,
        content={"type": kind, kind: content},
        context=_context(call, thread),
        shown=shown,
        callback_data=_callback_data(call),
        to_phone=to.to_phone,
        category=template.category.lower() if template else "service",
        in_window=thread.window_open(call.now),
    )
    _check_references(call, thread, message)
    return _accept(call, to, message, template)


def _recipient(call: Call) -> Recipient:
    """WA6: by phone or by id; with both, the phone wins."""
    given, portfolio = call.given, call.number.waba.portfolio
    if given.text("recipient_type").lower() not in {"", "individual"}:
        raise unwanted("recipient_type", "must be one of {INDIVIDUAL}.")
    to, user_id = given.text("to"), given.text("recipient")
    if not to and not user_id:
        raise required("to")
    if to:
        digits = _dialed(call, to)
        wa_id = call.meta.wa_id(digits)
        also = {"user_id": user_id} if user_id else {}
        answer = {"input": to, "wa_id": wa_id, **also}
        person = call.meta.person_at(digits)
        return Recipient(person=person, to_phone=True, answer=answer)
    person_called = call.meta.person_called(portfolio, user_id)
    if person_called is None:
        raise invalid(f"Recipient {user_id} is no user id of this business")  # WA28
    answer = {"input": user_id, "user_id": user_id}
    return Recipient(person=person_called, to_phone=False, answer=answer)


def _dialed(call: Call, to: str) -> str:
    """WA11: without a plus, it is a number in the country of the business."""
    number = call.number
    if not _DIALED.fullmatch(to):
        raise invalid("Parameter to: is no phone number")
    digits = re.sub(r"\D", "", to)
    if not to.startswith("+"):
        digits = number.country_code + digits
    if digits == re.sub(r"\D", "", number.phone):
        raise GraphError(131021)  # WA8
    if number.allowed is not None and digits not in number.allowed:
        raise GraphError(131030)  # WA9
    return digits


def _template(call: Call, to: Recipient) -> Template:
    """WA20, WA25, WA28."""
    given = call.given.values.get("template")
    if not isinstance(given, dict):
        raise parameter("The parameter template is required.")
    keys("template", given, "name language components namespace")
    name, language = given.get("name"), nested("template", given, "language")
    keys("template['language']", language, "code policy")
    if not name:
        raise required("template['name']")
    if not language.get("code"):
        raise required("template['language']['code']")
    code = str(language["code"])
    own = call.number.waba.templates.values()
    found = next((one for one in own if (one.name, one.language) == (name, code)), None)
    if found is None:
        raise variables.unknown(str(name), code)
    variables.usable(found)
    kinds = {button.get("otp_type", button["type"]) for button in found.buttons}
    if found.category == "AUTHENTICATION" and not to.to_phone and kinds & _PHONE_ONLY:
        raise GraphError(131062)
    return found


def _context(call: Call, thread: Thread) -> Json:
    context = call.given.values.get("context")
    if context is None:
        return {}
    if not isinstance(context, dict) or not context.get("message_id"):
        raise required("context['message_id']")
    keys("context", context, "message_id")
    if thread.messages.find(context["message_id"]) is None:
        raise invalid(f"Context message id {context['message_id']} does not exist")  # WA29
    return {"id": context["message_id"]}


def _callback_data(call: Call) -> str:
    data = call.given.text("biz_opaque_callback_data")
    if len(data) > limits.CALLBACK_DATA:
        most = limits.CALLBACK_DATA
        raise unwanted("biz_opaque_callback_data", f"must be at most {most} characters long.")
    return data


def _check_references(call: Call, thread: Thread, message: Message) -> None:
    """Media and messages that the content names must exist."""
    if message.kind == "reaction":
        wamid = message.content["reaction"]["message_id"]
        if thread.messages.find(wamid) is None:
            raise invalid(f"Parameter reaction['message_id']: {wamid} is unknown")
    header = message.content.get("interactive", {}).get("header", {})
    for place in (message.content, message.shown.get("header", {}), header):
        for kind in limits.MEDIA.keys() & place.keys():
            if "id" in place[kind]:
                _check_media(call, kind, str(place[kind]["id"]))


def _check_media(call: Call, kind: str, media_id: str) -> None:
    stored = call.meta.media.get(media_id)
    if stored is None or stored.number.waba is not call.number.waba or stored.expires <= call.now:
        raise invalid(f"Parameter {kind}['id']: media {media_id} does not exist")
    if kind not in {stored.kind, "document"}:
        raise GraphError(131053, details=f"{stored.mime} is no {kind}")


def _accept(call: Call, to: Recipient, message: Message, template: Template | None) -> Json:
    """Pace, then the promise. What is known to fail is accepted all the same, and fails later."""
    meta, number = call.meta, call.number
    thread = meta.thread(number, to.person)
    if template is None and not message.in_window and meta.switches.sync_window:
        raise GraphError(131047)
    _keep_pace(call, thread)
    if to.to_phone:
        met(number, thread, call.now)
    thread.messages.put(message)
    thread.typing_until = 0.0
    if message.kind == "reaction":
        _react(thread, message)
    thread.wake()
    about: Json = {"id": message.id}
    code = _doom(call, thread, message, template)
    if template is not None and template.held:
        about["message_status"] = "held_for_quality_assessment"
        meta.held.append((template, number, thread, message))
    else:
        about |= {"message_status": "accepted"} if template is not None else {}
        meta.fates.begin(number, thread, message, code)
    return {"messaging_product": "whatsapp", "contacts": [to.answer], "messages": [about]}


def _keep_pace(call: Call, thread: Thread) -> None:
    """WA16, WA17: what is refused takes nothing from anybody."""
    number, now = call.number, call.now
    if not number.limits:
        return
    if number.pace.wait(now):
        raise GraphError(130429)
    if thread.pace.wait(now):
        raise GraphError(131056)
    number.pace.take(now, 1)
    thread.pace.take(now, 1)


def _react(thread: Thread, message: Message) -> None:
    reaction = message.content["reaction"]
    target = thread.messages.find(reaction["message_id"])
    if target is not None:
        target.reactions["business"] = reaction["emoji"]
        thread.messages.touch(target)


def _doom(call: Call, thread: Thread, message: Message, template: Template | None) -> int:
    """With which code it will fail, if it will."""
    person, portfolio = thread.person, call.number.waba.portfolio
    if not person.on_whatsapp:
        return 131026  # WA15
    if template is None:
        return 0 if message.in_window else 131047  # WA13
    code = _unwelcome(person) if template.category == "MARKETING" else 0
    if code or message.in_window:
        return code
    if not portfolio.may_reach(person, call.now):
        return call.meta.switches.limit_code  # WA18
    portfolio.reached[person] = call.now
    return 0


def _unwelcome(person: Person) -> int:
    """WA19: why this person gets no marketing; nobody in the United States does."""
    reasons = {
        131050: person.stopped_marketing,
        130472: person.in_experiment,
        131049: person.capped or person.country == "US",
    }
    return next((code for code, holds in reasons.items() if holds), 0)


def _mark(call: Call) -> Json:
    """WA30: read, and perhaps typing, which ends after 25 s or with our next message."""
    given = call.given
    given.only("messaging_product", "status", "message_id", "typing_indicator", "recipient_type")
    if given.text("status") != "read":
        raise unwanted("status", "must be one of {READ}.")
    typing = given.values.get("typing_indicator")
    if typing is not None and typing != {"type": "text"}:
        raise parameter("Param typing_indicator['type'] must be one of {TEXT}.")
    thread, message = _inbound(call.number, given.text("message_id"))
    for earlier in thread.messages:
        if not earlier.by_business:
            earlier.advance("read")
            thread.messages.touch(earlier)
        if earlier is message:
            break
    if typing is not None:
        thread.typing_until = call.now + limits.TYPING
    thread.wake()
    return {"success": True}


def _inbound(number: Number, wamid: str) -> tuple[Thread, Message]:
    thread = number.received.get(wamid)
    found = thread.messages.find(wamid) if thread is not None else None
    if thread is None or found is None:
        raise parameter(f"The message {wamid} was not received by this number")
    return thread, found
