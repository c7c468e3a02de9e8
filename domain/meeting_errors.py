"""What can be refused of minutes and of speech."""

from domain.errors import DomainError, Kind


class SourceRoomRequired(DomainError):
    kind, code, message = Kind.INVALID, "SOURCE_ROOM_REQUIRED", "Name the room whose talk is to be summarised."


class SourceAndTargetSame(DomainError):
    kind, code, message = Kind.INVALID, "SOURCE_AND_TARGET_SAME", "A room cannot be summarised into itself."


class ForbiddenTarget(DomainError):
    kind, code, message = Kind.FORBIDDEN, "FORBIDDEN_TARGET", "You are not a member of the room to post in."


class ForbiddenSource(DomainError):
    kind, code, message = Kind.FORBIDDEN, "FORBIDDEN_SOURCE", "You are not a member of the room to be summarised."


class SummaryFailed(DomainError):
    kind, code, message = Kind.UPSTREAM, "SUMMARY_FAILED", "The summary could not be made. Please try again."


class NoAudioData(DomainError):
    kind, code, message = Kind.INVALID, "NO_AUDIO_DATA", "There is no sound in the request."


class UnsupportedAudio(DomainError):
    kind, code = Kind.INVALID, "UNSUPPORTED_AUDIO"
    message = "This is not a recording that can be understood: send WAV, MP3, M4A, MP4, Ogg, WebM or FLAC."


class TranscriptionFailed(DomainError):
    kind, code = Kind.UPSTREAM, "TRANSCRIPTION_FAILED"
    message = "What was said could not be written down. Try it again later."


class RecordingTooLong(DomainError):
    kind, code, message = Kind.TOO_LARGE, "RECORDING_TOO_LONG", "The recording is too long."
