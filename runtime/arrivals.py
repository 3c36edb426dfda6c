"""What the inbox makes of a message from outside: text that can be stored, facts, files to be fetched."""

from collections.abc import Sequence

from channels import messages
from runtime.roster import Place
from runtime.storage import attachments
from runtime.storage.sql import Tx

MAX_TEXT = 100_000
"""Characters of one message that are kept; no platform's message is longer than its tenth."""


def clean(text: str) -> str:
    """What databases cannot hold (NUL, half a surrogate pair) is replaced, not refused."""
    if "\0" in text or not text.isascii():
        text = text.replace("\0", "\ufffd").encode("utf-8", "replace").decode()
    return text[:MAX_TEXT]


def facts_of(message: messages.CustomerMessage) -> dict[str, object]:
    facts: dict[str, object] = {
        "name": clean(message.sender.name) if message.group else "",
        "attachments": [named(file) for file in message.attachments],
        "reply_to": message.reply_to,
        "album": message.album,
        "choice": message.choice,
        "start": message.start,
        "sent_at": int(message.sent_at.timestamp() * 1000),
    }
    return {name: fact for name, fact in facts.items() if fact}


def named(file: messages.RemoteFile) -> str:
    return f"{clean(file.name)} ({file.kind})" if file.name else file.kind


def attach(
    tx: Tx, place: Place, session_id: str, seq: int, files: Sequence[messages.RemoteFile]
) -> None:
    """The files of one entry, to be fetched."""
    for part, file in enumerate(files):
        one = attachments.Attachment(
            session_id=session_id,
            seq=seq,
            part=part,
            channel_id=place.id,
            kind=file.kind,
            name=clean(file.name),
            mime=clean(file.mime),
            size=file.size,
            ref=file.ref,
            attempts=0,
        )
        attachments.add(tx, one)
        tx.ring("attachments")
