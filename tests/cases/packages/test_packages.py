#!/usr/bin/env python3
"""test_packages.py SCOVILLE [--write]: secrets in the 200 most used packages of PyPI and of npm: at most 5 findings at medium or high each.

The packages are installed from their registries by name and version (pypi.txt, npm.txt) into a cache folder that is kept, and laid out as
images have them. A table of those with findings is printed. Every finding that is left is explained in explained.tsv; one that is not
fails, as does a search that is not complete. Without SCOVILLE_TEST_ALL (./test --all sets it) it takes the first 25 of each list.
Skips, and says so, without pip and npm or where their registries do not answer. --write prints the rows that explained.tsv lacks.

SPDX-License-Identifier: Apache-2.0
"""
import collections
import glob
import hashlib
import json
import os
import shutil
import subprocess
import sys
import zipfile

here = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(here, "../secrets"))
import plant  # noqa: E402

scoville, write = os.path.abspath(sys.argv[1]), "--write" in sys.argv
FEW = None if os.environ.get("SCOVILLE_TEST_ALL") else 25
GOAL = 5
BEFORE = "2026-11-29"  # npm: of what the packages depend on, the versions of that day
cache = os.path.join(os.environ.get("XDG_CACHE_HOME", os.path.expanduser("~/.cache")), "scoville-packages")
# pip takes wheels for this machine whatever runs the test
WHEELS = ["--only-binary=:all:", "--python-version=3.11", "--implementation=cp", "--abi=cp311", "--abi=abi3", "--abi=none",
          "--platform=manylinux_2_28_x86_64", "--platform=manylinux2014_x86_64", "--platform=any"]


def names(file):
    rows = [line.strip() for line in open(os.path.join(here, file), encoding="utf-8")]
    return [row for row in rows if row and row[0] != "#"][:FEW]


def run(*command, **options):
    """False where the program is missing, fails or takes too long: what is not there cannot be tested."""
    try:
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, timeout=1200 if FEW is None else 120, **options)
    except (OSError, subprocess.SubprocessError) as e:
        print(f"skipped: {command[0]}: {str(e)[:200]}")
        return False
    return True


def made(name, wanted, fill):
    """A folder of the cache that `fill` made whole; None without it."""
    folder = os.path.join(cache, f"{name}-{hashlib.sha256(repr(wanted).encode()).hexdigest()[:12]}")
    if not os.path.isdir(folder):
        shutil.rmtree(folder + ".part", ignore_errors=True)
        os.makedirs(folder + ".part")
        if not fill(folder + ".part", wanted):
            return None
        os.rename(folder + ".part", folder)
    return folder


def wheels(folder, wanted):
    store = os.path.join(cache, "wheels")
    for i in range(0, len(wanted), 25):
        if not run(sys.executable, "-m", "pip", "download", "-q", "--no-deps", "--disable-pip-version-check", "-d", store, *WHEELS, *wanted[i:i + 25]):
            return False
    for row in wanted:
        name, version = row.split("==")
        plain = name.lower().replace("-", "_").replace(".", "_")
        for path in glob.glob(glob.escape(store) + "/*.whl"):
            have = os.path.basename(path).split("-")
            if have[0].lower().replace("-", "_").replace(".", "_") == plain and have[1] == version:
                with zipfile.ZipFile(path) as z:
                    z.extractall(folder)
    return True


def modules(folder, wanted):
    pairs = dict(row.rsplit("@", 1) for row in wanted)
    with open(folder + "/package.json", "w", encoding="utf-8") as f:
        json.dump({"name": "app", "version": "1.0.0", "dependencies": pairs}, f, indent=2)
    return run("npm", "install", "--before", BEFORE, "--ignore-scripts", "--no-audit", "--no-fund", "--legacy-peer-deps", "--force",
               "--loglevel=error", cwd=folder, stdin=subprocess.DEVNULL)


def package_of(path):
    names = path.rsplit("node_modules/", 1)[-1].split("/")
    return "/".join(names[:2]) if names[0].startswith("@") else names[0]


def scan(folder, place):
    """The report of a root that has the folder at this place."""
    root = os.path.join(cache, "root")
    shutil.rmtree(root, ignore_errors=True)
    os.makedirs(os.path.dirname(os.path.join(root, place)))
    os.rename(folder, os.path.join(root, place))
    try:
        return plant.secrets(scoville, "rootfs:" + root)
    finally:
        os.rename(os.path.join(root, place), folder)


def explained():
    rows = [line.rstrip("\n").split("\t") for line in open(os.path.join(here, "explained.tsv"), encoding="utf-8") if line[0] != "#"]
    return {(rule, path): why for rule, path, why in rows}


def judge(what, place, report, known):
    """Prints the table; how many things are wrong."""
    wrong = 0
    left = collections.Counter()
    for s in plant.gate(report):
        path = s["path"][len(place) + 1:]
        left[package_of(path)] += 1
        if (s["rule"], path) not in known:
            wrong += 1
            print(f"FAILED {what}, not explained: {s['level']} {s['rule']} {path}:{s['line']}")
            if write:
                print(f"{s['rule']}\t{path}\t")
    print(f"{what}, in /{place}:")
    for package, n in left.most_common():
        print(f"  {n:4} {package}")
    print(f"  {sum(left.values()):4} findings at medium or high, goal {GOAL}")
    if sum(left.values()) > GOAL:
        wrong += 1
        print(f"FAILED {what}: over the goal")
    if not report["secret_search"]["complete"]:
        wrong += 1
        print(f"FAILED {what}: the search is not complete: {report['secret_search']['missing']}")
    return wrong


def main():
    if "sanitized" in sys.argv:
        print("skipped: the released build is measured")
        return 77
    wrong = tried = 0
    known = explained()
    os.makedirs(cache, exist_ok=True)
    for what, file, fill, places in (("PyPI", "pypi.txt", wheels, ["usr/lib/python3/site-packages", "var/task"]),
                                     ("npm", "npm.txt", modules, ["app"])):
        folder = made(what, names(file), fill)
        if not folder:
            continue
        for place in places:
            tried += 1
            wrong += judge(f"{len(names(file))} of {what}", place, scan(folder, place), known)
    return 77 if not tried else 1 if wrong else 0


sys.exit(main())
