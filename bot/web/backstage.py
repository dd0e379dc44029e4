"""What the inbox shows of the installation itself: whether all is in order, which policies there are, what another one would change."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from operator import itemgetter

from bot.app import App
from bot.config import BadSetting, Settings, setting_names
from bot.health.check import findings_of
from bot.policies import BadPolicy, read_policy, shipped, shipped_names
from bot.policy.moves import impact_of, move_card
from bot.web.place import View
from cards.elements import Card, Facts, Heading, Row, Rows, Text, Tone
from cards.format import count, name
from cards.policy_steps import policy_card
from workflows.domain.ids import BookId
from workflows.errors import Refused

SHOWN = 50
_SET, _UNSET = "set", "not set"
_TOLD = ("public_url", "policies", "letters", "documents", "inbox_user")


@dataclass(frozen=True, slots=True)
class Behind:
    """What a page needs of it. It is read before the page's own unit of work opens, so that a page takes one connection at a time.

    `texts` are key, title and text of every version of a policy that is kept, and of those that come with Duebot.
    """

    cards: Sequence[Card] = ()
    texts: Sequence[tuple[str, str, str]] = ()


@dataclass(frozen=True, slots=True)
class Backstage:
    """Read only: nothing here changes anything."""

    app: App

    async def look(self, view: View) -> Behind:
        match view:
            case View.SETTINGS:
                return Behind([await self.in_order(), self.configured()])
            case View.POLICIES:
                return Behind(self.policies(), await self.texts())
            case _:
                return Behind()

    async def in_order(self) -> Card:
        """What `duebot check --offline` says."""
        found = await findings_of(self.app)
        if not found:
            return Card("Everything is in order", (Heading("Everything is in order", tone=Tone.GOOD),), Tone.GOOD)
        title = f"{count(len(found), 'thing')} to mend"
        rows = tuple(Row((one.what, one.fix), Tone.WARNING) for one in found)
        return Card(title, (Heading(title, tone=Tone.WARNING), Rows(("What", "How"), rows)), Tone.WARNING)

    def configured(self) -> Card:
        """Which settings there are; what is a secret is only said to be there."""
        settings = self.app.settings
        pairs = [("Database", "SQLite, one file" if settings.database_url.startswith("sqlite") else "PostgreSQL")]
        pairs += [(_words(field), name(str(value), 120)) for field in _TOLD if (value := getattr(settings, field)) is not None]
        pairs += [("Mail out", _mail(settings)), ("Slack", _SET if settings.slack.bot_token else _UNSET)]
        pairs += [("Answers by mail", name(settings.imap.host) if settings.imap.host else _UNSET)]
        pairs += [("Payments by hand", f"above {settings.payment_limit:,} somebody else approves")]
        said = (
            f"There are {len(setting_names())} settings; they stand in the environment or in duebot.toml, and are read when Duebot starts."
        )
        return Card("How Duebot is set up", (Heading("Configuration"), Facts(tuple(pairs)), Text(said, quiet=True)))

    def policies(self) -> Sequence[Card]:
        """Those new customers start with."""
        return [policy_card(policy, "New customers start with it.") for policy in self.app.policies.in_force]

    async def texts(self) -> Sequence[tuple[str, str, str]]:
        kept = await self.app.store.policy_versions()
        running = [(f"{one}@{version}", f"{one}, version {version}", text) for one, version, text in sorted(kept, key=itemgetter(slice(2)))]
        return [*running, *((f"shipped:{one}", f"{one}, shipped", shipped(one).text) for one in shipped_names())]

    async def compare(self, text: str, book: BookId | None) -> Card:
        """What moving to the policy would change; every mistake in it with its line."""
        try:
            name = read_policy(text, "policy").name
            impact, _ = await impact_of(name, text, self.app, book, SHOWN)
        except BadPolicy as bad:
            title = f"{count(len(bad.errors), 'mistake')} in the policy"
            rows = tuple(Row((str(one.line), one.where, one.words), Tone.WARNING) for one in bad.errors[:SHOWN])
            return Card(title, (Heading(title, tone=Tone.WARNING), Rows(("Line", "Where", "What"), rows)), Tone.WARNING)
        except (ValueError, Refused, BadSetting) as conflict:
            words = f"{str(conflict).capitalize()}."
            return Card(words, (Heading("This policy cannot be in force beside the others", tone=Tone.WARNING), Text(words)), Tone.WARNING)
        return move_card(impact, self.app.clock.now())


def _words(field: str) -> str:
    return field.replace("_", " ").capitalize().replace("url", "URL")


def _mail(settings: Settings) -> str:
    smtp = settings.smtp
    if smtp.folder is not None:
        return f"written into the folder {name(str(smtp.folder), 80)}"
    return f"{name(smtp.host)}, from {name(smtp.sender or '')}" if smtp.host else _UNSET
