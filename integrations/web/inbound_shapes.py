"""Forms and mails as JSON: what is sent to us, and what we say of it."""

from datetime import datetime
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, BeforeValidator, Field, WithJsonSchema, model_validator

from agent.conversation import Holder, MessageSource
from agent.inbound import Unanswered
from integrations.web.conversations import Body
from integrations.web.shapes import AT, MessageShape, Shape
from integrations.web.texts import clean, clean_line

LONGEST_MAIL = 400_000
LONGEST_LINE = 1_000
LONGEST_ID = 998  # the longest line of a mail
MOST_HEADERS = 300
MOST_FILES = 100
MOST_TRAITS = 50

Source = Literal[MessageSource.FORM, MessageSource.EMAIL]


def _whole(text: object) -> object:
    """Put a sign in the place of half characters, which mails in a wrong encoding have; their words still count."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace") if isinstance(text, str) else text  # fmt: skip


def _line(text: str) -> str:
    return clean_line(text)[:LONGEST_LINE]


def _external_id(text: str) -> str:
    if not (line := clean_line(text)) or len(line) > LONGEST_ID:
        raise ValueError(f"send 1 to {LONGEST_ID} characters; a mail's is its Message-ID")
    return line


def _mail(text: str) -> str:
    if len(text) > LONGEST_MAIL:
        raise ValueError(f"send up to {LONGEST_MAIL:,} characters; this has {len(text):,}")
    return clean(text)


Anything = BeforeValidator(_whole)
SomeLine = Annotated[str, Anything, AfterValidator(_line), WithJsonSchema({"type": "string"})]
Trait = SomeLine | bool | int | float | None
ExternalId = Annotated[
    str,
    Anything,
    AfterValidator(_external_id),
    WithJsonSchema({"type": "string", "minLength": 1, "maxLength": LONGEST_ID}),
]
MailText = Annotated[
    str,
    Anything,
    AfterValidator(_mail),
    WithJsonSchema({"type": "string", "maxLength": LONGEST_MAIL}),
]
HeaderText = Annotated[str, Anything]
HeaderValue = HeaderText | list[HeaderText] | None
Headers = Annotated[dict[str, HeaderValue], Field(max_length=MOST_HEADERS)]


class SenderBody(Body):
    """Who is said to have sent it; an address that is none does not keep the words out."""

    email: SomeLine = Field(
        "",
        description="an address, or a whole From line",
        examples=["Dana Weiss <dana@nordlift.example>"],
    )
    name: SomeLine = Field("", examples=["Dana Weiss"])


class InboundBody(Body):
    """A form that was sent, or a mail that came."""

    source: Source = Field(examples=["email"])
    external_id: ExternalId = Field(
        description="its id where it came in, such as a mail's Message-ID; known again, it does nothing else",
        examples=["<CAF2b@mail.nordlift.example>"],
    )
    sender: SenderBody | None = Field(None, alias="from", description="unproven, as From is")
    company: dict[str, Trait] | None = Field(
        None,
        max_length=MOST_TRAITS,
        description="name, domain, industry, employees, country, city; other keys are ignored",
        examples=[{"name": "Nordlift", "employees": 240}],
    )
    subject: SomeLine = Field("", examples=["Prices for 40 technicians"])
    text: MailText = Field(
        "",
        description="the plain text; HTML, where the Content-Type says so",
        examples=["What does it cost for 40 technicians?\n\n-- \nDana Weiss"],
    )
    html: MailText = Field("", description="read where there is no text", examples=[""])
    headers: Headers = Field(
        default_factory=dict,
        description="all headers of the mail, each a text or a list of them; in any case of letters",
        examples=[{"In-Reply-To": "<1@mail.example>", "Auto-Submitted": "no"}],
    )
    attachments: list[SomeLine] = Field(
        default_factory=list,
        max_length=MOST_FILES,
        description="names of the files that came along; the files themselves are not taken",
        examples=[["tender.pdf"]],
    )
    locale: str = Field(
        "",
        max_length=35,
        pattern=r"^([A-Za-z]{2,3}([-_][A-Za-z0-9]{1,8})*)?$",
        description="the sender's language; found by the words if left out",
        examples=["de-DE"],
    )

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        is_form = self.source is MessageSource.FORM
        if is_form and not (self.text or self.html or self.subject):
            raise ValueError("a form says nothing without text and subject; send one of them")
        return self


class ReceivedShape(Shape):
    """A form or mail that is on disk; `unanswered` says why no answer is written, where none is."""

    conversation_id: str = Field(examples=["c-1"])
    message_id: str = Field(examples=["m-1"])
    unanswered: Unanswered | None = Field(examples=[None])


class InboundShape(ReceivedShape):
    """A form or mail as it came, and what was said to it."""

    source: MessageSource = Field(examples=["email"])
    external_id: str = Field(examples=["<CAF2b@mail.nordlift.example>"])
    email: str = Field(
        description="where to answer; empty where no address came",
        examples=["dana@nordlift.example"],
    )
    name: str = Field(examples=["Dana Weiss"])
    subject: str = Field(examples=["Prices for 40 technicians"])
    text: str = Field(
        description="as it came, with all that was quoted in it",
        examples=["What does it cost for 40 technicians?\n\n-- \nDana Weiss"],
    )
    received_at: datetime = Field(examples=[AT])
    held_by: Holder = Field(examples=["agent"])
    reply: MessageShape | None = Field(description="the agent's reply to it, once there is one")
    said_since: list[MessageShape] = Field(
        description="what the agent and reps have said in the conversation since, the reply included"
    )
