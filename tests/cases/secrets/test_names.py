#!/usr/bin/env python3
"""test_names.py SCOVILLE: names of key files are shown as they are, and an image that holds such files is graded whole.

The tree is laid out as Open5GS installs it: a config that names its home-network key files, the files, and certificates.

SPDX-License-Identifier: Apache-2.0
"""
import json
import os
import sys
import tempfile

import plant  # first: it says where mkimage is
import mkimage
from plant import Image

scoville = os.path.abspath(sys.argv[1])
HNET = "etc/open5gs/hnet/"
KEYS = {HNET + "curve25519-1.key": "x25519", HNET + "curve25519-2.key": "x25519", HNET + "secp256r1-3.key": "ec"}
CONFIG = "udm:\n  hnet:\n" + "".join(
    f"    - id: {i}\n      scheme: {2 if 'secp' in path else 1}\n      key: /{path}\n" for i, path in enumerate(KEYS, 1))
failures = []


def expect(truth, why):
    if not truth:
        failures.append(why)
        print(f"FAILED {why}")


def tree(folder, with_keys):
    image = Image(2)
    image.add("etc/open5gs/udm.yaml", CONFIG)
    image.add("usr/bin/open5gs-udmd", mkimage.elf("static"), mode=0o755)
    key = plant.key()
    image.add("etc/open5gs/tls/ca.crt", mkimage.certificate(key, True))
    image.add("etc/open5gs/tls/udm.crt", mkimage.certificate(key, False), 1)
    if with_keys:
        for path, kind in KEYS.items():
            image.add(path, plant.key(kind), 1)
    return image.write(folder)


def report_of(command, reference):
    status, out, err = plant.run(scoville, command, "--no-cache", "--now", plant.NOW, "--all", "-o", "json", reference)
    expect(status == 0, f"{command}: exit {status}: {err.decode(errors='replace').strip()[:300]}")
    return json.loads(out)


def main():
    if plant.openssl("version") is None:
        print("skipped: needs openssl")
        return 77
    for with_keys in (False, True):
        what = "with the key files" if with_keys else "without the key files"
        with tempfile.TemporaryDirectory() as folder:
            reference = tree(folder + "/image", with_keys)
            graded, found = report_of("grade", reference), report_of("secrets", reference)
        criterion = next(c for c in graded["criteria"] if c["id"] == "conf.secrets")
        wanted = "not-met" if with_keys else "met"
        expect(criterion["verdict"] == wanted, f"{what}: conf.secrets is {criterion['verdict']}: {criterion['reason']}")
        for name, report in (("grade", graded), ("secrets", found)):
            paths = {s["path"] for s in plant.gate(report)}
            expect(paths == (set(KEYS) if with_keys else set()), f"{what}: {name} shows {sorted(paths)}")
            expect("*.key" not in json.dumps(report) and "hnet/*" not in json.dumps(report), f"{what}: {name}: the name of a key file is masked")
        expect(found["secret_search"]["complete"], f"{what}: the search is not complete: {found['secret_search']['missing']}")
    print(f"{len(failures)} wrong")
    return 1 if failures else 0


sys.exit(main())
