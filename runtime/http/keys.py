"""Typed keys of what the application carries."""

from typing import Protocol

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

from .front import Front


class Pulse(Protocol):
    """What a door may know of the loops beside it."""

    @property
    def alive(self) -> bool: ...

    @property
    def bus_healthy(self) -> bool: ...


INBOX = web.AppKey("inbox", Inbox)
ROSTER = web.AppKey("roster", Roster)
METRICS = web.AppKey("metrics", Metrics)
STORE = web.AppKey("store", Store)
FRONT = web.AppKey("front", Front)
MEDIA: web.AppKey[Media] = web.AppKey("media")
ACCOUNTS = web.AppKey("accounts", Accounts)
WORKSPACE = web.AppKey("workspace", Workspace)
LIVE = web.AppKey("live", Live)
PUBLIC_URL = web.AppKey("public_url", str)
OUTREACH = web.AppKey("outreach", Outreach)
TEMPLATES = web.AppKey("templates", Templates)
OUTSIDE = web.AppKey("outside", Outside)
LEDGER = web.AppKey("ledger", Ledger)
PLAYGROUND = web.AppKey("playground", Playground)
REPORTS = web.AppKey("reports", Reports)
PULSE: web.AppKey[Pulse] = web.AppKey("pulse")
