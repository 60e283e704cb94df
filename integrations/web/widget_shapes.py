"""The JSON that the widget is configured by and that greets with."""

from pydantic import Field

from integrations.web.shapes import HoursShape, PresentRepShape, Shape


class FileRulesShape(Shape):
    """Which files may be attached."""

    accept: str = Field(
        description="the `accept` of a file input", examples=[".pdf,.png,.jpg,.docx"]
    )
    largest: int = Field(description="in bytes", examples=[10_000_000])
    most: int = Field(description="with one message", examples=[5])


class ConfigShape(Shape):
    """What the widget says and offers on a page, in the visitor's language."""

    locale: str = Field(description="the language of all that follows", examples=["de"])
    company: str = Field(examples=["Tourvane"])
    disclosure: str = Field(examples=["Sie schreiben mit dem KI-Assistenten von Tourvane."])
    hours: HoursShape
    expectation: str = Field(
        description="who is there and how soon they come, in one sentence",
        examples=[
            "Der Assistent antwortet sofort; unser Team ist am Montag um 09:00 Uhr wieder da."
        ],
    )
    reps: list[PresentRepShape] = Field(description="who would come now, three at most")
    texts: dict[str, str] = Field(
        description="the words of the interface by key; {name} is filled in",
        examples=[{"send": "Senden", "close": "Chat schließen"}],
    )
    suggestions: list[str] = Field(examples=[["Was würde uns Tourvane kosten?"]])
    files: FileRulesShape | None = Field(description="null: no files are taken")
    accent: str | None = Field(examples=["#1a6b52"])
    booking_url: str = Field(examples=["https://tourvane.example/book"])
    asks_email: bool = Field(
        description="whether to ask for an address while nobody is there", examples=[True]
    )


class GreetingShape(Shape):
    """What to say unasked."""

    id: str = Field(description="send it as greeting_id when a reply begins a conversation", examples=["pricing"])  # fmt: skip
    text: str = Field(examples=["Questions about plans or billing? Ask me."])
    after_seconds: int = Field(description="so long on the page", examples=[25])
    suggestions: list[str] = Field(examples=[["What counts as a seat?"]])


class EventsShape(Shape):
    """The body was read; what could be used of it is kept."""

    success: bool = Field(examples=[True])
    greeting: GreetingShape | None
