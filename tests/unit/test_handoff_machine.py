"""The table, pair by pair, and the stories that matter most."""

import dataclasses
from datetime import UTC, datetime

import pytest

from handoff import events as ev
from handoff.effects import (
    Announce,
    Deliver,
    KeepAsSuggestion,
    KeepPending,
    RunTurn,
    Speaker,
    WithdrawPending,
)
from handoff.errors import IllegalEvent, NotInControl, StaleEpoch
from handoff.machine import TRANSITIONS, step
from handoff.state import Control, Mode, opened_by_customer, opened_by_operator

AT = datetime(2026, 11, 22, tzinfo=UTC)
SAMPLES: tuple[ev.Event, ...] = (
    ev.CustomerWrote(at=AT),
    ev.CustomerAskedForHuman(at=AT),
    ev.AgentReplied(at=AT, epoch=7),
    ev.AgentSuggested(at=AT, epoch=7),
    ev.AgentAskedForHuman(at=AT, epoch=7, reason="refund"),
    ev.AgentFailed(at=AT, epoch=7, reason="model down"),
    ev.AgentUnheard(at=AT, epoch=7, reason="outcome unknown"),
    ev.AgentFinished(at=AT, epoch=7),
    ev.OperatorTookOver(at=AT, operator_id="anna"),
    ev.OperatorReplied(at=AT, operator_id="anna"),
    ev.SuggestionAsked(at=AT, operator_id="anna"),
    ev.HandedOver(at=AT, operator_id="anna"),
    ev.Assigned(at=AT, operator_id="bob"),
    ev.ModeChosen(at=AT, operator_id="anna", mode=Mode.HUMAN),
    ev.ReturnedToAgent(at=AT, operator_id="anna", customer_waits=True),
    ev.Resolved(at=AT, operator_id="anna"),
    ev.HumanSpokeElsewhere(at=AT),
    ev.OutreachRefused(at=AT, reason="template paused"),
    ev.TimedOut(at=AT),
)


def control_in(mode: Mode) -> Control:
    operator = "anna" if mode in {Mode.COPILOT, Mode.HUMAN} else None
    return Control(mode=mode, operator_id=operator, epoch=7)


def test_every_event_has_a_sample() -> None:
    leaves = {
        cls
        for cls in vars(ev).values()
        if isinstance(cls, type) and issubclass(cls, ev.Event) and not cls.__subclasses__()
    }
    assert {type(sample) for sample in SAMPLES} == leaves


@pytest.mark.parametrize("mode", Mode)
@pytest.mark.parametrize("event", SAMPLES, ids=lambda e: type(e).__name__)
def test_every_pair_is_in_the_table_or_raises_and_changes_nothing(
    mode: Mode, event: ev.Event
) -> None:
    control = control_in(mode)
    before = dataclasses.asdict(control)
    move = TRANSITIONS.get((mode, type(event)))
    if move is None:
        with pytest.raises(IllegalEvent) as refused:
            step(control, event)
        assert refused.value.control is control
    else:
        after, _ = step(control, event)
        assert after.mode in {mode, *move.ends}
    assert dataclasses.asdict(control) == before


def test_the_agent_answers_a_new_customer() -> None:
    control, effects = step(opened_by_customer(), ev.CustomerWrote(at=AT))
    assert effects == (RunTurn(),)
    control, effects = step(control, ev.AgentReplied(at=AT, epoch=control.epoch))
    assert effects == (Deliver(speaker=Speaker.AGENT),)


def test_a_reply_that_comes_after_a_takeover_becomes_a_suggestion() -> None:
    begun = opened_by_customer()
    taken, effects = step(begun, ev.OperatorTookOver(at=AT, operator_id="anna"))
    assert WithdrawPending() in effects
    after, effects = step(taken, ev.AgentReplied(at=AT, epoch=begun.epoch))
    assert (after, effects) == (taken, (KeepAsSuggestion(late=True),))


def test_a_reply_is_stale_even_if_the_agent_has_control_again() -> None:
    begun = opened_by_customer()
    taken, _ = step(begun, ev.OperatorTookOver(at=AT, operator_id="anna"))
    back, _ = step(taken, ev.ReturnedToAgent(at=AT, operator_id="anna", customer_waits=False))
    assert back.mode is Mode.AUTONOMOUS
    _, effects = step(back, ev.AgentReplied(at=AT, epoch=begun.epoch))
    assert effects == (KeepAsSuggestion(late=True),)


def test_the_second_operator_opens_the_session_and_the_first_keeps_it() -> None:
    taken, _ = step(opened_by_customer(), ev.OperatorTookOver(at=AT, operator_id="anna"))
    after, effects = step(taken, ev.OperatorTookOver(at=AT, operator_id="bob"))
    assert after is taken
    assert effects == ()


def test_an_operator_who_saw_an_older_control_is_told_who_has_it() -> None:
    taken, _ = step(opened_by_customer(), ev.OperatorTookOver(at=AT, operator_id="anna"))
    with pytest.raises(StaleEpoch) as refused:
        step(taken, ev.OperatorTookOver(at=AT, operator_id="bob", expected_epoch=1))
    assert refused.value.control.operator_id == "anna"


def test_the_hand_over_sentence_outlives_an_assignment_and_no_takeover() -> None:
    waiting = Control(mode=Mode.WAITING, epoch=3)
    _, assigned = step(waiting, ev.Assigned(at=AT, operator_id="anna"))
    assert KeepPending() in assigned
    _, taken = step(waiting, ev.OperatorTookOver(at=AT, operator_id="anna"))
    assert WithdrawPending() in taken


def test_only_the_operator_in_control_speaks() -> None:
    taken = opened_by_operator("anna")
    with pytest.raises(NotInControl):
        step(taken, ev.OperatorReplied(at=AT, operator_id="bob"))
    _, effects = step(taken, ev.OperatorReplied(at=AT, operator_id="anna"))
    assert Deliver(speaker=Speaker.OPERATOR) in effects


def test_the_reason_of_a_failing_agent_is_announced() -> None:
    _, effects = step(opened_by_customer(), ev.AgentFailed(at=AT, epoch=1, reason="too slow"))
    (announce,) = [e for e in effects if isinstance(e, Announce)]
    assert (announce.after, announce.reason) == (Mode.WAITING, "too slow")


def test_returning_a_session_with_an_open_question_runs_a_turn() -> None:
    waiting = Control(mode=Mode.WAITING, epoch=3)
    _, effects = step(waiting, ev.ReturnedToAgent(at=AT, operator_id="anna", customer_waits=True))
    assert RunTurn() in effects
