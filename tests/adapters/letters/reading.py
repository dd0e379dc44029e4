"""A letter as a mail program shows it."""

from __future__ import annotations

from html.parser import HTMLParser

from adapters.letters.template_letters import TemplateLetters
from workflows.domain.messages import Letter, Message

LETTERS = TemplateLetters()


def written(asked: Letter) -> Message:
    return LETTERS.write(asked)


def html_of(message: Message) -> str:
    assert message.html is not None
    return message.html


class Reader(HTMLParser):
    """What a mail program makes of the HTML: its tags with their attributes' names, and the words one sees."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[tuple[str, tuple[str, ...]]] = []
        self.words = ""

    @classmethod
    def of(cls, html: str) -> Reader:
        reader = cls()
        reader.feed(html)
        reader.words = " ".join(reader.words.split())
        return reader

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, tuple(name for name, _ in attrs)))

    def handle_data(self, data: str) -> None:
        self.words += data
