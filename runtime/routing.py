"""STATION. Gives sessions that were handed over to operators, tells customers when nobody is on shift,
and says it again when a session waits for too long.

A round looks at a snapshot, which costs nobody anything, and writes only if there is something to do.
Sessions are given in one transaction that has the operators locked while it counts what they have: so
two replicas can't fill one operator twice. It never waits for a session that somebody else is changing;
that one's turn comes at the next round.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

import structlog

from handoff import events as ev
from handoff import routing
from runtime import notices
from runtime.clock import utc
from runtime.observe import RoutingMetrics
from runtime.roster import Roster
from runtime.session import Change
from runtime.storage import agents, customers, feed, waiting
from runtime.storage.agents import Fallback, Settings
from runtime.storage.ids import Millis
from runtime.storage.sessions import Session
from runtime.storage.sql import Tx, loads
from runtime.storage.work import Store

LAST = "~routing"
"""Sorts behind every other key, so that whoever has the operators locked waits for nothing more."""
MANY = 100
MINUTE = 60_000

_log = structlog.get_logger("routing")


@dataclass(frozen=True, kw_only=True, slots=True)
class _Seen:
    """What a look found: what there is to do, and when there may be something without a ring."""

    waiting: int
    somebody_free: bool
    due: bool
    next_at: float


@dataclass(frozen=True, kw_only=True, slots=True)
class _Given:
    """A session that got an operator."""

    session_id: str
    operator_id: str
    seconds: float


class Routing:
    """Safe on any number of replicas."""

    def __init__(self, *, store: Store, roster: Roster, metrics: RoutingMetrics) -> None:
        self._store = store
        self._roster = roster
        self._metrics = metrics

    async def round(self) -> float | None:
        """Do what there is to do. Seconds until the next shift or reminder, none if there is none."""
        seen = await self._store.read(_look)
        self._metrics.waiting.set(seen.waiting)
        done = 0
        if seen.somebody_free:
            given = await self._store.write(self._assign, key=LAST)
            self._count(given)
            done += len(given)
        if seen.due:
            looked, late = await self._store.write(self._watch)
            self._remind(late)
            done += looked
        if done:
            return 0.0
        wait = (seen.next_at - self._store.clock()) / 1000
        return None if math.isinf(wait) or seen.somebody_free or seen.due else max(0.0, wait)

    def _count(self, given: list[_Given]) -> None:
        for one in given:
            self._metrics.assigned_seconds.observe(one.seconds)
            _log.info(
                "assigned",
                action="assigned",
                session=one.session_id,
                operator=one.operator_id,
                seconds=round(one.seconds, 1),
            )

    def _remind(self, late: list[Session]) -> None:
        for session in late:
            self._metrics.reminders.inc()
            _log.warning(
                "a customer waits for an operator",
                action="still_waiting",
                session=session.id,
                agent=session.agent_id,
                minutes=((session.reminded_at or 0) - (session.waiting_since or 0)) // MINUTE,
            )

    def _assign(self, tx: Tx) -> list[_Given]:
        """The oldest first, as long as somebody may get one."""
        desk = _Desk(tx, locked=True)
        given = []
        for queue in waiting.queues(tx):
            if not queue.sought or desk.choose(queue.agent_id, desk.everybody) is None:
                continue
            for session in waiting.sought(tx, queue.agent_id, MANY):
                chosen = desk.choose(queue.agent_id, desk.able(queue.agent_id, _reminded(session)))
                if chosen is not None:
                    given.append(self._give(desk, session, chosen))
        return given

    def _give(self, desk: "_Desk", session: Session, operator_id: str) -> _Given:
        tx = desk.tx
        change = Change(tx, session, self._roster.rules(session.channel_id, session.agent_id))
        mode = desk.settings(session.agent_id).assigned_mode
        change.happen(ev.Assigned(at=desk.at, operator_id=operator_id, mode=mode))
        change.save()
        desk.given(operator_id)
        seconds = (tx.now - (session.sought_since or tx.now)) / 1000
        return _Given(session_id=session.id, operator_id=operator_id, seconds=seconds)

    def _watch(self, tx: Tx) -> tuple[int, list[Session]]:
        """Look at what nobody could have at once, or for long: how many, and who waits too long."""
        desk = _Desk(tx)
        late = []
        due = waiting.due(tx, MANY)
        for session in due:
            if session.sought_since is not None:
                self._say_when(desk, session)
            patience = desk.patience(session.agent_id)
            since = session.waiting_since or tx.now
            if tx.now - since < patience:
                waiting.looked(tx, session._replace(look_at=since + patience))
            else:
                late.append(_say_again(tx, session, since))
        return len(due), late

    def _say_when(self, desk: "_Desk", session: Session) -> None:
        """Tell the customer when we are here again, unless somebody is, or nobody ever will be."""
        back = desk.back(session.agent_id)
        place = self._roster.place(session.channel_id)
        if back is None or back <= desk.at or place is None:
            return
        customer = customers.get(desk.tx, session.customer_id)
        language = customer.language if customer else ""
        words = notices.words(place, notices.NOBODY_ON_SHIFT, language, back=back)
        if waiting.told(desk.tx, session, notices.NOBODY_ON_SHIFT, words.text):
            return
        change = Change(desk.tx, session, self._roster.rules(session.channel_id, session.agent_id))
        change.tell(words)
        change.save()


class _Desk:
    """The operators at one moment: who is here, and how much each of them has."""

    def __init__(self, tx: Tx, *, locked: bool = False) -> None:
        self.tx = tx
        self.at = utc(tx.now)
        people = waiting.people(tx, locked=locked)
        counts = waiting.loads(tx)
        found = (_candidate(one, counts.get(one.id, 0)) for one in people)
        self._people = {one.id: one for one in found if one}
        self._here = {one.id for one in routing.present(self._people.values(), self.at)}
        self._settings = {one.id: one.settings for one in agents.every(tx)}

    @property
    def everybody(self) -> Iterable[str]:
        return self._people

    def settings(self, agent_id: str) -> Settings:
        return self._settings.get(agent_id, agents.DEFAULT)

    def patience(self, agent_id: str) -> Millis:
        return self.settings(agent_id).remind_minutes * MINUTE

    def able(self, agent_id: str, waited: Millis) -> Iterable[str]:
        """Who may get a session of this agent that has waited so long: after the time of the second
        reminder perhaps anybody.
        """
        settings = self.settings(agent_id)
        if settings.fallback is Fallback.ANYBODY and waited >= 2 * self.patience(agent_id):
            return self._people
        return settings.default_operators

    def choose(self, agent_id: str, able: Iterable[str]) -> str | None:
        limit = self.settings(agent_id).max_open
        here = (self._people[id_] for id_ in able if id_ in self._here)
        return routing.fairest(replace(one, limit=limit) for one in here)

    def given(self, operator_id: str) -> None:
        """He has one more."""
        before = self._people[operator_id]
        self._people[operator_id] = replace(
            before, open_sessions=before.open_sessions + 1, assigned_at=self.at
        )
        waiting.assigned(self.tx, operator_id)

    def back(self, agent_id: str) -> datetime | None:
        """From when on somebody is here who may ever get a session of this agent; none: never."""
        able = self.able(agent_id, 2 * self.patience(agent_id))
        people = [self._people[id_] for id_ in able if id_ in self._people]
        return routing.next_present(people, self.at)


def _look(tx: Tx) -> _Seen:
    """What waits, on a snapshot."""
    queues = waiting.queues(tx)
    if not queues:
        return _Seen(waiting=0, somebody_free=False, due=False, next_at=math.inf)
    desk = _Desk(tx)
    nexts, free = [math.inf], False
    for queue in queues:
        nexts.append(math.inf if queue.look_at is None else queue.look_at)
        if not queue.sought:
            continue
        able = desk.able(queue.agent_id, tx.now - queue.oldest)
        free = free or desk.choose(queue.agent_id, able) is not None
        back = desk.back(queue.agent_id)
        if back is not None and back > desk.at:
            nexts.append(back.timestamp() * 1000)
    return _Seen(
        waiting=sum(queue.many for queue in queues),
        somebody_free=free,
        due=min(nexts) <= tx.now,
        next_at=min(nexts),
    )


def _reminded(session: Session) -> Millis:
    """How long it had waited when it was last reminded of."""
    return max(0, (session.reminded_at or 0) - (session.waiting_since or 0))


def _say_again(tx: Tx, session: Session, since: Millis) -> Session:
    """To operators; the next time when it has waited twice as long. Routing looks for anybody now, also
    for what an operator had put back.
    """
    reminded = session._replace(
        look_at=2 * tx.now - since,
        reminded_at=tx.now,
        sought_since=session.sought_since or tx.now,
    )
    waiting.looked(tx, reminded)
    feed.add(
        tx,
        "reminder",
        session.id,
        session.last_seq,
        agent_id=session.agent_id,
        waiting_since=since,
    )
    return reminded


def _candidate(person: waiting.Person, open_sessions: int) -> routing.Candidate | None:
    try:
        schedule = routing.Schedule.from_dict(loads(person.schedule))
    except ValueError as error:
        _log.error(
            "an operator's schedule cannot be read; he gets nothing until an admin mends it",
            action="schedule_broken",
            operator=person.id,
            detail=str(error),
        )
        return None
    at = person.assigned_at
    return routing.Candidate(
        id=person.id,
        schedule=schedule,
        open_sessions=open_sessions,
        assigned_at=None if at is None else utc(at),
    )
