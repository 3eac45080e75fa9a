"""plant.py - values that look like secrets, made at run time, and images that hold them where a test wants.

Nothing here is a secret: every value is random, made in this process, and in no file of the project. The sequence is fixed, so
that a run can be repeated; $SCOVILLE_TEST_SEED changes it.

SPDX-License-Identifier: Apache-2.0
"""
import hashlib
import json
import os
import random
import string
import subprocess
import sys
import tempfile
import zlib

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from oci import INDEX, LAYER, MANIFEST, Layout, sha, tar  # noqa: E402

DIGITS62 = string.digits + string.ascii_uppercase + string.ascii_lowercase
HEX = "0123456789abcdef"
NOW = "2026-11-22"
REFERENCE = "vnd.docker.reference."
OS = ("etc/os-release", b"ID=alpine\nVERSION_ID=3.20.3\n")
rng = random.Random(int(os.environ.get("SCOVILLE_TEST_SEED", "20261122")))


# ---- values --------------------------------------------------------------------------------------

def text(n, alphabet=DIGITS62):
    return "".join(rng.choice(alphabet) for _ in range(n))


def base62(number, width):
    out = ""
    while number:
        number, digit = divmod(number, 62)
        out = DIGITS62[digit] + out
    return out.rjust(width, "0")


def github(prefix="gh" + "p_", good=True):
    """With its checksum: the rule proves it."""
    body = text(30)
    check = base62(zlib.crc32(body.encode()), 6)
    return prefix + body + (check if good else text(6))


def npm():
    return github("np" + "m_")


def gitlab():
    return "glp" + "at-" + text(20)


def aws_id():
    return "AK" + "IA" + text(16, string.ascii_uppercase + "234567")


def grafana():
    body = "gl" + "sa_" + text(32)
    return body + "_" + zlib.crc32(body.encode()).to_bytes(4, "little").hex()


def stripe():
    return "sk_" + "live_" + text(24)


def password(n=16):
    """Of every class, and without a character that any syntax treats specially."""
    return text(1, string.ascii_lowercase) + text(n - 4) + text(1, string.digits) + text(1, string.ascii_uppercase) + text(1, string.digits)


def url(scheme="postgres", secret=None):
    return f"{scheme}://app:{secret or password()}@db.internal:5432/app"


def openssl(*words, data=None):
    """What the program prints; None where it is not installed."""
    try:
        return subprocess.run(["openssl", *words], input=data, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=True).stdout
    except FileNotFoundError:
        return None


def key(kind="ec"):
    """A private key as PKCS#8 PEM, as text."""
    options = {"ec": ["EC", "-pkeyopt", "ec_paramgen_curve:P-256"], "rsa": ["RSA", "-pkeyopt", "rsa_keygen_bits:2048"],
               "long": ["RSA", "-pkeyopt", "rsa_keygen_bits:4096"], "ed": ["ED25519"], "x25519": ["X25519"]}[kind]
    made = openssl("genpkey", "-algorithm", *options)
    return made.decode() if made else None


WORDS = ["alpha", "river", "stone", "cloud", "green", "table", "paper", "light", "north", "seven", "garden", "window", "summer", "copper"]


def filler(size):
    """Lines of words that nobody takes for a secret: exactly this many bytes, the last of them a line's end."""
    lines, left = [], size
    while left > 80:
        line = " ".join(rng.choice(WORDS) for _ in range(8))[:79]
        lines.append(line)
        left -= len(line) + 1
    lines.append("." * (left - 1))
    return ("\n".join(lines) + "\n").encode()


# ---- images --------------------------------------------------------------------------------------

class Image:
    """Layers of (name, bytes, TarInfo fields) entries, a config, and what stands around them. write() makes the layout."""

    def __init__(self, layers=1):
        self.layers = [[] for _ in range(layers)]
        self.created_by = [f"COPY step{i} /" for i in range(layers)]
        self.layers[0].append(OS)
        self.config = {"User": "65532", "Env": ["PATH=/usr/bin:/bin"]}
        self.history = []  # more lines, behind those of the layers
        self.annotations, self.index_annotations, self.statements = {}, {}, []

    def add(self, path, data, layer=0, **fields):
        self.layers[layer].append((path, data if isinstance(data, bytes) else data.encode(), fields))

    def remove(self, path, layer):
        folder, name = os.path.split(path)
        self.add(os.path.join(folder, ".wh." + name), b"", layer)

    def hide(self, folder, layer):
        self.add(os.path.join(folder, ".wh..wh..opq"), b"", layer)

    def link(self, path, target, layer=0, hard=False):
        self.add(path, b"", layer, type=b"1" if hard else b"2", linkname=target)

    def attest(self, layout, image):
        """As BuildKit does: a manifest beside the image's, its layers in-toto statements."""
        layers = [layout.put(json.dumps(s).encode(), "application/vnd.in-toto+json") for s in self.statements]
        document = {"architecture": "unknown", "os": "unknown", "config": {}, "rootfs": {"type": "layers", "diff_ids": [l["digest"] for l in layers]}}
        manifest = {"schemaVersion": 2, "mediaType": MANIFEST, "layers": layers,
                    "config": layout.put(json.dumps(document).encode(), "application/vnd.oci.image.config.v1+json")}
        return {**layout.put(json.dumps(manifest).encode(), MANIFEST), "platform": {"architecture": "unknown", "os": "unknown"},
                "annotations": {REFERENCE + "type": "attestation-manifest", REFERENCE + "digest": image["digest"]}}

    def write(self, folder):
        """The reference."""
        layout = Layout(folder)
        layers = [layout.layer(tar(*entries)) for entries in self.layers]
        history = [{"created_by": b} for b in self.created_by] + self.history
        more = {"annotations": self.annotations} if self.annotations else {}
        image = layout.image(layers, self.config, document={"history": history}, **more)
        if not self.statements and not self.index_annotations:
            return layout.index(image)
        manifests = [{**image, "platform": {"architecture": "amd64", "os": "linux"}}]
        if self.statements:
            manifests.append(self.attest(layout, image))
        index = {"schemaVersion": 2, "mediaType": INDEX, "manifests": manifests, "annotations": self.index_annotations}
        return layout.index(layout.put(json.dumps(index).encode(), INDEX))


# ---- running -------------------------------------------------------------------------------------

def run(program, *words, stdin=None, env=None, timeout=300, **more):
    """Exit status, standard output and standard error as bytes. No ignore file, cache or setting of the machine takes part."""
    with tempfile.TemporaryDirectory() as home:
        clean = {k: v for k, v in os.environ.items() if not k.startswith("SCOVILLE_")}
        clean.update(HOME=home, XDG_CACHE_HOME=home + "/cache", **(env or {}))
        done = subprocess.run([program, *words], input=stdin if stdin is not None else b"", stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                              env=clean, cwd=more.pop("cwd", home), timeout=timeout, check=False, **more)
    return done.returncode, done.stdout, done.stderr


def secrets(program, reference, *options, want=(0,)):
    """The report of `scoville secrets`."""
    status, out, err = run(program, "secrets", "--no-cache", "--now", NOW, "-o", "json", *options, reference)
    if status not in want:
        raise RuntimeError(f"exit {status}: {err.decode(errors='replace').strip()[:500]}")
    return json.loads(out)


def gate(report, levels=("high", "medium")):
    return [s for s in report["secrets"] if s["level"] in levels]


def line_of(s):
    """A finding in one line, for messages."""
    return f"{s['level']} {s['rule']} {s['path'] or s['place']}:{s['line']} layer {s['layer']} {s['state']} gone {s['gone_in']} {s['encoding']} ({s['why']})"


def digest(data):
    return hashlib.sha256(data).hexdigest()
