"""The command line as a process that Ctrl-C reaches, also where the tests run in the background: a shell has what it
starts there ignore SIGINT, and its children inherit that."""

import sys

INTERRUPTIBLE = [
    sys.executable,
    "-c",
    "import signal, pikg; signal.signal(signal.SIGINT, signal.default_int_handler); pikg.main()",
]
