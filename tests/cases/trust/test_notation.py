#!/usr/bin/env python3
"""test_notation.py PROBE SCOVILLE: signatures of the Notary Project in an OCI layout: of the index and of a manifest, found with the media
type and size of what they sign; and judged by a trust policy with `scoville verify --bundle`.

PROBE is attached_probe of the build. The signatures are made here, with openssl.

SPDX-License-Identifier: Apache-2.0
"""
import base64
import hashlib
import json
import os
import pathlib
import subprocess
import sys
import tempfile

probe, scoville = os.path.abspath(sys.argv[1]), os.path.abspath(sys.argv[2])
INDEX, MANIFEST = "application/vnd.oci.image.index.v1+json", "application/vnd.oci.image.manifest.v1+json"
SIGNATURE, EMPTY = "application/vnd.cncf.notary.signature", "application/vnd.oci.empty.v1+json"
HEAD = "io.cncf.notary."
bad = []


def expect(what, truth, *more):
    if not truth:
        bad.append(what)
        print(f"{what}: not so", *more)


def digest(data):
    return "sha256:" + hashlib.sha256(data).hexdigest()


def compact(value):
    return json.dumps(value, separators=(",", ":")).encode()


def url64(data):
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def openssl(*words, data=None):
    return subprocess.run(["openssl", *words], input=data, check=True, capture_output=True).stdout


def sign(folder, text):
    """ES256: r and s, 32 bytes each."""
    der = openssl("dgst", "-sha256", "-sign", str(folder / "key"), data=text)
    out, at = b"", 2
    for _ in range(2):
        number = der[at + 2:at + 2 + der[at + 1]]
        at += 2 + len(number)
        out += number[-32:].rjust(32, b"\0")
    return out


def envelope(folder, media_type, data):
    protected = url64(compact({"alg": "ES256", "crit": [HEAD + "signingScheme"], "cty": "application/vnd.cncf.notary.payload.v1+json",
                               HEAD + "signingScheme": "notary.x509", HEAD + "signingTime": "2026-11-20T08:00:00Z"}))
    payload = url64(compact({"targetArtifact": {"mediaType": media_type, "digest": digest(data), "size": len(data)}}))
    certificate = openssl("x509", "-in", str(folder / "crt.pem"), "-outform", "DER")
    return compact({"payload": payload, "protected": protected, "header": {"x5c": [base64.b64encode(certificate).decode()]},
                    "signature": url64(sign(folder, f"{protected}.{payload}".encode()))})


class Layout:
    def __init__(self, folder):
        self.folder, self.entries = folder, []
        os.makedirs(folder / "blobs/sha256")
        (folder / "oci-layout").write_text('{"imageLayoutVersion":"1.0.0"}')

    def blob(self, data, media_type, **more):
        (self.folder / "blobs/sha256" / digest(data)[7:]).write_bytes(data)
        return {"mediaType": media_type, "digest": digest(data), "size": len(data), **more}

    def attach(self, data, subject):
        manifest = compact({"schemaVersion": 2, "mediaType": MANIFEST, "artifactType": SIGNATURE, "config": self.blob(b"{}", EMPTY),
                            "layers": [self.blob(data, "application/jose+json")], "subject": subject})
        self.entries.append(self.blob(manifest, MANIFEST, artifactType=SIGNATURE))

    def write(self):
        (self.folder / "index.json").write_bytes(compact({"schemaVersion": 2, "manifests": self.entries}))


def image(layout):
    """A manifest, and an index that does not say that it is one; both are signed."""
    config = layout.blob(compact({"architecture": "amd64", "os": "linux", "rootfs": {"type": "layers", "diff_ids": []}}),
                         "application/vnd.oci.image.config.v1+json")
    manifest = compact({"schemaVersion": 2, "mediaType": MANIFEST, "config": config, "layers": []})
    entry = layout.blob(manifest, MANIFEST, platform={"os": "linux", "architecture": "amd64"})
    index = compact({"schemaVersion": 2, "manifests": [entry]})
    root = layout.blob(index, INDEX)
    layout.entries.append({**root, "annotations": {"org.opencontainers.image.ref.name": "t"}})
    return manifest, index, entry, root


def found(folder):
    layout = Layout(folder / "layout")
    manifest, index, entry, root = image(layout)
    layout.attach(envelope(folder, INDEX, index), root)
    layout.attach(envelope(folder, MANIFEST, manifest), {k: entry[k] for k in ("mediaType", "digest", "size")})
    layout.write()
    done = subprocess.run([probe, f"oci:{folder}/layout:t"], capture_output=True, text=True, timeout=60, check=False)
    rows = [line[4:].split("|") for line in done.stdout.splitlines() if line.startswith("row ")]
    expect("both are found", len(rows) == 2 and all(r[1] == "application/jose+json" and not r[9] for r in rows), done.stdout, done.stderr)
    expect("with type and size of what they sign", {(r[5], r[10]) for r in rows} ==
           {(digest(index), f"{INDEX} {len(index)}"), (digest(manifest), f"{MANIFEST} {len(manifest)}")}, done.stdout)


def policy(folder, **more):
    statement = {"name": "p", "registryScopes": ["*"], "signatureVerification": {"level": "strict"}, "trustStores": ["ca:ours"],
                 "trustedIdentities": ["x509.subject: C=DE, ST=BY, O=acme"], **more}
    (folder / "config/trustpolicy.json").write_bytes(compact({"version": "1.0", "trustPolicies": [statement]}))


def verify(folder, want, level, *words):
    done = subprocess.run([scoville, "verify", "--bundle", str(folder / "sig"), "-o", "json", *words, f"file:{folder}/artifact"],
                          capture_output=True, text=True, timeout=60, check=False)
    rows = json.loads(done.stdout or "{}").get("signatures", [])
    expect(f"{words}: exit {want}", done.returncode == want, done.stdout, done.stderr)
    expect(f"{words}: {level}", [r.get("level") for r in rows] == level, done.stdout)
    return rows


def judged(folder):
    artifact = b"what is signed"
    (folder / "artifact").write_bytes(artifact)
    (folder / "sig").write_bytes(envelope(folder, "text/plain", artifact))
    store = folder / "config/truststore/x509/ca/ours"
    os.makedirs(store)
    (store / "crt.pem").write_bytes((folder / "crt.pem").read_bytes())
    config = ("--notation-config", str(folder / "config"))
    verify(folder, 1, ["intact"])
    policy(folder)
    rows = verify(folder, 0, ["expected"], *config)
    expect("who signed", [r["signer"] for r in rows] == ["CN=signer,O=acme,ST=BY,C=DE"], rows)
    policy(folder, trustedIdentities=["x509.subject: C=DE, ST=BY, O=other"])
    verify(folder, 1, ["rooted"], *config)
    policy(folder, signatureVerification={"level": "skip"})
    verify(folder, 1, ["claimed"], *config)
    policy(folder, registryScopes=[])
    verify(folder, 2, [], *config)
    policy(folder)
    (folder / "artifact").write_bytes(b"something else")
    verify(folder, 1, ["none"], *config)


with tempfile.TemporaryDirectory() as name:
    top = pathlib.Path(name)
    openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", str(top / "key"), "-out",
            str(top / "crt.pem"), "-days", "3", "-subj", "/C=DE/ST=BY/O=acme/CN=signer", "-addext", "keyUsage=critical,digitalSignature",
            "-addext", "extendedKeyUsage=codeSigning")
    found(top)
    judged(top)
sys.exit(1 if bad else 0)
