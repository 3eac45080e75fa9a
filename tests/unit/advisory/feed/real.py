#!/usr/bin/env python3
"""real.py COUNTS: the readers of feeds over whole feeds, against what is known to be in them; prints a table.

The feeds are ../shared/data/vulns beside the project (SCOVILLE_TEST_SHARED: elsewhere); without them it is skipped. COUNTS: the program
of counts.c.

SPDX-License-Identifier: Apache-2.0
"""
import os
import re
import subprocess
import sys

# file, format, records as its SOURCES.md has them, rows, what is left out and why it is
WANT = [
    # 53,315 pairs of a package and a name: the rest are second names of the same flaw (XSA, GHSA), which make no row of their own
    ("alpine-secfixes-from-aports-2023-02.tar.zst", "secdb", 31, 51157, {"unreadable versions": 7}),
    ("almalinux-osv.tar.zst", "osv", 5680, 255142, {"no flaw named": 1197}),
    ("bitnami-vulndb.tar.zst", "osv", 7444, 7444, {}),
    ("cisa-kev.tar.zst", "kev", 1404, 0, {}),
    ("cve-severity-vulnrichment-2024-10.jsonl.zst", "vulnrichment", 44130, 0, {"says nothing that is used": 11253}),
    ("friendsofphp-security-advisories.tar.zst", "php", 1592, 1592, {}),  # SOURCES.md counts the issue template as well
    # DSA 5,406 and DLA 3,534
    ("debian.tar.zst", "dsa", 8940, 34573, {"no flaw named": 219, "no versions": 27}),
    ("debian.tar.zst", "changelog", 760, 19579, {"says nothing that is used": 244}),
    ("golang-vulndb.tar.zst", "osv", 4291, 6078, {"withdrawn": 17, "for another platform": 28}),
    ("pypa-advisory-database.tar.zst", "osv", 2661, 2651, {"withdrawn": 10}),
    ("retirejs.tar.zst", "retirejs", 1266, 1289, {"of no package in an inventory": 6}),  # without the example of each file
    ("ruby-advisory-db-no-osvdb.tar.zst", "ruby", 1125, 1000,
     {"for another platform": 8, "of no package in an inventory": 115, "no versions": 2}),
    ("rustsec-advisory-db.tar.zst", "rustsec", 1225, 708,
     {"withdrawn": 13, "informational": 466, "for another platform": 18, "of no package in an inventory": 20}),
    ("wolfi-advisories-2025-05-07.tar.zst", "wolfi", 20770, 20770, {}),
]


def shared():
    top = os.path.dirname(os.path.abspath(__file__))
    while not os.path.exists(os.path.join(top, "meson.build")) or not os.path.exists(os.path.join(top, "meson_options.txt")):
        top = os.path.dirname(top)
    for folder in (os.environ.get("SCOVILLE_TEST_SHARED", ""), os.path.join(top, "../shared")):
        if folder and os.path.isdir(os.path.join(folder, "data/vulns")):
            return os.path.join(folder, "data/vulns")
    return None


def main():
    folder = shared()
    if not folder:
        print("skipped: no feeds (../shared/data/vulns)")
        return 77
    bad = 0
    print("%-46s %-12s %8s %8s  left out" % ("feed", "format", "records", "rows"))
    for name, fmt, records, rows, left_out in WANT:
        run = subprocess.run([sys.argv[1], os.path.join(folder, name)], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        head = re.search(r"^\S+ (%s) files \d+ records (\d+) rows (\d+)\n((?:  .*\n)*)" % fmt, run.stdout, re.M)
        got_out = {what: int(n) for what, n in re.findall(r"^  ([^:\n]+): (\d+)$", head.group(4) if head else "", re.M)}
        got_out.pop("files of no format", None)
        got = (head.group(1), int(head.group(2)), int(head.group(3)), got_out) if head else (None, 0, 0, run.stdout)
        print("%-46s %-12s %8d %8d  %s" % ((name,) + got))
        if got != (fmt, records, rows, left_out) or run.returncode:
            print("  want: %s %d %d %s, exit status 0, not %d" % (fmt, records, rows, left_out, run.returncode))
            bad = 1
    return bad


sys.exit(main())
