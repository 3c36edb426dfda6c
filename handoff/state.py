"""Who may speak to the customer now: `Control`, frozen, with its epoch."""

from dataclasses import dataclass
from enum import StrEnum


class Mode(StrEnum):
    """The five answers to "who speaks?"."""

    AUTONOMOUS = "autonomous"
    """The agent."""
    WAITING = "waiting"
    """Nobody yet: handed over, and no operator has it."""
    COPILOT = "copilot"
    """The operator; the agent suggests."""
    HUMAN = "human"
    """The operator; the agent is silent."""
    FINISHED = "finished"
    """Nobody, ever again: the customer's next message opens a new session."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Control:
    """The state of the machine. `epoch` grows by one with every change of mode or operator."""

    mode: Mode = Mode.AUTONOMOUS
    operator_id: str | None = None
    epoch: int = 1

    def moved(self, mode: Mode, operator_id: str | None = None) -> "Control":
        """The next control; the very same one when nothing changes, so that epochs mean something."""
        if mode is self.mode and operator_id == self.operator_id:
            return self
        return Control(mode=mode, operator_id=operator_id, epoch=self.epoch + 1)


def opened_by_customer() -> Control:
    """A session that a customer's message opens belongs to the agent."""
    return Control()


def opened_by_operator(operator_id: str) -> Control:
    """A session that an operator starts from a profile begins in Copilot mode, and is his."""
    return Control(mode=Mode.COPILOT, operator_id=operator_id)
