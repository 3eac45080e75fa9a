#!/usr/bin/env python3
"""test_waive.py SCOVILLE: fingerprints, and what may be ignored by them.

SPDX-License-Identifier: Apache-2.0
"""
import base64
import hashlib
import json
import os
import re
import subprocess
import sys
import tempfile

import plant
from plant import Image

scoville = os.path.abspath(sys.argv[1])
cases = []


class Wrong(Exception):
    pass


def case(function):
    cases.append(function)
    return function


def expect(truth, why):
    if not truth:
        raise Wrong(why)


def key_file(path, seed=1):
    with open(path, "w", encoding="utf-8") as f:
        f.write(base64.b64encode(hashlib.sha256(bytes([seed])).digest()).decode() + "\n")
    return path


def one(d, *values, path="app/.env", layers=1):
    """An image whose file holds these values, one a line."""
    image = Image(layers)
    image.add(path, "".join(f"TOKEN{i}={v}\n" for i, v in enumerate(values)))
    return image.write(d)


def fingerprints(reference, *options, **more):
    status, out, err = plant.run(scoville, "secrets", "--now", plant.NOW, "-o", "json", *options, reference, **more)
    expect(status == 0, f"exit {status}: {err.decode()}")
    report = json.loads(out)
    return {(s["path"], s["line"]): s["fingerprint"] for s in report["secrets"]}, report


def grade(reference, *options, want=(0,)):
    """conf.secrets, the report, and what was said on standard error."""
    status, out, err = plant.run(scoville, "grade", "--no-cache", "-o", "json", *(() if "--now" in options else ("--now", plant.NOW)), *options, reference)
    expect(status in want, f"exit {status}, not {want}: {err.decode().strip()[:400]}")
    report = json.loads(out) if out else None
    return next(c for c in report["criteria"] if c["id"] == "conf.secrets") if report else None, report, err.decode()


def ignore_file(d, *lines, seed=1):
    """With the key that key_file(seed) has."""
    path = os.path.join(d, "ignore")
    with open(path, "w", encoding="utf-8") as f:
        f.write("key " + base64.b64encode(hashlib.sha256(bytes([seed])).digest()).decode() + "\n" if seed else "")
        f.write("".join(line + "\n" for line in lines))
    return path


def entry(fp, until="2027-01-01", more="", reason="a key for tests"):
    return f'conf.secrets fp={fp} {more}{" " if more else ""}until={until} reason="{reason}"'


# ---- fingerprints --------------------------------------------------------------------------------

@case
def one_key_gives_one_fingerprint_everywhere(d):
    value, other = plant.github(), plant.github()
    reference = one(d + "/a", value, other)
    key = key_file(d + "/key")
    # two caches are two machines; the second round of each is from its cache
    a, report = fingerprints(reference, "--cache", d + "/c1", "--fp-key", key)
    expect(report["fingerprint_key"] == "user", "not marked as the user's")
    expect(len(set(a.values())) == 2 and all(len(f) == 26 for f in a.values()), f"{a}")
    for options in (["--cache", d + "/c1"], ["--cache", d + "/c2"], ["--cache", d + "/c2"], ["--no-cache"]):
        expect(fingerprints(reference, *options, "--fp-key", key)[0] == a, f"{options} differs")
    expect(fingerprints(reference, "--no-cache", env={"SCOVILLE_FP_KEY": key})[0] == a, "SCOVILLE_FP_KEY differs")
    expect(fingerprints(reference, "--no-cache", "--ignore", ignore_file(d))[0] == a, "the key of the ignore file differs")
    elsewhere = one(d + "/b", "x", value, path="srv/other.conf")
    expect(fingerprints(elsewhere, "--no-cache", "--fp-key", key)[0]["srv/other.conf", 2] == a["app/.env", 1], "the same value in another image differs")


@case
def another_key_gives_another(d):
    reference = one(d + "/a", plant.github())
    a, b = (fingerprints(reference, "--cache", d + "/c", "--fp-key", key_file(f"{d}/key{i}", i))[0] for i in (1, 2))
    expect(a != b, "two keys, one fingerprint")
    c = fingerprints(reference, "--cache", d + "/c", "--fp-key", key_file(d + "/key1"))[0]
    expect(a == c, "the first key, again, differs: the cache was not asked by key")


@case
def without_a_key_they_are_of_the_run(d):
    value = plant.github()
    reference = one(d + "/a", value)
    seen = set()
    os.mkdir(d + "/open", 0o755)  # not used: others can read it
    for folder in ("/proc/none", "/proc/none", d + "/open", d + "/open"):
        prints, report = fingerprints(reference, "--cache", folder)
        expect(report["fingerprint_key"] == "run", "not marked as of the run")
        seen |= set(prints.values())
    expect(len(seen) == 4, f"4 runs, {len(seen)} fingerprints: one run can be compared with another")


@case
def the_cache_folder_keeps_a_key(d):
    reference = one(d + "/a", plant.github())
    seen = set()
    for options in ([], [], ["--no-cache"], []):
        prints, report = fingerprints(reference, "--cache", d + "/c", *options)
        expect(report["fingerprint_key"] == "cache", "not marked as of the cache folder")
        seen |= set(prints.values())
    expect(len(seen) == 1, f"{len(seen)} fingerprints of one value")
    expect(os.stat(d + "/c/key").st_mode & 0o777 == 0o600, "the key is open to others")
    prints, _ = fingerprints(reference, "--cache", d + "/other")
    expect(not seen & set(prints.values()), "two folders have the same key")
    os.chmod(d + "/c/key", 0o644)
    prints, report = fingerprints(reference, "--cache", d + "/c")
    expect(report["fingerprint_key"] == "run", "a key that others can read was used")


@case
def many_first_runs_make_one_key(d):
    reference = one(d + "/a", plant.github())
    runs = [subprocess.Popen([scoville, "secrets", "-o", "json", "--cache", d + "/c", reference], stdout=subprocess.PIPE) for _ in range(8)]
    expect(len({r.communicate()[0] for r in runs}) == 1, "they differ")


@case
def a_key_that_is_none(d):
    reference = one(d + "/a", plant.github())
    for name, text in (("empty", ""), ("short", "abcd\n"), ("no base64", "!" * 44 + "\n")):
        with open(d + "/key", "w", encoding="utf-8") as f:
            f.write(text)
        _, report, err = grade(reference, "--fp-key", d + "/key", want=(2,))
        expect(report is None and "key" in err, f"{name}: {err}")
    _, report, err = grade(reference, "--fp-key", d + "/none", want=(2, 3))
    expect(report is None and d + "/none" in err, err)


# ---- the ignore file -----------------------------------------------------------------------------

def prints(reference, d):
    return list(fingerprints(reference, "--no-cache", "--fp-key", key_file(d + "/key"))[0].values())


@case
def an_entry_counts_until_its_day(d):
    reference = one(d + "/a", plant.github())
    criterion, _, _ = grade(reference)
    expect(criterion["verdict"] == "not-met", f"before: {criterion['verdict']}: {criterion['reason']}")
    fp, = prints(reference, d)
    path = ignore_file(d, entry(fp, until="2027-01-01"))
    for now in ("2026-11-22", "2027-01-01"):
        criterion, report, _ = grade(reference, "--ignore", path, "--now", now)
        expect(criterion["verdict"] == "met", f"{now}: {criterion['verdict']}: {criterion['reason']}")
        expect(re.search(r"\b1\b.*ignore", criterion["reason"]), f"the reason does not say how many were ignored: {criterion['reason']}")
        expect([s["ignored"] for s in report["secrets"]] == [True], "the finding is not listed as ignored")
    _, report, err = grade(reference, "--ignore", path, "--now", "2027-01-02", want=(2,))
    expect(report is None and f"{path}:2" in err, f"expired: {err}")


@case
def entries_that_are_refused(d):
    reference = one(d + "/a", plant.github())
    fp, = prints(reference, d)
    for name, line, seed in [
            ("by path alone", 'conf.secrets path=app/.env until=2027-01-01 reason="x"', 1),
            ("without a reason", f"conf.secrets fp={fp} until=2027-01-01", 1),
            ("without a day", f'conf.secrets fp={fp} reason="x"', 1),
            ("without a key", entry(fp), 0),
            ("no fingerprint", entry("short"), 1),
            ("all of them", 'conf.secrets until=2027-01-01 reason="x"', 1)]:
        path = ignore_file(d, line, seed=seed)
        criterion, report, err = grade(reference, "--ignore", path, want=(0, 2))
        expect(report is None or criterion["verdict"] == "not-met", f"{name}: the secret was ignored")
        if name != "no fingerprint":
            expect(report is None and f"{path}:{2 if seed else 1}" in err, f"{name}: {err}")


@case
def an_entry_fits_what_it_says(d):
    reference = one(d + "/a", plant.github(), layers=2)
    fp, = prints(reference, d)
    for name, more, verdict in [("its layer", "layer=0", "met"), ("another layer", "layer=1", "not-met"), ("its path", "path=app/.env", "met"),
                                ("a glob", "path=app/*", "met"), ("another path", "path=srv/*", "not-met")]:
        criterion, _, _ = grade(reference, "--ignore", ignore_file(d, entry(fp, more=more)), want=(0, 1))
        expect(criterion["verdict"] == verdict, f"{name}: {criterion['verdict']}")
    criterion, _, _ = grade(reference, "--ignore", ignore_file(d, entry("A" * 26)), want=(0, 2))
    expect(criterion is None or criterion["verdict"] == "not-met", "another fingerprint ignores it")


@case
def written_and_read_again(d):
    value = plant.github()
    image = Image(2)
    image.add("app/.env", f"A={value}\nB={plant.stripe()}\n")
    image.add("app/deleted", plant.github())
    image.remove("app/deleted", 1)
    image.config["Env"].append(f"TOKEN={plant.github()}")
    reference = image.write(d + "/a")
    criterion, _, _ = grade(reference)
    expect(criterion["verdict"] == "not-met", "before")
    path = d + "/ignore"
    status, _, err = plant.run(scoville, "secrets", "--no-cache", "--ignore", path, "--write-ignore", "--until", "2027-01-01", reference)
    expect(status == 0, err.decode())
    expect(os.stat(path).st_mode & 0o777 == 0o600, "others may read the key")
    _, report, err = grade(reference, "--ignore", path, want=(2,))
    expect(report is None, "a file without reasons was taken")
    text = open(path, encoding="utf-8").read()
    with open(path, "w", encoding="utf-8") as f:
        f.write(text.replace('reason=""', 'reason="seen, and rotated"'))
    criterion, report, _ = grade(reference, "--ignore", path)
    expect(criterion["verdict"] == "met", f"after: {criterion['verdict']}: {criterion['reason']}")
    expect(re.search(r"\b4\b", criterion["reason"]), f"4 are ignored: {criterion['reason']}")
    lines = len(open(path, encoding="utf-8").read().splitlines())
    status, _, err = plant.run(scoville, "secrets", "--no-cache", "--ignore", path, "--write-ignore", "--reason", "x", reference)
    expect(status == 0 and len(open(path, encoding="utf-8").read().splitlines()) == lines, f"what is ignored was written again: {err.decode()}")
    image.layers[0] = [e for e in image.layers[0] if e[0] != "app/.env"]
    image.add("app/.env", f"A={value}\nB={plant.github()}\n")
    criterion, report, _ = grade(image.write(d + "/b"), "--ignore", path)
    fresh = [s for s in plant.gate(report) if not s["ignored"]]
    expect(criterion["verdict"] == "not-met" and [s["line"] for s in fresh] == [2], f"a new secret in the same file: {[plant.line_of(s) for s in fresh]}")


# ---- what 3gpp-nf lets nobody ignore --------------------------------------------------------------

def aes(key, block):
    return plant.openssl("enc", "-aes-128-ecb", "-K", key.hex(), "-nopad", data=block)


def subscriber():
    """K, OP and OPc that belong together: OPc is OP xor AES_K(OP)."""
    k, op = (bytes.fromhex(plant.text(32, plant.HEX)) for _ in range(2))
    opc = bytes(a ^ b for a, b in zip(op, aes(k, op)))
    return ("imsi: imsi-001010000000001\n"
            f"permanentKey:\n  permanentKeyValue: {k.hex()}\nmilenage:\n  op:\n    opValue: {op.hex()}\nopc:\n  opcValue: {opc.hex()}\n")


def annex():
    """The private key of TS 33.501, C.4.3, of profile A: published, so nobody's secret."""
    value = "c53c22208b61860b06c62e5406a7b330" + "c2b577aa5558981510d128247d38bd1d"
    return f"SuciProfile:\n  - ProtectionScheme: 1\n    PrivateKey: {value}\n"


def suci():
    """A fresh pair of profile A, as free5GC's configuration writes it."""
    der = plant.openssl("genpkey", "-algorithm", "X25519", "-outform", "DER")
    public = plant.openssl("pkey", "-inform", "DER", "-pubout", "-outform", "DER", data=der)
    return f"SuciProfile:\n  - ProtectionScheme: 1\n    PrivateKey: {der[-32:].hex()}\n    PublicKey: {public[-32:].hex()}\n"


def authority(d):
    """The key of a certificate authority and its certificate."""
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", d + "/ca.key", "-out", d + "/ca.crt",
                    "-days", "30", "-subj", "/CN=root", "-addext", "basicConstraints=critical,CA:TRUE"], check=True, capture_output=True)
    return open(d + "/ca.key", encoding="utf-8").read(), open(d + "/ca.crt", encoding="utf-8").read()


@case
def keys_that_3gpp_lets_nobody_ignore(d):
    if plant.openssl("version") is None:
        print("left out keys_that_3gpp_lets_nobody_ignore: needs openssl")
        return
    ca, certificate = authority(d)
    for name, files, plain in [
            ("K and OPc", {"etc/nf/subscriber.yaml": subscriber()}, False), ("a published key", {"etc/nf/udmcfg.yaml": annex()}, False),
            ("a SUCI key", {"etc/nf/udmcfg.yaml": suci()}, False), ("a CA key", {"etc/nf/ca.key": ca, "etc/nf/ca.crt": certificate}, False),
            ("a token", {"etc/nf/token": plant.github() + "\n"}, True)]:
        image = Image(1)
        for path, text in files.items():
            image.add(path, text)
        folder = f"{d}/{name.replace(' ', '-')}"
        reference = image.write(folder)
        fps = prints(reference, d)
        expect(fps, f"{name}: not found")
        path = ignore_file(d, *[entry(fp) for fp in sorted(set(fps))])
        criterion, _, _ = grade(reference, "--ignore", path)
        expect(criterion["verdict"] == "met", f"{name}: cannot be ignored at all: {criterion['reason']}")
        criterion, report, _ = grade(reference, "--ignore", path, "--requirements", "3gpp-nf")
        expect(criterion["verdict"] == ("met" if plain else "not-met"), f"{name}: with 3gpp-nf {criterion['verdict']}: {criterion['reason']}")
        rows = report["requirements"]["rows"]
        expect(any(r["result"] == "not-met" for r in rows) != plain or plain, f"{name}: no requirement fails: {[(r['id'], r['result']) for r in rows]}")
        grade(reference, "--ignore", path, "--requirements", "3gpp-nf", "--fail-on", "conf.secrets", want=(0,) if plain else (1,))
        status, _, err = plant.run(scoville, "secrets", "--no-cache", "--requirements", "3gpp-nf", "--ignore", d + f"/written{len(name)}", "--write-ignore",
                                   "--reason", "x", reference)
        written = open(d + f"/written{len(name)}", encoding="utf-8").read()
        expect(status == 0 and ("fp=" in written) == plain, f"{name}: --write-ignore wrote what is refused: {err.decode()}")


@case
def skipping_is_no_pass(d):
    reference = one(d + "/a", plant.github())
    criterion, report, _ = grade(reference, "--skip", "secrets")
    expect(criterion["verdict"] == "not-assessed" and not report["secrets"], criterion["verdict"])
    criterion, _, _ = grade(one(d + "/b", "no secret here"), "--skip", "secrets")
    expect(criterion["verdict"] == "not-assessed", "an image without secrets is met though nobody looked")
    criterion, _, _ = grade(one(d + "/c", "no secret here"))
    expect(criterion["verdict"] == "met", f"an image without secrets: {criterion['reason']}")


def main():
    failed = 0
    for function in cases:
        with tempfile.TemporaryDirectory() as d:
            try:
                function(d)
                print(f"ok {function.__name__}")
            except (Wrong, subprocess.TimeoutExpired, json.JSONDecodeError, OSError) as e:
                failed += 1
                print(f"FAILED {function.__name__}: {e}")
    print(f"{len(cases)} cases, {failed} failed")
    return 1 if failed else 0


sys.exit(main())
