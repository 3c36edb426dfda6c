"""The runtime's own words to a customer, from `prompts/notices/`, in his language where we have it."""

from typing import Any

import prompts
from runtime.roster import Place
from runtime.session import Words

AGENT_FAILED = "agent_failed"
NO_AGENT = "handed_over"
NOBODY_ON_SHIFT = "nobody_on_shift"


def words(place: Place, name: str, language: str, **facts: Any) -> Words:
    """One notice, as the channel wants it."""
    text = prompts.render(f"notices/{name}.md.j2", language=language, **facts).strip()
    return Words(text=text, pieces=place.channel.compose(text, ()), author_id=name)
