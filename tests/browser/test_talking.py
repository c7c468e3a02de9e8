"""Talking in a browser: from the first visit on, with others, with Jarvis, and over a connection that is cut."""

from tests.browser.chromium import Browser
from tests.browser.people import Visitor
from tests.end_to_end.conftest import OpenServer, Server
from tests.models import ObedientModel, ScriptedModel, call

ANSWER = "document.querySelector('[data-answer] .text')?.textContent"


async def cut(server: Server) -> None:
    """Close every socket, as a server does that goes down."""
    for connection in server.product.hub().connections:
        await connection.close(1001, "going down")


async def test_a_first_visit_ends_in_a_talk_with_jarvis(open_server: OpenServer, browser: Browser) -> None:
    model = ScriptedModel("안녕하세요, ", "무엇을 ", "도울까요?", hold_after=1)
    server = await open_server(model)
    minji = await Visitor.come(browser, server.url, "Minji", language="ko-KR")
    await minji.page.shows("아직 방이 없어요")
    await minji.open_room("제품 출시")
    await minji.write("자비스야 안녕")
    await minji.page.until(f"{ANSWER} === '안녕하세요, '")
    assert await minji.messages() == ["자비스야 안녕"]
    await minji.page.ask("Page.reload")
    await minji.page.until(f"{ANSWER} === '안녕하세요, '")
    model.gate.set()
    await minji.reads("자비스야 안녕", "안녕하세요, 무엇을 도울까요?")
    await minji.page.until("!document.querySelector('[data-answer]')")
    await minji.page.ask("Page.reload")
    await minji.reads("자비스야 안녕", "안녕하세요, 무엇을 도울까요?")


async def test_two_people_see_the_same_in_one_order(server: Server, browser: Browser) -> None:
    ana, ben = [await Visitor.come(browser, server.url, name) for name in ("Ana", "Ben")]
    await ana.open_room("Kitchen")
    await ana.page.click(".about")
    await ana.page.type("dialog input[type=search]", "ben")
    await ana.page.click("dialog .people button", "Invite")
    await ana.page.until("[...document.querySelectorAll('dialog .people .dot.on')].length === 2")
    await ana.page.click("dialog header button")
    await ana.write("from Ana 1")
    await ben.page.until("document.querySelector('.unread')?.textContent === '1'")
    await ben.go_into("Kitchen")
    await ben.page.until("!document.querySelector('.unread')")
    await ben.page.type("textarea", "so, ")
    await ana.page.shows("Ben is writing")
    for number in (2, 3):
        await ana.write(f"from Ana {number}")
        await ben.write(f"from Ben {number}")
    for visitor in (ana, ben):
        await visitor.page.until("document.querySelectorAll('[data-message]').length === 5")
        await visitor.page.until("!document.querySelector('[data-pending]')")
    assert await ana.messages() == await ben.messages()


async def test_a_cut_connection_loses_and_repeats_nothing(server: Server, browser: Browser) -> None:
    ana = await Visitor.come(browser, server.url, "Ana")
    room = await ana.open_room("Kitchen")
    ben = await server.person("Ben")
    await (await server.person("Ana")).invite(room, ben)
    async with await ben.connect(room) as socket:
        await socket.send(room, "before", "1")
    await ana.reads("before")
    hub = server.product.hub()
    hub.is_closing = True
    await cut(server)
    await ana.page.until("!document.querySelector('.offline').hidden")
    await ana.write("pending")
    await ana.page.until("document.querySelector('[data-pending]')")
    await ana.page.ask("Page.reload")
    await ana.page.until("document.querySelector('[data-pending]')")
    await ben.post(f"/rooms/{room}/messages", {"content": "meanwhile"})
    hub.is_closing = False
    await ana.page.evaluate("dispatchEvent(new Event('online'))")
    await ana.reads("before", "meanwhile", "pending")
    await ana.write("and cut")
    await cut(server)
    await ana.reads("before", "meanwhile", "pending", "and cut")
    assert [message["content"] for message in await ben.history(room)] == ["before", "meanwhile", "pending", "and cut"]


async def test_changes_are_shown_and_the_room_can_be_left(server: Server, browser: Browser) -> None:
    ben = await server.person("Ben")
    ana = await Visitor.come(browser, server.url, "Ana")
    room = await ben.open_room(await server.person("Ana"), title="Kitchen")
    await ana.go_into("Kitchen")
    await ana.page.shows("2 people, 1 online", ".about")
    async with await ben.connect(room) as socket:
        await ana.page.shows("2 people, 2 online", ".about")
        [first, second] = [await socket.send(room, text, text) for text in ("frist", "second")]
        await ana.reads("frist", "second")
        await socket.say("message.edit", roomId=room, messageId=first["id"], content="first")
        await socket.say("message.delete", roomId=room, messageId=second["id"])
        await socket.say("reaction.add", roomId=room, messageId=first["id"], emoji="👍")
        await ana.reads("first", "This message was deleted.")
        await ana.page.click(".reaction", "👍 1")
        await ana.page.until("document.querySelector('.reaction[aria-pressed=true]').innerText === '👍 2'")
        assert (await socket.expect("read.updated"))["seq"] >= first["seq"]
    await ana.page.click(".about")
    await ana.page.click("dialog button", "Leave this room")
    await ana.page.until("!document.querySelector('dialog') && !document.querySelector('a.room')")
    await ana.page.shows("You have left “Kitchen”.")
    assert [member["name"] for member in await ben.get(f"/rooms/{room}/members")] == ["Ben"]
    await ana.page.evaluate(f"location.hash = '#/room/{room}'")
    await ana.page.shows("You may not do this.")


async def test_what_is_refused_says_why_and_can_be_discarded(open_server: OpenServer, browser: Browser) -> None:
    server = await open_server(None, JARVIS_MESSAGE_BYTES=1024)
    ana = await Visitor.come(browser, server.url, "Ana")
    await ana.open_room("Kitchen")
    await ana.write("많" * 400)
    await ana.page.shows("The message is too long.", "[data-pending]")
    await ana.page.click("[data-pending] button", "Discard")
    await ana.write("a few")
    await ana.reads("a few")


async def test_markup_is_text(server: Server, browser: Browser) -> None:
    ana = await Visitor.come(browser, server.url, "<b>Ana</b>", email="ana@local")
    evil = "<img src=x onerror=\"document.title='run'\"><script>document.title='run'</script>"
    await ana.open_room(evil)
    await ana.write(evil)
    await ana.reads(evil)
    assert await ana.page.evaluate("document.querySelectorAll('img, script:not([src]), b').length") == 0
    assert await ana.page.evaluate("document.title") == "Jarvis"


async def test_enter_sends_unless_a_syllable_is_being_written(server: Server, browser: Browser) -> None:
    ana = await Visitor.come(browser, server.url, "Ana", language="ko-KR")
    await ana.open_room("Kitchen")
    await ana.page.type("textarea", "")
    await ana.page.ask("Input.imeSetComposition", text="안녕", selectionStart=2, selectionEnd=2)
    await ana.page.evaluate(
        "document.querySelector('textarea').dispatchEvent("
        "new KeyboardEvent('keydown', { key: 'Enter', isComposing: true, bubbles: true, cancelable: true }))"
    )
    await ana.page.ask("Input.insertText", text="안녕")
    await ana.page.press("Enter", shift=True)
    await ana.page.type("textarea", "하세요")
    assert await ana.page.evaluate("document.querySelector('[data-pending], [data-message]')") is None
    await ana.page.press("Enter")
    await ana.reads("안녕\n하세요")


async def test_jarvis_asks_before_he_invites_and_answers_in_private(open_server: OpenServer, browser: Browser) -> None:
    model = ObedientModel([call("room_add_user", person="ben@local")], ["초대했어요"], ["목요일이에요 [1]"])
    server = await open_server(model)  # type: ignore[arg-type]
    await server.person("Ben")
    ana = await Visitor.come(browser, server.url, "Ana")
    await ana.open_room("Launch")
    await ana.page.click("input[name=act]")
    await ana.write("자비스야, 벤 님 초대해 줘")
    await ana.page.shows("Ben", ".confirm")
    await ana.page.click(".confirm button", "Yes")
    await ana.reads("벤 님 초대해 줘", "초대했어요")
    await ana.page.shows("2 people", ".about")
    await ana.page.click("input[name=alone]")
    await ana.write("언제야?")
    await ana.page.until("document.querySelector('.personal.done .text')?.textContent === '목요일이에요 [1]'")
    await ana.page.click(".personal .cite")
    await ana.page.until("document.activeElement.dataset.message && document.activeElement.innerText.includes('초대')")
    await ana.page.ask("Page.reload")
    await ana.reads("벤 님 초대해 줘", "초대했어요")


async def test_an_answer_can_be_stopped(open_server: OpenServer, browser: Browser) -> None:
    model = ScriptedModel("하나", "둘", hold_after=1)
    server = await open_server(model)
    ana = await Visitor.come(browser, server.url, "Ana")
    await ana.open_room("Kitchen")
    await ana.write("자비스야 세어 봐")
    await ana.page.until(f"{ANSWER} === '하나'")
    await ana.page.click("[data-answer] button", "Stop")
    await ana.page.shows("답변을 멈췄어요", "[data-answer].failed")
    model.gate.set()
    await ana.page.click("[data-answer] button", "Close")
    await ana.reads("자비스야 세어 봐")


async def test_who_comes_back_is_told_what_was_missed(server: Server, browser: Browser) -> None:
    ana = await Visitor.come(browser, server.url, "Ana")
    room = await ana.open_room("Kitchen")
    ben = await server.person("Ben")
    await (await server.person("Ana")).invite(room, ben)
    await ana.page.evaluate("location.hash = '#/'")
    await ana.page.until("!document.querySelector('.talk h2')")
    await ana.page.ask("Page.reload")
    await ana.page.until("document.querySelector('a.room')")
    for number in range(60):
        await ben.post(f"/rooms/{room}/messages", {"content": f"the launch is on day {number}"})
    await ana.page.until("document.querySelector('.unread')?.textContent === '60'")
    await ana.go_into("Kitchen")
    await ana.page.until("document.querySelectorAll('[data-message]').length === 50")
    await ana.page.click("button", "Earlier messages")
    await ana.page.until("document.querySelectorAll('[data-message]').length === 60")
    await ana.page.click("button", "What did I miss?")
    await ana.page.until("document.querySelector('.personal.done .text').textContent.includes('launch')")


async def test_it_fits_a_phone(server: Server, browser: Browser) -> None:
    ana = await Visitor.come(browser, server.url, "Ana", width=360)
    await ana.open_room("A room with a title that is longer than a phone is wide")
    await ana.page.until("!document.querySelector('nav.side').checkVisibility()")
    await ana.write("0123456789" * 30)
    await ana.reads("0123456789" * 30)
    assert await ana.page.evaluate("document.documentElement.scrollWidth") <= 360
    await ana.page.click(".about")
    assert await ana.page.evaluate("document.querySelector('dialog').getBoundingClientRect().right") <= 360
    await ana.page.click("dialog header button")
    await ana.page.click("a.back")
    await ana.page.until("document.querySelector('a.room').checkVisibility()")
    assert await ana.page.evaluate("document.documentElement.scrollWidth") <= 360
