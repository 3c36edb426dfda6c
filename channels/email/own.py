"""Which mailbox this is, as parsing and writing must know it."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True, slots=True)
class Own:
    """Our address in lower case, our name, and what only we know."""

    address: str
    name: str = ""
    secret: str
    """Signs what must come back to us unchanged: Message-IDs and the addresses of threads."""
    plus: bool = True
    """Whether the mailbox takes mail for `local+anything@domain`."""

    @property
    def local(self) -> str:
        return self.address.rpartition("@")[0]

    @property
    def domain(self) -> str:
        return self.address.rpartition("@")[2]
