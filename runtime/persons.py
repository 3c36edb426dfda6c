"""Who is who: the customers behind the identities that platforms name, and whether they can be written
to.
"""

from channels import messages
from runtime import arrivals
from runtime.roster import Place
from runtime.storage import customers
from runtime.storage.sql import Tx


def customer_of(tx: Tx, place: Place, message: messages.CustomerMessage) -> str:
    """Who wrote: known by one of the identities, or new."""
    keys = [scoped(place, identity) for identity in message.sender.identities]
    for key in keys:
        customer_id = customers.find(tx, key)
        if customer_id is not None:
            return customer_id
    customer_id = customers.create(tx, arrivals.clean(message.sender.name), message.sender.language)
    for key in keys:
        customers.add_identity(
            tx,
            customer_id,
            key,
            username=message.sender.username,
            chat=own_chat(message) or None,
        )
    return customer_id


def own_chat(message: messages.CustomerMessage) -> str:
    """Where we reach the writer alone and in our own name; not in a group, nor on a business account."""
    return "" if message.group or message.address.via else message.address.chat


def scoped(place: Place, identity: messages.Identity) -> customers.Key:
    """Platforms number their users per account; phones and email addresses are the world's."""
    shared = identity.kind in {"email", "phone"}
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
