"""Speech from the telephone to the work order: accuracy, fields, latency, capacity.

Prints one JSON line for each part. `python -m bench.speech [part ...]`, where a part is a name of PARTS;
`capacity` takes a model directory as `capacity=/path/to/model`. What each measures, and what is in it,
stands in bench/speech_exam/<part>.py. `machine_load` is the machine's load before and after: above the
number of cores, delays are those of a crowded machine.
"""

import asyncio
import importlib
import json
import os
import resource
import sys

PARTS = ("accuracy", "fields", "latency", "share", "capacity")


def main() -> None:
    resource.setrlimit(resource.RLIMIT_NOFILE, (8192, 8192))
    holds = True
    for word in sys.argv[1:] or PARTS:
        name, _, given = word.partition("=")
        if name not in PARTS:
            sys.exit(f"no such part: {name}; there are {', '.join(PARTS)}")
        part = importlib.import_module(f"bench.speech_exam.{name}")
        before = os.getloadavg()[0]
        result = asyncio.run(part.measure(*([given] if given else [])))
        result["machine_load"] = [round(load, 1) for load in (before, os.getloadavg()[0])]
        sys.stdout.write(json.dumps(result, ensure_ascii=False) + "\n")
        sys.stdout.flush()
        holds = holds and result.get("holds", True)
    sys.exit(0 if holds else 1)


if __name__ == "__main__":
    main()
