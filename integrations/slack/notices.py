"""Notices in Slack: the opening digest and the daily summary, in a team's channel or the common one."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Final, Protocol, assert_never

import structlog
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from agent.call_back import call_back_line
from agent.conversation import HandoffId
from agent.notices import DailySummary, Notice, OpeningDigest, Promised, Waiting
from agent.playbook import Playbook
from agent.scoring import Temperature
from integrations.slack import rich_text as shape
from integrations.slack.blocks import TEMPERATURES
from integrations.slack.markup import escape, one_line
from integrations.slack.refusals import CONNECTION_ERRORS, code_of, translated
from integrations.slack.rich_text import Block

log = structlog.get_logger()

EVENT_TYPE: Final = "hotline_notice"
PAGE: Final = 100
LONGEST_WHO: Final = 100
LONGEST_SAID: Final = 140
LARGEST: Final = 11_000
FEWER: Final = (10, 6, 3, 1)
Links = Mapping[HandoffId, str]


class Cards(Protocol):
    """Knows where cards stand."""

    async def reference(self, handoff_id: HandoffId) -> str | None:
        """Give the desk's reference of a card; None while it is not there."""
        ...


@dataclass(frozen=True, slots=True)
class SlackNoticeDesk:
    """Tells notices in Slack; `channel` is the common one, an id (C0…)."""

    client: AsyncWebClient
    channel: str
    playbook: Playbook
    cards: Cards

    async def tell(self, notice: Notice) -> str:
        """Show one and give its reference; see NoticeDesk."""
        with translated():
            channel = self._place(notice)
            if found := await self._found(notice, channel):
                return f"{channel}:{found}"
            shown, text = told(notice, self.playbook, await self._links(notice))
            posted = await self.client.chat_postMessage(
                channel=channel,
                text=text,
                blocks=shown,
                metadata={"event_type": EVENT_TYPE, "event_payload": {"notice_id": notice.id}},
                unfurl_links=False,
                unfurl_media=False,
            )
            return f"{posted['channel']}:{posted['ts']}"

    def _place(self, notice: Notice) -> str:
        """Give the team's channel, or the common one."""
        team = self.playbook.team(notice.team)
        return team.slack_channel if team and team.slack_channel else self.channel

    async def _found(self, notice: Notice, channel: str) -> str:
        """Find it in the channel, if an earlier attempt may have got through."""
        if not notice.attempts:
            return ""
        page = await self.client.conversations_history(
            channel=channel, limit=PAGE, include_all_metadata=True
        )
        for message in page["messages"]:
            metadata = message.get("metadata") or {}
            is_ours = metadata.get("event_type") == EVENT_TYPE
            if is_ours and metadata["event_payload"].get("notice_id") == notice.id:
                return str(message["ts"])
        return ""

    async def _links(self, notice: Notice) -> Links:
        ids = [each.handoff_id for each in _lines(notice)]
        links = {each: await self._link(each) for each in dict.fromkeys(ids)}
        return {each: link for each, link in links.items() if link}

    async def _link(self, handoff_id: HandoffId) -> str:
        channel, _, ts = (await self.cards.reference(handoff_id) or "").partition(":")
        if not ts:
            return ""
        try:
            answer = await self.client.chat_getPermalink(channel=channel, message_ts=ts)
        except SlackApiError as error:
            log.warning("slack.link_unknown", error=code_of(error))
            return ""
        except CONNECTION_ERRORS as error:
            log.warning("slack.link_unknown", error=type(error).__name__)
            return ""
        return str(answer["permalink"])


def told(notice: Notice, playbook: Playbook, links: Links) -> tuple[list[Block], str]:
    """Give what a notice shows, and the text that notifications and screen readers use."""
    match notice.told:
        case OpeningDigest():
            return _digest(notice.told, playbook, links)
        case DailySummary():
            return _summary(notice.told)
        case _:
            assert_never(notice.told)


def _lines(notice: Notice) -> tuple[Waiting | Promised, ...]:
    if isinstance(notice.told, DailySummary):
        return ()
    return (*notice.told.waiting, *notice.told.call_backs, *notice.told.left)


def _digest(digest: OpeningDigest, playbook: Playbook, links: Links) -> tuple[list[Block], str]:
    """Write the digest, with fewer lines of each kind when Slack would find it too long."""
    tries = [_shown(_shortened(digest, most), playbook, links) for most in FEWER]
    fitting = (shown for shown in tries if len(json.dumps(shown)) <= LARGEST)
    return next(fitting, tries[-1]), _heard(digest)


def _shortened(digest: OpeningDigest, most: int) -> OpeningDigest:
    more = digest.more + max(0, len(digest.waiting) - most)
    return OpeningDigest(
        digest.waiting[:most],
        digest.call_backs[:most],
        digest.gaps[:most],
        more,
        digest.left[:most],
    )


def _heard(digest: OpeningDigest) -> str:
    counted = [
        _counted(len(digest.waiting) + digest.more, "unclaimed", "unclaimed"),
        _counted(len(digest.call_backs), "call back today", "call backs today"),
        _counted(len(digest.left), "left with the agent", "left with the agent"),
        _counted(len(digest.gaps), "question we could not answer", "questions we could not answer"),
    ]
    return escape("What waits: " + ", ".join(filter(None, counted)) + ".")


def _shown(digest: OpeningDigest, playbook: Playbook, links: Links) -> list[Block]:
    lines = [
        *_section("Unclaimed", [_waiting(each, links) for each in digest.waiting], digest.more),
        *_section("Call back today", [_promised(each, playbook, links) for each in digest.call_backs]),
        *_section("Left with the agent when their rep had gone", [_waiting(each, links) for each in digest.left]),
        *_section("Not answered for want of a page", [[shape.words(one_line(g, LONGEST_SAID))] for g in digest.gaps]),
    ]  # fmt: skip
    return [shape.header("What waits"), shape.rich_text(lines)]


def _section(title: str, entries: list[list[Block]], more: int = 0) -> Iterator[Block]:
    if not entries:
        return
    yield shape.line(shape.bold(f"{title}\n"))
    items = [shape.line(*elements) for elements in entries]
    if more:
        items.append(shape.line(shape.words(f"and {more} more")))
    yield {"type": "rich_text_list", "style": "bullet", "elements": items}


def _waiting(line: Waiting, links: Links) -> list[Block]:
    who = ", ".join(filter(None, (line.who, line.company)))
    said = f" “{one_line(line.quote, LONGEST_SAID)}”" if line.quote else ""
    return [
        shape.words(f"{TEMPERATURES[line.temperature]} {line.total} · "),
        _linked(one_line(who, LONGEST_WHO), links.get(line.handoff_id)),
        *([shape.words(said)] if said else []),
    ]


def _promised(line: Promised, playbook: Playbook, links: Links) -> list[Block]:
    promised = call_back_line(line.call_back, playbook).partition(": ")[2]
    who = _linked(one_line(line.who, LONGEST_WHO), links.get(line.handoff_id))
    rep = playbook.rep(line.call_back.rep_id)
    by = f" ({rep.name})" if rep else ""
    return [who, shape.words(f" · {one_line(promised, LONGEST_SAID)}{by}")]


def _linked(text: str, url: str | None) -> Block:
    return {"type": "link", "url": url, "text": text or "A visitor"} if url else shape.bold(text or "A visitor")  # fmt: skip


def _summary(summary: DailySummary) -> tuple[list[Block], str]:
    handed = f"{_counted(summary.handed_off, 'lead', 'leads') or 'No leads'} handed to you: {summary.claimed} claimed, {summary.unclaimed} still open"  # fmt: skip
    facts = [
        f"{handed}.",
        f"Median time to claim: {_span(summary.median_claim)}." if summary.median_claim is not None else "",
        f"Who wrote: {_temperatures(summary.temperatures)}." if any(summary.temperatures.values()) else "",
        f"Call backs: {summary.kept} kept, {summary.missed} missed." if summary.kept or summary.missed else "",
    ]  # fmt: skip
    said = [fact for fact in facts if fact]
    lines = [shape.line(shape.words("\n".join(said)))]
    title = f"The day: {summary.day:%A %d %B}"
    return [shape.header(title), shape.rich_text(lines)], escape(" ".join([f"{title}.", *said]))


def _temperatures(counts: Mapping[Temperature, int]) -> str:
    order = (Temperature.RED_HOT, Temperature.HOT, Temperature.WARM, Temperature.COLD)
    named = (f"{counts[t]} {t.value.replace('_', '-')}" for t in order if counts.get(t))
    return ", ".join(named)


def _span(span: timedelta) -> str:
    minutes = round(span.total_seconds() / 60)
    if minutes < 1:
        return "less than a minute"
    hours, rest = divmod(minutes, 60)
    return f"{hours} h {rest} min" if hours else _counted(minutes, "minute", "minutes")


def _counted(count: int, one: str, several: str) -> str:
    if not count:
        return ""
    return f"{count} {one if count == 1 else several}"
