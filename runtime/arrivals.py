"""What the inbox makes of a message from outside: text that can be stored, facts, files that are kept or
to be fetched.
"""

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass

from channels import messages
from runtime import errors
from runtime.media.base import Media
from runtime.media.sniff import sniffed
from runtime.roster import Place
from runtime.storage import attachments
from runtime.storage.sql import Tx

MAX_TEXT = 100_000
"""Characters of one message that are kept; no platform's message is longer than its tenth."""


MAX_ORIGINAL = 1_000_000
"""Characters of what operators may look at beside it."""
MAX_SUBJECT = 1_000


def clean(text: str, longest: int = MAX_TEXT) -> str:
    """What databases cannot hold (NUL, half a surrogate pair) is replaced, not refused."""
    if "\0" in text or not text.isascii():
        text = text.replace("\0", "\ufffd").encode("utf-8", "replace").decode()
    return text[:longest]


def facts_of(message: messages.CustomerMessage) -> dict[str, object]:
    facts: dict[str, object] = {
        "name": clean(message.sender.name) if message.group else "",
        "attachments": [named(file) for file in message.attachments],
        "reply_to": message.reply_to,
        "album": message.album,
        "choice": message.choice,
        "start": message.start,
        "automatic": message.automatic,
        "original": message.original is not None,
        "sent_at": int(message.sent_at.timestamp() * 1000),
    }
    return {name: fact for name, fact in facts.items() if fact}


@dataclass(frozen=True, kw_only=True, slots=True)
class Kept(messages.RemoteFile):
    """A file that came with its message, and lies in the media store now."""

    sha256: str
    """Empty: it could not be taken."""
    detail: str = ""
    """Why not."""


async def keep(
    media: Media, files: Sequence[messages.RemoteFile]
) -> tuple[messages.RemoteFile, ...]:
    """Those in hand into the media store, the others as they are. Raises `Unavailable`."""
    return tuple([file if file.content is None else await _kept(media, file) for file in files])


async def _kept(media: Media, file: messages.RemoteFile) -> Kept:
    content, sha256, detail = file.content or b"", "", ""
    try:
        sha256 = await media.put(content)
    except ValueError as error:
        detail = str(error)
    except OSError as error:
        raise errors.Unavailable("The storage for files does not answer.") from error
    return Kept(
        ref="",
        kind=file.kind,
        name=file.name,
        mime=sniffed(content, file.mime),
        size=len(content),
        sha256=sha256,
        detail=detail,
    )


def original(one: messages.Original) -> messages.Original:
    """As it can be stored."""
    texts = {field.name: getattr(one, field.name) for field in dataclasses.fields(one)}
    return messages.Original(**{name: clean(text, MAX_ORIGINAL) for name, text in texts.items()})


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
        if isinstance(file, Kept):
            state = "stored" if file.sha256 else "failed"
            attachments.settle(tx, one, state, sha256=file.sha256, detail=file.detail)
        else:
            tx.ring("attachments")
