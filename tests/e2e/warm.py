"""Imported once by the process that others are forked from, so that each need not learn the holidays and the policy anew."""

from __future__ import annotations

from datetime import date

import tests.e2e.held  # ruff: ignore[unused-import] - these are what is to be there already
from workflows.domain.calendar import Place

Place("Europe/Berlin", "DE").is_business_day(date(2026, 11, 24))
