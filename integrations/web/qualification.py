"""What is known of a lead's qualification, as JSON."""

from collections.abc import Iterable
from datetime import datetime
from typing import Literal

from pydantic import Field

from agent.criteria import BANT, MEDDIC, Criterion
from agent.qualification import Evidence, Qualification
from integrations.web.shapes import AT, Shape


class EarlierShape(Shape):
    """What was said of a criterion before, and holds no more."""

    value: str = Field(examples=["no budget yet"])
    evidence: str = Field(examples=["no budget yet"])
    message_id: str = Field(examples=["m-1"])
    at: datetime = Field(examples=[AT])
    is_negative: bool = Field(examples=[True])


class CriterionShape(Shape):
    """What is known of one criterion, in the visitor's own words."""

    status: Literal["known", "unknown"] = Field(examples=["known"])
    value: str | None = Field(
        description="short where the words are certain, else the words", examples=["20,000 EUR"]
    )
    evidence: str | None = Field(
        description="verbatim words of the visitor", examples=["20,000 EUR are approved"]
    )
    message_id: str | None = Field(examples=["m-3"])
    at: datetime | None = Field(description="when that was said", examples=[AT])
    is_negative: bool = Field(
        description="known to be lacking, as in “no budget” or “I don't decide”", examples=[False]
    )
    earlier: list[EarlierShape] = Field(description="what it replaces, newest first")


UNKNOWN = CriterionShape(
    status="unknown",
    value=None,
    evidence=None,
    message_id=None,
    at=None,
    is_negative=False,
    earlier=[],
)


class QualificationShape(Shape):
    """BANT and MEDDIC."""

    bant: dict[Criterion, CriterionShape]
    meddic: dict[Criterion, CriterionShape]


def explain_qualification(qualification: Qualification) -> QualificationShape:
    """Give each criterion, known or not."""
    return QualificationShape(
        bant=_criteria(qualification, BANT), meddic=_criteria(qualification, MEDDIC)
    )


def _criteria(
    qualification: Qualification, criteria: Iterable[Criterion]
) -> dict[Criterion, CriterionShape]:
    return {criterion: _criterion(qualification, criterion) for criterion in criteria}


def _criterion(qualification: Qualification, criterion: Criterion) -> CriterionShape:
    evidence = qualification.known.get(criterion)
    if evidence is None:
        return UNKNOWN
    return CriterionShape(
        status="known",
        value=evidence.value,
        evidence=evidence.quote,
        message_id=evidence.message_id,
        at=evidence.at,
        is_negative=evidence.is_negative,
        earlier=[_earlier(each) for each in evidence.earlier],
    )


def _earlier(evidence: Evidence) -> EarlierShape:
    return EarlierShape(
        value=evidence.value,
        evidence=evidence.quote,
        message_id=evidence.message_id,
        at=evidence.at,
        is_negative=evidence.is_negative,
    )
