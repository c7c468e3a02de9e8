"""News about what a room talks of."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from string import punctuation

from domain.errors import Fault, InvalidInput, QueryRequired
from domain.text import storable

MOST_ARTICLES = 6
QUERY_LIMIT = 200
_MOST_WORDS = 10
_MARKS = punctuation + "\u2018\u2019“”「」『』《》〈〉·…、。"
_LONG_AGO = datetime(1, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Article:
    """A piece of news in plain text. ``pub_date`` is when it came out, in the words of its source; ``published_at`` the
    same as a time in UTC, where the words can be read."""

    title: str
    link: str
    description: str
    pub_date: str
    published_at: datetime | None = None
    image_url: str | None = None


def news_query(text: str) -> str:
    """What to look for, without white space around it.

    Raises:
        QueryRequired: there is nothing.
        InvalidInput: it is longer than 200 characters or cannot be stored.
    """
    query = storable(text, "q").strip()
    if not query:
        raise QueryRequired
    if len(query) > QUERY_LIMIT:
        raise InvalidInput(details=[Fault("q", f"must have at most {QUERY_LIMIT} characters")])
    return query


def attempts(query: str) -> Iterator[str]:
    """What to look for one after the other until something is found: all of it, then each of its words."""
    yield query
    words = [word for part in query.split() if (word := part.strip(_MARKS))]
    yield from [word for word in dict.fromkeys(words) if word != query][:_MOST_WORDS]


def newest(articles: Sequence[Article]) -> list[Article]:
    """The newest articles, each once; what has no time that can be read comes last."""
    each = {article.link: article for article in articles}.values()
    return sorted(each, key=lambda article: article.published_at or _LONG_AGO, reverse=True)[:MOST_ARTICLES]
