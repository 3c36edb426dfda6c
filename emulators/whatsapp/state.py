"""What the emulated Meta remembers: apps, tokens, accounts, numbers, people. In memory, bounded."""

import itertools
import secrets
import time
from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any

from emulators.control import Clock, Control

from . import limits
from .accounts import App, Number, Portfolio, Template, Token, Waba
from .agenda import Agenda
from .delivery import Postman
from .fates import Fates
from .files import Stored
from .people import Message, Person, Thread, canonical
from .switches import Switches

KEPT_FILES = 10_000
Held = tuple[Template, Number, Thread, Message]


class Meta:
    """The whole platform. The options are those of `Switches`."""

    def __init__(self, **options: Any) -> None:
        self.switches = Switches(**options)
        self.control = Control()
        self.apps: dict[str, App] = {}
        self.agenda = Agenda(self.clock)
        self.postman = Postman(self.agenda, self.apps, self.switches.answer_seconds)
        self.fates = Fates(self.switches, self.agenda, self.postman)
        self.tokens: dict[str, Token] = {}
        self.portfolios: dict[str, Portfolio] = {}
        self.wabas: dict[str, Waba] = {}
        self.numbers: dict[str, Number] = {}
        self.people: dict[str, Person] = {}
        """By the number as WhatsApp writes it."""
        self.media: dict[str, Stored] = {}
        self.held: list[Held] = []
        """What pacing keeps back until somebody lets it go, or drops it."""
        # A restarted emulator must not repeat the ids of the one before.
        self._ids = itertools.count(int(time.time() * 1_000_000))
        self.clock.watch(self._wake)

    @property
    def clock(self) -> Clock:
        return self.control.clock

    @property
    def now(self) -> float:
        return self.clock.now()

    def new_id(self) -> str:
        return str(next(self._ids))

    def _wake(self) -> None:
        for number in self.numbers.values():
            for thread in number.threads.values():
                thread.wake()

    def add_app(self, *, app_id: str = "", secret: str = "") -> App:
        app = App(id=app_id or self.new_id(), secret=secret or secrets.token_hex(16))
        self.apps[app.id] = app
        self.tokens[app.token] = Token(value=app.token, app=app, permissions=set(), wabas=set())
        return app

    def add_waba(
        self,
        app: App,
        *,
        name: str = "Shop",
        portfolio: Portfolio | None = None,
        waba_id: str = "",
    ) -> Waba:
        """An account that the app is subscribed to."""
        if portfolio is None:
            portfolio = Portfolio(id=self.new_id())
        self.portfolios[portfolio.id] = portfolio
        waba = Waba(
            id=waba_id or self.new_id(), portfolio=portfolio, name=name, subscribed={app.id: ""}
        )
        self.wabas[waba.id] = waba
        return waba

    def add_number(
        self,
        waba: Waba,
        *,
        name: str = "",
        phone: str = "",
        country_code: str = "1",
        number_id: str = "",
        **more: Any,
    ) -> Number:
        number_id = number_id or self.new_id()
        number = Number(
            id=number_id,
            waba=waba,
            phone=phone or f"{country_code}555{int(number_id) % 10**7:07}",
            verified_name=name or waba.name,
            country_code=country_code,
            **more,
        )
        self.numbers[number_id] = number
        return number

    def add_token(self, app: App, **more: Any) -> Token:
        value = f"EAA{secrets.token_hex(24)}"
        token = self.tokens[value] = Token(value=value, app=app, **more)
        return token

    def add_person(
        self,
        name: str,
        *,
        phone: str = "",
        user_ids: Mapping[str, str] = MappingProxyType({}),
        **more: Any,
    ) -> Person:
        """Somebody with WhatsApp; the number may have been written to before. `user_ids`: of somebody whom
        businesses know from an earlier start, by portfolio.
        """
        person_id = self.new_id()
        phone = phone.lstrip("+") or f"1650{int(person_id) % 10**7:07}"
        person = self.person_at(phone)
        values = {"phone": phone, "name": name, "id": person_id, "on_whatsapp": True, **more}
        for key, value in values.items():
            setattr(person, key, value)
        person.known_as(user_ids)
        return person

    def person_at(self, digits: str) -> Person:
        """Whoever has this number; nobody with WhatsApp, if nobody was added."""
        key = canonical(digits)
        person = self.people.get(key)
        if person is None:
            wa_id = self.wa_id(digits)
            person = Person(phone=digits, wa_id=wa_id, name="", id=self.new_id(), on_whatsapp=False)
            self.people[key] = person
        return person

    def person_called(self, portfolio: Portfolio, user_id: str) -> Person | None:
        """By the id that this business knows."""
        found = (one for one in self.people.values() if one.is_called(portfolio.id, user_id))
        return next(found, None)

    def wa_id(self, phone: str) -> str:
        return canonical(phone) if self.switches.normalise else phone

    def thread(self, number: Number, person: Person) -> Thread:
        thread = number.threads.get(person)
        if thread is None:
            thread = number.threads[person] = Thread(person, self.switches.keep_messages)
        return thread

    def keep(self, stored: Stored) -> None:
        self.media[stored.id] = stored
        if len(self.media) > KEPT_FILES:
            del self.media[next(iter(self.media))]

    def token_sees(self, token: Token, waba: Waba) -> bool:
        return token.wabas is None or waba.id in token.wabas

    def templates(self) -> Iterable[Template]:
        return (one for waba in self.wabas.values() for one in waba.templates.values())

    def reset(self) -> None:
        """Forget people, messages and files; apps, accounts, numbers and templates remain."""
        self.control.reset()
        self.agenda.clear()
        self.postman.forget()
        self.fates.forget()
        self.people.clear()
        self.media.clear()
        self.held.clear()
        for number in self.numbers.values():
            number.threads.clear()
            number.received.clear()
            number.pace = limits.throughput(coexistence=number.coexistence)
        for portfolio in self.portfolios.values():
            portfolio.book.clear()
            portfolio.reached.clear()
