"""What Slack would show stands on the page, and nothing of a text becomes HTML."""

import json
import subprocess
import sys
from pathlib import Path

import aiohttp
import pytest
from slack_sdk.web.async_client import AsyncWebClient

from tests.fakes.slack.inline_html import of_mrkdwn
from tests.fakes.slack.render import picture, render
from tests.fakes.slack.state import Json
from tests.fakes.slack_twin import SlackTwin

NAMES = {"U1": "Mia", "C1": "leads", "S1": "closers"}


def plain(text: str) -> Json:
    return {"type": "plain_text", "text": text}


BLOCKS: list[Json] = [
    {"type": "header", "text": plain("Hot lead")},
    {
        "type": "section",
        "text": {"type": "mrkdwn", "text": "*Dana* of <https://acme.example|Acme>"},
        "fields": [plain("Budget: 5k"), plain("Need: chat")],
        "accessory": {
            "type": "overflow",
            "action_id": "o",
            "options": [{"text": plain("Snooze"), "value": "s"}],
        },
    },
    {"type": "divider"},
    {
        "type": "rich_text",
        "elements": [
            {
                "type": "rich_text_section",
                "elements": [
                    {"type": "user", "user_id": "U1"},
                    {"type": "text", "text": " <b>now</b>", "style": {"italic": True}},
                ],
            },
            {
                "type": "rich_text_quote",
                "elements": [{"type": "text", "text": "What does it cost?"}],
            },
        ],
    },
    {"type": "context", "elements": [plain("Score 92")]},
    {
        "type": "actions",
        "elements": [
            {"type": "button", "text": plain("Claim"), "style": "primary", "action_id": "c"},
            {"type": "users_select", "placeholder": plain("Transfer to"), "action_id": "t"},
        ],
    },
]
NOTE: Json = {
    "type": "input",
    "label": plain("Note"),
    "element": {"type": "plain_text_input", "action_id": "n", "initial_value": "Signed"},
}


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("*a* _b_ ~c~", "<b>a</b> <i>b</i> <s>c</s>"),
        ("2*3*4 snake_case_name", "2*3*4 snake_case_name"),
        ("`*a*`", "<code>*a*</code>"),
        ("<@U1> in <#C1>", '<span class="mention">@Mia</span> in <span class="mention">#leads</span>'),
        ("<!subteam^S1>", '<span class="mention">@closers</span>'),
        ("<!channel>", '<span class="mention">@channel</span>'),
        ("&lt;!channel&gt;", "&lt;!channel&gt;"),
        ("<script>", '<a href="script">script</a>'),
        ("a\n&gt; b\nc", "a<blockquote>b</blockquote>c"),
        (":eyes: :no_such:", "👀 :no_such:"),
    ],
)  # fmt: skip
def test_draws_markup(text: str, html: str) -> None:
    assert of_mrkdwn(text, NAMES) == html


def test_draws_a_card() -> None:
    page = render({"blocks": BLOCKS, "text": "Hot lead", "names": NAMES})
    for shown in (
        "<h3>Hot lead</h3>",
        '<a href="https://acme.example">Acme</a>',
        "@Mia",
        "<i> &lt;b&gt;now&lt;/b&gt;</i>",
        "<blockquote>What does it cost?</blockquote>",
        '<span class="button primary">Claim</span>',
        "Transfer to",
    ):
        assert shown in page


def test_draws_a_modal_and_a_home_tab() -> None:
    view = {"type": "modal", "title": plain("Close"), "submit": plain("Save"), "blocks": [NOTE]}
    assert '<span class="button primary">Save</span>' in render(view)
    assert "Signed" in render(view)
    assert "<h3>Hot lead</h3>" in render({"type": "home", "blocks": BLOCKS})


async def test_draws_a_channel_with_its_threads(
    client: AsyncWebClient, twin: SlackTwin, channel: str, ann: str
) -> None:
    card = await client.chat_postMessage(channel=channel, text="Hot lead", blocks=BLOCKS)
    twin.thread_reply(ann, channel, card["ts"], "On it <!here>")
    await client.chat_postMessage(
        channel=channel, text="When?", thread_ts=card["ts"], username="Dana"
    )
    await client.chat_postEphemeral(channel=channel, user=ann, text="A draft")
    page = render(picture(twin.workspace, channel))
    assert "Only visible to Ann Seller" in page
    assert page.index("Hot lead") < page.index("2 replies") < page.index("On it")
    assert '<span class="author">Ann Seller</span> ' in page
    assert '<span class="author">Dana</span><span class="badge">APP</span>' in page


async def test_shows_a_channel_in_a_browser(twin: SlackTwin, channel: str, ann: str) -> None:
    twin.writes(ann, channel, "Anybody here?")
    at = f"http://{twin.workspace.host}/look"
    async with aiohttp.ClientSession() as session:
        async with session.get(f"{at}/{channel}") as shown:
            assert "Anybody here?" in await shown.text()
        async with session.get(f"{at}/C404") as missing:
            assert missing.status == 404


def test_draws_a_file_by_command(tmp_path: Path) -> None:
    file = tmp_path / "card.json"
    file.write_text(json.dumps(BLOCKS), encoding="utf-8")
    command = [sys.executable, "-m", "tests.fakes.slack.render", str(file)]
    page = subprocess.run(command, capture_output=True, check=True, timeout=60).stdout  # noqa: S603
    assert b"<h3>Hot lead</h3>" in page
