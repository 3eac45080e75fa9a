#!/usr/bin/env python3
"""test_attest.py SCOVILLE: what attestations change in a grade, and what they do not.

Provenance that the layers or an annotation contradict; secrets in what is attached; documents of another image; and real images graded
before and after they were signed and attested: four small ones, with SCOVILLE_TEST_ALL all of $SCOVILLE_TEST_IMAGES.

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
from oci import INDEX, MANIFEST, Layout, tar  # noqa: E402

scoville = os.path.abspath(sys.argv[1])
images = os.environ.get("SCOVILLE_TEST_IMAGES", "")
NOW = "2026-11-22"
SMALL = ["busybox", "hello", "scratch-c", "alpine-v3.20"]
failures = []
env = {k: v for k, v in os.environ.items() if not k.startswith("SCOVILLE_") or k == "SCOVILLE_WORKER"}
env["SCOVILLE_DB"] = "none"


def expect(name, truth, *more):
    if not truth:
        failures.append(name)
        print("FAILED", name, *more, flush=True)


def run(*words, want=0):
    done = subprocess.run([scoville, *words], capture_output=True, text=True, timeout=600, check=False, env=env)
    if want is not None:
        expect(f"{words[:3]}: exit {done.returncode}, not {want}", done.returncode == want, done.stdout[-500:], done.stderr)
    return done


def grade(reference, *words, want=0, cache=False):
    done = run("grade", reference, "--now", NOW, "-o", "json", *([] if cache else ["--no-cache"]), *words, want=want)
    report = json.loads(done.stdout or '{"criteria":[]}')
    return {c["id"]: c for c in report["criteria"]}, report


def keys(folder):
    key, pub = os.path.join(folder, "key"), os.path.join(folder, "key.pub")
    subprocess.run(["openssl", "genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256", "-out", key], check=True,
                   capture_output=True)
    subprocess.run(["openssl", "pkey", "-in", key, "-pubout", "-out", pub], check=True, capture_output=True)
    return key, pub


def write(folder, name, value):
    path = os.path.join(folder, name)
    with open(path, "w", encoding="utf-8") as f:
        f.write(value if isinstance(value, str) else json.dumps(value))
    return path


# ---- the base that provenance claims -------------------------------------------------------------

SYSTEM = ("etc/os-release", b"ID=unknownos\nVERSION_ID=1\n")


def status(n):
    return ("var/lib/dpkg/status", b"".join(b"Package: p%d\nStatus: install ok installed\nVersion: 1\nArchitecture: all\n\n" % i
                                            for i in range(n)))


def provenance(version, *inputs, recipe=None, final=None):
    """inputs: (uri, digest or None)."""
    rows = [{"uri": uri, **({"digest": {"sha256": d[7:]}} if d else {})} for uri, d in inputs]
    data = {"source": {"infos": [{"filename": "Dockerfile", "data": base64.b64encode(recipe.encode()).decode()}]}} if recipe else {}
    if version == "v0.2":
        return {"buildType": "https://mobyproject.org/buildkit@v1", "builder": {"id": "https://example.com/b"}, "materials": rows,
                "invocation": {"configSource": {"entryPoint": "Dockerfile"}},
                "metadata": {"https://mobyproject.org/buildkit@v1#metadata": data}}
    return {"buildDefinition": {"buildType": "https://mobyproject.org/buildkit@v1", "resolvedDependencies": rows,
                                "externalParameters": {"configSource": {"path": "Dockerfile"}}},
            "runDetails": {"builder": {"id": "https://example.com/b"}, "metadata": {"buildkit_metadata": data}}}


class Built:
    """A layout with a base, a base of another build, and an image on the first."""

    def __init__(self, folder, annotations=None, packages=20):
        self.l = Layout(os.path.join(folder, "image"))
        base = self.l.layer(tar(SYSTEM, status(packages)))
        self.base = self.l.image([base])["digest"]
        other = self.l.layer(tar(SYSTEM, ("etc/other", b"x"), status(packages)))
        self.other = self.l.image([other])["digest"]
        entry = {"mediaType": MANIFEST, "digest": self.base, "size": os.path.getsize(self.l.path(self.base)),
                 "platform": {"os": "linux", "architecture": "amd64"}}
        self.index = self.l.put(json.dumps({"schemaVersion": 2, "mediaType": INDEX, "manifests": [entry]}).encode(), INDEX)["digest"]
        more = {"annotations": annotations(self)} if annotations else {}
        self.reference = self.l.index(self.l.image([base, self.l.layer(tar(("app/run", b"#!/bin/true\n")))], **more))

    def attest(self, folder, key, predicate, how="provenance"):
        run("attest", self.reference, "--key", key, "--type", how, "--predicate", write(folder, "predicate.json", predicate))


ALPINE = "pkg:docker/alpine@3.20?platform=linux%2Famd64"
GOLANG = "docker-image://docker.io/library/golang:1.23"
NAME, DIGEST = "org.opencontainers.image.base.name", "org.opencontainers.image.base.digest"
TWO = "FROM golang:1.23 AS build\nRUN go build\nFROM alpine:3.20\nCOPY --from=build /app /app\n"


def truth(folder, key, pub):
    """name, annotations, provenance, verdict of prov.slsa, words of its reason or evidence, and min.base's"""
    held, denied = "its layers are the lowest 1 of this image", "whose layers are not the lowest of this image"
    absent = "sha256:" + "ab" * 32
    cases = [
        ("the base is below", None, lambda b: [(ALPINE, b.base)], {}, "met", held, "met"),
        ("the base's index is below", None, lambda b: [(ALPINE, b.index)], {}, "met", held, "met"),
        ("one of two stages is below", None, lambda b: [(GOLANG, b.other), (ALPINE, b.base)], {"recipe": TWO}, "met", held, "met"),
        ("a stage is not below", None, lambda b: [(GOLANG, b.other)], {}, "met", "not below this one", "met"),
        ("the Dockerfile's base is not below", None, lambda b: [(GOLANG, absent), (ALPINE, b.other)], {"recipe": TWO}, "not-met", denied, "met"),
        ("not at hand", None, lambda b: [(ALPINE, absent)], {}, "met", "was not checked: it is not beside the image", "met"),
        ("both say the same, and lie", lambda b: {NAME: "alpine:3.20", DIGEST: b.other}, lambda b: [(ALPINE, b.other)], {}, "not-met", denied,
         "met"),
        ("they contradict", lambda b: {NAME: "debian:12-slim"}, lambda b: [(ALPINE, absent)], {}, "not-met", "names the base", "met"),
        ("they contradict by digest", lambda b: {DIGEST: absent}, lambda b: [(ALPINE, "sha256:" + "cd" * 32)], {}, "not-met", "names the base",
         "met"),
        ("the layers say who is right", lambda b: {NAME: "debian:12-slim"}, lambda b: [(ALPINE, b.base)], {}, "met", held, "met"),
        ("another mirror", lambda b: {NAME: "mirror.gcr.io/library/alpine:3.20"}, lambda b: [(ALPINE, absent)], {}, "met", "not checked", "met"),
        ("nothing is claimed", lambda b: {NAME: "debian:12-slim"}, lambda b: [], {}, "met", "", "met"),
    ]
    for n, (name, annotations, inputs, more, want, words, base) in enumerate(cases):
        for version in ("v0.2", "v1"):
            here_ = os.path.join(folder, f"truth{n}{version}")
            os.mkdir(here_)
            b = Built(here_, annotations)
            b.attest(here_, key, provenance(version, *inputs(b), **more))
            got, report = grade(b.reference, "--key", pub)
            slsa = got["prov.slsa"]
            expect(f"{name} {version}: prov.slsa", slsa["verdict"] == want, slsa["verdict"], slsa["reason"])
            expect(f"{name} {version}: it says so", words in json.dumps(slsa), json.dumps(slsa)[:1500])
            expect(f"{name} {version}: min.base", got["min.base"]["verdict"] == base, got["min.base"]["reason"])
            if want == "not-met":
                expect(f"{name} {version}: its Dockerfile is not judged", got["prov.pinimg"]["verdict"] == "not-assessed", got["prov.pinimg"])
                expect(f"{name} {version}: its images are not trusted", "provenance" not in got["prov.source"]["reason"], got["prov.source"])


def base(folder, key, pub):
    """min.base by a claim: only where the layers are there and the provenance is verified; never smaller than the files."""
    small = lambda b: {NAME: "alpine:3.20", DIGEST: b.other}  # noqa: E731
    for n, (name, annotations, inputs, key_given, packages, want, words) in enumerate([
            ("verified, and below", None, lambda b: [(ALPINE, b.base)], True, 40, "met", "verified provenance names it"),
            ("not verified", None, lambda b: [(ALPINE, b.base)], False, 40, "met", "the base is unknown"),
            ("a full base, verified and below", None, lambda b: [("pkg:docker/debian@12", b.base)], True, 40, "not-met", "a full one"),
            ("many packages stay many", None, lambda b: [(ALPINE, b.base)], True, 130, "not-met", "there are 130 packages"),
            ("the annotation's layers are not there", small, None, True, 40, "met", "the base is unknown"),
            ("nor with more packages", small, None, True, 80, "not-assessed", "the base is unknown"),
    ]):
        here_ = os.path.join(folder, f"base{n}")
        os.mkdir(here_)
        b = Built(here_, annotations, packages)
        if inputs:
            b.attest(here_, key, provenance("v1", *inputs(b)))
        got, _ = grade(b.reference, *(["--key", pub] if key_given else []))
        expect(f"base {name}", got["min.base"]["verdict"] == want and words in got["min.base"]["reason"], got["min.base"])


# ---- secrets in what is attached -----------------------------------------------------------------

def secrets(folder, key, pub):
    planted = {}

    def token():
        value = plant.github()
        planted[value] = False
        return value

    where = {
        "build arguments of v1": lambda: ("provenance", {"buildDefinition": {
            "buildType": "b", "externalParameters": {"request": {"args": {"build-arg:TOKEN": token()}}}}, "runDetails": {"builder": {"id": "b"}}}),
        "parameters of v0.2": lambda: ("provenance", {"buildType": "b", "builder": {"id": "b"}, "invocation": {"parameters": {
            "args": {"build-arg:GITHUB_TOKEN": token()}}}}),
        "environment of v0.2": lambda: ("provenance", {"buildType": "b", "builder": {"id": "b"}, "invocation": {"environment": {
            "GITHUB_TOKEN": token()}}}),
        "internal parameters of v1": lambda: ("provenance", {"buildDefinition": {
            "buildType": "b", "internalParameters": {"env": ["GITHUB_TOKEN=" + token()]}}, "runDetails": {"builder": {"id": "b"}}}),
        "the Dockerfile": lambda: ("provenance", provenance("v1", recipe="FROM scratch\nENV GITHUB_TOKEN=" + token() + "\n")),
        "a component of an SBOM": lambda: ("cyclonedx", {"bomFormat": "CycloneDX", "specVersion": "1.6", "components": [
            {"type": "file", "name": "x", "properties": [{"name": "env", "value": "GITHUB_TOKEN=" + token()}]}]}),
        "another type": lambda: ("https://example.com/type", {"env": {"GITHUB_TOKEN": token()}}),
    }
    for n, (name, make) in enumerate(where.items()):
        here_ = os.path.join(folder, f"secrets{n}")
        os.mkdir(here_)
        b = Built(here_)
        clean, _ = grade(b.reference)
        expect(f"{name}: clean before", clean["conf.secrets"]["verdict"] == "met", clean["conf.secrets"])
        how, predicate = make()
        value = list(planted)[-1]
        b.attest(here_, key, predicate, how)
        index = json.load(open(os.path.join(b.l.folder, "index.json"), encoding="utf-8"))
        image_of = index["manifests"][0]["digest"]
        statement = {"_type": "https://in-toto.io/Statement/v1", "subject": [{"digest": {"sha256": image_of[7:]}}],
                     "predicateType": "https://slsa.dev/provenance/v1" if how == "provenance" else how, "predicate": predicate}
        other = dict(statement, subject=[{"digest": {"sha256": "ab" * 32}}])
        plain_folder = os.path.join(here_, "plain")
        os.mkdir(plain_folder)
        plain = Built(plain_folder)
        option = ["--provenance" if how == "provenance" else "--bundle"]
        for place, reference, words, want in (
                ("attached", b.reference, [], "not-met"), ("attached and verified", b.reference, ["--key", pub], "not-met"),
                ("a file", plain.reference, [*option, write(here_, "statement.json", statement)], "not-met"),
                ("a file about another image", plain.reference, [*option, write(here_, "other.json", other)], "met"),
                ("not searched", b.reference, ["--skip", "secrets"], "not-assessed")):
            got, report = grade(reference, *words)
            expect(f"{name}, {place}: conf.secrets", got["conf.secrets"]["verdict"] == want, got["conf.secrets"])
            found = [f for f in report["secrets"]] if want == "not-met" else []
            expect(f"{name}, {place}: where it is", want != "not-met" or any("sha256:" in json.dumps(f) for f in found), report["secrets"])
            for form in ("json", "text", "spdx", "cyclonedx") if place == "attached" else ("json", "text"):
                done = run("grade", reference, "--now", NOW, "-o", form, *words, want=None)
                text = done.stdout + done.stderr
                expect(f"{name}, {place}, {form}: written", done.returncode == 0 and len(text) > 40, done.stderr)
                coded = [value[k:k + 8] for k in range(4, len(value) - 8)]
                expect(f"{name}, {place}, {form}: no byte of it", not any(c in text for c in coded))
        done = run("verify", b.reference, "--key", pub, "-o", "json", want=None)
        expect(f"{name}: verify shows none", value[6:] not in done.stdout + done.stderr)
    here_ = os.path.join(folder, "unreadable")
    os.mkdir(here_)
    b = Built(here_)
    b.attest(here_, key, provenance("v1"))
    with open(os.path.join(b.l.folder, "index.json"), encoding="utf-8") as f:
        entry = json.load(f)["manifests"][-1]["digest"]
    with open(b.l.path(entry), encoding="utf-8") as f:
        blob = json.load(f)["layers"][0]["digest"]
    os.remove(b.l.path(blob))
    got, _ = grade(b.reference, "--key", pub)
    expect("one that is not there: not a pass", got["conf.secrets"]["verdict"] == "not-assessed" and got["prov.slsa"]["verdict"] != "met",
           got["conf.secrets"])


# ---- what is signed, and what is not -------------------------------------------------------------

def files(folder):
    return {os.path.join(d, n): open(os.path.join(d, n), "rb").read() for d, _, names in os.walk(folder) for n in names}


def signing(folder, key, pub):
    os.mkdir(os.path.join(folder, "signing"))
    b = Built(os.path.join(folder, "signing"))
    b.attest(folder, key, provenance("v1"))
    done = run("verify", b.reference, "--key", pub, want=1)
    expect("an attestation is not a signature", done.stdout.startswith("not verified"), done.stdout)
    run("sign", b.reference, "--key", key)
    run("verify", b.reference, "--key", pub)
    before = files(b.l.folder)
    done = run("sign", b.reference, "--key", key)
    expect("signed once", ": already signed with key " in done.stdout and before == files(b.l.folder), done.stdout)
    done = run("sign", b.reference, "--key", os.path.join(folder, "other/key"))
    expect("another key signs too", ": signed with key " in done.stdout and before != files(b.l.folder), done.stdout)
    os.mkdir(os.path.join(folder, "third"))
    c = Layout(os.path.join(folder, "third/image"))
    other = c.index(c.image([c.layer(tar(("x", b"y")))]))
    for how, words in (("spdx", ["sbom", "-o", "spdx"]), ("cyclonedx", ["sbom", "-o", "cyclonedx"]), ("grade", ["grade", "-o", "json"])):
        for reference, want in ((other, 2), (b.reference, 0)):
            before = files(b.l.folder)
            document = write(folder, "document.json", run(words[0], reference, *words[1:]).stdout)
            done = run("attest", b.reference, "--key", key, "--type", how, "--predicate", document, want=want)
            expect(f"{how}: {want}", ("not of this one" in done.stderr and before == files(b.l.folder)) if want else
                   ": attested" in done.stdout and "warning" not in done.stdout, done.stdout, done.stderr)
    for how, document in (("spdx", {"spdxVersion": "SPDX-2.3", "name": "x", "packages": []}), ("cyclonedx", {
            "bomFormat": "CycloneDX", "specVersion": "1.6", "components": []}), ("grade", {"schema": 1})):
        done = run("attest", b.reference, "--key", key, "--type", how, "--predicate", write(folder, "document.json", document))
        expect(f"{how} of nothing: a warning", "warning: the document" in done.stdout, done.stdout)


# ---- real images, before and after ---------------------------------------------------------------

PROVENANCE = {"buildDefinition": {"buildType": "https://example.com/build/v1", "externalParameters": {"source": "https://example.com/src"},
                                  "resolvedDependencies": []},
              "runDetails": {"builder": {"id": "https://example.com/builder"}, "metadata": {"finishedOn": "2026-11-20T00:01:00Z"}}}
SECCOMP = {"defaultAction": "SCMP_ACT_ERRNO", "architectures": ["SCMP_ARCH_X86_64"], "syscalls": [
    {"names": ["read", "write", "exit", "exit_group", "mmap", "brk"], "action": "SCMP_ACT_ALLOW"}]}
# What may change: the criteria, and for prov.sbom whether the image has packages to compare.
MAY = {"prov.signed": {"met"}, "prov.slsa": {"met"}, "prov.sbom": {"met", "not-assessed"}, "prov.fresh": {"met", "not-assessed"}, "conf.secprofile": {"met"}}


def before_after(folder, key, pub):
    root = os.path.join(images, "oci")
    if not images or not os.path.isdir(root):
        print("skipped: no images (SCOVILLE_TEST_IMAGES)")
        return
    names = [n for n in (sorted(os.listdir(root)) if os.environ.get("SCOVILLE_TEST_ALL") else SMALL)
             if os.path.exists(os.path.join(root, n, "index.json"))]
    for n in names:
        where = os.path.join(folder, "copy")
        shutil.copytree(os.path.join(root, n), where, copy_function=os.link)
        for name in ("index.json", "oci-layout"):  # what is written anew may not reach the original
            path = os.path.join(where, name)
            data = open(path, "rb").read()
            os.remove(path)
            with open(path, "wb") as f:
                f.write(data)
        reference = "oci:" + where
        before, _ = grade(reference, cache=True)
        run("sign", reference, "--key", key)
        sbom = write(folder, "sbom.json", run("sbom", reference, "-o", "spdx", want=None).stdout)  # some have no packages: 4
        for how, file in (("provenance", write(folder, "provenance.json", PROVENANCE)), ("spdx", sbom),
                          ("seccomp", write(folder, "seccomp.json", SECCOMP))):
            run("attest", reference, "--key", key, "--type", how, "--predicate", file)
        after, _ = grade(reference, "--key", pub, cache=True)
        changed = {i: (before[i]["verdict"], after[i]["verdict"]) for i in after if before[i]["verdict"] != after[i]["verdict"]}
        print(f"{n}: " + ", ".join(f"{i} {a} -> {b}" for i, (a, b) in changed.items()))
        for i, (_, b) in changed.items():
            expect(f"{n}: {i} changes to {b}", b in MAY.get(i, ()), after[i]["reason"])
        for i in ("prov.signed", "prov.slsa", "conf.secprofile"):
            expect(f"{n}: {i} is met", after[i]["verdict"] == "met" and before[i]["verdict"] == "not-met", before[i], after[i])
        ours = after["prov.sbom"]["reason"] != "no package was found in the image that an SBOM could be compared with"
        expect(f"{n}: prov.sbom", (after["prov.sbom"]["verdict"] == "met") == ours, after["prov.sbom"])
        other, _ = grade(reference, "--key", pub + ".other", cache=True)
        expect(f"{n}: prov.signed by another key", other["prov.signed"]["verdict"] != "met", other["prov.signed"])
        shutil.rmtree(where)


def main():
    with tempfile.TemporaryDirectory() as folder:
        key, pub = keys(folder)
        os.mkdir(os.path.join(folder, "other"))
        shutil.copy(keys(os.path.join(folder, "other"))[1], pub + ".other")
        for part in (truth, base, secrets, signing, before_after):
            part(folder, key, pub)
    print(f"{len(failures)} failures")
    return 1 if failures else 0


sys.exit(main())
