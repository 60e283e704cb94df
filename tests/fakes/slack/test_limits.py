"""Blocks and views are refused as Slack refuses them, with the place of each fault."""

import pytest

from tests.fakes.slack.limits import check_home, check_message_blocks, check_view
from tests.fakes.slack.state import Json, SlackError


def plain(text: str) -> Json:
    return {"type": "plain_text", "text": text}


def mrkdwn(text: str) -> Json:
    return {"type": "mrkdwn", "text": text}


def section(**more: object) -> Json:
    return {"type": "section", "text": mrkdwn("Hi"), **more}


def actions(*elements: Json, **more: object) -> Json:
    return {"type": "actions", "elements": list(elements), **more}


def button(**more: object) -> Json:
    return {"type": "button", "text": plain("Go"), **more}


def option(value: str = "a", text: str = "A") -> Json:
    return {"text": plain(text), "value": value}


def menu(kind: str, **more: object) -> Json:
    return {"type": kind, "action_id": "m", **more}


def asking(element: Json, **more: object) -> Json:
    return {"type": "input", "label": plain("What?"), "element": element, **more}


def rich(*elements: Json) -> Json:
    return {
        "type": "rich_text",
        "elements": [{"type": "rich_text_section", "elements": list(elements)}],
    }


def modal(*blocks: Json, **more: object) -> Json:
    view = {"type": "modal", "title": plain("T"), "submit": plain("Send"), "blocks": list(blocks)}
    return {**view, **more}


CONFIRM = {"title": plain("T"), "text": plain("Sure?"), "confirm": plain("Y"), "deny": plain("N")}
TEXT_INPUT = menu("plain_text_input")
MANY = [option(str(index)) for index in range(101)]


def told(problems: tuple[str, ...]) -> list[str]:
    return [
        one.removeprefix("[ERROR] ").replace(" [json-pointer:", " @").rstrip("]")
        for one in problems
    ]


@pytest.mark.parametrize(
    ("block", "problem"),
    [
        ({}, "missing required field: type @/blocks/0"),
        ({"type": "carpet"}, "unsupported type: carpet @/blocks/0/type"),
        ({"type": "section"}, "must define either `text` or `fields` @/blocks/0"),
        ({"type": "divider", "colour": "red"}, "invalid additional property: colour @/blocks/0"),
        (section(block_id="x" * 256), "must be less than 256 characters @/blocks/0/block_id"),
        (section(text="Hi"), "must provide an object @/blocks/0/text"),
        (section(text=mrkdwn("")), "must be more than 0 characters @/blocks/0/text/text"),
        (
            section(text=mrkdwn("x" * 3001)),
            "must be less than 3001 characters @/blocks/0/text/text",
        ),
        (section(fields=[plain("x")] * 11), "no more than 10 items allowed @/blocks/0/fields"),
        (
            section(accessory=TEXT_INPUT),
            "unsupported type: plain_text_input @/blocks/0/accessory/type",
        ),
        ({"type": "header", "text": mrkdwn("x")}, "unsupported type: mrkdwn @/blocks/0/text/type"),
        (
            {"type": "header", "text": plain("x" * 151)},
            "must be less than 151 characters @/blocks/0/text/text",
        ),
        ({"type": "context", "elements": []}, "no less than 1 items allowed @/blocks/0/elements"),
        (
            {"type": "context", "elements": [mrkdwn("x")] * 11},
            "no more than 10 items allowed @/blocks/0/elements",
        ),
        (
            {"type": "image", "image_url": "https://a.example/a.png"},
            "missing required field: alt_text @/blocks/0",
        ),
        (
            {"type": "image", "alt_text": "A"},
            "must define either `image_url` or `slack_file` @/blocks/0",
        ),
        (actions(), "no less than 1 items allowed @/blocks/0/elements"),
        (actions(*[button()] * 26), "no more than 25 items allowed @/blocks/0/elements"),
        ({"type": "rich_text", "elements": []}, "no less than 1 items allowed @/blocks/0/elements"),
        (
            rich({"type": "text", "text": ""}),
            "must be more than 0 characters @/blocks/0/elements/0/elements/0/text",
        ),
        (
            rich({"type": "text", "text": "a", "style": {"loud": True}}),
            "invalid additional property: loud @/blocks/0/elements/0/elements/0/style",
        ),
        (
            {"type": "markdown", "text": "x" * 12_001},
            "must be less than 12001 characters @/blocks/0/text",
        ),
    ],
)
def test_refuses_a_block(block: Json, problem: str) -> None:
    with pytest.raises(SlackError, match="invalid_blocks") as caught:
        check_message_blocks([block])
    assert problem in told(caught.value.details)


@pytest.mark.parametrize(
    ("element", "problem"),
    [
        ({"type": "button"}, "missing required field: text @"),
        (button(text=plain("x" * 76)), "must be less than 76 characters @/text/text"),
        (button(text=mrkdwn("x")), "unsupported type: mrkdwn @/text/type"),
        (button(value="x" * 2001), "must be less than 2001 characters @/value"),
        (button(url="x" * 3001), "must be less than 3001 characters @/url"),
        (button(style="default"), "must be one of: primary, danger @/style"),
        (button(confirm={**CONFIRM, "title": plain("x" * 101)}), "must be less than 101 characters @/confirm/title/text"),
        (button(confirm={"title": plain("T")}), "missing required field: deny @/confirm"),
        (button(action_id="x" * 256), "must be less than 256 characters @/action_id"),
        (menu("overflow", options=MANY[:6]), "no more than 5 items allowed @/options"),
        (menu("static_select", options=MANY), "no more than 100 items allowed @/options"),
        (menu("static_select"), "must define either `options` or `option_groups` @"),
        (
            menu("static_select", options=[option(text="x" * 76)]),
            "must be less than 76 characters @/options/0/text/text",
        ),
        (
            menu("static_select", options=[option("x" * 151)]),
            "must be less than 151 characters @/options/0/value",
        ),
        (
            menu("static_select", options=[option()], initial_option=option("b")),
            "initial option is not among the options @",
        ),
        (
            menu("users_select", placeholder=plain("x" * 151)),
            "must be less than 151 characters @/placeholder/text",
        ),
        (menu("users_select", options=[]), "invalid additional property: options @"),
        (menu("radio_buttons", options=MANY[:11]), "no more than 10 items allowed @/options"),
        (menu("checkboxes", options=MANY[:11]), "no more than 10 items allowed @/options"),
        (menu("datepicker", initial_date="1.2.2030"), r"must match the pattern \d{4}-\d{2}-\d{2} @/initial_date"),
        (menu("timepicker", initial_time="24:00"), r"must match the pattern ([01]\d|2[0-3]):[0-5]\d @/initial_time"),
        (
            menu("datetimepicker", initial_date_time=12),
            "must be between 1000000000 and 9999999999 @/initial_date_time",
        ),
        (
            menu("conversations_select", filter={"include": ["all"]}),
            "must be one of: im, mpim, private, public @/filter/include/0",
        ),
    ],
)  # fmt: skip
def test_refuses_an_element(element: Json, problem: str) -> None:
    with pytest.raises(SlackError, match="invalid_blocks") as caught:
        check_message_blocks([actions(element)])
    at = "/blocks/0/elements/0"
    assert problem in [one.replace(f"@{at}", "@") for one in told(caught.value.details)]


@pytest.mark.parametrize(
    "block",
    [
        section(
            fields=[plain("x" * 2000)], accessory=menu("overflow", options=[option()]), expand=True
        ),
        actions(
            button(confirm={**CONFIRM, "style": "danger"}, style="primary"),
            menu("static_select", options=MANY[:100], initial_option=MANY[7]),
        ),
        actions(menu("users_select"), {**menu("conversations_select"), "action_id": "n"}),
        actions(menu("datepicker", initial_date="2030-02-01")),
        actions(menu("datetimepicker", initial_date_time=1_900_000_000)),
        actions(menu("radio_buttons", options=[{"text": mrkdwn("*A*"), "value": "a"}])),
        asking(
            menu("plain_text_input", multiline=True, max_length=3000), optional=True, block_id="q"
        ),
        rich(
            {"type": "text", "text": "a", "style": {"bold": True}},
            {"type": "user", "user_id": "U1"},
        ),
        {"type": "rich_text", "elements": [{"type": "rich_text_quote", "elements": []}]},
        {
            "type": "context",
            "elements": [
                {"type": "image", "image_url": "https://a.example/a.png", "alt_text": "A"}
            ],
        },
    ],
)
def test_takes_a_block(block: Json) -> None:
    assert check_message_blocks([block]) == [block]


def test_names_every_fault_at_once() -> None:
    with pytest.raises(SlackError) as caught:
        check_message_blocks([{"type": "section"}, {"type": "carpet"}])
    assert len(caught.value.details) == 2


def test_takes_each_block_id_once() -> None:
    with pytest.raises(SlackError) as caught:
        check_message_blocks([section(block_id="a"), section(block_id="a")])
    assert told(caught.value.details) == ['`block_id` "a" already exists @/blocks/1/block_id']


def test_takes_each_action_id_once_a_block() -> None:
    claim = button(action_id="claim")
    assert check_message_blocks([actions(claim), actions(claim)])
    with pytest.raises(SlackError) as caught:
        check_message_blocks([actions(claim, claim)])
    assert told(caught.value.details) == [
        '`action_id` "claim" already exists @/blocks/0/elements/1/action_id'
    ]


@pytest.mark.parametrize(
    ("view", "problem"),
    [
        (
            {"type": "modal", "blocks": []},
            "missing required field: title @/view",
        ),
        (modal(title=plain("x" * 25)), "must be less than 25 characters @/view/title/text"),
        (modal(submit=plain("x" * 25)), "must be less than 25 characters @/view/submit/text"),
        (modal(close=plain("x" * 25)), "must be less than 25 characters @/view/close/text"),
        (
            modal(private_metadata="x" * 3001),
            "must be less than 3001 characters @/view/private_metadata",
        ),
        (modal(callback_id="x" * 256), "must be less than 256 characters @/view/callback_id"),
        (modal(submit_disabled=True), "invalid additional property: submit_disabled @/view"),
        (modal(*[section()] * 101), "no more than 100 items allowed @/view/blocks"),
        (
            modal(asking(menu("plain_text_input", max_length=3001))),
            "must be between 1 and 3000 @/view/blocks/0/element/max_length",
        ),
        (modal(asking(button())), "unsupported type: button @/view/blocks/0/element/type"),
        (
            modal({"type": "markdown", "text": "Hi"}),
            "unsupported type: markdown @/view/blocks/0/type",
        ),
        (
            {"type": "modal", "title": plain("T"), "blocks": [asking(TEXT_INPUT)]},
            "missing required field: submit @/view",
        ),
    ],
)
def test_refuses_a_modal(view: Json, problem: str) -> None:
    with pytest.raises(SlackError, match="invalid_arguments") as caught:
        check_view(view)
    first, *rest = told(caught.value.details)
    assert first == "failed to match all allowed schemas @/view"
    assert problem in rest


def test_a_home_tab_has_no_title() -> None:
    assert check_home({"type": "home", "blocks": [section()] * 100})
    with pytest.raises(SlackError):
        check_home({"type": "home", "title": plain("T"), "blocks": []})
    with pytest.raises(SlackError):
        check_home(modal())
