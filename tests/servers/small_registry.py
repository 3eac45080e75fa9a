"""small_registry.py - a registry on loopback, in memory, that can be pushed to, with the referrers API.

The first part of a repository's name says how it answers: "127.0.0.1:PORT/paged/img".
  api       lists referrers, states OCI-Subject      noapi, s400, s405, html, index  has no such list, and says so in five ways
  paged     two referrers a page                     elsewhere  the next page is on another server
  silent    lists, but does not state OCI-Subject    stated     states it, and lists nothing (404)
  flood     100,000 referrers in pages of 1,000      huge       all of them in one page
  size, digest, subject, missing                     the list says another size or digest, names what is attached elsewhere, or is gone
  cyclic    each lists each                          twice      lists everything twice
  slow      waits 20 seconds for a list              broken     500 for lists
  later     500 for the second page                  odd        404 for the list of an index, then 500 for that of a manifest
  race      another writer puts the fallback tag back once
  auth      wants a bearer token for user and password
Every request is kept in `log`.

SPDX-License-Identifier: Apache-2.0
"""
import base64
import hashlib
import http.server
import json
import re
import threading
import time
import urllib.parse

INDEX = "application/vnd.oci.image.index.v1+json"
MANIFEST = "application/vnd.oci.image.manifest.v1+json"
USER, PASSWORD, TOKEN = "tester", "swordfish" + "-17", "token" + "-of-the-test"


def digest(data):
    return "sha256:" + hashlib.sha256(data).hexdigest()


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *args):
        pass

    def answer(self, status, body=b"", type="application/json", **headers):
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        if body:
            self.send_header("Content-Type", type)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def body(self):
        return self.rfile.read(int(self.headers.get("Content-Length") or 0))

    def do(self):
        w = self.server.world
        body = self.body()
        path, _, query = self.path.partition("?")
        with w.lock:
            w.log.append((self.command, self.path, time.monotonic()))
        if path == "/token":
            good = self.headers.get("Authorization") == "Basic " + base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode()
            return self.answer(200, json.dumps({"token": TOKEN}).encode()) if good else self.answer(401)
        m = re.fullmatch(r"/v2/(.+)/(manifests|blobs|referrers)/(.+)", path)
        if not m:
            return self.answer(200 if path == "/v2/" else 404)
        repo, kind, what = m.groups()
        how = repo.split("/")[0]
        if how == "auth" and self.headers.get("Authorization") != "Bearer " + TOKEN:
            return self.answer(401, WWW_Authenticate=f'Bearer realm="{w.url}/token",service="t",scope="repository:{repo}:pull,push"')
        r = w.repo(repo)
        return getattr(self, kind)(r, how, repo, what, query, body)

    do_GET = do_HEAD = do_PUT = do_POST = do_PATCH = do

    def blobs(self, r, how, repo, what, query, body):
        if self.command == "POST":
            return self.answer(202, Location=f"/v2/{repo}/blobs/uploads/1?state=x")
        if self.command == "PUT":
            want = urllib.parse.parse_qs(query)["digest"][0]
            if digest(body) != want:
                return self.answer(400)
            r["blobs"][want] = body
            return self.answer(201)
        data = r["blobs"].get(what)
        return self.answer(404) if data is None else self.answer(200, data, "application/octet-stream")

    def manifests(self, r, how, repo, what, query, body):
        w = self.server.world
        with w.lock:
            name = r["tags"].get(what, what)
            old = r["manifests"].get(name)
            if self.command != "PUT":
                pass
            elif self.headers.get("If-Match") not in (None, f'"{name}"'):
                return self.answer(412)
            else:
                d, doc = digest(body), json.loads(body)
                if what.startswith("sha256:") and what != d:
                    return self.answer(400)
                if any(b["digest"] not in r["blobs"] for b in doc.get("layers", []) + ([doc["config"]] if "config" in doc else [])):
                    return self.answer(400, b'{"errors":[{"code":"MANIFEST_BLOB_UNKNOWN"}]}')
                r["manifests"][d] = (self.headers["Content-Type"], body)
                if not what.startswith("sha256:"):
                    if how == "race" and not r["raced"] and re.fullmatch("sha256-[0-9a-f]{64}", what):
                        r["raced"] = True  # somebody else read before and writes after
                        other = json.dumps({"schemaVersion": 2, "mediaType": INDEX, "manifests": []}).encode()
                        d = digest(other)
                        r["manifests"][d] = (INDEX, other)
                    r["tags"][what] = d
                states = "subject" in doc and how in ("api", "paged", "stated", "auth", "twice", "cyclic", "size", "digest", "slow", "flood")
                return self.answer(201, **({"OCI_Subject": doc["subject"]["digest"]} if states else {}))
        if not old or (how == "missing" and b'"subject"' in old[1]):
            return self.answer(404, b'{"errors":[{"code":"MANIFEST_UNKNOWN"}]}')
        return self.answer(200, old[1], old[0], Docker_Content_Digest=name, ETag=f'"{name}"')

    def referrers(self, r, how, repo, what, query, body):
        w = self.server.world
        if how in ("noapi", "stated", "race"):
            return self.answer(404)
        if how in ("s400", "s405"):
            return self.answer(int(how[1:]))
        if how == "html":
            return self.answer(200, b"<!doctype html><p>hello", "text/html")
        if how == "index":
            return self.answer(200, b'{"repositories":[]}')
        if how == "slow":
            time.sleep(20)
        if how == "broken":
            return self.answer(500)
        if how == "odd":
            is_index = r["manifests"].get(what, ("",))[0] == INDEX
            time.sleep(0 if is_index else 0.3)
            return self.answer(404 if is_index else 500)
        page = int(urllib.parse.parse_qs(query).get("page", ["0"])[0])
        if how == "later" and page:
            return self.answer(500)
        found = []
        with w.lock:
            for d, (type, data) in r["manifests"].items():
                doc = json.loads(data)
                subject = doc.get("subject", {}).get("digest")
                if subject == what or (how == "cyclic" and d != what) or (how == "subject" and subject):
                    e = {"mediaType": type, "digest": d, "size": len(data), "artifactType": doc.get("artifactType", "")}
                    if how == "size":
                        e["size"] += 1
                    if how == "digest":
                        e["digest"] = "sha256:" + "0" * 64 if page else d[:-1] + ("0" if d[-1] != "0" else "1")
                    found.append(e)
        if how == "twice":
            found *= 2
        link = {"Link": f'</v2/{repo}/referrers/{what}?page=1>; rel="next"'} if how == "later" else {}
        if how in ("flood", "huge"):
            n, start = (1000, page * 1000) if how == "flood" else (100000, 0)
            found = [{"mediaType": MANIFEST, "digest": digest(str(i).encode()), "size": 700, "artifactType": "application/x-" + "y" * 40}
                     for i in range(start, start + n)]
            if how == "flood" and start + n < 100000:
                link = {"Link": f'</v2/{repo}/referrers/{what}?page={page + 1}>; rel="next"'}
        if how == "paged":
            if len(found) > 2 * page + 2:
                link = {"Link": f'</v2/{repo}/referrers/{what}?page={page + 1}>; rel="next"'}
            found = found[2 * page:2 * page + 2]
        if how == "elsewhere":
            link = {"Link": f'<http://127.0.0.2:1/v2/{repo}/referrers/{what}?page=1>; rel="next"'}
        out = {"schemaVersion": 2, "mediaType": INDEX, "manifests": found}
        return self.answer(200, json.dumps(out).encode(), INDEX, **link)


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64

    def handle_error(self, request, client_address):
        pass  # a client that has read enough


class World:
    def __init__(self):
        self.lock, self.log, self.repos = threading.RLock(), [], {}
        self.server = Server(("127.0.0.1", 0), Handler)
        self.server.world = self
        self.host = f"127.0.0.1:{self.server.server_address[1]}"
        self.url = "http://" + self.host
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def repo(self, name):
        with self.lock:
            return self.repos.setdefault(name, {"blobs": {}, "manifests": {}, "tags": {}, "raced": False})

    def put(self, repo, data, type=None, tag=None):
        """A blob, or with a type a manifest."""
        r = self.repo(repo)
        if type:
            r["manifests"][digest(data)] = (type, data)
            if tag:
                r["tags"][tag] = digest(data)
        else:
            r["blobs"][digest(data)] = data
        return {"mediaType": type or "application/octet-stream", "digest": digest(data), "size": len(data)}

    def requests(self, word):
        with self.lock:
            return [x for x in self.log if word in x[1]]

    def forget(self):
        with self.lock:
            self.log.clear()
