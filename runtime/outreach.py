"""STATION. An operator writes to a customer first: from a profile, under each platform's rules.

"Start or open": whoever asks twice, or at the same time as a colleague, gets the one session there is.
Who may be written to says `handoff.outreach`; here are its facts, and what follows from the answer.
"""

import asyncio
from dataclasses import dataclass, replace
from typing import TypeVar

from channels.base import Rich
from channels.messages import Identity
from handoff import outreach
from handoff.events import OperatorReplied
from handoff.outreach import Opens, Refusal
from handoff.state import Mode, opened_by_operator
from runtime import acts, errors, offers, persons
from runtime.acts import happen
from runtime.clock import utc
from runtime.openings import Opening, opened
from runtime.roster import Place, Roster
from runtime.session import Change, Words
from runtime.storage import channels, customers, log, reach, sessions
from runtime.storage.deliveries import State
from runtime.storage.ids import ChannelId, CustomerId, new_id
from runtime.storage.sql import Tx, dumps
from runtime.storage.work import Store

OUTCOME_SECONDS = 10.0
"""How long whoever starts waits to hear what the platform says; after that the message is on its way."""
LOOK_SECONDS = 0.05
T = TypeVar("T")
_UNDER_WAY = {State.QUEUED, State.SENDING}


@dataclass(frozen=True, kw_only=True, slots=True)
class Way:
    """One channel, and whether this customer can be written to there."""

    channel: channels.Channel
    found: outreach.Offer | Refusal
    opens: Opens | None
    """What a first message is there; none: the channel is not there to ask."""
    subject: bool = False
    """A conversation has one."""
    rich_text: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Wanted:
    """A first message."""

    channel_id: str
    agent_id: str | None = None
    text: str = ""
    subject: str = ""
    html: str = ""
    template: offers.Wanted | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Started:
    """The session, new or not."""

    session: sessions.Session
    existing: bool = False
    notice: str = ""
    seq: int = 0


class Outreach:
    """One for the process. Every method raises `NotFound`, `Conflict` or `Unavailable`."""

    def __init__(self, *, store: Store, roster: Roster) -> None:
        self._store = store
        self._roster = roster

    async def ways(self, customer_id: str) -> list[Way]:
        """Every channel, with the reason where the customer can't be written to."""

        def unit(tx: Tx) -> list[Way]:
            if not reach.known(tx, customer_id):
                raise errors.NotFound("There is no such customer.")
            known = reach.identities_of(tx, customer_id)
            return [self._way(row, known) for row in channels.every(tx)]

        return await self._store.read(unit)

    async def start(self, customer_id: str, by: str, wanted: Wanted) -> Started:
        """A session of his with the first message on its way, or the one that there is. Waits for what
        the platform says; if it refuses, the session is finished and `Conflict` says why.
        """
        started = await self._store.write(
            lambda tx: self._start(tx, customer_id, by, wanted), customer_id
        )
        if not started.existing:
            return await self._heard(customer_id, started)
        return started

    def _start(self, tx: Tx, customer_id: str, by: str, wanted: Wanted) -> Started:
        row = channels.get(tx, ChannelId(wanted.channel_id))
        if row is None:
            raise errors.NotFound("There is no such channel.")
        if not reach.lock(tx, customer_id):
            raise errors.NotFound("There is no such customer.")
        known = reach.identities_of(tx, customer_id)
        offer = _granted(self._way(row, known).found)
        agent_id = _granted(outreach.agent(offer, wanted.agent_id))
        past = offers.past(tx, customer_id, row.id, agent_id)
        existing = outreach.existing(past, utc(tx.now))
        if existing is not None:
            session = sessions.get(tx, existing.session_id)
            if session is None:
                raise errors.NotFound("There is no such conversation.")
            return Started(session=session, existing=True, notice=existing.notice)
        place = self._roster.places[row.id]
        words = self._words(tx, place, by, wanted)
        subject = _subject(place, wanted)
        self._address(tx, place, customer_id, offer.address, known)
        opening = Opening(
            channel_id=row.id,
            customer_id=CustomerId(customer_id),
            agent_id=agent_id,
            chat=offer.address,
            thread=new_id().lower() if place.can.threads else "",
            subject=subject,
        )
        return self._begin(tx, opening, by, words)

    def _words(self, tx: Tx, place: Place, by: str, wanted: Wanted) -> Words:
        opens = Opens(place.can.first_contact.value)
        _granted(outreach.first_message(opens, templated=wanted.template is not None))
        if wanted.template is not None:
            return offers.words(tx, place, by, wanted.template)
        if wanted.html:
            return acts.rich(place.channel, wanted.html, by)
        if not wanted.text.strip():
            raise errors.Invalid("text: the first message is missing.")
        pieces = place.channel.compose(wanted.text, [])
        return Words(text=wanted.text, pieces=pieces, author_id=by)

    def _begin(self, tx: Tx, opening: Opening, by: str, words: Words) -> Started:
        session = opened(tx, opening, opened_by_operator(by))
        customers.talks(tx, opening.customer_id)
        change = Change(tx, session, self._roster.rules(opening.channel_id, opening.agent_id))
        control = change.control
        marker = {
            "before": "",
            "after": Mode.COPILOT.value,
            "operator_id": by,
            "epoch": control.epoch,
        }
        change.write(
            log.Kind.CONTROL, log.Author.EVENT, "", author_id=f"operator:{by}", data=dumps(marker)
        )
        happen(change, OperatorReplied(at=utc(tx.now), operator_id=by), words)
        return Started(session=change.save(), seq=change.seq)

    def _address(
        self, tx: Tx, place: Place, customer_id: str, address: str, known: list[reach.Identity]
    ) -> None:
        """From now on we know him under this address on this channel; what becomes of the message is
        kept with it, and his answer finds him.
        """
        for one in known:
            kind = place.can.reached_by.get(one.kind)
            if kind is not None and one.value == address and one.scope != place.id:
                key = persons.scoped(place, Identity(kind=kind, value=address))
                customers.met(tx, customer_id, key, username="", chat=address)
                return

    async def _heard(self, customer_id: str, started: Started) -> Started:
        deadline = asyncio.get_running_loop().time() + OUTCOME_SECONDS
        session_id = started.session.id
        while asyncio.get_running_loop().time() < deadline:
            states = await self._store.read(lambda tx: reach.states(tx, session_id, started.seq))
            failed = [detail for state, detail in states if state is State.FAILED]
            if failed:
                raise await self._refused(customer_id, started.session, failed[0])
            if not any(state in _UNDER_WAY for state, _ in states):
                break
            await asyncio.sleep(LOOK_SECONDS)
        session = await self._store.read(lambda tx: sessions.get(tx, session_id))
        return replace(started, session=session or started.session)

    async def _refused(
        self, customer_id: str, session: sessions.Session, detail: str
    ) -> errors.Conflict:
        ways = await self.ways(customer_id)
        here = next((way.found for way in ways if way.channel.id == session.channel_id), None)
        code = here.code if isinstance(here, Refusal) else "refused_by_platform"
        return errors.Conflict(detail, code=code, session_id=session.id)

    def _way(self, row: channels.Channel, known: list[reach.Identity]) -> Way:
        place = self._roster.place(row.id)
        if place is None:
            line = outreach.Line(running=False, agents=(), opens=Opens.NEVER, reaches=())
            return Way(channel=row, found=outreach.offer(line), opens=None)
        opens = Opens(place.can.first_contact.value)
        line = outreach.Line(
            running=row.state == channels.State.RUNNING,
            agents=[one for one in place.agent_ids if self._roster.agent(one)],
            opens=opens,
            reaches=_reaches(place, known),
        )
        return Way(
            channel=row,
            found=outreach.offer(line),
            opens=opens,
            subject=place.can.threads,
            rich_text=isinstance(place.channel, Rich),
        )


def _reaches(place: Place, known: list[reach.Identity]) -> list[outreach.Reach]:
    """Chats of this very channel, and then addresses that we have from elsewhere."""
    met: dict[str, outreach.Reach] = {}
    names: set[str] = set()
    for one in known:
        if one.scope == place.id and one.chat:
            names |= {one.chat, one.value}
            before = met.get(one.chat)
            if before is None or before.reachable:
                met[one.chat] = outreach.Reach(
                    address=one.chat, met=True, reachable=one.reachable, reason=one.reason
                )
    elsewhere = [
        outreach.Reach(
            address=one.value, reachable=one.reachable or bool(one.scope), reason=one.reason
        )
        for one in known
        if one.kind in place.can.reached_by and one.value not in names
    ]
    return [*met.values(), *elsewhere]


def _subject(place: Place, wanted: Wanted) -> str:
    """Of the new conversation. Raises `Invalid`."""
    subject = " ".join(wanted.subject.split())
    if place.can.threads and not subject:
        raise errors.Invalid("subject: it is missing.")
    if subject and not place.can.threads:
        raise errors.Invalid("subject: this channel has none.")
    return subject


def _granted(found: T | Refusal) -> T:
    """Raises `Conflict`."""
    if isinstance(found, Refusal):
        raise errors.Conflict(found.detail, code=found.code.value)
    return found
