"""A real browser, driven through its DevTools protocol: pages that tests look at and type into."""

import asyncio
import json
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from itertools import count
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import aiohttp

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
PATIENCE = 25
"""Seconds after which a page that waits for something gives up."""

_FLAGS = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--remote-debugging-port=0",
    # It talks to this machine alone, and asks no name server for anything.
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
    "--no-proxy-server",
    "--no-first-run",
    "--no-default-browser-check",
    "--no-pings",
    "--disable-background-networking",
    "--disable-breakpad",
    "--disable-client-side-phishing-detection",
    "--disable-component-extensions-with-background-pages",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-domain-reliability",
    "--disable-extensions",
    "--disable-features=OptimizationHints,MediaRouter,Translate,DialMediaRouteProvider",
    "--disable-sync",
    "--metrics-recording-only",
    "--password-store=basic",
    # A page that is not in front goes on like the one that is.
    "--disable-background-timer-throttling",
    "--disable-backgrounding-occluded-windows",
    "--disable-renderer-backgrounding",
)
_UNTIL = """
new Promise((resolve, reject) => {
  const wait = setInterval(look, 100);
  const watch = new MutationObserver(look);
  const end = setTimeout(() => stop(() => reject(new Error("not in time"))), %d);
  function stop(then) { clearInterval(wait); clearTimeout(end); watch.disconnect(); then(); }
  function look() {
    let found;
    try { found = (%s); } catch { return; }
    if (found) stop(() => resolve(found));
  }
  watch.observe(document, { subtree: true, childList: true, attributes: true, characterData: true });
  look();
})
"""

Json = dict[str, Any]


def installed() -> str | None:
    """Where the browser is, None where there is none."""
    return next((path for name in NAMES if (path := shutil.which(name))), None)


@contextmanager
def running(program: str, profile: Path) -> Iterator[str]:
    """A browser with this profile; the address of its DevTools."""
    command = [program, *_FLAGS, f"--user-data-dir={profile}", "about:blank"]
    with subprocess.Popen(command, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True) as process:
        try:
            assert process.stderr is not None
            said = []
            for line in process.stderr:
                said.append(line)
                if "DevTools listening on " in line:
                    break
            else:
                raise AssertionError(f"the browser did not start: {''.join(said)}")
            yield said[-1].rpartition(" ")[2].strip()
        finally:
            process.kill()


class Refused(Exception):
    """The browser does not do what it was asked, or an expression failed in the page."""


class Browser:
    """A connection to the browser, whose pages are gone with it."""

    def __init__(self, session: aiohttp.ClientSession, address: str) -> None:
        self._session = session
        self._address = address
        self._ids = count(1)
        self._asked: dict[int, asyncio.Future[Json]] = {}
        self._contexts: list[str] = []
        self.complaints: list[str] = []
        """What pages have complained about: exceptions that nobody caught, and what the policy did not allow."""

    async def __aenter__(self) -> Self:
        self._ws = await self._session.ws_connect(self._address, max_msg_size=0)
        self._reading = asyncio.ensure_future(self._read())
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for context in self._contexts:
            with suppress(Refused):
                await self.ask("Target.disposeBrowserContext", browserContextId=context)
        await self._ws.close()
        await self._reading

    async def page(self, language: str = "en-US", width: int = 1100, height: int = 760) -> "Page":
        """A page of somebody who shares nothing with the others."""
        context = (await self.ask("Target.createBrowserContext"))["browserContextId"]
        self._contexts.append(context)
        return await self._open(context, language, width, height)

    async def beside(self, page: "Page") -> "Page":
        """Another tab of the same person."""
        return await self._open(page.context)

    async def _open(self, context: str, language: str = "en-US", width: int = 1100, height: int = 760) -> "Page":
        made = await self.ask("Target.createTarget", url="about:blank", browserContextId=context)
        attached = await self.ask("Target.attachToTarget", targetId=made["targetId"], flatten=True)
        page = Page(self, attached["sessionId"], context)
        for domain in ("Page", "Runtime", "Log"):
            await page.ask(f"{domain}.enable")
        await page.ask(
            "Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=False
        )
        agent = (await self.ask("Browser.getVersion"))["userAgent"]
        await page.ask("Emulation.setUserAgentOverride", userAgent=agent, acceptLanguage=language)
        return page

    async def ask(self, method: str, page: str | None = None, /, **parameters: object) -> Json:
        """Have the browser, or one of its pages, do something."""
        number = next(self._ids)
        answer = self._asked[number] = asyncio.get_running_loop().create_future()
        await self._ws.send_json(
            {"id": number, "method": method, "params": parameters, **({"sessionId": page} if page else {})}
        )
        async with asyncio.timeout(PATIENCE + 10):
            answered: Json = await answer
            return answered

    async def _read(self) -> None:
        async for message in self._ws:
            told = json.loads(message.data)
            if "id" in told:
                answer = self._asked.pop(told["id"])
                if answer.done():
                    continue
                if "error" in told:
                    answer.set_exception(Refused(told["error"]["message"]))
                else:
                    answer.set_result(told["result"])
            elif told["method"] == "Runtime.exceptionThrown":
                details = told["params"]["exceptionDetails"]
                self.complaints.append(details.get("exception", {}).get("description") or details["text"])
            elif told["method"] == "Log.entryAdded" and told["params"]["entry"]["source"] in {"security", "violation"}:
                self.complaints.append(told["params"]["entry"]["text"])


class Page:
    """A page in the browser. Elements are named by CSS selectors."""

    def __init__(self, browser: Browser, id_: str, context: str) -> None:
        self.context = context
        self._browser = browser
        self._id = id_

    async def ask(self, method: str, **parameters: object) -> Json:
        return await self._browser.ask(method, self._id, **parameters)

    async def go(self, address: str) -> None:
        await self.ask("Page.navigate", url=address)

    async def evaluate(self, expression: str) -> Any:
        """What the expression, or the promise that it makes, comes to."""
        answer = await self.ask(
            "Runtime.evaluate", expression=expression, awaitPromise=True, returnByValue=True, userGesture=True
        )
        if "exceptionDetails" in answer:
            details = answer["exceptionDetails"]
            raise Refused(details.get("exception", {}).get("description") or details["text"])
        return answer["result"].get("value")

    async def until(self, expression: str) -> Any:
        """Wait until the expression is true in the page, also when another document takes its place meanwhile."""
        for _ in range(5):
            try:
                return await self.evaluate(_UNTIL % (PATIENCE * 1000, expression))
            except Refused as error:
                if "not in time" in str(error):
                    shown = await self.evaluate("document.body.innerText")
                    raise AssertionError(f"not in time: {expression}; the page shows: {shown}") from None
        raise AssertionError(f"the page does not stay: {expression}")

    async def shows(self, text: str, within: str = "body") -> None:
        """Wait until this text is to be read in it."""
        await self.until(f"document.querySelector({json.dumps(within)}).innerText.includes({json.dumps(text)})")

    async def click(self, selector: str, text: str = "") -> None:
        """Click what is there, can be seen, and says this."""
        await self.until(
            f"""(() => {{
              const all = [...document.querySelectorAll({json.dumps(selector)})];
              const found = all.find((each) => each.checkVisibility() && !each.disabled
                && each.innerText.includes({json.dumps(text)}));
              found?.click();
              return Boolean(found);
            }})()"""
        )

    async def type(self, selector: str, text: str) -> None:
        """Put the cursor into a field and type."""
        found = f"document.querySelector({json.dumps(selector)})"
        await self.until(f"{found}?.checkVisibility() && ({found}.focus(), document.activeElement === {found})")
        await self.ask("Input.insertText", text=text)

    async def press(self, key: str, *, shift: bool = False) -> None:
        """Press a key and let go of it. Only Enter is a character as well."""
        code = {"key": key, "code": key, "modifiers": 8 if shift else 0}
        if key == "Enter":
            code |= {"windowsVirtualKeyCode": 13, "text": "\r"}
        await self.ask("Input.dispatchKeyEvent", type="keyDown", **code)
        await self.ask("Input.dispatchKeyEvent", type="keyUp", **code)

    async def picture(self) -> str:
        """What the page looks like: a PNG, in base64."""
        return str((await self.ask("Page.captureScreenshot", format="png"))["data"])
