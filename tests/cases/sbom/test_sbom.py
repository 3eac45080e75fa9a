#!/usr/bin/env python3
"""test_sbom.py SCOVILLE: bills of materials of an image: what is in them, the same bytes twice, and valid for the libraries of others.

With SCOVILLE_TEST_ALL (./test --all sets it) also of the images of $SCOVILLE_TEST_IMAGES. The libraries (check.py) are installed from
PyPI into a cache folder that is kept; where it cannot be reached, that half is skipped. The schema of SPDX is taken from
../shared/data/provenance beside the project (SCOVILLE_TEST_SHARED: elsewhere) where it is there.

SPDX-License-Identifier: Apache-2.0
"""
import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile

here = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(here, ".."))
sys.path.insert(0, os.path.join(here, "../secrets"))
import oci  # noqa: E402
import plant  # noqa: E402

scoville = os.path.abspath(sys.argv[1])
cache = os.path.join(os.environ.get("XDG_CACHE_HOME", os.path.expanduser("~/.cache")), "scoville-packages")
LIBRARIES = ["cyclonedx-python-lib[json-validation]==11.12.0", "spdx-tools==0.8.5", "packageurl-python==0.17.6"]
FORMATS = {"cyclonedx": "cdx.json", "spdx": "spdx.json", "purl": "purl"}
wrong = []

STATUS = """Package: libc6
Status: install ok installed
Architecture: amd64
Source: glibc
Version: 2.36-9+deb12u1
Maintainer: GNU Libc Maintainers <debian-glibc@lists.debian.org>
Description: a library

Package: mawk
Status: install ok installed
Architecture: amd64
Version: 1.3.4.20200120-3.1
Provides: awk
Depends: libc6 (>= 2.34)
Description: a pattern scanner

Package: base-files
Status: install ok installed
Architecture: amd64
Version: 12.4
Pre-Depends: gawk | awk
Description: files

Package: python3-six
Status: install ok installed
Architecture: all
Source: six (1.16.0-4)
Version: 1.16.0-4+b1
Depends: libc6:any, nothing-like-this
Description: a library
"""
RELEASE = "PRETTY_NAME=\"Debian GNU/Linux 12 (bookworm)\"\nID=debian\nVERSION_ID=\"12\"\nVERSION_CODENAME=bookworm\nNAME=\"Debian GNU/Linux\"\n"
SIX = "usr/lib/python3/dist-packages/six-1.16.0.dist-info"
FILES = [
    ("etc/os-release", RELEASE),
    ("var/lib/dpkg/status", STATUS),
    ("var/lib/dpkg/info/python3-six.list", f"/.\n/{SIX}/METADATA\n/{SIX}/RECORD\n"),
    (SIX + "/METADATA", "Metadata-Version: 2.1\nName: six\nVersion: 1.16.0\nLicense: MIT\n\nText\n"),
    (SIX + "/RECORD", "six.py,,\n"),
    ("opt/app/Typing_Ext-4.0.dist-info/METADATA", "Metadata-Version: 2.1\nName: Typing_Ext\nVersion: 4.0\nLicense: a \"text\" of ours\n\nText\n"),
    ("opt/app/Typing_Ext-4.0.dist-info/RECORD", "typing_ext.py,,\n"),
    ("opt/a/node_modules/@scope/name/package.json", '{"name": "@scope/name", "version": "1.0.0-beta+1", "license": "(MIT OR Apache-2.0)"}'),
]


def expect(what, truth, *more):
    if not truth:
        wrong.append(what)
        print("FAILED", what, *more)


def run(*words, want=0):
    done = subprocess.run([scoville, *words], capture_output=True, timeout=600, check=False)
    expect(f"{' '.join(words)}: exit {done.returncode}, not {want}", done.returncode == want, done.stderr.decode(errors="replace"))
    return done


def written(reference, folder, name, want=0):
    """The three files of one image, and the same again from a cold start."""
    paths = [os.path.join(folder, f"{name}.{end}") for end in FORMATS.values()]
    words = [f"-o{kind}={path}" for kind, path in zip(FORMATS, paths)]
    run("sbom", reference, *words, want=want)
    first = [open(p, "rb").read() for p in paths]
    run("sbom", reference, "--no-cache", *words, want=want)
    for path, was in zip(paths, first):
        with open(path, "rb") as f:
            expect(f"{path}: the same bytes again", f.read() == was)
    return paths


def image(folder):
    layout = oci.Layout(folder)
    return layout.index(layout.image([layout.layer(oci.tar(*[(n, t.encode()) for n, t in FILES]))]))


def check_links(paths):
    """What is pointed at is there, and names are unique."""
    with open(paths[0], encoding="utf-8") as f:
        bom = json.load(f)
    refs = [c["bom-ref"] for c in bom["components"]] + ["image"]
    expect(f"{paths[0]}: names are unique", len(refs) == len(set(refs)))
    for d in bom["dependencies"]:
        expect(f"{paths[0]}: {d['ref']} is there", d["ref"] in refs)
        expect(f"{paths[0]}: {d['ref']} depends on what is there", set(d["dependsOn"]) <= set(refs) and len(set(d["dependsOn"])) == len(d["dependsOn"]))
    with open(paths[1], encoding="utf-8") as f:
        document = json.load(f)
    ids = [p["SPDXID"] for p in document["packages"]] + ["SPDXRef-DOCUMENT"]
    expect(f"{paths[1]}: names are unique", len(ids) == len(set(ids)))
    for r in document["relationships"]:
        expect(f"{paths[1]}: {r} is between what is there", r["spdxElementId"] in ids and r["relatedSpdxElement"] in ids)
    return bom, document


def check_ours(paths):
    bom, document = check_links(paths)
    by_name = {c["name"]: c for c in bom["components"]}
    needs = {d["ref"]: d["dependsOn"] for d in bom["dependencies"]}

    def ref(name):
        return by_name[name]["bom-ref"]

    expect("all packages", sorted(by_name) == sorted(["debian", "libc6", "mawk", "base-files", "python3-six", "six", "Typing_Ext", "name"]), sorted(by_name))
    expect("an alternative that another package provides", needs.get(ref("base-files")) == [ref("mawk")], needs)
    expect("a package with an architecture, and one that is not there", ref("libc6") in needs[ref("python3-six")] and len(needs[ref("python3-six")]) == 2)
    expect("what the system owns is in its package", ref("six") in needs[ref("python3-six")] and ref("six") not in needs["image"])
    expect("all else is in the image", set(needs["image"]) == {c["bom-ref"] for c in by_name.values()} - {ref("six"), "operating-system"}, needs["image"])
    expect("group of npm", by_name["name"]["group"] == "@scope")
    expect("a licence of the list", by_name["six"]["licenses"] == [{"license": {"id": "MIT"}}])
    expect("a licence that is a text", by_name["Typing_Ext"]["licenses"] == [{"license": {"name": 'a "text" of ours'}}])
    properties = {p["name"]: p["value"] for p in by_name["libc6"]["properties"]}
    expect("the source package", properties["scoville:source"] == "glibc" and properties["scoville:type"] == "deb", properties)
    expect("the record", properties["scoville:path"] == "var/lib/dpkg/status" and properties["scoville:layer"].startswith("sha256:"))
    expect("the time is the config's", bom["metadata"]["timestamp"] == document["creationInfo"]["created"] == "2026-10-20T00:00:00Z")
    expect("one name", bom["serialNumber"].split(":")[-1] in document["documentNamespace"])
    six = next(p for p in document["packages"] if p["name"] == "python3-six")
    expect("SPDX: the source package", six["sourceInfo"] == "built package from: six 1.16.0-4")
    kinds = [r["relationshipType"] for r in document["relationships"]]
    expect("SPDX: relations", kinds.count("DEPENDS_ON") == 3 and kinds.count("CONTAINS") == 8 and kinds.count("DESCRIBES") == 1, kinds)
    with open(paths[2], encoding="utf-8") as f:
        lines = f.read().splitlines()
    expect("package URLs", "pkg:deb/debian/libc6@2.36-9%2Bdeb12u1?arch=amd64&distro=debian-12" in lines and
           "pkg:npm/%40scope/name@1.0.0-beta%2B1" in lines and "pkg:pypi/typing-ext@4.0" in lines and len(lines) == 7, lines)


def incomplete(folder):
    """A list that lacks something says so, in the file too."""
    layout = oci.Layout(os.path.join(folder, "cut"))
    layer, diff_id = layout.layer(oci.tar(*[(n, t.encode()) for n, t in FILES]))
    with open(layout.path(layer["digest"]), "r+b") as f:
        f.truncate(layer["size"] // 2)
    reference = layout.index(layout.image([(layer, diff_id)]))
    done = run("sbom", reference, want=4)
    expect("it says why on standard error", b"incomplete: " in done.stderr, done.stderr)
    bom = json.loads(done.stdout)
    expect("and in the file", bom["compositions"][0]["aggregate"] == "incomplete" and
           bom["metadata"]["component"]["properties"][0]["name"] == "scoville:incomplete")
    expect("in SPDX too", b'"comment":"incomplete: ' in run("sbom", reference, "-ospdx", want=4).stdout)


def usage(reference, folder):
    for words in (["-o", "json"], ["-o", "badge=" + folder], ["-o", "cyclondx"], ["--fail-on", "conf.user"], ["--ignore", "x"]):
        run("sbom", reference, *words, want=2)
    run("sbom", "oci:" + folder + "/nothing", want=3)
    run("sbom", want=2)
    ignored = subprocess.run([scoville, "sbom", reference], cwd=folder, capture_output=True, timeout=60, check=False)
    expect("a bad ignore file here does not matter", ignored.returncode == 0, ignored.stderr)
    same = run("grade", reference, "-ocyclonedx").stdout
    expect("grade writes the same", same == ignored.stdout)


ADVISORIES = [
    ("CVE-2026-1", "Debian:12", "glibc", "2.36-9+deb12u99"),
    ("CVE-2026-2", "Debian:12", "six", "1.16.0-5"),
    ("CVE-2026-3", "Debian:12", "mawk", "1.0"),
    ("GHSA-aaaa-bbbb-cccc", "npm", "@scope/name", "1.0.0"),
    ("GHSA-aaaa-bbbb-cccd", "PyPI", "typing-ext", "4.1"),
    ("GHSA-aaaa-bbbb-ccce", "PyPI", "six", "2.0"),
]


def database(folder):
    feed = os.path.join(folder, "feed")
    os.mkdir(feed)
    for number, ecosystem, package, fixed in ADVISORIES:
        with open(os.path.join(feed, number + ".json"), "w", encoding="utf-8") as f:
            json.dump({"schema_version": "1.6.0", "id": number, "modified": "2026-11-01T00:00:00Z", "published": "2026-11-01T00:00:00Z",
                       "summary": "a flaw", "affected": [{"package": {"ecosystem": ecosystem, "name": package}, "ranges": [
                           {"type": "SEMVER" if ecosystem == "npm" else "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": fixed}]}]}]}, f)
    run("db", "build", feed, "-o", os.path.join(folder, "db"), "--now", "2026-11-02")
    return os.path.join(folder, "db")


def findings(db, reference, want=0):
    """Of `vulns`: all but the layer."""
    report = json.loads(run("vulns", reference, "--db", db, "--now", "2026-11-02", "-ojson", want=want).stdout)
    return [{k: v[k] for k in ("id", "package", "installed", "fixed_in", "severity", "status", "why", "purl")} for v in report["vulnerabilities"]]


def round_trip(reference, paths, folder):
    """The list without its image: the same findings, and no verdict that needs an image."""
    db = database(folder)
    wanted = findings(db, reference)
    expect("findings of the image", sorted(v["id"] for v in wanted) == ["CVE-2026-1", "CVE-2026-2", "GHSA-aaaa-bbbb-cccc", "GHSA-aaaa-bbbb-cccd", "GHSA-aaaa-bbbb-ccce"],
           wanted)
    for path in paths[:2]:
        expect(f"{path}: the same findings", findings(db, "sbom:" + path) == wanted, findings(db, "sbom:" + path))
        report = json.loads(run("grade", "sbom:" + path, "--db", db, "--now", "2026-11-02", "-ojson").stdout)
        verdicts = {c["id"]: (c["verdict"], c["reason"]) for c in report["criteria"]}
        expect(f"{path}: vuln.any", verdicts["vuln.any"][0] == "not-met", verdicts["vuln.any"])
        for name in ("vuln.critical", "vuln.high"):
            expect(f"{path}: {name} is never met", verdicts[name][0] == "not-assessed" and "an SBOM lists what its maker found" in verdicts[name][1], verdicts[name])
        others = {v for k, v in verdicts.items() if not k.startswith("vuln.")}
        expect(f"{path}: nothing else is assessed", others == {("not-assessed", "an SBOM lists packages only")}, others)
        expect(f"{path}: the digest is the image's", report["subject"]["digest"] and report["subject"]["transport"] == "sbom")
        expect(f"{path}: all packages", len(report["packages"]) == 7 and {p["layer"] for p in report["packages"]} == {None})
        again = run("sbom", "sbom:" + path, "-opurl").stdout
        with open(paths[2], "rb") as f:
            expect(f"{path}: the same package URLs", again == f.read(), again)
    text = run("vulns", "sbom:" + paths[0], "--db", db, "--now", "2026-11-02").stdout.decode()
    expect("no layer in the text", "layer" not in text, text)
    run("vulns", "sbom:" + paths[0], "--db", db, "--now", "2026-11-02", "--fail-on", "vulns>=critical", want=1)


def bad_references(folder):
    def file(name, text):
        with open(os.path.join(folder, name), "w", encoding="utf-8") as f:
            f.write(text)
        return "sbom:" + os.path.join(folder, name)

    for name, text, words in (("xml", "<bom/>", "read as JSON only"), ("new", '{"bomFormat":"CycloneDX","specVersion":"2.0"}', "1.2 to 1.7"),
                              ("half", '{"bomFormat":"CycloneDX","specV', "line 1"), ("other", "{}", "neither CycloneDX nor SPDX"),
                              ("deep", "{" + '"a":[' * 100000, "")):
        expect(f"{name}: it says why", words in run("vulns", file(name, text), want=3).stderr.decode())
    run("vulns", "sbom:" + folder + "/nothing", want=3)
    secret = plant.github()
    good = file("good", '{"bomFormat":"CycloneDX","specVersion":"1.6","components":[{"type":"library","name":"a"},{"type":"library","name":"k",'
                        '"version":"' + secret + '","purl":"pkg:npm/k"}]}')
    expect("what cannot be matched is counted", b"1 component of the SBOM could not be matched" in run("vulns", good, "--db", os.path.join(folder, "db")).stdout)
    expect("an SBOM of it says so", b"1 component of the SBOM" in run("sbom", good, want=4).stderr)
    for words in (["grade", good, "-ojson"], ["sbom", good], ["sbom", good, "-ospdx"], ["vulns", good, "--verbose"]):
        done = subprocess.run([scoville, *words], capture_output=True, timeout=60, check=False)
        expect(f"{words[0]}: a secret is masked", secret.encode() not in done.stdout + done.stderr and done.stdout)
    run("grade", "--all-platforms", good, want=3)
    run("grade", "--base", good, good, want=2)
    run("grade", "--base", "127.0.0.1:1/base:1", good, want=3)


def libraries():
    """A Python that has them; None: they could not be installed."""
    folder = os.path.join(cache, "sbom-" + hashlib.sha256(repr(LIBRARIES + [sys.version]).encode()).hexdigest()[:12])
    python = os.path.join(folder, "bin/python")
    if os.path.exists(os.path.join(folder, "whole")):
        return python
    shutil.rmtree(folder, ignore_errors=True)
    os.makedirs(cache, exist_ok=True)
    try:
        subprocess.run([sys.executable, "-m", "venv", folder], check=True, stdout=subprocess.DEVNULL, timeout=120)
        subprocess.run([python, "-m", "pip", "install", "-q", "--disable-pip-version-check", *LIBRARIES], check=True, timeout=300,
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    except (OSError, subprocess.SubprocessError) as e:
        print(f"skipped: the libraries cannot be installed: {str(e)[:200]}")
        return None
    with open(os.path.join(folder, "whole"), "w", encoding="utf-8"):
        return python


def spdx_schema(folder):
    for shared in (os.environ.get("SCOVILLE_TEST_SHARED", ""), os.path.join(here, "../../../../shared")):
        archive = os.path.join(shared, "data/provenance/dev.tar.zst")
        if shared and os.path.exists(archive):
            path = os.path.join(folder, "schema.json")
            with open(path, "wb") as f:
                subprocess.run(["tar", "--zstd", "-xOf", archive, "dev/spdx/schema/spdx-2.3.schema.json"], check=True, stdout=f)
            return path
    print("skipped: no schema of SPDX (../shared/data/provenance/dev.tar.zst)")
    return "-"


def real(folder):
    images = os.path.join(os.environ.get("SCOVILLE_TEST_IMAGES", ""), "oci")
    if not os.environ.get("SCOVILLE_TEST_ALL") or not os.path.isdir(images):
        print("skipped: real images (SCOVILLE_TEST_ALL and SCOVILLE_TEST_IMAGES)")
        return []
    paths = []
    for name in sorted(os.listdir(images)):
        files = [os.path.join(folder, f"{name}.{end}") for end in FORMATS.values()]
        done = subprocess.run([scoville, "sbom", f"oci:{images}/{name}", *[f"-o{k}={p}" for k, p in zip(FORMATS, files)]], capture_output=True,
                              timeout=600, check=False)
        expect(f"{name}: exit {done.returncode}", done.returncode in (0, 4), done.stderr)
        check_links(files)
        paths += files
    return paths


def main():
    with tempfile.TemporaryDirectory() as folder:
        reference = image(os.path.join(folder, "image"))
        paths = written(reference, folder, "ours")
        check_ours(paths)
        incomplete(folder)
        with open(os.path.join(folder, ".scovilleignore"), "w", encoding="utf-8") as f:
            f.write("not an entry\n")
        usage(reference, folder)
        os.unlink(os.path.join(folder, ".scovilleignore"))
        round_trip(reference, paths, folder)
        bad_references(folder)
        paths += real(folder)
        python = libraries()
        if python:
            done = subprocess.run([python, os.path.join(here, "check.py"), spdx_schema(folder), *paths], check=False, timeout=1200)
            expect("the libraries of others take them", done.returncode == 0)
    print(f"{len(wrong)} wrong")
    return 1 if wrong else 0


sys.exit(main())
