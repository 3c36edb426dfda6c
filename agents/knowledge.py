"""An agent's knowledge: a folder of Markdown in, ranked passages out. BM25 over stemmed words.

Files are read again when they change, without a restart. No index on disk, no embeddings: a shop's
few hundred passages rank in well under a millisecond.
"""

import asyncio
import math
import re
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import snowballstemmer

from .turn import Passage

K1, B = 1.4, 0.6
TITLE_WEIGHT = 3
"""A word of a heading counts as this many words of the text."""
CHECK_SECONDS = 2.0
"""How often the folder is looked at for changes."""
_WORD = re.compile(r"[^\W_]+")
_HEADING = re.compile(r"^#{1,4}\s+(.*?)\s*#*$")
_STOP = {
    "english": "a an and are as at be but by can do does for from have how i if in is it me my of on"
    " or our that the there this to was we what when where which who will with you your",
    "german": "aber als an auch auf bei das dass dem den der des die ein eine einen einer er es für"
    " hat ich ihr im in ist kann mein mit nicht sie sind und von was wie wir zu",
    "spanish": "a al como con cuando de del donde el en es esta este la las lo los mi me no o para"
    " por puedo que se si son su tiene un una y yo",
    "french": "a au aux avec ce cette comment dans de des du elle en est et il je la le les mon ne"
    " nous ou par pas pour puis que qui quel quelle se si son sur un une vous",
    "russian": "а без был в вы где да для до его если есть и из или к как какой когда ли можно мне мой"
    " мы на не но о от по при с у что это я",
}
_STOP_WORDS = {language: frozenset(words.split()) for language, words in _STOP.items()}
_ALL_STOP_WORDS = frozenset().union(*_STOP_WORDS.values())
_CYRILLIC = re.compile(r"[а-яё]", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class _Indexed:
    source: str
    text: str
    words: Counter[str]
    length: int


class Knowledge:
    """The passages of one folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._stamp: tuple[tuple[str, int], ...] | None = None
        self._checked = -math.inf
        self._passages: list[_Indexed] = []
        self._rarity: dict[str, float] = {}
        self._average = 1.0

    @property
    def topics(self) -> list[str]:
        """The titles of the files, for an agent to know what it may search for."""
        return list(dict.fromkeys(_topic(one.source) for one in self._passages))

    async def refresh(self) -> None:
        """Read the folder again if it has changed; looks at most every CHECK_SECONDS."""
        now = time.monotonic()
        if now - self._checked >= CHECK_SECONDS:
            self._checked = now
            await asyncio.to_thread(self.load)

    def load(self) -> None:
        """Read the folder now, if it has changed. Raises `OSError` if it can't be read."""
        files = sorted(self._folder.rglob("*.md")) if self._folder.is_dir() else []
        stamp = tuple((str(file), file.stat().st_mtime_ns) for file in files)
        if stamp == self._stamp:
            return
        passages = [
            passage
            for file in files
            for passage in _split(
                str(file.relative_to(self._folder)), file.read_text(encoding="utf-8")
            )
        ]
        seen = Counter(word for passage in passages for word in passage.words)
        many = len(passages)
        self._rarity = {
            word: math.log(1 + (many - count + 0.5) / (count + 0.5)) for word, count in seen.items()
        }
        self._average = sum(passage.length for passage in passages) / many if many else 1.0
        self._passages, self._stamp = passages, stamp

    def search(self, query: str, many: int = 4) -> list[Passage]:
        """The passages that fit best, best first; none when no word of the query is known."""
        wanted = set(stems(query))
        scored = [(self._score(passage, wanted), passage) for passage in self._passages]
        ranked = sorted((one for one in scored if one[0] > 0), key=lambda one: -one[0])
        return [
            Passage(source=passage.source, text=passage.text, score=round(score, 3))
            for score, passage in ranked[:many]
        ]

    def coverage(self, query: str, passage: Passage) -> float:
        """How much of what the query asks for the passage speaks of, from 0 to 1, by rarity."""
        wanted = set(stems(query))
        # A word that no passage has may be a synonym, so it weighs less than a rare known one.
        unknown = max(self._rarity.values(), default=1.0) / 3
        total = sum(self._rarity.get(word, unknown) for word in wanted)
        found = wanted & set(stems(f"{passage.source} {passage.text}"))
        return sum(self._rarity.get(word, 0.0) for word in found) / total if total else 0.0

    def _score(self, passage: _Indexed, wanted: set[str]) -> float:
        weight = K1 * (1 - B + B * passage.length / self._average)
        score = 0.0
        for word in wanted:
            count = passage.words.get(word, 0)
            if count:
                score += self._rarity[word] * count * (K1 + 1) / (count + weight)
        return score


def stems(text: str) -> list[str]:
    """Words as they are compared: lower case, stemmed by the language that the text looks like."""
    words = [word.lower() for word in _WORD.findall(text)]
    language = _language(words, text)
    return [_stem(language, word) for word in words if word not in _ALL_STOP_WORDS]


def _language(words: Sequence[str], text: str) -> str:
    if _CYRILLIC.search(text):
        return "russian"
    hits = {language: sum(word in stop for word in words) for language, stop in _STOP_WORDS.items()}
    best = max(hits, key=lambda language: hits[language])
    return best if hits[best] > hits["english"] else "english"


@lru_cache(maxsize=50_000)
def _stem(language: str, word: str) -> str:
    stemmed: str = _stemmer(language).stemWord(word)
    return stemmed


@lru_cache
def _stemmer(language: str) -> "snowballstemmer.stemmer":
    return snowballstemmer.stemmer(language)


def _topic(source: str) -> str:
    return Path(source.partition("#")[0]).stem.replace("-", " ").replace("_", " ")


def _split(name: str, text: str) -> list[_Indexed]:
    """One passage for each heading's own text."""
    passages, heading, body = [], "", list[str]()
    for line in [*text.splitlines(), "# "]:
        match = _HEADING.match(line) or (line == "# " and re.match("", ""))
        if not match:
            body.append(line)
            continue
        content = "\n".join(body).strip()
        if content:
            passages.append(_indexed(name, heading, content))
        heading, body = line.lstrip("# ").strip(), []
    return passages


def _indexed(name: str, heading: str, content: str) -> _Indexed:
    source = f"{name}#{heading}" if heading else name
    words = Counter(stems(content))
    for word in stems(f"{_topic(name)} {heading}"):
        words[word] += TITLE_WEIGHT
    return _Indexed(source=source, text=content, words=words, length=sum(words.values()))
