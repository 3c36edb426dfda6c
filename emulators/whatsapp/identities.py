"""WA40: under which names a business knows a person, which is not the same for every number of it."""

from . import limits
from .accounts import Number
from .errors import Json
from .people import Person, Thread


def phone_shown(number: Number, thread: Thread, now: float) -> bool:
    """Who has a username shows no phone, but to a number that had to do with the phone in the last 30
    days, or to a business that has it in its contact book.
    """
    person, portfolio = thread.person, number.waba.portfolio
    if not person.username or (portfolio.contact_book and person in portfolio.book):
        return True
    return bool(thread.phone_at) and now - thread.phone_at < limits.PHONE_SHOWN


def met(number: Number, thread: Thread, now: float) -> None:
    """The number had to do with the phone itself."""
    thread.phone_at = now
    if number.waba.portfolio.contact_book:
        number.waba.portfolio.book.add(thread.person)


def names(number: Number, person: Person) -> Json:
    """The ids, under their names in `contacts`."""
    portfolio = number.waba.portfolio
    found = {"user_id": person.bsuid(portfolio.id)}
    if portfolio.parent_ids:
        found["parent_user_id"] = person.parent_bsuid(portfolio.id)
    return found


def contact(number: Number, thread: Thread, now: float) -> Json:
    """One of `contacts` in a webhook."""
    person = thread.person
    profile: Json = {"name": person.name}
    if person.username:
        profile["username"] = person.username
    found: Json = {"profile": profile}
    if phone_shown(number, thread, now):
        found["wa_id"] = person.wa_id
    found |= names(number, person)
    if number.identity_check:
        found["identity_key_hash"] = person.identity
    return found


def sender(number: Number, thread: Thread, now: float) -> Json:
    """The same in a message."""
    known = contact(number, thread, now)
    found = {"from": known["wa_id"]} if "wa_id" in known else {}
    found["from_user_id"] = known["user_id"]
    if "parent_user_id" in known:
        found["from_parent_user_id"] = known["parent_user_id"]
    return found
