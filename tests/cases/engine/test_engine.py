#!/usr/bin/env python3
"""test_engine.py SCOVILLE: an image of a running engine (Debian's podman, started here) gives the layout's verdicts.

SPDX-License-Identifier: Apache-2.0
"""
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time

scoville = os.path.abspath(sys.argv[1])
images = os.environ.get("SCOVILLE_TEST_IMAGES", "")
MAY_DIFFER = {"prov.signed", "prov.slsa", "prov.sbom", "conf.annot", "conf.secprofile"}


def verdicts(reference, **environment):
    r = subprocess.run([scoville, "grade", "--no-cache", "--now", "2026-11-01", "-o", "json", reference], stdout=subprocess.PIPE,
                       stderr=subprocess.PIPE, env={**os.environ, **environment})
    if r.returncode:
        sys.exit(f"FAILED {reference}: exit {r.returncode}: {r.stderr.decode(errors='replace')}")
    return {c["id"]: c["verdict"] for c in json.loads(r.stdout)["criteria"]}


def start(podman, socket, env):
    server = subprocess.Popen([*podman, "system", "service", "--time", "120", "unix://" + socket], env=env, stderr=subprocess.DEVNULL)
    for _ in range(100):
        if os.path.exists(socket):
            return server
        time.sleep(0.1)
    server.kill()
    return None


def main():
    name = "hello" if not os.path.exists(f"{images}/oci/nginx/index.json") else "nginx"
    if not os.path.exists(f"{images}/oci/{name}/index.json") or not shutil.which("podman") or os.getuid():
        print("skipped: needs an image in SCOVILLE_TEST_IMAGES, podman, and root")
        return 77
    bad = 0
    with tempfile.TemporaryDirectory(dir="/var/tmp") as d:
        env = {**os.environ, "XDG_RUNTIME_DIR": d, "TMPDIR": d}
        podman = ["podman", "--root", d + "/root", "--runroot", d + "/run", "--storage-driver", "vfs"]
        pull = subprocess.run([*podman, "pull", "-q", f"oci:{images}/oci/{name}:latest"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=env, text=True)
        server = start(podman, d + "/podman.sock", env) if not pull.returncode else None
        if not server:
            print(f"skipped: podman does not work here: {pull.stderr.strip()[-200:]}")
            return 77
        try:
            want, got = verdicts(f"oci:{images}/oci/{name}"), verdicts("docker:" + pull.stdout.strip(), CONTAINER_HOST=f"unix://{d}/podman.sock")
            for key in want:
                free = key in MAY_DIFFER and "not-assessed" in (want[key], got[key])
                if want[key] != got[key] and not free:
                    print(f"FAILED {key}: layout {want[key]}, engine {got[key]}")
                    bad += 1
            gone = subprocess.run([scoville, "grade", "docker:no-such-image"], env={**os.environ, "CONTAINER_HOST": f"unix://{d}/podman.sock"}, stderr=subprocess.PIPE, text=True)
            if gone.returncode != 3 or "no-such-image" not in gone.stderr:
                print(f"FAILED an unknown name: exit {gone.returncode}: {gone.stderr}")
                bad += 1
        finally:
            server.terminate()
            server.wait()
        subprocess.run(["umount", "-q", d + "/root/overlay"], stderr=subprocess.DEVNULL)
    none = subprocess.run([scoville, "grade", "docker:x"], env={**os.environ, "DOCKER_HOST": "unix:///nonexistent.sock"}, stderr=subprocess.PIPE, text=True)
    if none.returncode != 3 or "/nonexistent.sock" not in none.stderr:
        print(f"FAILED no engine: exit {none.returncode}: {none.stderr}")
        bad += 1
    print(f"{len(want)} verdicts of {name} from the engine, {bad} wrong")
    return 1 if bad else 0


sys.exit(main())
