"""Started by Asterisk when the service is away: writes the call into a spool. 应急记录

A child process of its own, on pyst2; it may import nothing of ours, for ours may be what is broken.
The first argument is the spool folder. Whatever goes wrong, the call goes on: the exit status is 0.
"""

import contextlib
import json
import os
import signal
import sys
import time
from pathlib import Path

TIME_LIMIT_S = 8
"""The citizen hears nothing while this runs: after that he joins the queue unwritten."""

VARIABLES = {
    "called_number": "HOTLINE_CALLED",
    "state": "HOTLINE_STATE",
    "skill_group": "HOTLINE_GROUP",
    "joined_at_ms": "HOTLINE_JOINED_AT",
    "turn": "HOTLINE_TURN",
}


def main() -> None:
    """Read the AGI environment, write one JSON file named for the call, mode 0600."""
    from asterisk.agi import AGI, AGIException

    agi = AGI()
    call_id = agi.env["agi_uniqueid"]
    record = {
        "call_id": call_id,
        "caller_number": agi.env.get("agi_callerid", ""),
        "written_at_ms": round(time.time() * 1000),
    }
    try:
        for name, variable in VARIABLES.items():
            record[name] = agi.get_variable(variable)
    except (AGIException, OSError, ValueError):
        pass  # he hung up meanwhile (pyst2 then reads int("")); what is known is written
    folder = Path(agi.env["agi_arg_1"])
    part = folder / f".{call_id}.{os.getpid()}"
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as handle:
        json.dump(record, handle)
        handle.flush()
        os.fsync(handle.fileno())
    part.rename(folder / f"{call_id}.json")


if __name__ == "__main__":
    signal.alarm(TIME_LIMIT_S)
    # pyst2 writes every line it reads to stderr, citizens' numbers among them.
    sys.stderr = Path(os.devnull).open("w")  # noqa: SIM115
    # A caller's name may hold any bytes, in any locale.
    sys.stdin.reconfigure(encoding="utf-8", errors="replace")  # type: ignore[union-attr]
    sys.stderr.reconfigure(encoding="utf-8", errors="replace")
    with contextlib.suppress(OSError, LookupError, ValueError, ImportError):
        main()
    # Not sys.exit: an unsent word to an Asterisk that is gone would make the exit status 120.
    os._exit(0)
