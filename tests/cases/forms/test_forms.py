#!/usr/bin/env python3
"""test_forms.py SCOVILLE: the same image gives the same verdicts in every form, with any number of threads, and from the cache.

A form that cannot carry annotations or referrers may leave prov.signed, prov.slsa, prov.sbom, conf.annot and conf.secprofile not assessed; no
criterion is met in one form and not met in another. Needs $SCOVILLE_TEST_IMAGES with the images of make-images.sh; skips what is missing.

SPDX-License-Identifier: Apache-2.0
"""
import gzip
import json
import os
import shutil
import subprocess
import sys
import tempfile

scoville = os.path.abspath(sys.argv[1])
images = os.environ.get("SCOVILLE_TEST_IMAGES", "")
MAY_DIFFER = {"prov.signed", "prov.slsa", "prov.sbom", "conf.annot", "conf.secprofile"}
failures, done = [], 0


def grade(*words, stdin=None, options=("--no-cache",)):
    """Parsed and raw report. The exit status must be 0: these images are whole."""
    r = subprocess.run([scoville, "grade", "--now", "2026-11-01", "-o", "json", *options, *words], stdin=stdin,
                       stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    if r.returncode:
        raise RuntimeError(f"{' '.join(words)}: exit {r.returncode}: {r.stderr.decode(errors='replace').strip()}")
    return json.loads(r.stdout), r.stdout


def verdicts(report):
    return {c["id"]: c["verdict"] for c in report["criteria"]}


def check(name, truth, why=""):
    global done
    done += 1
    if not truth:
        failures.append(f"{name}: {why}")


def same(name, want, got):
    for key, verdict in got.items():
        if verdict == want[key]:
            continue
        free = key in MAY_DIFFER and "not-assessed" in (verdict, want[key])
        check(name, free, f"{key} is {verdict}, from the layout {want[key]}")
    check(name, len(got) == 23, f"{len(got)} criteria")


def forms(work):
    """name, words of the reference, file for standard input"""
    f = os.path.join(images, "forms")
    yield "nginx", "oci-archive", [f"oci-archive:{f}/nginx.oci.tar"], None
    yield "nginx", "dir", [f"dir:{f}/nginx.dir"], None
    yield "nginx", "dir v2s2", [f"dir:{f}/nginx.v2s2.dir"], None
    yield "nginx", "docker-archive", [f"docker-archive:{f}/nginx.docker.tar"], None
    yield "nginx", "a bare path", [f"{f}/nginx.docker.tar"], None
    zipped = os.path.join(work, "nginx.tar.gz")
    with open(f"{f}/nginx.docker.tar", "rb") as a, gzip.open(zipped, "wb", 1) as b:
        shutil.copyfileobj(a, b)
    yield "nginx", "docker-archive, gzip", [f"docker-archive:{zipped}"], None
    yield "nginx", "docker-archive, standard input", ["docker-archive:-"], f"{f}/nginx.docker.tar"
    yield "nginx", "docker-archive, gzip, standard input", ["docker-archive:-"], zipped
    yield "nginx", "oci-archive, standard input", ["oci-archive:-"], f"{f}/nginx.oci.tar"
    yield "node", "dir, plain layers", [f"dir:{f}/node.plain.dir"], None
    yield "node", "zstd", [f"oci:{f}/node.zstd"], None
    yield "node", "zstd:chunked", [f"oci:{f}/node.chunked"], None
    yield "busybox", "oci-archive of an index", [f"oci-archive:{f}/busybox.multi.oci.tar"], None


def all_forms(work):
    base = {}
    for image, form, words, stdin in forms(work):
        name = f"{image} as {form}"
        if image not in base:
            base[image] = verdicts(grade(f"oci:{images}/oci/{image}")[0])
        try:
            with open(stdin or os.devnull, "rb") as i:
                got = verdicts(grade(*words, stdin=i)[0])
            same(name, base[image], got)
            print(f"ok {name}")
        except RuntimeError as e:
            check(name, False, str(e))


def threads_and_cache(work):
    for image in ("nginx", "torture", "busybox"):
        reference = f"oci:{images}/oci/{image}"
        cache, key = os.path.join(work, "cache-" + image), os.path.join(work, "key")
        with open(key, "w") as f:  # fingerprints under a key of the run are never the same
            f.write("c2NvdmlsbGUgdGVzdHMgb25seQ==")
        one = grade(reference, options=("--fp-key", key, "--no-cache", "--threads", "1"))[1]
        eight = grade(reference, options=("--fp-key", key, "--no-cache", "--threads", "8"))[1]
        first = grade(reference, options=("--fp-key", key, "--cache", cache))[1]
        second = grade(reference, options=("--fp-key", key, "--cache", cache))[1]
        check(image, one == eight, "output differs between 1 and 8 threads")
        check(image, one == first == second, "output differs from the cache")
        text = subprocess.run([scoville, "grade", "--fp-key", key, "--cache", cache, reference], stdout=subprocess.PIPE, text=True).stdout
        check(image, "cache" in text.split("\n\n")[0], "the header does not say how many layers came from the cache")
        print(f"ok {image}: 1 and 8 threads, fresh and cached: the same {len(one)} bytes")


def main():
    if not os.path.exists(os.path.join(images, "forms/busybox.multi.oci.tar")):
        print("skipped: the forms of make-images.sh are not in SCOVILLE_TEST_IMAGES")
        return 77
    with tempfile.TemporaryDirectory() as work:
        all_forms(work)
        threads_and_cache(work)
    for line in failures:
        print("FAILED " + line)
    print(f"{done} checks, {len(failures)} failed")
    return 1 if failures else 0


sys.exit(main())
