"""Forms and mails over HTTP."""

import asyncio
from typing import Any

import httpx
import pytest

from agent.conversation import ConversationId
from tests.integrations.web.world import SERVER, World, problem_of, until

MAIL: dict[str, Any] = {
    "source": "email",
    "external_id": "<m1@mail.example>",
    "from": {"email": "Dana Weiss <dana@nordlift.example>"},
    "subject": "Prices for 40 technicians",
    "text": "What is the price?\n\n-- \nDana Weiss\n\nOn Mon, 2 Mar 2026 at 10:00, Ada wrote:\n> Old words",
}
FORM: dict[str, Any] = {
    "source": "form",
    "external_id": "f-1",
    "from": {"email": "dana@nordlift.example", "name": "Dana Weiss"},
    "text": "What is the price?",
}


async def post(world: World, given: dict[str, Any] = MAIL, **changes: Any) -> httpx.Response:
    return await world.client.post("/v1/inbound", json={**given, **changes}, headers=SERVER)


async def fetch(
    world: World, path: str = "email/<m1@mail.example>", **params: Any
) -> httpx.Response:
    return await world.client.get(f"/v1/inbound/{path}", params=params, headers=SERVER)


async def said(world: World, response: httpx.Response) -> list[str]:
    conversation_id = ConversationId(response.json()["conversation_id"])
    return [message.text for message in await world.conversations.messages(conversation_id, 0)]


async def test_a_mail_is_said_without_what_it_quotes_and_wakes_the_agent(world: World) -> None:
    response = await post(world)
    assert response.status_code == 202
    assert response.json()["unanswered"] is None
    assert await said(world, response) == ["Prices for 40 technicians\n\nWhat is the price?"]
    assert world.woken == [response.json()["conversation_id"]]


async def test_a_form_is_said_as_it_came(world: World) -> None:
    response = await post(world, FORM, subject="Contact form")
    assert await said(world, response) == ["What is the price?"]


async def test_the_same_again_answers_the_same_and_wakes_nobody(world: World) -> None:
    first = await post(world)
    again = await post(world, text="Something else")
    assert (again.status_code, again.json()) == (202, first.json())
    assert len(world.woken) == 1


async def test_needs_the_api_key(world: World) -> None:
    response = await world.client.post("/v1/inbound", json=MAIL)
    assert response.status_code == 401
    assert (await world.client.get("/v1/inbound/form/f-1")).status_code == 401


async def test_the_reply_is_fetched_under_the_mails_own_id(world: World) -> None:
    taken = (await post(world)).json()
    await world.answer(taken["conversation_id"], "It is 29 EUR.")
    found = (await fetch(world)).json()
    assert found["message_id"] == taken["message_id"]
    assert found["reply"]["text"] == "It is 29 EUR."
    assert found["reply"]["in_reply_to"] == [taken["message_id"]]
    assert found["email"] == "dana@nordlift.example"
    assert "> Old words" in found["text"]


async def test_waits_for_the_reply(world: World) -> None:
    taken = (await post(world)).json()
    waiting = asyncio.create_task(fetch(world, wait=10))
    await until(lambda: world.services.audience.watchers() > 0)
    await world.answer(taken["conversation_id"])
    assert (await waiting).json()["reply"]["text"] == "It is 29 EUR."


async def test_nobody_waits_for_an_answer_to_automatic_mail(world: World) -> None:
    response = await post(world, headers={"Auto-Submitted": "auto-replied"})
    assert response.status_code == 202
    assert response.json()["unanswered"] == "auto_submitted"
    assert response.json()["message_id"]
    assert await said(world, response) == []
    assert world.woken == []
    found = (await fetch(world, wait=30)).json()
    assert (found["reply"], found["said_since"]) == (None, [])


async def test_what_a_rep_says_is_fetched_as_well(world: World) -> None:
    taken = (await post(world)).json()
    await world.hand_off(taken["conversation_id"])
    handoff = await world.services.takeover.handoffs.latest(
        ConversationId(taken["conversation_id"])
    )
    assert handoff is not None
    rep = {"rep": "mia"}
    await world.client.post(f"/v1/handoffs/{handoff.id}/claim", json=rep, headers=SERVER)
    words = {**rep, "text": "I will send the quote."}
    await world.client.post(f"/v1/handoffs/{handoff.id}/messages", json=words, headers=SERVER)
    found = (await fetch(world)).json()
    assert [message["text"] for message in found["said_since"]] == ["I will send the quote."]
    assert found["held_by"] == "rep"


async def test_an_unknown_id_is_a_problem(world: World) -> None:
    assert "POST /v1/inbound" in problem_of(await fetch(world, "form/nothing"))["detail"]


async def test_html_alone_is_read(world: World) -> None:
    response = await post(world, text="", subject="", html="<p>What is the <b>price</b>?</p>")
    assert await said(world, response) == ["What is the price?"]


async def test_html_in_the_text_is_read_where_its_type_says_so(world: World) -> None:
    headers = {"content-type": "text/html; charset=utf-8"}
    response = await post(world, text="<p>What is the price?</p>", subject="", headers=headers)
    assert await said(world, response) == ["What is the price?"]


async def test_a_subject_alone_is_words(world: World) -> None:
    response = await post(world, text="", subject="Call me: +49 40 123456")
    assert await said(world, response) == ["Call me: +49 40 123456"]


@pytest.mark.parametrize("source", ["email", "form"])
async def test_neither_text_nor_subject_is_refused(world: World, source: str) -> None:
    response = await post(world, {"source": source, "external_id": "1"}, text=" \n")
    assert response.status_code == 422
    assert "send one of them" in problem_of(response)["detail"]


async def test_a_long_mail_is_cut_at_lines_and_nothing_of_it_is_lost(world: World) -> None:
    line = "We need this for our technicians in Hamburg. "
    text = "\n".join(line for _ in range(300))
    response = await post(world, FORM, text=text)
    parts = await said(world, response)
    assert len(parts) == 2
    assert all(len(part) <= 8_000 for part in parts)
    assert "".join("".join(parts).split()) == "".join(text.split())


async def test_beyond_what_is_read_the_whole_is_kept(world: World) -> None:
    text = "We need this. " * 20_000
    response = await post(world, FORM, text=text)
    parts = await said(world, response)
    assert (len(parts), parts[-1][-3:]) == (3, "[…]")
    assert (await fetch(world, "form/f-1")).json()["text"] == text.strip()


async def test_a_long_mail_in_letters_of_three_bytes_is_taken(world: World) -> None:
    assert (await post(world, FORM, text="価格" * 195_000)).status_code == 202


@pytest.mark.parametrize("written", ["dana@x", "not an address", "", "<>"])
async def test_a_bad_address_does_not_keep_words_out(world: World, written: str) -> None:
    response = await post(world, FORM, **{"from": {"email": written}})
    assert response.status_code == 202
    assert await said(world, response) == ["What is the price?"]
    assert (await fetch(world, "form/f-1")).json()["email"] == ""


async def test_who_sent_it_may_be_missing(world: World) -> None:
    response = await post(world, FORM, **{"from": None})
    assert response.status_code == 202


async def test_broken_characters_do_not_keep_words_out(world: World) -> None:
    content = (
        b'{"source": "form", "external_id": "f-1", "text": "Price\\u0000 \\ud800 for 40?\\u0007"}'
    )
    headers = {**SERVER, "Content-Type": "application/json"}
    response = await world.client.post("/v1/inbound", content=content, headers=headers)
    assert response.status_code == 202
    assert await said(world, response) == ["Price \ufffd for 40?"]


async def test_broken_characters_in_any_field_do_not_keep_words_out(world: World) -> None:
    broken = '{"source": "form", "external_id": "f\\u0000-1", "text": "Hello", "company": {"name": "A\\ud800\\u0000B", "\\udfff": "x"}}'
    headers = {**SERVER, "Content-Type": "application/json"}
    response = await world.client.post("/v1/inbound", content=broken.encode(), headers=headers)
    assert response.status_code == 202
    assert (await fetch(world, "form/f%00-1")).status_code == 200


async def test_headers_may_be_lists_in_any_case(world: World) -> None:
    headers = {"PRECEDENCE": ["bulk"], "Received": ["a", "b"], "X-Nothing": None}
    response = await post(world, headers=headers)
    assert response.json()["unanswered"] == "bulk"


async def test_company_keys_that_nobody_knows_are_ignored(world: World) -> None:
    company = {"name": "Nordlift", "employees": 240, "mood": "good", "founded": None}
    response = await post(world, FORM, company=company)
    assert response.status_code == 202


async def test_chat_is_no_source_here(world: World) -> None:
    assert (await post(world, source="chat")).status_code == 422


async def test_files_are_named_and_not_taken(world: World) -> None:
    response = await post(world, FORM, attachments=["tender.pdf"])
    assert response.status_code == 202


async def test_openapi_describes_it_with_examples(world: World) -> None:
    schema = (await world.client.get("/openapi.json")).json()
    assert {"post"} <= set(schema["paths"]["/v1/inbound"])
    assert "/v1/inbound/{source}/{external_id}" in schema["paths"]
    body = schema["components"]["schemas"]["InboundBody"]
    assert set(body["required"]) == {"source", "external_id"}
    assert body["properties"]["from"]
