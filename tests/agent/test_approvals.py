"""Approved money in plain words, and what only looks like it."""

import pytest

from agent.approvals import approved_budget


@pytest.mark.parametrize(
    "text",
    [
        "New quote please, board approved the spend, decision in two weeks.",
        "Our budget has been signed off.",
        "They finally released the funding for this.",
        "Die Gesellschafter haben das Budget letzte Woche freigegeben.",
        "Die Mittel sind bewilligt, wir können loslegen.",
        "Le budget est validé.",
        "Perfecto. La partida está aprobada, firmo yo.",
        "orçamento aprovado pela administração",
        "Het budget is nu goedgekeurd.",
        "Ya se ha aprobado el presupuesto.",
        "La dirección aprobó los fondos ayer.",
        "A diretoria aprovou a verba.",
        "Il budget è approvato.",
        "Budżet został zatwierdzony.",
        "Budgeten är godkänd.",
        "Бюджет утверждён.",
    ],
)
def test_money_that_is_approved_is_found_with_its_sentence(text: str) -> None:
    found = approved_budget(text)
    assert found
    assert found in text


@pytest.mark.parametrize(
    "text",
    [
        "",
        "We have not approved any budget.",
        "The budget isn't approved yet.",
        "Is the budget approved?",
        "Once the budget is approved we will call.",
        "If our board releases the funds, we go.",
        "Das Budget ist noch nicht freigegeben.",
        "Sobald das Budget genehmigt ist, melde ich mich.",
        "Le budget n'est pas encore validé.",
        "El presupuesto aún no está aprobado.",
        "O orçamento ainda não foi aprovado.",
        "Het budget is nog niet goedgekeurd.",
        "Se o orçamento for aprovado, avançamos.",
        "Bugetul nu este aprobat.",
        "Si se aprueba el presupuesto, compramos.",
        "Our budget is 40k.",
        "The design was approved.",
        "> The budget is approved.\nWhat does it cost?",
    ],
)
def test_what_is_denied_asked_or_awaited_is_not_approved(text: str) -> None:
    assert approved_budget(text) == ""


def test_a_huge_text_is_read_in_a_moment() -> None:
    assert approved_budget("budget " * 5_000 + "approved") != "budget"
