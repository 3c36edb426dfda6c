"""Structured logs and metrics. Each line has an `action` and facts; no secrets, no customer's words.

Sentences are for people, fields for machines. Metrics live in a registry of their own, so that
two runtimes in one process (tests) don't share counters.
"""

import contextlib
import logging
import sys
from typing import TextIO, cast

import structlog
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60)
_LONG = (0.1, 1, 5, 15, 60, 300, 900, 3600, 4 * 3600, 12 * 3600, 24 * 3600, 72 * 3600)
_QUIET = ("aiogram", "aiohttp", "httpx", "openai", "asyncio")


class _Steadfast:
    """Standard error that may be a file on a full disk: a line that can't be written is lost, and
    not the work that it tells of.
    """

    def write(self, text: str) -> int:
        with contextlib.suppress(OSError):
            sys.stderr.write(text)
        return len(text)

    def flush(self) -> None:
        with contextlib.suppress(OSError):
            sys.stderr.flush()


def configure_logs(form: str, level: str) -> None:
    """Lines for a console, or JSON for a collector; libraries only from warnings up."""
    number = logging.getLevelNamesMapping().get(level.upper(), logging.INFO)
    renderer: structlog.typing.Processor = (
        structlog.processors.JSONRenderer()
        if form == "json"
        else structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
    )
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(number),
        logger_factory=structlog.PrintLoggerFactory(file=cast("TextIO", _Steadfast())),
        cache_logger_on_first_use=True,
    )
    logging.basicConfig(stream=sys.stderr, level=logging.WARNING, format="%(name)s %(message)s")
    for name in _QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)


class RoutingMetrics:
    """Whether handed-over sessions find an operator."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self.waiting = Gauge(
            "baton_sessions_waiting",
            "Sessions that nobody has, of the whole installation",
            registry=registry,
        )
        self.assigned_seconds = Histogram(
            "baton_assigned_seconds",
            "From a hand-over until routing gave the session to an operator",
            buckets=_LONG,
            registry=registry,
        )
        self.reminders = Counter(
            "baton_reminders_total",
            "How often it was said that a session waits for too long",
            registry=registry,
        )


class Metrics:
    """What a dashboard of this process shows."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.inbound = Counter(
            "baton_inbound_total",
            "What platforms sent, by what we made of it",
            ["kind", "result"],
            registry=self.registry,
        )
        self.accept_seconds = Histogram(
            "baton_accept_seconds",
            "From a webhook's body to its durable answer",
            buckets=_SECONDS,
            registry=self.registry,
        )
        self.turns = Counter(
            "baton_turns_total", "Turns by how they ended", ["outcome"], registry=self.registry
        )
        self.turn_seconds = Histogram(
            "baton_turn_seconds",
            "An agent's thinking, from claim to answer",
            buckets=_SECONDS,
            registry=self.registry,
        )
        self.turns_running = Gauge(
            "baton_turns_running", "Turns that this replica runs now", registry=self.registry
        )
        self.deliveries = Counter(
            "baton_deliveries_total",
            "Deliveries by outcome",
            ["outcome"],
            registry=self.registry,
        )
        self.blocked = Counter(
            "baton_agent_words_blocked_total",
            "Words of an agent that the fence kept from a customer",
            registry=self.registry,
        )
        self.live_sockets = Gauge(
            "baton_live_sockets", "Operators' sockets on this replica", registry=self.registry
        )
        self.routing = RoutingMetrics(self.registry)
        self.loop_errors = Counter(
            "baton_loop_errors_total",
            "Rounds of a loop that failed",
            ["loop"],
            registry=self.registry,
        )

    def text(self) -> bytes:
        """What `/metrics` answers."""
        return generate_latest(self.registry)
