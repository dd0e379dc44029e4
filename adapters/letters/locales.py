"""Which language a letter is written in, and how its reader's region writes days."""

from __future__ import annotations

import re
from datetime import date
from functools import lru_cache

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_skeleton
from babel.languages import get_official_languages

TOGETHER = "\ue000"  # the blank between a day and its month, until the letter is laid out: no line breaks there
_LANGUAGE = re.compile(r"[a-z]{2,3}")
_REGION = re.compile(r"[A-Z]{2}|[0-9]{3}")
# Where a language is read when neither its tag nor the customer's country says so; another language is written as by itself.
_HOMES = {"en": "GB", "de": "DE", "fr": "FR", "es": "ES"}


@lru_cache(maxsize=256)
def locale_of(wanted: tuple[str, ...], known: frozenset[str], country: str | None) -> str:
    """`de_CH` for `de-CH`: the first of the wanted languages that is known, else English, with the region whose separators it takes.

    That region is the tag's own, else the customer's country where it speaks the language, else the language's home.
    """
    tags = (re.split(r"[-_]", tag.strip()) for tag in wanted)
    language, *rest = next((tag for tag in tags if _LANGUAGE.fullmatch(tag[0].lower()) and tag[0].lower() in known), ["en"])
    language = language.lower()
    regions = [part for each in rest if _REGION.fullmatch(part := each.upper())]
    if country and language in get_official_languages(country, regional=True, de_facto=True):
        regions.append(country.upper())
    names = (f"{language}_{region}" for region in (*regions, _HOMES.get(language, "")))
    return next(filter(_exists, names), language)


def language_of(locale: str) -> str:
    return locale.partition("_")[0]


@lru_cache(maxsize=1024)
def long_day(day: date, locale: str) -> str:
    """`24 November 2026`."""
    return _written(day, "long", locale)


@lru_cache(maxsize=1024)
def full_day(day: date, locale: str) -> str:
    """`Tuesday, 24 November 2026`."""
    return _written(day, "full", locale)


def _written(day: date, form: str, locale: str) -> str:
    """`1er décembre 2026`: French counts the first day only, and Babel none."""
    written, short = format_date(day, form, locale=locale), format_skeleton("MMMMd", day, locale=locale)
    counted = short.replace("1 ", "1er ", 1) if day.day == 1 and language_of(locale) == "fr" else short
    return written.replace(short, counted.replace(" ", TOGETHER))


def _exists(name: str) -> bool:
    try:
        Locale.parse(name)
    except (UnknownLocaleError, ValueError):
        return False
    return True
