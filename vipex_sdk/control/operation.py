"""One definition, both clients: an endpoint is a pure function that describes a request.

``endpoint`` makes it a method of both clients: it returns the answer on :class:`~vipex_sdk.Client` and a coroutine of
it on :class:`~vipex_sdk.AsyncClient`, with the same signature, for people and for type checkers.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Coroutine, Mapping
from functools import wraps
from types import MethodType
from typing import Any, Generic, ParamSpec, Protocol, TypeVar, overload

from attrs import field, frozen

__all__ = ["AsyncSender", "Group", "Operation", "Sender", "endpoint"]

P = ParamSpec("P")
T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)
S_co = TypeVar("S_co", covariant=True)

_OPERATION = re.compile(r"^Operation\[(.*)\]$")


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

        @wraps(build)
        def method(group: Group[Any], /, *args: P.args, **kwargs: P.kwargs) -> Any:
            return group._sender.send(build(*args, **kwargs))  # noqa: SLF001 - the other half of this class

        method.__signature__ = _as_method(build)  # type: ignore[attr-defined]  # for help() and editors
        self._method = method

    @overload
    def __get__(self, group: None, owner: type[Any]) -> Callable[P, Operation[T]]: ...
    @overload
    def __get__(self, group: Group[Sender], owner: type[Any]) -> Callable[P, T]: ...
    @overload
    def __get__(self, group: Group[AsyncSender], owner: type[Any]) -> Callable[P, Coroutine[Any, Any, T]]: ...
    def __get__(self, group: Group[Any] | None, owner: type[Any]) -> Callable[P, Any]:
        return self._build if group is None else MethodType(self._method, group)


def _as_method(build: Callable[..., Any]) -> inspect.Signature:
    """Give the signature of the method: it gives the answer, not the operation."""
    signature = inspect.signature(build)
    answer = _OPERATION.sub(r"\1", str(signature.return_annotation))
    group = inspect.Parameter("self", inspect.Parameter.POSITIONAL_ONLY)
    return signature.replace(parameters=[group, *signature.parameters.values()], return_annotation=answer)
