"""bad_registry.py - a small registry on loopback that misbehaves on request.

The first part of a repository's name says how: "127.0.0.1:PORT/stall-body/img". Two listeners
(127.0.0.1 and 127.0.0.2, both TLS) play a registry and for another host; a third speaks
plain HTTP. Every request is kept in `log`, so that a test can see what was sent to whom.

SPDX-License-Identifier: Apache-2.0
"""
import base64
import hashlib
import http.server
import json
import random
import socket
import ssl
import threading
import time
import urllib.parse

OCI = "application/vnd.oci.image."
USER, PASSWORD = "tester", "swordfish" + "-17"
AUTHORIZATION = base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode()


def digest(data):
    return "sha256:" + hashlib.sha256(data).hexdigest()


def make_image():
    noise = random.Random(7)
    layers = [noise.randbytes(3 << 20), noise.randbytes(300 << 10), b""]
    config = json.dumps({"os": "linux", "architecture": "amd64", "rootfs": {"type": "layers", "diff_ids": []}}).encode()
    blobs = {digest(b): b for b in layers + [config]}
    manifest = json.dumps({
        "schemaVersion": 2, "mediaType": OCI + "manifest.v1+json",
        "config": {"mediaType": OCI + "config.v1+json", "digest": digest(config), "size": len(config)},
        "layers": [{"mediaType": OCI + "layer.v1.tar", "digest": digest(b), "size": len(b)} for b in layers],
    }).encode()
    return manifest, blobs


MANIFEST, BLOBS = make_image()
BIG = max(BLOBS, key=lambda d: len(BLOBS[d]))


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *args):
        pass

    def do_HEAD(self):
        self.route()

    def do_GET(self):
        self.route()

    def do_CONNECT(self):
        with self.server.world.lock:
            self.server.world.log.append((self.server.name, self.command, self.path, dict(self.headers)))
        self.answer(407, b"", headers=[("Proxy-Authenticate", 'Basic realm="p"')])

    def do_POST(self):
        self.form = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
        self.route()

    def route(self):
        srv = self.server
        url = urllib.parse.urlsplit(self.path)
        parts = url.path.strip("/").split("/")
        self.query = dict(urllib.parse.parse_qsl(url.query))
        self.raw_query = url.query
        self.parts = parts
        self.case = parts[1] if len(parts) > 1 else ""
        with srv.world.lock:
            srv.world.log.append((srv.name, self.command, self.path, dict(self.headers)))
            key = (self.case, url.path)
            self.count = srv.world.counts[key] = srv.world.counts.get(key, 0) + 1
        try:
            if parts[0] == "token":
                self.token()
            elif parts[0] == "cdn":
                self.cdn()
            elif "manifests" in parts:
                self.manifest()
            elif "blobs" in parts:
                self.blob(BLOBS.get(parts[-1]))
            else:
                self.answer(404, b"{}")
        except (BrokenPipeError, ConnectionResetError, ssl.SSLError, OSError):
            self.close_connection = True

    # -- answers

    def answer(self, status, body=b"", kind="application/json", length=None, headers=()):
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body) if length is None else length))
        for name, value in headers:
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def refuse(self, status, code, headers=()):
        body = json.dumps({"errors": [{"code": code, "message": "said " + self.headers.get("Authorization", "nothing")}]})
        self.answer(status, body.encode(), headers=headers)

    def redirect(self, to, status=307):
        self.answer(status, b"moved", "text/plain", headers=[("Location", to)])

    def cut(self):
        """End the connection without a word."""
        self.wfile.flush()
        self.close_connection = True
        try:
            self.connection.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass

    def wait(self):
        """Until the client goes away or the server stops."""
        self.server.world.stopping.wait(20)
        self.cut()

    def drip(self, head):
        self.wfile.write(head)
        while not self.server.world.stopping.wait(0.2):
            self.wfile.write(b"a")

    # -- who may read

    def allowed(self):
        given = self.headers.get("Authorization", "")
        case = self.case
        if not (case.startswith("auth-") or case.startswith("basic")):
            return True
        if case.startswith("basic"):
            if given == "Basic " + base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode():
                return True
            self.refuse(401, "UNAUTHORIZED", [("WWW-Authenticate", 'Basic realm="a, b"')])
            return False
        if given.startswith("Bearer tok-" + case) and given not in self.server.world.revoked:
            if case == "auth-expire" and self.count % 2 == 0:
                self.server.world.revoked.add(given)
            return True
        realm = f"{self.server.world.registry}/token/{case}"
        if case == "auth-plain-realm":
            realm = "http://registry.invalid/token"
        if case == "auth-file-realm":
            realm = "file:///etc/passwd"
        bearer = f'Bearer realm="{realm}",service="a,b \\"c\\"",scope="repository:{case}/img:pull"'
        if case == "auth-many":
            headers = [("WWW-Authenticate", "Negotiate"), ("WWW-Authenticate", 'Basic realm="x, y", ' + bearer)]
        elif case == "auth-broken":
            headers = [("WWW-Authenticate", 'Bearer realm="unended')]
        elif case == "auth-strange":
            headers = [("WWW-Authenticate", "Negotiate YII==")]
        elif case == "auth-none":
            headers = []
        else:
            headers = [("WWW-Authenticate", bearer)]
        self.refuse(401, "UNAUTHORIZED", headers)
        return False

    def token(self):
        case = self.case
        given = self.headers.get("Authorization", "")
        token = {"token": f"tok-{case}-{self.count}", "expires_in": 300}
        if case == "auth-identity":
            form = dict(urllib.parse.parse_qsl(self.form)) if self.command == "POST" else {}
            good = form.get("grant_type") == "refresh_token" and form.get("refresh_token") == "ident" + "ity"
            return self.answer(200, json.dumps({"access_token": token["token"]}).encode()) if good \
                else self.refuse(401, "UNAUTHORIZED")
        if case == "auth-identity-get" and self.command == "POST":
            return self.answer(405 if self.count % 2 else 404, b"")
        if case == "auth-password" or case == "auth-identity-get":
            secret = PASSWORD if case == "auth-password" else "ident" + "ity"
            if given != "Basic " + base64.b64encode(f"{USER}:{secret}".encode()).decode():
                return self.refuse(401, "UNAUTHORIZED")
        if case == "auth-token-html":
            return self.answer(200, b"<html>login</html>", "text/html")
        if case == "auth-token-lines":
            token["token"] = "a\r\nX-Evil: 1"
        if case == "auth-token-none":
            token = {"expires_in": 300}
        if case == "auth-token-huge":
            token["token"] = "x" * (2 << 20)
        if case == "auth-token-stall":
            return self.wait()
        if case == "auth-token-drip":
            return self.drip(b"HTTP/1.1 200 OK\r\nX-A: ")
        if case == "auth-token-403":
            return self.refuse(403, "DENIED")
        if case == "auth-short":
            token["expires_in"] = 1
        if case == "auth-elsewhere" and self.server.name == "registry":
            return self.redirect(f"{self.server.world.other}/token/{case}?{self.raw_query}")
        want = {"service": 'a,b "c"', "scope": f"repository:{case}/img:pull"}
        if self.command == "GET" and any(self.query.get(k) != v for k, v in want.items()):
            return self.refuse(400, "UNSUPPORTED")
        self.answer(200, json.dumps(token).encode())

    # -- documents

    def manifest(self):
        case, world = self.case, self.server.world
        if not self.allowed():
            return
        kind, head = OCI + "manifest.v1+json", [("Docker-Content-Digest", digest(MANIFEST))]
        if case == "s401":
            return self.refuse(401, "UNAUTHORIZED", [("WWW-Authenticate", 'Basic realm="r"')])
        if case == "s403":
            return self.refuse(403, "DENIED")
        if case == "s404":
            return self.refuse(404, "MANIFEST_UNKNOWN")
        if case == "s418":
            return self.refuse(418, "lower case and Basic")
        if case == "s429" and self.count == 1:
            return self.refuse(429, "TOOMANYREQUESTS", [("Retry-After", "1")])
        if case == "s429-long":
            return self.refuse(429, "TOOMANYREQUESTS", [("Retry-After", "86400")])
        if case == "s500" and self.count <= 3:
            return self.refuse(500 + 2 * (self.count % 2), "UNKNOWN")
        if case == "s503":
            return self.refuse(503, "UNAVAILABLE")
        if case == "drop" and self.count <= 2:
            return self.cut()
        if case == "stall" or (case == "stall-once" and self.count == 1):
            return self.wait()
        if case == "drip-headers":
            return self.drip(b"HTTP/1.1 200 OK\r\nX-A: ")
        if case == "late":
            world.stopping.wait(0.8)
            return self.refuse(503, "UNAVAILABLE")
        if case == "s429-wait":
            return self.refuse(429, "TOOMANYREQUESTS", [("Retry-After", "30")])
        if case == "circle":
            return self.redirect(self.path if self.count % 2 else self.path + "?x")
        if case == "chain":
            return self.redirect(f"/v2/chain/img/manifests/x{self.count}/{self.parts[-1]}"[:200])
        if case == "to-file":
            return self.redirect("file:///etc/passwd")
        if case == "to-plain":
            return self.redirect("http://registry.invalid/x?X-Signature=" + "se" + "cret")
        if case == "to-nothing":
            return self.answer(302, b"")
        if case == "to-password":
            return self.redirect("https://u:" + "pw" + "@127.0.0.1/")
        if case == "html":
            return self.answer(200, b"<!DOCTYPE html><title>Log in</title>", "text/html; charset=utf-8")
        if case == "html-untold":
            return self.answer(200, b"\n  <html>Log in</html>", kind)
        if case == "digest":
            head = [("Docker-Content-Digest", "sha256:" + "0" * 64)]
        if case == "digest-bad":
            head = [("Docker-Content-Digest", "nonsense")]
        if case == "huge":
            return self.answer(200, b"{", kind, 100 << 20)
        if case == "huge-chunked":
            self.send_response(200)
            self.send_header("Transfer-Encoding", "chunked")
            self.end_headers()
            for _ in range(1600):
                self.wfile.write(b"10000\r\n" + b" " * 65536 + b"\r\n")
            return self.wfile.write(b"0\r\n\r\n")
        if case == "longer-manifest":
            return self.short_answer(MANIFEST, kind, len(MANIFEST) + 10)
        if case == "many-headers":
            head = head + [("X-%d" % i, "y" * 4000) for i in range(100)]
        self.answer(200, MANIFEST, kind, headers=head)

    def short_answer(self, body, kind, length):
        self.answer(200, body, kind, length)
        self.cut()

    # -- blobs

    def blob(self, data):
        case, world = self.case, self.server.world
        if data is None:
            return self.refuse(404, "BLOB_UNKNOWN")
        if not self.allowed():
            return
        kind = "application/octet-stream"
        if case == "blob-stall-all":
            return self.wait()
        if self.parts[-1] != BIG:
            return self.answer(200, data, kind)
        start = 0
        given = self.headers.get("Range", "")
        if given.startswith("bytes="):
            start = int(given[6:].split("-")[0])
        if case == "blob-404":
            return self.refuse(404, "BLOB_UNKNOWN")
        if case == "blob-stall" or (case == "blob-stall-once" and not start):
            self.send_response(200)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data[:100000])
            self.wfile.flush()
            return self.wait()
        if case == "blob-drip":
            self.send_response(200)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            at = 0
            while not world.stopping.wait(0.1):
                self.wfile.write(data[at:at + 1])
                at += 1
            return None
        if case == "blob-short":
            return self.answer(200, data[:1000], kind)
        if case == "blob-long":
            return self.answer(200, data + b"more", kind)
        if case in ("blob-long-chunked", "blob-short-chunked"):
            self.send_response(200)
            self.send_header("Transfer-Encoding", "chunked")
            self.end_headers()
            body = data + b"more" if case == "blob-long-chunked" else data[:1000]
            for at in range(0, len(body), 50000):
                piece = body[at:at + 50000]
                self.wfile.write(b"%x\r\n" % len(piece) + piece + b"\r\n")
            return self.wfile.write(b"0\r\n\r\n")
        if case == "blob-html":
            return self.answer(200, b"<html>", "text/html")
        if case == "blob-wrong":
            return self.answer(200, bytes(len(data)), kind)
        if case in ("break-range", "auth-break"):
            return self.part(data, start, min(len(data), start + (1 << 20)))
        if case == "break-whole":
            end = min(len(data), (1 << 20) * self.count)
            return self.part(data, 0, end)
        if case == "break-tiny":
            return self.part(data, start, start + 10)
        if case == "break-other" and start:
            return self.part(data, start - 5, len(data))
        if case == "break-size" and start:
            return self.part(data, start, len(data), total=len(data) + 1)
        if case == "break-nonsense" and start:
            return self.answer(206, data[start:], kind, headers=[("Content-Range", "what")])
        if case == "break-416" and start:
            return self.refuse(416, "RANGE_INVALID")
        if case == "break-500" and start and self.count == 2:
            return self.refuse(500, "UNKNOWN")
        if case in ("break-other", "break-size", "break-nonsense", "break-416", "break-500"):
            return self.part(data, start, len(data) if start else 1 << 20)
        if case == "cdn" or case == "auth-cdn" or case == "cdn-403" or case == "cdn-back":
            return self.redirect(f"{world.other}/cdn/{case}/{self.parts[-1]}?X-Signature=" + "se" + "cret")
        if case == "cdn-relative":
            return self.redirect(f"/cdn/{case}/{self.parts[-1]}")
        self.answer(200, data, kind)

    def part(self, data, start, end, total=None):
        """The bytes from start on are announced; at end, when that is before the last, the connection is cut."""
        self.send_response(206 if start else 200)
        self.send_header("Content-Length", str(len(data) - start))
        if start:
            self.send_header("Content-Range", f"bytes {start}-{len(data) - 1}/{total or len(data)}")
        self.end_headers()
        self.wfile.write(data[start:end])
        if end < len(data):
            self.cut()

    def cdn(self):
        if self.case == "cdn-403":
            return self.refuse(403, "DENIED")
        if self.case == "cdn-back" and self.server.name == "other":
            return self.redirect(f"{self.server.world.registry}/cdn/cdn-back/{self.parts[-1]}")
        self.answer(200, BLOBS[self.parts[-1]], "application/octet-stream")


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64

    def __init__(self, world, name, address, tls):
        self.world, self.name, self.tls = world, name, tls
        super().__init__((address, 0), Handler)

    def get_request(self):
        sock, peer = super().get_request()
        if self.tls:  # the handshake happens at the first read, in the connection's thread
            sock = self.tls.wrap_socket(sock, server_side=True, do_handshake_on_connect=False)
        return sock, peer

    def handle_error(self, request, client_address):
        pass


class World:
    """All listeners. registry, other, plain: their URLs; host(name): what goes into a reference."""

    def __init__(self, cert, key):
        self.log, self.counts, self.revoked = [], {}, set()
        self.lock, self.stopping = threading.Lock(), threading.Event()
        tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        tls.load_cert_chain(cert, key)
        self.servers = {
            "registry": Server(self, "registry", "127.0.0.1", tls),
            "other": Server(self, "other", "127.0.0.2", tls),
            "plain": Server(self, "plain", "127.0.0.1", None),
        }
        for s in self.servers.values():
            threading.Thread(target=s.serve_forever, daemon=True).start()
        self.registry = "https://" + self.host("registry")
        self.other = "https://" + self.host("other")

    def host(self, name):
        return "%s:%d" % self.servers[name].server_address[:2]

    def take_log(self):
        with self.lock:
            log, self.log = self.log, []
        return log

    def stop(self):
        self.stopping.set()
        for s in self.servers.values():
            s.shutdown()
            s.server_close()
