"""Becomes another program, as another user, that the kernel ends when its starter ends.

Run as a script: `python leash.py PARENT UID GID SIGNAL COMMAND…`; UID `-` keeps the user. The wish
to be signalled is tied to the thread that forked us and lost when the user changes, hence the order
here: user, wish, check, exec. Without `prctl` (macOS) leftovers wait for the next start.
"""

import ctypes
import os
import sys

_PR_SET_PDEATHSIG = 1  # linux/prctl.h
_STARTER_GONE = 125


def main(arguments: list[str]) -> None:
    """Switch user, ask for the signal, and become the command."""
    parent, uid, gid, signal_number, *command = arguments
    if uid != "-":
        os.setgroups([])
        os.setgid(int(gid))
        os.setuid(int(uid))
    prctl = getattr(ctypes.CDLL(None), "prctl", None)
    if prctl is not None and int(signal_number):
        prctl(_PR_SET_PDEATHSIG, int(signal_number))
    # It may have ended before the wish was heard, and then nobody would signal us.
    if os.getppid() != int(parent):
        sys.exit(_STARTER_GONE)
    os.execv(command[0], command)


if __name__ == "__main__":
    main(sys.argv[1:])
