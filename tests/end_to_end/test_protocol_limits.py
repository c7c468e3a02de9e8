"""Rate limits on the socket: RATE_LIMITED with retryAfterMs, and nothing has happened."""

from tests.end_to_end.conftest import OpenServer


async def test_sending_too_fast_is_refused_and_can_be_sent_again_later(open_server: OpenServer) -> None:
    server = await open_server(JARVIS_RATE_SENDS="3/0.5")
    ana = await server.person("Ana")
    room = await ana.open_room()
    async with await ana.connect(room) as socket:
        for number in range(3):
            await socket.send(room, f"number {number}", f"t{number}")
        await socket.say("message.send", roomId=room, content="one too many", clientTempId="t3")
        refused = await socket.expect("error", message="RATE_LIMITED", clientTempId="t3")
        assert 0 < refused["retryAfterMs"] <= 2000
        assert [message["content"] for message in await ana.history(room)] == [f"number {n}" for n in range(3)]
        server.clock.advance(milliseconds=refused["retryAfterMs"])
        await socket.send(room, "one too many", "t3")


async def test_a_second_socket_shares_its_persons_bucket(open_server: OpenServer) -> None:
    server = await open_server(JARVIS_RATE_SENDS="2/0.1")
    ana, ben = await server.person("Ana"), await server.person("Ben")
    room = await ana.open_room(ben)
    async with await ana.connect(room) as first, await ana.connect(room) as second, await ben.connect(room) as other:
        await first.send(room, "one", "t1")
        await second.send(room, "two", "t2")
        await second.say("message.send", roomId=room, content="three", clientTempId="t3")
        await second.expect("error", message="RATE_LIMITED")
        await other.send(room, "from Ben", "t1")


async def test_questions_have_a_bucket_of_their_own(open_server: OpenServer) -> None:
    server = await open_server(JARVIS_RATE_QUESTIONS="1/0.1")
    ana = await server.person("Ana")
    room = await ana.open_room()
    async with await ana.connect(room) as socket:
        await socket.say("jarvis.request", roomId=room, prompt="언제?", requestId="q1")
        await socket.expect("jarvis.accepted", requestId="q1")
        await socket.say("jarvis.request", roomId=room, prompt="또 언제?", requestId="q2")
        await socket.expect("error", message="RATE_LIMITED")
        await socket.say("message.send", roomId=room, content="자비스야 언제?", clientTempId="t1")
        await socket.expect("error", message="RATE_LIMITED", clientTempId="t1")
        await socket.send(room, "a message is no question", "t2")


async def test_all_else_counts_over_rest_and_the_socket_together(open_server: OpenServer) -> None:
    server = await open_server(JARVIS_RATE_CALLS="3/0.1")
    ana = await server.person("Ana")
    room = await ana.open_room()
    async with await ana.connect(room) as socket:
        await ana.history(room)
        await socket.say("room.rename", roomId=room, title="other")
        await socket.expect("error", message="RATE_LIMITED")
        assert (await ana.call("GET", "/rooms")).status == 429
