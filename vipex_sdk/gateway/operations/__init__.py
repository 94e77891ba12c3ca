"""What an operator needs: is it alive, is it ready, how much, and what happened."""

from vipex_sdk.gateway.operations.health import Check, Health, HealthReport
from vipex_sdk.gateway.operations.logs import configure_logging
from vipex_sdk.gateway.operations.metrics import Metrics
from vipex_sdk.gateway.operations.routes import operations_routes

__all__ = ["Check", "Health", "HealthReport", "Metrics", "configure_logging", "operations_routes"]
