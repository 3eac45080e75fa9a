#!/usr/bin/env python3
"""test_attached.py SCOVILLE PROBE: scoville sign and attest, and what is found attached: in a small registry with the referrers API
and with its faults, in Debian's docker-registry without it, in a layout. Every bundle that is written is checked with scoville verify
and with openssl, and with the libraries of sigstore for JavaScript where another test has fetched them.

PROBE is attached_probe of the build.

SPDX-License-Identifier: Apache-2.0
"""
import base64
import glob
import gzip
import hashlib
import io
import json
import os
import pathlib
import shutil
import socket
import subprocess
import sys
import tarfile
import tempfile
import time

here = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(here.parents[1] / "servers"))
import small_registry as small  # noqa: E402
from small_registry import INDEX, MANIFEST, digest  # noqa: E402

scoville, probe = (os.path.abspath(p) for p in sys.argv[1:3])
LAYER = "application/vnd.oci.image.layer.v1.tar+gzip"
CONFIG = "application/vnd.oci.image.config.v1+json"
BUNDLE = "application/vnd.dev.sigstore.bundle.v0.3+json"
TIMEOUT, CANCELLED = -11, -12
failures, ran = [], 0
env = {k: v for k, v in os.environ.items() if not k.startswith("SCOVILLE_") and not k.lower().endswith("_proxy")}


def expect(name, truth, *more):
    global ran
    ran += 1
    if not truth:
        failures.append(name)
        print("FAILED", name, *more, flush=True)


def run(*words, want=0, **more):
    done = subprocess.run([scoville, *words], capture_output=True, text=True, timeout=120, check=False, env=env, **more)
    if want is not None:
        expect(f"{words[:2]}: exit {done.returncode}, not {want}", done.returncode == want, done.stdout + done.stderr)
    expect(f"{words[:2]}: no private key is shown", "PRIVATE KEY" not in done.stdout + done.stderr)
    return done


def openssl(*words, data=None):
    return subprocess.run(["openssl", *words], input=data, check=True, capture_output=True).stdout


class Found:
    def __init__(self, done):
        self.out = done.stdout
        self.rows = [line[4:].split("|") for line in done.stdout.splitlines() if line.startswith("row ")]
        self.searched = "\nsearched\n" in "\n" + done.stdout
        self.error = next((int(x.split()[1].rstrip(":")) for x in done.stdout.splitlines() if x.startswith("error ")), 0)
        self.passed_over = next((int(x.split()[2]) for x in done.stdout.splitlines() if x.startswith("passed over ")), 0)
        self.read = [r for r in self.rows if not r[9]]


def find(reference, *words):
    return Found(subprocess.run([probe, reference, *words], capture_output=True, text=True, timeout=120, check=False, env=env))


def compact(value):
    return json.dumps(value, separators=(",", ":")).encode()


def image():
    """Blobs, manifests by digest, and the index: two platforms."""
    tar = io.BytesIO()
    with tarfile.open(fileobj=tar, mode="w") as t:
        t.addfile(tarfile.TarInfo("a"))
    raw = tar.getvalue()
    layer = gzip.compress(raw, mtime=0)
    blobs, manifests, entries = [layer], [], []
    for arch in ("amd64", "arm64"):
        config = compact({"architecture": arch, "os": "linux", "created": "2026-11-20T08:00:00Z", "config": {},
                          "rootfs": {"type": "layers", "diff_ids": [digest(raw)]}, "history": [{"created_by": "x"}]})
        manifest = compact({"schemaVersion": 2, "mediaType": MANIFEST,
                            "config": {"mediaType": CONFIG, "digest": digest(config), "size": len(config)},
                            "layers": [{"mediaType": LAYER, "digest": digest(layer), "size": len(layer)}]})
        blobs.append(config)
        manifests.append(manifest)
        entries.append({"mediaType": MANIFEST, "digest": digest(manifest), "size": len(manifest),
                        "platform": {"os": "linux", "architecture": arch}})
    return blobs, manifests, compact({"schemaVersion": 2, "mediaType": INDEX, "manifests": entries})


BLOBS, MANIFESTS, ROOT = image()


def push(world, how):
    repo = how + "/img"
    for b in BLOBS:
        world.put(repo, b)
    for m in MANIFESTS:
        world.put(repo, m, MANIFEST)
    world.put(repo, ROOT, INDEX, "t")
    return f"{world.host}/{repo}:t"


def layout(folder):
    os.makedirs(folder / "blobs/sha256")
    for b in BLOBS + MANIFESTS + [ROOT]:
        (folder / "blobs/sha256" / digest(b)[7:]).write_bytes(b)
    (folder / "oci-layout").write_text('{"imageLayoutVersion":"1.0.0"}')
    (folder / "index.json").write_bytes(compact({"schemaVersion": 2, "x": [1, {"y": None}], "manifests": [
        {"mediaType": INDEX, "digest": digest(ROOT), "size": len(ROOT), "annotations": {"org.opencontainers.image.ref.name": "t"}}]}))
    return f"oci:{folder}:t"


class Keys:
    def __init__(self, folder):
        self.folder, self.key, self.pub = folder, str(folder / "key.pem"), str(folder / "key.pub")
        openssl("genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256", "-out", self.key)
        openssl("pkey", "-in", self.key, "-pubout", "-out", self.pub)
        self.hint = base64.b64encode(hashlib.sha256(openssl("pkey", "-in", self.key, "-pubout", "-outform", "DER")).digest()).decode()
        self.locked, self.password = str(folder / "locked.pem"), str(folder / "password")
        word = "correct horse" + " battery"
        openssl("pkcs8", "-topk8", "-in", self.key, "-out", self.locked, "-passout", "pass:" + word)
        pathlib.Path(self.password).write_text(word + "\n")
        self.sbom = str(folder / "sbom.json")
        pathlib.Path(self.sbom).write_text('{"spdxVersion":"SPDX-2.3",  "name": "\\u00e9", "packages": []}\n')
        self.made = []


def check_bundle(keys, name, data, subjects, predicate_type):
    """As written: with openssl, with ours, and its text."""
    doc = json.loads(data)
    payload = base64.b64decode(doc["dsseEnvelope"]["payload"])
    kind = doc["dsseEnvelope"]["payloadType"]
    text, sig = b"DSSEv1 %d %s %d %s" % (len(kind), kind.encode(), len(payload), payload), keys.folder / "sig"
    sig.write_bytes(base64.b64decode(doc["dsseEnvelope"]["signatures"][0]["sig"]))
    try:
        openssl("dgst", "-sha256", "-verify", keys.pub, "-signature", str(sig), data=text)
    except subprocess.CalledProcessError:
        expect(f"{name}: openssl takes the signature", False)
    expect(f"{name}: key", doc["verificationMaterial"] == {"publicKey": {"hint": keys.hint}} and doc["mediaType"] == BUNDLE)
    statement = json.loads(payload)
    expect(f"{name}: statement", statement["_type"] == "https://in-toto.io/Statement/v1" and statement["predicateType"] == predicate_type)
    expect(f"{name}: subjects", [s["digest"]["sha256"] for s in statement["subject"]] == [s[7:] for s in subjects], statement["subject"])
    file = keys.folder / f"bundle{len(keys.made)}.json"
    file.write_bytes(data)
    keys.made.append(str(file))
    for s in subjects:
        run("verify", "--bundle", str(file), s, "--key", keys.pub)
    run("verify", "--bundle", str(file), "sha256:" + "ab" * 32, "--key", keys.pub, want=1)
    return statement


def sign_and_find(keys, name, reference, blob, login=None):
    """blob: a function from digest to bytes."""
    ours = ["--key", keys.locked, "--password-file", keys.password, "--now", "2026-11-22T10:00:00Z", *(login or [])]
    more = [x for p in zip((login or [])[::2], (login or [])[1::2]) for x in [p[0][2:] + "=" + p[1]]]
    done = run("sign", reference, *ours)
    expect(f"{name}: what was signed", done.stdout.splitlines() == [
        f"{digest(ROOT)} index: signed with key {keys.hint}", f"{digest(MANIFESTS[0])} linux/amd64: signed with key {keys.hint}",
        f"{digest(MANIFESTS[1])} linux/arm64: signed with key {keys.hint}"], done.stdout)
    run("attest", reference, "--platform", "linux/arm64", "--type", "spdx", "--predicate", keys.sbom, *ours)
    for entry, manifest in enumerate(MANIFESTS):
        found = find(reference, f"platform={entry}", *more)
        bundles = [r for r in found.rows if r[0] == "2" and r[1] == BUNDLE and r[2] == BUNDLE]
        wanted = [digest(ROOT), digest(manifest)] + ([digest(manifest)] if entry else [])
        expect(f"{name}: found", found.searched and sorted(r[5] for r in bundles) == sorted(wanted) and len(found.rows) == len(bundles),
               found.out)
        expect(f"{name}: of the index", all(("index" in r[6]) == (r[5] == digest(ROOT)) for r in bundles), found.out)
    signed, sbom = None, None
    for r in bundles:
        data = blob(r[4])
        if b"sign/v1" in base64.b64decode(json.loads(data)["dsseEnvelope"]["payload"]):
            signed = data
        else:
            sbom = data
    expect(f"{name}: both", signed and sbom)
    if signed and sbom:
        check_bundle(keys, name + " sign", signed, [digest(ROOT)] + [digest(m) for m in MANIFESTS], "https://sigstore.dev/cosign/sign/v1")
        statement = check_bundle(keys, name + " sbom", sbom, [digest(MANIFESTS[1])], "https://spdx.dev/Document")
        expect(f"{name}: predicate", statement["predicate"] == json.loads(pathlib.Path(keys.sbom).read_text()))


def registries(world, keys):
    for how in ("api", "paged", "silent", "stated", "noapi", "s400", "s405", "html", "index", "twice", "race"):
        reference = push(world, how)
        world.forget()
        sign_and_find(keys, how, reference, lambda d: world.repo(how + "/img")["blobs"][d])
        tag = "sha256-" + digest(MANIFESTS[1])[7:]
        tags = world.repo(how + "/img")["tags"]
        expect(f"{how}: fallback tag only where there is no list", (tag in tags) == (how not in ("api", "paged", "silent", "twice")), tags)
        if tag in tags:
            listed = json.loads(world.repo(how + "/img")["manifests"][tags[tag]][1])["manifests"]
            expect(f"{how}: fallback entries", len(listed) == 2 and all(e["artifactType"] == BUNDLE and len(e["annotations"]) == 3
                                                                        for e in listed), listed)
        world.forget()
        find(reference)
        asked = len(world.log)
        expect(f"{how}: {asked} requests to find", asked <= 24)
    reference = push(world, "auth")
    run("sign", reference, "--key", keys.key, want=3)
    run("sign", reference, "--key", keys.key, "--username", small.USER, "--password-stdin", input=small.PASSWORD + "\n")
    found = find(reference, "username=" + small.USER, "password=" + small.PASSWORD)
    expect("auth", len(found.read) == 2 and found.searched, found.out)


def compat(world, keys):
    reference = push(world, "noapi-compat")
    run("sign", reference, "--key", keys.key)
    run("sign", reference, "--key", keys.key, "--compat")
    before = json.dumps(world.repo("noapi-compat/img")["tags"], sort_keys=True)
    done = run("sign", reference, "--key", keys.key, "--compat")
    expect("compat: signed once", done.stdout.count(": already signed with key ") == 3 and
           before == json.dumps(world.repo("noapi-compat/img")["tags"], sort_keys=True), done.stdout)
    found = find(reference)
    old = [r for r in found.read if r[0] == "0"]
    expect("compat: a layer of each of two tags", len(old) == 2 and all(".sig" in r[7] and "cosign/signature" in r[8] for r in old), found.out)
    r = world.repo("noapi-compat/img")
    manifest = json.loads(r["manifests"][r["tags"]["sha256-" + digest(ROOT)[7:] + ".sig"]][1])
    for layer in manifest["layers"]:
        payload, sig = r["blobs"][layer["digest"]], keys.folder / "sig"
        sig.write_bytes(base64.b64decode(layer["annotations"]["dev.cosignproject.cosign/signature"]))
        openssl("dgst", "-sha256", "-verify", keys.pub, "-signature", str(sig), data=payload)
        doc = json.loads(payload)
        expect("compat: payload", doc["critical"]["image"]["docker-manifest-digest"] == digest(ROOT) and
               doc["critical"]["identity"]["docker-reference"] == f"{world.host}/noapi-compat/img", payload)
    config = json.loads(r["blobs"][manifest["config"]["digest"]])
    expect("compat: config", config["rootfs"]["diff_ids"] == [x["digest"] for x in manifest["layers"]])


def layouts(keys):
    folder = keys.folder / "layout"
    reference = layout(folder)
    sign_and_find(keys, "layout", reference, lambda d: (folder / "blobs/sha256" / d[7:]).read_bytes())
    run("sign", reference, "--key", keys.key, "--compat")
    index = json.loads((folder / "index.json").read_text())
    expect("layout: the rest is kept", index["x"] == [1, {"y": None}] and index["manifests"][0]["digest"] == digest(ROOT))
    expect("layout: nothing is left over", not glob.glob(str(folder / ".tmp*")))
    expect("layout: signed the old way too", len([r for r in find(reference).read if r[0] == "0"]) == 2)
    before = {p: p.read_bytes() for p in folder.rglob("*") if p.is_file()}
    run("grade", reference, "--platform", "linux/amd64", "-q", "--db", "none", "--no-cache")
    run("grade", f"oci:{folder}", "--platform", "linux/amd64", "-q", "--db", "none", "--no-cache")
    done = run("attest", reference, "--platform", "linux/amd64", "--type", "grade", "--key", keys.key, "--now", "2026-11-22", "--no-cache")
    expect("grade: said", digest(MANIFESTS[0]) in done.stdout)
    new = [p.read_bytes() for p in folder.rglob("*") if p.is_file() and p not in before]
    bundle = next(b for b in new if b"dsseEnvelope" in b)
    statement = check_bundle(keys, "grade", bundle, [digest(MANIFESTS[0])], "https://scoville.dev/grade/v1")
    expect("grade: report", statement["predicate"]["subject"]["digest"] == digest(MANIFESTS[0]), statement["predicate"].get("subject"))
    after = {p: p.read_bytes() for p in folder.rglob("*") if p.is_file()}
    (folder / "index.json").chmod(0o644)
    for words in (["--key", keys.locked], ["--key", keys.pub], ["--key", "/nowhere"], ["--key", keys.sbom],
                  ["--key", keys.locked, "--password-file", keys.sbom], []):
        done = run("sign", reference, *words, want=None)
        expect(f"refused {words}", done.returncode in (2, 3) and done.stderr and not done.stdout, done.returncode, done.stderr)
    for words in (["--type", "vex"], ["--type", "cyclonedx"], ["--type", "spdx"], ["--type", "nothing"], ["--type", "provenance"]):
        wrong = keys.pub if words[1] == "spdx" else keys.sbom
        done = run("attest", reference, *words, "--predicate", wrong, "--key", keys.key, "--platform", "linux/amd64", want=None)
        expect(f"refused {words}", done.returncode in (2, 3) and done.stderr and not done.stdout, done.returncode, done.stderr)
    expect("what was refused wrote nothing", after == {p: p.read_bytes() for p in folder.rglob("*") if p.is_file()})
    done = run("sign", reference, "--key", keys.key, "--platform", "linux/arm64")
    expect("one platform: not the index", done.stdout.startswith(digest(MANIFESTS[1]) + " ") and done.stdout.count("\n") == 1, done.stdout)
    archive = keys.folder / "image.tar"
    subprocess.run(["tar", "-C", folder, "-cf", archive, "."], check=True)
    done = run("sign", f"oci-archive:{archive}:t", "--key", keys.key, want=None)
    expect("archive: refused with words", done.returncode in (2, 3) and "can only be read" in done.stderr, done.stderr)
    found = find(f"oci-archive:{archive}:t")
    expect("archive: found", found.searched and len(found.read) >= 4, found.out)
    shutil.copy(keys.made[0], f"{archive}.sigstore.json")
    expect("archive: the file beside it", any("file " in r[7] for r in find(f"oci-archive:{archive}:t").read))
    pathlib.Path(f"{archive}.sigstore.json").unlink()
    two = pathlib.Path(keys.made[0]).read_text() + "\n" + pathlib.Path(keys.made[1]).read_text() + "\n"
    pathlib.Path(f"{archive}.sigstore.jsonl").write_text(two)
    expect("archive: lines of a file", len([r for r in find(f"oci-archive:{archive}:t").read if "file " in r[7]]) == 2)


def beside(keys):
    """A signature of another image counts for nothing here, also where a tag calls that image an attachment of this one."""
    folder = keys.folder / "beside"
    reference = layout(folder)
    run("sign", reference, "--platform", "linux/amd64", "--key", keys.key)
    verify = lambda want: run("verify", reference, "--platform", "linux/arm64", "--key", keys.pub, want=want)  # noqa: E731
    verify(1)
    for suffix in ("sbom", "att", "sig"):
        index = json.loads((folder / "index.json").read_text())
        index["manifests"].append({"mediaType": MANIFEST, "digest": digest(MANIFESTS[0]), "size": len(MANIFESTS[0]), "annotations": {
            "org.opencontainers.image.ref.name": f"sha256-{digest(MANIFESTS[1])[7:]}.{suffix}"}})
        (folder / "index.json").chmod(0o644)
        (folder / "index.json").write_bytes(compact(index))
        done = verify(1)
        expect(f"beside .{suffix}: not verified", done.stdout.startswith("not verified"), done.stdout)
    run("verify", reference, "--platform", "linux/amd64", "--key", keys.pub)


def refer(world, repo, subject, type="application/spdx+json", body=b"{}", size=None):
    """A manifest that names its subject, pushed past the API."""
    empty = world.put(repo, b"{}")
    layer = {**world.put(repo, body), "mediaType": type}
    if size is not None:
        layer["size"] = size
    manifest = compact({"schemaVersion": 2, "mediaType": MANIFEST, "artifactType": type, "layers": [layer],
                        "config": {**empty, "mediaType": "application/vnd.oci.empty.v1+json"},
                        "subject": {"mediaType": MANIFEST, "digest": subject, "size": 1}})
    world.put(repo, manifest, MANIFEST)
    return manifest


def hostile(world, keys):
    for how in ("size", "digest", "subject", "missing"):
        reference = push(world, how)
        refer(world, how + "/img", digest(MANIFESTS[0]) if how != "subject" else "sha256:" + "12" * 32)
        found = find(reference)
        expect(f"{how}: shown with its reason, not read", found.rows and not found.read and not found.error, found.out)
        expect(f"{how}: searched unless it could not be had", found.searched == (how not in ("missing", "digest")), found.out)
    reference = push(world, "noblob")
    refer(world, "noblob/img", digest(MANIFESTS[0]))
    del world.repo("noblob/img")["blobs"][digest(b"{}")]
    found = find(reference)
    expect("a blob that is gone: not searched", found.rows and not found.read and not found.searched and not found.error, found.out)
    for how in ("later", "odd"):
        reference = push(world, how)
        refer(world, how + "/img", digest(MANIFESTS[0]))
        found = find(reference)
        expect(f"{how}: only what was asked decides what the registry lacks", not found.searched and not found.error, found.out)
    folder = keys.folder / "gone"
    reference = layout(folder)
    run("sign", reference, "--key", keys.key)
    bundle = next(r for r in find(reference).read if r[1] == BUNDLE)[4]
    (folder / "blobs/sha256" / bundle[7:]).unlink()
    found = find(reference)
    expect("a layout without a blob: not searched", not found.read and not found.searched and not found.error, found.out)
    run("verify", reference, "--platform", "linux/amd64", "--key", keys.pub, want=1)
    done = run("grade", reference, "--platform", "linux/amd64", "--key", keys.pub, "--db", "none", "--no-cache", "-o", "json")
    said = next(c for c in json.loads(done.stdout)["criteria"] if c["id"] == "prov.signed")
    expect("nor is it not met", said["verdict"] == "not-assessed", said)
    (folder / "blobs/sha256" / bundle[7:]).write_bytes(b"{}")
    found = find(reference)
    expect("a layout with other bytes: searched", not found.read and found.searched and not found.error, found.out)
    archive = keys.folder / "alone.tar"
    subprocess.run(["tar", "-C", layout(keys.folder / "alone")[4:-2], "-cf", archive, "."], check=True)
    pathlib.Path(f"{archive}.sigstore.json").mkdir()
    found = find(f"oci-archive:{archive}:t")
    expect("a file beside it that cannot be read: not searched", found.rows and not found.searched and not found.error, found.out)
    reference = push(world, "cyclic")
    refer(world, "cyclic/img", digest(MANIFESTS[0]))
    refer(world, "cyclic/img", digest(ROOT))
    found = find(reference)
    expect("cyclic: ends", not found.error and len(found.read) == 2, found.out)
    reference = push(world, "twice")
    refer(world, "twice/img", digest(ROOT), body=b"[1]")
    expect("twice: once", len({(r[4], r[5]) for r in find(reference).rows}) == len(find(reference).rows))
    for how in ("flood", "huge", "elsewhere", "broken"):
        since = time.monotonic()
        found = find(push(world, how))
        expect(f"{how}: not all was searched", not found.searched and not found.error and len(found.rows) <= 1000, found.out[-300:])
        expect(f"{how}: in time", time.monotonic() - since < 30)
        expect(f"{how}: passed over", found.passed_over > 0 or how != "flood", found.out[-300:])
    reference = push(world, "slow")
    for words, code in ((["deadline=1500"], TIMEOUT), (["cancel=500"], CANCELLED)):
        since = time.monotonic()
        found = find(reference, *words)
        expect(f"slow {words}", found.error == code and time.monotonic() - since < 8, found.out)
    reference = push(world, "noapi-limits")
    refer(world, "api/limits", digest(ROOT))
    layers = [{**world.put("noapi-limits/img", b"{%d}" % i), "mediaType": "application/vnd.dev.cosign.simplesigning.v1+json"}
              for i in range(1500)]
    config = {**world.put("noapi-limits/img", b"{}"), "mediaType": CONFIG}
    many = compact({"schemaVersion": 2, "mediaType": MANIFEST, "config": config, "layers": layers})
    world.put("noapi-limits/img", many, MANIFEST, "sha256-" + digest(ROOT)[7:] + ".sig")
    found = find(reference)
    expect("a thousand signatures", len(found.read) == 1000 and found.passed_over == 500 and not found.searched, found.out[-300:])
    found = find(reference, "attachments=10")
    expect("limit attachments", len(found.read) == 10 and not found.searched, found.out[-300:])
    found = find(reference, "attachments_size=4096")
    expect("limit attachments_size", not found.read and not found.searched, found.out[-300:])
    reference = push(world, "api")
    refer(world, "api/img", digest(ROOT), body=b"[" + b" " * 9000 + b"]")
    expect("limit attestation_size", [r for r in find(reference, "attestation_size=4096").rows if "limit attestation_size" in r[9]])
    refer(world, "api/img", digest(ROOT), body=b"[2]", size=4)
    refer(world, "api/img", digest(ROOT), type="application/x-what-ever")
    rows = find(reference).rows
    expect("a layer that lies about its size", [r for r in rows if r[9] and r[1] == "application/spdx+json"], rows)
    expect("an artifact that is not known", [r for r in rows if r[9] == "a kind of artifact that is not read"], rows)


def debian(keys):
    if not shutil.which("docker-registry") or not shutil.which("skopeo"):
        print("skipped: docker-registry or skopeo is missing")
        return
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        port = s.getsockname()[1]
    root = keys.folder / "real"
    root.mkdir()
    (root / "config.yml").write_text(f"""version: 0.1
log: {{level: error}}
storage: {{filesystem: {{rootdirectory: {root}/data}}}}
http: {{addr: "127.0.0.1:{port}"}}
""")
    server = subprocess.Popen(["docker-registry", "serve", root / "config.yml"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        for _ in range(100):
            with socket.socket() as s:
                if s.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.1)
        source = layout(keys.folder / "source")
        name = f"127.0.0.1:{port}/a/b:t"
        subprocess.run(["skopeo", "--insecure-policy", "copy", "--all", "--quiet", "--dest-tls-verify=false", source, f"docker://{name}"],
                       check=True, capture_output=True)
        blobs = lambda d: (root / f"data/docker/registry/v2/blobs/sha256/{d[7:9]}/{d[7:]}/data").read_bytes()  # noqa: E731
        sign_and_find(keys, "docker-registry", name, blobs)
        run("sign", name, "--key", keys.key, "--compat")
        expect("docker-registry: the older form", len([r for r in find(name).read if r[0] == "0"]) == 2)
    finally:
        server.terminate()
        server.wait()


def oracle(keys):
    cache = os.path.join(os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache"), "scoville-tests")
    modules = next((p for p in glob.glob(cache + "/**/node_modules", recursive=True) if os.path.isdir(p + "/@sigstore/verify")), None)
    root = here.parents[2] / "data/trust/trusted_root.json"
    if not modules or not shutil.which("node"):
        print("skipped: the libraries of sigstore for JavaScript")
        return
    done = subprocess.run(["node", here / "oracle/oracle.cjs", "verify", root, keys.pub, keys.sbom, *keys.made], capture_output=True,
                          text=True, timeout=120, check=False, env={**env, "NODE_PATH": modules})
    said = done.stdout.splitlines()
    expect("@sigstore/verify takes all", len(said) == len(keys.made) and all(x.startswith("yes ") for x in said), done.stdout + done.stderr)
    print(f"oracle: {len(said)} bundles")


def main():
    with tempfile.TemporaryDirectory() as folder:
        keys, world = Keys(pathlib.Path(folder)), small.World()
        env["HOME"] = folder
        registries(world, keys)
        compat(world, keys)
        layouts(keys)
        beside(keys)
        hostile(world, keys)
        debian(keys)
        oracle(keys)
    print(f"{ran} checks, {len(failures)} failed")
    return 1 if failures else 0


sys.exit(main())
