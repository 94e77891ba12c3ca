"""What stripe and twilio take for a small GET, in an environment of their own: see README.md.

``python comparisons.py stripe ADDRESS`` answers each line on standard input, a number of calls, with the CPU seconds
they took. Credentials are invented; nothing leaves loopback.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable


def _stripe(address: str) -> Callable[[], object]:
    import stripe

    client = stripe.StripeClient("sk_test_invented", base_addresses={"api": address})
    customers = getattr(client, "v1", client).customers
    return lambda: customers.retrieve("17")


def _twilio(address: str) -> Callable[[], object]:
    from twilio.http.http_client import TwilioHttpClient
    from twilio.rest import Client

    class Loopback(TwilioHttpClient):
        """Leads every request to our own server."""

        def request(self, method: str, url: str, *args: object, **options: object) -> object:
            path = url.partition("//")[2].partition("/")[2]
            return super().request(method, f"{address}/{path}", *args, **options)

    client = Client("ACinvented", "invented", http_client=Loopback())
    return lambda: client.api.v2010.accounts("ACinvented").calls("17").fetch()


def main() -> None:
    """Measure when asked."""
    call = {"stripe": _stripe, "twilio": _twilio}[sys.argv[1]](sys.argv[2])
    call()
    print("ready", flush=True)
    for line in sys.stdin:
        before = time.process_time()
        for _ in range(int(line)):
            call()
        print(time.process_time() - before, flush=True)


if __name__ == "__main__":
    main()
