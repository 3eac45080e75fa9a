#!/usr/bin/env python3
"""test_clean.py SCOVILLE [--write]: images that hold no secret of their own: nothing high, at most three medium, each explained here.

The table names every medium finding and why it is right to be one. A new one fails, and so does one that is gone: then the table is
wrong. --write prints the findings as they are. Images that are not there are left out; with none the test skips.

SPDX-License-Identifier: Apache-2.0
"""
import os
import sys

import plant

scoville, write = os.path.abspath(sys.argv[1]), "--write" in sys.argv
images = os.environ.get("SCOVILLE_TEST_IMAGES", "")
NAMES = ["alpine-v3.10", "alpine-v3.18", "alpine-v3.20", "alpine-edge", "busybox", "busybox-debian", "debian", "hello", "nginx", "node", "python", "java",
         "scratch-c", "scratch-go", "scratch-rust"]
MOST = 3

# image, rule, path: why
EXPLAINED = {
}


def judge(name):
    """What is wrong with the findings of an image, one line each."""
    report = plant.secrets(scoville, f"oci:{images}/oci/{name}")
    found = plant.gate(report)
    medium = {(name, s["rule"], s["path"]) for s in found if s["level"] == "medium"}
    explained = {k for k in EXPLAINED if k[0] == name}
    if write:
        for s in found:
            print(f'    ("{name}", "{s["rule"]}", "{s["path"]}"): "",  # {s["level"]} line {s["line"]} {s["surface"]} {s["why"]}')
        return []
    wrong = [f"high: {plant.line_of(s)}" for s in found if s["level"] == "high"]
    wrong += [f"medium, and not explained: {rule} {path}" for _, rule, path in sorted(medium - explained)]
    wrong += [f"explained, and gone: {rule} {path}" for _, rule, path in sorted(explained - medium)]
    if len([s for s in found if s["level"] == "medium"]) > MOST:
        wrong.append(f"more than {MOST} medium")
    if not report["secret_search"]["complete"]:
        wrong.append(f"the search is not complete: {report['secret_search']['missing']}")
    return wrong


def main():
    there = [n for n in NAMES if os.path.exists(f"{images}/oci/{n}/index.json")]
    if not images or not there:
        print("skipped: no images (SCOVILLE_TEST_IMAGES)")
        return 77
    failed = 0
    for name in NAMES:
        if name not in there:
            print(f"left out {name}: not made")
            continue
        for line in judge(name):
            failed += 1
            print(f"FAILED {name}: {line}")
    print(f"{len(there)} clean images, {failed} wrong")
    return 1 if failed else 0


sys.exit(main())
