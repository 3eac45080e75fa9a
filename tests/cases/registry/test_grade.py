#!/usr/bin/env python3
"""test_grade.py SCOVILLE: images pushed to Debian's docker-registry (TLS, basic auth, on loopback) have the layout's verdicts.

Pushed with skopeo; graded by tag, by digest, with credentials from a file and from standard input; refused without. Then the cache: a second grade by
digest asks the registry for no layer.

SPDX-License-Identifier: Apache-2.0
"""
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from test_registry import make_cert, pair, wait_for, write_json  # noqa: E402
import socket  # noqa: E402

scoville = os.path.abspath(sys.argv[1])
images = pathlib.Path(os.environ.get("SCOVILLE_TEST_IMAGES", "/nowhere")) / "oci"
USER, PASSWORD = "grader", "not a " + "secret"
MAY_DIFFER = {"prov.signed", "prov.slsa", "prov.sbom", "conf.annot", "conf.secprofile"}
failures = []


def check(name, truth, why=""):
    print(("ok " if truth else "FAILED ") + name + ("" if truth else f": {why}"), flush=True)
    if not truth:
        failures.append(name)


def grade(reference, *options, stdin=None):
    return subprocess.run([scoville, "grade", "--now", "2026-11-01", "-o", "json", *options, reference], input=stdin,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def verdicts(run):
    return {c["id"]: c["verdict"] for c in json.loads(run.stdout)["criteria"]} if run.stdout else {}


def serve(root, cert, key):
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        port = s.getsockname()[1]
    line = subprocess.run(["htpasswd", "-nbB", "-C", "4", USER, PASSWORD], capture_output=True, text=True, check=True).stdout
    (root / "htpasswd").write_text(line)
    (root / "config.yml").write_text(f"""version: 0.1
log: {{level: info, accesslog: {{disabled: false}}}}
storage: {{filesystem: {{rootdirectory: {root}/data}}}}
http: {{addr: "127.0.0.1:{port}", tls: {{certificate: {cert}, key: {key}}}}}
auth: {{htpasswd: {{realm: grades, path: {root}/htpasswd}}}}
""")
    server = subprocess.Popen(["docker-registry", "serve", root / "config.yml"], stdout=open(root / "log", "w"), stderr=subprocess.STDOUT)
    wait_for(port)
    return server, port


def same(name, want, run):
    got = verdicts(run)
    wrong = [k for k in want if got.get(k) != want[k] and not (k in MAY_DIFFER and "not-assessed" in (got.get(k), want[k]))]
    check(name, run.returncode == 0 and not wrong, f"exit {run.returncode}, {wrong}: {run.stderr[-300:]}")


def ask(root, port, cert, image):
    auth = write_json(root / "auth.json", {"auths": {f"127.0.0.1:{port}": {"auth": pair(USER, PASSWORD)}}})
    name = f"127.0.0.1:{port}/team/{image}"
    subprocess.run(["skopeo", "--insecure-policy", "copy", "--all", "--quiet", "--authfile", auth, "--dest-tls-verify=false",
                    f"oci:{images}/{image}:latest", f"docker://{name}:v1"], check=True, capture_output=True)
    digest = json.loads((images / image / "index.json").read_text())["manifests"][0]["digest"]
    want = verdicts(grade(f"oci:{images}/{image}", "--no-cache"))
    tls = ["--ca-file", cert]
    same(f"{image} by tag", want, grade(f"{name}:v1", "--no-cache", *tls, "--authfile", auth))
    same(f"{image} by digest", want, grade(f"{name}@{digest}", "--no-cache", *tls, "--authfile", auth))
    same(f"{image}, password from standard input", want,
         grade(f"{name}:v1", "--no-cache", *tls, "--username", USER, "--password-stdin", stdin=PASSWORD + "\n"))
    manifest = digest
    while "manifests" in (m := json.loads((images / image / "blobs/sha256" / manifest[7:]).read_text())):
        manifest = m["manifests"][0]["digest"]
    config, before = m["config"]["digest"], (root / "log").read_text()
    same(f"{image} --platform", want, grade(f"{name}@{manifest}", "--no-cache", "--platform", "linux/amd64", *tls, "--authfile", auth))
    n = (root / "log").read_text().removeprefix(before).count(f"/blobs/{config} HTTP")
    check(f"{image} --platform: the config is read once", n == 1, f"{n} times")
    (root / "fp-key").write_text("c2NvdmlsbGUgdGVzdHMgb25seQ==")
    key = ["--fp-key", root / "fp-key"]  # without one fingerprints differ in every run
    first = grade(f"{name}@{digest}", "--cache", root / "cache", *key, *tls, "--authfile", auth)
    before = (root / "log").read_text().count("/blobs/")
    second = grade(f"{name}@{digest}", "--cache", root / "cache", *key, *tls, "--authfile", auth)
    check(f"{image} from the cache asks for no blob", (root / "log").read_text().count("/blobs/") == before)
    check(f"{image} from the cache, the same bytes", first.stdout == second.stdout and first.stdout)
    check(f"{image}, no credentials: what to do", "--authfile" in grade(f"{name}:v1", *tls).stderr)
    check(f"{image}, an unknown authority: what to do", "--ca-file" in grade(f"{name}:v1", "--authfile", auth).stderr)
    for what, run in {"no credentials": grade(f"{name}:v1", *tls),
                      "a wrong password": grade(f"{name}:v1", *tls, "--username", USER, "--password-stdin", stdin="wrong\n"),
                      "no such tag": grade(f"{name}:v2", *tls, "--authfile", auth),
                      "an unknown authority": grade(f"{name}:v1", "--authfile", auth)}.items():
        check(f"{image}, {what}: exit 3", run.returncode == 3 and not run.stdout and run.stderr, f"exit {run.returncode}: {run.stderr}")
        check(f"{image}, {what}: no password in the message", PASSWORD not in run.stderr and pair(USER, PASSWORD) not in run.stderr)


def main():
    missing = [t for t in ("docker-registry", "skopeo", "htpasswd", "openssl") if not shutil.which(t)]
    there = [i for i in ("hello", "nginx", "alpine-v3.20") if (images / i / "index.json").exists()]
    if missing or not there:
        print(f"skipped: needs {', '.join(missing) or 'an image in SCOVILLE_TEST_IMAGES'}")
        return 77
    os.environ["HOME"] = "/nonexistent"
    with tempfile.TemporaryDirectory() as d:
        root = pathlib.Path(d)
        cert, key = make_cert(root)
        server, port = serve(root, cert, key)
        try:
            for image in there:
                ask(root, port, cert, image)
        finally:
            server.terminate()
            server.wait()
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
