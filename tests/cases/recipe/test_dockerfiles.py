#!/usr/bin/env python3
"""test_dockerfiles.py SCOVILLE [NAME...]: Dockerfiles with what is open in them, from dockerfiles.txt.

A case begins with "=== NAME". Lines up to "---" say what is expected; after it comes the file.

    open LINE CRITERION WHAT       not pinned or not checked; CRITERION without its "prov."
    unclear LINE CRITERION WHAT    it depends on what is not given
    fixed LINE CRITERION WHAT      pinned or checked; only those that are listed are compared
    why WORDS                      the reason of the row before has them
    verdict CRITERION VERDICT      of an image that is graded with the file, as --dockerfile
    option ...                     of the command
    refused WORDS                  the file cannot be read, and why

All rows that are open or unclear are listed, or the case fails. In files and rows @D is a digest of an image, %H a SHA-256 in hex, %C a
commit, %K a fingerprint of a key. SPDX-License-Identifier: Apache-2.0
"""
import json
import os
import shlex
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, ".."))
import oci  # noqa: E402

SIGNS = {"@D": "@sha256:" + "a1" * 32, "%H": "b2" * 32, "%C": "c3" * 20, "%K": "D4" * 20}


def filled(text):
    for sign, value in SIGNS.items():
        text = text.replace(sign, value)
    return text


def cases():
    text = open(os.path.join(HERE, "dockerfiles.txt"), encoding="utf-8").read()
    for block in text.split("\n=== ")[1:]:
        head, _, body = block.partition("\n---\n")
        name, *rows = head.split("\n")
        yield name, [filled(r) for r in rows if r and not r.startswith("#")], filled(body)


def image(folder):
    """A Debian of which nothing is known but its name, so that what decides is the file."""
    layout = oci.Layout(os.path.join(folder, "image"))
    release = b'ID=debian\nVERSION_ID="12"\nVERSION_CODENAME=bookworm\nPRETTY_NAME="Debian"\n'
    layout.index(layout.image([layout.layer(oci.tar(("etc/os-release", release)))]))
    return "oci:" + os.path.join(folder, "image")


def run(*command):
    return subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def compare(scoville, reference, name, rows, path):
    wrong = []
    options = [w for r in rows if r.startswith("option ") for w in shlex.split(r[7:])]
    p = run(scoville, "dockerfile", "-o", "json", *options, path)
    refused = [r[8:] for r in rows if r.startswith("refused ")]
    if refused:
        if p.returncode != 3 or refused[0] not in p.stderr:
            wrong.append(f"exit {p.returncode}, {p.stderr.strip()}")
        return wrong
    if p.returncode not in (0, 1):
        return [f"exit {p.returncode}: {p.stderr.strip()}"]
    got = {}
    for f in json.loads(p.stdout)["findings"]:
        got.setdefault(f"{f['state']} {f['line']} {f['criterion'].removeprefix('prov.')} {f['what']}", []).append(f["why"])
    want, last = set(), None
    for r in rows:
        word = r.split(" ")[0]
        if word in ("open", "unclear", "fixed"):
            want.add(r)
            last = r
            if r not in got:
                wrong.append("missing: " + r)
        elif word == "why" and last in got and not any(r[4:] in w for w in got[last]):
            wrong.append(f"{last}: {got[last]}, not {r[4:]}")
    wrong += ["more: " + g + " (" + got[g][0] + ")" for g in got if g not in want and not g.startswith("fixed")]
    is_clean = not any(r.startswith(("open ", "unclear ")) for r in rows)
    if p.returncode != (0 if is_clean else 1):
        wrong.append(f"exit {p.returncode}")
    verdicts = [r.split(" ")[1:] for r in rows if r.startswith("verdict ")]
    if verdicts:
        g = run(scoville, "grade", "--no-progress", "--no-cache", "--db", "none", "--now", "2026-01-01", "-o", "json", "--dockerfile", path, *options, reference)
        found = {c["id"]: c for c in json.loads(g.stdout)["criteria"]} if g.returncode == 0 else {}
        for criterion, verdict in verdicts:
            c = found.get(criterion, {"verdict": g.stderr.strip(), "reason": ""})
            if c["verdict"] != verdict:
                wrong.append(f"{criterion}: {c['verdict']} ({c['reason']}), not {verdict}")
    return wrong


def main():
    scoville, only = os.path.abspath(sys.argv[1]), [a for a in sys.argv[2:] if a != "sanitized"]
    n = bad = 0
    with tempfile.TemporaryDirectory() as folder:
        reference = image(folder)
        path = os.path.join(folder, "Dockerfile")
        for name, rows, body in cases():
            if only and name not in only:
                continue
            with open(path, "w", encoding="utf-8", newline="") as f:
                f.write(body)
            n += 1
            wrong = compare(scoville, reference, name, rows, path)
            bad += bool(wrong)
            for w in wrong:
                print(f"{name}: {w}")
    print(f"{n - bad} passed, {bad} failed")
    sys.exit(1 if bad or not n else 0)


main()
