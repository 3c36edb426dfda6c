"""Who is who: the customers behind the identities that platforms name, and whether they can be written
to.
"""

from channels import messages
from channels.identities import WORLDS
from runtime import arrivals
from runtime.roster import Place
from runtime.storage import customers, marks, sessions
from runtime.storage.sql import Tx


def customer_of(tx: Tx, place: Place, message: messages.CustomerMessage) -> str:
    """Who wrote: known by one of the identities, or new."""
    for key in _keys(place, message.sender):
        customer_id = customers.find(tx, key)
        if customer_id is not None:
            return customer_id
    customer_id = customers.create(tx, arrivals.clean(message.sender.name), message.sender.language)
    if message.group:
        _add(tx, place, customer_id, message.sender)
    return customer_id


def wrote(tx: Tx, place: Place, customer_id: str, message: messages.CustomerMessage) -> None:
    """Whoever writes can be written to, under each of his identities; a new one is added to him. Who
    writes in a group need not be the customer whose session it is.
    """
    if message.group:
        customers.wrote(tx, scoped(place, message.sender.identities[0]), "")
    else:
        _add(tx, place, customer_id, message.sender, own_chat(message))


def moved(tx: Tx, place: Place, change: messages.AddressMoved) -> None:
    """Who had the old name has the new one, and nobody the old one."""
    old = change.old.chat
    customer_id = customers.named(tx, place.id, old)
    sessions.move(tx, place.id, old, change.new.chat)
    if customer_id is not None and change.sender.identities:
        _add(tx, place, customer_id, change.sender, change.new.chat)
        customers.drop(tx, place.id, old)
        marks.mark(tx, customer_id)


def consent(tx: Tx, place: Place, change: messages.ConsentChanged) -> None:
    for identity in change.sender.identities:
        customers.set_marketing(tx, scoped(place, identity), wanted=change.marketing)


def _add(tx: Tx, place: Place, customer_id: str, sender: messages.Sender, chat: str = "") -> None:
    for identity in sender.identities:
        key = scoped(place, identity)
        customers.met(tx, customer_id, key, username=sender.username, chat=chat or None)


def _keys(place: Place, sender: messages.Sender) -> list[customers.Key]:
    """As they are stored, and then as people may have written them down."""
    known = [scoped(place, identity) for identity in sender.identities]
    worlds = [
        customers.Key(scope="", kind=WORLDS[identity.kind], value=identity.value)
        for identity in sender.identities
        if identity.kind in WORLDS
    ]
    return [*known, *worlds]


def own_chat(message: messages.CustomerMessage) -> str:
    """Where we reach the writer alone and in our own name; not in a group, nor on a business account."""
    return "" if message.group or message.address.via else message.address.chat


def scoped(place: Place, identity: messages.Identity) -> customers.Key:
    """Platforms number their users per account; phones and email addresses are the world's."""
    shared = WORLDS.get(identity.kind) == identity.kind
    return customers.Key(scope="" if shared else place.id, kind=identity.kind, value=identity.value)


def reachability(tx: Tx, place: Place, change: messages.ReachabilityChanged) -> None:
    for identity in change.sender.identities:
        customers.set_reachable(
            tx, scoped(place, identity), reachable=change.reachable, reason=change.reason
        )
    if not change.sender.identities:  # a whole group: whoever acted on it is not concerned
        customers.set_reachable_by_chat(
            tx, place.id, change.address.chat, reachable=change.reachable, reason=change.reason
        )
