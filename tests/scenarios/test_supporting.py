"""The check of sentences on statements of companies whose authors nobody tuned it to."""

from tests.scenarios.supporting import check, shares

HELD, SHOWN = 0.64, 0.47
"""Shares of the unsupported held back and of the supported shown, as measured, less 0.02."""


def test_tells_supported_statements_of_unseen_companies_as_well_as_measured() -> None:
    found = shares(check("measuring"))
    held, unsupported = found["unsupported"]
    refused, supported = found["supported"]
    assert held / unsupported >= HELD
    assert 1 - refused / supported >= SHOWN
