"""What may go wrong, in the words of the trade; the edges choose codes and texts for it."""


class HotlineError(Exception):
    """Anything Hotline raises on purpose."""


class UnknownConversationError(HotlineError):
    """No conversation has this id, or it belongs to somebody else."""


class UnknownLeadError(HotlineError):
    """No lead has this id or identity."""


class UnknownMergeError(HotlineError):
    """No merge of leads has this number."""


class UnknownHandoffError(HotlineError):
    """No handoff has this id."""


class UnknownRepError(HotlineError):
    """The playbook names no rep with this id."""


class ConversationClosedError(HotlineError):
    """The conversation has ended; a new one must be started."""


class VisitorGoneError(HotlineError):
    """The visitor has ended the conversation: a rep's words would reach nobody; the message says how else to reach them."""


class StaleEpochError(HotlineError):
    """Somebody else took the conversation over, or new words arrived: this work is out of date."""


class AlreadyClaimedError(HotlineError):
    """Another rep was faster."""

    def __init__(self, rep_id: str) -> None:
        super().__init__(f"Already claimed by {rep_id}.")
        self.rep_id = rep_id


class NotClaimedByError(HotlineError):
    """Only the rep who claimed the handoff may do this."""

    def __init__(self, rep_id: str, claimed_by: str | None) -> None:
        super().__init__(
            f"{rep_id} does not hold this conversation; {claimed_by or 'nobody'} does."
        )
        self.rep_id = rep_id
        self.claimed_by = claimed_by


class HandoffEndedError(HotlineError):
    """The handoff was given back or closed; nothing more can be done with it."""


class StepOvertakenError(HotlineError):
    """Somebody acted before a step of time was taken: there is nothing left to do."""


class RefusedFileError(HotlineError):
    """A file is not passed on; the message says why, in a sentence."""


class UnknownAttachmentError(HotlineError):
    """No file of this conversation has this id, or it was taken back."""


class NoCallBackError(HotlineError):
    """No call was promised, so that none can be ticked off."""


class NoBookingError(HotlineError):
    """No calendar is known in which the visitor could book a time."""


class ModelUnavailableError(HotlineError):
    """The language model is slow, down, refuses, or answers rubbish."""


class DeskUnavailableError(HotlineError):
    """The rep desk (Slack) cannot be reached now; try again after `retry_after` seconds."""

    def __init__(self, message: str, retry_after: float = 5.0) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class DeskRefusedError(HotlineError):
    """The rep desk says no for good (a wrong channel, a revoked token): trying again is useless."""


class LibraryUnavailableError(HotlineError):
    """The knowledge library cannot be read now."""


class EmbeddingsUnavailableError(LibraryUnavailableError):
    """Texts cannot be turned into vectors now; facts are still found by their words."""


class PlaybookError(HotlineError):
    """The playbook is wrong; the message names the file, the line and what is expected there."""


class StoreUnavailableError(HotlineError):
    """The database cannot take this now (disk full, locked, gone); nothing was half-written."""


class NoRoomError(StoreUnavailableError):
    """There is no room for a file now; nothing was half-written."""
