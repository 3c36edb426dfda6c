"""STATION. Keeps what platforms have approved: asked when a channel starts to run, when the platform
says that something has changed, every few hours, and when somebody wants it now.
"""

import time

import structlog

from channels import errors as channel_errors
from channels.base import Channel, Templated
from channels.templates import Filled, Template
from runtime import errors, offers
from runtime.roster import Place, Roster
from runtime.storage import templates
from runtime.storage.work import Store

REFRESH_SECONDS = 6 * 3600.0
RETRY_SECONDS = 60.0

_log = structlog.get_logger("templates")


class Templates:
    """One for the process."""

    def __init__(self, *, store: Store, roster: Roster) -> None:
        self._store = store
        self._roster = roster
        self._due: dict[str, tuple[Channel, float]] = {}
        """When each channel is to be asked again; another object of it is asked anew."""

    async def round(self) -> float | None:
        """Ask the channels whose time has come."""
        stale = await self._store.read(templates.stale)
        for place in list(self._roster.places.values()):
            if isinstance(place.channel, Templated) and self._wanted(place, stale):
                try:
                    await self._refresh(place, place.channel)
                except channel_errors.ChannelError as error:
                    _log.warning(
                        "templates cannot be had", action="templates_retry", detail=error.detail
                    )
                    self._again(place, RETRY_SECONDS)
        times = [due for _, due in self._due.values()]
        return max(0.0, min(times) - time.monotonic()) if times else None

    async def sync(self, channel_id: str) -> list[Template]:
        """Ask now. Raises `NotFound`, and `Conflict` if the channel doesn't run, has none, or is refused."""
        place = self._place(channel_id)
        if not isinstance(place.channel, Templated):
            raise errors.Conflict("This channel has no templates.", code="template_not_taken")
        try:
            await self._refresh(place, place.channel)
        except channel_errors.ChannelError as error:
            raise errors.Conflict(error.detail, code="sync_failed") from error
        return await self.every(channel_id)

    async def every(self, channel_id: str) -> list[Template]:
        """As they were last told. Raises `NotFound`."""
        if channel_id not in self._roster.states:
            raise errors.NotFound("There is no such channel.")
        return await self._store.read(lambda tx: templates.every(tx, channel_id))

    async def preview(self, channel_id: str, wanted: offers.Wanted) -> Filled:
        """How it would read, and what is wrong with it. Raises `NotFound` and `Conflict`."""
        place = self._place(channel_id)
        return await self._store.read(lambda tx: offers.filled(tx, place, wanted)[1])

    def _place(self, channel_id: str) -> Place:
        place = self._roster.place(channel_id)
        if place is None:
            if channel_id in self._roster.states:
                raise errors.Conflict("The channel is not running.", code="channel_not_running")
            raise errors.NotFound("There is no such channel.")
        return place

    def _wanted(self, place: Place, stale: set[str]) -> bool:
        channel, due = self._due.get(place.id, (None, 0.0))
        if channel is place.channel and time.monotonic() < due:
            return place.id in stale and due - time.monotonic() > RETRY_SECONDS
        return True

    def _again(self, place: Place, seconds: float) -> None:
        self._due[place.id] = (place.channel, time.monotonic() + seconds)

    async def _refresh(self, place: Place, channel: Templated) -> None:
        found = await channel.templates()
        await self._store.write(lambda tx: templates.replace(tx, place.id, found))
        self._again(place, REFRESH_SECONDS)
