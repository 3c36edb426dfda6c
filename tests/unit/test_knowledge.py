"""Knowledge: passages by heading, ranked by words in any of five languages, read again when edited."""

import os
from pathlib import Path

import pytest

from agents.knowledge import LONG, Knowledge
from agents.turn import Passage


def known(folder: Path, **files: str) -> Knowledge:
    for name, text in files.items():
        (folder / f"{name}.md").write_text(text, encoding="utf-8")
    found = Knowledge(folder, check_seconds=0)
    found.load()
    return found


def best(found: Knowledge, query: str) -> Passage:
    return found.search(query)[0]


def test_each_heading_is_a_passage_with_its_source(tmp_path: Path) -> None:
    found = known(
        tmp_path, returns="# Returns\n\nWithin 30 days.\n\n## Cost ##\n\nThey are free.\n"
    )
    assert best(found, "cost").source == "returns.md#Cost"
    assert best(found, "days").text == "Within 30 days."
    assert found.topics == ["returns"]


def test_words_are_compared_by_their_stems(tmp_path: Path) -> None:
    found = known(tmp_path, a="# A\nWe repair zips.", b="# B\nWe sell tents.")
    assert best(found, "repairing a zip").text == "We repair zips."


@pytest.mark.parametrize(
    ("text", "query"),
    [
        ("# Lieferung\nDie Lieferungen dauern drei Tage.", "Lieferung"),
        ("# Envíos\nLos envíos tardan tres días y son para usted.", "envío"),
        ("# Livraison\nLes livraisons sont rapides et dans trois jours.", "livraison"),
        ("# Доставка\nМы доставляем за три дня.", "доставку"),
    ],
)
def test_a_bare_word_finds_its_passage_in_other_languages(
    tmp_path: Path, text: str, query: str
) -> None:
    found = known(tmp_path, ours=text, other="# Payment\nYou can pay by card or by invoice.")
    assert best(found, query).source.startswith("ours.md")


def test_a_heading_counts_more_than_the_text(tmp_path: Path) -> None:
    found = known(
        tmp_path,
        a="# Delivery\n\n## Express\n\nNext day.\n\n## Other\n\nNot express but slow and cheap.",
    )
    assert best(found, "express").text == "Next day."
    assert best(found, "express delivery").fit == 1.0


def test_the_words_of_the_headings_above_belong_to_a_passage(tmp_path: Path) -> None:
    found = known(tmp_path, shop="# Boots\n\n## Price\n\n€90\n\n# Tents\n\n## Price\n\n€200")
    assert best(found, "price of tents").text == "€200"
    assert best(found, "price of boots").text == "€90"


def test_fit_tells_how_much_of_a_question_is_spoken_of(tmp_path: Path) -> None:
    found = known(tmp_path, a="# Delivery\nIt takes two days.", b="# Returns\nFree of charge.")
    assert best(found, "how long is the delivery?").fit > 0.5
    assert best(found, "delivery of an elephant by helicopter").fit < 0.5
    assert found.search("elephant") == []
    assert found.search("") == []


def test_a_code_block_has_no_headings(tmp_path: Path) -> None:
    found = known(tmp_path, a="# Setup\n\n```\n# comment on installing\nmake\n```\n\nDone.")
    assert "comment on installing" in best(found, "setup").text


def test_a_long_passage_is_parted_at_blank_lines(tmp_path: Path) -> None:
    paragraphs = [f"Paragraph {n} speaks of topic{n}. {'x' * (LONG // 2)}" for n in range(4)]
    found = known(tmp_path, a="# Long\n\n" + "\n\n".join(paragraphs))
    assert best(found, "topic3").text == paragraphs[3]


async def test_an_edited_file_is_read_again(tmp_path: Path) -> None:
    found = known(tmp_path, a="# Delivery\nTwo days.")
    (tmp_path / "a.md").write_text("# Delivery\nThree days.")
    os.utime(tmp_path / "a.md", (1, 1))
    (tmp_path / "b.md").write_text("# Returns\nFree.")
    await found.refresh()
    assert best(found, "delivery").text == "Three days."
    assert found.topics == ["a", "b"]


async def test_a_file_that_cannot_be_read_leaves_what_was_known(tmp_path: Path) -> None:
    found = known(tmp_path, a="# Delivery\nTwo days.")
    (tmp_path / "b.md").write_bytes(b"\xff\xfe broken")
    await found.refresh()
    assert best(found, "delivery").text == "Two days."
