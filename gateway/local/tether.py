"""Starts a program that cannot outlive its parent, as another account if asked: `tether.py SIGNAL [ACCOUNT] -- …`.

The kernel sends SIGNAL to the program when its parent ends, however it ends; nobody else could do so after a SIGKILL.
It stands before every program in a command line, because supervisord cannot ask for it. The account is changed first,
as the kernel forgets the request when the user changes. Run by its path and importing nothing of ours, it costs some
20 ms.
"""

import ctypes
import os
import pwd
import signal
import sys

PR_SET_PDEATHSIG = 1


def drop(account: str) -> None:
    """Becomes `account` with its group alone, in a folder that is open to it."""
    entry = pwd.getpwnam(account)
    os.setgroups([])
    os.setgid(entry.pw_gid)
    os.setuid(entry.pw_uid)
    os.environ.update(HOME="/", USER=account, LOGNAME=account)
    os.chdir("/")


def tie(number: int) -> None:
    """Asks the kernel for signal `number` when the parent ends; without effect where the kernel is not Linux."""
    if sys.platform != "linux":
        return
    parent = os.getppid()
    ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, number, 0, 0, 0)
    # The parent may have ended before the request was made.
    if os.getppid() != parent:
        raise SystemExit(1)


def main(arguments: list[str]) -> None:
    """Drops to the account, ties itself to its parent and becomes the command."""
    cut = arguments.index("--")
    number, account, command = arguments[0], arguments[1:cut], arguments[cut + 1 :]
    if account:
        drop(account[0])
    tie(signal.Signals[f"SIG{number}"])
    os.execvp(command[0], command)


if __name__ == "__main__":
    main(sys.argv[1:])
