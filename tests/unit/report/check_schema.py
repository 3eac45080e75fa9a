#!/usr/bin/env python3
"""check_schema.py SCHEMA COMMAND...: each line of the command's output fits the schema, and a report that lies about itself does not.

SPDX-License-Identifier: Apache-2.0
"""
import copy
import json
import subprocess
import sys

try:
    import jsonschema
except ImportError:
    print("skipped: no python3-jsonschema")
    sys.exit(77)

with open(sys.argv[1], encoding="utf-8") as f:
    schema = json.load(f)
jsonschema.Draft202012Validator.check_schema(schema)
validator = jsonschema.Draft202012Validator(schema)


def single(name):
    return jsonschema.Draft202012Validator({"$schema": schema["$schema"], "$ref": "#/$defs/" + name, "$defs": schema["$defs"]})


reports = {True: single("report"), False: single("secrets_report")}
vulns = single("vulns_report")

lines = subprocess.run(sys.argv[2:], check=True, stdout=subprocess.PIPE).stdout.decode("utf-8").splitlines()
bad = 0
for number, line in enumerate(lines):
    document = json.loads(line)
    for each in document["platforms"] if "platforms" in document else [document]:
        for e in (reports["criteria" in each] if "secrets" in each else vulns).iter_errors(each):
            print(f"line {number + 1}: {'/'.join(map(str, e.absolute_path))}: {e.message[:200]}")
            bad += 1
    if not validator.is_valid(document):
        print(f"line {number + 1}: not a report")
        bad += 1


def broken(name, change):
    global bad
    document = copy.deepcopy(json.loads(lines[0]))
    change(document)
    if validator.is_valid(document):
        print(f"the schema takes a report with {name}")
        bad += 1


broken("a verdict of its own", lambda d: d["criteria"][0].update(verdict="passed"))
broken("a criterion missing", lambda d: d["criteria"].pop())
broken("a grade E", lambda d: d["grades"]["overall"].update(grade="E"))
broken("an unknown member", lambda d: d.update(passed=True))
broken("no digest member", lambda d: d["subject"].pop("digest"))
broken("a layer below 0", lambda d: d["packages"][0].update(layer=-1))
broken("a digest that is none", lambda d: d["layers"][0].update(digest="sha256:xyz"))
broken("a secret with its value", lambda d: d["secrets"][0].update(value="x"))
broken("a secret of a level of its own", lambda d: d["secrets"][0].update(level="critical"))
broken("a fingerprint that is none", lambda d: d["secrets"][0].update(fingerprint="abc"))
broken("a severity that is none", lambda d: d["vulnerabilities"][0].update(severity="bad"))
broken("no word on the database", lambda d: d.pop("database"))
broken("no word on the search", lambda d: d.pop("secret_search"))
print(f"{len(lines)} documents, {bad} faults")
sys.exit(1 if bad or not lines else 0)
