"""STATION. What admins do to channels: connect an account, change, start, stop, try and remove it, and
say which agents answer. Secrets are split off and sealed here, and never leave again.
"""

import asyncio
import dataclasses
import secrets
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

import structlog

from channels import errors as channel_errors
from channels.identities import IdentityKind
from channels.settings import Flat, InvalidSettings, Setting, checked, flat, grouped
from runtime import errors
from runtime.roster import Factory
from runtime.storage import audit
from runtime.storage import channels as stored
from runtime.storage.audit import SHELL
from runtime.storage.channels import State
from runtime.storage.ids import ChannelId, new_id
from runtime.storage.sealed import Safe
from runtime.storage.sql import Tx
from runtime.storage.work import Store

T = TypeVar("T")
PROBE_SECONDS = 20.0

_log = structlog.get_logger("accounts")


@dataclass(frozen=True, kw_only=True, slots=True)
class Kind:
    """One kind of channel: what it must be told, how it is built, and how its credentials are tried."""

    what: str
    """What its platform is called."""
    settings: Sequence[Setting]
    identities: Sequence[IdentityKind]
    """Under which kinds of addresses it knows people."""
    fits: Callable[[Mapping[str, Any]], object]
    """Raises `ValueError` when the settings, each of which is right, do not fit each other."""
    build: Factory
    account: Callable[[Mapping[str, Any]], Awaitable[str]]
    """Asks the platform whose credentials these are. Raises the errors of `channels.errors`."""
    webhook: bool = True
    """Its platform calls us; otherwise we ask it."""
    templates: bool = False
    """It has messages that were approved beforehand."""


@dataclass(frozen=True, kw_only=True, slots=True)
class New:
    """An account that is about to be connected."""

    kind: str
    name: str
    settings: Mapping[str, Any]
    agent_ids: Sequence[str] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Tried:
    """Whether credentials work; if not, `detail` says what the platform said, `advice` what to do."""

    ok: bool
    detail: str
    advice: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Changes:
    """None: stays as it is. Of `settings` only those that are named; None is the default again."""

    name: str | None = None
    settings: Mapping[str, Any] = field(default_factory=dict)


class Accounts:
    """Every method raises `NotFound`, `Invalid`, `Conflict` or `Unavailable`; `by` is who acts."""

    def __init__(self, *, store: Store, safe: Safe, kinds: Mapping[str, Kind]) -> None:
        self._store = store
        self._safe = safe
        self.kinds = kinds

    async def connect(self, new: New, by: str = SHELL) -> str:
        """The id of the new channel, which starts at once if a replica runs."""
        kind = self._kind(new.kind)
        ours = {one.name: secrets.token_urlsafe(32) for one in kind.settings if one.ours}
        values = _checked(kind, new.settings)
        row = stored.Channel(
            id=ChannelId(new_id()),
            kind=new.kind,
            name=new.name,
            state=State.STARTING.value,
            error="",
            settings={},
            secrets=b"",
            worker=None,
        )
        row = self._filled(row, {**values, **ours})

        def unit(tx: Tx) -> str:
            self._alone(tx, row.id, kind, values)
            stored.insert(tx, row)
            stored.attach(tx, row.id, list(new.agent_ids))
            return row.id

        told = {"kind": new.kind, "name": new.name, "agent_ids": list(new.agent_ids)}
        return await self._act("channel.connect", row.id, by, unit, told)

    async def change(self, channel_id: str, changes: Changes, by: str) -> None:
        """A channel that runs, or failed, connects again if its settings have changed."""

        def unit(tx: Tx) -> None:
            row = _locked(tx, channel_id)
            row = dataclasses.replace(row, name=changes.name or row.name)
            if changes.settings:
                row = self._told(tx, row, flat(changes.settings))
            stored.save(tx, row)

        told = {"name": changes.name, "settings": sorted(flat(changes.settings))}
        said = {field: value for field, value in told.items() if value}
        await self._act("channel.change", channel_id, by, unit, said)

    async def start(self, channel_id: str, by: str = SHELL) -> None:
        """As soon as a replica sees it."""

        def unit(tx: Tx) -> None:
            if _locked(tx, channel_id).state not in {State.STARTING, State.RUNNING}:
                stored.set_state(tx, channel_id, State.STARTING)

        await self._act("channel.start", channel_id, by, unit)

    async def stop(self, channel_id: str, by: str = SHELL) -> None:
        """What the platform has for us meanwhile stays with it."""

        def unit(tx: Tx) -> None:
            _locked(tx, channel_id)
            stored.set_state(tx, channel_id, State.STOPPED)

        await self._act("channel.stop", channel_id, by, unit)

    async def attach(self, channel_id: str, agent_ids: Sequence[str], by: str) -> None:
        """The first one that runs answers; with none, people do."""

        def unit(tx: Tx) -> None:
            _locked(tx, channel_id)
            stored.attach(tx, channel_id, list(agent_ids))

        await self._act("channel.agents", channel_id, by, unit, {"agent_ids": list(agent_ids)})

    async def remove(self, channel_id: str, by: str) -> None:
        """Only one that nobody has ever written on: history stays."""

        def unit(tx: Tx) -> None:
            _locked(tx, channel_id)
            if stored.used(tx, channel_id):
                raise errors.Conflict(
                    "There are conversations on this channel. Stop it instead.",
                    code="channel_has_history",
                )
            stored.remove(tx, channel_id)

        await self._act("channel.remove", channel_id, by, unit)

    async def try_out(self, channel_id: str) -> Tried:
        """Ask the platform, without touching the connection that runs."""
        row = await self._store.read(lambda tx: stored.get(tx, channel_id))
        if row is None:
            raise errors.NotFound("There is no such channel.")
        kind = self._kind(row.kind)
        try:
            async with asyncio.timeout(PROBE_SECONDS):
                account = await kind.account(grouped(self._values(row)))
        except channel_errors.Unauthorised as error:
            secret = [f"{one.name} ({one.what})" for one in kind.settings if _asked_for(one)]
            advice = f"Put in again: {', '.join(secret)}"
            return Tried(ok=False, detail=error.detail, advice=advice)
        except (channel_errors.Rejected, ValueError) as error:
            advice = "Change the settings: the platform refuses them as they are."
            return Tried(ok=False, detail=str(error), advice=advice)
        except (channel_errors.ChannelError, TimeoutError) as error:
            advice = "Whether the credentials work is not known. Check the network and the addresses in the settings, then try again."
            return Tried(ok=False, detail=str(error) or "No answer in time.", advice=advice)
        return Tried(ok=True, detail=f"The credentials work: this is {account}.")

    def shown(self, row: stored.Channel) -> dict[str, Any]:
        """The settings of a channel without its secrets."""
        kind = self.kinds.get(row.kind)
        secret = {one.name for one in kind.settings if one.secret} if kind else set()
        return grouped({n: value for n, value in row.settings.items() if n not in secret})

    def kept(self, row: stored.Channel) -> list[str]:
        """Names of the secrets that were given; none when they cannot be opened any more."""
        kind = self.kinds.get(row.kind)
        try:
            secret = self._safe.open(row.secrets)
        except errors.Misconfigured:
            return []
        asked = [one.name for one in kind.settings if _asked_for(one)] if kind else []
        return [name for name in asked if secret.get(name)]

    async def _act(
        self,
        act: str,
        channel_id: str,
        by: str,
        unit: Callable[[Tx], T],
        told: Mapping[str, Any] | None = None,
    ) -> T:
        """`told` goes to the audit trail: never the value of a setting."""

        def noted(tx: Tx) -> T:
            done = unit(tx)
            audit.note(tx, by, act, channel_id, told)
            return done

        done = await self._store.write(noted)
        _log.info("a channel was changed", action=act, channel=channel_id, by=by)
        return done

    def _kind(self, name: str) -> Kind:
        kind = self.kinds.get(name)
        if kind is None:
            known = ", ".join(sorted(self.kinds))
            raise errors.Invalid(f"kind: there is no {name}; there is {known}.")
        return kind

    def _values(self, row: stored.Channel) -> Flat:
        return {**row.settings, **self._safe.open(row.secrets)}

    def _told(self, tx: Tx, row: stored.Channel, told: Flat) -> stored.Channel:
        kind, before = self._kind(row.kind), self._values(row)
        ours = {one.name: before[one.name] for one in kind.settings if one.ours}
        given = {name: value for name, value in before.items() if name not in ours}
        values = _checked(kind, {**given, **told})
        if values == given:
            return row
        self._alone(tx, row.id, kind, values)
        row = self._filled(row, {**values, **ours})
        if row.state == State.STOPPED:
            return row
        return dataclasses.replace(row, state=State.STARTING.value, error="")

    def _filled(self, row: stored.Channel, values: Flat) -> stored.Channel:
        """With these values, of which the secret ones are sealed."""
        secret = {one.name for one in self._kind(row.kind).settings if one.secret}
        return dataclasses.replace(
            row,
            settings={name: value for name, value in values.items() if name not in secret},
            secrets=self._safe.seal({n: value for n, value in values.items() if n in secret}),
        )

    def _alone(self, tx: Tx, channel_id: str, kind: Kind, values: Flat) -> None:
        """One account is one channel: two would take each other's messages."""
        names = [one.name for one in kind.settings if one.account]
        for other in stored.every(tx):
            if other.id == channel_id or self.kinds.get(other.kind) is not kind or not names:
                continue
            theirs = self._values(other)
            if all(theirs.get(name) == values[name] for name in names):
                raise errors.Conflict(
                    f"This account is connected already, as channel {other.id}.",
                    code="account_connected",
                    channel_id=other.id,
                )


def _asked_for(one: Setting) -> bool:
    return one.secret and not one.ours


def _checked(kind: Kind, given: Mapping[str, Any]) -> Flat:
    try:
        values = checked(kind.settings, flat(given))
        kind.fits(grouped(values))
    except InvalidSettings as error:
        wrong = [{"field": f"settings.{name}", "message": why} for name, why in error.wrong.items()]
        raise errors.Invalid(str(error), errors=wrong) from None
    except ValueError as error:
        raise errors.Invalid(str(error)) from None
    return values


def _locked(tx: Tx, channel_id: str) -> stored.Channel:
    row = stored.lock(tx, channel_id)
    if row is None:
        raise errors.NotFound("There is no such channel.")
    return row
