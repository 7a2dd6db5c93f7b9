"""Set up and run every check: `python3 packaging/test.py [--only NAME]... [PYTEST ARGUMENTS]`.

All checks run even if one fails; the exit status is 1 if any did.
"""

from __future__ import annotations

import argparse
import signal
import sys

import python_version


def main(arguments: list[str]) -> int:
    """Set up, run the checks, print a table of their results."""
    python_version.ensure_new_enough(__file__, arguments)
    import checks
    import system_libraries
    from environment import Environment
    from screen import Screen
    from setup_error import SetupError, end_by_signal

    parser = argparse.ArgumentParser(description=__doc__, allow_abbrev=False)
    parser.add_argument("--only", action="append", choices=list(checks.CHECKS), help="run this check alone")
    options, pytest_arguments = parser.parse_known_args(arguments)
    names = options.only or list(checks.CHECKS)
    # Ending by a signal must still end what was started here: pip, or the X server.
    signal.signal(signal.SIGTERM, end_by_signal)
    environment = Environment()
    try:
        environment.prepare(["dev"])
        advice = system_libraries.provide(Screen.X11)
        if advice is not None:
            raise SetupError(advice)
    except SetupError as error:
        print(error, file=sys.stderr)
        return 1
    results = [checks.run(name, environment, pytest_arguments) for name in names]
    print(checks.table(results), flush=True)
    return 0 if all(result.passed for result in results) else 1


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        print("Stopped.", file=sys.stderr)
        sys.exit(130)
