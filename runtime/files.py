"""STATION. Brings what customers attached from the platform into the media store, by content.

Only the channel fetches, by the platform's own reference: no address that a customer wrote is ever asked.
"""

import asyncio
import dataclasses

import structlog

from channels import errors as channel_errors
from channels import messages
from runtime import errors
from runtime.media.base import Media
from runtime.media.sniff import sniffed
from runtime.roster import Roster
from runtime.storage import attachments, feed
from runtime.storage.sql import Tx
from runtime.storage.work import Store

AT_ONCE = 8
AGAIN_AFTER = 60_000
"""Milliseconds after which a fetch that a replica began may be tried by any."""
MAX_ATTEMPTS = 5

_log = structlog.get_logger("files")


class Files:
    """`round` fetches a handful at a time; what can't be had is marked so, with the reason."""

    def __init__(self, *, store: Store, roster: Roster, media: Media) -> None:
        self._store = store
        self._roster = roster
        self._media = media

    async def round(self) -> float | None:
        """Seconds until the next fetch is due, none if none waits."""
        claimed, next_due = await self._store.write(
            lambda tx: (
                attachments.claim(tx, AT_ONCE, tx.now + AGAIN_AFTER),
                attachments.next_due(tx),
            )
        )
        await asyncio.gather(*(self._bring(one) for one in claimed))
        if len(claimed) == AT_ONCE:
            return 0.0
        if next_due is None:
            return None
        return max(0.0, (next_due - self._store.clock()) / 1000)

    async def _bring(self, one: attachments.Attachment) -> None:
        place = self._roster.place(one.channel_id)
        if place is None:
            return  # due again after AGAIN_AFTER
        remote = messages.RemoteFile(
            ref=one.ref, kind=one.kind, name=one.name, mime=one.mime, size=one.size
        )
        try:
            content = await place.channel.fetch(remote)
            sha256 = await self._media.put(content)
        except (channel_errors.RetryLater, channel_errors.OutcomeUnknown, OSError) as error:
            if one.attempts + 1 >= MAX_ATTEMPTS:
                await self._settle(one, "failed", detail=str(error))
        except ValueError as error:
            await self._settle(one, "failed", detail=str(error))
        except channel_errors.ChannelError as error:
            await self._settle(one, "failed", detail=error.detail)
        else:
            known = dataclasses.replace(one, mime=sniffed(content, one.mime), size=len(content))
            await self._settle(known, "stored", sha256=sha256)

    async def _settle(
        self, one: attachments.Attachment, state: str, *, sha256: str = "", detail: str = ""
    ) -> None:
        def unit(tx: Tx) -> None:
            attachments.settle(tx, one, state, sha256=sha256, detail=detail)
            feed.add(tx, "attachment", one.session_id, one.seq)

        try:
            await self._store.write(unit, key=one.session_id)
        except errors.Unavailable:
            _log.warning("a fetched file is fetched again", action="fetch_again", detail=detail)
