"""``python -m vipex_sdk.sandbox``."""

import sys

from vipex_sdk.sandbox import main

sys.exit(main())
