"""One definition, both clients: an endpoint is a pure function that describes a request.

``endpoint`` makes it a method of both clients: it returns the answer on :class:`~vipex_sdk.Client` and a coroutine of
it on :class:`~vipex_sdk.AsyncClient`, with the same signature, for people and for type checkers.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Coroutine, Mapping
from functools import wraps
from typing import Any, Generic, ParamSpec, Protocol, TypeVar, overload

from attrs import field, frozen

__all__ = ["AsyncSender", "Group", "Operation", "Sender", "endpoint"]

P = ParamSpec("P")
T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)
S_co = TypeVar("S_co", covariant=True)


@frozen
class Operation(Generic[T_co]):
    """What is asked of VIPeX: a value that may be built, compared and sent, by either client.

    Attributes:
        name: key of the operation in the wire profile, for example ``calls.originate``.
        arguments: our argument name to its value.
        returns: type of the answer.
        repeatable: whether carrying it out twice is the same as once. Not so for a call: a telephone rings again.
    """

    name: str
    arguments: Mapping[str, Any] = field(repr=False)
    returns: Any = field(kw_only=True)
    repeatable: bool = field(kw_only=True)


class Sender(Protocol):
    """What a group needs of a client."""

    def send(self, operation: Operation[T]) -> T:
        """Carry out *operation*."""
        ...


class AsyncSender(Protocol):
    """What a group needs of an asynchronous client."""

    async def send(self, operation: Operation[T]) -> T:
        """Carry out *operation*."""
        ...


class Group(Generic[S_co]):
    """Operations that belong together, bound to a client: ``client.calls``."""

    def __init__(self, sender: S_co) -> None:
        self._sender = sender


class endpoint(Generic[P, T]):  # noqa: N801 - reads as a decorator
    """Make the builder of an operation a method of both clients."""

    def __init__(self, build: Callable[P, Operation[T]]) -> None:
        self._build = build
        self.__doc__ = build.__doc__

    @overload
    def __get__(self, group: None, owner: type[Any]) -> Callable[P, Operation[T]]: ...
    @overload
    def __get__(self, group: Group[Sender], owner: type[Any]) -> Callable[P, T]: ...
    @overload
    def __get__(self, group: Group[AsyncSender], owner: type[Any]) -> Callable[P, Coroutine[Any, Any, T]]: ...
    def __get__(self, group: Group[Any] | None, owner: type[Any]) -> Callable[P, Any]:
        build = self._build
        if group is None:
            return build
        send = group._sender.send  # noqa: SLF001 - the other half of this class

        @wraps(build)
        def method(*args: P.args, **kwargs: P.kwargs) -> Any:
            return send(build(*args, **kwargs))

        method.__signature__ = inspect.signature(build)  # type: ignore[attr-defined]  # for help() and editors
        return method
