"""`python -m emulators.telegram --port P`: the emulator alone."""

import argparse

from aiohttp import web

from .app import create_app
from .state import Telegram

parser = argparse.ArgumentParser(description="The Telegram Bot API on this machine.")
parser.add_argument("--port", type=int, default=8081)
parser.add_argument(
    "--strict", action="store_true", help="refuse webhooks on this machine, as the real one does"
)
given = parser.parse_args()
telegram = Telegram(local_mode=not given.strict)
web.run_app(create_app(telegram), host="127.0.0.1", port=given.port, access_log=None)
