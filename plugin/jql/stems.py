"""The stem of an English word, so that `win` also finds `wins`, as in Jira: Snowball's English (Porter 2) stemmer.

Which stemmer a site uses and which words it leaves out of its index is the site's setting; so `~` is approximate here.
"""

from functools import lru_cache
from threading import Lock

import snowballstemmer

_STEMMER = snowballstemmer.stemmer("english")
_LOCK = Lock()


@lru_cache(1 << 16)
def stem(word: str) -> str:
    """Of a word in lower case."""
    if len(word) > 64 or not word.isascii():
        return word
    with _LOCK:  # the stemmer keeps the word that it works on
        return str(_STEMMER.stemWord(word))
