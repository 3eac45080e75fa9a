#!/usr/bin/env python3
"""check_purl.py MAKE_PURL: package URLs of our types, against rows of our own and the test suite of package-url/purl-spec.

The suite is ../shared/data/provenance/dev.tar.zst beside the project (SCOVILLE_TEST_SHARED: elsewhere); without it that half is skipped.

SPDX-License-Identifier: Apache-2.0
"""
import json
import os
import subprocess
import sys

top = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../..")
TYPES = {"pypi": "python", "golang": "go"}  # the others are called as their package URLs are
SEPARATOR = {"maven": ":"}
OURS = [
    ("python", "Typing_Extensions", "4.0", "", "", "", "pkg:pypi/typing-extensions@4.0"),
    ("npm", "@scope/Name", "1.0.0", "", "", "", "pkg:npm/%40scope/Name@1.0.0"),
    ("npm", "name", "1.0.0-beta+1", "", "", "", "pkg:npm/name@1.0.0-beta%2B1"),
    ("gem", "nokogiri", "1.15", "x86_64-linux", "", "", "pkg:gem/nokogiri@1.15?platform=x86_64-linux"),
    ("go", "stdlib", "1.22.1", "", "", "", "pkg:golang/stdlib@1.22.1"),
    ("go", "github.com/Azure/azure-sdk/v2", "v2.0.0", "", "", "", "pkg:golang/github.com/Azure/azure-sdk/v2@v2.0.0"),
    ("cargo", "serde_json", "1.0", "", "", "", "pkg:cargo/serde_json@1.0"),
    ("maven", "org.x.y:art-Name", "1.0", "", "", "", "pkg:maven/org.x.y/art-Name@1.0"),
    ("maven", ":art", "1.0", "", "", "", "pkg:maven/art@1.0"),
    ("composer", "Vendor/Name", "v1.0", "", "", "", "pkg:composer/vendor/name@v1.0"),
    ("jdk", "openjdk", "17.0.9", "", "debian", "12", "pkg:generic/openjdk@17.0.9"),
    ("opkg", "libc", "1.2", "mips", "openwrt", "23", "pkg:opkg/openwrt/libc@1.2?arch=mips&distro=openwrt-23"),
    ("rpm", "Bash", "2:5.1-9.el9", "", "rocky", "9", "pkg:rpm/rocky/Bash@5.1-9.el9?distro=rocky-9&epoch=2"),
]


def row(kind, case):
    """A line for MAKE_PURL and what comes out; None: with something that no package here has."""
    value, qualifiers = case["input"], dict(case["input"]["qualifiers"] or {})
    system = kind in ("deb", "apk", "rpm")
    arch = qualifiers.pop({"gem": "platform", "conda": "subdir"}.get(kind, "arch"), "")
    epoch = qualifiers.pop("epoch", "") if kind == "rpm" else ""
    identity = value["namespace"] or "" if system else ""
    release = ""
    if system and qualifiers.get("distro", "").startswith(identity + "-"):
        release = qualifiers.pop("distro")[len(identity) + 1:]
    if qualifiers or value["subpath"] or case["expected_failure"]:
        return None
    space = "" if system or not value["namespace"] else value["namespace"] + SEPARATOR.get(kind, "/")
    version = (epoch + ":" if epoch else "") + (value["version"] or "")
    return (TYPES.get(kind, kind), space + value["name"], version, arch, identity, release, case["expected_output"])


def official():
    for folder in (os.environ.get("SCOVILLE_TEST_SHARED", ""), os.path.join(top, "../shared")):
        archive = os.path.join(folder, "data/provenance/dev.tar.zst")
        if not folder or not os.path.exists(archive):
            continue
        rows = []
        for kind in ("deb", "apk", "rpm", "pypi", "npm", "golang", "nuget", "composer", "conda", "bitnami", "opam", "cran"):
            text = subprocess.run(["tar", "--zstd", "-xOf", archive, f"dev/purl/types/{kind}-test.json"], check=True, stdout=subprocess.PIPE).stdout
            cases = [row(kind, c) for c in json.loads(text)["tests"] if c["test_type"] == "build"]
            rows += [r for r in cases if r]
            print(f"{kind}: {sum(map(bool, cases))} of {len(cases)} rows of the suite are of what is written here")
        return rows
    print("skipped: no test suite of package URLs (../shared/data/provenance/dev.tar.zst)")
    return []


rows = OURS + official()
lines = "".join("\t".join(r[:6]) + "\n" for r in rows)
got = subprocess.run([sys.argv[1]], input=lines, check=True, stdout=subprocess.PIPE, text=True).stdout.splitlines()
bad = [f"{r[0]} {r[1]}: {g}, not {r[6]}" for r, g in zip(rows, got) if g != r[6]]
for line in bad:
    print("FAILED", line)
print(f"{len(rows)} package URLs, {len(bad)} wrong")
sys.exit(1 if bad or len(got) != len(rows) else 0)
