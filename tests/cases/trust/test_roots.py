#!/usr/bin/env python3
"""test_roots.py - `scoville trust update|show` against a repository of TUF made here: a folder, and a server on loopback.

    test_roots.py SCOVILLE [sanitized]

Exits 77 when openssl is missing.

SPDX-License-Identifier: Apache-2.0
"""
import hashlib
import http.server
import json
import os
import pathlib
import shutil
import ssl
import subprocess
import sys
import tempfile
import threading
import time

OK, USAGE, FAILED = 0, 2, 3
NOW, LATER, PAST = "2026-11-30", "2027-06-01T00:00:00Z", "2026-11-01T00:00:00Z"
ROOT = pathlib.Path(__file__).resolve().parents[3] / "data/trust/trusted_root.json"


class Keys:
    """Ed25519 keys by letter, made with the openssl command."""

    def __init__(self, folder):
        self.folder, self.public = folder, {}
        for letter in "abt":
            key = folder / f"{letter}.pem"
            subprocess.run(["openssl", "genpkey", "-algorithm", "ed25519", "-out", key], check=True)
            der = subprocess.run(["openssl", "pkey", "-in", key, "-pubout", "-outform", "DER"], check=True, capture_output=True).stdout
            self.public[letter] = {"keytype": "ed25519", "scheme": "ed25519", "keyval": {"public": der[-32:].hex()}}

    def seal(self, body, letters):
        text = self.folder / "text"
        text.write_bytes(json.dumps(body, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode())
        signatures = []
        for letter in letters:
            sig = subprocess.run(["openssl", "pkeyutl", "-sign", "-inkey", self.folder / f"{letter}.pem", "-rawin", "-in", text], check=True,
                                 capture_output=True).stdout
            signatures.append({"keyid": letter, "sig": sig.hex()})
        return json.dumps({"signed": body, "signatures": signatures}).encode()


def document(kind, version, expires=LATER, **more):
    return {"_type": kind, "spec_version": "1.0", "version": version, "expires": expires, **more}


class Repository:
    """Files by name: metadata at the top, targets below targets/."""

    def __init__(self, keys):
        self.keys, self.files = keys, {}

    def root(self, version, letters="ab", root_keys="ab", expires=LATER):
        role = {"keyids": list(root_keys), "threshold": 2}
        online = {"keyids": ["t"], "threshold": 1}
        body = document("root", version, expires, consistent_snapshot=True, keys=self.keys.public,
                        roles={"root": role, "targets": role, "snapshot": online, "timestamp": online})
        self.files[f"{version}.root.json"] = self.keys.seal(body, letters)

    def publish(self, number, target, expires=LATER, signer="t"):
        digest = hashlib.sha256(target).hexdigest()
        self.files[f"targets/{digest}.trusted_root.json"] = target
        listed = {"trusted_root.json": {"length": len(target), "hashes": {"sha256": digest}}}
        self.files[f"{number}.targets.json"] = self.keys.seal(document("targets", number, targets=listed), "ab")
        meta = {"targets.json": {"version": number}}
        self.files[f"{number}.snapshot.json"] = self.keys.seal(document("snapshot", number, meta=meta), "t")
        meta = {"snapshot.json": {"version": number}}
        self.files["timestamp.json"] = self.keys.seal(document("timestamp", number, expires, meta=meta), signer)

    def write(self, folder):
        for name, data in self.files.items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_bytes(data)


class Server:
    def __init__(self, cert, key):
        self.files, self.fault, self.log = {}, {}, []
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *args):
                pass

            def do_GET(self):
                name = self.path.removeprefix("/tuf/")
                outer.log.append(name)
                data = outer.files.get(name)
                fault = next((v for k, v in outer.fault.items() if name.endswith(k)), None)
                try:
                    if fault == "error":
                        return self.answer(500, b"")
                    if data is None:
                        return self.answer(404, b"<html>not found</html>")
                    if fault == "endless":
                        self.send_response(200)
                        self.send_header("Connection", "close")
                        self.end_headers()
                        self.close_connection = True
                        for _ in range(100000):
                            self.wfile.write(b" " * 65536)
                        return None
                    if fault == "slow":
                        self.send_response(200)
                        self.send_header("Content-Length", str(len(data)))
                        self.end_headers()
                        self.wfile.write(data[:10])
                        self.wfile.flush()
                        time.sleep(30)
                        return None
                    if fault == "cut":
                        self.send_response(200)
                        self.send_header("Content-Length", str(len(data)))
                        self.end_headers()
                        self.wfile.write(data[:-20])
                        self.close_connection = True
                        return None
                    self.answer(200, fault(data) if callable(fault) else data)
                except OSError:
                    self.close_connection = True

            def answer(self, status, data):
                self.send_response(status)
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(cert, key)
        self.server.socket = context.wrap_socket(self.server.socket, server_side=True)
        self.url = f"https://127.0.0.1:{self.server.server_address[1]}/tuf"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()


class Run:
    def __init__(self, program, folder):
        self.program, self.state, self.cert = program, folder / "state", folder / "tls.pem"
        self.failed = 0

    def __call__(self, *args):
        env = {**os.environ, "XDG_STATE_HOME": str(self.state)}
        return subprocess.run([self.program, "trust", *map(str, args)], capture_output=True, text=True, env=env, timeout=120)

    def update(self, *args, now=NOW):
        return self("update", "--ca-file", self.cert, "--now", now, "--limit", "retries=0", *args)

    def stored(self):
        file = self.state / "scoville/trust.json"
        return file.read_bytes() if file.exists() else None

    def expect(self, name, done, code, text):
        out = done.stdout + done.stderr
        if done.returncode != code or text not in out:
            self.failed += 1
            print(f"{name}: exit {done.returncode} (want {code}), want {text!r} in:\n{out}")

    def must(self, name, truth):
        if not truth:
            self.failed += 1
            print(f"{name}: failed")


def updates(run, keys, server, folder):
    first = folder / "first.json"
    target = ROOT.read_bytes()
    newer = json.loads(target)
    newer["tlogs"] = newer["tlogs"][:1]
    newer = json.dumps(newer).encode()

    good = Repository(keys)
    good.root(1)
    good.publish(3, target)
    first.write_bytes(good.files["1.root.json"])
    server.files = good.files
    begin = ["--root", first, "--from", server.url]

    run.expect("no such server", run.update("--root", first, "--from", "https://127.0.0.1:1/tuf"), FAILED, "127.0.0.1")
    run.expect("a root that did not sign", run.update("--from", server.url, "--root", ROOT), USAGE, "the first root")
    run.expect("an unknown authority", run("update", "--from", server.url, "--root", first, "--now", NOW), FAILED, "certificate")
    run.must("nothing is kept of those", run.stored() is None)
    run.expect("the first", run.update(*begin), OK, "new trust root: root 1, targets 3, timestamp 3")
    before = run.stored()
    shown = json.loads(run("show", "-o", "json", "--now", "2027-03-01").stdout)
    run.must("shown", shown["origin"] == "own" and shown["date"] == NOW and not shown["is_old"] and shown["tuf"]["targets"] == 3)
    run.must("shown as old", json.loads(run("show", "-o", "json", "--now", "2027-06-30").stdout)["is_old"])
    server.log.clear()
    run.expect("nothing new", run.update(*begin), OK, "nothing new")
    run.must("only two were asked for", server.log == ["2.root.json", "timestamp.json"])
    run.must("and the file is the same", run.stored() == before)

    old = Repository(keys)
    old.root(1)
    old.publish(2, target)
    late = Repository(keys)
    late.root(1)
    late.publish(4, newer, expires=PAST)
    forged = Repository(keys)
    forged.root(1)
    forged.publish(4, newer, signer="a")
    unusable = Repository(keys)
    unusable.root(1)
    unusable.publish(4, b'{"mediaType": "text/plain"}')
    usurped = Repository(keys)
    usurped.root(2, letters="at", root_keys="at")
    usurped.publish(4, newer)
    fresh = Repository(keys)
    fresh.root(1)
    fresh.root(2)
    fresh.publish(4, newer)

    def flip(data):
        return data.replace(b"sigstore", b"sigstoro", 1)

    def renumber(data):
        return data.replace(b'"version": 4', b'"version": 5', 1)

    for name, files, fault, text, more in [
        ("rolled back", old.files, {}, "version 2 is older than 3", []),
        ("expired", late.files, {}, "version 4 expired on 2026-11-01", []),
        ("signed with another key", forged.files, {}, "signed by 0 of the 1", []),
        ("a root of others", usurped.files, {}, "signed by 1 of the 2", []),
        ("no trusted root", unusable.files, {}, "media type", []),
        ("the file is changed", fresh.files, {"trusted_root.json": flip}, "trusted_root.json: its sha256", []),
        ("a document is changed", fresh.files, {"4.targets.json": renumber}, "4.targets.json: signed by 0", []),
        ("truncated", fresh.files, {"4.snapshot.json": "cut"}, "4.snapshot.json", []),
        ("endless", fresh.files, {"timestamp.json": "endless"}, "timestamp.json", []),
        ("slow", fresh.files, {"4.targets.json": "slow"}, "timed out", ["--timeout", "2"]),
        ("the server fails", fresh.files, {"2.root.json": "error"}, "2.root.json", []),
        ("the timestamp is gone", {k: v for k, v in fresh.files.items() if k != "timestamp.json"}, {}, "timestamp.json", []),
    ]:
        server.files, server.fault = files, fault
        started = time.monotonic()
        run.expect(name, run.update(*begin, *more), FAILED, text)
        run.must(f"{name}: in time", time.monotonic() - started < 20)
        run.must(f"{name}: the old one is there", run.stored() == before)
    server.files, server.fault = fresh.files, {}
    run.expect("after all that", run.update(*begin), OK, "new trust root: root 2, targets 4, timestamp 4 (before: 1, 3, 3)")
    shown = json.loads(run("show", "-o", "json", "--now", NOW).stdout)
    run.must("one log is left", sum(r["kind"] == "log" for r in shown["roots"][0]) == 1)

    tree = folder / "mirror"
    fresh.publish(5, target)
    fresh.write(tree)
    run.expect("from a folder", run.update("--from", tree), OK, "targets 5")
    shutil.rmtree(tree)
    run.expect("the folder is gone", run.update("--from", tree), FAILED, "timestamp.json")
    run.expect("no address for a root of one's own", run.update(), USAGE, "--from")


def damaged(run, folder):
    """What is kept is checked again each time it is read."""
    file = run.state / "scoville/trust.json"
    good = file.read_bytes()
    kept = json.loads(good)

    def changed(**more):
        return json.dumps({**kept, **more}).encode()

    other = [d.replace("timestamp.sigstore.dev", "timestamp.sigstore.dex") for d in kept["documents"]]
    for name, data, text in [
        ("another file", b"{}", "not a trust root"),
        ("cut", good[:-10], "trust.json"),
        ("changed", changed(documents=other), "sha256"),
        ("not of the built-in root", changed(own=False), "does not come from the root"),
        ("one document too many", changed(documents=[*kept["documents"], "x"]), "nothing asks for"),
        ("a document is missing", changed(documents=kept["documents"][:-1]), "trusted_root.json: 0 bytes"),
    ]:
        file.write_bytes(data)
        done = run("show", "-o", "json", "--now", NOW)
        shown = json.loads(done.stdout)
        if shown["origin"] != "built-in" or text not in (shown["not_used"] or ""):
            run.must(f"{name}: {shown['origin']}, {shown['not_used']}", False)
    file.write_bytes(good)
    file.chmod(0o666)
    run.must("others may write", "others may write" in run("show").stdout)
    file.chmod(0o600)
    run.must("good again", "of your own" in run("show").stdout)


def main():
    program = sys.argv[1]
    if not shutil.which("openssl"):
        print("skipped: no openssl command")
        return 77
    with tempfile.TemporaryDirectory(prefix="scoville-trust-") as temp:
        folder = pathlib.Path(temp)
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", folder / "tls.key",
                        "-out", folder / "tls.pem", "-days", "30", "-subj", "/CN=test", "-addext", "subjectAltName=IP:127.0.0.1"],
                       check=True, capture_output=True)
        run = Run(program, folder)
        updates(run, Keys(folder), Server(folder / "tls.pem", folder / "tls.key"), folder)
        damaged(run, folder)
        print(f"{run.failed} failures")
        return run.failed != 0


if __name__ == "__main__":
    sys.exit(main())
