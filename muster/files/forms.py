"""Texts of a form: what a text has to match, and what is said of one that does not."""

from __future__ import annotations

import re

from pydantic import AfterValidator

from muster.files.problems import shown


def of_form(pattern: str, otherwise: str) -> AfterValidator:
    """The check of a text that must match the pattern as a whole; `otherwise` says what it is if it does not."""

    def check(value: str) -> str:
        if not re.fullmatch(pattern, value):
            raise ValueError(f"{shown(value)} {otherwise}")
        return value

    return AfterValidator(check)
