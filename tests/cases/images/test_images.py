#!/usr/bin/env python3
"""test_images.py SCOVILLE [--write]: the verdicts of every image, against verdicts.tsv.

The table holds a line an image: the name, then the verdict of each criterion: + met, - not met, ? not assessed. Each was checked by hand against the image
once; the reasons that are not plain are in verdicts.md. --write prints the table as it is today. Images that are not there are left out; with none it skips.

SPDX-License-Identifier: Apache-2.0
"""
import json
import os
import subprocess
import sys

here = os.path.dirname(os.path.abspath(__file__))
scoville, write = os.path.abspath(sys.argv[1]), "--write" in sys.argv
images = os.environ.get("SCOVILLE_TEST_IMAGES", "")
SIGN = {"met": "+", "not-met": "-", "not-assessed": "?"}


def grade(name):
    """The criteria of an image by id, its grades, and the system's packages by type (those of languages have their own test)."""
    r = subprocess.run([scoville, "grade", "--no-cache", "--now", "2026-11-01", "-o", "json", f"oci:{images}/oci/{name}"],
                       stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    if r.returncode:
        raise RuntimeError(f"exit {r.returncode}: {r.stderr.decode(errors='replace').strip()}")
    report = json.loads(r.stdout)
    packages = {}
    for p in report["packages"]:
        if p["type"] not in ("deb", "apk", "rpm", "opkg", "chisel"):
            continue
        packages[p["type"]] = packages.get(p["type"], 0) + 1
    return report, packages


def line_of(name, ids):
    report, packages = grade(name)
    found = {c["id"]: SIGN[c["verdict"]] for c in report["criteria"]}
    g = report["grades"]
    grades = " ".join(f"{g[v]['grade']}/{g[v]['ceiling']}" for v in ("overall", "minimalism", "provenance", "configuration", "vulnerabilities"))
    count = " ".join(f"{k}:{v}" for k, v in sorted(packages.items())) or "none"
    return [name, *[found[i] for i in ids], grades, count]


def table():
    rows = [l.rstrip("\n").split("\t") for l in open(os.path.join(here, "verdicts.tsv"), encoding="utf-8") if not l.startswith("#")]
    return rows[0][1:-2], {r[0]: r for r in rows[1:]}


def main():
    if not images or not os.path.isdir(os.path.join(images, "oci")):
        print("skipped: no images (SCOVILLE_TEST_IMAGES)")
        return 77
    if write:
        names = sorted(n for n in os.listdir(os.path.join(images, "oci")) if os.path.exists(os.path.join(images, "oci", n, "index.json")))
        ids = [c["id"] for c in grade(names[0])[0]["criteria"]]
        print("\t".join(["image", *ids, "grades and ceilings", "packages"]))
        for n in names:
            print("\t".join(line_of(n, ids)), flush=True)
        return 0
    ids, want = table()
    bad = seen = 0
    for name, row in want.items():
        if not os.path.exists(os.path.join(images, "oci", name, "index.json")):
            print(f"left out {name}: not made")
            continue
        seen += 1
        got = line_of(name, ids)
        if len(row[-1].split(":")) > 1 and row[-1].startswith("deb:") and got[-1].startswith("deb:"):
            got[-1] = row[-1]  # Debian's archive moves: the number of packages is checked by its own test
        for column, a, b in zip(["name", *ids, "grades", "packages"], row, got):
            if a != b:
                print(f"FAILED {name}: {column}: want {a}, got {b}")
                bad += 1
    print(f"{seen} images, {bad} verdicts differ")
    return 77 if not seen else 1 if bad else 0


sys.exit(main())
