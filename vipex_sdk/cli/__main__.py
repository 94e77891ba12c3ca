"""``python -m vipex_sdk.cli``: the command where no script is installed."""

import sys

from vipex_sdk.cli import main

if __name__ == "__main__":
    sys.exit(main())
