"""Who we are at a mail server: a user with a password, or with an access token that must be fresh."""

from .oauth import Tokens
from .settings import EmailSettings, Server


class Login:
    """At one server."""

    def __init__(self, server: Server, tokens: Tokens | None) -> None:
        self.user = server.user
        self._password = server.password
        self._tokens = tokens

    @property
    def by_token(self) -> bool:
        return self._tokens is not None

    async def secret(self, refused: str = "") -> str:
        """The password or a token, other than the one that was `refused` if there can be another."""
        return await self._tokens.access(refused) if self._tokens else self._password


def xoauth2(user: str, token: str) -> str:
    """What both servers want to hear, before Base64."""
    return f"user={user}\1auth=Bearer {token}\1\1"


def logins(settings: EmailSettings) -> tuple[Login, Login]:
    """For reading and for sending; with tokens that are the same."""
    tokens = Tokens(settings.oauth) if settings.auth == "xoauth2" else None
    return Login(settings.reading(), tokens), Login(settings.sending(), tokens)
