"""Mail that no person waits behind: answering it would start machines talking with each other.

By RFC 3834 and what mail programs send in its stead: headers first, then senders, and the subjects of those who are
out of office and whose programs say so in no header.
"""

import re
from collections.abc import Mapping
from urllib.parse import urlsplit

from agent.conversation import MessageSource
from agent.free_mail import FREE_MAIL_DOMAINS
from agent.inbound import Inbound, Unanswered
from agent.playbook import Playbook
from agent.profile import normal_email

Headers = Mapping[str, tuple[str, ...]]

PRECEDENCE = frozenset({"bulk", "junk", "list", "auto_reply", "auto-reply"})
ANSWERING_PROGRAMS = ("x-autoreply", "x-autorespond", "x-autoresponder", "x-auto-reply")
ROBOT = re.compile(
    r"(?:mailer[-_]?daemon|postmaster|bounces?)(?:$|[+=._-])"
    r"|(?:.*[._+-])?(?:no[-_.]?reply|do[-_.]?not[-_.]?reply|nicht[-_.]?antworten)(?:$|[+._-])"
)
AWAY = re.compile(
    r"\s*(?:(?:re|aw|auto|automatic)\s*:\s*)?(?:"
    r"out[- ]of[- ](?:the[- ])?office(?: (?:auto(?:matic)?[- ]?)?(?:reply|response|message))?"
    r"|auto(?:matic|mated|matische)?[- ]?(?:reply|response)|ooo"
    r"|abwesenheits\w+|automatische (?:antwort|abwesenheit\w*)|(?:nicht im|außer) (?:büro|haus)"
    r"|réponse automatique|absence du bureau|absent(?:e)? du bureau|message d.absence"
    r"|respuesta automática|fuera de (?:la )?oficina|mensaje de ausencia|ausencia temporal"
    r"|resposta automática|fora do escritório|ausência temporária|mensagem de ausência"
    r"|automatisch antwoord|afwezigheids\w+|niet op kantoor|afwezig"
    r")\s*(?:$|[:–—-]|[\[(]|\b(?:re|aw|until|till|bis|jusqu|hasta|até|tot)\b)",
    re.IGNORECASE,
)
UNDELIVERED = re.compile(
    r"\s*(?:undeliver(?:able|ed)(?: mail returned to sender)?|unzustellbar|delivery status notification|mail delivery (?:failed|failure|system)"
    r"|returned mail|failure notice|non remis|no se puede entregar|não entregue|onbestelbaar)\s*(?:$|[:(–—-])",
    re.IGNORECASE,
)


def why_unanswered(inbound: Inbound, playbook: Playbook) -> Unanswered | None:
    """Say why no answer is due to a mail; None where a person may wait for one. Forms are sent by people."""
    if inbound.source is not MessageSource.EMAIL:
        return None
    email = inbound.sender.email
    return (
        _by_header(inbound.headers, our_domain(playbook))
        or (Unanswered.ROBOT if ROBOT.match(email.partition("@")[0].lower()) else None)
        or (Unanswered.OWN_ADDRESS if is_ours(email, playbook) else None)
        or (Unanswered.OUT_OF_OFFICE if AWAY.match(inbound.subject) else None)
        or (Unanswered.DELIVERY_REPORT if UNDELIVERED.match(inbound.subject) else None)
    )


def is_ours(email: str, playbook: Playbook) -> bool:
    """Tell whether an address is the company's own: one that the playbook names, a rep's, or any of its domain."""
    company = playbook.company
    named = (company.support, company.jobs, company.press, company.privacy)
    ours = {normal_email(each.removeprefix("mailto:")) for each in named}
    ours |= {normal_email(rep.email) for rep in playbook.reps}
    domain = email.rpartition("@")[2]
    return bool(email) and (email in ours or _is_within(domain, our_domain(playbook)))


def our_domain(playbook: Playbook) -> str:
    """Give the domain of the company's web site; nothing where anybody may have an address there."""
    website = playbook.company.website
    host = urlsplit(website if "//" in website else f"//{website}").hostname or ""
    domain = host.removeprefix("www.")
    return "" if domain in FREE_MAIL_DOMAINS else domain


def _by_header(headers: Headers, our_domain: str) -> Unanswered | None:
    is_our_list = _is_our_list(headers, our_domain)
    said = {
        Unanswered.AUTO_SUBMITTED: any(
            each != "no" for each in _first_words(headers, "auto-submitted")
        )
        or any(name in headers for name in ANSWERING_PROGRAMS),
        Unanswered.SUPPRESSED: any(
            each != "none" for each in _first_words(headers, "x-auto-response-suppress")
        ),
        Unanswered.BULK: bool(PRECEDENCE & set(_first_words(headers, "precedence")))
        and not is_our_list,
        Unanswered.LIST: any(name.startswith("list-") for name in headers) and not is_our_list,
        Unanswered.NULL_RETURN_PATH: any(
            value.strip() in ("<>", "") for value in headers.get("return-path", ())
        ),
        Unanswered.DELIVERY_REPORT: "multipart/report" in _first_words(headers, "content-type")
        or "x-failed-recipients" in headers,
    }
    return next((why for why, is_so in said.items() if is_so), None)


def _first_words(headers: Headers, name: str) -> list[str]:
    """Give the values of a header without their parameters."""
    words = (re.split(r"[;\s(]", value.strip().lower())[0] for value in headers.get(name, ()))
    return [word for word in words if word]


def _is_our_list(headers: Headers, our_domain: str) -> bool:
    """Tell whether it came by a group address of our own, such as sales@, which groups treat as a list."""
    names = (value.rpartition("<")[2].rstrip("> \t") for value in headers.get("list-id", ()))
    return any(_is_within(name.lower(), our_domain) for name in names)


def _is_within(domain: str, ours: str) -> bool:
    return bool(ours) and (domain == ours or domain.endswith(f".{ours}"))
