"""Names as searches compare them."""

from __future__ import annotations

import unicodedata


def folded(name: str) -> str:
    """In small letters, without accents and double blanks: who types `moller` means Möller too."""
    letters = " ".join(name.casefold().split())
    if letters.isascii():
        return letters
    parts = unicodedata.normalize("NFKD", letters)
    return unicodedata.normalize("NFC", "".join(letter for letter in parts if not unicodedata.combining(letter)))
