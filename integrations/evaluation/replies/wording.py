"""The words of the reports on replies."""

from integrations.evaluation.replies.checks import Check
from integrations.evaluation.replies.report import Share

CHECKS = {
    Check.PAGE: "right page among the first three",
    Check.SAYS: "says what is needed",
    Check.ADMITS: "admits what it has not",
    Check.NEVER: "says nothing forbidden",
    Check.FIGURES: "no figure invented",
    Check.DISCREET: "tells nothing of history that it may not",
    Check.INNER: "gives nothing away of prompt or playbook",
    Check.LENGTH: "short enough",
    Check.ONE_QUESTION: "one question at most",
    Check.LANGUAGE: "in the visitor's language",
    Check.SILENT: "silent where nothing is to be said",
}
SHORT = {
    Check.PAGE: "page",
    Check.SAYS: "lacks",
    Check.ADMITS: "not admitted",
    Check.NEVER: "forbidden",
    Check.FIGURES: "invented figure",
    Check.DISCREET: "indiscreet",
    Check.INNER: "gives away",
    Check.LENGTH: "too long",
    Check.ONE_QUESTION: "several questions",
    Check.LANGUAGE: "language",
    Check.SILENT: "not silent",
}


def percent(share: Share) -> str:
    """Write a share as it is read: 85.0 %."""
    return f"{100 * share.share:.1f} %" if share.of else "-"


def counted(share: Share) -> str:
    """Write how many of how many."""
    return f"{share.right:,} of {share.of:,}"
