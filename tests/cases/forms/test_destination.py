#!/usr/bin/env python3
"""test_destination.py PROBE SCOVILLE: skopeo, umoci and scoville read what the destinations of src/source write.

PROBE copies an image to a layout and to an archive. skopeo copies all blobs of both, with their digests; umoci lists and unpacks the layout;
scoville gives the same report as for the original. And the other way: an image is added to a layout that umoci made. Skips without the tools.

SPDX-License-Identifier: Apache-2.0
"""
import json
import os
import shutil
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
import oci  # noqa: E402

probe, scoville = os.path.abspath(sys.argv[1]), os.path.abspath(sys.argv[2])
done = 0


def run(*words):
    r = subprocess.run(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    if r.returncode:
        raise RuntimeError(f"{' '.join(words)}: exit {r.returncode}: {r.stdout[-300:]}{r.stderr[-600:]}")
    return r.stdout


def check(name, got, want):
    global done
    done += 1
    if got != want:
        raise RuntimeError(f"{name}: got {got!r}, want {want!r}")


def verdicts(reference):
    report = json.loads(run(scoville, "grade", "--no-cache", "--now", "2026-11-01", "-o", "json", reference))
    return {c["id"]: c["verdict"] for c in report["criteria"]}


def make(folder):
    """An image of two layers; the digest of its manifest."""
    layout = oci.Layout(folder)
    layers = [layout.layer(oci.tar(("etc/name", b"first\n"), ("data", os.urandom(300000)))), layout.layer(oci.tar(("last", b"x" * 5000)), "")]
    image = layout.image(layers)
    layout.index(image)
    return image["digest"]


def readers(reference, digest, work):
    out = os.path.join(work, "copy")
    check(f"skopeo inspect {reference}", json.loads(run("skopeo", "inspect", reference))["Digest"], digest)
    run("skopeo", "--insecure-policy", "copy", "--preserve-digests", reference, "dir:" + out)
    check(f"blobs of {reference}", len([n for n in os.listdir(out) if len(n) == 64]), 3)
    shutil.rmtree(out)


def unpacks(layout, work):
    bundle = os.path.join(work, "bundle")
    run("umoci", "unpack", "--rootless", "--image", layout, bundle)
    with open(os.path.join(bundle, "rootfs/etc/name"), encoding="ascii") as f:
        check(f"umoci unpack {layout}", f.read(), "first\n")
    shutil.rmtree(bundle)


def all_checks(work):
    source, layout, archive, theirs = (os.path.join(work, n) for n in ("source", "layout", "a.tar", "theirs"))
    digest = make(source)
    run(probe, f"oci:{source}", f"oci:{layout}:1.0")
    run(probe, f"oci:{layout}:1.0", f"oci-archive:{archive}:name:2.0")
    readers(f"oci:{layout}:1.0", digest, work)
    readers(f"oci-archive:{archive}:name:2.0", digest, work)
    check("umoci list", run("umoci", "list", "--layout", layout).split(), ["1.0"])
    unpacks(f"{layout}:1.0", work)
    want = verdicts(f"oci:{source}")
    check("grade of the layout", verdicts(f"oci:{layout}:1.0"), want)
    check("grade of the archive", verdicts(f"oci-archive:{archive}"), want)
    # Beside an image of another program, whose entry is kept.
    run("umoci", "init", "--layout", theirs)
    run("umoci", "new", "--image", f"{theirs}:old")
    run(probe, f"oci-archive:{archive}", f"oci:{theirs}:new")
    check("umoci list", sorted(run("umoci", "list", "--layout", theirs).split()), ["new", "old"])
    unpacks(f"{theirs}:new", work)
    run("skopeo", "inspect", "--config", f"oci:{theirs}:old")


if not shutil.which("skopeo") or not shutil.which("umoci"):
    print("skipped: needs skopeo and umoci")
    sys.exit(77)
with tempfile.TemporaryDirectory(dir=os.environ.get("TMPDIR", "/var/tmp")) as folder:
    all_checks(folder)
print(f"{done} checks")
