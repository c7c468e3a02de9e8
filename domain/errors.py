"""Everything that can be refused, each with a stable code and a kind.

The code is part of the wire contract; the kind tells a protocol adapter which status to answer with.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from typing import ClassVar


class Kind(Enum):
    """What sort of refusal an error is."""

    UNAUTHENTICATED = "unauthenticated"
    FORBIDDEN = "forbidden"
    MISSING = "missing"
    CONFLICT = "conflict"
    INVALID = "invalid"
    TOO_LARGE = "too_large"
    LIMITED = "limited"
    UNAVAILABLE = "unavailable"
    UPSTREAM = "upstream"
    NOT_CONFIGURED = "not_configured"


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong with one field of what was asked."""

    field: str
    message: str


class DomainError(Exception):
    """A refusal. Subclasses fix ``kind``, ``code`` and a default ``message`` for a person."""

    kind: ClassVar[Kind]
    code: ClassVar[str]
    message: str = "The request was refused."

    def __init__(self, message: str | None = None, *, details: Sequence[Fault] = ()) -> None:
        super().__init__(message or self.message)
        self.message = message or self.message
        self.details = tuple(details)


class NoToken(DomainError):
    kind, code, message = Kind.UNAUTHENTICATED, "NO_TOKEN", "Sign in first: no token was given."


class InvalidToken(DomainError):
    kind, code, message = Kind.UNAUTHENTICATED, "INVALID_TOKEN", "The token is not valid or has expired. Sign in again."


class InvalidCredentials(DomainError):
    kind, code, message = Kind.UNAUTHENTICATED, "INVALID_CREDENTIALS", "The email or the password is not right."


class LinkInvalid(DomainError):
    kind, code = Kind.INVALID, "LINK_INVALID"
    message = "This link is not good any more: it was used, or is too old. Ask for a new one."


class InvitationInvalid(DomainError):
    kind, code = Kind.MISSING, "INVITATION_INVALID"
    message = "This invitation is not good any more: it was used up or withdrawn, or is too old."


class RegistrationClosed(DomainError):
    kind, code, message = Kind.FORBIDDEN, "REGISTRATION_CLOSED", "Accounts are made by invitation here."


class AccountDisabled(DomainError):
    kind, code, message = Kind.FORBIDDEN, "ACCOUNT_DISABLED", "This account was disabled. Ask an administrator."


class AdministratorsOnly(DomainError):
    kind, code, message = Kind.FORBIDDEN, "ADMINISTRATORS_ONLY", "Only an administrator may do this."


class MailNotConfigured(DomainError):
    kind, code = Kind.NOT_CONFIGURED, "MAIL_NOT_CONFIGURED"
    message = "No mail can be sent from here. Ask an administrator for a link."


class MailFailed(DomainError):
    kind, code, message = Kind.UNAVAILABLE, "MAIL_FAILED", "The mail could not be sent."


class SignOnFailed(DomainError):
    kind, code = Kind.UNAUTHENTICATED, "SIGN_ON_FAILED"
    message = "Signing in over there did not work. Begin again."


class EmailNotVerified(DomainError):
    kind, code = Kind.FORBIDDEN, "EMAIL_NOT_VERIFIED"
    message = "Whoever vouches for you has not verified your mail address, so no account can be found by it."


class ProviderUnavailable(DomainError):
    kind, code, message = Kind.UPSTREAM, "PROVIDER_UNAVAILABLE", "Whoever vouches for you cannot be reached."


class Forbidden(DomainError):
    kind, code, message = Kind.FORBIDDEN, "FORBIDDEN", "You may not do this here."


class OwnerOnly(DomainError):
    kind, code, message = Kind.FORBIDDEN, "OWNER_ONLY", "Only the room's owner may do this."


class AdminOnly(DomainError):
    kind, code, message = Kind.FORBIDDEN, "ADMIN_ONLY", "Only the room's owner and its admins may do this."


class DirectRoom(DomainError):
    kind, code = Kind.CONFLICT, "DIRECT_ROOM"
    message = "This is a talk between two: it has no title of its own, no roles, and room for nobody else."


class OwnerCannotLeave(DomainError):
    kind, code = Kind.CONFLICT, "OWNER_CANNOT_LEAVE"
    message = "The owner cannot leave while others are in the room."


class NotFound(DomainError):
    kind, code, message = Kind.MISSING, "NOT_FOUND", "There is no such thing here."


class DuplicateEntry(DomainError):
    kind, code, message = Kind.CONFLICT, "DUPLICATE_ENTRY", "This exists already."


class AlreadyDeleted(DomainError):
    kind, code, message = Kind.CONFLICT, "ALREADY_DELETED", "The message was deleted."


class TooManyReactions(DomainError):
    kind, code, message = Kind.CONFLICT, "TOO_MANY_REACTIONS", "This message has as many reactions as it may have."


class TooManyPins(DomainError):
    kind, code, message = Kind.CONFLICT, "TOO_MANY_PINS", "This room has as many pinned messages as it may have."


class ClientTempIdReused(DomainError):
    kind, code = Kind.CONFLICT, "CLIENT_TEMP_ID_REUSED"
    message = "This clientTempId was used before for another text."


class InvalidInput(DomainError):
    kind, code, message = Kind.INVALID, "VALIDATION_FAILED", "The request is not valid."


class UserIdsRequired(DomainError):
    kind, code, message = Kind.INVALID, "USER_IDS_REQUIRED", "Name at least one user."


class NoValidUsers(DomainError):
    kind, code, message = Kind.INVALID, "NO_VALID_USERS", "None of these users exists."


class CalendarFull(DomainError):
    kind, code, message = Kind.CONFLICT, "CALENDAR_FULL", "Your calendar holds as many events as it may."


class MessageTooLong(DomainError):
    kind, code, message = Kind.TOO_LARGE, "MESSAGE_TOO_LONG", "The message is too long."


class FileTypeNotAllowed(DomainError):
    kind, code, message = Kind.INVALID, "FILE_TYPE_NOT_ALLOWED", "Files of this type may not be sent here."


class AttachmentInUse(DomainError):
    kind, code, message = Kind.CONFLICT, "ATTACHMENT_IN_USE", "This file hangs on another message already."


class TooManyUploads(DomainError):
    kind, code = Kind.CONFLICT, "TOO_MANY_UPLOADS"
    message = "You have uploaded as many files as may wait to be sent. Send some of them first."


class UnreadableImage(DomainError):
    """It is no picture, or one of more pixels than are opened here."""

    kind, code, message = Kind.INVALID, "UNREADABLE_IMAGE", "This picture could not be read."


class PayloadTooLarge(DomainError):
    kind, code, message = Kind.TOO_LARGE, "PAYLOAD_TOO_LARGE", "The request is too large."


class RateLimited(DomainError):
    """``retry_after`` is in seconds."""

    kind, code, message = Kind.LIMITED, "RATE_LIMITED", "Too many requests. Try again in a moment."

    def __init__(self, message: str | None = None, *, retry_after: float = 1.0) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class Unavailable(DomainError):
    kind, code, message = (
        Kind.UNAVAILABLE,
        "SERVICE_UNAVAILABLE",
        "The service is not available. Try again in a moment.",
    )


class EmbeddingFailed(DomainError):
    """The model that makes vectors is away, overloaded or not to be had."""

    kind, code, message = (
        Kind.UNAVAILABLE,
        "EMBEDDING_FAILED",
        "Search by meaning is not possible at the moment. Try again later, or search by words.",
    )


class EmbeddingRefused(EmbeddingFailed):
    """The model does not take such a text."""

    code = "EMBEDDING_REFUSED"


class AiQuotaExceeded(RateLimited):
    """Somebody has asked Jarvis as much as one may in a day."""

    code, message = "AI_QUOTA_EXCEEDED", "You have asked Jarvis as much as one may in a day."


class AnswerCancelled(DomainError):
    """The asker or the room's owner has said stop."""

    kind, code, message = Kind.CONFLICT, "CANCELLED", "The answer was stopped."


class AnswerFault(DomainError):
    """Answering failed unexpectedly, of which people are told no more than this."""

    kind, code, message = Kind.UNAVAILABLE, "INTERNAL_ERROR", "Jarvis could not finish the answer. Please ask again."


class ModelFailed(DomainError):
    """The chat model broke off or could not be asked."""

    kind, code, message = Kind.UNAVAILABLE, "MODEL_FAILED", "Jarvis could not finish the answer. Please ask again."


class ModelBusy(ModelFailed):
    """The chat model takes no more questions for now."""

    code, message = "MODEL_BUSY", "The language model is overloaded at the moment. Please ask again in a little while."


class ModelTimedOut(ModelFailed):
    """The chat model did not begin, or fell silent."""

    code, message = "MODEL_TIMEOUT", "The language model took too long. Please ask again."


class ModelRefusedKey(ModelFailed):
    """The chat model does not accept the key of this installation."""

    code = "MODEL_KEY_REFUSED"
    message = "The language model does not accept this installation's key. Please tell whoever runs it."


class ModelRejected(ModelFailed):
    """The chat model does not take this question, however often it is asked."""

    code, message = "MODEL_REJECTED", "The language model could not take this question. Please ask it differently."


class ModelAnsweredBadly(ModelFailed):
    """What the model was to answer in a given form came in another, also when it was shown its fault."""

    code, message = "MODEL_BAD_JSON", "The language model answered in a form that could not be read. Please try again."


class AddressNotAllowed(DomainError):
    """Somebody named an address that is not of the public internet, or no address at all."""

    kind, code, message = Kind.INVALID, "ADDRESS_NOT_ALLOWED", "This address may not be called from here."


class OutboundFailed(DomainError):
    """Who was called at an address that somebody named did not answer as it should."""

    kind, code, message = (
        Kind.UPSTREAM,
        "OUTBOUND_FAILED",
        "The address could not be reached, or its answer not be read.",
    )


class HolidaysUnavailable(DomainError):
    kind, code, message = Kind.UPSTREAM, "HOLIDAYS_UNAVAILABLE", "The holiday service does not answer as it should."


class HolidaysNotConfigured(DomainError):
    kind, code, message = Kind.NOT_CONFIGURED, "HOLIDAYS_NOT_CONFIGURED", "The holiday service needs HOLIDAY_API_KEY."


class QueryRequired(DomainError):
    kind, code, message = Kind.INVALID, "QUERY_REQUIRED", "Say what to look for."


class NewsNotConfigured(DomainError):
    kind, code = Kind.UNAVAILABLE, "NAVER_NEWS_NOT_CONFIGURED"
    message = "News need NAVER_CLIENT_ID and NAVER_CLIENT_SECRET."


class NewsAuthFailed(DomainError):
    kind, code, message = Kind.UPSTREAM, "NAVER_API_AUTH_FAILED", "The news service does not accept our key."


class NewsRateLimited(DomainError):
    kind, code, message = Kind.LIMITED, "NAVER_API_RATE_LIMIT", "The news service was asked too often. Try again later."


class NewsFetchFailed(DomainError):
    kind, code, message = Kind.UPSTREAM, "NAVER_NEWS_FETCH_FAILED", "The news service does not answer as it should."


class OpenAiNotConfigured(DomainError):
    """What is asked for needs a language model, and there is only the mock."""

    kind, code = Kind.NOT_CONFIGURED, "OPENAI_NOT_CONFIGURED"
    message = "This needs a language model: set OPENAI_API_KEY or OPENAI_BASE_URL."


class UnsupportedTargetLanguage(DomainError):
    kind, code, message = Kind.INVALID, "UNSUPPORTED_TARGET_LANG", "This is not a language that can be translated into."


class TranslationFailed(DomainError):
    kind, code, message = (
        Kind.UPSTREAM,
        "TRANSLATE_UPSTREAM_ERROR",
        "The text could not be translated. Try it later.",
    )


class TranslationEmpty(DomainError):
    kind, code, message = Kind.UPSTREAM, "TRANSLATE_EMPTY_RESPONSE", "The translation that came back was empty."
