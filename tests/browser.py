"""Headless Chromium for the page tests: where it is, how it is started, and how it gets onto the machine.

``python tests/browser.py`` installs Debian's package when it is missing and we are root; otherwise it says what to do,
and the page tests are skipped.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or ""

# Loopback only: nothing of the browser's own may look for the network.
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
)

MISSING = "PAGE TESTS ARE SKIPPED: no Chromium here; install it with: apt-get install chromium"


def install() -> int:
    """Install Chromium if it can be had; a machine without it still runs every other test."""
    if CHROMIUM:
        return 0
    apt = shutil.which("apt-get")
    if apt is None or os.geteuid() != 0:
        sys.stderr.write(MISSING + "\n")
        return 0
    sys.stderr.write("Installing chromium for the page tests (once) ...\n")
    quiet = {"stdout": subprocess.DEVNULL, "env": {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}}
    subprocess.run([apt, "update", "-qq"], check=False, **quiet)
    done = subprocess.run([apt, "install", "-y", "-qq", "--no-install-recommends", "chromium"], check=False, **quiet)
    if done.returncode != 0:
        sys.stderr.write(MISSING + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(install())
