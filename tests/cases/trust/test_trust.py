#!/usr/bin/env python3
"""test_trust.py SCOVILLE: scoville verify: exit status and JSON, the cases of sigstore-conformance, and the libraries of sigstore for
JavaScript as oracle in both directions.

The cases are ../shared/data/provenance/dev.tar.zst beside the project (SCOVILLE_TEST_SHARED: elsewhere); the libraries come from npm.
What is not there is skipped, with a line.

SPDX-License-Identifier: Apache-2.0
"""
import base64
import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile

here = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(here, "../secrets"))
import plant  # noqa: E402

scoville = os.path.abspath(sys.argv[1])
cache = os.path.join(os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache"), "scoville-tests")
PACKAGES = ["@sigstore/verify@3.1.1", "@sigstore/sign@4.1.1", "@sigstore/bundle@4.0.0", "@sigstore/protobuf-specs@0.5.2"]
IDENTITY = ("https://github.com/sigstore-conformance/extremely-dangerous-public-oidc-beacon/.github/workflows/"
            "extremely-dangerous-oidc-beacon.yml@refs/heads/main")
ISSUER = "https://token.actions.githubusercontent.com"
# What the libraries take and we do not, each with the reason.
STRICTER = {
    "0.2 with a root": "sigstore-conformance wants it refused",
    "another version": "they read any media type with the members of a bundle",
    "entry: certificate": "they do not compare the certificate of the log entry",
    "key, entry of another key": "they do not compare the key of the log entry",
    "in the future": "they know no clock",
    "another subject": "they leave subjects to the caller",
    "key, another subject": "they leave subjects to the caller",
    "payload that is no statement": "they do not read the payload",
    "type of the payload": "they do not read the payload",
}
failures = []


def expect(name, truth, *more):
    if not truth:
        failures.append(name)
        print("FAILED", name, *more)


def verify(*words, want=None, name=""):
    done = subprocess.run([scoville, "verify", *words], capture_output=True, text=True, timeout=120, check=False)
    if want is not None:
        expect(f"{name or words}: exit {done.returncode}, not {want}", done.returncode == want, done.stdout + done.stderr)
    return done


def openssl(folder, *words, data=None):
    return subprocess.run(["openssl", *words], cwd=folder, input=data, check=True, capture_output=True).stdout


def write(folder, name, text):
    path = os.path.join(folder, name)
    with open(path, "wb") as f:
        f.write(text if isinstance(text, bytes) else text.encode())
    return path


def envelope(folder, key, statement, payload_type="application/vnd.in-toto+json"):
    payload = json.dumps(statement).encode()
    pae = b"DSSEv1 %d %s %d %s" % (len(payload_type), payload_type.encode(), len(payload), payload)
    sig = openssl(folder, "dgst", "-sha256", "-sign", key, data=pae)
    return json.dumps({"payload": base64.b64encode(payload).decode(), "payloadType": payload_type,
                       "signatures": [{"sig": base64.b64encode(sig).decode()}]})


def command(folder):
    """Exit status, JSON and what is shown, with a key and no network."""
    for name in ("key", "other"):
        openssl(folder, "genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-384", "-out", name)
        openssl(folder, "pkey", "-in", name, "-pubout", "-out", name + ".pub")
    key, other = (os.path.join(folder, n) for n in ("key.pub", "other.pub"))
    file = write(folder, "artifact", "an artifact")
    digest = hashlib.sha256(b"an artifact").hexdigest()
    secret = plant.github()
    statement = {"_type": "https://in-toto.io/Statement/v1", "subject": [{"digest": {"sha256": digest}}],
                 "predicateType": "https://slsa.dev/provenance/v1?token=" + secret, "predicate": {"a": 1}}
    good = write(folder, "good", envelope(folder, "key", statement))
    bare = write(folder, "bare", json.dumps(statement))
    lines = write(folder, "lines", open(bare, encoding="utf-8").read() + "\n" + open(good, encoding="utf-8").read() + "\n")
    elsewhere = write(folder, "elsewhere", envelope(folder, "key", {**statement, "subject": [{"digest": {"sha256": "ab" * 32}}]}))
    verify("--bundle", good, "--key", key, f"file:{file}", want=0)
    verify("--bundle", good, "--key", key, f"sha256:{digest}", want=0)
    verify("--bundle", good, "--key", other, "--key", key, f"sha256:{digest}", want=0)
    verify("--bundle", lines, "--key", key, f"sha256:{digest}", want=0)
    verify("--bundle", good, "--key", other, f"file:{file}", want=1)
    verify("--bundle", good, f"file:{file}", want=1)
    verify("--bundle", bare, f"file:{file}", want=1)
    verify("--bundle", elsewhere, "--key", key, f"file:{file}", want=1)
    verify("--bundle", good, "--key", key, "sha256:" + "ab" * 32, want=1)
    verify("--bundle", write(folder, "cut", open(good, encoding="utf-8").read()[:-9]), "--key", key, f"file:{file}", want=1)
    verify("--bundle", write(folder, "empty", ""), "--key", key, f"file:{file}", want=2)
    for words, want in ((["--bundle", good], 2), ([f"file:{file}"], 2),
                        (["--bundle", good, "--key", good, f"file:{file}"], 2), (["--bundle", good, "--key", key, "file:" + folder + "/none"], 3),
                        (["--bundle", folder + "/none", "--key", key, f"file:{file}"], 2),
                        (["--bundle", good, "--trust-root", good, f"file:{file}"], 2),
                        (["--bundle", good, "--certificate-identity-regexp", "(", f"file:{file}"], 2)):
        done = verify(*words, want=want)
        expect(f"{words}: it says why", done.stderr.startswith("scoville: ") and not done.stdout, done.stderr)
    done = verify("--bundle", lines, "--key", key, "-o", "json", f"file:{file}", want=0)
    report = json.loads(done.stdout)
    expect("JSON", report["verified"] and report["digest"] == "sha256:" + digest and report["signatures"] == [], done.stdout)
    expect("levels", [a["level"] for a in report["attestations"]] == ["claimed", "expected"], done.stdout)
    for form in ("json", "text"):
        done = verify("--bundle", lines, "--key", key, "-o", form, f"file:{file}", want=0)
        expect(f"{form}: a secret is masked", secret not in done.stdout + done.stderr)


def conformance():
    for shared in (os.environ.get("SCOVILLE_TEST_SHARED", ""), os.path.join(here, "../../../../shared")):
        archive = os.path.join(shared, "data/provenance/dev.tar.zst")
        if shared and os.path.exists(archive):
            break
    else:
        print("skipped: no cases of sigstore-conformance (../shared/data/provenance/dev.tar.zst)")
        return
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(["tar", "--zstd", "-xf", archive, "-C", folder, "dev/sigstore-conformance"], check=True)
        base = os.path.join(folder, "dev/sigstore-conformance")
        names = sorted(os.listdir(os.path.join(base, "cases")))
        for name in names:
            one_case(base, name)
        print(f"sigstore-conformance: {len(names)} cases")
        expect("cases", len(names) > 20)


def one_case(base, name):
    folder = os.path.join(base, "cases", name)

    def given(file, default):
        path = os.path.join(folder, file)
        return open(path, encoding="utf-8").read().strip() if os.path.exists(path) else default

    words = ["--bundle", os.path.join(folder, "bundle.sigstore.json"), "-o", "json"]
    if os.path.exists(os.path.join(folder, "key.pub")):
        words += ["--key", os.path.join(folder, "key.pub")]
    else:
        words += ["--certificate-identity", given("identity", IDENTITY), "--certificate-oidc-issuer", given("issuer", ISSUER)]
    if os.path.exists(os.path.join(folder, "trusted_root.json")):
        words += ["--trust-root", os.path.join(folder, "trusted_root.json")]
    artifact = os.path.join(folder, "artifact")
    done = verify(*words, "file:" + (artifact if os.path.exists(artifact) else os.path.join(base, "a.txt")))
    fails = name.endswith("_fail")
    if fails and done.returncode == 2 and done.stderr.startswith("scoville: trust root "):
        return  # the root itself is refused
    expect(name, done.returncode == (1 if fails else 0), done.stdout, done.stderr)
    rows = json.loads(done.stdout or '{"signatures":[],"attestations":[]}')
    for row in rows["signatures"] + rows["attestations"]:
        expect(f"{name}: it says why", not fails or row["why"], row)


def libraries():
    """The folder of the packages; None: they could not be installed."""
    folder = os.path.join(cache, "sigstore-" + hashlib.sha256(repr(PACKAGES).encode()).hexdigest()[:12])
    if os.path.exists(os.path.join(folder, "whole")):
        return os.path.join(folder, "node_modules")
    shutil.rmtree(folder, ignore_errors=True)
    os.makedirs(folder, exist_ok=True)
    try:
        write(folder, "package.json", '{"private": true}')
        subprocess.run(["npm", "install", "--silent", "--no-audit", "--no-fund", *PACKAGES], cwd=folder, check=True, timeout=300,
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    except (OSError, subprocess.SubprocessError) as e:
        print(f"skipped: the libraries of sigstore cannot be installed: {str(e)[:200]}")
        return None
    write(folder, "whole", "")
    return os.path.join(folder, "node_modules")


def oracle(folder):
    modules = libraries()
    if not modules:
        return
    run = lambda *words: subprocess.run(["node", os.path.join(here, "oracle/oracle.cjs"), *words], capture_output=True, text=True,  # noqa: E731
                                        timeout=120, check=True, env={**os.environ, "NODE_PATH": modules}).stdout
    run("sign", folder)
    for name in ("message", "envelope"):
        verify("--bundle", f"{folder}/{name}.json", "--key", f"{folder}/key.pub", f"file:{folder}/artifact", want=0, name=f"theirs: {name}")
        verify("--bundle", f"{folder}/{name}.json", "--key", f"{folder}/key.pub", "sha256:" + "ab" * 32, want=1, name=f"theirs, other: {name}")
    maker = os.path.join(os.path.dirname(scoville), "tests/unit/test_trust_verify")
    if not os.path.exists(maker):
        print("skipped: nothing makes bundles (tests/unit/test_trust_verify)")
        return
    made = os.path.join(folder, "made")
    os.mkdir(made)
    subprocess.run([maker, made], check=True, capture_output=True, timeout=120)
    files = sorted(f for f in os.listdir(made) if f.endswith(".json"))
    expect("bundles made", len(files) > 40)
    for line in run("verify", f"{made}/root", f"{made}/key.pub", f"{made}/artifact", *(f"{made}/{f}" for f in files)).splitlines():
        theirs, rest = line.split(" ", 1)
        ours, name = rest.removeprefix(made + "/").split(".json")[0].split(" ", 1)
        expect(f"ours: {name}", theirs == ours or (theirs == "yes" and name in STRICTER), line)
    print(f"oracle: {len(files)} bundles of ours")


def main():
    with tempfile.TemporaryDirectory() as folder:
        command(folder)
    conformance()
    with tempfile.TemporaryDirectory() as folder:
        oracle(folder)
    print(f"{len(failures)} failed")
    return 1 if failures else 0


sys.exit(main())
