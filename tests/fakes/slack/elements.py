"""What Slack lets stand inside blocks: texts, options, buttons, menus and inputs.

https://docs.slack.dev/reference/block-kit/block-elements
"""

from tests.fakes.slack.schema import (
    Check,
    Checks,
    Problems,
    boolean,
    both,
    by_type,
    either,
    list_of,
    matching,
    not_both,
    number,
    one_of,
    problem,
    shape,
    string,
)

OPTIONS = 100
FEW_OPTIONS = 10
OVERFLOW_OPTIONS = 5
INPUT = 3000

ID = string(255, 1)
URL = string(3000, 1)
ANY_ID = string(255, 1)
DATE = matching(r"\d{4}-\d{2}-\d{2}")
TIME = matching(r"([01]\d|2[0-3]):[0-5]\d")


def plain(most: int) -> Check:
    """A plain text of up to this length."""
    return by_type({"plain_text": shape({"text": string(most, 1)}, {"emoji": boolean})})


def any_text(most: int) -> Check:
    """A plain or marked-up text of up to this length."""
    marked = shape({"text": string(most, 1)}, {"verbatim": boolean})
    return by_type(
        {"plain_text": shape({"text": string(most, 1)}, {"emoji": boolean}), "mrkdwn": marked}
    )


CONFIRM = shape(
    {"title": plain(100), "text": any_text(300), "confirm": plain(30), "deny": plain(30)},
    {"style": one_of("primary", "danger")},
)
OPTION = shape({"text": plain(75), "value": string(150, 1)}, {"description": plain(75)})
LINK_OPTION = shape(
    {"text": plain(75), "value": string(150, 1)}, {"description": plain(75), "url": URL}
)
RICH_OPTION = shape({"text": any_text(75), "value": string(150, 1)}, {"description": any_text(75)})
GROUP = shape({"label": plain(75), "options": list_of(OPTION, OPTIONS, 1)})
DISPATCH = shape(
    {},
    {"trigger_actions_on": list_of(one_of("on_enter_pressed", "on_character_entered"), 2, 1)},
)
FILTER = shape(
    {},
    {
        "include": list_of(one_of("im", "mpim", "private", "public"), 4, 1),
        "exclude_external_shared_channels": boolean,
        "exclude_bot_users": boolean,
    },
)
IMAGE_PLACE: Checks = {
    "image_url": URL,
    "slack_file": shape({}, {"id": ANY_ID, "url": URL}),
}
IMAGE = both(shape({"alt_text": string(2000, 1)}, IMAGE_PLACE), either("image_url", "slack_file"))


def _offered(given: object, at: str) -> Problems:
    """What is chosen at first must be among the options."""
    if not isinstance(given, dict):
        return
    groups = given.get("option_groups") or []
    options = [*(given.get("options") or []), *(o for g in groups for o in g.get("options", []))]
    chosen = given.get("initial_options") or [given.get("initial_option")]
    for option in chosen:
        if option is not None and option not in options:
            yield problem("initial option is not among the options", at)


def _element(required: Checks, optional: Checks) -> Check:
    return shape(required, {"action_id": ID, **optional})


def _menu(required: Checks, optional: Checks) -> Check:
    return _element(
        required,
        {"placeholder": plain(150), "confirm": CONFIRM, "focus_on_load": boolean, **optional},
    )


def _choices(most: int, initial: Checks) -> Check:
    shown = {"confirm": CONFIRM, "focus_on_load": boolean, **initial}
    return both(_element({"options": list_of(RICH_OPTION, most, 1)}, shown), _offered)


def _static(initial: Checks) -> Check:
    offered = {"options": list_of(OPTION, OPTIONS, 1), "option_groups": list_of(GROUP, OPTIONS, 1)}
    menu = _menu({}, {**offered, **initial})
    ways = ("options", "option_groups")
    return both(menu, either(*ways), not_both(*ways), _offered)


def _input(optional: Checks, required: Checks | None = None) -> Check:
    shown = {"placeholder": plain(150), "focus_on_load": boolean, "initial_value": string(INPUT)}
    dispatch = {"dispatch_action_config": DISPATCH}
    return _element(required or {}, {**shown, **dispatch, **optional})


MOST: Checks = {"max_selected_items": number(1, OPTIONS)}
IDS = list_of(ANY_ID, OPTIONS)
CHANNELS: Checks = {"response_url_enabled": boolean}

BUTTON = _element(
    {"text": plain(75)},
    {
        "url": URL,
        "value": string(2000),
        "style": one_of("primary", "danger"),
        "confirm": CONFIRM,
        "accessibility_label": string(75),
    },
)
OVERFLOW = _element({"options": list_of(LINK_OPTION, OVERFLOW_OPTIONS, 1)}, {"confirm": CONFIRM})
MENUS: Checks = {
    "channels_select": _menu({}, {"initial_channel": ANY_ID, **CHANNELS}),
    "checkboxes": _choices(FEW_OPTIONS, {"initial_options": list_of(RICH_OPTION, FEW_OPTIONS, 1)}),
    "conversations_select": _menu(
        {},
        {
            "initial_conversation": ANY_ID,
            "default_to_current_conversation": boolean,
            "filter": FILTER,
            **CHANNELS,
        },
    ),
    "datepicker": _menu({}, {"initial_date": DATE}),
    "multi_static_select": _static({"initial_options": list_of(OPTION, OPTIONS, 1), **MOST}),
    "multi_users_select": _menu({}, {"initial_users": IDS, **MOST}),
    "radio_buttons": _choices(FEW_OPTIONS, {"initial_option": RICH_OPTION}),
    "static_select": _static({"initial_option": OPTION}),
    "timepicker": _menu({}, {"initial_time": TIME, "timezone": string(255, 1)}),
    "users_select": _menu({}, {"initial_user": ANY_ID}),
}
DATETIME: Checks = {
    "datetimepicker": _element(
        {},
        {
            "initial_date_time": number(10**9, 10**10 - 1),
            "confirm": CONFIRM,
            "focus_on_load": boolean,
        },
    )
}
INPUTS: Checks = {
    "email_text_input": _input({}),
    "number_input": _input(
        {"min_value": string(20), "max_value": string(20)}, {"is_decimal_allowed": boolean}
    ),
    "plain_text_input": _input(
        {"multiline": boolean, "min_length": number(0, INPUT), "max_length": number(1, INPUT)}
    ),
    "url_text_input": _input({}),
}

IN_ACTIONS: Checks = {"button": BUTTON, "overflow": OVERFLOW, **MENUS, **DATETIME}
IN_SECTION: Checks = {"button": BUTTON, "overflow": OVERFLOW, "image": IMAGE, **MENUS}
IN_INPUT: Checks = {**MENUS, **DATETIME, **INPUTS}
