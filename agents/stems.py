"""Words as knowledge compares them: lower case, without stop words, stemmed.

The language is guessed by script and stop words: English unless the text looks like German, Spanish,
French or Russian. No ranking here.
"""

import re
from collections.abc import Collection
from functools import lru_cache

import snowballstemmer

DEFAULT = "english"
_WORD = re.compile(r"[^\W_]+")
_CYRILLIC = re.compile(r"[а-яё]", re.IGNORECASE)
_STOP = {
    "english": "a am an and any are as at be but by can could do does for from get have how i if in is"
    " it like me my need of on or our please should tell that the there this to us want was we"
    " what when where which who will with would you your",
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


def language_of(text: str) -> str:
    """What snowball calls the language that the text looks like."""
    if _CYRILLIC.search(text):
        return "russian"
    words = _WORD.findall(text.lower())
    hits = {language: sum(word in stop for word in words) for language, stop in _STOP_WORDS.items()}
    best = max(hits, key=lambda language: hits[language])
    return best if hits[best] > hits[DEFAULT] else DEFAULT


def stems(text: str, language: str) -> list[str]:
    """In the order of the text, with repetitions."""
    return [_stem(language, word) for word in _words(text)]


def alternatives(text: str, languages: Collection[str]) -> set[frozenset[str]]:
    """For each word of a query its stem in each language: a few words rarely betray theirs."""
    return {frozenset(_stem(language, word) for language in languages) for word in _words(text)}


def _words(text: str) -> list[str]:
    return [word for word in _WORD.findall(text.lower()) if word not in _ALL_STOP_WORDS]


@lru_cache(maxsize=50_000)
def _stem(language: str, word: str) -> str:
    stemmed: str = _stemmer(language).stemWord(word)
    return stemmed


@lru_cache
def _stemmer(language: str) -> "snowballstemmer.stemmer":
    return snowballstemmer.stemmer(language)
