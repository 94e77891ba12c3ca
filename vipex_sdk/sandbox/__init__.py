"""A simulated VIPeX to develop, test and demonstrate against. It is not VIPeX.

Control API and webhooks follow a wire profile, people and numbers are invented, and each behaviour says whether it is
documented or assumed (:mod:`vipex_sdk.sandbox.behaviours`).
"""

from vipex_sdk.errors import ConfigError

try:
    from vipex_sdk.sandbox.app import build
    from vipex_sdk.sandbox.server import main
    from vipex_sdk.sandbox.settings import Settings
except ModuleNotFoundError as missing:
    if missing.name not in {"structlog", "uvicorn"}:
        raise
    raise ConfigError('the simulated VIPeX needs an extra: pip install "vipex-sdk[gateway]"') from missing

__all__ = ["Settings", "build", "main"]
