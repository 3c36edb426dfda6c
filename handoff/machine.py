"""The table of what may happen, and `step`, which applies it. No I/O, no clock, nothing else.

A rule answers with the next control and the effects; `TRANSITIONS` says which rule serves which
(mode, event) pair and in which modes it can end. What is not in the table can't happen.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from . import events as ev
from .effects import (
    Announce,
    Deliver,
    DropTurn,
    Effect,
    FindOperator,
    KeepAsSuggestion,
    KeepPending,
    OvertakeSuggestions,
    RunSuggestion,
    RunTurn,
    Speaker,
    WithdrawPending,
)
from .errors import IllegalEvent, NotInControl, StaleEpoch
from .state import Control, Mode

Step = tuple[Control, tuple[Effect, ...]]
Rule = Callable[[Control, Any], Step]


def step(control: Control, event: ev.Event) -> Step:
    """The next control and what must be done. Raises `IllegalEvent` or `StaleEpoch`."""
    move = TRANSITIONS.get((control.mode, type(event)))
    if move is None:
        raise IllegalEvent(
            f"{type(event).__name__} cannot happen in mode {control.mode}.", control=control
        )
    expected = getattr(event, "expected_epoch", None)
    if expected is not None and expected != control.epoch:
        raise StaleEpoch("Control has changed in the meantime.", control=control)
    return move.rule(control, event)


# Rules, in the order of the events.


def _agent_answers(control: Control, _: ev.CustomerWrote) -> Step:
    return control, (RunTurn(),)


def _agent_suggests(control: Control, _: ev.CustomerWrote) -> Step:
    return control, (OvertakeSuggestions(), RunSuggestion())


def _operators_see_it(control: Control, _: ev.CustomerWrote) -> Step:
    return control, (OvertakeSuggestions(),)


def _customer_gets_a_person(control: Control, _: ev.CustomerAskedForHuman) -> Step:
    after = control.moved(Mode.WAITING)
    return after, (
        DropTurn(),
        WithdrawPending(),
        Deliver(speaker=Speaker.NOTICE),
        Announce(before=control.mode, after=after.mode, by="customer"),
        FindOperator(),
    )


def _agent_speaks(control: Control, event: ev.AgentReplied) -> Step:
    if event.epoch != control.epoch:
        return control, (KeepAsSuggestion(late=True),)
    return control, (Deliver(speaker=Speaker.AGENT),)


def _too_late_to_speak(control: Control, _: ev.AgentReplied) -> Step:
    return control, (KeepAsSuggestion(late=True),)


def _suggestion_shown(control: Control, event: ev.AgentSuggested) -> Step:
    if event.epoch != control.epoch:
        return control, (KeepAsSuggestion(late=True),)
    return control, (OvertakeSuggestions(), KeepAsSuggestion(late=False))


def _agent_hands_over(control: Control, event: ev.AgentAskedForHuman) -> Step:
    if event.epoch != control.epoch:
        return control, (KeepAsSuggestion(late=True),)
    after = control.moved(Mode.WAITING)
    by = "customer" if event.by_customer else "agent"
    return after, (
        DropTurn(),
        Deliver(speaker=Speaker.AGENT),
        Announce(
            before=control.mode,
            after=after.mode,
            by=by,
            reason=event.reason,
            summary=event.summary,
        ),
        FindOperator(),
    )


def _agent_fails(control: Control, event: ev.AgentFailed) -> Step:
    if event.epoch != control.epoch:
        return control, ()
    after = control.moved(Mode.WAITING)
    return after, (
        DropTurn(),
        Deliver(speaker=Speaker.NOTICE),
        Announce(before=control.mode, after=after.mode, by="agent", reason=event.reason),
        FindOperator(),
    )


def _agent_is_not_heard(control: Control, event: ev.AgentUnheard) -> Step:
    if event.epoch != control.epoch:
        return control, ()
    after = control.moved(Mode.WAITING)
    return after, (
        DropTurn(),
        WithdrawPending(),
        Announce(before=control.mode, after=after.mode, by="agent", reason=event.reason),
        FindOperator(),
    )


def _agent_finishes(control: Control, event: ev.AgentFinished) -> Step:
    if event.epoch != control.epoch:
        return control, (KeepAsSuggestion(late=True),)
    after = control.moved(Mode.FINISHED)
    return after, (
        DropTurn(),
        Deliver(speaker=Speaker.AGENT),
        Announce(before=control.mode, after=after.mode, by="agent"),
    )


def _no_longer_matters(control: Control, _: ev.AgentEvent) -> Step:
    return control, ()


def _operator_takes_over(control: Control, event: ev.OperatorTookOver) -> Step:
    after = control.moved(Mode.COPILOT, event.operator_id)
    return after, (
        DropTurn(),
        WithdrawPending(),
        Announce(before=control.mode, after=after.mode, by=f"operator:{event.operator_id}"),
        RunSuggestion(),
    )


def _operator_opens(control: Control, event: ev.OperatorTookOver) -> Step:
    if control.operator_id not in {None, event.operator_id}:
        return control, ()
    after = control.moved(Mode.COPILOT, event.operator_id)
    if after is control:
        return control, ()
    return after, (
        Announce(before=control.mode, after=after.mode, by=f"operator:{event.operator_id}"),
        RunSuggestion(),
    )


def _operator_speaks(control: Control, event: ev.OperatorReplied) -> Step:
    if control.operator_id != event.operator_id:
        raise NotInControl("Another operator has this conversation.", control=control)
    return control, (DropTurn(), OvertakeSuggestions(), Deliver(speaker=Speaker.OPERATOR))


def _suggestion_wanted(control: Control, _: ev.SuggestionAsked) -> Step:
    return control, (RunSuggestion(),)  # what is open stays until the new one is there


def _operator_hands_over(control: Control, event: ev.HandedOver) -> Step:
    after = control.moved(Mode.WAITING)
    by = f"operator:{event.operator_id}"
    return after, (
        DropTurn(),
        WithdrawPending(),
        Announce(before=control.mode, after=after.mode, by=by, reason=event.reason),
        FindOperator(),
    )


def _waiting_is_assigned(control: Control, event: ev.Assigned) -> Step:
    if event.operator_id is None:
        return control, ()
    if event.mode not in {Mode.HUMAN, Mode.COPILOT}:
        raise IllegalEvent("An assigned session is human or copilot.", control=control)
    after = control.moved(event.mode, event.operator_id)
    suggestion = (RunSuggestion(),) if after.mode is Mode.COPILOT else ()
    return after, (KeepPending(), _assignment(control, after, event), *suggestion)


def _is_reassigned(control: Control, event: ev.Assigned) -> Step:
    if event.operator_id is None:
        after = control.moved(Mode.WAITING)
        return after, (DropTurn(), _assignment(control, after, event))
    after = control.moved(control.mode, event.operator_id)
    return after, () if after is control else (_assignment(control, after, event),)


def _assignment(before: Control, after: Control, event: ev.Assigned) -> Announce:
    by = "routing" if event.by is None else f"operator:{event.by}"
    return Announce(before=before.mode, after=after.mode, by=by)


def _mode_is_chosen(control: Control, event: ev.ModeChosen) -> Step:
    if event.mode not in {Mode.HUMAN, Mode.COPILOT}:
        raise IllegalEvent("Choose between human and copilot.", control=control)
    after = control.moved(event.mode, control.operator_id)
    if after is control:
        return control, ()
    announce = Announce(before=control.mode, after=after.mode, by=f"operator:{event.operator_id}")
    if after.mode is Mode.COPILOT:
        return after, (announce, RunSuggestion())
    return after, (DropTurn(), OvertakeSuggestions(), announce)


def _agent_gets_it_back(control: Control, event: ev.ReturnedToAgent) -> Step:
    after = control.moved(Mode.AUTONOMOUS)
    announce = Announce(before=control.mode, after=after.mode, by=f"operator:{event.operator_id}")
    turn = (RunTurn(),) if event.customer_waits else ()
    return after, (DropTurn(), OvertakeSuggestions(), announce, *turn)


def _operator_resolves(control: Control, event: ev.Resolved) -> Step:
    after = control.moved(Mode.FINISHED)
    by = f"operator:{event.operator_id}"
    return after, (
        DropTurn(),
        WithdrawPending(),
        OvertakeSuggestions(),
        Announce(before=control.mode, after=after.mode, by=by),
    )


def _human_steps_in_elsewhere(control: Control, _: ev.HumanSpokeElsewhere) -> Step:
    after = control.moved(Mode.HUMAN)
    return after, (
        DropTurn(),
        WithdrawPending(),
        OvertakeSuggestions(),
        Announce(before=control.mode, after=after.mode, by="outside"),
    )


def _human_helps_elsewhere(control: Control, _: ev.HumanSpokeElsewhere) -> Step:
    return control, (OvertakeSuggestions(),)


def _outreach_ends(control: Control, event: ev.OutreachRefused) -> Step:
    after = control.moved(Mode.FINISHED)
    announce = Announce(before=control.mode, after=after.mode, by="outside", reason=event.reason)
    return after, (DropTurn(), OvertakeSuggestions(), announce)


def _time_is_up(control: Control, _: ev.TimedOut) -> Step:
    after = control.moved(Mode.FINISHED)
    return after, (DropTurn(), Announce(before=control.mode, after=after.mode, by="clock"))


@dataclass(frozen=True, kw_only=True, slots=True)
class Move:
    """A rule, and the modes in which it can end besides the one it began in."""

    rule: Rule
    ends: tuple[Mode, ...] = ()


def _stays(rule: Rule) -> Move:
    return Move(rule=rule)


def _to(rule: Rule, *ends: Mode) -> Move:
    return Move(rule=rule, ends=ends)


_A, _W, _C, _H, _F = Mode.AUTONOMOUS, Mode.WAITING, Mode.COPILOT, Mode.HUMAN, Mode.FINISHED

TRANSITIONS: dict[tuple[Mode, type[ev.Event]], Move] = {
    # The agent speaks.
    (_A, ev.CustomerWrote): _stays(_agent_answers),
    (_A, ev.CustomerAskedForHuman): _to(_customer_gets_a_person, _W),
    (_A, ev.AgentReplied): _stays(_agent_speaks),
    (_A, ev.AgentSuggested): _stays(_too_late_to_speak),
    (_A, ev.AgentAskedForHuman): _to(_agent_hands_over, _W),
    (_A, ev.AgentFailed): _to(_agent_fails, _W),
    (_A, ev.AgentUnheard): _to(_agent_is_not_heard, _W),
    (_A, ev.AgentFinished): _to(_agent_finishes, _F),
    (_A, ev.OperatorTookOver): _to(_operator_takes_over, _C),
    (_A, ev.HandedOver): _to(_operator_hands_over, _W),
    (_A, ev.Resolved): _to(_operator_resolves, _F),
    (_A, ev.HumanSpokeElsewhere): _to(_human_steps_in_elsewhere, _H),
    (_A, ev.TimedOut): _to(_time_is_up, _F),
    # Nobody speaks yet.
    (_W, ev.CustomerWrote): _stays(_operators_see_it),
    (_W, ev.AgentReplied): _stays(_too_late_to_speak),
    (_W, ev.AgentSuggested): _stays(_too_late_to_speak),
    (_W, ev.AgentAskedForHuman): _stays(_too_late_to_speak),
    (_W, ev.AgentFailed): _stays(_no_longer_matters),
    (_W, ev.AgentUnheard): _stays(_no_longer_matters),
    (_W, ev.AgentFinished): _stays(_too_late_to_speak),
    (_W, ev.OperatorTookOver): _to(_operator_takes_over, _C),
    (_W, ev.Assigned): _to(_waiting_is_assigned, _H, _C),
    (_W, ev.ReturnedToAgent): _to(_agent_gets_it_back, _A),
    (_W, ev.Resolved): _to(_operator_resolves, _F),
    (_W, ev.HumanSpokeElsewhere): _to(_human_steps_in_elsewhere, _H),
    # The operator speaks, the agent suggests.
    (_C, ev.CustomerWrote): _stays(_agent_suggests),
    (_C, ev.AgentReplied): _stays(_too_late_to_speak),
    (_C, ev.AgentSuggested): _stays(_suggestion_shown),
    (_C, ev.AgentAskedForHuman): _stays(_too_late_to_speak),
    (_C, ev.AgentFailed): _stays(_no_longer_matters),
    (_C, ev.AgentUnheard): _stays(_no_longer_matters),
    (_C, ev.AgentFinished): _stays(_too_late_to_speak),
    (_C, ev.OperatorTookOver): _stays(_operator_opens),
    (_C, ev.OperatorReplied): _stays(_operator_speaks),
    (_C, ev.SuggestionAsked): _stays(_suggestion_wanted),
    (_C, ev.Assigned): _to(_is_reassigned, _W),
    (_C, ev.ModeChosen): _to(_mode_is_chosen, _H),
    (_C, ev.ReturnedToAgent): _to(_agent_gets_it_back, _A),
    (_C, ev.Resolved): _to(_operator_resolves, _F),
    (_C, ev.HumanSpokeElsewhere): _stays(_human_helps_elsewhere),
    (_C, ev.OutreachRefused): _to(_outreach_ends, _F),
    # The operator speaks, the agent is silent.
    (_H, ev.CustomerWrote): _stays(_operators_see_it),
    (_H, ev.AgentReplied): _stays(_too_late_to_speak),
    (_H, ev.AgentSuggested): _stays(_too_late_to_speak),
    (_H, ev.AgentAskedForHuman): _stays(_too_late_to_speak),
    (_H, ev.AgentFailed): _stays(_no_longer_matters),
    (_H, ev.AgentUnheard): _stays(_no_longer_matters),
    (_H, ev.AgentFinished): _stays(_too_late_to_speak),
    (_H, ev.OperatorTookOver): _to(_operator_opens, _C),
    (_H, ev.OperatorReplied): _stays(_operator_speaks),
    (_H, ev.Assigned): _to(_is_reassigned, _W),
    (_H, ev.ModeChosen): _to(_mode_is_chosen, _C),
    (_H, ev.ReturnedToAgent): _to(_agent_gets_it_back, _A),
    (_H, ev.Resolved): _to(_operator_resolves, _F),
    (_H, ev.HumanSpokeElsewhere): _stays(_human_helps_elsewhere),
    # Nobody speaks ever again; what an agent still brings is too late.
    (_F, ev.AgentReplied): _stays(_too_late_to_speak),
    (_F, ev.AgentSuggested): _stays(_too_late_to_speak),
    (_F, ev.AgentAskedForHuman): _stays(_too_late_to_speak),
    (_F, ev.AgentFailed): _stays(_no_longer_matters),
    (_F, ev.AgentUnheard): _stays(_no_longer_matters),
    (_F, ev.AgentFinished): _stays(_too_late_to_speak),
}
