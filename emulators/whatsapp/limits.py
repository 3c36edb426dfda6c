"""Sizes and paces of the Cloud API (WA16, WA17, WA27, WA31)."""

from emulators.pace import Bucket, Window

TEXT = 4096
CAPTION = 1024
CALLBACK_DATA = 512
INTERACTIVE_BODY = 1024
LIST_BODY = 4096
HEADER = 60
FOOTER = 60
BUTTONS, BUTTON_TITLE, BUTTON_ID = 3, 20, 256
ROWS, ROW_TITLE, ROW_ID, ROW_DESCRIPTION = 10, 24, 200, 72
TEMPLATE_BODY = 1024
TEMPLATE_NAME = 512
TEMPLATES = 250
TEMPLATE_BUTTONS, TEMPLATE_BUTTON = 10, 25

DAY = 24 * 3600.0
WINDOW = DAY
ENTRY_POINT = 3 * DAY
PHONE_SHOWN = 30 * DAY
TYPING = 25.0
UPLOADED_MEDIA, INBOUND_MEDIA, MEDIA_URL = 30 * DAY, 7 * DAY, 300.0

UPDATES = 1000
"""In one body of a webhook, as is the next."""
BODY = 3 * 1024 * 1024
RETRIED = 7 * DAY

_M = 1024 * 1024
_OFFICE = "application/vnd.openxmlformats-officedocument"
MEDIA = {
    "audio": (16 * _M, "audio/aac audio/amr audio/mpeg audio/mp4 audio/ogg audio/opus".split()),
    "image": (5 * _M, "image/jpeg image/png".split()),
    "video": (16 * _M, "video/mp4 video/3gpp".split()),
    "sticker": (500 * 1024, ["image/webp"]),
    "document": (
        100 * _M,
        [
            "text/plain",
            "application/pdf",
            "application/msword",
            "application/vnd.ms-excel",
            "application/vnd.ms-powerpoint",
            f"{_OFFICE}.wordprocessingml.document",
            f"{_OFFICE}.spreadsheetml.sheet",
            f"{_OFFICE}.presentationml.presentation",
        ],
    ),
}
"""By kind: how many bytes at most, and which types."""
STILL_STICKER = 100 * 1024
UPLOAD = 100 * _M


def pair_pace() -> Bucket:
    """One in six seconds to the same person, and 45 at once, which are paid for later."""
    return Bucket(1 / 6, 45)


def throughput(*, coexistence: bool) -> Window:
    return Window(20 if coexistence else 80, 1.0)


def management_pace(*, registered: bool) -> Window:
    return Window(5000 if registered else 200, 3600.0)
