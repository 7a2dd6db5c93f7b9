"""Set SegDesk up in `.venv`, once, and start it: `python3 packaging/run.py [ARGUMENTS OF SEGDESK]`.

Without arguments and without a screen it runs the sample project's whole loop headless instead.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import python_version


def main(arguments: list[str]) -> int:
    """Set up and start; returns the exit status where the process is not replaced."""
    python_version.ensure_new_enough(__file__, arguments)
    import pip_tool
    import system_libraries
    from environment import Environment
    from machine import WINDOWS
    from screen import Screen, find_screen
    from setup_error import SetupError, end_by_signal

    # Ending by a signal must still end what was started here.
    signal.signal(signal.SIGTERM, end_by_signal)
    environment = Environment()
    try:
        environment.prepare()
    except SetupError as error:
        print(error, file=sys.stderr)
        return 1
    screen, reason = find_screen(os.environ)
    advice = system_libraries.provide(screen)
    if advice is not None:
        print(advice, file=sys.stderr)
        # With arguments it may be work that needs no Qt; only the window and the demo surely do.
        if not arguments:
            return 1
    if not arguments and screen is Screen.NONE:
        out = Path.cwd() / "segdesk-demo"
        print(f"No screen here: {reason}. Running the sample project without a window.", flush=True)
        arguments = ["demo", "--headless", "--out", str(out)]
    # -P: a file named like a library in the current folder must not be taken for it.
    command = [str(environment.python), "-P", "-m", "segdesk", *arguments]
    variables = pip_tool.clean_environment()
    sys.stdout.flush()
    if not WINDOWS:
        os.execve(command[0], command, variables)
    return subprocess.call(command, env=variables)


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        print("Stopped; run this again to go on.", file=sys.stderr)
        sys.exit(130)
