"""People, rooms and talk to try things on."""

from dataclasses import dataclass

from domain.users import Actor
from entrypoints.container import Product

PEOPLE = (
    ("minji@demo", "김민지"),
    ("junho@demo", "이준호"),
    ("sora@demo", "박소라"),
    ("alex@demo", "Alex Kim"),
)

ROOMS = (
    (
        "제품 출시",
        (
            (0, "다음 주 목요일에 2.0을 출시합니다. 남은 일이 뭐가 있죠?"),
            (1, "로그인 속도 문제는 어제 고쳤어요. 평균 1.8초에서 0.4초로 줄었습니다."),
            (2, "출시 공지 글은 제가 수요일 오후까지 쓰겠습니다."),
            (0, "좋아요. 그러면 출시 전 점검 회의는 수요일 오후 4시에 합시다."),
            (3, "I can't make 4 pm on Wednesday, but Junho can take over the rollback plan."),
            (1, "네, 롤백 계획은 제가 맡을게요."),
        ),
    ),
    (
        "점심",
        (
            (2, "오늘 점심 뭐 먹을까요?"),
            (1, "회사 앞에 새로 생긴 국숫집 어때요? 11시 반 전에 가면 줄이 없대요."),
            (3, "Noodles sound great. I'll be there at 11:30."),
        ),
    ),
)


@dataclass(frozen=True, slots=True)
class Seeded:
    """Who can be signed in as (email and name), and the titles of the rooms."""

    people: tuple[tuple[str, str], ...]
    rooms: tuple[str, ...]


async def seed(product: Product) -> Seeded:
    """Let the people of the demo open their rooms and talk, through the use cases that clients use."""
    accounts, rooms, messages = product.accounts(), product.rooms(), product.messages()
    actors = []
    for email, name in PEOPLE:
        _, user = await accounts.sign_in_for_development(email, name)
        actors.append(Actor(user.id, user.name))
    for title, talk in ROOMS:
        room = await rooms.create(actors[0], title, member_ids=[actor.id for actor in actors[1:]])
        for speaker, line in talk:
            await messages.send(actors[speaker], room.room.id, line)
    return Seeded(PEOPLE, tuple(title for title, _ in ROOMS))
