"""Joins the doors to one application. What it carries is built, started and stopped elsewhere."""

from dataclasses import dataclass

from aiohttp import web

from runtime.accounts import Accounts
from runtime.inbox import Inbox
from runtime.ledger import Ledger
from runtime.live import Live
from runtime.media.base import Media
from runtime.observe import Metrics
from runtime.outreach import Outreach
from runtime.outside import Outside
from runtime.playground import Playground
from runtime.reports import Reports
from runtime.roster import Roster
from runtime.storage.work import Store
from runtime.templates import Templates
from runtime.workspace import Workspace

from . import (
    agents,
    api,
    audit,
    channels,
    customer_import,
    customer_list,
    customer_people,
    customer_settings,
    customers,
    details,
    errors,
    exports,
    happenings,
    health,
    hooks,
    keys,
    knowledge,
    live,
    login,
    openapi,
    operators,
    outreach,
    outside,
    playground,
    portal,
    quarantine,
    reports,
    sessions,
    suggestions,
    templates,
    tokens,
    uploads,
    workspace,
)
from .front import Front

ENDPOINTS = [
    *login.ENDPOINTS,
    *operators.ENDPOINTS,
    *tokens.ENDPOINTS,
    *audit.ENDPOINTS,
    *sessions.ENDPOINTS,
    *exports.ENDPOINTS,
    *details.ENDPOINTS,
    *workspace.ENDPOINTS,
    *suggestions.ENDPOINTS,
    *reports.ENDPOINTS,
    *outside.ENDPOINTS,
    *customers.ENDPOINTS,
    *customer_list.ENDPOINTS,
    *customer_import.ENDPOINTS,
    *customer_settings.ENDPOINTS,
    *customer_people.ENDPOINTS,
    *outreach.ENDPOINTS,
    *templates.ENDPOINTS,
    *uploads.ENDPOINTS,
    *channels.ENDPOINTS,
    *happenings.ENDPOINTS,
    *quarantine.ENDPOINTS,
    *agents.ENDPOINTS,
    *knowledge.ENDPOINTS,
    *playground.ENDPOINTS,
    *live.ENDPOINTS,
]
"""The whole API."""
ENDPOINTS.append(openapi.endpoint(ENDPOINTS))


@dataclass(frozen=True, kw_only=True, slots=True)
class Carried:
    """What doors need."""

    inbox: Inbox
    roster: Roster
    metrics: Metrics
    store: Store
    media: Media
    workspace: Workspace
    outreach: Outreach
    templates: Templates
    outside: Outside
    ledger: Ledger
    accounts: Accounts
    live: Live
    playground: Playground
    reports: Reports
    pulse: keys.Pulse
    public_url: str
    front: Front


def create(carried: Carried) -> web.Application:
    app = web.Application(client_max_size=hooks.MAX_BODY, middlewares=[errors.middleware])
    app[keys.INBOX] = carried.inbox
    app[keys.ROSTER] = carried.roster
    app[keys.METRICS] = carried.metrics
    app[keys.STORE] = carried.store
    app[keys.MEDIA] = carried.media
    app[keys.WORKSPACE] = carried.workspace
    app[keys.OUTREACH] = carried.outreach
    app[keys.TEMPLATES] = carried.templates
    app[keys.OUTSIDE] = carried.outside
    app[keys.LEDGER] = carried.ledger
    app[keys.ACCOUNTS] = carried.accounts
    app[keys.REPORTS] = carried.reports
    app[keys.LIVE] = carried.live
    app[keys.PLAYGROUND] = carried.playground
    app[keys.FRONT] = carried.front
    app[keys.PULSE] = carried.pulse
    app[keys.PUBLIC_URL] = carried.public_url
    app.add_routes([*hooks.routes(), *health.routes(), *api.routes(ENDPOINTS), *portal.routes()])
    app.on_shutdown.append(live.close_all)
    return app
