"""Files between the thread of a card and the visitor."""

import pytest

from agent.attachments import accept
from agent.conversation import Attachment, Author
from integrations.slack import delivery_words
from integrations.slack.files import may_have_token
from tests.fakes.slack.events import message_event
from tests.fakes.slack.state import BOT_USER_ID, File
from tests.integrations.slack.desk_room import Room
from tests.integrations.slack.talking import at_work, from_reps, mia_holds, shares

PDF = b"%PDF-1.7 our offer"


async def kept(room: Room, attachment: Attachment) -> bytes:
    return (await room.files.shown(room.conversation_id, attachment.id)).content


async def test_a_file_of_the_holder_reaches_the_visitor_with_the_words(room: Room) -> None:
    mia = await mia_holds(room)
    message = await shares(room, mia, "offer.pdf", PDF, "our offer")
    (words,) = await from_reps(room)
    (attachment,) = words.attachments
    assert (words.text, attachment.name, attachment.size) == ("our offer", "offer.pdf", len(PDF))
    assert await kept(room, attachment) == PDF
    assert list(message.reactions) == ["white_check_mark"]


async def test_a_file_of_the_holder_reaches_the_visitor_through_socket_mode(
    socket_room: Room,
) -> None:
    mia = await mia_holds(socket_room)
    await shares(socket_room, mia, "offer.pdf", PDF)
    (words,) = await from_reps(socket_room)
    assert (words.text, len(words.attachments)) == ("📎 offer.pdf", 1)


async def test_a_file_that_is_told_of_four_times_is_passed_on_once(room: Room) -> None:
    mia = await mia_holds(room)
    await shares(room, mia, "offer.pdf", PDF)
    event = message_event(room.twin.workspace, room.twin.messages(room.channel)[-1])
    for retry in (1, 2, 3):
        await room.tell(event, retry)
    assert len(await from_reps(room)) == 1
    assert len(room.files.files) == 1


async def test_a_colleagues_file_stays_among_colleagues_and_is_not_fetched(room: Room) -> None:
    await mia_holds(room)
    await shares(room, at_work(room, room.jonas), "margins.csv", b"a;b")
    assert await from_reps(room) == []
    assert room.files.files == {}


@pytest.mark.parametrize(
    ("name", "content", "because"),
    [
        ("setup.exe", b"MZ", "not passed on"),
        ("offer.pdf", b"MZ\x90", "not what its name says"),
        ("large.txt", b"x" * 100_001, "at most 100 KB"),
    ],
)
async def test_a_file_that_is_not_passed_on_is_told_with_the_reason(
    room: Room, name: str, content: bytes, because: str
) -> None:
    mia = await mia_holds(room)
    message = await shares(room, mia, name, content, "see this")
    (words,) = await from_reps(room)
    assert (words.text, words.attachments) == ("see this", ())
    assert [user for user, _ in room.told] == [room.mia]
    assert because in room.told[0][1]
    assert list(message.reactions) == ["white_check_mark", "warning"]


async def test_a_file_alone_that_is_not_passed_on_says_nothing_to_the_visitor(room: Room) -> None:
    mia = await mia_holds(room)
    message = await shares(room, mia, "setup.exe", b"MZ")
    assert await from_reps(room) == []
    assert list(message.reactions) == ["warning"]


async def test_a_file_that_slack_does_not_give_is_told(room: Room) -> None:
    mia = await mia_holds(room)
    room.twin.workspace.host = "127.0.0.1:9"  # the address in the event leads elsewhere
    await shares(room, mia, "offer.pdf", PDF)
    assert await from_reps(room) == []
    assert delivery_words.file_unread("offer.pdf") in room.told[0][1]


async def test_a_file_of_which_the_event_tells_only_the_id_is_asked_for(room: Room) -> None:
    await mia_holds(room)
    file = File("F1", "offer.pdf", room.mia, len(PDF), PDF)
    room.twin.workspace.files["F1"] = file
    told = room.twin.thread_reply(room.mia, room.channel, room.card.ts, "our offer")
    veiled = {"id": "F1", "mode": "file_access", "file_access": "check_file_info"}
    await room.tell({**told, "subtype": "file_share", "files": [veiled]})
    (words,) = await from_reps(room)
    assert [attachment.name for attachment in words.attachments] == ["offer.pdf"]


async def test_a_file_that_lies_elsewhere_is_told(room: Room) -> None:
    await mia_holds(room)
    told = room.twin.thread_reply(room.mia, room.channel, room.card.ts, "our offer")
    drive = {
        "id": "F1",
        "name": "plan.xlsx",
        "is_external": True,
        "url_private": "https://drive.example/1",
    }
    await room.tell({**told, "subtype": "file_share", "files": [drive]})
    assert delivery_words.file_elsewhere("plan.xlsx") in room.told[0][1]


@pytest.mark.parametrize(
    ("url", "api", "may"),
    [
        ("https://files.slack.com/files-pri/T1-F1/a.pdf", "https://slack.com/api/", True),
        ("https://acme.slack.com/files-pri/T1-F1/a.pdf", "https://slack.com/api/", True),
        ("http://files.slack.com/files-pri/T1-F1/a.pdf", "https://slack.com/api/", False),
        ("https://slack.com.evil.example/a.pdf", "https://slack.com/api/", False),
        ("https://evilslack.com/a.pdf", "https://slack.com/api/", False),
        ("https://files.slack.com@evil.example/a.pdf", "https://slack.com/api/", False),
        ("http://127.0.0.1:81/a.pdf", "http://127.0.0.1:80/api/", False),
        ("http://127.0.0.1:80/a.pdf", "http://127.0.0.1:80/api/", True),
        ("file:///etc/passwd", "https://slack.com/api/", False),
    ],
)
def test_the_token_goes_to_slack_only(url: str, api: str, may: bool) -> None:  # noqa: FBT001
    assert may_have_token(url, api) is may


async def visitor_sends(room: Room, name: str, content: bytes = PDF) -> Attachment:
    file = accept(name, content, room.files.rules)
    attachment = await room.files.keep(room.conversation_id, Author.VISITOR, file)
    await room.conversations.append(room.conversation_id, f"c-{name}", "our brief", (attachment,))
    return attachment


def uploaded(room: Room) -> list[tuple[str, bytes | None, str | None]]:
    """What stands in channels as files of ours: name, bytes, thread."""
    return [
        (file.name, file.content, message.thread_ts)
        for message in room.twin.messages(room.channel)
        for file in message.files
        if message.user == BOT_USER_ID
    ]


async def test_a_visitors_file_stands_in_the_thread_below_the_words(room: Room) -> None:
    await mia_holds(room)
    await visitor_sends(room, "brief.pdf")
    await room.deliver()
    assert uploaded(room) == [("brief.pdf", PDF, room.card.ts)]
    assert [m.text for m in room.twin.messages(room.channel)[1:]] == ["our brief", ""]


async def test_without_the_permission_the_thread_names_the_file(room: Room) -> None:
    await mia_holds(room)
    await visitor_sends(room, "brief.pdf")
    room.twin.fails_with("missing_scope", "files.getUploadURLExternal")
    await room.deliver()
    assert uploaded(room) == []
    assert room.twin.messages(room.channel)[-1].text.startswith("📎 brief.pdf (18 bytes)")


async def test_a_file_that_got_through_is_not_uploaded_again(room: Room) -> None:
    await mia_holds(room)
    await visitor_sends(room, "brief.pdf")
    now = room.handoffs.store.clock.now()
    (post,) = [p for p in await room.handoffs.due_posts(room.conversation_id, now) if p.message]
    await room.desk.deliver(post)
    await room.handoffs.mark_attempted(post.id, now)
    await room.deliver()
    assert len(uploaded(room)) == 1


async def test_a_files_name_stands_inert_in_the_thread(room: Room) -> None:
    await mia_holds(room)
    await visitor_sends(room, "<!channel> *x* `y`.pdf")
    room.twin.fails_with("missing_scope", "files.getUploadURLExternal")
    await room.deliver()
    last = [call for call in room.twin.calls if call.method == "chat.postMessage"][-1]
    assert last.arguments["text"].startswith("📎 _!channel_ _x_ `y`.pdf (18 bytes)")
    assert last.arguments["mrkdwn"] in (False, "false", 0, "0")
