"""How a reply reaches the person who asked: in a window, or in lines only they see."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Awaitable, Callable, Mapping
from typing import Any
from urllib.parse import urlsplit

import structlog
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse
from slack_sdk.webhook.async_client import AsyncWebhookClient

from adapters.chat.protocol import Incoming, Person, Reply
from adapters.chat.slack.faults import fault, translated
from adapters.chat.slack.pauses import Pauses, always
from adapters.chat.slack.reading import Pressed, Submitted, remember
from adapters.chat.slack.windows import View, held, problem, showing, waiting
from adapters.chat.slack.workspaces import Workspaces
from cards.choices import offered
from cards.elements import Card
from cards.slack.modal import render_form
from cards.slack.render import render, render_home
from workflows.errors import OutsideError

_SLACKS_OWN = "https://hooks.slack.com"
_HOLD = 1.0  # seconds a press waits for its message's buttons to go
TO_OPEN, TO_ANSWER = 2.0, 120.0  # seconds after which a window's trigger is dead, and a person no longer looks for an answer
log = structlog.get_logger(__name__)


class Answers:
    """Trouble with Slack ends here: it is logged, and the person is told another way where there is one.

    What answers a person says whether it reached them.
    """

    def __init__(self, workspaces: Workspaces, pauses: Pauses) -> None:
        self._workspaces, self._pauses = workspaces, pauses

    async def _call(
        self,
        team: str,
        method: str,
        ask: Callable[[AsyncWebClient], Awaitable[AsyncSlackResponse]],
        within: float,
        *,
        channel: str = "",
        wanted: Callable[[], bool] = always,
        repeatable: bool = True,
    ) -> AsyncSlackResponse | None:
        """Of that workspace, again after the pauses Slack asks for; null once it is no longer wanted. Raises the errors of `workflows.errors`."""

        async def once() -> AsyncSlackResponse:
            client = await self._workspaces.client(team)
            with translated(repeatable=repeatable):
                return await ask(client)

        return await self._pauses.keep((team, method, channel), once, within, wanted)

    async def open(self, trigger: str, view: View, person: Person) -> str | None:
        """The window's id; null when Slack did not open it."""
        try:
            answer = await self._call(person.team, "views.open", lambda client: client.views_open(trigger_id=trigger, view=view), TO_OPEN)
        except OutsideError as trouble:
            _report("a window did not open", trouble)
            return None
        return str(answer["view"]["id"]) if answer is not None else None

    async def fill(self, window: str, reply: Reply, incoming: Incoming, channel: str | None = None) -> bool:
        """Puts the answer into the open window; into a private line when the window is gone."""
        try:
            view = view_of(reply, remember(incoming.card))
            await self._call(incoming.person.team, "views.update", lambda client: client.views_update(view_id=window, view=view), TO_ANSWER)
        except OutsideError as trouble:
            _report("a window was not filled", trouble)
            card = reply.card or problem("The window closed", "Slack did not keep the window open. Please try once more.")
            return await self.whisper(card, incoming.person, channel)
        return True

    async def refill(self, window: str, reply: Reply, incoming: Incoming, version: str, newest: Callable[[], bool]) -> None:
        """The form as it is with what is typed by now; Slack keeps what stands in the fields. While this is the `newest`, it is shown even
        where another answer changed the window since. One that closed meanwhile needs nothing.
        """
        view = view_of(reply, remember(incoming.card))
        if not await self._replaced(window, view, incoming.person, newest, hash=version):
            await self._replaced(window, view, incoming.person, newest)

    async def _replaced(self, window: str, view: View, person: Person, newest: Callable[[], bool], **known: str) -> bool:
        try:
            await self._call(
                person.team,
                "views.update",
                lambda client: client.views_update(view_id=window, view=view, **known),
                TO_ANSWER,
                wanted=newest,
            )
        except OutsideError as trouble:
            _report("a form was not filled while it was typed", trouble)
            return False
        return True

    async def hold(self, found: Pressed) -> bool:
        """Takes the buttons off the message in which one was pressed, so that nobody presses another before it is drawn anew."""
        standing, url = found.message, found.incoming.respond
        if standing is None or url is None or not self._ours(url):
            return False
        blocks = held(standing.blocks, standing.label)
        try:
            async with asyncio.timeout(_HOLD):
                return await self._send(url, text=standing.text, blocks=blocks, replace_original=True)
        except TimeoutError:
            return True  # it may have arrived

    async def give_back(self, found: Pressed) -> None:
        """As it stood: nothing will draw it anew."""
        if found.message is not None and found.incoming.respond is not None:
            await self._send(found.incoming.respond, text=found.message.text, blocks=found.message.blocks, replace_original=True)

    async def tell(self, reply: Reply, incoming: Incoming, channel: str | None, trigger: str | None = None) -> bool:
        """A card as a private line where the person asked, a form as a window; words that brought nothing to open it get its button."""
        if reply.form is not None:
            if trigger and await self.open(trigger, view_of(reply, remember(incoming.card)), incoming.person):
                return True
            late = problem("The form did not open", "Slack gave no time to open it. Please try once more.")
            reply = Reply(offered(reply.form, incoming.text) if incoming.text else late)
        if reply.card is None:
            return True
        if incoming.respond and self._ours(incoming.respond) and await self._respond(incoming.respond, reply.card):
            return True
        return await self.whisper(reply.card, incoming.person, channel)

    async def whisper(self, card: Card, person: Person, channel: str | None) -> bool:
        """A line only they see in the channel; a direct message when there is no channel or they are not in it."""
        drawn = render(card)
        said: dict[str, Any] = {"text": drawn.text, "blocks": drawn.blocks}
        direct = channel if channel and channel.startswith("D") else person.id
        try:
            if channel and direct != channel:
                await self._call(
                    person.team,
                    "chat.postEphemeral",
                    lambda client: client.chat_postEphemeral(channel=channel, user=person.id, **said),
                    TO_ANSWER,
                    channel=channel,
                )
                return True
        except OutsideError as trouble:
            _report("a private line was not shown", trouble)
        try:
            await self._call(
                person.team,
                "chat.postMessage",
                lambda client: client.chat_postMessage(channel=direct, **said),
                TO_ANSWER,
                channel=direct,
                repeatable=False,
            )
        except OutsideError as trouble:
            _report("an answer did not arrive", trouble)
            return False
        return True

    async def publish(self, card: Card, person: Person) -> bool:
        """In their Home tab."""
        try:
            view = render_home(card)
            await self._call(person.team, "views.publish", lambda client: client.views_publish(user_id=person.id, view=view), TO_ANSWER)
        except OutsideError as trouble:
            _report("a home was not shown", trouble)
            return False
        return True

    async def _respond(self, url: str, card: Card) -> bool:
        drawn = render(card)
        return await self._send(url, text=drawn.text, blocks=drawn.blocks, response_type="ephemeral", replace_original=False)

    async def _send(self, url: str, **said: Any) -> bool:
        plain = self._workspaces.with_token(None)
        hook = AsyncWebhookClient(url, timeout=plain.timeout, session=plain.session, retry_handlers=[], logger=plain.logger)
        try:
            with translated(repeatable=True):
                answer = await hook.send(**said)
        except OutsideError as trouble:
            _report("an answer was not taken", trouble)
            return False
        if answer.status_code != 200:
            _report("an answer was not taken", fault(answer, repeatable=True))
        return bool(answer.status_code == 200)

    def _ours(self, url: str) -> bool:
        """Answers go to Slack only, or to the server that stands for it in the settings."""
        asked = urlsplit(url)
        return f"{asked.scheme}://{asked.netloc}" in {
            _SLACKS_OWN,
            "{0.scheme}://{0.netloc}".format(urlsplit(self._workspaces.with_token(None).base_url)),
        }


def view_of(reply: Reply, metadata: str = "") -> View:
    """The window for a reply; words at fields become lines of a card, as only an acknowledgement can put them at their fields."""
    if reply.form is not None:
        try:
            return render_form(reply.form, metadata=metadata, errors=reply.errors)
        except ValueError as trouble:  # its payload is too long to be carried
            return showing(apology(trouble))
    if reply.card is not None:
        return showing(reply.card)
    if reply.errors:
        return showing(problem("Nothing was changed", " ".join(reply.errors.values())))
    return waiting("Nothing is left to do here.")


def ack_of(reply: Reply, form: Submitted) -> Mapping[str, Any]:
    """The answer to a submission, as Bolt's `ack` takes it."""
    if reply.errors and form.fields:
        first = next(iter(form.fields.values()))
        words: dict[str, list[str]] = {}
        for name, said in reply.errors.items():
            words.setdefault(form.fields.get(name, first), []).append(said)  # Slack shows nothing for a block it does not know
        return {"response_action": "errors", "errors": {block: " ".join(lines) for block, lines in words.items()}}
    if reply.card is None and reply.form is None and not reply.errors:
        return {"response_action": "clear"}
    return {"response_action": "update", "view": view_of(reply, form.metadata)}


def _report(what: str, trouble: OutsideError) -> None:
    log.warning("slack answer lost its way", what=what, reason=str(trouble))


def apology(trouble: Exception) -> Card:
    """For what nobody foresaw; the log has it under the same reference."""
    reference = secrets.token_hex(4)
    log.error("slack answer broke", reference=reference, exc_info=trouble)
    return problem(
        "Something went wrong on our side", f"Nothing more was done. Please try again; if it stays, tell your administrator: {reference}."
    )
