#!/usr/bin/env python3
"""test_registry.py - the registry client against servers on loopback: bad ones, and Debian's docker-registry.

    test_registry.py PROBE [NAME ...]

PROBE is the program registry_probe of the build. Exits 77 when openssl is missing.

SPDX-License-Identifier: Apache-2.0
"""
import base64
import concurrent.futures
import json
import os
import pathlib
import shutil
import socket
import stat
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "servers"))
import bad_registry as bad  # noqa: E402

USAGE, NOT_FOUND, IO, NET, AUTH, FORMAT, DIGEST, LIMIT, TIMEOUT, CANCELLED = -1, -2, -3, -4, -5, -6, -7, -8, -11, -12
GOOD = 0


class Result:
    def __init__(self, run, seconds):
        self.out, self.seconds, self.status = run.stdout, seconds, run.returncode
        line = next((x for x in run.stdout.splitlines() if x.startswith("error ")), None)
        self.code = int(line.split()[1].rstrip(":")) if line else 0 if run.returncode == 0 else None
        self.text = line or run.stdout + run.stderr


class Bench:
    def __init__(self, probe, folder):
        self.probe, self.folder = probe, pathlib.Path(folder)
        self.failures, self.ran = [], 0
        self.cert, self.key = make_cert(self.folder)
        self.world = bad.World(self.cert, self.key)
        self.env = {"PATH": os.environ["PATH"], "HOME": str(self.folder / "home")}
        for name in ("ASAN_OPTIONS", "UBSAN_OPTIONS", "TSAN_OPTIONS"):
            if name in os.environ:
                self.env[name] = os.environ[name]
        (self.folder / "home").mkdir()

    def pull(self, name, env=None, **options):
        options.setdefault("ca_file", self.cert)
        options = {k: v for k, v in options.items() if v is not None}
        args = [self.probe, name] + [f"{k.replace('_', '-')}={v}" for k, v in options.items()]
        since = time.monotonic()
        run = subprocess.run(args, capture_output=True, text=True, timeout=60, env={**self.env, **(env or {})})
        if "Sanitizer" in run.stderr or "runtime error" in run.stderr:
            self.check(f"sanitizer: {args[1:]}", False, run.stderr[:3000])
        return Result(run, time.monotonic() - since)

    def case(self, case, **options):
        return self.pull(f"{self.world.host(options.pop('server', 'registry'))}/{case}/img:t", **options)

    def check(self, name, truth, said=""):
        self.ran += 1
        if not truth:
            self.failures.append(f"{name}: {said}")
            print(f"not ok {name}: {said}", flush=True)

    def requests(self, case):
        with self.world.lock:
            return [r for r in self.world.log if f"/{case}" in r[2]]


def make_cert(folder):
    cert, key = folder / "tls.crt", folder / "tls.key"
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
                    "-keyout", key, "-out", cert, "-days", "2", "-subj", "/CN=loopback",
                    "-addext", "subjectAltName=IP:127.0.0.1,IP:127.0.0.2,DNS:localhost"],
                   check=True, capture_output=True)
    return str(cert), str(key)


def expect_all(out):
    """All blobs of the image came, whole and right."""
    got = {line.split()[1]: int(line.split()[2]) for line in out.splitlines() if line.startswith("blob ")}
    return got == {d: len(b) for d, b in bad.BLOBS.items()} and "WRONG" not in out and \
        f"root {bad.digest(bad.MANIFEST)} application/vnd.oci.image.manifest.v1+json {len(bad.MANIFEST)}" in out


# name of the case, code, words of the message, options
ANSWERS = [
    ("good", GOOD, "", {}),
    ("good", GOOD, "", {"chunk": 1000}),
    ("good", GOOD, "", {"threads": 1}),
    # The deadline is of the call that read the documents, over when the next one reads the blobs.
    ("good", GOOD, "", {"deadline": 1500, "wait": 1600}),
    ("s401", AUTH, "requires a user name", {}),
    ("s403", AUTH, "status 403, DENIED", {}),
    ("s404", NOT_FOUND, "MANIFEST_UNKNOWN", {}),
    ("s418", NET, "status 418)", {}),
    ("s429", GOOD, "", {}),
    ("s429-long", NET, "after 86400 s", {}),
    ("s500", GOOD, "", {}),
    ("s500", NET, "status 50", {"retries": 0}),
    ("s503", NET, "status 503, UNAVAILABLE", {"retries": 2}),
    ("drop", GOOD, "", {}),
    ("stall", NET, "sent nothing for 0.", {"answer_stall": 1, "retries": 0}),
    ("stall", TIMEOUT, "timed out after 0.300 s", {"deadline": 300}),
    ("drip-headers", NET, "sent nothing", {"answer_stall": 1, "retries": 0}),
    ("circle", LIMIT, "more than 10 redirects", {}),
    ("chain", LIMIT, "more than 3 redirects", {"redirects": 3}),
    ("to-file", FORMAT, "scheme 'file'", {}),
    ("to-plain", NET, "plain HTTP refused", {}),
    ("to-nothing", FORMAT, "without a usable target", {}),
    ("to-password", FORMAT, "URL contains a user name", {}),
    ("html", FORMAT, "HTML page", {}),
    ("html-untold", FORMAT, "HTML page", {}),
    ("digest", DIGEST, "the registry states sha256:0000", {}),
    ("digest-bad", GOOD, "", {}),
    ("huge", LIMIT, "104857600 bytes", {}),
    ("huge-chunked", LIMIT, "answer longer than 4194304 bytes", {}),
    ("longer-manifest", NET, "", {"retries": 0}),
    ("many-headers", NET, "", {"retries": 0}),
    ("blob-404", NOT_FOUND, "BLOB_UNKNOWN", {}),
    ("blob-stall", NET, "sent nothing for 0.", {"answer_stall": 1, "retries": 0}),
    ("blob-stall", TIMEOUT, "", {"deadline": 400}),
    ("blob-drip", NET, "stalled: sent nothing, or too little, for 1 s; given up", {"answer_stall": 1, "retries": 0}),
    ("blob-short", DIGEST, "a blob of 1000 bytes, the manifest states 3145728", {}),
    ("blob-long", DIGEST, "a blob of 3145732 bytes", {}),
    ("blob-long-chunked", DIGEST, "longer than the 3145728", {}),
    ("blob-short-chunked", NET, "ended after 1000 of 3145728", {"retries": 0}),
    ("blob-html", DIGEST, "text/html", {}),
    ("break-range", GOOD, "", {}),
    ("break-range", GOOD, "", {"no_size": 1}),
    ("break-range", GOOD, "", {"chunk": 777}),
    ("break-whole", GOOD, "", {}),
    ("break-tiny", NET, "given up after 3 tries", {"retries": 2}),
    ("break-other", NET, "asked for bytes from", {}),
    ("break-size", NET, "asked for bytes from", {}),
    ("break-nonsense", FORMAT, "Content-Range", {}),
    ("break-416", NET, "status 416", {}),
    ("break-500", GOOD, "", {}),
    ("cdn", GOOD, "", {}),
    ("cdn-relative", GOOD, "", {}),
    ("cdn-back", GOOD, "", {}),
    ("cdn-403", AUTH, "status 403", {}),
    ("auth-anonymous", GOOD, "", {}),
    ("auth-many", GOOD, "", {}),
    ("auth-expire", GOOD, "", {"threads": 1}),
    ("auth-short", GOOD, "", {}),
    ("auth-break", GOOD, "", {}),
    ("auth-cdn", GOOD, "", {}),
    ("auth-elsewhere", GOOD, "", {}),
    ("auth-broken", FORMAT, "WWW-Authenticate", {}),
    ("auth-strange", AUTH, "unknown kind of credentials", {}),
    ("auth-none", AUTH, "unknown kind of credentials", {}),
    ("auth-plain-realm", AUTH, "without TLS", {}),
    ("auth-file-realm", FORMAT, "scheme 'file'", {}),
    ("auth-token-html", FORMAT, "not JSON", {}),
    ("auth-token-lines", FORMAT, "no usable token", {}),
    ("auth-token-none", FORMAT, "no usable token", {}),
    ("auth-token-huge", LIMIT, "answer longer than", {}),
    ("auth-token-403", AUTH, "status 403", {}),
    ("auth-password", GOOD, "", {"username": bad.USER, "password": bad.PASSWORD}),
    ("auth-password", AUTH, "status 401", {"username": bad.USER, "password": "wrong"}),
    ("auth-password", AUTH, "status 401", {}),
    ("basic", GOOD, "", {"username": bad.USER, "password": bad.PASSWORD}),
    ("basic", AUTH, "credentials missing or refused", {"username": bad.USER, "password": "wrong"}),
    ("basic", AUTH, "requires a user name", {}),
]


def answers(b):
    def one(row):
        case, code, words, options = row
        # A number after the name keeps the counters of rows apart; the server looks at the name only.
        return row, b.case(case, **options)

    serial = [r for r in ANSWERS if ANSWERS.index(r) != next(i for i, x in enumerate(ANSWERS) if x[0] == r[0])]
    first = [r for r in ANSWERS if r not in serial]
    results = []
    with concurrent.futures.ThreadPoolExecutor(6) as pool:
        results += pool.map(one, first)
    for row in serial:
        with b.world.lock:
            b.world.counts = {k: v for k, v in b.world.counts.items() if k[0] != row[0]}
        results.append(one(row))
    for (case, code, words, options), r in results:
        name = f"{case} {options}"
        b.check(name, r.code == code, f"code {r.code} instead of {code}: {r.text}")
        b.check(name, words in r.text, f"'{words}' is not in: {r.text}")
        b.check(name, code != GOOD or expect_all(r.out), r.out)
        b.check(name, not any(s in r.text for s in ("se" + "cret", bad.PASSWORD, "tok-", "Bearer ", bad.AUTHORIZATION)),
                f"a secret in: {r.text}")
        b.check(name, r.seconds < 12, f"{r.seconds:.1f} s")


def no_credentials_elsewhere(b):
    sent = [r for r in b.requests("auth-cdn") if r[0] == "registry" and "Authorization" in r[3]]
    away = [r for r in b.requests("auth-cdn") if r[0] == "other"]
    b.check("auth-cdn", sent and away, "no redirect was followed")
    b.check("auth-cdn", not any("Authorization" in r[3] for r in away), "Authorization went to the other host")
    r = b.case("cdn-back", username=bad.USER, password=bad.PASSWORD)
    b.check("cdn-back", r.code == GOOD, r.text)
    r = b.case("auth-elsewhere", username=bad.USER, password=bad.PASSWORD)
    away = [x for x in b.requests("auth-elsewhere") if x[0] == "other"]
    b.check("auth-elsewhere", away and not any("Authorization" in x[3] for x in away), "the password went elsewhere")


def resume_asks_for_the_rest(b):
    ranges = [r[3].get("Range") for r in b.requests("break-500") if bad.BIG in r[2]]
    b.check("break-500", ranges == [None, "bytes=1048576-", "bytes=1048576-"], ranges)


def plain_http(b):
    r = b.case("good", server="plain")
    b.check("loopback without TLS", r.code == GOOD and expect_all(r.out), r.text)
    with b.world.lock:
        port = b.world.servers["plain"].server_address[1]
    r = b.case("good", server="plain", plain_http=1)
    b.check("--plain-http", r.code == GOOD, r.text)
    certs = b.folder / "plain-certs" / f"127.0.0.1:{port}"
    certs.mkdir(parents=True)
    r = b.case("good", server="plain", certs_dir=b.folder / "plain-certs", retries=0)
    b.check("certs.d forbids to go on without TLS", r.code == NET, r.text)


def trust(b):
    r = b.case("good", ca_file=None)
    b.check("unknown authority", r.code == NET and "certificate" in r.text, r.text)
    b.check("unknown authority is not asked again", r.seconds < 2, r.seconds)
    certs = b.folder / "certs" / b.world.host("registry")
    certs.mkdir(parents=True)
    shutil.copy(b.cert, certs / "ca.crt")
    r = b.case("good", ca_file=None, certs_dir=b.folder / "certs")
    b.check("certs.d", r.code == GOOD, r.text)
    r = b.case("cdn", ca_file=None, certs_dir=b.folder / "certs")
    b.check("certs.d is for its host only", r.code == NET and "certificate" in r.text, r.text)
    shutil.copy(b.cert, certs / "client.cert")
    r = b.case("good", ca_file=None, certs_dir=b.folder / "certs")
    b.check("certificate without key", r.code == FORMAT and "client.key" in r.text, r.text)
    shutil.copy(b.key, certs / "client.key")
    r = b.case("good", ca_file=None, certs_dir=b.folder / "certs")
    b.check("client certificate", r.code == GOOD, r.text)
    r = b.case("good", ca_file=b.folder / "absent.crt")
    b.check("absent --ca-file", r.code == NOT_FOUND, r.text)
    (b.folder / "broken.crt").write_text("no certificate\n")
    r = b.case("good", ca_file=b.folder / "broken.crt")
    b.check("broken --ca-file", r.code == NET, r.text)


def write_json(path, value):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(value))
    return path


def pair(user, secret):
    return base64.b64encode(f"{user}:{secret}".encode()).decode()


def credential_files(b):
    host, good = b.world.host("registry"), {"auth": pair(bad.USER, bad.PASSWORD)}
    auths = {"auths": {host: good}}
    places = [
        ("--authfile", {}, {"authfile": write_json(b.folder / "a" / "x.json", auths)}),
        ("REGISTRY_AUTH_FILE", {"REGISTRY_AUTH_FILE": str(b.folder / "a" / "x.json")}, {}),
        ("DOCKER_CONFIG", {"DOCKER_CONFIG": str(write_json(b.folder / "b" / "config.json", auths).parent)}, {}),
        ("XDG_RUNTIME_DIR", {"XDG_RUNTIME_DIR": str(write_json(b.folder / "c" / "containers/auth.json", auths).parents[1])}, {}),
        ("~/.docker", {"HOME": str(write_json(b.folder / "d" / ".docker/config.json", auths).parents[1])}, {}),
        ("~/.config", {"HOME": str(write_json(b.folder / "e" / ".config/containers/auth.json", auths).parents[2])}, {}),
    ]
    for name, env, options in places:
        r = b.case("basic", env=env, **options)
        b.check(name, r.code == GOOD, r.text)
    r = b.case("basic", authfile=b.folder / "absent.json")
    b.check("absent authfile", r.code == NOT_FOUND, r.text)
    broken = b.folder / "broken.json"
    broken.write_text('{"auths": {"' + host + '": {"auth": "' + "hun" + 'ter2')
    r = b.case("basic", authfile=broken)
    b.check("broken authfile", r.code == FORMAT and "hunter2" not in r.text, r.text)
    r = b.case("good", authfile=broken)
    b.check("nobody asks, no file is read", r.code == GOOD, r.text)
    other = write_json(b.folder / "f" / "x.json", {"auths": {"127.0.0.2:1": good}})
    r = b.case("basic", authfile=other)
    b.check("entry of another host", r.code == AUTH, r.text)
    for case, entry in (("auth-identity", {"identitytoken": "ident" + "ity"}),
                        ("auth-identity-get", {"auth": pair(bad.USER, "x"), "identitytoken": "ident" + "ity"}),
                        ("auth-token-403", {"registrytoken": "tok-" + "auth-token-403"})):
        f = write_json(b.folder / "g" / f"{case}.json", {"auths": {host: entry}})
        r = b.case(case, authfile=f)
        b.check(f"{case} from a file", r.code == GOOD, r.text)


def helper(b, name, text):
    path = b.folder / "bin" / f"docker-credential-{name}"
    path.parent.mkdir(exist_ok=True)
    path.write_text("#!/bin/sh\n" + text)
    path.chmod(path.stat().st_mode | stat.S_IXUSR)


def credential_helpers(b):
    host = b.world.host("registry")
    helper(b, "good", f'test "$1" = get || exit 9\nread -r server; test "$server" = "{host}" || exit 8\n'
           f'printf \'{{"ServerURL":"%s","Username":"{bad.USER}","Secret":"{bad.PASSWORD}"}}\' "$server"\n')
    helper(b, "token", 'printf \'{"Username":"<token>","Secret":"ident\'"ity"\'"}\'\n')
    helper(b, "empty", "echo credentials not found in native keychain\nexit 1\n")
    helper(b, "fails", f"echo {bad.PASSWORD}\nexit 3\n")
    helper(b, "garbage", f"echo {bad.PASSWORD}\n")
    helper(b, "endless", "yes\n")
    helper(b, "slow", "sleep 30\n")
    env = {"PATH": f"{b.folder / 'bin'}:{os.environ['PATH']}"}
    rows = [("good", "basic", GOOD, ""), ("token", "auth-identity", GOOD, ""), ("empty", "basic", AUTH, "requires"),
            ("fails", "auth-password", AUTH, "exit status 3"), ("garbage", "auth-password", AUTH, "not a JSON"),
            ("endless", "auth-password", AUTH, "of answer"), ("absent", "auth-password", AUTH, "no such program"),
            ("fails", "good", GOOD, ""), ("../bin/x", "basic", FORMAT, "not a word")]
    for name, case, code, words in rows:
        for key in ({"credHelpers": {host: name}}, {"credsStore": name}):
            f = write_json(b.folder / "h" / "x.json", key)
            r = b.case(case, env=env, authfile=f)
            b.check(f"helper {name} {case}", r.code == code and words in r.text, r.text)
            b.check(f"helper {name} is not quoted", bad.PASSWORD not in r.text, r.text)
    f = write_json(b.folder / "h" / "slow.json", {"credsStore": "slow"})
    r = b.case("basic", env=env, authfile=f, cancel=300)
    b.check("helper that hangs, cancelled", r.code == CANCELLED and r.seconds < 1.0, f"{r.seconds} {r.text}")


def cancel_and_deadline(b):
    for case in ("stall", "blob-stall"):
        r = b.case(case, cancel=300)
        b.check(f"{case} cancelled", r.code == CANCELLED, r.text)
        b.check(f"{case} cancelled at once", r.seconds < 0.9, r.seconds)
        r = b.case(case, deadline=300)
        b.check(f"{case} deadline", r.code == TIMEOUT and r.seconds < 0.9, f"{r.seconds} {r.text}")
    r = b.case("s503", cancel=300, retries=20)
    b.check("cancelled between tries", r.code == CANCELLED and r.seconds < 0.9, f"{r.seconds} {r.text}")


def stalled(b):
    """The whole call ends in the time of one limit, whatever stalls and however often it is asked."""
    for case in ("stall", "drip-headers", "blob-stall", "blob-drip", "auth-token-stall", "auth-token-drip", "late", "blob-stall-all"):
        r = b.case(case, answer_stall=2, retries=20)
        b.check(f"{case} ends", r.code == NET and "given up (limit answer_stall)" in r.text, r.text)
        b.check(f"{case} ends in time", 1.8 < r.seconds < 4, f"{r.seconds:.1f} s")
    for case in ("stall-once", "blob-stall-once"):  # a connection that was lost without a word
        r = b.case(case, answer_stall=2)
        b.check(f"{case} is tried again", r.code == GOOD and expect_all(r.out), r.text)
    r = b.case("s429-wait", answer_stall=2)
    b.check("a long wait is not begun", r.code == NET and "retry after 30 s" in r.text and r.seconds < 1, f"{r.seconds:.1f} s {r.text}")


def nobody_there(b):
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        port = s.getsockname()[1]
    r = b.pull(f"127.0.0.1:{port}/a:b")
    b.check("nobody listens", r.code == NET and r.seconds < 3, f"{r.seconds} {r.text}")
    env = {"https_proxy": f"http://127.0.0.1:{port}"}
    r = b.case("good", env=env)
    b.check("loopback does not go through a proxy", r.code == GOOD, r.text)
    r = b.pull("registry.invalid/a:b", env=env)
    b.check("others do", r.code == NET and f"127.0.0.1 port {port}" in r.text, r.text)
    r = b.pull("registry.invalid/a:b", env={"HTTPS_PROXY": f"http://u:hush@{b.world.host('plain')}"})
    asked = [x for x in b.world.log if x[1] == "CONNECT"]
    b.check("a proxy that refuses", r.code == AUTH and "407" in r.text and "hush" not in r.text, r.text)
    b.check("a proxy that refuses is asked once", len(asked) == 1, len(asked))
    r = b.pull("registry.invalid/a:b")
    b.check("no such name", r.code == NET, r.text)


def real_registry(b):
    """Debian's docker-registry over TLS with basic auth; pushed by skopeo, read by tag and digest."""
    tools = ["docker-registry", "skopeo", "htpasswd"]
    images = pathlib.Path(os.environ.get("SCOVILLE_TEST_IMAGES", "/nowhere")) / "oci"
    missing = [t for t in tools if not shutil.which(t)]
    if missing or not (images / "alpine-v3.10").exists():
        print(f"# skipped: real registry ({', '.join(missing) or 'no images'})")
        return
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        port = s.getsockname()[1]
    root = b.folder / "real"
    root.mkdir()
    passwords = subprocess.run(["htpasswd", "-nbB", "-C", "4", bad.USER, bad.PASSWORD], capture_output=True, text=True, check=True)
    (root / "htpasswd").write_text(passwords.stdout)
    (root / "config.yml").write_text(f"""version: 0.1
log: {{level: error}}
storage: {{filesystem: {{rootdirectory: {root}/data}}}}
http: {{addr: "127.0.0.1:{port}", tls: {{certificate: {b.cert}, key: {b.key}}}}}
auth: {{htpasswd: {{realm: "test, realm", path: {root}/htpasswd}}}}
""")
    server = subprocess.Popen(["docker-registry", "serve", root / "config.yml"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        wait_for(port)
        auth = write_json(root / "auth.json", {"auths": {f"127.0.0.1:{port}": {"auth": pair(bad.USER, bad.PASSWORD)}}})
        name = f"127.0.0.1:{port}/a/alpine"
        subprocess.run(["skopeo", "--insecure-policy", "copy", "--all", "--quiet", "--authfile", auth, "--dest-tls-verify=false",
                        f"oci:{images}/alpine-v3.10:latest", f"docker://{name}:x"], check=True, capture_output=True)
        manifest = json.loads((images / "alpine-v3.10/index.json").read_text())["manifests"][0]
        for reference in (f"{name}:x", f"{name}@{manifest['digest']}", f"{name}:other@{manifest['digest']}"):
            r = b.pull(reference, authfile=auth)
            b.check(f"docker-registry {reference}", r.code == GOOD and "WRONG" not in r.out and
                    f"root {manifest['digest']} {manifest['mediaType']} {manifest['size']}" in r.out and "child " in r.out, r.out + r.text)
        r = b.pull(f"{name}:none", authfile=auth)
        b.check("docker-registry, no such tag", r.code == NOT_FOUND and "MANIFEST_UNKNOWN" in r.text, r.text)
        r = b.pull(f"{name}:x")
        b.check("docker-registry, nobody", r.code == AUTH, r.text)
        r = b.pull(f"{name}:x", username=bad.USER, password="wrong")
        b.check("docker-registry, wrong password", r.code == AUTH, r.text)
    finally:
        server.terminate()
        server.wait()


def wait_for(port):
    until = time.monotonic() + 10
    while time.monotonic() < until:
        with socket.socket() as s:
            if s.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise SystemExit("docker-registry does not start")


PARTS = [answers, no_credentials_elsewhere, resume_asks_for_the_rest, plain_http, trust, credential_files,
         credential_helpers, cancel_and_deadline, stalled, nobody_there, real_registry]


def main():
    if not shutil.which("openssl"):
        print("skipped: no openssl")
        return 77
    with tempfile.TemporaryDirectory(prefix="scoville-registry-") as folder:
        b = Bench(os.path.abspath(sys.argv[1]), folder)
        wanted = sys.argv[2:]
        for part in PARTS:
            if not wanted or part.__name__ in wanted:
                since = time.monotonic()
                part(b)
                print(f"# {part.__name__}: {time.monotonic() - since:.1f} s", flush=True)
        b.world.stop()
        print(f"{b.ran} checks, {len(b.failures)} failed")
        return 1 if b.failures else 0


if __name__ == "__main__":
    sys.exit(main())
