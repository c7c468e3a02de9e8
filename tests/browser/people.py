"""People who use the web client as people do: they look, click and type."""

import json
from dataclasses import dataclass
from typing import Any

from tests.browser.chromium import Browser, Page

MESSAGES = "[...document.querySelectorAll('[data-message] .text')].map((each) => each.textContent)"


@dataclass(frozen=True)
class Visitor:
    """Somebody with a page of their own."""

    page: Page
    url: str

    @classmethod
    async def come(
        cls,
        browser: Browser,
        url: str,
        name: str,
        *,
        language: str = "en-US",
        email: str | None = None,
        width: int = 1100,
    ) -> "Visitor":
        """Open the client for the first time and sign in the way that is there for trying things out."""
        page = await browser.page(language, width)
        await page.go(url)
        visitor = cls(page, url)
        await visitor.sign_in(name, email)
        return visitor

    async def sign_in(self, name: str, email: str | None = None) -> None:
        await self.page.type(".door form input[name=email]", email or f"{name.lower()}@local")
        await self.page.type(".door form input[name=name]", name)
        await self.page.press("Enter")
        await self.page.until("document.querySelector('nav.side .who')")

    async def open_room(self, title: str) -> str:
        """Make a room; its id."""
        await self.page.click("button.new")
        await self.page.type(".new-room input", title)
        await self.page.press("Enter")
        await self.page.until(f"document.querySelector('.talk h2').textContent === {json.dumps(title)}")
        return str(await self.page.evaluate("location.hash.split('/')[2]"))

    async def go_into(self, title: str) -> None:
        await self.page.click("a.room", title)
        await self.page.until(f"document.querySelector('.talk h2').textContent === {json.dumps(title)}")

    async def write(self, text: str) -> None:
        """Type this, and press Enter."""
        await self.page.type("textarea", text)
        await self.page.press("Enter")

    async def reads(self, *texts: str) -> None:
        """Wait until these are the messages that stand there, and none is on its way."""
        wanted = json.dumps(texts, ensure_ascii=False)
        await self.page.until(
            f"JSON.stringify({MESSAGES}) === JSON.stringify({wanted}) && !document.querySelector('[data-pending]')"
        )

    async def messages(self) -> list[Any]:
        return list(await self.page.evaluate(MESSAGES))
