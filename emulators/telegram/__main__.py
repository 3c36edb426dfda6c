"""`python -m emulators.telegram --port P`: the emulator alone."""

import argparse

from aiohttp import web

from .app import create_app

parser = argparse.ArgumentParser(description="The Telegram Bot API on this machine.")
parser.add_argument("--port", type=int, default=8081)
web.run_app(create_app(), host="127.0.0.1", port=parser.parse_args().port)
