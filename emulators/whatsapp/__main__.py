"""`python -m emulators.whatsapp --port P`: the emulator alone, with one number that is ready."""

import argparse
import sys

from aiohttp import web

from . import setup
from .app import create_app
from .state import Meta

parser = argparse.ArgumentParser(description="The WhatsApp Cloud API on this machine.")
parser.add_argument("--port", type=int, default=8082)
parser.add_argument("--name", default="Shop", help="the business's name")
parser.add_argument("--access-token", default="EAAemulated")
parser.add_argument("--app-secret", default="emulated-app-secret")
parser.add_argument(
    "--strict", action="store_true", help="refuse callbacks without TLS, as the real one does"
)
given = parser.parse_args()
meta = Meta(local_mode=not given.strict)
number = setup.number(
    meta, name=given.name, access_token=given.access_token, app_secret=given.app_secret
)
ready = setup.credentials(meta, number)
sys.stdout.write("".join(f"{name}: {value}\n" for name, value in ready.items() if value))
sys.stdout.flush()
web.run_app(create_app(meta), host="127.0.0.1", port=given.port, access_log=None, print=None)
