"""Takes pictures of the widget in every state, for somebody to look at.

python -m tests.browser.widget.look FOLDER [NAME ...]
"""

import argparse
import asyncio
import json
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

from playwright.async_api import FilePayload, Route, async_playwright, expect

from tests.benchmarks.server import serving
from tests.browser.conftest import ARGUMENTS, CHROMIUM
from tests.browser.stage import Stage
from tests.browser.widget.answers import CONFIG, alters, closed, greets
from tests.browser.widget.guest import Guest
from tests.browser.widget.site import a_site
from tests.browser.widget.street import DESKTOP, PHONE, Street
from tests.browser.wire import a_wire

PRICE = "How much is Growth for 40 technicians a year if we pay annually?"
HOT = "We need {} licences by April and the budget is approved. Who can I talk to?"
LONG = "Donaudampfschifffahrtsgesellschaftskapitän" * 6 + " https://example.com/" + "path/" * 60
SETTLES = 700
State = Callable[[Street, Guest], Awaitable[None]]


async def closed_launcher(_street: Street, guest: Guest) -> None:
    await guest.sees_the_launcher()


async def empty(_street: Street, guest: Guest) -> None:
    await guest.opens()
    await expect(guest.at("suggestion").first).to_be_visible()


async def answered(_street: Street, guest: Guest) -> None:
    await guest.opens()
    await guest.says(PRICE)
    await guest.hears("$17,740.80")


async def writing(_street: Street, guest: Guest) -> None:
    await guest.opens()

    async def never(route: Route) -> None:
        delta = {
            "message_id": "m-9",
            "text": "Growth costs **$42** a technician and month. If you pay",
        }
        typing = {"typing": "agent"}
        body = f"event: typing\ndata: {json.dumps(typing)}\n\nevent: delta\ndata: {json.dumps(delta)}\n\n"
        headers = {"Access-Control-Allow-Origin": "*", "Content-Type": "text/event-stream"}
        await route.fulfill(status=200, headers=headers, body=body)

    await guest.page.context.route("**/stream*", never)
    await guest.says("What does Growth cost?")
    await expect(guest.at("message-draft")).to_be_visible()


async def long_words(street: Street, guest: Guest) -> None:
    await answered(street, guest)
    await guest.says(LONG)
    await guest.says("Line one\nline two\n\nline four 😀😀😀")
    await guest.is_told_it_arrived()


async def offline(street: Street, guest: Guest) -> None:
    await answered(street, guest)
    await guest.loses_the_network()
    await guest.says("I am on a train.")
    await expect(guest.notice).not_to_be_empty()


async def failed(street: Street, guest: Guest) -> None:
    await answered(street, guest)

    async def refuses(route: Route) -> None:
        if route.request.method != "POST":
            await route.continue_()
            return
        problem = {"status": 422, "detail": "This text cannot be taken."}
        headers = {"Access-Control-Allow-Origin": "*", "Content-Type": "application/problem+json"}
        await route.fulfill(status=422, headers=headers, body=json.dumps(problem))

    await guest.page.context.route("**/messages", refuses)
    await guest.says("Something odd")
    await expect(guest.at("retry")).to_be_visible()


async def with_menu(street: Street, guest: Guest) -> None:
    await answered(street, guest)
    await guest.at("menu").click()


async def asked_to_end(street: Street, guest: Guest) -> None:
    await with_menu(street, guest)
    await guest.at("end").click()


async def ended(street: Street, guest: Guest) -> None:
    await answered(street, guest)
    await guest.ends()


async def rated(street: Street, guest: Guest) -> None:
    await ended(street, guest)
    await guest.at("rating-5").click()
    await guest.at("rate-send").click()


async def rep(street: Street, guest: Guest) -> None:
    words = HOT.format(100 + len(street.contexts))
    desk = await street.desk()
    await guest.opens()
    await guest.says(words)
    await expect(guest.agent_words).to_have_count(1)
    await desk.opens(words)
    await desk.claims()
    await desk.says("Hello, I am Mia. What do you need first?")
    await guest.hears_from("Mia Hartung", "Hello, I am Mia. What do you need first?")


async def files(street: Street, guest: Guest) -> None:
    await answered(street, guest)
    await guest.at("chat-files").set_input_files(
        FilePayload(
            name="our-needs-and-wishes-2026.pdf",
            mimeType="application/pdf",
            buffer=b"%PDF-1.7" * 900,
        )
    )
    await guest.says("Here is our list.")
    await guest.is_told_it_arrived()
    await guest.at("chat-files").set_input_files(
        FilePayload(name="next.png", mimeType="image/png", buffer=b"\x89PNG\r\n\x1a\n" * 90)
    )


async def greeting(_street: Street, guest: Guest) -> None:
    await greets(guest.page.context)
    await guest.page.reload()
    await expect(guest.greeting).to_be_visible()


async def asked_for_an_address(_street: Street, guest: Guest) -> None:
    await alters(guest.page.context, CONFIG, closed)
    await guest.page.reload()
    await guest.opens()
    await guest.says("Is there a trial?")
    await expect(guest.at("email-input")).to_be_visible()


async def unread(street: Street, guest: Guest) -> None:
    await guest.opens()
    await guest.input.fill("Is there a trial?")
    await guest.input.press("Enter")
    await guest.at("close").click()
    await expect(guest.launcher).to_have_attribute("aria-label", "Chat with us, 1 unread")


STATES: list[State] = [
    *(
        closed_launcher,
        empty,
        answered,
        writing,
        long_words,
        offline,
        failed,
        with_menu,
        asked_to_end,
    ),
    *(ended, rated, rep, files, greeting, asked_for_an_address, unread),
]
PAGES = {"rtl": answered, "brutal": answered}


async def look(folder: Path, names: list[str]) -> None:
    """Write one picture for each state, on desktop and phone, light and dark."""
    async with _street() as street:
        for state in STATES:
            if not names or state.__name__ in names:
                await _pictures(street, folder, state)
        for page, state in PAGES.items():
            if not names or page in names:
                guest = await street.guest(page)
                await state(street, guest)
                await _picture(guest, folder / f"{page}.png")


async def _pictures(street: Street, folder: Path, state: State) -> None:
    for size, viewport in (("desktop", DESKTOP), ("phone", PHONE)):
        for theme in ("light", "dark"):
            guest = await street.guest(
                viewport=viewport, theme="dark" if theme == "dark" else "light"
            )
            name = f"{state.__name__}-{size}-{theme}.png"
            try:
                await state(street, guest)
            except AssertionError as error:
                print(f"{name}: {str(error).splitlines()[0]}")  # noqa: T201
            await _picture(guest, folder / name)
            await guest.page.context.close()


async def _picture(guest: Guest, path: Path) -> None:
    await guest.page.wait_for_timeout(SETTLES)
    await guest.page.screenshot(path=path)


@asynccontextmanager
async def _street() -> AsyncIterator[Street]:
    with tempfile.TemporaryDirectory() as data:
        async with a_site() as site, async_playwright() as driver:
            browser = await driver.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
            async with (
                serving(Path(data), HOTLINE_ALLOWED_ORIGINS=site.address) as server,
                a_wire(server.address) as wire,
            ):
                stage = Stage(browser, server.address, wire)
                yield Street(browser, site, server.address, wire, stage)
            await browser.close()


def main() -> None:
    """Read the command line."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.browser.widget.look", description=__doc__
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument("names", nargs="*", metavar="NAME", help="only these states")
    given = parser.parse_args()
    given.folder.mkdir(parents=True, exist_ok=True)
    asyncio.run(look(given.folder, given.names))


if __name__ == "__main__":
    main()
