"""Holds engines open, as a process of its own: `python -m … <folder> [<outside>]`.

It prints one JSON line when they answer, and stops them when its input ends.
"""

import json
import sys
from pathlib import Path

from gateway_project.launch import places
from gateway_project.launch.postgres import Postgres
from gateway_project.launch.valkey import Valkey


def main() -> None:
    folder, *outside = (Path(word) for word in sys.argv[1:])
    home = places.find_home(folder, outside=outside[0] if outside else places.OUTSIDE)
    places.make(home)
    engines = [Postgres(home, settings={"fsync": "off"}), Valkey(home)]
    for engine in engines:
        engine.start()
    facts = {
        "postgres": engines[0].url,
        "valkey": engines[1].url,
        "engines": str(home.engines),
        "sockets": str(home.sockets),
        "pids": [engine.process.pid for engine in engines],
    }
    sys.stdout.write(json.dumps(facts) + "\n")
    sys.stdout.flush()
    sys.stdin.read()
    for engine in reversed(engines):
        engine.stop()


if __name__ == "__main__":
    main()
