"""Vectors of a server that speaks the API of OpenAI."""

from math import isclose

import pytest

from adapters.openai.client import OpenAiClient
from adapters.openai.embedder import OpenAiEmbedder
from domain.embeddings import EmbeddingModel
from domain.errors import EmbeddingFailed, EmbeddingRefused
from tests.openai_server import OpenAiServer, Refusal, Vectors


@pytest.fixture
def embedder(client: OpenAiClient) -> OpenAiEmbedder:
    return OpenAiEmbedder(client, "text-embedding-3-small", 4)


async def test_each_text_gets_its_vector_whatever_their_order_in_the_answer(
    server: OpenAiServer, embedder: OpenAiEmbedder
) -> None:
    server.embeddings = [Vectors([[3.0, 0, 4.0, 0], [0, 1.0, 0, 0]], backwards=True)]
    one, two = await embedder.embed(["하나", "two"])
    assert all(isclose(left, right) for left, right in zip(one, [0.6, 0, 0.8, 0], strict=True))
    assert list(two) == [0, 1, 0, 0]
    assert embedder.model == EmbeddingModel("text-embedding-3-small", 4)
    (asked,) = server.embedded
    assert asked == {
        "model": "text-embedding-3-small",
        "input": ["하나", "two"],
        "dimensions": 4,
        "encoding_format": "float",
    }


async def test_a_model_that_knows_one_length_is_not_asked_for_another(
    server: OpenAiServer, client: OpenAiClient
) -> None:
    server.embeddings = [Vectors([[1.0, 0, 0, 0]])]
    await OpenAiEmbedder(client, "nomic-embed-text", 4).embed(["하나"])
    assert "dimensions" not in server.embedded[0]


async def test_what_may_pass_is_tried_again(server: OpenAiServer, embedder: OpenAiEmbedder) -> None:
    server.embeddings = [Refusal(429, headers={"Retry-After": "0"}), Refusal(503), Vectors([[1.0, 0, 0, 0]])]
    assert len(await embedder.embed(["하나"])) == 1
    assert len(server.embedded) == 3


@pytest.mark.parametrize("status", [401, 404, 429, 500])
async def test_a_server_that_fails_is_told_from_texts_that_it_refuses(
    server: OpenAiServer, embedder: OpenAiEmbedder, status: int
) -> None:
    server.embeddings = [Refusal(status)] * 3
    with pytest.raises(EmbeddingFailed) as failed:
        await embedder.embed(["하나"])
    assert not isinstance(failed.value, EmbeddingRefused)


@pytest.mark.parametrize("status", [400, 422])
async def test_texts_that_are_refused(server: OpenAiServer, embedder: OpenAiEmbedder, status: int) -> None:
    server.embeddings = [Refusal(status)]
    with pytest.raises(EmbeddingRefused):
        await embedder.embed(["하나"])
    assert len(server.embedded) == 1


async def test_vectors_of_another_length_are_not_taken_and_the_log_says_what_to_set(
    server: OpenAiServer, embedder: OpenAiEmbedder, caplog: pytest.LogCaptureFixture
) -> None:
    server.embeddings = [Vectors([[1.0, 0]])]
    with pytest.raises(EmbeddingFailed):
        await embedder.embed(["하나"])
    assert "text-embedding-3-small makes vectors of 2 numbers: set OPENAI_EMBEDDING_DIMENSIONS" in caplog.text
