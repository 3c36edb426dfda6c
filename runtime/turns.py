"""STATION. Runs agents outside any transaction and brings back what they answer, with its epoch.

A turn is a leased row. Whoever claims it thinks; whoever comes back finds out, in one transaction,
whether it is still wanted. Whatever goes wrong in between ends with a person, never with silence.
"""

import asyncio
import contextlib
import dataclasses
import functools
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass

import structlog

from agents import errors as agent_errors
from agents import turn as agents_turn
from channels import messages
from handoff import events as ev
from runtime import drafting, errors, notices, transcript
from runtime.clock import utc
from runtime.observe import Metrics
from runtime.roster import Agent, Place, Roster
from runtime.session import NOTHING, Change, Words
from runtime.storage import customers, drafts, feed, log, sessions
from runtime.storage import turns as stored
from runtime.storage.sql import Tx, loads
from runtime.storage.work import Store

MAX_ATTEMPTS = 3
"""A turn that took this many replicas down with it is not tried again."""
RETRY_SECONDS = 1.0
LOOK_BACK = 50
"""Entries of the log in which an answer is looked for whose commit we did not hear of."""
TYPING_AFTER = 0.3
"""Seconds: an answer that comes at once needs no sign, and no call to the platform."""

_log = structlog.get_logger("turns")


@dataclass(frozen=True, kw_only=True, slots=True)
class _Claimed:
    turn: stored.Turn
    context: transcript.Context


@dataclass(frozen=True, kw_only=True, slots=True)
class _Answer:
    """What a turn came to: an event, the words that go with it, and what was learnt."""

    event: ev.Event
    words: Words
    outcome: str
    facts: dict[str, str]


class Turns:
    """`round` is one pass of the loop: claim what is due, let it run, say when to look again."""

    def __init__(
        self, *, store: Store, roster: Roster, metrics: Metrics, worker: str, limit: int
    ) -> None:
        self._store = store
        self._roster = roster
        self._metrics = metrics
        self._worker = worker
        self._limit = limit
        self._running: dict[str, tuple[stored.Turn, asyncio.Task[None]]] = {}
        self._unsure = False
        """Whether we may hold turns that we don't run: a claim was committed, and nobody heard."""

    async def round(self) -> float | None:
        """Claim and start. Seconds until the next turn is due, none if none waits."""
        free = self._limit - len(self._running)
        if free <= 0:
            return None
        running = frozenset(self._running) if self._unsure else None
        self._unsure = True
        claimed, next_due = await self._store.write(lambda tx: self._claim(tx, free, running))
        self._unsure = False
        for one in claimed:
            self._start(one)
        if next_due is None:
            return None
        return max(0.0, (next_due - self._store.clock()) / 1000)

    async def sweep(self) -> None:
        """Turns of replicas that are gone are due again."""
        await self._store.write(self._free_orphans)

    async def drain(self) -> None:
        """Wait for the turns that run."""
        while self._running:
            await asyncio.wait([task for _, task in self._running.values()])

    async def abort(self) -> None:
        """Give back what still runs: another replica, or this one's successor, runs it again."""
        tasks = [task for _, task in self._running.values()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _free_orphans(self, tx: Tx) -> None:
        if stored.free_orphans(tx, self._worker):
            tx.ring("turns")

    def _claim(
        self, tx: Tx, free: int, running: frozenset[str] | None
    ) -> tuple[list[_Claimed], int | None]:
        if running is not None:
            stored.free_unheard(tx, self._worker, running)
        taken = stored.claim(tx, self._worker, free)
        contexts = [transcript.ask_context(tx, turn) for turn in taken]
        next_due = stored.next_due(tx)
        known = [(turn, context()) for turn, context in zip(taken, contexts, strict=True)]
        return [_Claimed(turn=t, context=context) for t, context in known if context], next_due

    def _start(self, claimed: _Claimed) -> None:
        new = claimed.turn
        for turn, task in self._running.values():
            # A newer message took its place, or our lease had run out and it is claimed again: nobody
            # will hear what it would say. After a change of control it runs on: what it says then
            # becomes a suggestion.
            if turn.session_id == new.session_id and turn.epoch == new.epoch:
                task.cancel()
        task = asyncio.create_task(self._run(claimed), name=f"turn {new.id}")
        self._running[new.id] = (new, task)
        self._metrics.turns_running.set(len(self._running))
        task.add_done_callback(lambda ended: self._ended(new, ended))

    def _ended(self, turn: stored.Turn, task: asyncio.Task[None]) -> None:
        if self._is_current(turn, task):
            del self._running[turn.id]
        if not task.cancelled() and (broke := task.exception()):
            _log.error("a turn broke", action="turn_broke", exc_info=broke)
            self._unsure = True  # its row is ours still, and nobody runs it
        self._metrics.turns_running.set(len(self._running))

    def _is_current(self, turn: stored.Turn, task: asyncio.Task[None] | None) -> bool:
        """Whether the turn's claim is this run's, and not that of a later run of the same turn."""
        return self._running.get(turn.id, (turn, None))[1] is task

    async def _run(self, claimed: _Claimed) -> None:
        turn, session = claimed.turn, claimed.context.session
        began = time.perf_counter()
        with structlog.contextvars.bound_contextvars(session=session.id, turn=turn.id):
            try:
                answer = await self._think(claimed)
            except asyncio.CancelledError:
                if self._is_current(turn, asyncio.current_task()):
                    await asyncio.shield(self._give_back(turn))
                raise
            await self._bring_back(turn, answer)
            seconds = time.perf_counter() - began
            self._metrics.turn_seconds.observe(seconds)
            _log.info(
                "turn ended", action="turn_ended", outcome=answer.outcome, seconds=round(seconds, 3)
            )

    async def _give_back(self, turn: stored.Turn) -> None:
        with contextlib.suppress(errors.Unavailable):  # then its lease runs out instead
            await self._store.write(
                lambda tx: stored.release(tx, turn, self._worker), key=turn.session_id
            )

    async def _think(self, claimed: _Claimed) -> _Answer:
        """Ask the agent. Every failure becomes an answer; only cancellation passes through."""
        session = claimed.context.session
        place = self._roster.place(session.channel_id)
        agent = self._roster.agent(session.agent_id)
        if place is None or agent is None:
            return self._failed(claimed, place, "No running agents" if place else "Channel stopped")
        if claimed.turn.attempts > MAX_ATTEMPTS:
            return self._failed(claimed, place, "The agent crashed each time it was asked")
        try:
            if claimed.turn.kind == stored.Kind.SUGGESTION:
                return await self._suggestion(claimed, place, agent)
            async with typing(place, session, claimed.context.answers):
                return await self._reply(claimed, place, agent)
        except agent_errors.AgentError as error:
            return self._failed(claimed, place, error.detail)
        except Exception as error:
            _log.exception("an agent broke", action="agent_broke")
            return self._failed(claimed, place, f"The agent broke ({type(error).__name__})")

    async def _reply(self, claimed: _Claimed, place: Place, agent: Agent) -> _Answer:
        turn = claimed.turn
        known = self._known(claimed, place)
        reply = await agent.reply(known)
        at = utc(self._store.clock())
        event: ev.Event
        if reply.ask_human is not None:
            event = ev.AgentAskedForHuman(
                at=at,
                epoch=turn.epoch,
                reason=reply.ask_human.reason,
                summary=reply.ask_human.summary,
                by_customer=reply.ask_human.asked_by_customer,
            )
            outcome = "asked_for_human"
        elif reply.finish:
            event, outcome = ev.AgentFinished(at=at, epoch=turn.epoch), "finished"
        else:
            event, outcome = ev.AgentReplied(at=at, epoch=turn.epoch), "replied"
        text = transcript.spoken(reply)
        if not text and not reply.finish:
            return self._failed(claimed, place, "The agent answered nothing")
        return _Answer(
            event=event,
            words=self._words(
                claimed, text, place.channel.compose(text, ()) if text else (), reply
            ),
            outcome=outcome,
            facts=dict(reply.facts),
        )

    async def _suggestion(self, claimed: _Claimed, place: Place, agent: Agent) -> _Answer:
        turn = claimed.turn
        known = self._known(claimed, place)
        with drafting.Draft(self._store, turn) as draft:
            suggestion = await agent.suggest(known, draft.write)
        if not suggestion.text.strip():
            return self._failed(claimed, place, "The agent suggested nothing")
        at = self._store.clock()
        words = self._words(claimed, suggestion.text, (), suggestion)
        asked = {
            **words.asked,
            "instruction": turn.instruction,
            "refines": turn.refines,
            "first_at": draft.first_at or at,
        }
        return _Answer(
            event=ev.AgentSuggested(at=utc(at), epoch=turn.epoch),
            words=dataclasses.replace(words, asked=asked),
            outcome="suggested",
            facts={},
        )

    def _known(self, claimed: _Claimed, place: Place) -> agents_turn.Turn:
        guidance = self._roster.guidance(claimed.context.session.agent_id)
        return transcript.to_turn(claimed.turn, claimed.context, place.can, guidance)

    def _words(
        self,
        claimed: _Claimed,
        text: str,
        pieces: tuple[messages.Piece, ...],
        answer: agents_turn.Reply | agents_turn.Suggestion,
    ) -> Words:
        seen = claimed.context.seen
        return Words(
            text=text,
            pieces=pieces,
            author_id=claimed.context.session.agent_id,
            data={**transcript.provenance(answer), "answers_seq": seen, "turn": claimed.turn.id},
            asked={"answers_seq": seen, "asked_at": claimed.turn.asked_at},
        )

    def _failed(self, claimed: _Claimed, place: Place | None, reason: str) -> _Answer:
        _log.warning("a turn failed", action="turn_failed", reason=reason)
        language = claimed.context.customer.language
        event = ev.AgentFailed(at=utc(self._store.clock()), epoch=claimed.turn.epoch, reason=reason)
        words = notices.words(place, notices.AGENT_FAILED, language) if place else NOTHING
        return _Answer(event=event, words=words, outcome="failed", facts={})

    async def _bring_back(self, turn: stored.Turn, answer: _Answer) -> None:
        """Until the database takes it: the answer exists only here, and the lease keeps it ours."""
        again = False
        while True:
            apply = functools.partial(self._apply, turn=turn, answer=answer, again=again)
            try:
                outcome = await self._store.write(apply, key=turn.session_id)
            except errors.Unavailable:
                again = True
                await asyncio.sleep(RETRY_SECONDS)
            else:
                self._metrics.turns.labels(outcome).inc()
                return

    def _apply(self, tx: Tx, turn: stored.Turn, answer: _Answer, *, again: bool) -> str:
        locking = sessions.ask_lock(tx, turn.session_id)
        current, again_at = stored.end(tx, turn)
        session = locking()
        if session is None:
            return "gone"
        if not current and session.epoch == turn.epoch:
            # A newer message took its place, and the turn for that one has seen everything.
            return "superseded"
        if again and not current and _was_said(tx, turn):
            return "applied before"  # and we did not hear of the commit
        rules = self._roster.rules(session.channel_id, session.agent_id)
        change = Change(tx, session, rules)
        if current and turn.kind == stored.Kind.SUGGESTION:
            self._written(tx, turn, answer)
        change.happen(answer.event, answer.words)
        if answer.facts and not session.grouped:
            learnt = customers.remember(tx, session.customer_id, answer.facts)
            sessions.learn(tx, session.id, learnt)
        if again_at is not None and change.control.epoch == turn.epoch:
            change.happen(ev.CustomerWrote(at=utc(tx.now)))
        change.save()
        return answer.outcome if change.control.epoch == turn.epoch or current else "late"

    def _written(self, tx: Tx, turn: stored.Turn, answer: _Answer) -> None:
        """The draft is over; who waits for a suggestion is told if there will be none."""
        drafts.end(tx, turn.session_id)
        if isinstance(answer.event, ev.AgentFailed):
            feed.add(tx, "suggestion_failed", turn.session_id, reason=answer.event.reason)


def _was_said(tx: Tx, turn: stored.Turn) -> bool:
    entries = log.ask_newest(tx, turn.session_id, LOOK_BACK)()
    return any(loads(entry.data).get("turn") == turn.id for entry in entries)


@contextlib.asynccontextmanager
async def typing(
    place: Place, session: sessions.Session, message_id: str = ""
) -> AsyncIterator[None]:
    """Show that somebody is writing in answer to this message, unless the block ends at once."""
    seconds = place.can.typing_seconds
    if seconds is None:
        yield
        return
    address = messages.Address(chat=session.chat, thread=session.thread, via=session.via)

    async def keep_on() -> None:
        await asyncio.sleep(TYPING_AFTER)
        while True:
            await place.channel.signal(address, messages.Typing(message_id=message_id))
            await asyncio.sleep(seconds * 0.8)

    task = asyncio.create_task(keep_on(), name=f"typing {session.id}")
    try:
        yield
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task
