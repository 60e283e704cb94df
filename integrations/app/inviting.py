"""Links by which reps sign in at the desk."""

from agent.conversation import RepId
from agent.errors import UnknownRepError
from integrations.app.detecting import playbook_of
from integrations.clock import SystemClock
from integrations.settings import Settings
from integrations.web.door import RepInvites


def invite_address(settings: Settings, rep_id: str, secret: str) -> str:
    """Give the address by which a rep signs in, once; raises UnknownRepError.

    The secret part stands behind the #, which browsers send to nobody: neither logs nor previews see it.
    """
    playbook = playbook_of(settings)
    rep = playbook.rep(RepId(rep_id))
    if rep is None:
        known = ", ".join(rep.id for rep in playbook.reps)
        raise UnknownRepError(f"The playbook names no rep {rep_id!r}; it knows {known}.")
    invite = RepInvites(secret, SystemClock()).issue(rep.id)
    return f"{settings.url.rstrip('/')}/desk#invite={invite}"
