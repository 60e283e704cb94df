"""What Slack lets stand in a block of rich text.

https://docs.slack.dev/reference/block-kit/blocks/rich-text-block
"""

from tests.fakes.slack.elements import ANY_ID, URL
from tests.fakes.slack.schema import (
    Checks,
    boolean,
    by_type,
    list_of,
    number,
    one_of,
    shape,
    string,
)

ENOUGH = 1000  # no number is documented
STYLES = (
    "bold",
    "italic",
    "strike",
    "code",
    "underline",
    "highlight",
    "client_highlight",
    "unlink",
)
STYLE: Checks = {"style": shape({}, dict.fromkeys(STYLES, boolean))}

INLINE = by_type(
    {
        "broadcast": shape({"range": one_of("here", "channel", "everyone")}, STYLE),
        "channel": shape({"channel_id": ANY_ID}, STYLE),
        "color": shape({"value": string(7, 4)}),
        "date": shape(
            {"timestamp": number(0, 10**11), "format": string(255, 1)},
            {"url": URL, "fallback": string(255), **STYLE},
        ),
        "emoji": shape(
            {"name": string(255, 1)}, {"unicode": string(255), "skin_tone": number(1, 6), **STYLE}
        ),
        "link": shape({"url": URL}, {"text": string(40_000, 1), "unsafe": boolean, **STYLE}),
        "text": shape({"text": string(40_000, 1)}, STYLE),
        "user": shape({"user_id": ANY_ID}, STYLE),
        "usergroup": shape({"usergroup_id": ANY_ID}, STYLE),
    }
)
WORDS: Checks = {"elements": list_of(INLINE, ENOUGH)}
BORDER: Checks = {"border": number(0, 1)}
SECTION = shape(WORDS)

RICH_TEXT = shape(
    {
        "elements": list_of(
            by_type(
                {
                    "rich_text_list": shape(
                        {
                            "style": one_of("bullet", "ordered"),
                            "elements": list_of(by_type({"rich_text_section": SECTION}), ENOUGH, 1),
                        },
                        {"indent": number(0, 8), "offset": number(0, 10**6), **BORDER},
                    ),
                    "rich_text_preformatted": shape(WORDS, {"language": string(255), **BORDER}),
                    "rich_text_quote": shape(WORDS, BORDER),
                    "rich_text_section": SECTION,
                }
            ),
            ENOUGH,
            1,
        )
    },
    {"block_id": string(255, 1)},
)
