"""An agent's knowledge: a folder of Markdown in, ranked passages out. BM25 over stemmed words.

Beside the folder there are documents that whoever asks brings along; one of the same name takes a
file's place. Files are read again when they change, without a restart. No index on disk, no embeddings: thousands
of passages rank in a millisecond.
"""

import asyncio
import heapq
import itertools
import math
import re
import time
from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import structlog

from .stems import alternatives, language_of, stems
from .turn import Passage

K1, B = 1.4, 0.6
HEADING_WEIGHT = 3
"""A word of a heading counts as this many words of the text."""
LONG = 2_000
"""Characters after which the text of one heading is parted at a blank line."""
COMMON = 1_000
"""Passages that share a word after which it is not worth the time, if rarer words have found some."""
UNKNOWN = 0.7
"""What a word that no passage has weighs against the rarest known one: it may be a synonym."""
CHECK_SECONDS = 2.0
"""How often the folder is looked at for changes."""
_HEADING = re.compile(r"^(#{1,6})\s+(.*?)\s*#*\s*$")
_FENCE = re.compile(r"^\s*(```|~~~)")
_BLANK = re.compile(r"\n\s*\n")

_log = structlog.get_logger("knowledge")


@dataclass(frozen=True, kw_only=True, slots=True)
class _Piece:
    """A passage before it is ranked against anything."""

    source: str
    text: str
    words: Counter[str]


@dataclass(frozen=True, kw_only=True, slots=True)
class _Index:
    """Never changed, only replaced as a whole: a search sees the old folder or the new one."""

    pieces: Sequence[_Piece] = ()
    languages: frozenset[str] = frozenset()
    rarity: dict[str, float] = field(default_factory=dict)
    postings: dict[str, list[tuple[int, float]]] = field(default_factory=dict)
    """For each word: which pieces have it, and what it adds to their scores."""
    topics: Sequence[str] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class _Loaded:
    """What an index was made of; replaced as a whole."""

    stamp: tuple[tuple[str, int], ...] | None = None
    shipped: Mapping[str, str] = field(default_factory=dict)
    given: Mapping[str, str] = field(default_factory=dict)
    index: _Index = field(default_factory=_Index)


class Knowledge:
    """The passages of one folder, and of the documents that were brought along last."""

    def __init__(self, folder: Path, *, check_seconds: float = CHECK_SECONDS) -> None:
        self._folder = folder
        self._check_seconds = check_seconds
        self._checked = -math.inf
        self._given: Mapping[str, str] = {}
        self._loaded = _Loaded()

    @property
    def topics(self) -> Sequence[str]:
        """The titles of the files, for an agent to know what it may search for."""
        return self._loaded.index.topics

    @property
    def shipped(self) -> Mapping[str, str]:
        """The folder's files, by name."""
        return self._loaded.shipped

    async def refresh(self, documents: Mapping[str, str] | None = None) -> None:
        """Read the folder again if it has changed; looks at most every `check_seconds`. `documents`
        are known at once, and stay known until others are given.
        """
        if documents is not None:
            self._given = documents
        now = time.monotonic()
        known = self._given is self._loaded.given or self._given == self._loaded.given
        if known and now - self._checked < self._check_seconds:
            return
        self._checked = now
        try:
            await asyncio.to_thread(self.load)
        except (OSError, UnicodeDecodeError) as error:
            # Somebody is editing: what was known before still answers, and we look again soon.
            _log.warning(
                "the knowledge cannot be read", action="knowledge_unreadable", why=str(error)
            )

    def load(self) -> None:
        """Read the folder now, if it has changed. Raises `OSError` or `UnicodeDecodeError`."""
        files = sorted(self._folder.rglob("*.md")) if self._folder.is_dir() else []
        stamp = tuple((str(file), file.stat().st_mtime_ns) for file in files)
        before, given = self._loaded, self._given
        if (stamp, given) == (before.stamp, before.given):
            return
        shipped = before.shipped
        if stamp != before.stamp:
            shipped = {
                file.relative_to(self._folder).as_posix(): file.read_text(encoding="utf-8")
                for file in files
            }
        index = _indexed({**shipped, **given})
        self._loaded = _Loaded(stamp=stamp, shipped=shipped, given=given, index=index)

    def search(self, query: str, many: int = 4) -> list[Passage]:
        """The passages that fit best, best first; none when no word of the query is known."""
        index = self._loaded.index
        wanted = alternatives(query, index.languages)
        scores: defaultdict[int, float] = defaultdict(float)
        for postings in sorted((_postings(index, word) for word in wanted), key=len):
            if scores and len(postings) > COMMON:
                break
            for number, score in postings:
                scores[number] += score
        ranked = heapq.nlargest(many, ((score, -number) for number, score in scores.items()))
        found = [(score, index.pieces[-number]) for score, number in ranked]
        return [
            Passage(
                source=piece.source,
                text=piece.text,
                score=round(score, 3),
                fit=round(_fit(index, wanted, piece), 2),
            )
            for score, piece in found
        ]


def _postings(index: _Index, stemmed: frozenset[str]) -> Collection[tuple[int, float]]:
    """Those of a query's word, in whichever language it is known; the best where in several."""
    known = [index.postings[word] for word in stemmed if word in index.postings]
    if len(known) <= 1:
        return known[0] if known else ()
    best: dict[int, float] = {}
    for number, score in itertools.chain.from_iterable(known):
        best[number] = max(best.get(number, 0.0), score)
    return best.items()


def _fit(index: _Index, wanted: set[frozenset[str]], piece: _Piece) -> float:
    """How much of what is wanted the piece speaks of, from 0 to 1, weighed by rarity."""
    unknown = max(index.rarity.values(), default=1.0) * UNKNOWN
    total = found = 0.0
    for stemmed in wanted:
        total += max((index.rarity.get(word, unknown) for word in stemmed), default=0.0)
        found += max((index.rarity[word] for word in stemmed if word in piece.words), default=0.0)
    return found / total if total else 0.0


def _indexed(texts: dict[str, str]) -> _Index:
    languages = {name: language_of(text) for name, text in texts.items()}
    pieces = [
        piece for name, text in texts.items() for piece in _pieces(name, text, languages[name])
    ]
    seen = Counter(word for piece in pieces for word in piece.words)
    many = len(pieces)
    rarity = {
        word: math.log(1 + (many - count + 0.5) / (count + 0.5)) for word, count in seen.items()
    }
    lengths = [piece.words.total() for piece in pieces]
    average = sum(lengths) / many if many else 1.0
    postings: defaultdict[str, list[tuple[int, float]]] = defaultdict(list)
    for number, (piece, length) in enumerate(zip(pieces, lengths, strict=True)):
        weight = K1 * (1 - B + B * length / average)
        for word, count in piece.words.items():
            postings[word].append((number, rarity[word] * count * (K1 + 1) / (count + weight)))
    return _Index(
        pieces=pieces,
        languages=frozenset(languages.values()),
        rarity=rarity,
        postings=dict(postings),
        topics=[_topic(name) for name in texts],
    )


def _pieces(name: str, text: str, language: str) -> Iterator[_Piece]:
    for headings, body in _sections(text):
        source = f"{name}#{headings[-1]}" if headings else name
        above = Counter(stems(" ".join([_topic(name), *headings[:-1]]), language))
        for word in stems(headings[-1] if headings else _topic(name), language):
            above[word] += HEADING_WEIGHT
        for part in _parts(body):
            yield _Piece(source=source, text=part, words=above + Counter(stems(part, language)))


def _sections(text: str) -> Iterator[tuple[list[str], str]]:
    """Each heading's own text, with the headings above it. In a code block `#` is no heading."""
    path: list[tuple[int, str]] = []
    body: list[str] = []
    fenced = False
    for line in text.splitlines():
        fenced ^= bool(_FENCE.match(line))
        heading = None if fenced else _HEADING.match(line)
        if heading is None:
            body.append(line)
            continue
        yield [title for _, title in path], "\n".join(body)
        level = len(heading[1])
        path = [*(above for above in path if above[0] < level), (level, heading[2])]
        body = []
    yield [title for _, title in path], "\n".join(body)


def _parts(body: str) -> Iterator[str]:
    """The text, parted at blank lines where it is long; nothing for an empty one."""
    part = ""
    for paragraph in _BLANK.split(body.strip()):
        if part and len(part) + len(paragraph) > LONG:
            yield part
            part = ""
        part = f"{part}\n\n{paragraph}" if part else paragraph
    if part:
        yield part


def _topic(name: str) -> str:
    return Path(name).stem.replace("-", " ").replace("_", " ")
