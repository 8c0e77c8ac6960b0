"""The WSGI entry: `flask --app wsgi …`, or any WSGI server."""

import sys

from devpilot.app import create_app
from devpilot.errors import SettingError

try:
    app = create_app()
except SettingError as error:
    sys.exit(f"DevPilot cannot start. {error}")
