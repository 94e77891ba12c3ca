"""The questions in their order, each group checked live before the next begins."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable

from vipex_sdk.cli.doctor.finding import Finding, State
from vipex_sdk.cli.failure import WrongUse
from vipex_sdk.cli.init.answers import Answers
from vipex_sdk.cli.init.ask import Asker
from vipex_sdk.cli.init.texts import QUESTIONS, TEXTS, Ask
from vipex_sdk.cli.init.trial import Tried, extensions_of, try_crm, try_exchange
from vipex_sdk.crm.model import CrmUser
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
        again = asker.text("again", words["again"], default=words["yes"], secret=False, optional=False)
        if again.casefold() not in words["yes_too"].split():
            return False


def _ask(known: Answers, asker: Asker, questions: tuple[Ask, ...]) -> None:
    for ask in questions:
        answer = _answer(known, asker, ask, known.text(ask.key) or ask.default)
        if answer != known.text(ask.key):
            known.put(ask.key, ask.read(answer))


def _answer(known: Answers, asker: Asker, ask: Ask, default: str) -> str:
    """Ask until the answer can be right.

    Raises:
        WrongUse: it cannot, and nobody can be asked again.
    """
    language = known.text("language") or "hu"
    question = ask.hu if language == "hu" else ask.en
    if ask.choices:
        choices = {value: name.into(language) for value, name in ask.choices.items()}
        return asker.choice(ask.key, question, choices, default=default, optional=ask.optional)
    question += _hint(language, known.text(ask.key), ask)
    answer = asker.text(ask.key, question, default=default, secret=ask.secret, optional=ask.optional)
    if not answer or ask.check(answer):
        return answer
    if not asker.again:
        raise WrongUse(f"{ask.key}: {ask.expected.en}")
    asker.say("  ✗ " + ask.expected.into(language))
    return _answer(known, asker, ask, ask.default)


def _hint(language: str, there: str, question: Ask | Question) -> str:
    """Say how to get rid of what is *there*, where there can be nothing."""
    return TEXTS[language]["clear"] if there and question.optional and not question.default else ""


def _ask_adapter(known: Answers, asker: Asker, questions: list[Question], tried: Tried, *, adapter: str) -> None:
    language = known.text("language")
    new_customers = known.text("calls.unknown_callers") != "never"
    for question in questions:
        if question.new_customers and not new_customers:
            continue
        key = f"crm.{adapter}.{question.key}"
        asked = question.hu if language == "hu" else question.en
        default = known.text(key) or question.default
        asked += _hint(language, known.text(key), question)
        if question.choices:
            choices = tried.choices(question.key, known, adapter)
            if not choices and asker.again:
                asker.say(TEXTS[language]["blind"])
            answer = asker.choice(key, asked, choices, default=default, optional=question.optional)
        else:
            answer = asker.text(key, asked, default=default, secret=question.secret, optional=question.optional)
        if not answer:
            known.drop(key)
        elif answer != known.text(key):
            known.put(key, answer)


def _ask_extensions(known: Answers, asker: Asker, tried: Tried) -> None:
    """Ask each CRM user's extension; a colleague of the same name at the exchange is proposed."""
    if not tried.users or not asker.again:
        return
    proposed = asyncio.run(extensions_of(known))
    asker.say(TEXTS[known.text("language")]["extensions"])
    for user in tried.users:
        there = known.get("extensions") or {}
        names = (user.ref.id, user.name)
        before = next((number for number, each in there.items() if str(each.get("crm_user")) in names), "")
        default = before or proposed.get(user.name.casefold(), "")
        number = _extension(known, asker, user, default, set(proposed.values()))
        table = there.pop(before, {})
        if number:
            known.put(f"extensions.{number}", {**table, "crm_user": user.ref.id, "name": user.name})


def _extension(known: Answers, asker: Asker, user: CrmUser, default: str, at_exchange: set[str]) -> str:
    """Ask until it is an extension that the exchange knows and no other user has; empty for none."""
    words = TEXTS[known.text("language")]
    number = asker.text("extensions", f"  {user.name}", default=default, secret=False, optional=True)
    other = known.get(f"extensions.{number}") or {}
    if number and at_exchange and number not in at_exchange:
        asker.say(words["no_extension"].format(extensions=", ".join(sorted(at_exchange))))
    elif number and other and str(other.get("crm_user")) not in {user.ref.id, user.name}:
        asker.say(words["taken"].format(name=other.get("name") or other.get("crm_user")))
    else:
        return number
    return _extension(known, asker, user, "", at_exchange)
