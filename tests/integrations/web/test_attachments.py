"""Files of visitors and reps over HTTP."""

import httpx
import pytest

from agent.attachments import AcceptedFile, AttachmentRules
from agent.conversation import Author, ConversationId, RepId
from tests.integrations.web.world import SERVER, Talker, World, a_world, problem_of

PDF = b"%PDF-1.7 our needs"


async def upload(talker: Talker, name: str = "needs.pdf", content: bytes = PDF) -> httpx.Response:
    return await talker.world.client.post(
        f"{talker.url}/attachments", files={"file": (name, content)}, headers=talker.headers
    )


async def send(talker: Talker, *ids: str, text: str = "our needs") -> httpx.Response:
    body = {"client_message_id": "1", "text": text, "attachment_ids": list(ids)}
    return await talker.world.client.post(
        f"{talker.url}/messages", json=body, headers=talker.headers
    )


async def test_a_file_is_uploaded_sent_and_fetched_again(world: World) -> None:
    ada = await world.open()
    response = await upload(ada)
    assert response.status_code == 201
    file = response.json()
    assert (file["name"], file["media_type"], file["size"]) == ("needs.pdf", "application/pdf", 18)
    assert (await send(ada, file["attachment_id"])).status_code == 202
    (message,) = (await ada.read()).json()["messages"]
    assert (message["text"], message["attachments"]) == ("our needs", [file])
    fetched = await world.client.get(file["url"], headers=ada.headers)
    assert (fetched.status_code, fetched.content) == (200, PDF)


async def test_a_file_is_saved_and_never_run(world: World) -> None:
    ada = await world.open()
    file = (await upload(ada, "Büro (x).txt", b"<script>alert(1)</script>")).json()
    await send(ada, file["attachment_id"])
    headers = (await world.client.get(file["url"], headers=ada.headers)).headers
    assert headers["content-disposition"] == (
        "attachment; filename=\"B_ro (x).txt\"; filename*=UTF-8''B%C3%BCro%20%28x%29.txt"
    )
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["content-security-policy"].startswith("sandbox")
    assert headers["cache-control"] == "private, no-store"


async def test_a_message_may_be_a_file_and_nothing_else(world: World) -> None:
    ada = await world.open()
    file = (await upload(ada)).json()
    await send(ada, file["attachment_id"], text="")
    (message,) = (await ada.read()).json()["messages"]
    assert message["text"] == "📎 needs.pdf"


async def test_the_same_file_again_is_the_same(world: World) -> None:
    ada = await world.open()
    first, again = await upload(ada), await upload(ada)
    assert first.json() == again.json()


async def test_nobody_else_sends_or_fetches_a_visitors_file(world: World) -> None:
    ada, eve = await world.open(), await world.open("a-2")
    file = (await upload(ada)).json()
    assert problem_of(await send(eve, file["attachment_id"]))["status"] == 404
    await send(ada, file["attachment_id"])
    stolen = await world.client.get(
        f"{eve.url}/attachments/{file['attachment_id']}", headers=eve.headers
    )
    assert problem_of(stolen)["status"] == 404
    assert problem_of(await world.client.get(file["url"], headers=eve.headers))["status"] == 404
    assert problem_of(await world.client.get(file["url"]))["status"] == 401


@pytest.mark.parametrize(
    ("name", "content", "status", "says"),
    [
        ("setup.exe", b"MZ", 422, "not passed on"),
        ("needs.pdf", b"MZ", 422, "not what its name says"),
        ("page.html", b"<p>", 422, "not passed on"),
        ("large.txt", b"x" * 1_000_001, 413, "larger than the 1 MB"),
    ],
)
async def test_refuses_a_file_with_the_reason(
    world: World, name: str, content: bytes, status: int, says: str
) -> None:
    ada = await world.open()
    problem = problem_of(await upload(ada, name, content))
    assert problem["status"] == status
    assert says in problem["detail"]


async def test_refuses_a_form_without_a_file(world: World) -> None:
    ada = await world.open()
    url = f"{ada.url}/attachments"
    wrong = [
        await world.client.post(url, files={"other": ("a.txt", b"x")}, headers=ada.headers),
        await world.client.post(url, data={"file": "words"}, headers=ada.headers),
        await world.client.post(url, json={"file": "words"}, headers=ada.headers),
    ]
    assert [problem_of(response)["status"] for response in wrong] == [422, 422, 422]


async def test_a_conversation_takes_so_many_files(world: World) -> None:
    ada = await world.open()
    answers = [await upload(ada, f"{number}.txt", b"words") for number in range(21)]
    assert [answer.status_code for answer in answers] == [201] * 20 + [422]


async def test_a_message_carries_five_files_at_most(world: World) -> None:
    ada = await world.open()
    ids = [
        (await upload(ada, f"{number}.txt", b"x")).json()["attachment_id"] for number in range(6)
    ]
    assert problem_of(await send(ada, *ids))["status"] == 422


async def test_reps_fetch_the_files_of_their_handoffs(world: World) -> None:
    ada, eve = await world.open(), await world.open("a-2")
    file = (await upload(ada)).json()
    await send(ada, file["attachment_id"])
    await world.hand_off(ada.conversation_id)
    await world.hand_off(eve.conversation_id, "h-2")
    case = (await world.client.get("/v1/handoffs/h-1", headers=SERVER)).json()
    (shown,) = case["messages"][0]["attachments"]
    assert shown["url"] == f"/v1/handoffs/h-1/attachments/{file['attachment_id']}"
    assert (await world.client.get(shown["url"], headers=SERVER)).content == PDF
    assert (await world.client.get(shown["url"])).status_code == 401
    other = shown["url"].replace("h-1", "h-2")
    assert (await world.client.get(other, headers=SERVER)).status_code == 404


async def test_a_reps_file_is_gone_when_it_was_taken_back(world: World) -> None:
    ada = await world.open()
    await world.rep_says(ada, "hello", "w-0")
    talk = ConversationId(ada.conversation_id)
    offer = AcceptedFile("offer.pdf", "application/pdf", PDF)
    kept = await world.files.keep(talk, Author.REP, offer, "slack:F1")
    takeover = world.services.takeover
    handoff = await takeover.handoffs.latest(talk)
    assert handoff is not None
    await takeover.speak(handoff.id, RepId("mia"), "our offer", "w-1", (kept,))
    url = f"{ada.url}/attachments/{kept.id}"
    assert (await world.client.get(url, headers=ada.headers)).status_code == 200
    await world.amend(ada, None)
    assert (await world.client.get(url, headers=ada.headers)).status_code == 404


async def test_no_more_files_are_taken_than_there_is_room_for_today() -> None:
    async with a_world() as world:
        world.files.rules = AttachmentRules(a_day=len(PDF))
        ada = await world.open()
        assert (await upload(ada)).status_code == 201
        refused = await upload(ada, "more.pdf")
    assert (problem_of(refused)["status"], refused.headers["retry-after"]) == (507, "3600")


async def test_a_conversation_that_has_ended_takes_no_files(world: World) -> None:
    ada = await world.open()
    await world.client.post(f"{ada.url}/end", headers=ada.headers)
    assert problem_of(await upload(ada))["status"] == 409
