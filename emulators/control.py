"""What every emulator has: a clock that can be advanced, faults to order, and a log of every call."""

import time
from collections import deque
from dataclasses import dataclass, field
from typing import Any

KEPT_CALLS = 20_000


class Clock:
    """Real time, plus what was skipped."""

    def __init__(self) -> None:
        self._skipped = 0.0

    def now(self) -> float:
        return time.time() + self._skipped

    def advance(self, seconds: float) -> None:
        self._skipped += seconds


@dataclass(kw_only=True)
class Fault:
    """Ordered misfortune. `kind`: status, delay, drop_before, drop_after, html_502, not_json."""

    kind: str
    method: str = ""
    """Only this method; empty: any."""
    chat_id: str = ""
    times: int = 1
    status: int = 500
    seconds: float = 0.0


@dataclass(kw_only=True)
class Call:
    """One request as it arrived, and what it was answered."""

    number: int
    at: float
    method: str
    parameters: dict[str, Any]
    status: int = 0
    answer: Any = None


@dataclass
class Control:
    """Shared by the app's handlers."""

    clock: Clock = field(default_factory=Clock)
    faults: list[Fault] = field(default_factory=list)
    calls: deque[Call] = field(default_factory=lambda: deque(maxlen=KEPT_CALLS))
    _number: int = 0

    def heard(self, method: str, parameters: dict[str, Any]) -> Call:
        self._number += 1
        call = Call(number=self._number, at=self.clock.now(), method=method, parameters=parameters)
        self.calls.append(call)
        return call

    def fault_for(self, method: str, chat_id: str) -> Fault | None:
        """The first ordered fault that fits; used up after its times."""
        for fault in self.faults:
            if fault.method.lower() in {"", method} and fault.chat_id in {"", chat_id}:
                fault.times -= 1
                if fault.times <= 0:
                    self.faults.remove(fault)
                return fault
        return None
