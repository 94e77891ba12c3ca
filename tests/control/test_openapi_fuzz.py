"""The simulated VIPeX is asked anything that the OpenAPI document allows, and much that it does not."""

from __future__ import annotations

import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    ignored_auth,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from vipex_sdk.sandbox import build
from vipex_sdk.sandbox.office import DEFAULT_USER

PASSWORD = "invented-for-the-test"
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    ignored_auth,
]

schema = schemathesis.openapi.from_asgi("/sandbox/openapi.json", build(password=PASSWORD))
schema.config.generation.update(modes=[GenerationMode.POSITIVE, GenerationMode.NEGATIVE])


@schema.parametrize()
@settings(max_examples=8, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
def test_any_request_is_answered_as_described(case: schemathesis.Case) -> None:
    case.call_and_validate(auth=(DEFAULT_USER, PASSWORD), checks=CHECKS)
