"""How a question reaches whoever answers: a person at a terminal, or a file that has answered already."""

from __future__ import annotations

import getpass
import sys
from collections.abc import Mapping
from typing import Protocol

from vipex_sdk.cli.failure import WrongUse

__all__ = ["Asker", "Console", "Script"]


class Asker(Protocol):
    """Asks."""

    again: bool
    """Whether a wrong answer can be asked for again."""

    def text(self, key: str, question: str, *, default: str, secret: bool, optional: bool) -> str:
        """Give the answer; *default* when it is empty."""
        ...

    def choice(self, key: str, question: str, choices: Mapping[str, str], *, default: str, optional: bool) -> str:
        """Give one of the *choices* (value to name)."""
        ...

    def say(self, text: str) -> None:
        """Tell how it goes."""
        ...


class Script:
    """The answers are there; what is missing and has no default is an error that names its key."""

    again = False

    def text(self, key: str, question: str, *, default: str, secret: bool, optional: bool) -> str:
        """Take the answer of the file."""
        del question, secret
        if not default and not optional:
            raise WrongUse(f"the answers lack {key}")
        return default

    def choice(self, key: str, question: str, choices: Mapping[str, str], *, default: str, optional: bool) -> str:
        """Take the answer of the file, by value or name."""
        answer = self.text(key, question, default=default, secret=False, optional=optional)
        found = _chosen(answer, choices)
        if found is None and answer:
            raise WrongUse(f"{key}: expected one of: {', '.join(choices)}")
        return found or ""

    def say(self, text: str) -> None:
        """Say it where errors go: standard output is for the result."""
        sys.stderr.write(text + "\n")


class Console(Script):
    """A person at a terminal."""

    again = True

    def text(self, key: str, question: str, *, default: str, secret: bool, optional: bool) -> str:
        """Ask until there is an answer."""
        shown = "***" if secret and default else default
        prompt = f"{question}{f' [{shown}]' if shown else ''}: "
        while True:
            try:
                answer = (getpass.getpass(prompt) if secret else input(prompt)).strip()
            except EOFError as error:
                raise WrongUse(f"no answer was given for {key}; give --answers FILE in scripts") from error
            if answer == "-" and optional:
                return ""
            if answer or default or optional:
                return answer or default

    def choice(self, key: str, question: str, choices: Mapping[str, str], *, default: str, optional: bool) -> str:
        """Show what there is, and ask until it is one of them."""
        while True:
            for value, name in choices.items():
                self.say(f"    {value}  {name}")
            answer = self.text(key, question, default=default, secret=False, optional=optional)
            found = _chosen(answer, choices)
            if found is not None:
                return found
            if not answer and optional:
                return ""
            default = ""


def _chosen(answer: str, choices: Mapping[str, str]) -> str | None:
    if not choices or answer in choices:
        return answer
    return next((value for value, name in choices.items() if name.casefold() == answer.casefold()), None)
