"""From what the client library raises to the errors of the domain."""

import openai

from domain.errors import ModelBusy, ModelFailed, ModelRefusedKey, ModelRejected, ModelTimedOut

_LONGEST_PAUSE = 20.0


def translated(error: Exception) -> ModelFailed:
    """What went wrong, without a word of what was asked or answered."""
    match error:
        case openai.APITimeoutError() | TimeoutError():
            return ModelTimedOut()
        case openai.AuthenticationError() | openai.PermissionDeniedError():
            return ModelRefusedKey()
        case openai.RateLimitError():
            return ModelBusy()
        case openai.BadRequestError() | openai.UnprocessableEntityError() | openai.NotFoundError():
            return ModelRejected()
        case _:
            return ModelFailed()


def may_pass(error: Exception) -> bool:
    """Whether the same request may succeed a little later."""
    match error:
        case openai.RateLimitError(code="insufficient_quota"):
            return False
        case openai.APIStatusError(status_code=status):
            return status in {408, 409, 429} or status >= 500
        case openai.APIConnectionError() | TimeoutError():
            return True
        case _:
            return False


def pause_asked_for(error: Exception) -> float | None:
    """The seconds after which the server wants to be asked again; None where it does not say, or that is too long."""
    if not isinstance(error, openai.APIStatusError):
        return None
    headers = error.response.headers
    try:
        if (milliseconds := headers.get("retry-after-ms")) is not None:
            seconds = float(milliseconds) / 1000
        else:
            seconds = float(headers.get("retry-after", ""))
    except ValueError:
        return None
    return seconds if 0 <= seconds <= _LONGEST_PAUSE else None
