#!/usr/bin/env python3
"""Compares an import by orchestrator with symusic, the fastest peer, on the same files.

usage: benches/compare.py ORCHESTRATOR FOLDER

symusic (pip install symusic) only parses; orchestrator reads, hashes, parses, analyses and
writes its index. Each is run five times in turns; the best wall time counts. Without symusic
only the import is measured.
"""

import json
import pathlib
import subprocess
import sys
import tempfile
import time

PEER = """
import pathlib, sys, symusic
for path in pathlib.Path(sys.argv[1]).rglob("*.mid"):
    try:
        symusic.Score(str(path))
    except Exception:
        pass
"""


def timed(command):
    started = time.perf_counter()
    done = subprocess.run(command, capture_output=True, text=True)
    return time.perf_counter() - started, done


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    program, folder = sys.argv[1:]
    count = sum(1 for _ in pathlib.Path(folder).rglob("*.mid"))
    has_peer = subprocess.run([sys.executable, "-c", "import symusic"], capture_output=True)
    has_peer = has_peer.returncode == 0
    ours, peer, report = [], [], {}
    for _ in range(5):
        with tempfile.TemporaryDirectory() as scratch:
            secs, done = timed(
                [program, "--source", folder, "--db", f"{scratch}/library.db", "--json"]
            )
            # Exit code 1: some files were refused, which a corpus of broken ones wants.
            if done.returncode not in (0, 1):
                sys.exit(done.stderr)
            ours.append(secs)
            report = json.loads(done.stdout)
        if has_peer:
            peer.append(timed([sys.executable, "-c", PEER, folder])[0])
    print(f"{count} files")
    print(f"orchestrator: {min(ours):.2f} s, {report['cpu_secs']:.2f} s of CPU, "
          f"{count / min(ours):.0f} files/s")
    if has_peer:
        print(f"symusic, one process, parsing alone: {min(peer):.2f} s, "
              f"{count / min(peer):.0f} files/s; {min(peer) / min(ours):.1f} times as long")
    else:
        print("symusic is not installed (pip install symusic): not compared")


if __name__ == "__main__":
    main()
