"""STATION. Delivers stored messages: claim, send, outcome. It decides nothing about who may speak;
the claim checks the fence, and what the fence holds back becomes a suggestion.

A delivery is handed to a channel at most once for each claim. It is tried again only when it was
surely not accepted; when nobody can know, it is `unknown`, and a person is told.
"""

import asyncio
import functools
from collections.abc import Callable, Mapping

import structlog

from channels import errors as channel_errors
from channels import messages
from runtime import errors, outcomes, session, window
from runtime.media.base import Media
from runtime.observe import Metrics
from runtime.roster import Place, Roster
from runtime.storage import channels as stored_channels
from runtime.storage import customers, deliveries, feed, paces, sessions
from runtime.storage.deliveries import Claimable, Outcome, State
from runtime.storage.ids import Millis
from runtime.storage.sql import Tx, loads
from runtime.storage.work import Store

IN_FLIGHT = 64
SEND_SECONDS = 60.0
"""A send that takes longer is given up as unknown."""
MAX_ATTEMPTS = 16
"""With the backoff below, about an hour of a platform that takes nothing."""
FIRST_BACKOFF = 1.0
LONGEST_BACKOFF = 300.0
STOPPED_RETRY = 30.0
"""Seconds until a delivery of a channel that doesn't run is looked at again."""
SETTLE_RETRY = 0.5
SWEEP = 100

_log = structlog.get_logger("outbox")


class Outbox:
    """`round` is one pass of the loop: claim what may leave, let it be sent, say when to look again."""

    def __init__(
        self, *, store: Store, roster: Roster, metrics: Metrics, worker: str, media: Media
    ) -> None:
        self._store = store
        self._roster = roster
        self._metrics = metrics
        self._worker = worker
        self._media = media
        self._sending: dict[str, asyncio.Task[None]] = {}
        self._broken: frozenset[str] = frozenset()
        """Our own mistake; they stay on the wire, for they may have been said."""
        self._unsure = False
        """Whether we may hold deliveries that we don't send: a claim was committed, and nobody heard."""

    async def round(self) -> float | None:
        """Claim and start. Seconds until the next delivery is due, none if none waits."""
        free = IN_FLIGHT - len(self._sending)
        if free <= 0:
            await asyncio.wait(self._sending.values(), return_when=asyncio.FIRST_COMPLETED)
            return 0.0
        known = self._broken.union(self._sending)
        unsure, self._unsure = self._unsure, True
        claimed, next_due = await self._store.write(
            lambda tx: self._claim(tx, free, known, unsure=unsure)
        )
        self._unsure = False
        for delivery in claimed:
            task = asyncio.create_task(self._deliver(delivery), name=f"delivery {delivery.id}")
            self._sending[delivery.id] = task
            task.add_done_callback(functools.partial(self._ended, delivery.id))
        if next_due is None:
            return None
        return max(0.0, (next_due - self._store.clock()) / 1000)

    def _ended(self, delivery_id: str, task: asyncio.Task[None]) -> None:
        del self._sending[delivery_id]
        if not task.cancelled() and (broke := task.exception()):
            self._broken |= {delivery_id}
            _log.error("an outcome was not stored", action="delivery_broke", exc_info=broke)

    async def drain(self) -> None:
        """Wait for what is on the wire; its outcome must be recorded."""
        while self._sending:
            await asyncio.wait(self._sending.values())

    async def abort(self) -> None:
        """The deadline is over. What was on the wire is `unknown` as soon as we are gone."""
        tasks = list(self._sending.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _claim(
        self, tx: Tx, free: int, known: frozenset[str], *, unsure: bool
    ) -> tuple[list[Claimable], Millis | None]:
        """What may leave now, and when to look again."""
        for unheard in deliveries.held(tx, self._worker) - known if unsure else ():
            deliveries.settle(tx, unheard, Outcome(state=State.QUEUED, due_at=tx.now))
        taking: list[tuple[Claimable, Callable[[], bool]]] = []
        full: dict[str, Millis] = {}
        for delivery in deliveries.due(tx, free):
            if delivery.id in known:
                continue  # its last outcome is on its way
            if delivery.channel_id in full or not self._may_leave(tx, delivery, full):
                continue
            taking.append((delivery, deliveries.ask_take(tx, delivery.id, self._worker)))
        next_due = deliveries.next_due(tx)
        if full and (next_due is None or next_due <= tx.now):
            # Others of a full account stay due; they are looked at when it has a token again.
            next_due = min(full.values())
        return [delivery for delivery, took in taking if took()], next_due

    def _may_leave(self, tx: Tx, delivery: Claimable, full: dict[str, Millis]) -> bool:
        """The fence, the channel's state, and the platform's pace, in this order."""
        # A newer epoch than its session's was read a moment later; taking it compares again.
        if delivery.speaker != "operator" and delivery.epoch < delivery.current_epoch:
            row = sessions.get(tx, delivery.session_id)
            taken = session.withdraw(tx, delivery.session_id, row.operator_id if row else None)
            self._metrics.blocked.inc(taken)
            _log.info("held back by the fence", action="fenced", session=delivery.session_id)
            return False
        place = self._roster.place(delivery.channel_id)
        if place is None:
            deliveries.postpone(tx, delivery.id, tx.now + int(STOPPED_RETRY * 1000))
            return False
        wait = paces.take(tx, *place.buckets(delivery.chat, grouped=delivery.grouped))
        if wait is None:
            return True
        if wait.key == place.id:
            full[place.id] = wait.until
        else:
            deliveries.postpone(tx, delivery.id, wait.until)
        return False

    async def _deliver(self, delivery: Claimable) -> None:
        place = self._roster.place(delivery.channel_id)
        try:
            receipt = await self._send(delivery, place)
        except channel_errors.ChannelError as error:
            self._metrics.deliveries.labels(type(error).__name__).inc()
            settle = self._refusal(delivery, place, error)
        else:
            self._metrics.deliveries.labels("sent").inc()
            settle = _sent(delivery, receipt)
        await self._until_stored(settle, delivery.session_id)

    async def _send(self, delivery: Claimable, place: Place | None) -> messages.Receipt:
        """Once. Whatever is not a channel's own error leaves the outcome unknown."""
        if place is None:
            raise channel_errors.RetryLater("The channel was stopped.", after=STOPPED_RETRY)
        outbound = await self._outbound(delivery)
        wrote_at = delivery.customer_wrote_at
        late = window.shut(place.window, wrote_at, self._store.clock())
        if late and not window.may_pass(outbound.extra):
            raise channel_errors.Rejected(window.CLOSED, code=window.CODE)
        try:
            async with asyncio.timeout(SEND_SECONDS):
                return await place.channel.send(outbound)
        except channel_errors.ChannelError:
            raise
        except TimeoutError:
            raise channel_errors.OutcomeUnknown("The platform did not answer in time.") from None
        except Exception as broken:
            _log.exception("sending broke", action="send_broke", delivery=delivery.id)
            name = type(broken).__name__
            raise channel_errors.OutcomeUnknown(f"Sending broke ({name}).") from broken

    async def _outbound(self, delivery: Claimable) -> messages.Outbound:
        files = loads(delivery.attachments) if delivery.attachments else ()
        return messages.Outbound(
            delivery_id=delivery.id,
            address=messages.Address(chat=delivery.chat, thread=delivery.thread, via=delivery.via),
            piece=messages.Piece(body=delivery.body, plain=delivery.plain),
            attachments=tuple([await self._file(one) for one in files]),
            reply_to=delivery.reply_to,
            extra=loads(delivery.extra),
            subject=delivery.subject,
            context=loads(delivery.context),
            automatic=delivery.speaker != "operator",
        )

    async def _file(self, stored: Mapping[str, str]) -> messages.LocalFile:
        try:
            content = await self._media.get(stored["sha256"])
        except KeyError:
            raise channel_errors.Rejected("The attached file is gone.") from None
        except OSError as error:
            raise channel_errors.RetryLater(
                "The attached file cannot be had now.", after=FIRST_BACKOFF
            ) from error
        return messages.LocalFile(name=stored["name"], mime=stored["mime"], content=content)

    async def _until_stored(self, unit: Callable[[Tx], None], key: str) -> None:
        """An outcome that is not stored would become `unknown`; so insist while we live."""
        while True:
            try:
                await self._store.write(unit, key=key)
            except errors.Unavailable:
                await asyncio.sleep(SETTLE_RETRY)
            else:
                return

    def _refusal(
        self, delivery: Claimable, place: Place | None, error: channel_errors.ChannelError
    ) -> Callable[[Tx], None]:
        """What must be stored for this error; decided by its facts, never by its text."""
        match error:
            case channel_errors.RetryLater() if delivery.attempts + 1 < MAX_ATTEMPTS:
                return lambda tx: self._again(tx, delivery, place, error)
            case channel_errors.Moved():
                return lambda tx: self._move(tx, delivery, error)
            case channel_errors.Unauthorised():
                return lambda tx: self._channel_fails(tx, delivery, error)
            case channel_errors.OutcomeUnknown():
                return lambda tx: self._give_up(tx, delivery.id, State.UNKNOWN, error)
            case channel_errors.Unreachable():
                return lambda tx: self._unreachable(tx, delivery, error)
            case _:
                return lambda tx: self._give_up(tx, delivery.id, State.FAILED, error)

    def _again(
        self,
        tx: Tx,
        delivery: Claimable,
        place: Place | None,
        error: channel_errors.RetryLater,
    ) -> None:
        backoff = min(LONGEST_BACKOFF, FIRST_BACKOFF * 2**delivery.attempts)
        until = tx.now + int(max(error.after, backoff) * 1000)
        self._requeue(tx, delivery, until, error)
        if place is None:
            return
        bucket = place.account_bucket() if error.whole_account else None
        paces.block(tx, bucket or place.chat_bucket(delivery.chat), until)

    def _channel_fails(
        self, tx: Tx, delivery: Claimable, error: channel_errors.ChannelError
    ) -> None:
        """The credentials are dead: the channel stops, its messages wait, an admin reacts."""
        _log.error("a channel lost its credentials", action="channel_dead", detail=error.detail)
        stored_channels.set_state(
            tx, delivery.channel_id, stored_channels.State.ERROR, error.detail
        )
        self._requeue(tx, delivery, tx.now + int(STOPPED_RETRY * 1000), error)

    def _requeue(
        self, tx: Tx, delivery: Claimable, until: Millis, error: channel_errors.ChannelError
    ) -> None:
        """Unless this was stored before, unheard by us: another replica may be sending it by now.
        With the session locked: otherwise a takeover that goes on at the same time could see it
        neither on the wire nor in the queue, and it would be claimed once more before that is
        committed.
        """
        sessions.lock(tx, delivery.session_id)
        if delivery.id not in deliveries.held(tx, self._worker):
            return
        outcome = Outcome(state=State.QUEUED, code=error.code, detail=error.detail, due_at=until)
        deliveries.settle(tx, delivery.id, outcome)
        tx.ring("outbox")

    def _move(self, tx: Tx, delivery: Claimable, error: channel_errors.Moved) -> None:
        """Where the chat went, its session goes, unless it went there too late and met another."""
        sessions.move(tx, delivery.channel_id, delivery.chat, error.new.chat)
        row = sessions.get(tx, delivery.session_id)
        if row is not None and row.chat == delivery.chat:
            self._give_up(tx, delivery.id, State.FAILED, error)
            return
        moved = channel_errors.RetryLater("The chat has a new address.", after=0)
        self._requeue(tx, delivery, tx.now, moved)

    def _unreachable(self, tx: Tx, delivery: Claimable, error: channel_errors.ChannelError) -> None:
        """Who can't be written to at all is no work for people: he comes back by writing. In a group,
        or on an account of a business, they may find another way.
        """
        if not delivery.via:
            customers.set_reachable_by_chat(
                tx, delivery.channel_id, delivery.chat, reachable=False, reason=error.detail
            )
        self._give_up(tx, delivery.id, State.FAILED, error)

    def _give_up(
        self, tx: Tx, delivery_id: str, state: State, error: channel_errors.ChannelError
    ) -> None:
        outcome = Outcome(state=state, code=error.code, detail=error.detail)
        outcomes.lost(tx, self._roster, delivery_id, outcome)

    async def sweep(self) -> None:
        """What dead replicas had on the wire: nobody knows, so it says so."""
        await self._store.write(self._find_orphans)

    def _find_orphans(self, tx: Tx) -> None:
        error = channel_errors.OutcomeUnknown("Baton stopped while this was being sent.")
        for delivery_id in deliveries.orphans(tx, self._worker, SWEEP):
            self._give_up(tx, delivery_id, State.UNKNOWN, error)


def _sent(delivery: Claimable, receipt: messages.Receipt) -> Callable[[Tx], None]:
    def unit(tx: Tx) -> None:
        deliveries.settle(tx, delivery.id, Outcome(state=State.SENT, message_id=receipt.message_id))
        if receipt.address is not None and receipt.address.chat != delivery.chat:
            sessions.move(tx, delivery.channel_id, delivery.chat, receipt.address.chat)
        feed.add(tx, "delivery", delivery.session_id, delivery.seq)
        tx.ring("outbox")

    return unit
