"""The runtime's own words to a customer, from `prompts/notices/`, in his language where we have it."""

import prompts
from runtime.roster import Place
from runtime.session import Words

AGENT_FAILED = "agent_failed"
NO_AGENT = "handed_over"


def words(place: Place, name: str, language: str) -> Words:
    """One notice, as the channel wants it."""
    text = prompts.render(f"notices/{name}.md.j2", language=language).strip()
    return Words(text=text, pieces=place.channel.compose(text, ()), author_id=name)
