#!/usr/bin/env python3
"""scores.py SCORE: all vectors of CVSS against exact arithmetic, and published scores against ours.

Every base vector of versions 2, 3.0 and 3.1 is computed from the equations in fractions. Published scores are
../shared/data/vulns/cve-severity-vulnrichment-2024-10.jsonl.zst beside the project (SCOVILLE_TEST_SHARED: elsewhere), skipped without. Some
publishers rate otherwise than by their vector: counts must be reached, not all rows.

SPDX-License-Identifier: Apache-2.0
"""
import itertools
import json
import math
import os
import subprocess
import sys
from fractions import Fraction as F

top = os.path.dirname(os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))))
program = os.path.abspath(sys.argv[1])
DATA = "data/vulns/cve-severity-vulnrichment-2024-10.jsonl.zst"

BASE = {"2": "AV AC Au C I A", "3.0": "AV AC PR UI S C I A", "3.1": "AV AC PR UI S C I A", "4.0": "AV AC AT PR UI VC VI VA SC SI SA"}
# version: vectors with base metrics only that have a published score, and how many of the scores are ours
COUNTS = {"2": (70, 70), "3.0": (350, 349), "3.1": (1254, 1221), "4.0": (403, 401)}


def ours(vectors):
    done = subprocess.run([program], input="".join(v + "\n" for v in vectors), stdout=subprocess.PIPE, check=True, text=True)
    return done.stdout.split()


def score_2(av, ac, au, c, i, a):
    w = {"N": F(0), "P": F(275, 1000), "C": F(66, 100)}
    impact = F(1041, 100) * (1 - (1 - w[c]) * (1 - w[i]) * (1 - w[a]))
    reach = {"L": F(395, 1000), "A": F(646, 1000), "N": F(1)}[av] * {"H": F(35, 100), "M": F(61, 100), "L": F(71, 100)}[ac]
    exploit = 20 * reach * {"M": F(45, 100), "S": F(56, 100), "N": F(704, 1000)}[au]
    sum_ = (F(6, 10) * impact + F(4, 10) * exploit - F(3, 2)) * (F(1176, 1000) if impact else 0)
    return math.floor(sum_ * 10 + F(1, 2))


def sum_3(av, ac, pr, ui, s, c, i, a):
    w = {"H": F(56, 100), "L": F(22, 100), "N": F(0)}
    changed = s == "C"
    part = 1 - (1 - w[c]) * (1 - w[i]) * (1 - w[a])
    impact = F(752, 100) * (part - F(29, 1000)) - F(325, 100) * (part - F(2, 100)) ** 15 if changed else F(642, 100) * part
    reach = {"N": F(85, 100), "A": F(62, 100), "L": F(55, 100), "P": F(20, 100)}[av] * {"L": F(77, 100), "H": F(44, 100)}[ac]
    who = {"N": F(85, 100), "L": F(68 if changed else 62, 100), "H": F(50 if changed else 27, 100)}[pr]
    exploit = F(822, 100) * reach * who * {"N": F(85, 100), "R": F(62, 100)}[ui]
    return min(F(10), (impact + exploit) * (F(108, 100) if changed else 1)) if impact > 0 else F(0)


def equations():
    bad, n = [], 0
    for version, head, values in (("2", "", ("LAN", "HML", "MSN", "NPC", "NPC", "NPC")),
                                  ("3.0", "CVSS:3.0/", ("NALP", "LH", "NLH", "NR", "UC", "HLN", "HLN", "HLN")),
                                  ("3.1", "CVSS:3.1/", ("NALP", "LH", "NLH", "NR", "UC", "HLN", "HLN", "HLN"))):
        rows = list(itertools.product(*values))
        vectors = [head + "/".join(f"{m}:{x}" for m, x in zip(BASE[version].split(), row)) for row in rows]
        for row, vector, got in zip(rows, vectors, ours(vectors)):
            if version == "2":
                want = score_2(*row)
            elif version == "3.0":
                want = math.ceil(sum_3(*row) * 10)
            else:
                want = -(-math.floor(sum_3(*row) * 100000 + F(1, 2)) // 10000)
            if got != str(want):
                bad.append(f"{vector}: {got}, the equations give {want}")
        n += len(rows)
    print(f"{n} vectors by the equations, {len(bad)} wrong")
    return bad


def shared():
    for folder in (os.environ.get("SCOVILLE_TEST_SHARED", ""), os.path.join(top, "../shared")):
        if folder and os.path.exists(os.path.join(folder, DATA)):
            return os.path.join(folder, DATA)
    return None


def published(path):
    rows, bad = set(), []
    for line in subprocess.run(["zstd", "-dc", path], stdout=subprocess.PIPE, check=True).stdout.splitlines():
        rows |= {(vector, round(float(score) * 10)) for _, vector, score in json.loads(line).get("cvss", [])}
    rows = sorted(rows)
    counts = {v: [0, 0] for v in BASE}
    for (vector, score), got in zip(rows, ours([v for v, _ in rows])):
        version = vector[5:8] if vector.startswith("CVSS:") else "2"
        if got == "?":
            bad.append(f"{vector}: cannot be read")
        elif {m.split(":")[0] for m in vector.split("/")} - {"CVSS"} <= set(BASE[version].split()):
            counts[version][0] += 1
            counts[version][1] += got == str(score)
    for version, (n, right) in counts.items():
        print(f"CVSS {version:<4} {n:>5} vectors with a published score, {right:>5} the same")
        if n < COUNTS[version][0] or right < COUNTS[version][1]:
            bad.append(f"CVSS {version}: fewer than {COUNTS[version][1]} of {COUNTS[version][0]}")
    return bad


def main():
    bad = equations()
    path = shared()
    if path:
        bad += published(path)
    else:
        print(f"skipped: no published scores (../shared/{DATA})")
    for line in bad[:40]:
        print("FAILED", line)
    return 1 if bad else 0


sys.exit(main())
