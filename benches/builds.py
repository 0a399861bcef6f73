#!/usr/bin/env python3
"""Compares builds of orchestrator: CPU time of the same import, in turns.

usage: benches/builds.py FOLDER NAME=PROGRAM[,LIBRARY] ...

NAME is what the table says, PROGRAM a build of orchestrator, LIBRARY an allocator that is put
in place of the system's (LD_PRELOAD). Each is run seven times in turns; the least CPU time
counts, and its ratio to the first one.
"""

import json
import os
import subprocess
import sys
import tempfile

ROUNDS = 7


def import_of(program, preload, folder):
    env = dict(os.environ, **({"LD_PRELOAD": preload} if preload else {}))
    with tempfile.TemporaryDirectory() as scratch:
        command = [program, "--source", folder, "--db", f"{scratch}/library.db", "--json"]
        done = subprocess.run(command, capture_output=True, text=True, env=env)
        # Exit code 1: some files were refused, which a corpus of broken ones wants.
        if done.returncode not in (0, 1):
            sys.exit(f"{program}: {done.stderr}")
        return json.loads(done.stdout)


def main():
    if len(sys.argv) < 3 or any("=" not in build for build in sys.argv[2:]):
        sys.exit(__doc__)
    folder = sys.argv[1]
    builds = [build.split("=", 1) for build in sys.argv[2:]]
    best = {}
    for _ in range(ROUNDS):
        for name, build in builds:
            program, _, preload = build.partition(",")
            report = import_of(program, preload, folder)
            if name not in best or report["cpu_secs"] < best[name]["cpu_secs"]:
                best[name] = report
    first = best[builds[0][0]]["cpu_secs"]
    print("| Build | CPU s | of the first | peak MB |\n|---|---|---|---|")
    for name, _ in builds:
        cpu, peak = best[name]["cpu_secs"], best[name]["peak_rss_bytes"]
        print(f"| {name} | {cpu:.3f} | {cpu / first:.3f} | {peak / 1e6:.0f} |")


if __name__ == "__main__":
    main()
