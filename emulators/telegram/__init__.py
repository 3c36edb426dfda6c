"""The Telegram Bot API on this machine: rules TG1 to TG51 (README.md says where each is enforced), an
outside user, a clock that can be advanced, and faults on demand.
"""

from .app import Running, create_app, running
from .outside import Outside
from .state import Telegram

__all__ = ["Outside", "Running", "Telegram", "create_app", "running"]
