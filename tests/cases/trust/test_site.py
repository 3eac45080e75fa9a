#!/usr/bin/env python3
"""test_site.py SCOVILLE: whom a site trusts, and signatures without a key, against a registry.

policy.json of skopeo and a policy of our own (--policy-json) with an image that scoville has signed; and, from
../shared/data/provenance/dev.tar.zst beside the project (SCOVILLE_TEST_SHARED: elsewhere), the signatures of containers/image for
policy.json and real images with attestations that a workflow signed without a key, pushed into a registry.

SPDX-License-Identifier: Apache-2.0
"""
import base64
import glob
import json
import os
import pathlib
import subprocess
import sys
import tempfile

here = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(here.parents[1] / "servers"))
sys.path.insert(0, str(here.parent / "secrets"))
import plant  # noqa: E402,F401 (finds oci)
import small_registry as small  # noqa: E402
from oci import INDEX, MANIFEST, Layout, tar  # noqa: E402

scoville = os.path.abspath(sys.argv[1])
shared = os.environ.get("SCOVILLE_TEST_SHARED") or str(here.parents[3] / "shared")
NOW = "2026-11-22"
SIMPLE = "application/vnd.dev.cosign.simplesigning.v1+json"
failures, ran = [], 0
env = {k: v for k, v in os.environ.items() if not k.startswith("SCOVILLE_") and not k.lower().endswith("_proxy")}
env["SCOVILLE_DB"] = "none"


def expect(name, truth, *more):
    global ran
    ran += 1
    if not truth:
        failures.append(name)
        print("FAILED", name, *more, flush=True)


def run(*words):
    return subprocess.run([scoville, *words], capture_output=True, text=True, timeout=120, check=False, env=env)


def verdicts(reference, *words):
    done = run("grade", reference, "--now", NOW, "-o", "json", "--no-cache", *words)
    if not done.stdout:
        return {"error": done.stderr}
    return {c["id"]: (c["verdict"], c["reason"]) for c in json.loads(done.stdout)["criteria"]}


class Place:
    """A folder for keys and policies, and a registry."""

    def __init__(self, folder, world):
        self.folder, self.world, self.n = folder, world, 0

    def write(self, value):
        self.n += 1
        path = self.folder / f"policy{self.n}.json"
        path.write_text(value if isinstance(value, str) else json.dumps(value))
        return str(path)

    def key(self, name):
        key, pub = str(self.folder / name), str(self.folder / (name + ".pub"))
        for words in (("genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256", "-out", key),
                      ("pkey", "-in", key, "-pubout", "-out", pub)):
            subprocess.run(["openssl", *words], check=True, capture_output=True)
        return key, pub

    def push(self, repository, layout, tag="t"):
        """All blobs of a layout; its first entry is the tag, other entries are cosign's tags of it."""
        index = json.loads((layout / "index.json").read_text())
        for path in glob.glob(str(layout / "blobs/sha256/*")):
            data = pathlib.Path(path).read_bytes()
            try:
                kind = json.loads(data).get("mediaType", "") if data[:1] == b"{" else ""
            except ValueError:
                kind = ""
            self.world.put(repository, data)
            if kind in (INDEX, MANIFEST):
                self.world.put(repository, data, kind)
        top = index["manifests"][0]["digest"]
        for entry in index["manifests"]:
            name = {"dev.cosignproject.cosign/atts": top.replace(":", "-") + ".att",
                    "dev.cosignproject.cosign/sigs": top.replace(":", "-") + ".sig"}.get(
                        entry.get("annotations", {}).get("kind", ""), tag)
            data = (layout / "blobs/sha256" / entry["digest"][7:]).read_bytes()
            self.world.put(repository, data, json.loads(data).get("mediaType", MANIFEST), name)
        return f"{self.world.host}/{repository}:{tag}"


def judge(place, name, reference, policy, exit_status, verdict, words=""):
    path = place.write(policy)
    done = run("verify", reference, "--now", NOW, "--policy-json", path)
    expect(f"{name}: verify ends with {done.returncode}, not {exit_status}", done.returncode == exit_status, done.stdout[-600:], done.stderr)
    expect(f"{name}: '{words}' is said", words in done.stdout + done.stderr, done.stdout[-600:], done.stderr)
    if verdict:
        got = verdicts(reference, "--policy-json", path).get("prov.signed", ("none", ""))
        expect(f"{name}: prov.signed is {got}, not {verdict}", got[0] == verdict)


def own(place):
    key, pub = place.key("key")
    other = place.key("other")[1]
    layout = Layout(str(place.folder / "image"))
    layout.index(layout.image([layout.layer(tar(("app/run", b"#!/bin/true\n")))]))
    reference = place.push("team/app", pathlib.Path(place.folder / "image"))
    host = place.world.host
    anything, reject = {"type": "insecureAcceptAnything"}, {"type": "reject"}

    def by(path=None, identity="matchRepository", **more):
        return {"type": "sigstoreSigned", **({"keyPath": path} if path else {}), "signedIdentity": {"type": identity}, **more}

    for name, policy in (("anything", [anything]), ("reject", [reject]), ("by the key", [by(pub)])):
        judge(place, f"unsigned, {name}", reference, {"default": policy}, 1, "not-met")
    done = run("sign", reference, "--key", key, "--compat", "--now", NOW)
    expect("sign", done.returncode == 0, done.stderr)
    data = base64.b64encode(pathlib.Path(pub).read_bytes()).decode()
    rows = [
        ("anything", {"default": [anything]}, 1, "not-assessed", ""),
        ("reject", {"default": [reject]}, 1, "not-met", "policy.json rejects this image"),
        ("keyPath", {"default": [by(pub)]}, 0, "met", ""),
        ("keyData", {"default": [by(keyData=data)]}, 0, "met", ""),
        ("the key of somebody else", {"default": [by(other)]}, 1, "not-met", ""),
        ("both keys", {"default": [by(pub), by(other)]}, 1, "not-met", ""),
        ("one of the keys", {"default": [{"type": "sigstoreSigned", "keyPaths": [other, pub], "signedIdentity": {"type": "matchRepository"}}]},
         0, "met", ""),
        ("another repository", {"default": [{**by(pub), "signedIdentity": {"type": "exactRepository", "dockerRepository": f"{host}/team/b"}}]},
         1, "not-met", ""),
        ("GPG", {"default": [{"type": "signedBy", "keyType": "GPGKeys", "keyPath": pub}]}, 1, "not-assessed", "GPG"),
        ("a scope of the repository", {"default": [reject], "transports": {"docker": {f"{host}/team/app": [by(pub)]}}}, 0, "met", ""),
        ("a scope of the host", {"default": [reject], "transports": {"docker": {host: [by(pub)]}}}, 0, "met", ""),
        ("the most exact scope", {"default": [anything], "transports": {"docker": {host: [by(pub)], f"{host}/team": [reject]}}}, 1, "not-met",
         "rejects"),
        ("a scope of another transport", {"default": [reject], "transports": {"oci": {"": [by(pub)]}}}, 1, "not-met", "rejects"),
        ("our own", [{"scope": f"{host}/team/**", "any": [{"key": pub}]}], 0, "met", ""),
        ("our own, somebody else", [{"scope": f"{host}/team/**", "any": [{"key": other}]}], 1, "not-met", ""),
        ("our own, another scope", [{"scope": f"{host}/other/**", "any": [{"key": pub}]}], 1, "not-assessed", ""),
    ]
    for name, policy, status, verdict, words in rows:
        judge(place, name, reference, policy, status, verdict, words)
    for name, policy, words in (("an unknown type", {"default": [{"type": "insecureAcceptAnythin"}]}, "policy"),
                                ("an unknown key", {"default": [anything], "defualt": []}, "policy"), ("no JSON", "{", "policy")):
        judge(place, name, reference, policy, 2, None, words)
    done = run("verify", reference, "--policy-json", place.write({"default": [by(pub)]}), "--key", pub)
    expect("a policy beside --key is a wrong use", done.returncode == 2, done.returncode, done.stderr)
    for words, status in ((("--policy-json", str(place.folder / "none")), 2), (("--policy-json", str(place.folder)), 2)):
        done = run("verify", reference, *words)
        expect(f"{words}: {done.returncode}", done.returncode == status and not done.stdout, done.stderr)


def profiles(place):
    """A profile that an annotation names, in the layout or the repository of the image."""
    key = "seccomp-profile.kubernetes.cri-o.io"
    strict = {"defaultAction": "SCMP_ACT_ERRNO", "architectures": ["SCMP_ARCH_X86_64"],
              "syscalls": [{"names": ["read", "write", "exit_group"], "action": "SCMP_ACT_ALLOW"}]}
    kind, sbom = "application/vnd.cncf.seccomp-profile.config.v1+json", "application/spdx+json"
    rows = [
        ("restricts", strict, kind, "here@", "met"),
        ("restricts, of one container", strict, kind, "here@", "met"),
        ("allows all", {"defaultAction": "SCMP_ACT_ALLOW"}, kind, "here@", "not-met"),
        ("is no profile", [1], kind, "here@", None),
        ("is another artifact", strict, sbom, "here@", "not-assessed"),
        ("is not there", None, kind, "here@", "not-assessed"),
        ("is named by a tag", strict, kind, "here:t", "not-assessed"),
        ("is in another repository", strict, kind, "there@", None),
    ]
    for n, (name, profile, config, how, verdict) in enumerate(rows):
        folder = place.folder / f"profile{n}"
        layout, repository = Layout(str(folder)), f"profiles/p{n}"
        manifest = json.dumps({"schemaVersion": 2, "mediaType": MANIFEST, "config": layout.put(b"{}", config), "layers": [
            layout.put(json.dumps(profile).encode(), "application/json")]}).encode()
        digest = small.digest(manifest)
        if profile is not None:
            layout.put(manifest, MANIFEST)
        host = f"{place.world.host}/{repository if how.startswith('here') else 'other/p'}"
        value = f"{host}@{digest}" if how.endswith("@") else f"{host}:t"
        layout.index(layout.image([layout.layer(tar(("app/run", b"#!/bin/true\n")))],
                                  annotations={key + ("/app" if "container" in name else ""): value}))
        for reference in (f"oci:{folder}", place.push(repository, folder)):
            got = verdicts(reference).get("conf.secprofile", ("none", ""))
            want = verdict or ("not-assessed" if how == "there@" and not reference.startswith("oci:") else None)
            if want:
                expect(f"a profile that {name}, {reference[:4]}: {got}, not {want}", got[0] == want)
            else:
                expect(f"a profile that {name}, {reference[:4]}: {got}", got[0] == "met" if how == "there@" else got[0] != "met")


def of_containers_image(place, base):
    """Its fixtures: an image and the files signature-N that skopeo keeps beside it."""
    repo = "192.168.64.2:5000/cosign-signed-single-sample"
    keys = base / "keys"

    def push(case):
        folder = base / "cases" / case
        manifest = (folder / "manifest.json").read_bytes()
        document, layers = json.loads(manifest), []
        for path in sorted(folder.glob("signature-*")):
            kind, _, text = path.read_bytes().partition(b"\n")
            if kind.strip(b"\0") != b"sigstore-json":
                continue
            signature = json.loads(text)
            if signature["mimeType"] == SIMPLE:
                blob = place.world.put(case, base64.b64decode(signature["payload"]))
                layers.append({**blob, "mediaType": SIMPLE, "annotations": signature["annotations"]})
        place.world.put(case, manifest, document.get("mediaType", MANIFEST), "t")
        config = place.world.put(case, b"{}")
        place.world.put(case, json.dumps({"schemaVersion": 2, "mediaType": MANIFEST, "config": {
            **config, "mediaType": "application/vnd.oci.image.config.v1+json"}, "layers": layers}).encode(), MANIFEST,
            small.digest(manifest).replace(":", "-") + ".sig")
        return f"{place.world.host}/{case}:t"

    for case, key, good in (("dir-img-cosign-valid", "cosign.pub", True), ("dir-img-cosign-valid", "cosign2.pub", False),
                            ("dir-img-cosign-valid", "some-rsa-key.pub", False), ("dir-img-cosign-mixed", "cosign.pub", True),
                            ("dir-img-cosign-modified-manifest", "cosign.pub", False)):
        policy = {"default": [{"type": "sigstoreSigned", "keyPath": str(keys / key),
                               "signedIdentity": {"type": "exactRepository", "dockerRepository": repo}}]}
        judge(place, f"{case}, {key}", push(case), policy, 0 if good else 1, None)
    for name, root, email, good in (("its root", "pki_root_crts.pem", "qiwan@redhat.com", True),
                                    ("another root", "fulcio_v1.crt.pem", "qiwan@redhat.com", False),
                                    ("another address", "pki_root_crts.pem", "x@example.com", False)):
        policy = {"default": [{"type": "sigstoreSigned", "pki": {"caRootsPath": str(keys / root), "subjectEmail": email,
                               "caIntermediatesPath": str(keys / "pki_intermediate_crts.pem")},
                               "signedIdentity": {"type": "exactRepository", "dockerRepository": "localhost:5000/test"}}]}
        judge(place, f"pki, {name}", push("dir-img-cosign-pki-valid"), policy, 0 if good else 1, None)


def of_workflows(place, base):
    """Images that `cosign save` wrote: provenance that a workflow of GitHub signed without a key."""
    issuer = "https://token.actions.githubusercontent.com"
    signer = "^https://github.com/slsa-framework/slsa-github-generator/"
    for folder in sorted(base.glob("*/container_workflow_dispatch")):
        name = folder.parent.name
        reference = place.push(f"saved/{name}", folder)
        for words, verdict in (((signer, issuer), "met"), (("^https://github.com/somebody/", issuer), "not-met"),
                               ((signer, "https://accounts.google.com"), "not-met")):
            got = verdicts(reference, "--certificate-identity-regexp", words[0], "--certificate-oidc-issuer", words[1])
            got = got.get("prov.slsa", got)
            expect(f"{name}: prov.slsa by {words} is {got}, not {verdict}", got[0] == verdict)
        done = run("verify", reference, "--certificate-identity-regexp", signer, "--certificate-oidc-issuer", issuer)
        expect(f"{name}: provenance is no signature", done.returncode == 1, done.stdout[-300:], done.stderr)
        expect(f"{name}: the identity is shown", "/.github/workflows/" in done.stdout and "@refs/" in done.stdout, done.stdout[:800])


def main():
    with tempfile.TemporaryDirectory() as d:
        place = Place(pathlib.Path(d), small.World())
        own(place)
        profiles(place)
        archive = os.path.join(shared, "data/provenance/dev.tar.zst")
        if os.path.exists(archive):
            subprocess.run(["tar", "--zstd", "-xf", archive, "-C", d], check=True)
            base = next(pathlib.Path(d).glob("**/cosign-simplesigning"))
            of_containers_image(place, base)
            of_workflows(place, base.parent / "cosign-saved-layouts")
        else:
            print("skipped: no real signatures (../shared/data/provenance/dev.tar.zst)")
    print(f"{ran} checks, {len(failures)} failed")
    sys.exit(1 if failures else 0)


main()
