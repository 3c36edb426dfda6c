"""Settings -> Runtime, built and not started. The only place that names a concrete channel, llm, agent
or bus; doubles enter here, and nowhere else.
"""

import contextlib
import gc
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from aiohttp import web

from agents import catalog
from agents.llm.base import Llm
from channels.identities import EMAIL
from channels.settings import declared
from runtime import observe
from runtime.accounts import Accounts, Kind
from runtime.bus.base import Bus
from runtime.bus.memory import MemoryBus
from runtime.config import Settings
from runtime.errors import Misconfigured
from runtime.files import Files
from runtime.holders import Holders, Ways
from runtime.http import app as http_app
from runtime.http import live_messages
from runtime.http.front import Front
from runtime.inbox import Inbox
from runtime.ledger import Ledger
from runtime.live import Live
from runtime.media.base import Media
from runtime.media.folder import FolderMedia
from runtime.outbox import Outbox
from runtime.outreach import Outreach
from runtime.outside import Outside
from runtime.playground import Playground
from runtime.reports import Reports
from runtime.roster import Factory, Roster
from runtime.routing import Routing
from runtime.storage import channels as stored_channels
from runtime.storage import engine
from runtime.storage.sealed import Safe
from runtime.storage.sql import Tx
from runtime.storage.work import Clock, Store, system_clock
from runtime.templates import Templates
from runtime.timers import Timers
from runtime.turns import Turns
from runtime.worker import Loop, Tempo, Worker, new_worker_id
from runtime.workspace import Workspace

ROOT = Path(__file__).resolve().parent.parent
BUILT_IN_AGENTS = ROOT / "agents"


@dataclass(frozen=True, kw_only=True, slots=True)
class Doubles:
    """What tests, benches and the demo may put in the place of the real thing."""

    llm: Llm | None = None
    bus: Bus | None = None
    factories: Mapping[str, Factory] = field(default_factory=dict)
    agents: Mapping[str, Any] | None = None
    clock: Clock = system_clock


def make_llm(settings: Settings) -> Llm:
    """The model that the settings name, or none: then agents answer offline, and say so."""
    if not settings.has_model:
        from agents.llm.offline import OfflineLlm

        return OfflineLlm()
    from agents.llm.openai import OpenAiLlm

    return OpenAiLlm(
        api_key=settings.openai_api_key,
        base_url=settings.openai_base_url or None,
        model=settings.model,
        token_limit=settings.model_token_limit,
    )


def make_bus(settings: Settings) -> Bus:
    if not settings.redis_url:
        return MemoryBus()
    from runtime.bus.redis import RedisBus

    return RedisBus(settings.redis_url)


def make_media(settings: Settings) -> Media:
    if not settings.media_url:
        return FolderMedia(Path(settings.media_path))
    from runtime.media import s3

    try:
        where = s3.bucket(
            settings.media_url, settings.aws_access_key_id, settings.aws_secret_access_key
        )
    except ValueError as error:
        raise Misconfigured(f"BATON_MEDIA_URL: {error}.") from None
    return s3.S3Media(where)


def channel_kinds() -> dict[str, Kind]:
    """Every kind of channel: what it must be told, how it is built, how its credentials are tried."""
    from channels.email import channel as email
    from channels.email import settings as email_settings
    from channels.telegram import channel as telegram
    from channels.whatsapp import channel as whatsapp
    from channels.whatsapp import people as whatsapp_people

    return {
        "email": Kind(
            what="Email",
            settings=declared(email_settings.EmailSettings),
            identities=(EMAIL,),
            fits=email_settings.of,
            build=lambda values: email.EmailChannel(email_settings.of(values)),
            account=lambda values: email.account(email_settings.of(values)),
            webhook=False,
        ),
        "telegram": Kind(
            what="Telegram",
            settings=declared(telegram.TelegramSettings),
            identities=telegram.IDENTITIES,
            fits=lambda values: telegram.TelegramSettings(**values),
            build=lambda values: telegram.TelegramChannel(telegram.TelegramSettings(**values)),
            account=lambda values: telegram.account(telegram.TelegramSettings(**values)),
        ),
        "whatsapp": Kind(
            what="WhatsApp",
            settings=declared(whatsapp.WhatsAppSettings),
            identities=whatsapp_people.IDENTITIES,
            fits=lambda values: whatsapp.WhatsAppSettings(**values),
            build=lambda values: whatsapp.WhatsAppChannel(whatsapp.WhatsAppSettings(**values)),
            account=lambda values: whatsapp.account(whatsapp.WhatsAppSettings(**values)),
            templates=True,
        ),
    }


class Runtime:
    """One replica, built. `running` starts it and, on leaving, stops it in order."""

    def __init__(self, settings: Settings, doubles: Doubles) -> None:
        self.settings = settings
        self.metrics = observe.Metrics()
        self.bus = doubles.bus or make_bus(settings)
        self.llm = doubles.llm or make_llm(settings)
        self.database = engine.database(settings.database_url)
        self.store = Store(self.database, self.bus, doubles.clock)
        self.media: Media = make_media(settings)
        self.safe = Safe(settings.secret_keys)
        self.catalog = find_agents(settings, self.llm)
        self.roster = Roster(
            agents=self.catalog.agents if doubles.agents is None else doubles.agents
        )
        self.inbox = Inbox(
            store=self.store, roster=self.roster, metrics=self.metrics, media=self.media
        )
        self.workspace = Workspace(store=self.store, roster=self.roster, media=self.media)
        self.outreach = Outreach(store=self.store, roster=self.roster)
        self.templates = Templates(store=self.store, roster=self.roster)
        self.worker = Worker(
            store=self.store,
            bus=self.bus,
            metrics=self.metrics,
            worker=new_worker_id(),
            tempo=Tempo(
                lease=settings.lease_seconds,
                poll=settings.poll_seconds,
                drain=settings.drain_seconds,
            ),
        )
        kinds = channel_kinds()
        self.accounts = Accounts(store=self.store, safe=self.safe, kinds=kinds)
        built = {name: kind.build for name, kind in kinds.items()}
        self.holders = self._holders({**built, **doubles.factories})
        self.live = Live(
            store=self.store,
            encode=live_messages.encode,
            metrics=self.metrics,
            beat=2 * settings.lease_seconds,
            prepare=self.holders.refresh,
        )
        self.loops = self._loops()

    def web(self) -> web.Application:
        """The doors of this replica."""
        return http_app.create(
            http_app.Carried(
                inbox=self.inbox,
                roster=self.roster,
                metrics=self.metrics,
                store=self.store,
                media=self.media,
                workspace=self.workspace,
                live=self.live,
                accounts=self.accounts,
                outreach=self.outreach,
                templates=self.templates,
                outside=Outside(store=self.store, roster=self.roster),
                ledger=Ledger(self.store),
                reports=Reports(self.store),
                playground=Playground(roster=self.roster),
                pulse=self.worker,
                public_url=self.settings.public_url,
                front=Front(
                    secure=self.settings.public_url.startswith("https://"),
                    proxies=self.settings.proxies,
                ),
            )
        )

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Loops run inside. The doors must be closed before it is left."""
        await self.bus.open()
        try:
            await self.store.write(self.announce_agents)
            await self.holders.round()
            _calm_garbage_collector()
            async with self.worker.running(self.loops):
                yield
        finally:
            await self.holders.close()
            await self.llm.aclose()
            await self.media.aclose()
            await self.store.aclose()
            await self.bus.aclose()

    def announce_agents(self, tx: Tx) -> None:
        """Tell the database which agents there are."""
        for agent_id, agent in self.roster.agents.items():
            stored_channels.put_agent(tx, agent_id, agent.name)
        for agent_id, error in self.catalog.broken.items():
            stored_channels.put_agent(tx, agent_id, agent_id, error)

    def _holders(self, factories: Mapping[str, Factory]) -> Holders:
        quiet = self.settings.quiet_seconds
        ways = Ways(
            factories=factories,
            safe=self.safe,
            webhook_base=self.settings.public_url.rstrip("/"),
            quiet=None if quiet is None else int(quiet * 1000),
        )
        return Holders(
            store=self.store,
            roster=self.roster,
            inbox=self.inbox,
            ways=ways,
            worker=self.worker.id,
        )

    def _loops(self) -> list[Loop]:
        store, roster, worker = self.store, self.roster, self.worker.id
        turns = Turns(
            store=store,
            roster=roster,
            metrics=self.metrics,
            worker=worker,
            limit=self.settings.turn_limit,
        )
        outbox = Outbox(
            store=store, roster=roster, metrics=self.metrics, worker=worker, media=self.media
        )
        timers = Timers(store=store, roster=roster)
        files = Files(store=store, roster=roster, media=self.media)
        routing = Routing(store=store, roster=roster, metrics=self.metrics.routing)
        return [
            Loop(name="channels", topics=["channels"], round=self.holders.round),
            Loop(
                name="turns",
                topics=["turns"],
                round=turns.round,
                sweep=turns.sweep,
                drain=turns.drain,
                abort=turns.abort,
            ),
            Loop(
                name="outbox",
                topics=["outbox"],
                round=outbox.round,
                sweep=outbox.sweep,
                drain=outbox.drain,
                abort=outbox.abort,
            ),
            Loop(name="timers", topics=[], round=timers.round, sweep=timers.sweep),
            Loop(name="files", topics=["attachments"], round=files.round),
            Loop(name="live", topics=["feed"], round=self.live.round),
            Loop(name="presence", topics=["presence"], round=self.live.presence_round),
            Loop(name="drafts", topics=["drafts"], round=self.live.drafts_round),
            Loop(name="templates", topics=["templates", "channels"], round=self.templates.round),
            Loop(name="routing", topics=["routing"], round=routing.round),
        ]


def build(settings: Settings, doubles: Doubles | None = None) -> Runtime:
    """Raises `Misconfigured` when a setting is missing or wrong."""
    return Runtime(settings, doubles or Doubles())


def find_agents(settings: Settings, llm: Llm) -> catalog.Catalog:
    """The built-in agents and those of BATON_AGENTS_PATH."""
    folders = [BUILT_IN_AGENTS]
    if settings.agents_path:
        folders.append(Path(settings.agents_path))
    return catalog.discover(folders, llm=llm)


def _calm_garbage_collector() -> None:
    """Imported modules are never garbage; without this a full collection stalls the loop."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 100)
