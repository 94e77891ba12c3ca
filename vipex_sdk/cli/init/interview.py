"""The questions in their order, each group checked live before the next begins."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable

from vipex_sdk.cli.doctor.finding import Finding, State
from vipex_sdk.cli.init.answers import Answers
from vipex_sdk.cli.init.ask import Asker
from vipex_sdk.cli.init.texts import QUESTIONS, TEXTS, Ask
from vipex_sdk.cli.init.trial import Tried, extensions_of, try_crm, try_exchange
from vipex_sdk.crm.registry import plugin
from vipex_sdk.crm.setup import Question
from vipex_sdk.gateway.config import SECRETS
from vipex_sdk.wire.profile import load_profile

__all__ = ["interview"]


def interview(known: Answers, asker: Asker, *, adapter: str, offline: bool) -> bool:
    """Ask everything and put it into *known*; returns whether all that was tried worked.

    Raises:
        ConfigError: there is no such adapter.
        WrongUse: an answer is missing and nobody can be asked.
    """
    setup = plugin(adapter).setup
    known.put("crm.adapter", adapter)
    _ask(known, asker, QUESTIONS["general"])
    right = _until_right(
        lambda: _ask(known, asker, QUESTIONS["vipex"]),
        lambda: asyncio.run(try_exchange(known)),
        known, asker, offline=offline,
    )  # fmt: skip
    _ask(known, asker, QUESTIONS["calls"])
    first = [question for question in setup.questions if not question.choices]
    tried = Tried()

    def check() -> Finding:
        nonlocal tried
        tried = asyncio.run(try_crm(known, adapter))
        return tried.finding

    right = _until_right(
        lambda: _ask_adapter(known, asker, first, tried, adapter=adapter), check, known, asker, offline=offline
    ) and right  # fmt: skip
    later = [question for question in setup.questions if question.choices]
    _ask_adapter(known, asker, later, tried, adapter=adapter)
    _ask_extensions(known, asker, tried)
    for key in (*_secrets_of_webhooks(known), "recordings.password"):
        table, _, name = key.partition(".")
        if name == "password" and not known.get(f"{table}.user"):
            known.put(f"{table}.user", adapter if table == "recordings" else "vipex")
        if not known.get(key):
            known.put(key, secrets.token_urlsafe(24))
    return right


def _secrets_of_webhooks(known: Answers) -> list[str]:
    """Give the keys of the secrets that the profile wants; where it wants none, Basic is what needs no explanation."""
    profile = known.text("vipex.profile")
    schemes = load_profile(known.folder / profile if profile else None).webhooks.auth.schemes
    has_one = any(known.get(f"webhooks.{name}") for name in SECRETS.values())
    return [f"webhooks.{SECRETS[scheme]}" for scheme in schemes or (() if has_one else ("basic",))]


def _until_right(
    ask: Callable[[], None], check: Callable[[], Finding], known: Answers, asker: Asker, *, offline: bool
) -> bool:
    """Ask and check until it is right; a person may also go on with what does not work yet."""
    language = known.text("language")
    while True:
        ask()
        if offline:
            return True
        finding = check()
        right = finding.state is not State.FAILED
        asker.say(("  ✓ " if right else "  ✗ ") + finding.said.into(language))
        if finding.fix is not None:
            asker.say("    → " + finding.fix.into(language))
        if right or not asker.again:
            return right
        words = TEXTS[language]
        if asker.text("again", words["again"], default=words["yes"], secret=False, optional=False) != words["yes"]:
            return False


def _ask(known: Answers, asker: Asker, questions: tuple[Ask, ...]) -> None:
    language = known.text("language")
    for ask in questions:
        question = ask.hu if language == "hu" else ask.en
        default = known.text(ask.key) or ask.default
        if ask.choices:
            answer = asker.choice(ask.key, question, ask.choices, default=default, optional=ask.optional)
        else:
            answer = asker.text(ask.key, question, default=default, secret=ask.secret, optional=ask.optional)
        if answer != known.text(ask.key):
            known.put(ask.key, ask.read(answer))
        language = known.text("language")


def _ask_adapter(known: Answers, asker: Asker, questions: list[Question], tried: Tried, *, adapter: str) -> None:
    language = known.text("language")
    new_customers = known.text("calls.unknown_callers") != "never"
    for question in questions:
        if question.new_customers and not new_customers:
            continue
        key = f"crm.{adapter}.{question.key}"
        asked = question.hu if language == "hu" else question.en
        default = known.text(key) or question.default
        optional = question.optional
        if question.choices:
            choices = tried.choices(question.key, known, adapter)
            answer = asker.choice(key, asked, choices, default=default, optional=optional)
        else:
            answer = asker.text(key, asked, default=default, secret=question.secret, optional=optional)
        if answer and answer != known.text(key):
            known.put(key, answer)


def _ask_extensions(known: Answers, asker: Asker, tried: Tried) -> None:
    """Ask each CRM user's extension; a colleague of the same name at the exchange is proposed."""
    if not tried.users or not asker.again:
        return
    language = known.text("language")
    present = {str(each.get("crm_user")): number for number, each in (known.get("extensions") or {}).items()}
    proposed = asyncio.run(extensions_of(known))
    asker.say(TEXTS[language]["extensions"])
    for user in tried.users:
        default = present.get(user.ref.id) or present.get(user.name) or proposed.get(user.name.casefold(), "")
        number = asker.text("extensions", f"  {user.name}", default=default, secret=False, optional=True)
        if number:
            known.put(f"extensions.{number}", {"crm_user": user.ref.id, "name": user.name})
