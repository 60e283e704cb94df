"""What every section of the playbook is made of."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

Gain = Annotated[int, Field(ge=0, le=100)]
Loss = Annotated[int, Field(ge=-100, le=0)]
Points = Annotated[int, Field(ge=-100, le=100)]
Cap = Annotated[int, Field(ge=0, le=100)]
Days = Annotated[float, Field(gt=0, le=3660)]


class Rules(BaseModel):
    """A section of the playbook: frozen, and unknown keys are errors."""

    model_config = ConfigDict(frozen=True, extra="forbid")
