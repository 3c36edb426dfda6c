"""The door of the Graph API: versions, tokens, objects, and the table of operations (WA1 to WA4)."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime

from aiohttp import web

from emulators import control
from emulators.control import Call as Noted
from emulators.control import Fault

from . import media, parameters, sending, subscriptions, templates
from .accounts import MANAGEMENT, MESSAGING, App, Number, Template, Token, Waba
from .calls import Call, Operation, Target, waba_of
from .errors import THROTTLES, GraphError, Json, missing, unauthorised
from .files import Stored
from .limits import management_pace
from .state import Meta

LATEST = 26
OLDEST = 21
V21_ENDS = datetime(2027, 1, 21, tzinfo=UTC).timestamp()
_VERSION = re.compile(r"v(\d+)\.0")
EITHER = ""

OPERATIONS: dict[tuple[str, type, str], tuple[Operation, str]] = {
    ("POST", Number, "messages"): (sending.messages, MESSAGING),
    ("POST", Number, "media"): (media.upload, MESSAGING),
    ("GET", Stored, ""): (media.look_up, MESSAGING),
    ("DELETE", Stored, ""): (media.delete, MESSAGING),
    ("GET", Number, ""): (subscriptions.look_at_number, EITHER),
    ("POST", Number, ""): (subscriptions.change_number, MANAGEMENT),
    ("POST", Number, "register"): (subscriptions.register, MANAGEMENT),
    ("POST", Number, "deregister"): (subscriptions.deregister, MANAGEMENT),
    ("GET", Waba, ""): (subscriptions.look_at_waba, MANAGEMENT),
    ("GET", Waba, "phone_numbers"): (subscriptions.numbers, MANAGEMENT),
    ("GET", Waba, "subscribed_apps"): (subscriptions.apps, MANAGEMENT),
    ("POST", Waba, "subscribed_apps"): (subscriptions.add_app, MANAGEMENT),
    ("DELETE", Waba, "subscribed_apps"): (subscriptions.remove_app, MANAGEMENT),
    ("GET", Waba, "message_templates"): (templates.listed, MANAGEMENT),
    ("POST", Waba, "message_templates"): (templates.create, MANAGEMENT),
    ("DELETE", Waba, "message_templates"): (templates.delete, MANAGEMENT),
    ("GET", Template, ""): (templates.look_up, MANAGEMENT),
    ("POST", Template, ""): (templates.edit, MANAGEMENT),
    ("GET", App, "subscriptions"): (subscriptions.subscriptions, EITHER),
    ("POST", App, "subscriptions"): (subscriptions.subscribe, EITHER),
}
NOT_YOURS = "You do not have the necessary permissions to send messages on behalf of this WhatsApp Business Account"


@dataclass(frozen=True, kw_only=True)
class Path:
    version: str
    object_id: str
    edge: str


async def handle(meta: Meta, request: web.Request) -> web.StreamResponse:
    """Any call: noted, perhaps spoilt, answered."""
    try:
        path = _path(meta, request.path)
        given = await parameters.read(request)
    except GraphError as error:
        return _failed(meta, error)
    scope = path.object_id
    noted = meta.control.heard(path.edge or "object", given.logged(), scope)
    to = given.text("to") or given.text("recipient")
    fault = meta.control.fault_for(noted.method, to.lstrip("+"))

    async def carried_out() -> web.Response:
        return await _carried_out(meta, request, noted, path, given)

    def refused(ordered: Fault) -> web.Response:
        return _ordered(meta, ordered)

    if fault is None:
        return await carried_out()
    answer = await control.spoilt(request, fault, carried_out, refused)
    noted.status = 0 if fault.kind.startswith("drop") else answer.status
    return answer


async def _carried_out(
    meta: Meta, request: web.Request, noted: Noted, path: Path, given: parameters.Given
) -> web.Response:
    try:
        token = _token(meta, request)
        target = _target(meta, token, request.method, path.object_id)
        operation = _operation(meta, token, target, request.method, path)
        call = Call(
            meta=meta,
            token=token,
            target=target,
            given=given,
            base=f"{request.scheme}://{request.host}",
            path=request.path,
            version=path.version,
        )
        noted.answer = await operation(call)
    except GraphError as error:
        answer = _failed(meta, error)
        noted.status, noted.answer = answer.status, error.json()
        return answer
    noted.status = 200
    return web.json_response(noted.answer, headers={"facebook-api-version": path.version})


def _failed(meta: Meta, error: GraphError) -> web.Response:
    """Older documents promise 429 for throttles: `throttle_status`."""
    status = error.status
    if error.code in THROTTLES and meta.switches.throttle_status:
        status = meta.switches.throttle_status
    return web.json_response(error.json(), status=status)


def _ordered(meta: Meta, fault: Fault) -> web.Response:
    """WA33, WA34: by `code` with the status of that code, or by `status` with the code that fits."""
    by_status = {401: 190, 403: 10, 429: 80007, 500: 131000, 503: 2}
    error = GraphError(fault.code or by_status.get(fault.status, 131000), fault.description)
    if not fault.code:
        return web.json_response(error.json(), status=fault.status)
    return _failed(meta, error)


def _path(meta: Meta, path: str) -> Path:
    """WA4: `/v26.0/{object}/{edge}`."""
    version, _, rest = path.strip("/").partition("/")
    found = _VERSION.fullmatch(version)
    parts = rest.split("/")
    if found is None or int(found[1]) > LATEST or not rest or len(parts) > 2:
        words = f"Unknown path components: {path}"
        raise GraphError(2500, message=words)
    oldest = OLDEST + (meta.now >= V21_ENDS)
    if int(found[1]) < oldest:
        if meta.switches.old_versions == "refuse":
            words = "You are calling a deprecated version of the API. Please update to the latest version"
            raise GraphError(2635, f"{words}: v{LATEST}.0.")
        version = f"v{oldest}.0"
    return Path(version=version, object_id=parts[0], edge=parts[1] if parts[1:] else "")


def _token(meta: Meta, request: web.Request) -> Token:
    """WA1."""
    scheme, _, value = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not value:
        value = request.query.get("access_token", "")
    token = meta.tokens.get(value.strip())
    if token is None:
        raise unauthorised("Invalid OAuth access token - Cannot parse access token")
    if token.revoked:
        words = "Error validating access token: The session has been invalidated"
        raise unauthorised(words, 460)
    if token.expires and token.expires <= meta.now:
        when = datetime.fromtimestamp(token.expires, UTC).strftime("%A, %d-%b-%y %H:%M:%S UTC")
        words = f"Error validating access token: Session has expired on {when}."
        raise unauthorised(words, 463)
    return token


def _target(meta: Meta, token: Token, verb: str, object_id: str) -> Target:
    """WA3: also for what this token must not see."""
    found = _find(meta, object_id)
    if found is None:
        raise missing(verb, object_id)
    waba = waba_of(found)
    sees = token.app is found if waba is None else meta.token_sees(token, waba)
    if not sees or (isinstance(found, Stored) and found.expires <= meta.now):
        raise missing(verb, object_id)
    return found


def _find(meta: Meta, object_id: str) -> Target | None:
    for known in (meta.numbers, meta.wabas, meta.media, meta.apps):
        found: Target | None = known.get(object_id)
        if found is not None:
            return found
    return next((one for one in meta.templates() if one.id == object_id), None)


def _operation(meta: Meta, token: Token, target: Target, verb: str, path: Path) -> Operation:
    """WA2, and the pace of everything that is no message."""
    found = OPERATIONS.get((verb, type(target), path.edge))
    if found is None:
        if path.edge:
            words = f"Unknown path components: /{path.edge}"
            raise GraphError(2500, message=words)
        raise missing(verb, path.object_id)
    operation, permission = found
    if permission and permission not in token.permissions:
        raise GraphError(200, NOT_YOURS if permission == MESSAGING else "")
    waba = waba_of(target)
    if permission == MANAGEMENT and waba is not None:
        _keep_pace(meta, token, waba)
    return operation


def _keep_pace(meta: Meta, token: Token, waba: Waba) -> None:
    mine = [one for one in meta.numbers.values() if one.waba is waba]
    registered = any(one.registered for one in mine)
    if any(not one.limits for one in mine):
        return
    pace = waba.paces.setdefault(
        f"{token.app.id} {registered}", management_pace(registered=registered)
    )
    if pace.wait(meta.now):
        raise GraphError(80007)
    pace.take(meta.now, 1)


def unknown(request: web.Request) -> Json:
    return GraphError(2500, message=f"Unknown path components: {request.path}").json()
