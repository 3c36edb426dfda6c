"""What stations that serve people share: a session locked for a change, or who has control instead.

What the machine refuses leaves as `Conflict` with the control that refused, so that whoever came
second learns who was first.
"""

from collections.abc import Mapping, Sequence

from channels import errors as channel_errors
from channels.base import Channel, Rich
from channels.messages import LocalFile, Original
from handoff import errors as handoff_errors
from handoff.events import Event, OperatorReplied
from handoff.state import Control, Mode
from runtime import errors
from runtime.roster import Place, Roster
from runtime.session import NOTHING, Change, Words
from runtime.storage import sessions
from runtime.storage.sql import Tx
from runtime.storage.work import Store


def locked(tx: Tx, roster: Roster, session_id: str) -> Change:
    """Raises `NotFound`."""
    session = sessions.lock(tx, session_id)
    if session is None:
        raise errors.NotFound("There is no such conversation.")
    return Change(tx, session, roster.rules(session.channel_id, session.agent_id))


async def channel_of(store: Store, roster: Roster, session_id: str) -> Channel:
    """What the session's customer is reached by. Raises `NotFound`, or `Conflict` if it doesn't run."""
    session = await store.read(lambda tx: sessions.get(tx, session_id))
    if session is None:
        raise errors.NotFound("There is no such conversation.")
    return running(roster, session.channel_id).channel


def running(roster: Roster, channel_id: str) -> Place:
    """Raises `Conflict`."""
    place = roster.place(channel_id)
    if place is None:
        raise errors.Conflict(
            "The channel does not run, so nothing can be delivered.", code="channel_not_running"
        )
    return place


def rich(
    channel: Channel,
    html: str,
    by: str,
    files: Sequence[tuple[Mapping[str, str], LocalFile]] = (),
) -> Words:
    """What an operator formatted, as the channel shows it; the log has it in words. Raises `Invalid`."""
    if not isinstance(channel, Rich):
        raise errors.Invalid("html: this channel shows only text.")
    try:
        pieces = channel.compose_rich(html, [file for _, file in files])
    except channel_errors.Rejected as error:
        raise errors.Invalid(f"html: {error.detail}") from error
    text = "\n\n".join(piece.plain for piece in pieces if piece.plain)
    return Words(
        text=text,
        pieces=pieces,
        author_id=by,
        files=[stored for stored, _ in files],
        original=Original(html="".join(piece.body for piece in pieces), text=text),
    )


def happen(change: Change, event: Event, words: Words = NOTHING) -> None:
    """Raises `Conflict`."""
    try:
        change.happen(event, words)
    except handoff_errors.HandoffError as error:
        why = error
        if isinstance(event, OperatorReplied) and error.control.operator_id is None:
            why = handoff_errors.NotInControl(
                "Take the conversation over first.", control=error.control
            )
        raise refused(why.detail, why.control, why) from error


def refused(
    detail: str, control: Control, error: handoff_errors.HandoffError | None = None
) -> errors.Conflict:
    """Why not, and who has control."""
    if control.mode is Mode.FINISHED:
        code, detail = "session_finished", "This conversation is finished."
    elif isinstance(error, handoff_errors.NotInControl):
        code = "not_in_control"
    elif isinstance(error, handoff_errors.IllegalEvent):
        code = "not_possible"
    else:
        code = "control_moved"
    return errors.Conflict(
        detail,
        code=code,
        control={
            "mode": control.mode.value,
            "operator_id": control.operator_id,
            "epoch": control.epoch,
        },
    )
