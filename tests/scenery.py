"""A shop's last weeks, made up: who wrote on which channel, what agents and operators did for them.

Whatever happens goes through the hub, at a time of its own, so lists, profiles and reports have
something to show that is consistent. It is the same in every run but for the day on which it ends.
"""

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any
from unittest import mock

from channels.messages import Original
from handoff import events as ev
from handoff.state import Mode, opened_by_customer
from runtime import session as hub
from runtime.clock import utc
from runtime.openings import Opening, opened
from runtime.storage import customers, ids, log, originals, profiles, sessions, turns
from runtime.storage.sql import Statement, Tx, dumps
from runtime.storage.tables import metadata
from runtime.storage.work import Store
from tests.talks import NAMES, TALKS, Step

MINUTE = 60_000
HOUR = 60 * MINUTE
DAY = 24 * HOUR
NEVER = 100_000 * DAY
"""Nothing that was left open is taken up again by who works on this database."""
RULES = hub.Rules(
    waiting=turns.Waiting(quiet=NEVER, longest_burst=NEVER, patience=NEVER), idle=NEVER
)
AGENT = "support"


@dataclass(kw_only=True)
class Scenery:
    """What is told on a database; `now` is the time at which it happens, in milliseconds."""

    store: Store
    now: list[int]
    channels: Sequence[str]
    operators: Sequence[str]
    mailbox: str = ""
    """The channel on which conversations have subjects."""
    dice: random.Random = field(default_factory=lambda: random.Random(4))
    known: dict[str, str] = field(default_factory=dict)
    """Customers' ids by name."""

    async def weeks(self, until: int, days: int = 28, a_day: int = 5) -> None:
        """Conversations of the days before `until`; fewer at weekends, none at night."""
        for day in range(days, 0, -1):
            starts = sorted(self._starts(until - day * DAY, a_day))
            for start in starts:
                (talk,) = self.dice.choices([one for _, one in TALKS], [many for many, _ in TALKS])
                await self.talk(self.dice.choice(NAMES), talk, start)

    def _starts(self, day: int, a_day: int) -> Iterator[int]:
        quiet = utc(day).weekday() >= 5
        for _ in range(self.dice.randint(a_day - 2, a_day + 2) // (2 if quiet else 1)):
            yield day - day % DAY + round(self.dice.triangular(7, 21, 11) * HOUR)

    async def talk(self, name: str, steps: Sequence[Step], start: int, channel: int = -1) -> str:
        """One conversation from its first message on; its id."""
        self.now[0] = start
        chosen = channel if channel >= 0 else len(name) % len(self.channels)
        number = NAMES.index(name) if name in NAMES else len(NAMES) + len(self.known)
        if name not in self.known:
            made = await self.store.write(lambda tx: _customer(tx, name, number))
            self.known[name] = made
        customer = self.known[name]
        opening = Opening(
            channel_id=self.channels[chosen],
            customer_id=customer,
            agent_id=AGENT,
            chat=f"{customer}{start}",
            subject=_subject(steps[0]) if self.channels[chosen] == self.mailbox else "",
        )
        clock = SimpleNamespace(time_ns=lambda: self.now[0] * 1_000_000)
        with mock.patch.object(ids, "time", clock):
            session = await self.store.write(lambda tx: _begun(tx, opening))
            for place, step in enumerate(steps):
                quick = place == 0 or step[0] in {"a", "end", "ask", "s"}
                self.now[0] += (
                    round(self.dice.triangular(*((2, 9, 3) if quick else (8, 400, 50)))) * 1000
                )
                await self._step(session.id, step)
        return str(session.id)

    async def _step(self, session_id: str, step: Step) -> None:
        def unit(tx: Tx) -> None:
            row = sessions.lock(tx, session_id)
            assert row is not None
            change = hub.Change(tx, row, RULES)
            self._happens(change, step)
            change.save()
            turns.drop(tx, session_id)  # nobody shall go on with it

        await self.store.write(unit)

    def _happens(self, change: hub.Change, step: Step) -> None:
        kind, *rest = step
        at, epoch = utc(change.tx.now), change.control.epoch
        if kind == "c":
            change.write(log.Kind.MESSAGE, log.Author.CUSTOMER, rest[0])
            change.customer_wrote()
            change.happen(ev.CustomerWrote(at=at))
        elif kind == "mail":
            self._mail(change, *rest)
        elif kind in {"a", "end", "ask"}:
            self._agent(change, kind, rest)
        elif kind == "clock":
            change.happen(ev.TimedOut(at=at))
        elif kind == "s":
            change.happen(ev.AgentSuggested(at=at, epoch=epoch), hub.Words(text=rest[0]))
            self._settle(change, rest)
        elif kind == "n":
            who = self.operators[int(rest[0])]
            change.write(log.Kind.NOTE, log.Author.OPERATOR, rest[1], author_id=who)
        else:
            change.opened()
            change.happen(*_act(kind, at, self.operators[int(rest[0])], rest))
            if kind == "o":
                _delivered(change, change.seq)

    def _mail(self, change: hub.Change, text: str, subject: str, html: str) -> None:
        """A message of which the log has only what was new."""
        author, data = log.Author.CUSTOMER, dumps({"original": True})
        seq = change.write(log.Kind.MESSAGE, author, text, data=data)
        whole = Original(subject=subject, sender="customer@example.com", html=html, text=text)
        originals.keep(change.tx, change.session.id, seq, whole)
        change.customer_wrote()
        change.happen(ev.CustomerWrote(at=utc(change.tx.now)))

    def _agent(self, change: hub.Change, kind: str, rest: Sequence[str]) -> None:
        at, epoch = utc(change.tx.now), change.control.epoch
        event: ev.Event = ev.AgentReplied(at=at, epoch=epoch)
        sources, text = [], rest[0]
        if kind == "end":
            event = ev.AgentFinished(at=at, epoch=epoch)
        elif kind == "ask":
            text = "I am passing you to a colleague, who answers here."
            event = ev.AgentAskedForHuman(
                at=at,
                epoch=epoch,
                reason=rest[0],
                by_customer=rest[1] == "customer",
                summary=rest[2],
            )
        elif rest[1]:
            sources = [{"source": rest[1], "text": text}]
        words = hub.Words(text=text, author_id=AGENT, data={"sources": sources} if sources else {})
        change.happen(event, words)
        _delivered(change, change.seq - (kind != "a"))  # a marker follows the parting words

    def _settle(self, change: hub.Change, rest: Sequence[str]) -> None:
        """What the operator who has it makes of the suggestion: `open` leaves it to the reader."""
        text, state, *other = rest
        changed: dict[str, Any] = {
            "shown_at": change.tx.now,
            "operator_id": change.control.operator_id,
        }
        if state in {"used", "edited"}:
            said = other[0] if other else text
            event = ev.OperatorReplied(
                at=utc(change.tx.now), operator_id=str(change.control.operator_id)
            )
            words = hub.Words(text=said, author_id=str(change.control.operator_id))
            change.happen(event, words)
            _delivered(change, change.seq)
            changed |= {"sent_seq": change.seq, "distance": len(said.split()) if other else 0}
        if state != "open":
            changed |= {"state": state, "settled_at": change.tx.now + 20_000}
        table = metadata.tables["suggestions"]
        newest = table.update().where(
            table.c.session_id == change.session.id,
            table.c.text == text,
            table.c.created_at == change.tx.now,
        )
        change.tx.put(Statement(newest.values(**changed)))


def _subject(first: Step) -> str:
    return first[2] if first[0] == "mail" else first[1]


def _act(kind: str, at: Any, who: str, rest: Sequence[str]) -> tuple[ev.Event, hub.Words]:
    acts: dict[str, Callable[[], ev.Event]] = {
        "take": lambda: ev.OperatorTookOver(at=at, operator_id=who),
        "handover": lambda: ev.HandedOver(at=at, operator_id=who, reason="A person knows better."),
        "assign": lambda: ev.Assigned(at=at, operator_id=who),
        "human": lambda: ev.ModeChosen(at=at, operator_id=who, mode=Mode.HUMAN),
        "o": lambda: ev.OperatorReplied(at=at, operator_id=who),
        "return": lambda: ev.ReturnedToAgent(at=at, operator_id=who, customer_waits=False),
        "resolve": lambda: ev.Resolved(at=at, operator_id=who),
    }
    return acts[kind](), hub.Words(text=rest[1] if kind == "o" else "", author_id=who)


def _begun(tx: Tx, opening: Opening) -> sessions.Session:
    customers.talks(tx, opening.customer_id)
    return opened(tx, opening, opened_by_customer())


def _customer(tx: Tx, name: str, number: int) -> str:
    id_ = customers.create(tx, name, ("en", "de", "fr")[number % 3])
    facts = {"order": f"KS-{1042 + number}"} | ({"city": "Hamburg"} if number % 3 == 0 else {})
    tags = {"VIP": number % 7 == 0, "Wholesale": number % 5 == 1, "Returns often": number % 11 == 4}
    address = name.lower().replace(" ", ".")
    for kind, value in {
        "email": f"{address}@example.com",
        "phone": f"+4930555{number:04d}",
    }.items():
        customers.add_identity(tx, id_, customers.Key(scope="", kind=kind, value=value))
    profiles.change(tx, id_, {"facts": facts, "tags": tags})
    return id_


def _delivered(change: hub.Change, seq: int) -> None:
    """The message is at the customer's, and read."""
    values = {
        "id": ids.new_id(),
        "session_id": change.session.id,
        "seq": seq,
        "part": 0,
        "channel_id": change.session.channel_id,
        "speaker": "operator" if change.control.operator_id else "agent",
        "epoch": change.control.epoch,
        "state": "read",
        "due_at": change.tx.now,
        "attempts": 1,
        "worker": None,
        "created_at": change.tx.now,
        "settled_at": change.tx.now + 2000,
    }
    table = metadata.tables["deliveries"]
    blank = {column.name: "" for column in table.columns if column.name not in values}
    change.tx.put(Statement(table.insert()), **blank, **values)
