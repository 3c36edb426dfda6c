"""After any sequence of events whatsoever: the promises of the machine."""

from datetime import UTC, datetime

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from handoff import events as ev
from handoff.effects import Announce, Deliver, Effect, Speaker
from handoff.errors import HandoffError
from handoff.machine import step
from handoff.state import Control, Mode, opened_by_customer

AT = datetime(2026, 11, 22, tzinfo=UTC)
operators = st.sampled_from(["anna", "bob", "eve"])
modes = st.sampled_from(list(Mode))
maybe_epoch = st.none() | st.integers(0, 12)


class AnySequence(RuleBasedStateMachine):
    """Agents answer with any epoch they may ever have seen, operators act on any screen."""

    def __init__(self) -> None:
        super().__init__()
        self.control = opened_by_customer()
        self.history: list[Control] = [self.control]

    def happen(self, event: ev.Event) -> None:
        before = self.control
        try:
            after, effects = step(before, event)
        except HandoffError as refused:
            assert refused.control is before  # noqa: PT017 - most events are refused in most modes
            return
        self.control = after
        self.history.append(after)
        self.check_step(before, after, event, effects)

    def check_step(
        self, before: Control, after: Control, event: ev.Event, effects: tuple[Effect, ...]
    ) -> None:
        for effect in effects:
            if isinstance(effect, Deliver) and effect.speaker is Speaker.AGENT:
                assert before.mode is Mode.AUTONOMOUS
                assert isinstance(event, ev.AgentEvent)
                assert event.epoch == before.epoch
            if isinstance(effect, Deliver) and effect.speaker is Speaker.OPERATOR:
                assert before.mode in {Mode.COPILOT, Mode.HUMAN}
        announced = [e for e in effects if isinstance(e, Announce)]
        assert len(announced) == (after.epoch - before.epoch)

    @rule(epoch=st.integers(0, 12), kind=st.sampled_from(ev.AgentEvent.__subclasses__()))
    def an_agent_comes_back(self, epoch: int, kind: type[ev.AgentEvent]) -> None:
        facts = {"reason": "x"} if "reason" in kind.__dataclass_fields__ else {}
        self.happen(kind(at=AT, epoch=epoch, **facts))

    @rule(kind=st.sampled_from([ev.CustomerWrote, ev.CustomerAskedForHuman, ev.TimedOut]))
    def something_happens(self, kind: type[ev.Event]) -> None:
        self.happen(kind(at=AT))

    @rule()
    def a_human_speaks_elsewhere(self) -> None:
        self.happen(ev.HumanSpokeElsewhere(at=AT))

    @rule(
        operator=operators,
        seen=maybe_epoch,
        kind=st.sampled_from([ev.OperatorTookOver, ev.OperatorReplied, ev.HandedOver, ev.Resolved]),
    )
    def an_operator_acts(
        self, operator: str, seen: int | None, kind: type[ev.OperatorEvent]
    ) -> None:
        self.happen(kind(at=AT, operator_id=operator, expected_epoch=seen))

    @rule(operator=operators, mode=modes)
    def an_operator_chooses_a_mode(self, operator: str, mode: Mode) -> None:
        self.happen(ev.ModeChosen(at=AT, operator_id=operator, mode=mode))

    @rule(operator=operators, waits=st.booleans())
    def an_operator_returns_it(self, operator: str, *, waits: bool) -> None:
        self.happen(ev.ReturnedToAgent(at=AT, operator_id=operator, customer_waits=waits))

    @rule(operator=st.none() | operators, mode=modes)
    def it_is_assigned(self, operator: str | None, mode: Mode) -> None:
        self.happen(ev.Assigned(at=AT, operator_id=operator, mode=mode))

    @invariant()
    def epochs_only_grow(self) -> None:
        epochs = [control.epoch for control in self.history]
        assert epochs == sorted(epochs)

    @invariant()
    def each_epoch_names_one_control(self) -> None:
        assert len({c.epoch for c in self.history}) == len(set(self.history))

    @invariant()
    def finished_is_final(self) -> None:
        finished = [c for c in self.history if c.mode is Mode.FINISHED]
        assert len(set(finished)) <= 1
        assert not finished or self.control == finished[0]

    @invariant()
    def only_people_modes_have_an_operator(self) -> None:
        if self.control.operator_id is not None:
            assert self.control.mode in {Mode.COPILOT, Mode.HUMAN}


TestAnySequence = AnySequence.TestCase
TestAnySequence.settings = settings(
    max_examples=150, stateful_step_count=40, deadline=None, database=None
)
