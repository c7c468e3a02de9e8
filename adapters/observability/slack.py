"""Alarms to a Slack webhook."""

import aiohttp

_SECONDS = 5.0


class SlackChannel:
    """Posts to an incoming webhook. Its address is a secret."""

    def __init__(self, url: str) -> None:
        self._url = url

    async def send(self, subject: str, text: str) -> None:
        escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
        async with (
            aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=_SECONDS)) as session,
            session.post(self._url, json={"text": f"*{subject}*\n{escaped}"}, allow_redirects=False) as response,
        ):
            if response.status >= 300:
                raise ValueError(f"Slack answered {response.status}")
