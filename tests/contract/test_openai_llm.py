"""`OpenAiLlm` against a server that streams, calls tools, and fails in every way it can."""

import asyncio
import contextlib
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
    async with contextlib.aclosing(OpenAiLlm(model="m", base_url=server.url)) as found:
        yield found


async def answer(llm: OpenAiLlm, **more: Any) -> tuple[list[str], Done]:
    chunks = [chunk async for chunk in llm.stream(Ask(messages=HELLO, **more))]
    *texts, done = chunks
    assert isinstance(done, Done)
    return [text.text for text in texts if isinstance(text, Text)], done


async def test_an_answer_is_streamed_and_counted(llm: OpenAiLlm, server: openai.Running) -> None:
    server.server.script.append(Scripted(text="Good day to you"))
    texts, done = await answer(llm, max_tokens=50, temperature=0.2)
    assert texts == ["Good", " day", " to", " you"]
    assert (done.finish, done.spent.model, done.spent.output_tokens) == ("stop", "emulated-1", 4)
    asked = server.server.asked[0]
    assert asked["messages"][1] == {"role": "user", "content": "Hello"}
    assert (asked["model"], asked["max_completion_tokens"], asked["temperature"]) == ("m", 50, 0.2)


async def test_a_server_that_does_not_stream_is_understood(
    llm: OpenAiLlm, server: openai.Running
) -> None:
    calls = [{"name": "look", "arguments": "{}"}]
    server.server.script.append(Scripted(text="All at once", tool_calls=calls, fault="whole"))
    texts, done = await answer(llm, tools=[TOOL])
    assert texts == ["All at once"]
    assert done.calls == (ToolCall(id="call_0", name="look", arguments="{}"),)
    assert done.spent.input_tokens == 10


async def test_the_name_of_the_token_limit_is_a_setting(server: openai.Running) -> None:
    local = OpenAiLlm(model="m", base_url=server.url, token_limit="max_tokens")
    async with contextlib.aclosing(local):
        await answer(local, max_tokens=50)
    assert server.server.asked[0]["max_tokens"] == 50
    assert "max_completion_tokens" not in server.server.asked[0]


@pytest.mark.parametrize(("without_ids", "ids"), [(False, "call"), (True, "call_2")])
async def test_tool_calls_come_in_pieces_and_are_put_together(
    llm: OpenAiLlm, server: openai.Running, without_ids: bool, ids: str
) -> None:
    wanted = [
        {"name": "look", "arguments": '{"at": "this"}'},
        {"name": "look", "arguments": "{bad"},
    ]
    server.server.script.append(Scripted(text="", tool_calls=wanted, without_ids=without_ids))
    _, done = await answer(llm, tools=[TOOL])
    assert done.calls == (
        ToolCall(id=f"{ids}_0", name="look", arguments='{"at": "this"}'),
        ToolCall(id=f"{ids}_1", name="look", arguments="{bad"),
    )
    assert server.server.asked[0]["tools"][0]["function"]["name"] == "look"


async def test_the_answers_of_tools_are_told_as_the_server_wants_them(
    llm: OpenAiLlm, server: openai.Running
) -> None:
    calls = (ToolCall(id="a", name="look", arguments="{}"),)
    asked = Message(role=Role.ASSISTANT, calls=calls)
    told = Message(role=Role.TOOL, content="nothing there", call_id="a")
    async for _ in llm.stream(Ask(messages=(*HELLO, asked, told))):
        pass
    with pytest.raises(BadAnswer):  # the server notices a call that nobody answered
        [chunk async for chunk in llm.stream(Ask(messages=(*HELLO, asked)))]
    assert server.server.asked[0]["messages"][3]["tool_call_id"] == "a"


@pytest.mark.parametrize(
    ("scripted", "error", "sentence"),
    [
        (Scripted(fault="status", status=429), LlmUnavailable, "rate limit"),
        (Scripted(fault="status", status=500), LlmUnavailable, r"failed \(500\)"),
        (Scripted(fault="status", status=400), BadAnswer, "refused"),
        (Scripted(fault="status", status=400, code="context_length_exceeded"), BadAnswer, "long"),
        (Scripted(fault="status", status=400, code="content_filter"), BadAnswer, "filter"),
        (Scripted(fault="status", status=400, code="model_not_found"), Misconfigured, "no such"),
        (Scripted(fault="status", status=401), Misconfigured, "key"),
        (Scripted(fault="status", status=403), Misconfigured, "key"),
        (Scripted(fault="status", status=404), Misconfigured, "no such model or address"),
        (Scripted(fault="html_502"), LlmUnavailable, r"failed \(502\)"),
        (Scripted(fault="not_json"), LlmUnavailable, "unreadable"),
        (Scripted(fault="cut", text="one two three four"), LlmUnavailable, "broke off"),
        (Scripted(fault="error_event"), LlmUnavailable, "error in its answer"),
    ],
    ids=lambda value: (
        f"{value.fault}-{value.status}-{value.code}" if isinstance(value, Scripted) else ""
    ),
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


@pytest.mark.parametrize("finish", ["length", "content_filter"])
async def test_why_an_answer_ended_is_told(
    llm: OpenAiLlm, server: openai.Running, finish: str
) -> None:
    server.server.script.append(Scripted(text="half of", finish_reason=finish))
    assert (await answer(llm))[1].finish == finish


async def test_an_empty_answer_has_no_text(llm: OpenAiLlm, server: openai.Running) -> None:
    server.server.script.append(Scripted(fault="empty"))
    assert (await answer(llm))[0] == []


@pytest.mark.parametrize("slow", [Scripted(delay=5), Scripted(fault="slow", delay=5)])
async def test_a_slow_model_is_given_up(
    llm: OpenAiLlm, server: openai.Running, slow: Scripted
) -> None:
    await answer(llm)  # so that the client is loaded and the time is the model's alone
    server.server.script.extend([slow] * 2)
    with pytest.raises(LlmUnavailable, match="in time"):
        await answer(llm, seconds=0.3)


async def test_the_time_limit_never_hits_whoever_reads(
    llm: OpenAiLlm, server: openai.Running
) -> None:
    await answer(llm)
    server.server.script.append(Scripted(text="one two"))
    stream = llm.stream(Ask(messages=HELLO, seconds=1.0))
    assert isinstance(await anext(stream), Text)
    await asyncio.sleep(1.2)  # busy with something else, and not cancelled in it
    assert isinstance([chunk async for chunk in stream][-1], Done)  # it had all come by then


async def test_a_server_that_is_not_there() -> None:
    nowhere = OpenAiLlm(model="m", base_url="http://127.0.0.1:9/v1")
    async with contextlib.aclosing(nowhere):
        with pytest.raises(LlmUnavailable, match="reached"):
            await answer(nowhere)


async def test_a_real_server_cannot_be_asked_in_a_test() -> None:
    real = OpenAiLlm(model="m", api_key="sk-secret")
    with pytest.raises(Misconfigured, match="switched off"):
        await answer(real)


async def test_the_key_is_sent_and_never_shown() -> None:
    async with openai.running(key="right") as server:
        llm = OpenAiLlm(model="m", base_url=server.url, api_key="wrong-secret")
        async with contextlib.aclosing(llm):
            with pytest.raises(Misconfigured) as refused:
                await answer(llm)
        assert "wrong-secret" not in str(refused.value)
