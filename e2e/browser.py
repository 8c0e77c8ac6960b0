"""Which browser the tests drive: one that is on the machine, or one that is fetched.

Owns the search alone. Playwright's own download works only where its makers' servers are
reached, so it comes last.
"""

import functools
import shutil
import subprocess
import sys

from scripts import debian

SWITCHED_OFF = (
    # The address bar's lists, which Chromium loads as pages of its own for each new window: they
    # cost more than most of ours.
    "WebUIOmniboxPopup",
    "WebUIOmniboxAimPopup",
    "WebUIOmniboxFullPopup",
    # Playwright's own, named again because Chromium obeys the last such list alone.
    "AimEnabled",
    "AvoidUnnecessaryBeforeUnloadCheckSync",
    "DestroyProfileOnBrowserClose",
    "HttpsFirstBalancedModeAutoEnable",
    "HttpsUpgrades",
    "LensOverlay",
    "MediaRouter",
    "NetworkTimeServiceQuerying",
    "OptimizationHints",
    "PaintHolding",
    "PreconnectToSearch",
    "ThirdPartyStoragePartitioning",
)
"""Features of Chromium; one that a version does not know is passed over."""
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")


class NoBrowserError(Exception):
    """The text says how to get a browser."""


@functools.cache
def executable() -> str | None:
    """The path of a Chromium; None means the one that Playwright brought itself."""
    if found := _installed():
        return found
    # A font too: without one every letter is an empty box of some other size.
    if debian.install("chromium", "fonts-dejavu-core") and (found := _installed()):
        return found
    if _install_by_playwright():
        return None
    raise NoBrowserError(
        "The browser tests need Chromium: install it (Debian: apt-get install chromium), or run "
        "'.venv/bin/playwright install chromium'."
    )


def ensure_driver() -> None:
    """Make Playwright's own driver start: it needs a library that a small Debian lacks."""
    if not _driver_starts() and not (debian.install("libatomic1") and _driver_starts()):
        raise NoBrowserError(
            "Playwright's driver does not start: see what '.venv/bin/playwright --version' says. "
            "On Debian it needs: apt-get install libatomic1."
        )


def arguments() -> list[str]:
    """How to start it: quiet towards the network, its windows bare, as root unsandboxed."""
    quiet = [
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-quic",
        "--disable-sync",
        "--no-first-run",
        f"--disable-features={','.join(SWITCHED_OFF)}",
    ]
    return [*quiet, "--no-sandbox"] if debian.is_root() else quiet


def _installed() -> str | None:
    return next((path for name in NAMES if (path := shutil.which(name)) and _starts(path)), None)


def _driver_starts() -> bool:
    command = [sys.executable, "-m", "playwright", "--version"]
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


def _starts(path: str) -> bool:
    """Ubuntu's `chromium-browser`, for one, may be a script that only advertises a snap."""
    try:
        finished = subprocess.run([path, "--version"], capture_output=True, check=False, timeout=20)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return finished.returncode == 0 and b"/snap/" not in finished.stdout + finished.stderr


def _install_by_playwright() -> bool:
    command = [sys.executable, "-m", "playwright", "install", "chromium"]
    if debian.can_install():
        command.append("--with-deps")
    return subprocess.run(command, check=False).returncode == 0
