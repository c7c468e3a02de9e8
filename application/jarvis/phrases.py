"""What people read when an answer does not come, in the language that they asked in."""

import re
from collections.abc import Mapping
from types import MappingProxyType

from domain.errors import DomainError

_HANGUL = re.compile(r"[\u3131-\u318e\uac00-\ud7a3]")

_KOREAN: Mapping[str, str] = MappingProxyType(
    {
        "CANCELLED": "답변을 멈췄어요.",
        "FORBIDDEN": "이 방의 멤버가 아니라서 답할 수 없어요.",
        "INTERNAL_ERROR": "답변을 끝내지 못했어요. 다시 물어봐 주세요.",
        "MODEL_BUSY": "지금은 언어 모델이 너무 바빠요. 잠시 후에 다시 물어봐 주세요.",
        "MODEL_FAILED": "답변을 끝내지 못했어요. 다시 물어봐 주세요.",
        "MODEL_KEY_REFUSED": "언어 모델이 이 서버의 키를 받아 주지 않아요. 관리자에게 알려 주세요.",
        "MODEL_REJECTED": "언어 모델이 이 질문을 받지 못했어요. 다르게 물어봐 주세요.",
        "MODEL_TIMEOUT": "언어 모델이 너무 오래 걸려요. 다시 물어봐 주세요.",
        "NOT_FOUND": "방이 삭제되어 답할 수 없어요.",
    }
)


def is_korean(text: str) -> bool:
    """Whether a text has Hangul in it."""
    return _HANGUL.search(text) is not None


def line_for(error: DomainError, prompt: str) -> str:
    """One line that says why there is no answer: in Korean where the question was, else as the error says it."""
    return _KOREAN.get(error.code, error.message) if is_korean(prompt) else error.message
