"""The Telegram Bot API on this machine: rules TG1 to TG51 as far as README.md lists them, an outside
user, a clock that can be advanced, and faults on demand.
"""

from .app import Running, create_app, running
from .state import Telegram

__all__ = ["Running", "Telegram", "create_app", "running"]
