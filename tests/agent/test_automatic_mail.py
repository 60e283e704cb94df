"""Which mails nobody waits behind."""

from typing import Any

import pytest

from agent.automatic_mail import why_unanswered
from agent.conversation import MessageSource
from agent.inbound import Inbound, Sender, Unanswered
from agent.playbook import Playbook
from tests.agent.tourvane import PLAYBOOK


def playbook(**company: str) -> Playbook:
    given = {"website": "https://www.tourvane.example", "support": "help@tourvane-support.example"}
    rules = PLAYBOOK.company.model_copy(update={**given, **company})
    return PLAYBOOK.model_copy(update={"company": rules})


def a_mail(
    email: str = "dana@nordlift.example", subject: str = "Prices", **headers: str
) -> Inbound:
    named = {name.replace("_", "-"): (value,) for name, value in headers.items()}
    return Inbound(MessageSource.EMAIL, "1", Sender(email), subject, "What is it?", named)


def why(*args: Any, **headers: str) -> Unanswered | None:
    return why_unanswered(a_mail(*args, **headers), playbook())


@pytest.mark.parametrize(
    ("headers", "because"),
    [
        ({"auto_submitted": "auto-replied"}, Unanswered.AUTO_SUBMITTED),
        ({"auto_submitted": "auto-generated; owner-email=x"}, Unanswered.AUTO_SUBMITTED),
        ({"auto_submitted": "Auto-Notified"}, Unanswered.AUTO_SUBMITTED),
        ({"x_autoreply": "yes"}, Unanswered.AUTO_SUBMITTED),
        ({"x_auto_response_suppress": "All"}, Unanswered.SUPPRESSED),
        ({"x_auto_response_suppress": "DR, RN, NRN, OOF, AutoReply"}, Unanswered.SUPPRESSED),
        ({"precedence": "bulk"}, Unanswered.BULK),
        ({"precedence": "Junk"}, Unanswered.BULK),
        ({"precedence": "list"}, Unanswered.BULK),
        ({"precedence": "auto_reply"}, Unanswered.BULK),
        ({"list_id": "News <news.vendor.example>"}, Unanswered.LIST),
        ({"list_unsubscribe": "<mailto:off@vendor.example>"}, Unanswered.LIST),
        ({"return_path": "<>"}, Unanswered.NULL_RETURN_PATH),
        ({"return_path": " <> "}, Unanswered.NULL_RETURN_PATH),
        (
            {"content_type": "multipart/report; report-type=delivery-status"},
            Unanswered.DELIVERY_REPORT,
        ),
        ({"x_failed_recipients": "dana@nordlift.example"}, Unanswered.DELIVERY_REPORT),
    ],
)
def test_headers_tell_that_a_machine_wrote(headers: dict[str, str], because: Unanswered) -> None:
    assert why(**headers) is because


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"auto_submitted": "no"},
        {"auto_submitted": "No"},
        {"x_auto_response_suppress": "None"},
        {"precedence": "first-class"},
        {"return_path": "<dana@nordlift.example>"},
        {"content_type": "multipart/alternative; boundary=x"},
        {
            "list_id": "Sales <sales.tourvane.example>",
            "precedence": "list",
            "list_post": "<mailto:x>",
        },
    ],
)
def test_what_people_send_is_answered(headers: dict[str, str]) -> None:
    assert why(**headers) is None


@pytest.mark.parametrize(
    "email",
    [
        "mailer-daemon@mx.example",
        "MAILER-DAEMON@mx.example",
        "postmaster@mx.example",
        "no-reply@shop.example",
        "noreply@shop.example",
        "no_reply@shop.example",
        "donotreply@shop.example",
        "do-not-reply@shop.example",
        "billing-noreply@shop.example",
        "noreply+ab12@shop.example",
        "bounces+123@shop.example",
    ],
)
def test_robots_are_not_answered(email: str) -> None:
    assert why(email) is Unanswered.ROBOT


@pytest.mark.parametrize(
    "email", ["norepling@shop.example", "noreen@shop.example", "bouncer@club.example", ""]
)
def test_people_with_such_names_are(email: str) -> None:
    assert why(email) is None


@pytest.mark.parametrize(
    "email",
    ["ada@tourvane.example", "ada@eu.tourvane.example", "help@tourvane-support.example"],
)
def test_our_own_addresses_are_not_answered(email: str) -> None:
    assert why(email) is Unanswered.OWN_ADDRESS


def test_somebody_elses_domain_that_ends_as_ours_is_not_ours() -> None:
    assert why("dana@nottourvane.example") is None


def test_without_a_web_site_nobodys_domain_is_ours() -> None:
    assert why_unanswered(a_mail(), playbook(website="", support="")) is None


@pytest.mark.parametrize(
    "subject",
    [
        "Out of office",
        "Out of Office: Prices",
        "Automatic reply: Prices for 40",
        "Auto-Reply: Prices",
        "OOO: back on Monday",
        "Abwesenheitsnotiz: Preise",
        "Automatische Antwort: Preise",
        "Abwesenheitsnotiz",
        "Réponse automatique : Prix",
        "Absence du bureau",
        "Respuesta automática: Precios",
        "Fuera de la oficina",
        "Resposta automática: Preços",
        "Fora do escritório",
        "Automatisch antwoord: Prijzen",
        "Afwezigheidsbericht",
        "Re: Out of office until Monday",
    ],
)
def test_who_is_out_of_office_is_not_answered_in_six_languages(subject: str) -> None:
    assert why("dana@nordlift.example", subject) is Unanswered.OUT_OF_OFFICE


@pytest.mark.parametrize(
    "subject",
    [
        "Out of office scheduling for 40 technicians",
        "Our office is out of paper",
        "Automatic replies in your product?",
        "Afwezigen plannen",
        "Undeliverable parcels, how do you plan them?",
    ],
)
def test_subjects_that_only_sound_so_are_answered(subject: str) -> None:
    assert why("dana@nordlift.example", subject) is None


@pytest.mark.parametrize(
    "subject",
    [
        "Undeliverable: Prices",
        "Delivery Status Notification (Failure)",
        "Undelivered Mail Returned to Sender",
    ],
)
def test_what_did_not_arrive_is_not_answered(subject: str) -> None:
    assert why("someone@mx.example", subject) is Unanswered.DELIVERY_REPORT


def test_forms_are_sent_by_people() -> None:
    form = Inbound(MessageSource.FORM, "1", Sender("no-reply@shop.example"), "Out of office", "Hi")
    assert why_unanswered(form, playbook()) is None
