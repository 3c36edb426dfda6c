"""Meta's Graph API for WhatsApp on this machine: rules WA1 to WA41 (README.md says where each is enforced),
an outside user, a clock that can be advanced, and faults on demand.
"""

from .app import Running, create_app, running
from .outside import Outside
from .state import Meta

__all__ = ["Meta", "Outside", "Running", "create_app", "running"]
