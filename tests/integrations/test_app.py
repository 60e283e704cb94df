"""The whole of Hotline as it is shipped: real store, real library, served on a port of this machine."""

import asyncio
import json
import shutil
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
import pytest_asyncio
import uvicorn

from agent.errors import PlaybookError
from agent.outcome import Outcome
from integrations.app import feedback, index, lead_page, open_intake, open_readings
from integrations.app.hotline import Hotline, running
from integrations.app.locking import DataFolderInUseError, data_folder, database_file
from integrations.importing.events import event_reader
from integrations.importing.files import open_source
from integrations.importing.instants import Times, zone_of
from integrations.importing.running import Account, Import, rejects_of
from integrations.settings import Settings
from knowledge.playbook import demo_playbook_path
from tests.fakes.openai_twin import OpenAITwin
from tests.fakes.slack.person import Person
from tests.fakes.slack.state import Message
from tests.fakes.slack_twin import SlackTwin

API_KEY = "a-server-side-key-of-some-length"
SERVER = {"Authorization": f"Bearer {API_KEY}"}
HOT = "We need a quote for 40 technicians by April, our budget is approved."
PRICE_QUESTION = "What does Growth cost per seat?"
PRICE = "Growth costs $42 per seat per month."
QUIET = "ok so"
MOST = 2
PLANS = ("Growth", "Scale")
HEARD_MORE = {
    "kind": "sales",
    "signals": [
        {"kind": kind, "quote": QUIET, "confidence": 0.95}
        for kind in ("purchase", "budget", "timeline")
    ],
    "competitors": [],
    "temperature": "hot",
}

pytestmark = pytest.mark.asyncio(loop_scope="module")


@dataclass(slots=True)
class Site:
    """One running Hotline, and somebody to call it."""

    hotline: Hotline
    http: httpx.AsyncClient

    async def visitor(self, persona: str = "anonymous") -> "Visitor":
        body = {"persona": persona}
        opened = (await self.http.post("/demo/conversations", json=body)).raise_for_status().json()
        headers = {"Authorization": f"Bearer {opened['visitor_token']}"}
        return Visitor(self, f"/v1/conversations/{opened['conversation_id']}", headers)

    async def handoff_of(self, visitor: "Visitor") -> dict[str, Any]:
        """Wait for the visitor's newest handoff to stand in the list."""
        conversation_id = visitor.url.rpartition("/")[2]
        for _ in range(750):
            listed = (await self.http.get("/v1/handoffs", headers=SERVER)).raise_for_status()
            for handoff in listed.json()["handoffs"]:
                if handoff["conversation_id"] == conversation_id:
                    return dict(handoff)
            await asyncio.sleep(0.02)
        raise AssertionError("No handoff came.")

    async def act(self, handoff: dict[str, Any], what: str, **body: str) -> httpx.Response:
        path = f"/v1/handoffs/{handoff['handoff_id']}/{what}"
        return await self.http.post(path, json={"rep": "mia", **body}, headers=SERVER)


@dataclass(slots=True)
class Visitor:
    """Somebody on the demo's site."""

    site: Site
    url: str
    headers: dict[str, str]
    seen: int = 0

    async def says(self, text: str) -> None:
        body = {"client_message_id": f"m-{self.seen}-{len(text)}", "text": text}
        answer = await self.site.http.post(f"{self.url}/messages", json=body, headers=self.headers)
        assert answer.status_code == 202, answer.text
        self.seen = answer.json()["seq"]

    async def reads(self) -> dict[str, Any]:
        """Wait for the next message."""
        params = {"after": self.seen, "wait": 20}
        answer = await self.site.http.get(
            f"{self.url}/messages", params=params, headers=self.headers
        )
        message: dict[str, Any] = answer.raise_for_status().json()["messages"][0]
        self.seen = message["seq"]
        return message


@dataclass(slots=True)
class Insistent:
    """A visitor who sends the same words again until they are accepted, as the widget does."""

    visitor: Visitor
    refusals: int = 0

    async def says(self, text: str) -> str:
        """Give the id of the message."""
        while True:
            answer = await self._send(text)
            if answer.status_code == 202:
                return str(answer.json()["message_id"])
            assert (answer.status_code, int(answer.headers["retry-after"]) >= 1) == (503, True)
            self.refusals += 1
            await asyncio.sleep(0.02)

    async def reads_all(self, said: Sequence[str]) -> list[dict[str, Any]]:
        """Wait until everything is answered."""
        while True:
            site, url = self.visitor.site, f"{self.visitor.url}/messages"
            answer = await site.http.get(url, headers=self.visitor.headers)
            rows: list[dict[str, Any]] = answer.raise_for_status().json()["messages"]
            if set(said) <= {each for row in rows for each in row["in_reply_to"]}:
                return rows
            await asyncio.sleep(0.02)

    async def _send(self, text: str) -> httpx.Response:
        body = {"client_message_id": text, "text": text}
        url = f"{self.visitor.url}/messages"
        return await self.visitor.site.http.post(url, json=body, headers=self.visitor.headers)


def settings(folder: Path, **changes: Any) -> Settings:
    return Settings(data_dir=folder, api_key=API_KEY, _env_file=None, **changes)


@asynccontextmanager
async def served(installed: Settings) -> AsyncIterator[Site]:
    """Run all of it, with its library in, behind a real port."""
    async with running(installed) as hotline:
        config = uvicorn.Config(hotline.api, port=0, log_config=None, lifespan="off")
        server = uvicorn.Server(config)
        config.load()
        server.lifespan = config.lifespan_class(config)
        await server.startup()
        port = server.servers[0].sockets[0].getsockname()[1]
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=25) as http:
            try:
                async with asyncio.timeout(60):
                    await asyncio.gather(*(t for t in hotline.tasks if t.get_name() == "load"))
                yield Site(hotline, http)
            finally:
                hotline.parts.audience.close()
        await server.shutdown()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder of an installation that has run once, as building a library takes seconds."""
    folder = tmp_path_factory.mktemp("hotline") / "data"
    async with served(settings(folder)):
        return folder


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def site(built: Path) -> AsyncIterator[Site]:
    async with served(settings(copied(built, "site"))) as running_site:
        yield running_site


def copied(built: Path, name: str) -> Path:
    """Another installation with the same past; no two may share a library."""
    return Path(shutil.copytree(built, built.parent / name))


async def test_the_price_comes_with_its_page(site: Site) -> None:
    visitor = await site.visitor()
    await visitor.says(PRICE_QUESTION)
    reply = await visitor.reads()
    assert "Growth costs $42 per seat per month" in reply["text"]
    assert reply["sources"][0]["url"].startswith("https://tourvane.example/")


async def test_every_part_is_ready(site: Site) -> None:
    assert (await site.http.get("/readyz")).json()["status"] == "ready"


async def test_a_hot_message_stands_among_the_handoffs(site: Site) -> None:
    visitor = await site.visitor()
    await visitor.says(HOT)
    handoff = await site.handoff_of(visitor)
    assert handoff["state"] == "open"
    assert handoff["briefing"]["quote"] == HOT


async def test_a_known_hot_lead_is_introduced_to_the_rep(site: Site) -> None:
    visitor = await site.visitor("hot")
    await visitor.says(HOT)
    handoff = await site.handoff_of(visitor)
    assert handoff["briefing"]["timeline"]


async def test_a_rep_takes_over_speaks_and_hands_back(site: Site) -> None:
    visitor = await site.visitor()
    await visitor.says(HOT)
    await visitor.reads()
    handoff = await site.handoff_of(visitor)
    await site.act(handoff, "claim")
    await site.act(handoff, "messages", text="Hello, Mia here.")
    await site.act(handoff, "release")
    said = [(await visitor.reads())["text"] for _ in range(3)]
    assert said == [
        "Mia Hartung has joined the conversation.",
        "Hello, Mia here.",
        "Mia Hartung has handed the conversation back to the AI assistant.",
    ]


async def test_of_two_reps_the_slower_one_is_told_who_won(site: Site) -> None:
    visitor = await site.visitor()
    await visitor.says(HOT)
    handoff = await site.handoff_of(visitor)
    await site.act(handoff, "claim", rep="jonas")
    lost = await site.act(handoff, "claim", rep="mia")
    assert lost.status_code == 409
    assert "jonas" in lost.text.lower()


async def test_what_happened_is_counted(site: Site) -> None:
    visitor = await site.visitor()
    await visitor.says(PRICE_QUESTION)
    await visitor.reads()
    assert 'writer="composed"' in (await site.http.get("/metrics", headers=SERVER)).text


async def nobody_waits(site: Site) -> None:
    async with asyncio.timeout(25):
        while site.hotline.parts.watcher.waiting_room.count:  # noqa: ASYNC110 - it tells nobody
            await asyncio.sleep(0.02)


async def test_in_a_flood_everybody_is_answered_once_and_in_order(built: Path) -> None:
    async def talks(site: Site, number: int) -> int:
        insistent = Insistent(await site.visitor())
        said = [await insistent.says(f"What do {number} seats of {plan} cost?") for plan in PLANS]
        rows = await insistent.reads_all(said)
        own = [row["message_id"] for row in rows if row["author"] == "visitor"]
        answered = [each for row in rows for each in row["in_reply_to"]]
        assert (own, sorted(answered)) == (said, sorted(said))
        return insistent.refusals

    installed = settings(copied(built, "flooded"), most_waiting=MOST, rate_limits=0)
    async with served(installed) as site:
        refusals = sum(await asyncio.gather(*(talks(site, 12 + each) for each in range(3 * MOST))))
        await nobody_waits(site)
        seen = (await site.http.get("/metrics", headers=SERVER)).text
    assert refusals
    assert f"hotline_refused_messages_total {refusals:.1f}" in seen


async def test_a_second_start_goes_on_where_the_first_one_stopped(built: Path) -> None:
    installed = settings(copied(built, "restarted"))
    async with served(installed) as before:
        visitor = await before.visitor()
        await visitor.says(PRICE_QUESTION)
        await visitor.reads()
    async with served(installed) as after:
        visitor.site = after
        await visitor.says(HOT)
        assert visitor.seen == 3
        assert "Mia will answer right here" in (await visitor.reads())["text"]


async def test_a_corrupt_library_is_built_again_at_the_start(built: Path) -> None:
    folder = copied(built, "corrupt")
    for file in (folder / "library").rglob("*"):
        if file.is_file():
            file.write_bytes(b"this is no index" * 64)
    async with served(settings(folder)) as site:
        visitor = await site.visitor()
        await visitor.says(PRICE_QUESTION)
        assert "$42" in (await visitor.reads())["text"]


async def test_a_wrong_playbook_stops_the_start_before_anything_is_written(tmp_path: Path) -> None:
    playbook = tmp_path / "playbook.yaml"
    playbook.write_text(demo_playbook_path().read_text("utf-8").replace("hot_from:", "hott_from:"))
    with pytest.raises(PlaybookError, match="hott_from"):
        async with running(settings(tmp_path / "data", playbook=playbook)):
            pass
    assert not (tmp_path / "data").exists()


async def test_the_models_words_are_checked_and_shown(built: Path) -> None:
    async with OpenAITwin() as twin:
        twin.says(f"{PRICE} For you I can do a special discount of 20 %.")
        installed = settings(
            copied(built, "model"), openai_api_key="sk-test", openai_base_url=twin.base_url
        )
        async with served(installed) as site:
            visitor = await site.visitor()
            await visitor.says(PRICE_QUESTION)
            assert (await visitor.reads())["text"] == PRICE
            assert sum(call.stream for call in twin.calls) == 1


async def test_when_the_model_is_down_the_library_answers(built: Path) -> None:
    async with OpenAITwin() as twin:
        twin.fails_with(500)
        installed = settings(
            copied(built, "no-model"), openai_api_key="sk-test", openai_base_url=twin.base_url
        )
        async with served(installed) as site:
            visitor = await site.visitor()
            await visitor.says(PRICE_QUESTION)
            assert "$42" in (await visitor.reads())["text"]


async def test_a_model_that_hears_more_calls_a_rep_after_the_reply(built: Path) -> None:
    async with OpenAITwin() as twin:
        twin.fills_schemas_with(HEARD_MORE)
        installed = settings(
            copied(built, "second-look"), openai_api_key="sk-test", openai_base_url=twin.base_url
        )
        async with served(installed) as site:
            visitor = await site.visitor()
            await visitor.says(QUIET)
            await visitor.reads()
            handoff = await site.handoff_of(visitor)
            assert handoff["briefing"]["quote"] == QUIET
            assert sum(not call.stream and QUIET in call.prompt for call in twin.calls) == 1


async def test_a_model_that_hangs_over_the_second_reading_delays_nothing(built: Path) -> None:
    async with OpenAITwin() as twin:
        twin.says(PRICE)
        installed = settings(
            copied(built, "hanging"), openai_api_key="sk-test", openai_base_url=twin.base_url
        )
        async with served(installed) as site:
            twin.hangs()
            twin.spares_plain_calls()
            visitor = await site.visitor()
            for _ in range(2):
                await visitor.says(PRICE_QUESTION)
                assert (await visitor.reads())["text"] == PRICE
            while sum("response_format" in call.body for call in twin.calls) < 2:
                await twin.called(len(twin.calls) + 1)
            assert site.hotline.background.going_on
            for task in tuple(site.hotline.background.going_on):
                task.cancel()


async def test_stopping_waits_for_a_second_reading(built: Path) -> None:
    folder = copied(built, "stopping")
    async with OpenAITwin() as twin:
        twin.fills_schemas_with(HEARD_MORE)
        installed = settings(folder, openai_api_key="sk-test", openai_base_url=twin.base_url)
        async with served(installed) as site:
            twin.ttft = 0.3
            visitor = await site.visitor()
            await visitor.says(QUIET)
            await visitor.reads()
    async with open_readings(settings(folder)) as readings:
        assert [found.unanswered[0].text for found in await readings.disagreements()] == [QUIET]


async def test_a_rep_works_in_slack(built: Path) -> None:
    async with SlackTwin() as twin:
        channel, mia = twin.add_channel("hot-leads"), twin.add_user("Mia Hartung")
        known = twin.workspace.users[mia]
        twin.workspace.users[mia] = replace(known, email="mia@tourvane.example")
        installed = settings(
            copied(built, "slack"),
            slack_bot_token=twin.bot_token,
            slack_signing_secret=twin.signing_secret,
            slack_api_url=twin.base_url,
            slack_channel=channel,
        )
        async with served(installed) as site:
            visitor = await site.visitor()
            await visitor.says(HOT)
            await visitor.reads()
            await twin.called("chat.postMessage")
            card = twin.messages(channel)[0]
            await twin.click(f"{site.http.base_url}/slack/events", mia, "handoff.claim", card)
            assert (await visitor.reads())["text"] == "Mia Hartung has joined the conversation."
            event = twin.thread_reply(mia, channel, card.ts, "Hello, Mia here.")
            await twin.send_event(f"{site.http.base_url}/slack/events", event)
            assert (await visitor.reads())["text"] == "Hello, Mia here."


@asynccontextmanager
async def claimed_in_slack(folder: Path) -> AsyncIterator["AtWork"]:
    """A hot visitor whom Mia has claimed in Slack."""
    async with SlackTwin() as twin:
        channel, mia = twin.add_channel("hot-leads"), twin.add_user("Mia Hartung")
        known = twin.workspace.users[mia]
        twin.workspace.users[mia] = replace(known, email="mia@tourvane.example")
        installed = settings(
            folder,
            slack_bot_token=twin.bot_token,
            slack_signing_secret=twin.signing_secret,
            slack_api_url=twin.base_url,
            slack_channel=channel,
        )
        async with served(installed) as site:
            visitor = await site.visitor()
            await visitor.says(HOT)
            await visitor.reads()
            await twin.called("chat.postMessage")
            card = twin.messages(channel)[0]
            person = twin.person(mia, twin.over_http(f"{site.http.base_url}/slack/events"))
            await person.presses(card, "handoff.claim")
            await visitor.reads()
            yield AtWork(site, visitor, twin, person, card)


@dataclass(slots=True)
class AtWork:
    """Mia at work in Slack."""

    site: Site
    visitor: Visitor
    twin: SlackTwin
    mia: Person
    card: Message

    async def done(self) -> None:
        """Wait for all that Slack told us of."""
        slack = self.site.hotline.parts.slack
        assert slack is not None
        assert slack._listeners is not None
        await slack._listeners.finish()


async def test_a_rep_sends_what_the_agent_drafted(built: Path) -> None:
    async with claimed_in_slack(copied(built, "drafting")) as work:
        await work.visitor.says(PRICE_QUESTION)
        await offers(work.card, "handoff.draft")
        await work.mia.presses(work.card, "handoff.draft")
        await work.twin.called("views.update")
        draft = work.twin.views[-1]
        assert PRICE in draft.view["blocks"][-1]["element"]["initial_value"]
        await work.mia.submits(draft)
        assert PRICE in (await work.visitor.reads())["text"]


async def test_what_a_rep_says_at_the_end_is_kept_with_the_decision(built: Path) -> None:
    folder = copied(built, "closing")
    async with claimed_in_slack(folder) as work:
        await offers(work.card, "handoff.draft")
        _, button = work.card.find_element("handoff.draft") or ("", {})
        await work.mia.chooses(work.card, "handoff.menu", f"close|{button['value']}")
        await work.twin.called("views.update")
        await work.mia.submits(work.twin.views[-1], {"outcome": "won", "value": "12000"})
        await work.done()
    (said,) = await feedback(settings(folder), timedelta(hours=1))
    assert (said.outcome, said.value, said.rep_id) == (Outcome.WON, 12_000, "mia")
    assert said.turn_id is not None


async def test_a_lead_is_shown_on_the_terminal_as_the_api_gives_it(site: Site) -> None:
    page = await lead_page(site.hotline.parts.settings, "lead-hot")
    given = (await site.http.get("/v1/leads/lead-hot", headers=SERVER)).raise_for_status().json()
    assert json.loads(page.model_dump_json()) == given


async def test_what_is_imported_beside_a_running_service_is_known_to_it_at_once(
    site: Site, tmp_path: Path
) -> None:
    path = tmp_path / "events.csv"
    path.write_text(
        "email,event,timestamp\nimported@x.example,Demo Requested,2026-03-01T09:45:00Z\n"
    )
    source = open_source(path)
    times = Times(zone_of("UTC"), None, datetime.now(UTC))  # noqa: TID251  a service that really runs
    account, rejects = Account(), rejects_of(source, None)
    async with open_intake(site.hotline.parts.settings) as intake:
        reader = event_reader(source, (), times)
        await Import(source, reader, intake.keep_acts, rejects).run(account, lambda *_: None)
    known = await site.http.get("/v1/leads/email:imported@x.example", headers=SERVER)
    assert [entry["name"] for entry in known.json()["timeline"]] == ["Demo Requested"]
    assert (account.new, account.known) == (1, 0)


async def offers(card: Message, action_id: str) -> None:
    """Wait until a card has this button."""
    for _ in range(750):
        if card.find_element(action_id):
            return
        await asyncio.sleep(0.02)
    raise AssertionError(f"The card never came to offer {action_id}.")


def ignore(_done: int, _total: int) -> None:
    """Watch nothing."""


async def test_indexes_through_the_server_that_works_on_the_folder(
    built: Path, tmp_path: Path
) -> None:
    page = tmp_path / "loading.md"
    page.write_text("# Loading bays\n\nThe bay in Fenwick opens at 05:40 every day.")
    folder = copied(built, "handed over")
    async with served(settings(folder)) as site:
        beside = settings(folder, port=site.http.base_url.port)
        told: list[tuple[int, int]] = []
        [done] = await index(beside, [str(page)], lambda *how_far: told.append(how_far), pages=1)
        assert told[-1] == (1, 1)
        assert (done.place, done.report.added, done.failure) == (str(page), 1, "")
        listed = await site.http.get("/v1/documents", headers=SERVER)
        assert page.name in [each["name"] for each in listed.json()["documents"]]
        [gone] = await index(beside, [], ignore, pages=1, forget=[str(page)])
        assert gone.report.removed == 1


async def test_places_are_indexed_for_nobody_but_the_owner_of_the_folder(site: Site) -> None:
    body = {"places": ["/etc/hostname"]}
    for headers in ({}, SERVER):
        refused = await site.http.post("/v1/documents/places", json=body, headers=headers)
        assert refused.status_code == 401


async def test_an_index_beside_a_server_elsewhere_says_what_to_set(
    built: Path, tmp_path: Path, unused_tcp_port: int
) -> None:
    folder = copied(built, "elsewhere")
    elsewhere = settings(folder, port=unused_tcp_port)
    with (
        data_folder(elsewhere),
        pytest.raises(DataFolderInUseError, match=r"none answers at.*HOTLINE_PORT"),
    ):
        await index(elsewhere, [str(tmp_path)], ignore, pages=1)


async def test_an_index_beside_a_server_of_another_folder_is_refused(
    built: Path, site: Site, tmp_path: Path
) -> None:
    folder = tmp_path / "other"
    other = settings(folder, port=site.http.base_url.port)
    with data_folder(other), pytest.raises(DataFolderInUseError, match="is of another folder"):
        await index(other, [str(tmp_path)], ignore, pages=1)


async def test_two_servers_on_one_database_file_are_refused_though_their_folders_differ(
    tmp_path: Path,
) -> None:
    url = f"sqlite:///{tmp_path / 'shared' / 'h.db'}"
    one, other = (settings(tmp_path / name, database_url=url) for name in "ab")
    with (
        database_file(one),
        pytest.raises(DataFolderInUseError, match=r"works on .*h\.db.*HOTLINE_DATABASE_URL"),
        database_file(other),
    ):
        pass
