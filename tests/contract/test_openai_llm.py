"""`OpenAiLlm` against a server that streams, calls tools, and fails in every way it can."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from agents.errors import AgentError, BadAnswer, LlmUnavailable, Misconfigured
from agents.llm.base import Ask, Done, Message, Role, Text, ToolCall, ToolSpec
from agents.llm.openai import OpenAiLlm
from emulators import openai
from emulators.openai import Scripted

HELLO = (
    Message(role=Role.SYSTEM, content="Be brief."),
    Message(role=Role.USER, content="Hello"),
)
TOOL = ToolSpec(name="look", description="Look.", schema={"type": "object", "properties": {}})


@pytest.fixture
async def server() -> AsyncIterator[openai.Running]:
    async with openai.running() as running:
        yield running


@pytest.fixture
async def llm(server: openai.Running) -> AsyncIterator[OpenAiLlm]:
    found = OpenAiLlm(model="m", base_url=server.url)
    yield found
    await found.aclose()


async def answer(llm: OpenAiLlm, **more: Any) -> tuple[list[str], Done]:
    texts: list[str] = []
    async for chunk in llm.stream(Ask(messages=HELLO, **more)):
        if isinstance(chunk, Text):
            texts.append(chunk.text)
        else:
            return texts, chunk
    raise AssertionError("no Done")


async def test_an_answer_is_streamed_and_counted(llm: OpenAiLlm, server: openai.Running) -> None:
    server.server.script.append(Scripted(text="Good day to you"))
    texts, done = await answer(llm, max_tokens=50, temperature=0.2)
    assert texts == ["Good", " day", " to", " you"]
    assert (done.finish, done.spent.model, done.spent.output_tokens) == ("stop", "emulated-1", 4)
    asked = server.server.asked[0]
    assert asked["messages"][1] == {"role": "user", "content": "Hello"}
    assert (asked["model"], asked["max_completion_tokens"], asked["temperature"]) == ("m", 50, 0.2)


@pytest.mark.parametrize("without_ids", [False, True])
async def test_tool_calls_come_in_pieces_and_are_put_together(
    llm: OpenAiLlm, server: openai.Running, without_ids: bool
) -> None:
    wanted = [
        {"name": "look", "arguments": '{"at": "this"}'},
        {"name": "look", "arguments": "{bad"},
    ]
    server.server.script.append(Scripted(text="", tool_calls=wanted, without_ids=without_ids))
    _, done = await answer(llm, tools=[TOOL])
    assert done.calls == (
        ToolCall(id="call_0", name="look", arguments='{"at": "this"}'),
        ToolCall(id="call_1", name="look", arguments="{bad"),
    )
    assert server.server.asked[0]["tools"][0]["function"]["name"] == "look"


@pytest.mark.parametrize(
    ("scripted", "error", "sentence"),
    [
        (Scripted(fault="status", status=429), LlmUnavailable, "rate limit"),
        (Scripted(fault="status", status=500), LlmUnavailable, "failed"),
        (Scripted(fault="status", status=400), BadAnswer, "refused"),
        (
            Scripted(fault="status", status=400, code="context_length_exceeded"),
            BadAnswer,
            "too long",
        ),
        (Scripted(fault="status", status=401), Misconfigured, "key"),
        (Scripted(fault="status", status=404), Misconfigured, "model or address"),
        (Scripted(fault="html_502"), LlmUnavailable, "failed"),
        (Scripted(fault="not_json"), LlmUnavailable, "unreadable"),
        (Scripted(fault="cut", text="one two three four"), LlmUnavailable, "reached|failed"),
        (Scripted(fault="error_event"), LlmUnavailable, "middle"),
    ],
    ids=lambda value: value.fault + value.code if isinstance(value, Scripted) else "",
)
async def test_every_failure_is_one_of_ours(
    llm: OpenAiLlm,
    server: openai.Running,
    scripted: Scripted,
    error: type[AgentError],
    sentence: str,
) -> None:
    server.server.script.extend([scripted] * 3)  # the client tries some of them again
    with pytest.raises(error, match=sentence):
        await answer(llm)


async def test_a_slow_model_is_given_up(llm: OpenAiLlm, server: openai.Running) -> None:
    server.server.script.extend([Scripted(delay=5)] * 2)
    with pytest.raises(LlmUnavailable, match="in time"):
        await answer(llm, seconds=0.3)


async def test_a_server_that_is_not_there(llm: OpenAiLlm) -> None:
    nowhere = OpenAiLlm(model="m", base_url="http://127.0.0.1:9/v1")
    # the aiohttp transport reports a refused connection as a timeout of connecting
    with pytest.raises(LlmUnavailable, match=r"reached|in time"):
        await answer(nowhere)
    await nowhere.aclose()


async def test_a_real_server_cannot_be_asked_in_a_test() -> None:
    real = OpenAiLlm(model="m", api_key="sk-secret")
    with pytest.raises(Misconfigured, match="switched off"):
        await answer(real)


async def test_the_key_is_sent_and_never_shown() -> None:
    async with openai.running(key="right") as server:
        llm = OpenAiLlm(model="m", base_url=server.url, api_key="wrong-secret")
        with pytest.raises(Misconfigured) as refused:
            await answer(llm)
        assert "wrong-secret" not in str(refused.value)
        await llm.aclose()
