"""Where news comes from."""

from collections.abc import Sequence
from typing import Protocol

from domain.news import Article


class NewsSource(Protocol):
    """Looks for news."""

    async def search(self, query: str) -> Sequence[Article]:
        """The newest articles about this, without pictures; none where there are none.

        Raises NewsNotConfigured, NewsAuthFailed, NewsRateLimited and NewsFetchFailed.
        """
