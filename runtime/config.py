"""Frozen settings. The environment is read here and nowhere else; every default is written here.

Secrets never appear in `repr`.
"""

import ipaddress
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from .errors import Misconfigured

VAR = Path("var")
MIN_SECRET = 32
TOKEN_LIMITS = ("max_completion_tokens", "max_tokens")
"""How a server names the most that it may write; many local ones only know the second."""
Network = ipaddress.IPv4Network | ipaddress.IPv6Network


@dataclass(frozen=True, kw_only=True, slots=True)
class Settings:
    """One process's settings; the names of the environment are in the comments."""

    database_url: str = f"sqlite:///{VAR}/baton.db"  # BATON_DATABASE_URL
    redis_url: str = ""  # BATON_REDIS_URL; empty: the in-process bus, for one replica
    host: str = "127.0.0.1"  # BATON_HOST
    port: int = 8080  # BATON_PORT
    public_url: str = ""  # BATON_PUBLIC_URL; where platforms reach us, for webhooks
    secret_key: str = field(default="", repr=False)  # BATON_SECRET_KEY; commas: newest key first
    admin_email: str = ""  # BATON_ADMIN_EMAIL
    admin_password: str = field(default="", repr=False)  # BATON_ADMIN_PASSWORD
    agents_path: str = ""  # BATON_AGENTS_PATH; an extra folder of agents
    media_path: str = f"{VAR}/media"  # BATON_MEDIA_PATH
    media_url: str = (
        ""  # BATON_MEDIA_URL; s3://BUCKET/PREFIX?region=…&endpoint=…; empty: the folder
    )
    aws_access_key_id: str = ""  # AWS_ACCESS_KEY_ID; for the bucket
    aws_secret_access_key: str = field(default="", repr=False)  # AWS_SECRET_ACCESS_KEY
    openai_api_key: str = field(default="", repr=False)  # OPENAI_API_KEY
    openai_base_url: str = ""  # OPENAI_BASE_URL; any OpenAI-compatible server
    model: str = "gpt-5-mini"  # BATON_MODEL
    model_token_limit: str = TOKEN_LIMITS[0]  # BATON_MODEL_TOKEN_LIMIT
    log_format: str = "console"  # BATON_LOG_FORMAT: console or json
    log_level: str = "info"  # BATON_LOG_LEVEL
    quiet_seconds: float | None = None  # BATON_QUIET_SECONDS; empty: the channel's own
    lease_seconds: float = 10.0  # BATON_LEASE_SECONDS; a silent replica's work is taken after it
    poll_seconds: float = 2.0  # BATON_POLL_SECONDS; what a lost ring costs at most
    drain_seconds: float = 20.0  # BATON_DRAIN_SECONDS; how long stopping waits for running turns
    turn_limit: int = 64  # BATON_TURN_LIMIT; turns that one replica runs at once
    trusted_proxies: str = ""  # BATON_TRUSTED_PROXIES; commas: their addresses or networks

    @property
    def has_model(self) -> bool:
        """Whether there is a model to ask; without one, agents answer offline."""
        return bool(self.openai_api_key or self.openai_base_url)

    @property
    def secret_keys(self) -> tuple[str, ...]:
        return tuple(key.strip() for key in self.secret_key.split(",") if key.strip())

    @property
    def proxies(self) -> tuple[Network, ...]:
        """Whose X-Forwarded-For is believed."""
        given = (proxy.strip() for proxy in self.trusted_proxies.split(","))
        return tuple(ipaddress.ip_network(proxy) for proxy in given if proxy)


_PLAIN = {
    "openai_api_key": "OPENAI_API_KEY",
    "openai_base_url": "OPENAI_BASE_URL",
    "aws_access_key_id": "AWS_ACCESS_KEY_ID",
    "aws_secret_access_key": "AWS_SECRET_ACCESS_KEY",
}


def variable(name: str) -> str:
    """The environment variable of a setting."""
    return _PLAIN.get(name, f"BATON_{name.upper()}")


def from_environment(environ: Mapping[str, str] = os.environ) -> Settings:
    """Settings of this process. Raises `Misconfigured` with the variable's name."""
    values: dict[str, object] = {}
    for name, kind in Settings.__annotations__.items():
        given = environ.get(variable(name), "").strip()
        if given:
            values[name] = _convert(variable(name), given, kind)
    return _checked(Settings(**values))  # type: ignore[arg-type]  # _convert made each one's type


def _convert(name: str, given: str, kind: object) -> object:
    try:
        if kind is int:
            return int(given)
        if kind in {float, float | None}:
            return float(given)
    except ValueError:
        raise Misconfigured(f"{name} must be a number, not {given!r}.") from None
    return given


def _checked(settings: Settings) -> Settings:
    for key in settings.secret_keys:
        if len(key) < MIN_SECRET:
            raise Misconfigured(
                f"BATON_SECRET_KEY needs at least {MIN_SECRET} characters in each key."
            )
    if settings.public_url and not settings.public_url.startswith(("http://", "https://")):
        raise Misconfigured("BATON_PUBLIC_URL must begin with https:// (or http:// on loopback).")
    if settings.model_token_limit not in TOKEN_LIMITS:
        raise Misconfigured(f"BATON_MODEL_TOKEN_LIMIT must be {' or '.join(TOKEN_LIMITS)}.")
    try:
        settings.proxies  # noqa: B018 - read to see whether it can be
    except ValueError as error:
        raise Misconfigured(f"BATON_TRUSTED_PROXIES: {error}.") from None
    if settings.lease_seconds <= 0 or settings.poll_seconds <= 0:
        raise Misconfigured("BATON_LEASE_SECONDS and BATON_POLL_SECONDS must be positive.")
    return settings
