"""run.py DIFFER CASES [SEED [KIND]] - build the oracle of tests/differential and run differ with it.

Exit 77 (skipped), with the reason, where there is no Go or its modules cannot be had. SPDX-License-Identifier: Apache-2.0
"""
import os
import shutil
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))


def build(program):
    """The oracle beside differ; Go's own cache makes the second time fast."""
    if not shutil.which("go"):
        print("skipped: no Go compiler")
        sys.exit(77)
    env = {**os.environ, "GOFLAGS": "-mod=readonly", "CGO_ENABLED": "0"}
    for command in (["go", "mod", "download"], ["go", "build", "-o", program, "."]):
        r = subprocess.run(command, cwd=os.path.join(HERE, "oracle"), env=env, capture_output=True, text=True, timeout=120)
        if r.returncode:
            no_way = command[1] == "mod" or "requires go" in r.stderr.lower()  # no proxy, or a Go that is too old
            print("skipped:" if no_way else "failed:", " ".join(command) + ":", r.stderr.strip()[-500:])
            sys.exit(77 if no_way else 1)


def main():
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    differ = os.path.abspath(sys.argv[1])
    oracle = os.path.join(os.path.dirname(differ), "oracle")
    build(oracle)
    sys.exit(subprocess.run([differ, oracle, *sys.argv[2:]]).returncode)


main()
