"""What can go wrong while an agent thinks, by who must react.

AgentError
├── ToolFailed        the llm: it is told, and may try something else
├── LlmUnavailable    the runtime: the session goes to people, with the reason
├── BadAnswer         the runtime: empty, endless or unusable output; to people as well
└── Misconfigured     us: the agent cannot be built or its template cannot be rendered
"""


class AgentError(Exception):
    """`detail` is a sentence for an operator; it never holds a secret or a customer's words."""

    def __init__(self, detail: str) -> None:
        super().__init__(detail)
        self.detail = detail


class ToolFailed(AgentError):
    """Raised by a tool: the sentence is handed to the llm as the tool's answer."""


class LlmUnavailable(AgentError):
    """No answer from the model: refused, unreachable, too slow, out of quota."""


class BadAnswer(AgentError):
    """The model answered, but nothing that can be said to a customer."""


class Misconfigured(AgentError):
    """A developer or an admin must act: wrong key, unknown model, broken template."""
