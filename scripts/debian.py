"""Installing a missing tool by apt, where that is possible: as root on Debian and its kin.

Owns nothing on the machine: whoever calls decides what is missing. On any other machine
`install` says no, and the caller's message tells the person what to install.
"""

import fcntl
import os
import shutil
import subprocess
import tempfile
from pathlib import Path


def is_root() -> bool:
    return os.geteuid() == 0


def can_install() -> bool:
    return is_root() and shutil.which("apt-get") is not None


def install(*packages: str) -> bool:
    """Install `packages`; False when this machine has no apt or its apt failed.

    Test processes that miss the same tool at the same time wait for one another.
    """
    if not can_install():
        return False
    with (Path(tempfile.gettempdir()) / "devpilot-apt.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        return _apt_get("update") and _apt_get("install", "--no-install-recommends", *packages)


def _apt_get(*arguments: str) -> bool:
    command = ["apt-get", "-qq", "-y", "-o", "DPkg::Lock::Timeout=300", *arguments]
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    # Its output would mix with the caller's own, which someone may be reading.
    finished = subprocess.run(
        command, env=environment, stdin=subprocess.DEVNULL, capture_output=True, check=False
    )
    return finished.returncode == 0
