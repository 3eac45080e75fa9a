#!/usr/bin/env python3
"""test_update.py - `scoville db update|export|push` against servers on loopback, and a scan that works through all of it.

    test_update.py SCOVILLE [sanitized]

Exits 77 when openssl is missing.

SPDX-License-Identifier: Apache-2.0
"""
import concurrent.futures
import hashlib
import http.server
import io
import json
import os
import pathlib
import re
import resource
import shutil
import signal
import ssl
import subprocess
import sys
import tempfile
import threading
import time
import urllib.parse
import zipfile

GRADED, USAGE, FAILED, INTERRUPTED = 0, 2, 3, 130
DAY = "2026-11-30"


class Server:
    """A folder of files with ETags, and a registry in memory. `fault` maps the end of a path to what goes wrong there."""

    def __init__(self, cert, key, root):
        self.root, self.fault, self.modified, self.log, self.lock = root, {}, {}, [], threading.Lock()
        self.blobs, self.tags, self.sent, self.connections = {}, {}, 0, 0
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True  # an answer is written in two pieces
            wbufsize = -1

            def setup(self):
                super().setup()
                with outer.lock:
                    outer.connections += 1

            def log_message(self, *args):
                pass

            def answer(self, status, body=b"", headers=(), cut=None):
                self.send_response(status)
                self.send_header("Content-Length", str(len(body)))
                for name, value in headers:
                    self.send_header(name, value)
                self.end_headers()
                if self.command == "HEAD":
                    return
                self.wfile.write(body if cut is None else body[:cut])
                if cut is not None:
                    self.wfile.flush()
                    self.close_connection = True

            def note(self):
                path = urllib.parse.urlsplit(self.path).path
                with outer.lock:
                    outer.log.append((self.command, path))
                return path, next((v for k, v in outer.fault.items() if path.endswith(k)), None)

            def do_GET(self):
                path, fault = self.note()
                try:
                    if path.startswith("/v2/"):
                        return self.registry(path, fault)
                    self.file(path, fault)
                except OSError:
                    self.close_connection = True

            do_HEAD = do_GET

            def file(self, path, fault):
                file = outer.root / path.lstrip("/")
                if not file.is_file():
                    return self.answer(404, b"no")
                body = file.read_bytes()
                etag = '"' + hashlib.sha256(body).hexdigest()[:16] + '"'
                if fault == "html":
                    return self.answer(200, b"<!DOCTYPE html><html><body>log in</body></html>", [("Content-Type", "text/html")])
                if fault == "hang":
                    self.send_response(200)
                    self.send_header("Content-Length", str(len(body)))
                    self.end_headers()
                    self.wfile.write(body[:10])
                    self.wfile.flush()
                    time.sleep(8)
                    self.close_connection = True
                    return None
                if self.headers.get("If-None-Match") == etag:
                    return self.answer(304)
                dated = [("Last-Modified", outer.modified[file.name])] if file.name in outer.modified else []
                return self.answer(200, body, [("ETag", etag), *dated], cut={"cut": len(body) // 2, "head": 10}.get(fault))

            def registry(self, path, fault):
                what = path.split("/")[-1]
                if "/manifests/" in path:
                    body = outer.tags.get(what) or outer.blobs.get(what)
                    kind = [("Content-Type", "application/vnd.oci.image.manifest.v1+json")]
                    return self.answer(200, body, kind) if body else self.answer(404, b"{}")
                if not self.allowed():
                    return self.answer(401, b"{}", [("WWW-Authenticate", 'Basic realm="r"')])
                body = outer.blobs.get(what)
                if body is None:
                    return self.answer(404, b"{}")
                return self.answer(200, body, cut=len(body) // 2 if fault == "cut" else None)

            def allowed(self):
                return self.command == "GET" or "Authorization" in self.headers

            def do_POST(self):
                path, _ = self.note()
                self.rfile.read(int(self.headers.get("Content-Length") or 0))
                if not self.allowed():
                    return self.answer(401, b"{}", [("WWW-Authenticate", 'Basic realm="r"')])
                return self.answer(202, b"", [("Location", "/v2/upload/1?state=x")])

            def do_PUT(self):
                path, _ = self.note()
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                query = dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(self.path).query))
                digest = "sha256:" + hashlib.sha256(body).hexdigest()
                if not self.allowed():
                    return self.answer(401, b"{}", [("WWW-Authenticate", 'Basic realm="r"')])
                if "/manifests/" in path:
                    outer.tags[path.split("/")[-1]] = outer.blobs[digest] = body
                    return self.answer(201)
                if query.get("state") != "x" or query.get("digest") != digest:
                    return self.answer(400, b"{}")
                outer.blobs[digest] = body
                outer.sent += 1
                return self.answer(201)

        self.http = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.http.daemon_threads = True
        tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        tls.load_cert_chain(cert, key)
        self.http.socket = tls.wrap_socket(self.http.socket, server_side=True)
        self.host = "127.0.0.1:%d" % self.http.server_port
        threading.Thread(target=self.http.serve_forever, daemon=True).start()

    def take_log(self):
        with self.lock:
            log, self.log = self.log, []
        return log


def feed(ecosystem, count, fixed="2.0"):
    """The all.zip of an ecosystem as OSV has it."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as z:
        for i in range(count):
            z.writestr(f"GHSA-{ecosystem.lower()}-{i:04d}.json", json.dumps({
                "schema_version": "1.6.0", "id": f"GHSA-{ecosystem.lower()}-{i:04d}", "modified": "2026-11-29T00:00:00Z",
                "affected": [{"package": {"ecosystem": ecosystem, "name": f"part{i}"}, "ranges": [
                    {"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": fixed}]}]}]}))
    return out.getvalue()


class Records:
    """An ecosystem as OSV has it: all.zip, a file for each record, and the list of when they changed."""

    def __init__(self, b, count):
        self.b, self.records, self.seconds = b, {}, 1793491200  # 2026-11-01
        for i in range(count):
            self.put(f"GHSA-{i:04d}", f"part{i}")

    def put(self, name, package, fixed="2.0", after=6 * 3600, **more):
        """The next change, so many seconds after the last one."""
        self.seconds += after
        stamp = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(self.seconds))
        self.records[name] = {
            "schema_version": "1.6.0", "id": name, "modified": stamp + ".120Z", "aliases": [f"CVE-2026-{1000 + len(self.records)}"],
            "affected": [{"package": {"ecosystem": "npm", "name": package}, "ranges": [
                {"type": "SEMVER", "events": [{"introduced": "0"}, {"fixed": fixed}]}]}], **more}

    def publish(self):
        out, listed = io.BytesIO(), []
        folder = "osv-vulnerabilities.storage.googleapis.com/npm/"
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as z:
            for name, record in self.records.items():
                text = json.dumps(record, indent=1)
                z.writestr(name + ".json", text)
                self.b.put_feed(folder + name + ".json", text.encode())
                listed.append((record["modified"].replace("0Z", "Z"), name))  # as OSV writes the two
        self.b.put_feed(folder + "all.zip", out.getvalue())
        self.b.put_feed(folder + "modified_id.csv", "".join(f"{t},{n}\n" for t, n in sorted(listed, reverse=True)).encode())
        return folder


class Bench:
    def __init__(self, scoville, folder):
        self.scoville, self.folder = scoville, folder
        self.failures, self.ran = [], 0
        self.env = {"PATH": os.environ["PATH"], "HOME": str(folder / "home")}
        for name in ("ASAN_OPTIONS", "UBSAN_OPTIONS"):
            if name in os.environ:
                self.env[name] = os.environ[name]
        (folder / "home").mkdir()
        self.cert, key = folder / "tls.crt", folder / "tls.key"
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
                        "-keyout", key, "-out", self.cert, "-days", "2", "-subj", "/CN=loopback",
                        "-addext", "subjectAltName=IP:127.0.0.1"], check=True, capture_output=True)
        for name in ("ours", "other"):
            subprocess.run(["openssl", "genpkey", "-algorithm", "ed25519", "-out", folder / f"{name}.key"], check=True, capture_output=True)
            subprocess.run(["openssl", "pkey", "-in", folder / f"{name}.key", "-pubout", "-out", folder / f"{name}.pem"],
                           check=True, capture_output=True)
        self.www = folder / "www"
        self.www.mkdir()
        self.server = Server(self.cert, key, self.www)
        self.image = self.make_image()

    def make_image(self):
        """A root with one Python package that the first database has something against."""
        info = self.folder / "root/usr/lib/python3/dist-packages/part1-1.0.dist-info"
        info.mkdir(parents=True)
        (info / "METADATA").write_text("Metadata-Version: 2.1\nName: part1\nVersion: 1.0\n")
        (info / "RECORD").write_text("part1/__init__.py,,\npart1-1.0.dist-info/METADATA,,\n")
        code = info.parent / "part1"
        code.mkdir()
        (code / "__init__.py").write_text("x = 1\n")
        return f"rootfs:{self.folder / 'root'}"

    def start(self, *args, **more):
        return subprocess.Popen([self.scoville, *map(str, args)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                                env=self.env, **more)

    def run(self, *args, **more):
        run = subprocess.run([self.scoville, *map(str, args)], capture_output=True, text=True, timeout=120, env=self.env, **more)
        if "Sanitizer" in run.stderr or "runtime error" in run.stderr:
            self.check(f"sanitizer: {args}", False, run.stderr[:3000])
        return run

    def check(self, name, truth, said=""):
        self.ran += 1
        if not truth:
            self.failures.append(name)
            print(f"not ok {name}: {said}", flush=True)

    def update(self, db, *args, now=DAY, **more):
        return self.run("db", "update", "--db", self.folder / db, "--ca-file", self.cert, "--now", now, *args, **more)

    def feeds(self, db, *args, **more):
        return self.update(db, "--mirror", f"https://{self.server.host}/feeds", "--ecosystem", "PyPI,npm", *args, **more)

    def put_feed(self, name, data):
        path = self.www / "feeds" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)

    def tree(self, db):
        folder = self.folder / db
        return {p.name: p.read_bytes() for p in folder.iterdir() if p.is_file() and not p.name.startswith("update.")} \
            if folder.exists() else {}

    def scan(self, name, db):
        """The old database gives its finding."""
        run = self.run("vulns", self.image, "--db", self.folder / db, "--now", DAY, "--no-cache", "-o", "json")
        self.check(f"{name}: a scan works", run.returncode == GRADED and "GHSA-pypi-0001" in run.stdout, run.stderr + run.stdout[:400])

    def refused(self, name, run, words, before, db, status=FAILED):
        """A failure that says why, and the database as it was."""
        self.check(f"{name}: status", run.returncode == status, f"{run.returncode} {run.stdout}{run.stderr}")
        self.check(f"{name}: words", re.search(words, run.stderr), run.stderr)
        self.check(f"{name}: the old database stays", self.tree(db) == before, sorted(self.tree(db)))
        self.check(f"{name}: nothing is left", not (self.folder / db / ".update").exists())
        self.scan(name, db)


def from_feeds(b):
    osv = "osv-vulnerabilities.storage.googleapis.com/"
    b.put_feed(osv + "PyPI/all.zip", feed("PyPI", 80))
    b.put_feed(osv + "npm/all.zip", feed("npm", 80))
    b.put_feed("www.cisa.gov/sites/default/files/feeds/known_exploited_vulnerabilities.json", json.dumps({
        "title": "CISA Catalog of Known Exploited Vulnerabilities", "catalogVersion": "2026.11.29", "dateReleased": "2026-11-29T00:00:00.0Z", "count": 1,
        "vulnerabilities": [{"cveID": "CVE-2024-1000", "vendorProject": "a", "product": "b", "dateAdded": "2026-11-01",
                             "knownRansomwareCampaignUse": "Known"}]}).encode())
    import gzip
    b.put_feed("epss.empiricalsecurity.com/epss_scores-current.csv.gz", gzip.compress(
        b"#model_version:v2025.03.14,score_date:2026-11-29T00:00:00+0000\ncve,epss,percentile\nCVE-2024-1000,0.5,0.9\n"))
    run = b.feeds("feeds")
    b.check("feeds: first", run.returncode == GRADED and "fetched 4" in run.stdout, run.stderr + run.stdout)
    b.scan("feeds: first", "feeds")
    b.server.take_log()
    before = b.tree("feeds")
    run = b.update("feeds", "--mirror", f"https://{b.server.host}/feeds")  # the ecosystems are remembered
    b.check("feeds: nothing new", run.returncode == GRADED and "fetched 0" in run.stdout and len(b.server.take_log()) == 6,
            run.stderr + run.stdout)
    b.check("feeds: the same bytes", b.tree("feeds") == before)
    b.put_feed(osv + "npm/all.zip", feed("npm", 81))
    run = b.feeds("feeds")
    b.check("feeds: one is new", run.returncode == GRADED and "fetched 1" in run.stdout, run.stderr + run.stdout)
    after = b.tree("feeds")
    same = [n for n in after if n in before and n.startswith("pypi-")]
    b.check("feeds: the other family is the same file", len(same) == 1, sorted(after))
    for fault, words in (("html", "feed osv-npm, https://.*HTML"), ("cut", "feed osv-npm: https://")):
        b.put_feed(osv + "npm/all.zip", feed("npm", 90))
        b.server.fault = {"npm/all.zip": fault}
        b.refused(f"feeds: {fault}", b.feeds("feeds", "--limit", "retries=1"), words, after, "feeds")
        b.server.fault = {}
    b.put_feed(osv + "npm/all.zip", b"")
    b.refused("feeds: empty", b.feeds("feeds"), "feed osv-npm, https://", after, "feeds")
    b.put_feed(osv + "npm/all.zip", feed("npm", 30))
    b.refused("feeds: half", b.feeds("feeds"), "npm has 30 rows, the old database 81.*--force", after, "feeds")
    run = b.feeds("feeds", "--force")
    b.check("feeds: half with --force", run.returncode == GRADED, run.stderr)
    run = b.update("feeds", "--ecosystem", "Plan9")
    b.refused("feeds: unknown ecosystem", run, "'Plan9'", b.tree("feeds"), "feeds", USAGE)


def copies(b):
    """A feed that dates no record is as old as its server says; where it does not, its age is not known, and nothing is met by it."""
    tracker = {"bash": {f"CVE-2024-{i}": {"releases": {"bookworm": {
        "status": "resolved", "repositories": {"bookworm": "5.2-1"}, "fixed_version": "5.2-1", "urgency": "low"}}} for i in range(1000, 1003)}}
    b.put_feed("security-tracker.debian.org/tracker/data/json", json.dumps(tracker).encode())
    for modified, newest in ((None, None), ("Mon, 02 Mar 2026 10:00:00 GMT", "2026-03-02"), ("yesterday", None)):
        b.server.modified = {"json": modified} if modified else {}
        db = f"copies-{modified}".replace(" ", "").replace(",", "").replace(":", "")
        run = b.update(db, "--mirror", f"https://{b.server.host}/feeds", "--ecosystem", "Debian")
        b.check(f"copies: {modified}", run.returncode == GRADED, run.stderr)
        for again in range(2):
            info = json.loads(b.run("db", "info", "--db", b.folder / db, "-o", "json", "--now", DAY).stdout)
            days = [s["newest"] for s in info["sources"] if s["name"] == "debian-tracker"]
            b.check(f"copies: {modified}: the day", days == [newest], days)
            b.update(db, "--mirror", f"https://{b.server.host}/feeds")  # nothing is new: the same copy
    b.server.modified = {}


def from_changes(b):
    """Of an archive that is here only what has changed is fetched, and the result is that of the new archive."""
    osv, fulls = Records(b, 100), []
    folder = osv.publish()
    get = lambda db="changes", **more: b.update(db, "--mirror", f"https://{b.server.host}/feeds", "--ecosystem", "npm",  # noqa: E731
                                                "--limit", "retries=1", **more)

    def asked(name, run, whole, records):
        log = [p.split("/npm/")[1] for _, p in b.server.take_log() if "/npm/" in p]
        got = sorted(p[:-5] for p in log if p.endswith(".json"))
        b.check(f"changes: {name}", run.returncode == GRADED, run.stderr)
        b.check(f"changes: {name}: what is fetched", ("all.zip" in log) == whole and (records is None or got == sorted(records)), log)
        fulls.append(f"full{len(fulls)}")
        full = get(fulls[-1])
        b.check(f"changes: {name}: as of the whole archive", full.returncode == GRADED and b.tree(fulls[-1]) == b.tree("changes"),
                full.stderr)
        b.server.take_log()

    first = get()
    asked("first", first, True, [])
    before = b.tree("changes")
    asked("nothing new", get(), False, [])
    b.check("changes: nothing new: the same bytes", b.tree("changes") == before)
    osv.put("GHSA-0007", "part7", "3.0")
    osv.put("GHSA-0008", "part8", withdrawn="2026-11-29T00:00:00Z")
    osv.put("GHSA-new", "part1", "9.0")
    osv.publish()
    connections = b.server.connections
    day = [f"GHSA-{i:04d}" for i in range(95, 100)]  # of the last day before: the archive may have been older than the list
    run = get()
    b.check("changes: one connection", b.server.connections == connections + 1, b.server.connections - connections)
    asked("three", run, False, ["GHSA-0007", "GHSA-0008", "GHSA-new", *day])
    b.check("changes: three: not the old ones", b.tree("changes") != before)
    osv.put("GHSA-0007", "part7", "4.0")
    osv.put("GHSA-0009", "part9", "4.0")
    osv.publish()
    asked("on top of changes", get(), False, ["GHSA-0007", "GHSA-0009"])
    # What goes wrong: another try, the archive, or an error that leaves everything as it was.
    for fault, where, words in (("cut", "GHSA-0010.json", "feed osv-npm: https://"), ("head", "modified_id.csv", "feed osv-npm: https://")):
        osv.put("GHSA-0010", "part10", "4.0")
        osv.publish()
        before = b.tree("changes")
        b.server.fault = {where: fault}
        run = get()
        b.check(f"changes: {fault} {where}", run.returncode == FAILED and re.search(words, run.stderr), run.stderr)
        b.check(f"changes: {fault} {where}: the old database stays", b.tree("changes") == before)
        b.server.fault = {}
        b.server.take_log()
        asked(f"after {fault} {where}", get(), False, ["GHSA-0010"])
    osv.put("GHSA-0011", "part11", "4.0")
    osv.publish()
    b.server.fault = {"GHSA-0011.json": "hang"}
    run, until = b.start("db", "update", "--db", b.folder / "changes", "--ca-file", b.cert, "--now", DAY, "--mirror",
                         f"https://{b.server.host}/feeds", "--ecosystem", "npm"), time.monotonic() + 20
    while not any(p.endswith("GHSA-0011.json") for _, p in b.server.log) and time.monotonic() < until:
        time.sleep(0.05)
    before = b.tree("changes")
    run.kill()
    run.communicate()
    b.check("changes: killed: the old database stays", b.tree("changes") == before)
    b.server.fault = {}
    b.server.take_log()
    asked("after a kill", get(), False, ["GHSA-0011"])
    for fault, where in (("html", "GHSA-0012.json"), ("html", "modified_id.csv"), ("missing", "GHSA-0012.json"), ("missing", "modified_id.csv")):
        osv.put("GHSA-0012", "part12", "5.0" if fault == "html" else "6.0")
        osv.publish()
        if fault == "missing":
            (b.www / "feeds" / folder / where).unlink()
        else:
            b.server.fault = {where: fault}
        run = get()
        b.server.fault = {}
        asked(f"{fault} {where}: the archive", run, True, None)
    osv.publish()
    asked("a list again", get(), True, [])
    for i in range(2001):
        osv.put(f"GHSA-many-{i}", f"more{i}", after=600)
    osv.publish()
    asked("more than 2000: the archive", get(), True, [])
    for i in range(1500):
        osv.put(f"GHSA-many-{i}", f"more{i}", after=600, withdrawn="2026-11-29T00:00:00Z")
    osv.publish()
    before = b.tree("changes")
    run = get()
    b.check("changes: half", run.returncode == FAILED and "less than half" in run.stderr, run.stderr)
    b.check("changes: half: the old database stays", b.tree("changes") == before)
    b.server.take_log()
    changes = b.folder / "changes/feeds/osv-npm.changes"
    b.check("changes: half: nothing is kept", not changes.exists())
    # Kept records that were damaged are not used.
    for i in range(1500):
        osv.put(f"GHSA-many-{i}", f"more{i}", after=600)
    osv.put("GHSA-0013", "part13", "7.0")
    osv.publish()
    asked("restored", get(), False, None)
    osv.put("GHSA-0014", "part14", "8.0")
    osv.publish()
    changes.write_bytes(changes.read_bytes()[:-20])
    asked("damaged: the archive", get(), True, [])
    run = get(now="2027-01-15")
    log = [p for _, p in b.server.take_log()]
    b.check("changes: after a month the archive", run.returncode == GRADED and any(p.endswith("all.zip") for p in log), run.stderr + str(log))


def from_repositories(b):
    """Amazon Linux: mirror.list leads to a repository, its repomd.xml to updateinfo.xml.gz; Photon's files beside it."""
    import gzip
    cdn, osv, photon = "cdn.amazonlinux.com/", "osv-vulnerabilities.storage.googleapis.com/", "packages.broadcom.com/photon/photon_cve_metadata/"
    for release, lst in (("2", "2/core/latest/x86_64/mirror.list"), ("2023", "al2023/core/mirrors/latest/x86_64/mirror.list")):
        b.put_feed(cdn + lst, f"https://cdn.amazonlinux.com/{release}/guid/$basearch/\n".encode())
        text = gzip.compress(
            f'<?xml version="1.0"?><updates><update type="security"><id>ALAS{release}-2026-1</id><updated date="2026-11-28 10:00"/><severity>important'
            f'</severity><references><reference id="CVE-2026-1" type="cve"/></references><pkglist><collection><package name="part1" version="2" '
            f'release="1.amzn{release}" epoch="0" arch="x86_64"/></collection></pkglist></update></updates>'.encode())
        b.put_feed(cdn + f"{release}/guid/x86_64/repodata/1-updateinfo.xml.gz", text)
        b.put_feed(cdn + f"{release}/guid/x86_64/repodata/repomd.xml",
                   f'<repomd><data type="updateinfo"><checksum type="sha256">{hashlib.sha256(text).hexdigest()}</checksum>'
                   '<location href="repodata/1-updateinfo.xml.gz"/></data></repomd>'.encode())
    for release in ("3.0", "4.0", "5.0"):
        b.put_feed(f"{photon}cve_data_photon{release}.json", json.dumps([
            {"cve_id": "CVE-2026-2", "pkg": "part2", "cve_score": 9.8, "res_ver": "NA", "status": "Unfixed"}]).encode())
    for name in ("openEuler", "Mageia"):
        b.put_feed(osv + name + "/all.zip", feed(name, 3))
    get = lambda: b.update("repositories", "--mirror", f"https://{b.server.host}/feeds", "--ecosystem", "Amazon Linux")  # noqa: E731
    run = get()
    b.check("repositories: first", run.returncode == GRADED, run.stderr)
    info = json.loads(b.run("db", "info", "--db", b.folder / "repositories", "-o", "json", "--now", DAY).stdout)
    names = {s["name"] for s in info["sources"]}
    b.check("repositories: all are in it", {"amazon-2-updateinfo", "amazon-updateinfo", "photon-cve"} <= names, names)
    before = b.tree("repositories")
    run = get()
    b.check("repositories: nothing new", run.returncode == GRADED and "fetched 0" in run.stdout and b.tree("repositories") == before,
            run.stdout + run.stderr)
    for end, words in (("latest/x86_64/mirror.list", "feed amazon-2: .*not a list of addresses"), ("repomd.xml", "feed amazon-2: .*repomd.xml")):
        b.server.fault = {end: "html"}
        run = get()
        b.check(f"repositories: {end} is HTML", run.returncode == FAILED and re.search(words, run.stderr) and
                b.tree("repositories") == before, run.stderr)
    b.server.fault = {}
    other = gzip.compress(b"<updates/>")
    b.put_feed(cdn + "2/guid/x86_64/repodata/repomd.xml",
               f'<repomd><data type="updateinfo"><checksum type="sha256">{hashlib.sha256(other).hexdigest()}</checksum>'
               '<location href="repodata/1-updateinfo.xml.gz"/></data></repomd>'.encode())
    run = get()
    b.check("repositories: an unchanged file that repomd.xml no longer states", run.returncode == FAILED and
            "not the file whose checksum repomd.xml states" in run.stderr and b.tree("repositories") == before, run.stderr)
    b.put_feed(cdn + "2/guid/x86_64/repodata/1-updateinfo.xml.gz", gzip.compress(b"<updates> </updates>"))
    run = get()
    b.check("repositories: not the file that repomd.xml states", run.returncode == FAILED and "feed amazon-2: " in run.stderr and
            "not the file whose checksum repomd.xml states" in run.stderr and b.tree("repositories") == before, run.stderr)


def remembered(b):
    """A scan says which ecosystems this machine uses; an update without names fetches these."""
    state = b.folder / "home/.local/share/scoville/db/update.state"
    state.parent.mkdir(parents=True)
    for name, data in b.tree("feeds").items():
        (state.parent / name).write_bytes(data)
    run = b.run("vulns", b.image, "--no-cache")
    b.check("remembered: the scan", run.returncode == GRADED, run.stderr)
    b.check("remembered: what it used", state.exists() and state.read_text() == "wanted pypi seen\n", state.exists() and state.read_text())
    b.server.take_log()
    (b.folder / "wolfi").mkdir()
    (b.folder / "wolfi/update.state").write_text("wanted wolfi seen\n")
    run = b.update("wolfi", "--mirror", f"https://{b.server.host}/feeds")
    b.check("remembered: terms of use", run.returncode == USAGE and "terms of use" in run.stderr and not b.server.take_log(), run.stderr)
    run = b.run("db", "update", "--mirror", f"https://{b.server.host}/feeds", "--ca-file", b.cert, "--force")
    asked = [p for _, p in b.server.take_log()]
    b.check("remembered: only that is fetched", run.returncode == GRADED and any("/PyPI/" in p for p in asked) and
            not any("/npm/" in p for p in asked), run.stderr + str(asked))


def export(b, now, to, key="ours", count=80, *more):
    source = b.folder / "build"
    for name in ("PyPI", "npm"):
        (b.folder / f"{name}.zip").write_bytes(feed(name, count if name == "npm" else 80))
    run = b.run("db", "build", b.folder / "PyPI.zip", b.folder / "npm.zip", "-o", source, "--now", now)
    b.check("build", run.returncode == GRADED, run.stderr)
    args = ["-o", to] if "://" not in str(to) else [to]
    run = b.run("db", "export" if args[0] == "-o" else "push", "--db", source, "--key", b.folder / f"{key}.key", "--now", now,
                "--ca-file", b.cert, *args, *more)
    b.check(f"publish to {to}", run.returncode == GRADED, run.stderr)


def published(b, name, where, publish, files):
    """files: how many requests for files of the database the log has."""
    key = ["--key", b.folder / "ours.pem"]
    get = lambda *args, **more: b.update(name, "--from", where, *(args or key), **more)  # noqa: E731
    publish("2026-11-28")
    b.server.take_log()
    run = get()
    b.check(f"{name}: first", run.returncode == GRADED and "fetched 3" in run.stdout, run.stderr + run.stdout)
    b.check(f"{name}: requests", files(b.server.take_log()) == 3)
    b.scan(f"{name}: first", name)
    run = get()
    b.check(f"{name}: nothing new", run.returncode == GRADED and "fetched 0" in run.stdout and files(b.server.take_log()) == 0,
            run.stderr + run.stdout)
    publish("2026-11-29", count=85)
    b.server.take_log()
    run = get()
    b.check(f"{name}: delta", run.returncode == GRADED and "fetched 2" in run.stdout and files(b.server.take_log()) == 2,
            run.stderr + run.stdout)
    before = b.tree(name)
    publish("2026-11-28")
    b.refused(f"{name}: rolled back", get(), f"{re.escape(str(where))}: older than the one.*sequence", before, name)
    publish("2026-11-29", count=85)
    b.refused(f"{name}: expired", get(now="2026-12-30"), "expired on 2026-12-13", before, name)
    b.refused(f"{name}: another key", get("--key", b.folder / "other.pem"), "not signed with the key", before, name)
    run = get("--limit", "retries=1")
    b.check(f"{name}: without a key", run.returncode == USAGE and "--key" in run.stderr, run.stderr)
    publish("2026-11-30", count=10)
    b.refused(f"{name}: half", get(), "npm has 10 rows.*--force", before, name)
    publish("2026-11-30", count=90)
    return get, before


def over_https(b):
    where = f"https://{b.server.host}/db/"
    folder = b.www / "db"
    files = lambda log: sum(p.endswith(".adv") for _, p in log)  # noqa: E731
    get, before = published(b, "https", where, lambda now, count=80: export(b, now, folder, "ours", count), files)
    npm = next(folder.glob("npm-*.adv"))
    good = {p: p.read_bytes() for p in folder.iterdir()}

    def put_back():
        for path, data in good.items():
            path.write_bytes(data)

    npm.write_bytes(good[npm][:-1] + b"x")
    b.refused("https: file tampered", get(), "npm-.*not the bytes", before, "https")
    npm.write_bytes(good[npm][:-100])
    b.refused("https: file truncated", get(), "npm-.*not the bytes", before, "https")
    npm.write_bytes(b"<html>")
    b.refused("https: file is HTML", get(), "npm-.*not the bytes", before, "https")
    npm.unlink()
    b.refused("https: file missing", get(), "npm-.*not found", before, "https")
    put_back()
    manifest, sig = folder / "manifest.json", folder / "manifest.sig"
    manifest.write_bytes(good[manifest].replace(b"2026-12-14", b"2036-12-14"))
    b.refused("https: manifest tampered", get(), "manifest.json: not signed", before, "https")
    manifest.write_bytes(b"<html>log in</html>")
    b.refused("https: HTML", get(), "manifest.json: an HTML page", before, "https")
    put_back()
    sig.write_bytes(bytes([good[sig][0] ^ 1]) + good[sig][1:])
    b.refused("https: signature tampered", get(), "not signed", before, "https")
    sig.write_bytes(good[sig][:63])
    b.refused("https: signature cut", get(), "63 bytes are not signatures", before, "https")
    sig.unlink()
    b.refused("https: no signature", get(), "no signature", before, "https")
    put_back()
    newer = good[manifest].replace(b'"format": 1', b'"format": 2')
    manifest.write_bytes(newer)
    subprocess.run(["openssl", "pkeyutl", "-sign", "-rawin", "-inkey", b.folder / "ours.key", "-in", manifest, "-out", sig], check=True)
    b.refused("https: newer format", get(), "manifest.json: format 2 is newer", before, "https")
    put_back()
    b.server.fault = {npm.name: "cut"}
    b.refused("https: cut", get("--key", b.folder / "ours.pem", "--limit", "retries=1"), "npm-", before, "https")
    full = {"preexec_fn": lambda: (signal.signal(signal.SIGXFSZ, signal.SIG_IGN), resource.setrlimit(resource.RLIMIT_FSIZE, (2000, 2000)))}
    b.server.fault = {}
    b.refused("https: full", get(**full), "npm-.*File too large", before, "https")
    b.server.fault = {npm.name: "hang"}
    args = ["db", "update", "--db", b.folder / "https", "--from", where, "--key", b.folder / "ours.pem", "--ca-file", b.cert, "--now", DAY]
    for name, sign, status in (("SIGINT", signal.SIGINT, INTERRUPTED), ("kill -9", signal.SIGKILL, -9)):
        b.server.take_log()
        run = b.start(*args)
        until = time.monotonic() + 20
        while files(b.server.log) == 0 and time.monotonic() < until:
            time.sleep(0.05)
        other = get()
        b.check(f"{name}: a second one is refused", other.returncode == FAILED and "another update" in other.stderr, other.stderr)
        time.sleep(0.2)
        run.send_signal(sign)
        since = time.monotonic()
        run.communicate()
        b.check(f"{name}: ends at once", run.returncode == status and time.monotonic() - since < 3, run.returncode)
        b.check(f"{name}: the old database stays", b.tree("https") == before)
        b.scan(name, "https")
    run = b.update("https", "--from", where, "--key", b.folder / "ours.pem", "--timeout", "1")
    b.refused("https: --timeout", run, "timed out", before, "https")
    b.server.fault = {}
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        both = [f.result() for f in [pool.submit(get) for _ in range(2)]]
    b.check("two at once: one works, the other works or says why",
            any(r.returncode == GRADED for r in both) and all(r.returncode == GRADED or "another update" in r.stderr for r in both),
            [r.stderr for r in both])
    b.check("https: in the end it is new", b.tree("https") != before and not (b.folder / "https/.update").exists())
    b.scan("https: in the end", "https")
    # A file of the own database that is damaged is fetched again.
    own = next((b.folder / "https").glob("pypi-*.adv"))
    own.write_bytes(own.read_bytes()[:-1] + b"x")
    run = get()
    b.check("https: heals", run.returncode == GRADED and "fetched 1" in run.stdout, run.stderr + run.stdout)
    run = b.update("narrow", "--from", where, "--key", b.folder / "ours.pem", "--ecosystem", "PyPI")
    b.check("https: only what is wanted", run.returncode == GRADED and not any(n.startswith("npm-") for n in b.tree("narrow")), run.stderr)
    b.scan("https: only what is wanted", "narrow")


def over_registry(b):
    where = f"oci://{b.server.host}/team/advisories:v1"
    files = lambda log: max(0, sum(m == "GET" and "/blobs/" in p for m, p in log) - 2)  # noqa: E731
    auth = b.folder / "auth.json"
    auth.write_text(json.dumps({"auths": {b.server.host: {"auth": "dTpw"}}}))
    get, before = published(b, "registry", where,
                            lambda now, count=80: export(b, now, where, "ours", count, "--authfile", auth), files)
    sent = b.server.sent
    export(b, "2026-11-30", where, "ours", 90, "--authfile", auth)
    b.check("registry: what is there is not sent again", b.server.sent == sent, b.server.sent - sent)
    run = b.run("db", "push", "--db", b.folder / "build", "--key", b.folder / "ours.key", "--ca-file", b.cert, where)
    b.check("registry: push without credentials", run.returncode == FAILED and "401" in run.stderr or "user name" in run.stderr, run.stderr)
    manifest = json.loads(b.server.tags["v1"])
    b.check("registry: an artifact", manifest["artifactType"] == "application/vnd.scoville.advisories.v1" and
            manifest["config"]["mediaType"] == "application/vnd.oci.empty.v1+json" and len(manifest["layers"]) == 5)
    npm = next(d for d in manifest["layers"] if d["annotations"]["org.opencontainers.image.title"].startswith("npm-"))["digest"]
    good = b.server.blobs[npm]
    b.server.blobs[npm] = good[:-1] + b"x"
    b.refused("registry: blob tampered", get(), "npm-", before, "registry")
    b.server.blobs[npm] = good
    b.server.fault = {npm: "cut"}
    b.refused("registry: cut", get("--key", b.folder / "ours.pem", "--limit", "retries=1"), "npm-", before, "registry")
    b.server.fault = {}
    run = get()
    b.check("registry: in the end", run.returncode == GRADED, run.stderr)
    # A mirror publishes with the first publisher's signature.
    run = b.run("db", "push", "--db", b.folder / "registry", "--ca-file", b.cert, "--authfile", auth,
                f"oci://{b.server.host}/mirror/advisories:v1")
    b.check("registry: a mirror", run.returncode == GRADED, run.stderr)
    b.server.tags["image"] = json.dumps({"schemaVersion": 2, "mediaType": "application/vnd.oci.image.manifest.v1+json",
                                         "config": manifest["config"], "layers": []}).encode()
    run = b.update("registry", "--from", where.replace(":v1", ":image"), "--key", b.folder / "ours.pem")
    b.check("registry: an image", run.returncode == FAILED and "not a database of advisories" in run.stderr, run.stderr)


def local(b):
    for name, to in (("folder", b.folder / "out"), ("archive", b.folder / "out.tar"), ("layout", f"oci:{b.folder / 'out.oci'}:v1")):
        export(b, "2026-11-29", to)
        where = f"oci-archive:{to}" if name == "archive" else to
        for key in ([], ["--key", b.folder / "ours.pem"]):
            shutil.rmtree(b.folder / name, ignore_errors=True)
            run = b.update(name, "--from", where, *key)
            b.check(f"{name}: {key}", run.returncode == GRADED and "fetched 3" in run.stdout, run.stderr)
            b.scan(name, name)
    run = b.run("db", "export", "--db", b.folder / "build", "-o", b.folder / "x")
    b.check("export without a key", run.returncode == USAGE and "--key" in run.stderr, run.stderr)
    run = b.run("db", "export", "--db", b.folder / "build", "--key", b.folder / "ours.pem", "-o", b.folder / "x")
    b.check("export with a public key", run.returncode == FAILED and "no private key" in run.stderr, run.stderr)
    run = b.update("nothing", "--from", b.folder / "root")
    b.check("a folder that is none", run.returncode == FAILED and "manifest.json" in run.stderr, run.stderr)


def main():
    if not shutil.which("openssl"):
        print("no openssl")
        return 77
    with tempfile.TemporaryDirectory() as folder:
        b = Bench(sys.argv[1], pathlib.Path(folder))
        for part in (from_feeds, from_changes, from_repositories, copies, remembered, local, over_https, over_registry):
            part(b)
    print(f"{b.ran} checks, {len(b.failures)} failed")
    return 1 if b.failures else 0


if __name__ == "__main__":
    sys.exit(main())
