"""A mail provider on this machine: SMTP (rules SM1 to SM11) and IMAP (IM1 to IM10); README.md says where each
is enforced. With outside users, a clock that can be advanced, and faults on demand.
"""

from .app import Running, create_app, running
from .outside import Outside
from .state import Account, Post

__all__ = ["Account", "Outside", "Post", "Running", "create_app", "running"]
