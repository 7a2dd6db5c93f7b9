"""The front door: `python -m segdesk`, and the `segdesk` command."""

from __future__ import annotations

import sys

from segdesk.cli.main import main

if __name__ == "__main__":
    sys.exit(main())
