"""Who may be written to first, and where a conversation goes on instead of beginning anew."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from handoff.outreach import (
    PAUSE,
    TOO_SOON,
    Existing,
    Line,
    Offer,
    Opens,
    Past,
    Reach,
    Refusal,
    Why,
    agent,
    existing,
    first_message,
    offer,
    too_soon,
)

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
reaches = st.lists(
    st.builds(
        Reach,
        address=st.sampled_from(["a", "b", "c"]),
        met=st.booleans(),
        reachable=st.booleans(),
        reason=st.sampled_from(["", "The customer blocked the bot."]),
    ),
    max_size=4,
)
lines = st.builds(
    Line,
    running=st.booleans(),
    agents=st.lists(st.sampled_from(["support", "sales"]), unique=True),
    opens=st.sampled_from(Opens),
    reaches=reaches,
)


def line(*found: Reach, opens: Opens = Opens.FREE) -> Line:
    return Line(running=True, agents=["support"], opens=opens, reaches=found)


def why(found: Offer | Refusal) -> tuple[Why, str]:
    assert isinstance(found, Refusal)
    return found.code, found.detail


@given(lines)
def test_whatever_is_offered_runs_and_reaches_somebody_who_may_be_written_to(one: Line) -> None:
    found = offer(one)
    if isinstance(found, Refusal):
        assert found.detail
        return
    assert one.running
    assert found.agents
    there = [reach for reach in one.reaches if reach.address == found.address and reach.reachable]
    assert there
    assert one.opens is not Opens.NEVER or any(reach.met for reach in there)


@given(lines)
def test_what_is_refused_says_the_first_reason_in_the_order_in_which_one_can_mend_it(
    one: Line,
) -> None:
    found = offer(one)
    if not one.running:
        assert why(found)[0] is Why.CHANNEL_NOT_RUNNING
    elif not one.agents:
        assert why(found) == (Why.NO_RUNNING_AGENTS, "No running agents")
    elif isinstance(found, Refusal):
        assert found.code is Why.CUSTOMER_UNREACHABLE


def test_where_nobody_may_be_written_to_first_a_known_address_is_not_enough() -> None:
    assert why(offer(line(Reach(address="7"), opens=Opens.NEVER))) == (
        Why.CUSTOMER_UNREACHABLE,
        "A bot cannot write first, and the customer has never written to this channel.",
    )


def test_who_blocked_us_is_not_offered_and_the_reason_is_the_platforms() -> None:
    blocked = Reach(address="7", met=True, reachable=False, reason="The customer blocked the bot.")
    assert why(offer(line(blocked, opens=Opens.NEVER)))[1] == "The customer blocked the bot."


def test_an_address_that_he_wrote_from_goes_before_one_from_a_list() -> None:
    listed, met = Reach(address="+49301"), Reach(address="US.1", met=True)
    assert offer(line(listed, met)) == Offer(address="US.1", agents=["support"])


def test_the_agent_is_asked_for_only_if_there_is_a_choice() -> None:
    one, two = Offer(address="a", agents=["x"]), Offer(address="a", agents=["x", "y"])
    assert agent(one, None) == "x"
    assert agent(two, "y") == "y"
    both = agent(two, None), agent(two, "z")
    assert [found.code for found in both if isinstance(found, Refusal)] == [
        Why.AGENT_REQUIRED,
        Why.NO_RUNNING_AGENTS,
    ]


@given(st.timedeltas(min_value=timedelta(0), max_value=timedelta(days=3)), st.booleans())
def test_an_approved_message_waits_a_day_for_its_answer(ago: timedelta, active: bool) -> None:
    past = Past(
        active="s-active" if active else None, template_at=NOW - ago, template_session="s-old"
    )
    notice = TOO_SOON if ago < PAUSE else ""
    assert too_soon(past, NOW) == notice
    if active:
        assert existing(past, NOW) == Existing(session_id="s-active", notice=notice)
    else:
        assert existing(past, NOW) == (
            Existing(session_id="s-old", notice=notice) if notice else None
        )


def test_the_notice_has_exactly_these_words() -> None:
    assert TOO_SOON == (
        "You submitted WhatsApp template less than 24 hours ago. Please wait before resubmitting."
    )


def test_nothing_between_us_begins_anew() -> None:
    assert existing(Past(), NOW) is None


def test_free_words_do_not_open_where_templates_do_nor_templates_where_words_do() -> None:
    found = {
        (opens, templated): first_message(opens, templated=templated)
        for opens in Opens
        for templated in (True, False)
    }
    assert {key: refusal.code for key, refusal in found.items() if refusal} == {
        (Opens.TEMPLATE, False): Why.TEMPLATE_REQUIRED,
        (Opens.FREE, True): Why.TEMPLATE_NOT_TAKEN,
        (Opens.NEVER, True): Why.TEMPLATE_NOT_TAKEN,
    }
