#!/usr/bin/env python3
"""test_pin.py SCOVILLE: digests written into files, asked of a registry on loopback and of an OCI layout.

The diff is applied by patch and by git, and both give what --write writes.

SPDX-License-Identifier: Apache-2.0
"""
import hashlib
import http.server
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import threading

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
import oci  # noqa: E402

scoville = os.path.abspath(sys.argv[1])
failures = []


def check(name, truth, why=""):
    print(("ok " if truth else "FAILED ") + name + ("" if truth else f": {why}"), flush=True)
    if not truth:
        failures.append(name)


def index(text):
    return json.dumps({"schemaVersion": 2, "mediaType": INDEX, "manifests": [], "annotations": {"of": text}}).encode()


def digest(data):
    return "sha256:" + hashlib.sha256(data).hexdigest()


INDEX = "application/vnd.oci.image.index.v1+json"
tags = {}      # "name:tag" -> bytes
asked = []     # "HEAD name:tag"
is_silent = {"quiet/a"}  # names without a digest in the answer


class Registry(http.server.BaseHTTPRequestHandler):
    def answer(self, has_body):
        name, _, tag = self.path[len("/v2/"):].partition("/manifests/")
        asked.append(f"{self.command} {name}:{tag}")
        data = tags.get(f"{name}:{tag}")
        self.send_response(200 if data else 404)
        if data:
            self.send_header("Content-Type", INDEX)
            if name not in is_silent:
                self.send_header("Docker-Content-Digest", digest(data))
        self.send_header("Content-Length", str(len(data or b"")))
        self.end_headers()
        if has_body and data:
            self.wfile.write(data)

    def do_HEAD(self):
        self.answer(False)

    def do_GET(self):
        self.answer(True)

    def log_message(self, *_):
        pass


def pin(*args, cwd):
    env = {k: v for k, v in os.environ.items() if not k.startswith("SCOVILLE_")}
    run = subprocess.run([scoville, "pin", "--timeout", "30", *args], cwd=cwd, env=env, capture_output=True)
    run.stdout, run.stderr = run.stdout.decode(), run.stderr.decode()  # line ends stay
    return run


def write(folder, files):
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode())


def files_of(host):
    return {
        "Dockerfile": f"# syntax={host}/docker/dockerfile:1\nARG BASE={host}/a/base:1\nFROM {host}/a/go:1.22 AS build\nRUN make\n"
                      f"FROM ${{BASE}}\nCOPY --from=build /x /x\nCOPY --from={host}/a/go:1.22 /y /y\n",
        "my compose.yaml": f"services:\n  web:\n    image: {host}/a/base:1   # the base\n    environment:\n      API_TOKEN: "
                           f"{TOKEN}\n  db: {{image: '{host}/a/go:1.22'}}\n",
        "k8s/all.yaml": f"apiVersion: v1\r\nkind: Pod\r\nspec:\r\n  containers:\r\n  - image: {host}/a/base:1\r\n  initContainers:\r\n"
                        f"  - image: \"{host}/quiet/a:1\"",
        "values.yaml": f"image:\n  registry: {host}\n  repository: a/go\n  tag: 1.22\n  digest: \"\"\n",
        ".github/workflows/ci.yml": f"on: push\njobs:\n  a:\n    container: {host}/a/base:1\n    steps:\n    - uses: docker://{host}/a/go:1.22\n"
                                    f"    - uses: o/n@v4\n    - uses: o/n/sub@{'1' * 40} # v4\n",
    }


TOKEN = "ghp_" + "".join("aB3dE5gH7jK9mN1pQ2rS4tU6vW8xY0zA1bC2"[:36])


def all_files(folder):
    return {str(p.relative_to(folder)): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file() and ".git/" not in str(p)}


def apply_diffs(root, host):
    names = list(files_of(host))
    want = root / "written"
    write(want, files_of(host))
    diff = pin(*names, cwd=want)
    check("a diff changes nothing, and its status says that all is pinned", diff.returncode == 0
          and all_files(want) == {k: v.encode() for k, v in files_of(host).items()}, diff.stderr)
    check("each image was asked for once, by HEAD; by GET where the registry does not state it",
          sorted(asked) == sorted(["HEAD docker/dockerfile:1", "HEAD a/base:1", "HEAD a/go:1.22", "HEAD quiet/a:1", "GET quiet/a:1"]), asked)
    check("no secret is in the diff", TOKEN not in diff.stdout + diff.stderr and "the base" in diff.stdout, diff.stdout)
    done = pin("--write", *names, cwd=want)
    check("--write", done.returncode == 0 and f"Dockerfile:3: {host}/a/go:1.22: pinned to " in done.stdout, done.stdout + done.stderr)
    for tool, line in {"patch": ["patch", "-p0"], "git": ["git", "apply"]}.items():
        if not shutil.which(tool):
            print(f"{tool} is not here: not tried")
            continue
        folder = root / tool
        write(folder, files_of(host))
        subprocess.run(["git", "init", "-q", str(folder)], check=True)
        run = subprocess.run(line, cwd=folder, input=diff.stdout.encode(), capture_output=True)
        check(f"{tool} gives what --write writes", run.returncode == 0 and all_files(folder) == all_files(want), run.stdout + run.stderr)
    text = (want / "Dockerfile").read_text()
    go, base = digest(tags["a/go:1.22"]), digest(tags["a/base:1"])
    check("the Dockerfile", text == files_of(host)["Dockerfile"].replace(":1.22", f":1.22@{go}").replace("base:1", f"base:1@{base}").replace(
        "dockerfile:1", "dockerfile:1@" + digest(tags["docker/dockerfile:1"])), text)
    check("the action's commit is the one that the other line knows", f"uses: o/n@{'1' * 40} # v4\n" in (want / ".github/workflows/ci.yml").read_text())
    check("the value of Helm", f'tag: 1.22\n  digest: "{go}"\n' in (want / "values.yaml").read_text())
    again = pin(*names, cwd=want)
    check("pinned files have no diff", again.returncode == 0 and not again.stdout, again.stdout)
    return want, names


def drift(want, names, host):
    check("--check of pinned files", (run := pin("--check", *names, cwd=want)).returncode == 0 and not run.stdout, run.stdout + run.stderr)
    old, tags["a/go:1.22"] = digest(tags["a/go:1.22"]), index("newer")
    run = pin("--check", *names, cwd=want)
    check("--check names what has moved, with its line", run.returncode == 1 and
          f"Dockerfile:3: {host}/a/go:1.22: its tag names another image now, {digest(tags['a/go:1.22'])}" in run.stdout
          and "values.yaml:5:" in run.stdout, run.stdout)
    check("what is pinned stays without --update", pin(*names, cwd=want).stdout == "")
    check("--update", pin("--write", "--update", *names, cwd=want).returncode == 0 and old not in (want / "Dockerfile").read_text()
          and pin("--check", *names, cwd=want).returncode == 0)


def unpinned(root, host):
    folder = root / "unpinned"
    dead = "127.0.0.1:9"
    write(folder, {"Dockerfile": f"FROM {host}/a/go:1.22\nFROM {host}/gone:1\n", "dead/Dockerfile": f"FROM {dead}/a:1\nFROM {dead}/b:1\n",
                   "var/Dockerfile": "FROM alpine:$V\n", "bad.yaml": "a: {{ .x }}\n  b\n"})
    run = pin("--check", "Dockerfile", cwd=folder)
    check("--check of what is not pinned", run.returncode == 1 and run.stdout == f"Dockerfile:1: {host}/a/go:1.22: not pinned\n"
          f"Dockerfile:2: {host}/gone:1: not pinned\n", run.stdout + run.stderr)
    run = pin("Dockerfile", cwd=folder)
    check("one that is not there leaves its line", run.returncode == 1 and "Dockerfile:2: " in run.stderr and "not looked up" in run.stderr
          and run.stdout.count("\n+FROM") == 1, run.stderr)
    run = pin("--write", "dead/Dockerfile", cwd=folder)
    check("a registry that cannot be reached", run.returncode == 3 and run.stderr.count("not looked up") == 2
          and (folder / "dead/Dockerfile").read_text() == f"FROM {dead}/a:1\nFROM {dead}/b:1\n", run.stderr)
    run = pin("var/Dockerfile", cwd=folder)
    check("a variable is left", run.returncode == 1 and "a variable is in it" in run.stderr and not run.stdout, run.stderr)
    run = pin("bad.yaml", "nowhere", cwd=folder)
    check("files that cannot be read", run.returncode == 3 and "templates" in run.stderr and "'nowhere': No such file" in run.stderr, run.stderr)
    for args, why in (([], "name the files"), (["--check", "--write", "x"], "not both"), (["--mirror", "x", "Dockerfile"], "FROM=TO")):
        run = pin(*args, cwd=folder)
        check(f"usage: {why}", run.returncode == 2 and why in run.stderr, run.stderr)


def places(root, host):
    folder = root / "places"
    write(folder, {"real/Dockerfile": f"FROM {host}/a/go:1.22\n", "hub/Dockerfile": "FROM alpine:3.20\nFROM ghcr.io/team/x\n"})
    (folder / "Dockerfile").symlink_to("real/Dockerfile")
    os.chmod(folder / "real/Dockerfile", 0o640)
    if os.geteuid() == 0:
        os.chown(folder / "real/Dockerfile", -1, 1)
    was = os.stat(folder / "real/Dockerfile")
    run = pin("--write", "Dockerfile", "real/Dockerfile", cwd=folder)
    now = os.stat(folder / "real/Dockerfile")
    check("a link is followed, one file by two names is one, mode and owner stay", run.returncode == 0 and (folder / "Dockerfile").is_symlink()
          and "@sha256:" in (folder / "real/Dockerfile").read_text() and run.stdout.count("pinned to") == 1
          and (was.st_mode, was.st_uid, was.st_gid) == (now.st_mode, now.st_uid, now.st_gid), run.stdout + run.stderr)
    check("nothing is beside it", [p.name for p in (folder / "real").iterdir()] == ["Dockerfile"])
    layout = folder / "layout"
    data = index("alpine")
    write(layout, {"oci-layout": '{"imageLayoutVersion":"1.0.0"}', f"blobs/sha256/{digest(data)[7:]}": data.decode(), "index.json": json.dumps({
        "schemaVersion": 2, "manifests": [{"mediaType": INDEX, "digest": digest(data), "size": len(data),
                                           "annotations": {"org.opencontainers.image.ref.name": "alpine:3.20"}}]})})
    tags["mirror/team/x:latest"] = index("x")
    run = pin("--write", "--mirror", "docker.io=oci:layout", "--mirror", f"ghcr.io/team={host}/mirror/team", "hub/Dockerfile", cwd=folder)
    check("mirrors: a layout and a registry", run.returncode == 0 and (folder / "hub/Dockerfile").read_text() ==
          f"FROM alpine:3.20@{digest(data)}\nFROM ghcr.io/team/x@{digest(tags['mirror/team/x:latest'])}\n", run.stderr)


STATUS = """Package: curl
Status: install ok installed
Architecture: amd64
Version: 8.14.1-2~deb13u1

Package: mawk
Status: install ok installed
Architecture: amd64
Version: 1.3.4
Provides: awk

"""


def versions(root):
    folder = root / "versions"
    folder.mkdir()
    release = b'ID=debian\nVERSION_ID="13"\nPRETTY_NAME="Debian"\n'
    layers = {"image": ("etc/os-release", release), "bare": ("etc/os-release", release)}
    for name, entry in layers.items():
        layout = oci.Layout(str(folder / name))
        more = [("var/lib/dpkg/status", STATUS.encode())] if name == "image" else []
        history = [{"created_by": "RUN /bin/sh -c apt-get install -y curl awk # buildkit"}]
        layout.index(layout.image([layout.layer(oci.tar(entry, *more))], document={"history": history}))
    text = f"FROM scratch\nRUN apt-get install -y curl \\\n  awk\nRUN apt-get install mawk # {TOKEN}\n"
    write(folder, {"Dockerfile": text, "dead/Dockerfile": text, "k.yaml": "image: a:1@sha256:" + "a1" * 32 + "\n"})
    run = pin("--image", "oci:image", "--no-cache", "Dockerfile", cwd=folder)
    check("--image: a diff, and what is left with its reason", run.returncode == 1 and "+RUN apt-get install -y curl=8.14.1-2~deb13u1 \\\n" in run.stdout
          and "Dockerfile:3: awk: left as it is: a virtual package: mawk provides it" in run.stderr
          and "Dockerfile:4: mawk: left as it is: the history of the image does not show" in run.stderr, run.stdout + run.stderr)
    run = pin("--image", "oci:image", "--no-cache", "--check", "Dockerfile", cwd=folder)
    check("--image --check", run.returncode == 1 and run.stdout.startswith(
        "Dockerfile:2: curl: not pinned, the image has curl=8.14.1-2~deb13u1\nDockerfile:3: awk: not pinned: "), run.stdout)
    run = pin("--check", "Dockerfile", cwd=folder)
    check("packages are not looked at without --image", run.returncode == 0, run.stdout)
    run = pin("--image", "oci:image", "--no-cache", "--write", "-o", "json", "Dockerfile", "k.yaml", "nowhere", cwd=folder)
    got = json.loads(run.stdout)
    check("JSON", run.returncode == 3 and got["schema"] == 1 and got["mode"] == "write" and got["pinned"] == 1
          and [f["file"] for f in got["files"]] == ["Dockerfile", "nowhere"] and got["files"][0]["error"] is None
          and got["files"][0]["places"][0] == {"line": 2, "kind": "package", "state": "changed", "was": "curl",
                                               "becomes": "curl=8.14.1-2~deb13u1", "why": None}
          and [p["state"] for p in got["files"][0]["places"]] == ["changed", "left", "left"]
          and "No such file" in got["files"][1]["error"], run.stdout + run.stderr)
    check("--write with JSON", (folder / "Dockerfile").read_text() == text.replace("-y curl", "-y curl=8.14.1-2~deb13u1"))
    for where, status, why in (("oci:bare", 3, "packages may not be all"), ("oci:gone", 3, "gone"), ("sbom:nowhere", 3, "nowhere")):
        run = pin("--image", where, "--no-cache", "--write", "dead/Dockerfile", cwd=folder)
        check(f"nothing is changed with {where}", run.returncode == status and why in run.stderr and not run.stdout
              and (folder / "dead/Dockerfile").read_text() == text, run.stdout + run.stderr)
    run = pin("--build-arg", "A=1", "Dockerfile", cwd=folder)
    check("--build-arg is of --image", run.returncode == 2 and "--image" in run.stderr, run.stderr)
    run = pin("-o", "json", "k.yaml", cwd=folder)
    check("JSON of pinned files", run.returncode == 0 and json.loads(run.stdout)["files"] == [], run.stdout)


def main():
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Registry)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    host = f"127.0.0.1:{server.server_address[1]}"
    for name in ("docker/dockerfile:1", "a/base:1", "a/go:1.22", "quiet/a:1"):
        tags[name] = index(name)
    with tempfile.TemporaryDirectory() as folder:
        root = pathlib.Path(folder)
        drift(*apply_diffs(root, host), host)
        unpinned(root, host)
        places(root, host)
        versions(root)
    server.shutdown()
    sys.exit(1 if failures else 0)


main()
