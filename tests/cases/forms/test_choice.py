#!/usr/bin/env python3
"""test_choice.py SCOVILLE: the image that is graded is the one that runtimes choose, and the rest is named.

Random indexes are asked of skopeo too, where it is installed: it must choose the same image, or none.

SPDX-License-Identifier: Apache-2.0
"""
import json
import os
import random
import shutil
import subprocess
import sys
import tarfile
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from oci import CONFIG, INDEX, MANIFEST, Layout, tar  # noqa: E402

scoville = os.path.abspath(sys.argv[1])
failures, done = [], 0
ATTESTED = {"vnd.docker.reference.type": "attestation-manifest"}
ZSTD = {"io.github.containers.compression.zstd": "true"}


def check(name, truth, why=""):
    global done
    done += 1
    if not truth:
        failures.append(f"{name}: {why}")


def run(*words, cache=None):
    return subprocess.run([scoville, "grade", "--now", "2026-11-01", *(["--cache", cache] if cache else ["--no-cache"]), "-o", "json", *words],
                          capture_output=True, text=True)


def platform(text):
    os_, arch, variant = (text.split("/") + ["", ""])[:3]
    return {"os": os_, "architecture": arch, **({"variant": variant} if variant else {})}


def image(l, which, where="linux/amd64", **more):
    """Its label says which it is."""
    p = platform(where)
    document = {"architecture": p["architecture"], "os": p["os"], **({"variant": p["variant"]} if "variant" in p else {})}
    return l.image([l.layer(tar(("which", which.encode())))], config={"User": "65532", "Labels": {"which": which}}, document=document, **more)


def nested(l, entries, **more):
    return l.put(json.dumps({"schemaVersion": 2, "mediaType": INDEX, "manifests": entries}).encode(), INDEX, **more)


def graded(r):
    """The digest, or nothing."""
    try:
        return json.loads(r.stdout)["subject"]["digest"]
    except (ValueError, KeyError):
        return None


def notes(r):
    return " | ".join(d["text"] for d in json.loads(r.stdout)["diagnostics"]) if r.stdout else ""


def rows(work):
    """What the second entry says of itself, whether it comes first, and what must come out."""
    amd = {"platform": platform("linux/amd64")}
    marks = {
        "attestation": {**amd, "annotations": ATTESTED},
        "artifact": {**amd, "artifactType": "application/spdx+json"},
        "signature": {**amd, "annotations": {"org.opencontainers.image.ref.name": "sha256-" + "0" * 64 + ".sig"}},
        "document": {**amd, "mediaType": "application/json"},
    }
    for name, mark in marks.items():
        for first in (False, True):
            l = Layout(os.path.join(work, f"{name}-{first}"))
            ours, other = {**image(l, "ours"), **amd}, {**image(l, "other"), **mark}
            r = run(l.index(nested(l, [other, ours] if first else [ours, other])), "--platform", "linux/amd64")
            if first:
                check(name, r.returncode == 3 and not r.stdout, r.stdout)
                check(name, all(d["digest"] in r.stderr for d in (ours, other)), r.stderr)
            else:
                check(name, graded(r) == ours["digest"], r.stderr)
                check(name, "passed over: entry 2 (" + other["digest"] in notes(r), notes(r))
        l = Layout(os.path.join(work, f"{name}-alone"))
        r = run(l.index(nested(l, [{**image(l, "alone"), **mark}, {**image(l, "arm", "linux/arm64"), "platform": platform("linux/arm64")}])),
                "--platform", "linux/amd64")
        check(name + " alone", r.returncode == 0, r.stderr)  # an image by its manifest, and what runs
    l = Layout(os.path.join(work, "parameters"))
    ours = {**image(l, "ours"), **amd, "mediaType": MANIFEST + "; charset=utf-8"}
    check("parameters", graded(run(l.index(nested(l, [ours, {**image(l, "other"), **amd}])))) == ours["digest"], "another one")
    l = Layout(os.path.join(work, "spelling"))  # Go reads "Platform" as platform
    one, two = {**image(l, "one"), "Platform": platform("linux/amd64")}, {**image(l, "two"), **amd}
    check("Platform", graded(run(l.index(nested(l, [one, two])))) == one["digest"], "another one")
    l = Layout(os.path.join(work, "features"))
    one = {**image(l, "one"), "platform": {**amd["platform"], "os.features": ["sse4"]}}
    check("os.features", graded(run(l.index(nested(l, [one])))) == one["digest"], "not graded")
    l = Layout(os.path.join(work, "zstd"))
    one, two = {**image(l, "one"), **amd}, {**image(l, "two"), **amd, "annotations": ZSTD}
    r = run(l.index(nested(l, [one, two])))
    check("zstd", r.returncode == 3 and two["digest"] in r.stderr, r.stderr)
    l = Layout(os.path.join(work, "zstd-same"))
    layer = l.layer(tar(("a", b"a")))
    config = l.put(json.dumps({"architecture": "amd64", "os": "linux", "config": {"User": "1"}, "rootfs": {"type": "layers", "diff_ids": [layer[1]]}}).encode(), CONFIG)
    one = {**l.image([layer], config_descriptor=config), **amd}
    two = {**l.image([layer], config_descriptor=config, annotations=ZSTD), **amd, "annotations": ZSTD}
    check("zstd of the same config", graded(run(l.index(nested(l, [one, two])))) == one["digest"], "not graded")


def alone(work):
    """--platform is heeded where there is one image."""
    l = Layout(os.path.join(work, "one"))
    for where, same in {"linux/arm64": ["linux/arm64", "linux/arm64/v8", "linux/aarch64"], "linux/amd64": ["linux/amd64", "linux/x86_64"]}.items():
        reference = l.index(image(l, where, where))
        archive = os.path.join(work, "one.tar")
        m = json.load(open(l.path(json.load(open(l.folder + "/index.json"))["manifests"][0]["digest"])))
        with tarfile.open(archive, "w") as t:
            names = [m["config"]["digest"], m["layers"][0]["digest"]]
            for n in names:
                t.add(l.path(n), n)
            open(work + "/manifest.json", "w").write(json.dumps([{"Config": names[0], "RepoTags": ["a:1"], "Layers": names[1:]}]))
            t.add(work + "/manifest.json", "manifest.json")
        for asked in ("linux/amd64", "linux/x86_64", "linux/arm64", "linux/arm64/v8", "linux/aarch64", "linux/amd64/v3", "windows/amd64"):
            for form in (reference, "docker-archive:" + archive):
                r = run(form, "--platform", asked)
                check(f"{where} asked for {asked}", r.returncode == (0 if asked in same else 3), f"{form}: {r.returncode} {r.stderr}")
                check(f"{where} asked for {asked}", asked in same or f"available: {where}" in r.stderr, r.stderr)
    os.makedirs(work + "/tree/etc")
    open(work + "/tree/etc/x", "w").write("x")
    r = run("rootfs:" + work + "/tree", "--platform", "linux/amd64")
    check("a tree", r.returncode == 3 and "platform" in r.stderr, r.stderr)


def every(work):
    """--all-platforms grades what can be graded and lists the rest."""
    l = Layout(os.path.join(work, "all"))
    amd, arm, s390 = ({**image(l, w, w), "platform": platform(w)} for w in ("linux/amd64", "linux/arm64", "linux/s390x"))
    unknown = {**image(l, "?"), "platform": platform("unknown/unknown")}
    r = run(l.index(nested(l, [unknown, amd, arm])), "--all-platforms")
    got = json.loads(r.stdout)["platforms"]
    check("unknown", r.returncode == 0 and [p["subject"]["digest"] for p in got] == [amd["digest"], arm["digest"]], r.stderr)
    check("unknown", all(unknown["digest"] in json.dumps(p["diagnostics"]) for p in got), "not listed")
    open(l.path(arm["digest"]), "a").write(" ")  # damaged
    r = run(l.index(nested(l, [amd, arm, s390])), "--all-platforms")
    got = json.loads(r.stdout)["platforms"]
    check("damaged", r.returncode == 3 and [p["subject"]["digest"] for p in got] == [amd["digest"], s390["digest"]], r.stderr)
    check("damaged", "linux/arm64" in r.stderr and arm["digest"] in r.stderr, r.stderr)
    os.unlink(l.path(arm["digest"]))  # as in `docker save` of one platform
    for words in (["--all-platforms"], []):
        r = run(l.index(nested(l, [amd, arm, s390])), *words)
        check("not there", r.returncode == 0 and "listed, but not in the image's files: linux/arm64" in r.stdout, r.stderr)
    os.unlink(l.path(amd["digest"]))
    r = run(l.index(nested(l, [amd, arm, s390])))
    check("the one that is there", graded(r) == s390["digest"], r.stderr)
    r = run(l.index(nested(l, [amd, arm, s390])), "--platform", "linux/amd64")
    check("asked for what is not there", r.returncode == 3 and "linux/s390x; listed, but not" in r.stderr, r.stderr)


def annotations(work):
    """Those on the entry that leads to an index are the image's: buildx --annotation index-descriptor:..."""
    l = Layout(os.path.join(work, "annotated"))
    said = {"org.opencontainers.image." + k: v for k, v in
            {"vendor": "Example Ltd", "created": "2026-10-20T00:00:00Z", "source": "https://git.example.com/a"}.items()}
    amd = {**image(l, "a"), "platform": platform("linux/amd64")}
    for name, want, entry in (("none", "not-met", nested(l, [amd])), ("on the entry", "met", nested(l, [amd], annotations=said)),
                              ("one deeper", "met", nested(l, [nested(l, [amd], annotations=said)])),
                              ("on another entry", "not-met", nested(l, [nested(l, [amd]), nested(l, [], annotations=said)]))):
        r = run(l.index(entry), "--platform", "linux/amd64")
        got = [c["verdict"] for c in json.loads(r.stdout)["criteria"] if c["id"] == "conf.annot"] if r.stdout else r.stderr
        check("annotations " + name, got == [want], got)


def warm(work):
    """A layer that is not there is missed with a warm cache too, each by its digest."""
    l = Layout(os.path.join(work, "warm"))
    layers = [l.layer(tar((n, n.encode()))) for n in ("a", "b", "c")]
    reference, cache = l.index(l.image(layers)), os.path.join(work, "cache")
    whole = [run(reference, cache=cache) for _ in range(2)][1]
    said = [d["text"] for d in json.loads(whole.stdout)["diagnostics"] if "sanitizers" not in d["text"]]
    check("warm", said == [], said)
    for gone in (layers[0], layers[2]):
        os.unlink(l.path(gone[0]["digest"]))
    cold, again = run(reference), run(reference, cache=cache)
    for name, r in (("cold", cold), ("warm", again)):
        check(name, all((d["digest"][:19] in notes(r)) == (d is not layers[1][0]) for d, _ in layers), notes(r))
    met = [[c["id"] for c in json.loads(r.stdout)["criteria"] if c["verdict"] == "met"] for r in (cold, again)]
    check("warm", met[0] == met[1], f"cold {met[0]}, warm {met[1]}")
    open(l.path(layers[1][0]["digest"]), "a").write("more")
    check("warm and longer", layers[1][0]["digest"][:19] in notes(run(reference, cache=cache)), "not noticed")


def skopeo(work, n):
    """Random indexes: whatever is graded is what skopeo takes, or skopeo takes none."""
    rng = random.Random(9)
    places = ["linux/amd64"] * 5 + ["linux/arm64"] * 2 + ["linux/arm/v7"] * 2 + ["linux/amd64/v1", "linux/amd64/v2", "linux/x86_64", "Linux/amd64", "linux/386", "linux/arm64",
              "linux/arm64/v8", "linux/arm64/8", "linux/arm64/armv8", "linux/arm", "linux/arm/v5", "linux/arm/v6", "linux/arm/v7", "linux/arm/v8",
              "linux/arm/7", "unknown/unknown", "windows/amd64", None, None]
    extras = [{}] * 9 + [{"annotations": ATTESTED}, {"artifactType": "application/x"}, {"annotations": ZSTD}, {"mediaType": "application/json"}]
    l = Layout(os.path.join(work, "random"))
    agreed = 0
    for i in range(n):
        entries, made = [], {}
        for k in range(rng.randint(1, 5)):
            where = rng.choice(places)
            d = {**image(l, f"{i}.{k}", where or "linux/amd64"), **({"platform": platform(where)} if where else {}), **rng.choice(extras)}
            made[f"{i}.{k}"] = d["digest"]
            entries.append(d)
        if rng.random() < 0.3 and len(entries) > 1:
            entries = [nested(l, entries[:-1], **({"platform": platform("linux/amd64")} if rng.random() < 0.5 else {})), entries[-1]]
            rng.shuffle(entries)
        reference = l.index(nested(l, entries))
        arch, variant = rng.choice([("amd64", ""), ("amd64", ""), ("arm64", ""), ("arm64", "v8"), ("arm", ""), ("arm", "v7")])
        ours = run(reference, "--platform", f"linux/{arch}" + (f"/{variant}" if variant else ""))
        theirs = subprocess.run(["skopeo", "--override-os", "linux", "--override-arch", arch, *(["--override-variant", variant] if variant else []),
                                 "inspect", "--config", reference], capture_output=True, text=True)
        if theirs.returncode or ours.returncode:
            continue
        which = json.loads(theirs.stdout)["config"]["Labels"]["which"]
        agreed += 1
        check(f"skopeo, {i}", made[which] == graded(ours), f"linux/{arch}/{variant}: {json.dumps(entries)}: skopeo {which}, ours {graded(ours)}: {made}")
    check("skopeo", agreed > n // 5, f"only {agreed} of {n} were taken by both")


def main():
    work = tempfile.mkdtemp(prefix="scoville-choice-")
    try:
        for part in (rows, alone, every, annotations, warm):
            part(work)
        if shutil.which("skopeo"):
            skopeo(work, int(os.environ.get("CHOICES", "40")))
    finally:
        shutil.rmtree(work, ignore_errors=True)
    print("\n".join(failures) or f"{done} checks")
    return 1 if failures else 0


sys.exit(main())
