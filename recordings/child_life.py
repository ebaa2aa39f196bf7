"""A child process that does not outlive the service that started it. 子进程存续"""

import ctypes
import os
import signal

PR_SET_PDEATHSIG = 1
"""Of Linux's prctl(2)."""


def end_with(service: int | None) -> bool:
    """Ends us with the service from now on; True when it has gone already.

    A killed service would else leave its encoder writing under the names that the next life's
    encoder needs.
    """
    if service is None:
        return False
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    return os.getppid() != service
