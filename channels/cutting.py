"""Where to cut a text that is too long for one message: after a paragraph, else a line, a sentence,
a word. What a platform counts is the platform's affair.
"""

from collections.abc import Callable

_ENDS = (("\n\n",), ("\n",), (". ", "! ", "? ", "。", "！", "？"), (" ",))
SHORTEST = 3
"""A cut leaves at least one in so many; a poorer place would make too many messages."""


def units(text: str) -> int:
    """UTF-16 code units, as platforms count: never less than characters."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2


def cut(text: str, room: int, size: Callable[[str], int] = len) -> int:
    """How many characters make a piece of at most `room`; at least one. `size` is never less than
    the number of characters.
    """
    if size(text) <= room:
        return len(text)
    head = text[:room]
    while size(head) > room and len(head) > 1:
        head = head[: len(head) - max(1, (size(head) - room) // 2)]
    for ends in _ENDS:
        found = max((head.rfind(end) + len(end) for end in ends if end in head), default=0)
        if found > len(head) // SHORTEST:
            return found
    return len(head)
