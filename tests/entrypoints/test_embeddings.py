"""What an operator sees of the vectors, and has made anew."""

from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest
from click.testing import CliRunner, Result

from entrypoints.cli import main
from tests.jarvis_process import SETTINGS

SECRET_TEXT = "what only the room may know"

ROOM = """
with person as (
    insert into users (id, email, name, created_at) values (gen_random_uuid(), 'a@b', 'Ana', now()) returning id
), room as (
    insert into rooms (id, type, title, created_by, created_at, last_seq)
    select gen_random_uuid(), 'group', 'R', id, now(), 300 from person returning id
), said as (
    insert into messages (id, room_id, seq, sender_type, content, created_at)
    select gen_random_uuid(), room.id, seq, 'user', %s || seq, now() from room, generate_series(1, 300) as seq
    returning id, room_id, seq
)
insert into room_events (room_id, seq, type, message_id, at) select room_id, seq, 1, id, now() from said
"""


@pytest.fixture
def jarvis(postgres_dsn: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    """Runs `jarvis embeddings` over a database with 300 messages."""
    monkeypatch.chdir(tmp_path)
    with psycopg.connect(postgres_dsn, autocommit=True) as connection:
        connection.execute(ROOM, [SECRET_TEXT])

    def invoke(*arguments: str, **settings: str) -> Result:
        env = {**dict.fromkeys(SETTINGS), "DATABASE_URL": postgres_dsn, **settings}
        return CliRunner().invoke(main, ["embeddings", *arguments], env=env, catch_exceptions=False)

    return invoke


def test_the_status_tells_model_and_progress_and_no_text(jarvis: Callable[..., Result]) -> None:
    before = jarvis("status")
    assert before.exit_code == 0
    assert before.output.splitlines() == [
        "model     mock-characters-1, 256 dimensions",
        "messages  300",
        "embedded  0",
        "waiting   300 changes",
    ]
    assert jarvis("rebuild").exit_code == 0
    assert jarvis("status").output.splitlines()[1:] == ["messages  300", "embedded  300", "waiting   0 changes"]
    assert SECRET_TEXT not in before.output


def test_a_rebuild_shows_a_bar_and_makes_every_vector(jarvis: Callable[..., Result], postgres_dsn: str) -> None:
    done = jarvis("rebuild")
    assert done.exit_code == 0
    assert "Embedding" in done.output
    with psycopg.connect(postgres_dsn, autocommit=True) as connection:
        connection.execute("update message_embeddings set embedding = array_fill(0.1, array[256])::vector")
        assert jarvis("rebuild").exit_code == 0
        (spoilt,) = connection.execute(
            "select count(*) from message_embeddings where embedding = array_fill(0.1, array[256])::vector"
        ).fetchone() or (None,)
    assert spoilt == 0


def test_another_length_is_another_model_whose_vectors_replace_the_old_ones(jarvis: Callable[..., Result]) -> None:
    jarvis("rebuild")
    status = jarvis("status", OPENAI_EMBEDDING_DIMENSIONS="64").output.splitlines()
    assert status == [
        "model     mock-characters-1, 64 dimensions",
        "messages  300",
        "embedded  0",
        "waiting   300 changes",
        "outdated  300 vectors of other models, to be replaced",
    ]
    jarvis("rebuild", OPENAI_EMBEDDING_DIMENSIONS="64")
    assert jarvis("status", OPENAI_EMBEDDING_DIMENSIONS="64").output.splitlines()[2:] == [
        "embedded  300",
        "waiting   0 changes",
    ]


def test_a_model_that_is_away_is_told(jarvis: Callable[..., Result]) -> None:
    broken = jarvis("rebuild", AI_PROVIDER="openai", OPENAI_BASE_URL="http://127.0.0.1:9/v1", JARVIS_MODEL_RETRIES="0")
    assert broken.exit_code == 1
    assert "not possible at the moment" in broken.output
    assert "Traceback" not in broken.output
