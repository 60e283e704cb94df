"""Forms and mails, joined to where they are kept and read."""

from integrations.app.parts import Parts
from integrations.web.post_room import PostRoom
from knowledge.inbound import SqlInbox


def post_room(parts: Parts, secret: str) -> PostRoom:
    """Make what the API needs for forms and mails; `secret` makes the ids of their senders."""
    free_mail = parts.playbook.scoring.fit.free_mail_domains
    return PostRoom(
        inbox=SqlInbox(parts.store.database, parts.clock, secret, free_mail),
        read_html=_mail_text,
        note_arrival=parts.watcher.metrics.message_arrived,
    )


def _mail_text(html: str) -> str:
    # What reads HTML takes a tenth of a second to import.
    from knowledge.documents.mail import mail_text

    return mail_text(html)
