"""The inbox's routes: a page to read, and two addresses its buttons and forms post to."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.datastructures import UploadFile

from adapters.chat.protocol import Handler, Incoming, Person, Reply
from bot.web.acting import Nobody, acting_user
from bot.web.backstage import Backstage
from bot.web.counts import Counts
from bot.web.doors import FormTokens
from bot.web.figures import KINDS, Report, tell
from bot.web.page import Reading, only_item
from bot.web.place import INBOX, Place, View, read, read_back, read_item
from bot.web.presses import Answer, Presses
from bot.web.slots import ANSWER, PRESS
from cards.actions import Action, Name, UnreadableAction, decode
from cards.problems import refused
from workflows.domain.access import User
from workflows.domain.ids import ItemId
from workflows.errors import NotKnown
from workflows.ports import Clock, Policies, Store

TEMPLATES = Path(__file__).parent / "templates"
HIDDEN = frozenset({"nonce", "token", "back", "item", "press", "cancel"})
MOST_FIELDS = 60
COMPARE = "/inbox/policies/compare"
LONGEST_POLICY = 220_000  # bytes
NO_POLICY = "Paste a policy, or choose its file."


@dataclass(frozen=True, slots=True)
class Parts:
    """What the inbox is made of. `secret` signs its forms, `user` is the e-mail of whom it acts as."""

    store: Store
    policies: Policies
    clock: Clock
    handler: Handler
    backstage: Backstage
    secret: bytes
    user: str | None = None


class Inbox:
    def __init__(self, parts: Parts) -> None:
        self._parts, self._tokens, self._counts = parts, FormTokens(parts.secret), Counts()
        self._presses = Presses(parts.handler)
        loader = FileSystemLoader(TEMPLATES)
        self._templates = Environment(loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
        self.router = APIRouter()
        self.router.add_api_route(INBOX, self.show, methods=["GET"])
        self.router.add_api_route(PRESS, self.press, methods=["POST"])
        self.router.add_api_route(ANSWER, self.press, methods=["POST"])
        self.router.add_api_route(f"{INBOX}/reports/{{name}}", self.report, methods=["GET"])
        self.router.add_api_route(COMPARE, self.compare, methods=["POST"])

    async def show(self, request: Request) -> Response:
        return await self._page(read(request.query_params))

    async def _page(self, place: Place, answer: Answer | None = None, typed: str = "") -> Response:
        """`answer` stands on it as if a press had been answered so; `typed` is put back into the policy's field."""
        parts = self._parts
        behind = await parts.backstage.look(place.view)
        async with parts.store.reading() as work:
            user = await acting_user(parts.user, work)
            if isinstance(user, Nobody):
                return self._html("nobody.html", 503, nobody=user)
            if place.search and place.item is None and (item := await only_item(place.search, work)):
                return RedirectResponse(Place(book=place.book).of_item(item), 303)
            reading = Reading(work, parts.policies, self._counts, behind, parts.clock.now())
            try:
                page = await reading.page(place, user, answer or self._presses.kept(place.answer))
            except NotKnown as unknown:
                return self._html("unknown.html", 404, words=str(unknown))
        nonce = secrets.token_urlsafe(18)
        here = place.url(answer="")
        return self._html("inbox.html", page=page, nonce=nonce, token=self._tokens.of(nonce), here=here, View=View, typed=typed)

    async def report(self, name: str, request: Request) -> Response:
        """A report as a file."""
        what, _, kind = name.partition(".")
        place, parts = read(request.query_params), self._parts
        async with parts.store.reading() as work:
            user = await acting_user(parts.user, work)
            if isinstance(user, Nobody):
                return self._html("nobody.html", 503, nobody=user)
            if what not in set(Report) or kind not in KINDS:
                return self._html("unknown.html", 404, words="There is no such report.")
            try:
                book = await work.book(place.book or "main")
            except NotKnown as unknown:
                return self._html("unknown.html", 404, words=str(unknown))
            now = parts.clock.now()
            on = place.on or book.place.day(now)
            made = await (await tell(Report(what), book, on, work, parts.policies, now)).file(kind)
        shown = {"Content-Disposition": f'attachment; filename="{book.slug}-{what}-{on.isoformat()}.{kind}"'}
        return Response(made, media_type=KINDS[kind], headers=shown)

    async def compare(self, request: Request) -> Response:
        """What moving to the given policy would change. Nothing is kept, so the answer stands on the page itself."""
        async with request.form(max_files=1, max_fields=MOST_FIELDS, max_part_size=LONGEST_POLICY) as form:
            given = {name: value for name, value in form.items() if isinstance(value, str)}
            file = form.get("file")
            chosen = await file.read(LONGEST_POLICY + 1) if isinstance(file, UploadFile) else b""
        if not self._tokens.fits(given.get("nonce", ""), given.get("token", "")):
            return self._foreign()
        text = chosen.decode("utf-8", "replace") if chosen else given.get("text", "")
        place = replace(read_back(given.get("back", "")), view=View.POLICIES)
        async with self._parts.store.reading() as work:
            book = next((one.id for one in await work.books() if one.slug == place.book), None)
        card = await self._parts.backstage.compare(text.replace("\r\n", "\n"), book) if text.strip() else refused(NO_POLICY)
        return await self._page(place, Answer(Reply(card=card)), text)

    def _foreign(self) -> Response:
        words = "This page was not drawn by this Duebot. Open the inbox and press the button there."
        return self._html("unknown.html", 403, words=words)

    async def press(self, request: Request) -> Response:
        """Does what the button says, then sends the browser back to the page, where the answer stands."""
        async with request.form(max_files=0, max_fields=MOST_FIELDS) as form:
            given = {name: value for name, value in form.items() if isinstance(value, str)}
        nonce = given.get("nonce", "")
        if not self._tokens.fits(nonce, given.get("token", "")):
            return self._foreign()
        back = read_back(given.get("back", ""))
        if "cancel" in given:
            return RedirectResponse(back.url(answer=""), 303)
        return RedirectResponse(await self._done(given, nonce, back), 303)

    async def _done(self, given: Mapping[str, str], nonce: str, back: Place) -> str:
        """The address at which the outcome can be read."""
        item = read_item(given.get("item", "")) or back.item
        name, _, payload = given.get("press", "").partition(" ")
        try:
            action = decode(name, payload)
        except UnreadableAction:
            words = refused("This button is of another release of Duebot. The page has been read anew: press it there.")
            return self._shown(back, self._presses.keep(f"{nonce}:unreadable", Answer(Reply(card=words))))
        if action.name is Name.OPEN:
            return f"{back.of_item(ItemId(action.id))}#item-{action.id}"
        if action.name is Name.SHOW_OUTGOING:
            return replace(back, view=View.TODAY, item=None, page=0, search="").url(answer="")
        return await self._pressed(action, given, nonce, replace(back, item=item))

    async def _pressed(self, action: Action, given: Mapping[str, str], nonce: str, back: Place) -> str:
        async with self._parts.store.reading() as work:
            user = await acting_user(self._parts.user, work)
        if isinstance(user, Nobody):
            return INBOX
        values = {field: value for field, value in given.items() if field not in HIDDEN}
        incoming = Incoming(_key(nonce, given.get("press", ""), values), _person(user), action, values=values, at_once=True)
        answer = await self._presses.once(incoming)
        self._counts.forget()
        return self._shown(back, answer)

    def _shown(self, back: Place, answer: str) -> str:
        """An answer is scrolled to; a form takes the keyboard to its first field by itself, which a fragment would prevent."""
        kept = self._presses.kept(answer)
        return back.url(answer=answer) + ("#answer" if kept and kept.reply.form is None else "")

    def _html(self, template: str, status: int = 200, **values: object) -> Response:
        return HTMLResponse(self._templates.get_template(template).render(**values), status)


def _person(user: User) -> Person:
    return Person("inbox", "", str(user.id))


def _key(nonce: str, press: str, values: Mapping[str, str]) -> str:
    """The same press with the same answers on the same page view is one action, however often it is sent."""
    said = sha256("\0".join((press, *(f"{name}\0{values[name]}" for name in sorted(values)))).encode()).hexdigest()[:24]
    return f"inbox:{nonce}:{said}"
