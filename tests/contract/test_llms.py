"""What every `Llm` promises, whichever it is: texts, then one `Done`; failures of our tree; reusable."""

import asyncio
import contextlib
from collections.abc import AsyncIterator

import pytest

from agents.errors import AgentError
from agents.llm.base import Ask, Done, Llm, Message, Role, Text, ToolSpec
from agents.llm.offline import OfflineLlm
from agents.llm.openai import OpenAiLlm
from agents.llm.scripted import Answer, ScriptedLlm
from emulators import openai

TOOLS = tuple(
    ToolSpec(name=name, description="A tool.", schema={"type": "object", "properties": {}})
    for name in ("search_knowledge", "hand_over")
)


@pytest.fixture(params=["openai", "offline", "scripted"])
async def llm(request: pytest.FixtureRequest) -> AsyncIterator[Llm]:
    """Each of them greets when it is greeted."""
    if request.param != "openai":
        yield OfflineLlm() if request.param == "offline" else ScriptedLlm(["Hello to you"])
        return
    async with openai.running() as server:
        found = OpenAiLlm(model="m", base_url=server.url)
        async with contextlib.aclosing(found):
            yield found


def ask(*texts: str) -> Ask:
    messages = [Message(role=Role.USER, content=text) for text in texts]
    return Ask(messages=messages, tools=TOOLS, seconds=20)


async def test_texts_come_first_and_then_exactly_one_end(llm: Llm) -> None:
    *texts, end = [chunk async for chunk in llm.stream(ask("Hello"))]
    assert texts
    assert all(isinstance(text, Text) and text.text for text in texts)
    assert isinstance(end, Done)
    assert (end.finish, end.calls) == ("stop", ())
    assert end.spent.model


async def test_pieces_put_together_are_the_answer(llm: Llm) -> None:
    chunks = [chunk async for chunk in llm.stream(ask("Hello"))]
    text = "".join(chunk.text for chunk in chunks if isinstance(chunk, Text))
    assert "  " not in text
    assert text == text.strip() != ""


async def test_several_can_ask_at_once_and_again(llm: Llm) -> None:
    async def once() -> int:
        return len([chunk async for chunk in llm.stream(ask("Hello"))])

    first = await asyncio.gather(once(), once(), once())
    assert len({*first, await once()}) == 1


async def test_an_answer_need_not_be_read_to_its_end(llm: Llm) -> None:
    stream = llm.stream(ask("Hello"))
    assert isinstance(await anext(stream), Text)
    assert hasattr(stream, "aclose")
    await stream.aclose()
    assert [chunk async for chunk in llm.stream(ask("Hello"))]


async def test_closing_twice_is_harmless(llm: Llm) -> None:
    await llm.aclose()
    await llm.aclose()


async def test_an_answer_that_breaks_off_has_no_end() -> None:
    scripted = ScriptedLlm([Answer(text="half an", error=AgentError("cut"))])
    stream = scripted.stream(ask("Hello"))
    assert [await anext(stream), await anext(stream)] == [Text(text="half"), Text(text=" an")]
    with pytest.raises(AgentError):
        await anext(stream)
