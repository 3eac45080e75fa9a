"""run_cases.py [--list] [PROGRAM] [CASE...] - grade the images of tests/cases/criteria and compare.

A case says above its line "image:"

    name: what it shows
    expect: met | not-met | not-assessed       of the criterion whose folder it lies in
    class: observed                            optional
    reason: words that the reason must hold    optional
    path: usr/bin/curl                         optional, of an evidence row that decides
    remark: usr/bin/curl                       optional, of an evidence row that does not decide
    absent: word that no evidence may name     optional
    fix: words that the fix must hold          optional
    option: --max-age 7                        may repeat
    ignore: a line of the ignore file          may repeat
    ignored: yes                               optional: --write-ignore first, and its file is used
    waived: 1                                  optional: findings that the ignore file takes out
    advisory: row CVE-1 Debian:12 bash - 5.3 fixed high   a line of vulns/make_db.c, blanks for tabs; may repeat
    built: 2026-11-20 [builtin]                optional: the day of that database
    vex: {"@context": ...}                     optional: one VEX document
    form: rootfs                               optional: grade the first layer's tar as rootfs:FILE
    image: and then what mkimage.py reads

--list prints "ID FILE EXPECTED" a line and runs nothing. Exit 1 when a case fails, 77 without a program.

SPDX-License-Identifier: Apache-2.0
"""
import argparse
import gzip
import json
import os
import subprocess
import sys
import tempfile

import mkimage

HERE = os.path.dirname(os.path.abspath(__file__))
CRITERIA = os.path.join(HERE, "criteria")
MANY = ("option", "ignore", "advisory")
KEYS = ("name", "expect", "class", "reason", "path", "remark", "absent", "fix", "form", "ignored", "waived", "built", "vex") + MANY


def read_case(path):
    with open(path, encoding="utf-8") as f:
        head, mark, image = f.read().partition("\nimage:\n")
    if not mark:
        sys.exit(f"{path}: no line 'image:'")
    case = {"id": os.path.basename(os.path.dirname(path)), "file": path, "image": image, "option": [], "ignore": [], "advisory": []}
    for number, line in enumerate(head.splitlines(), 1):
        key, _, value = line.partition(": ")
        if not line or line.startswith("#"):
            continue
        if key not in KEYS:
            sys.exit(f"{path}:{number}: no key '{key}'")
        if key in MANY:
            case[key].append(value)
        else:
            case[key] = value
    for key in ("name", "expect"):
        if key not in case:
            sys.exit(f"{path}: no {key}:")
    return case


def all_cases():
    found = []
    for folder, _, names in sorted(os.walk(CRITERIA)):
        found += [os.path.join(folder, n) for n in sorted(names) if n.endswith(".case")]
    return found


def first_layer(folder):
    """The tar of the lowest layer, beside the layout."""
    def blob(descriptor):
        with open(os.path.join(folder, "blobs", *descriptor["digest"].split(":")), "rb") as f:
            return f.read()

    with open(os.path.join(folder, "index.json"), encoding="utf-8") as f:
        manifest = json.loads(blob(json.load(f)["manifests"][0]))
    path = os.path.join(os.path.dirname(folder), "root.tar")
    with open(path, "wb") as f:
        f.write(gzip.decompress(blob(manifest["layers"][0])))
    return path


def database(case, folder):
    """Options for the database and the document of a case."""
    options = []
    if case["advisory"]:
        options = ["--db", os.path.join(folder, "db")]
        rows = "\n".join("\t".join(line.split()) for line in case["advisory"])
        rows += "\nrecord\tCVE-2026-0\t-\t-\t-\n"  # with the file of ratings the database is whole
        subprocess.run([os.environ["SCOVILLE_TEST_MAKE_DB"], options[1], *case.get("built", "2026-11-22").split()], input=rows.encode(), check=True)
    if "vex" in case:
        options += ["--vex", os.path.join(folder, "vex.json")]
        with open(options[-1], "w", encoding="utf-8") as f:
            f.write(case["vex"])
    return options


def grade(program, case, folder):
    layout = os.path.join(folder, "image")
    os.mkdir(layout)
    mkimage.make(case["image"], layout)
    reference = "rootfs:" + first_layer(layout) if case.get("form") == "rootfs" else "oci:" + layout
    command = [program, "grade", "-o", "json", "--no-cache", "--now", "2026-11-22"] + database(case, folder)
    for option in case["option"]:
        command += option.split()
    if case["ignore"]:
        ignore = os.path.join(folder, "ignore")
        with open(ignore, "w", encoding="utf-8") as f:
            f.write("\n".join(case["ignore"]) + "\n")
        command += ["--ignore", ignore]
    if case.get("ignored"):
        made = subprocess.run([program, "secrets", "--write-ignore", "--no-cache", "--now", "2026-11-22", "--reason", "a case", reference],
                              cwd=folder, capture_output=True, timeout=60, check=False)
        if made.returncode:
            return None, f"--write-ignore: exit {made.returncode}: {made.stderr.decode(errors='replace').strip()}"
    done = subprocess.run(command + [reference], cwd=folder, capture_output=True, timeout=60, check=False)
    if done.returncode not in (0, 4):
        return None, f"exit {done.returncode}: {done.stderr.decode(errors='replace').strip()}"
    return json.loads(done.stdout), None


def paths(criterion, role):
    return [(e["place"] or {}).get("path") or e["what"] for e in criterion["evidence"] if e["role"] == role]


def compare(case, report):
    """What is wrong, as text; empty when all is as expected."""
    criterion = next((c for c in report["criteria"] if c["id"] == case["id"]), None)
    if criterion is None:
        return "not in the report"
    wrong = []
    if criterion["verdict"] != case["expect"]:
        wrong.append(f"verdict {criterion['verdict']}, not {case['expect']} ({criterion['reason']})")
    if criterion["class"] != case.get("class", criterion["class"]):
        wrong.append(f"class {criterion['class']}, not {case['class']}")
    if case.get("reason", "") not in criterion["reason"]:
        wrong.append(f"reason '{criterion['reason']}' has no '{case['reason']}'")
    if case.get("fix", "") not in (criterion["fix"] or ""):
        wrong.append(f"fix '{criterion['fix']}' has no '{case['fix']}'")
    for key, role in (("path", "decides"), ("remark", "remark")):
        if key in case and case[key] not in paths(criterion, role):
            wrong.append(f"no evidence that {role} at {case[key]}: {paths(criterion, role)}")
    if "waived" in case and criterion["waived"] != int(case["waived"]):
        wrong.append(f"{criterion['waived']} waived, not {case['waived']}")
    if "absent" in case and any(e["what"] == case["absent"] for e in criterion["evidence"]):
        wrong.append(f"evidence names {case['absent']}")
    if criterion["verdict"] == "not-assessed" and not criterion["settled_by"]:
        wrong.append("not assessed, but nothing would settle it")
    if criterion["verdict"] == "not-met" and not criterion["fix"]:
        wrong.append("not met, but no fix")
    return "; ".join(wrong)


def main():
    options = argparse.ArgumentParser()
    options.add_argument("--list", action="store_true")
    options.add_argument("--scoville")
    options.add_argument("words", nargs="*", help="the program, and files that end in .case")
    args = options.parse_args()
    files = [w for w in args.words if w.endswith(".case")]
    programs = [w for w in args.words if not w.endswith(".case") and w != "sanitized"]
    args.scoville = args.scoville or (programs[0] if programs else None)
    cases = [read_case(os.path.abspath(f)) for f in files or all_cases()]
    if args.list:
        for case in cases:
            print(case["id"], os.path.relpath(case["file"], HERE), case["expect"])
        return 0
    if not args.scoville:
        print("skipped: no program was given with --scoville")
        return 77
    if not os.environ.get("SCOVILLE_TEST_MAKE_DB"):
        print("left out, without SCOVILLE_TEST_MAKE_DB: the cases with advisories")
        cases = [case for case in cases if not case["advisory"]]
    failed = 0
    for case in cases:
        with tempfile.TemporaryDirectory() as folder:
            report, problem = grade(os.path.abspath(args.scoville), case, folder)
        problem = problem or compare(case, report)
        if problem:
            failed += 1
            print(f"FAILED {os.path.relpath(case['file'], HERE)}: {case['name']}: {problem}")
    print(f"{len(cases)} cases, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
