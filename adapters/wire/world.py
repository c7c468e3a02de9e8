"""How what comes from the world outside looks on the wire."""

from adapters.wire.shapes import Json, optional_time
from domain.holidays import Holiday, HolidaySource
from domain.messages import Message
from domain.news import Article
from domain.translation import Shown


def holiday_json(day: Holiday, source: HolidaySource) -> Json:
    """A holiday, and who says so."""
    return {
        "date": day.date.isoformat(),
        "name": day.name,
        "isHoliday": day.is_holiday,
        "dateKind": day.kind,
        "source": source.value,
    }


def article_json(article: Article) -> Json:
    """A piece of news. ``pubDate`` is what its source says, which the installed client reads."""
    return {
        "title": article.title,
        "link": article.link,
        "description": article.description,
        "pubDate": article.pub_date,
        "publishedAt": optional_time(article.published_at),
        "imageUrl": article.image_url,
    }


def translation_json(message: Message, shown: Shown | None) -> Json:
    """What a message has beside its own text for somebody who reads the room in another language."""
    text = shown.texts.get(message.id) if shown is not None else None
    return {} if shown is None or text is None else {"translation": {"lang": shown.language, "text": text}}
