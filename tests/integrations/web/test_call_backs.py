"""A promised call over HTTP."""

from icalendar import Calendar

from agent.conversation import RepId
from agent.handoff import CallBack, Change, HandoffId
from agent.handoff_steps import promise_call_back
from tests.fakes.clock import MONDAY_TEN
from tests.integrations.web.world import SERVER, Talker, World, problem_of

URL = "/v1/handoffs/h-1/call_back.ics"
CALL = CallBack(MONDAY_TEN, RepId("mia"), "+49 30 1234567", "at eleven")


async def handed_off(world: World, call: CallBack | None = None) -> Talker:
    talker = await world.open()
    await world.hand_off(talker.conversation_id)
    if call:
        change = Change("promised", posts=())
        await world.services.handoffs.change(HandoffId("h-1"), lambda h: promise_call_back(h, call), change)  # fmt: skip
    return talker


async def test_the_call_comes_as_a_calendar_file(world: World) -> None:
    await handed_off(world, CALL)
    answer = await world.client.get(URL, headers=SERVER)
    assert answer.headers["content-type"] == "text/calendar; charset=utf-8"
    assert answer.headers["content-disposition"] == 'attachment; filename="call-back.ics"'
    assert Calendar.from_ical(answer.text).walk("VEVENT")


async def test_without_a_promise_there_is_no_file(world: World) -> None:
    await handed_off(world)
    answer = await world.client.get(URL, headers=SERVER)
    assert answer.status_code == 404
    assert problem_of(answer)["detail"] == "No call back was promised for this handoff."


async def test_nobody_without_a_key_reads_it(world: World) -> None:
    await handed_off(world, CALL)
    assert (await world.client.get(URL)).status_code == 401
