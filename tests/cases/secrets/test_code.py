#!/usr/bin/env python3
"""test_code.py SCOVILLE: code, references and templates after the names that rules know are no secrets.

For every rule with an example of the form `NAME = VALUE`: what programs write instead of a value, in five kinds of files, gives no finding
at medium or high; and the example itself, in the same file, is still found.

SPDX-License-Identifier: Apache-2.0
"""
import os
import re
import sys
import tempfile

import plant

scoville = os.path.abspath(sys.argv[1])
top = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../..")
CODE = ["await derive(key, n)", "process.env.{}", "os.environ['{}']", "this.options.{}", "getValue()", "options.value || null",
        "new Encoder().encode(x)", "config.get(\"a.b\")", "std::env::var(\"{}\")", "request.body.secret"]
SHELL = ["${{{}:?must be set}}", "`pass show prod/db`", "$(cat /run/x)", "${}", "{{{{ .Values.{} }}}}", "<%= ENV.{} %>", "\nOTHER=value"]
FILES = [("a.js", "const {0} = {1};\n", CODE), ("a.ts", "  x = {{ {0}: {1} }}\n", CODE), ("a.py", "{0} = {1}\n", CODE),
         ("a.yml", "{0}: {1}\n", CODE + SHELL), ("a.env", "{0}={1}\n", SHELL)]


def names():
    """(rule, name, template of its value) of the examples of this form."""
    for file in sorted(os.listdir(top + "/data/secrets")):
        rule = None
        for line in open(os.path.join(top, "data/secrets", file), encoding="utf-8"):
            heading = re.match(r"\[rule (.*)\]", line)
            rule = heading[1] if heading else rule
            m = re.match(r"good = ([A-Za-z][\w.-]{3,40})[\"']? ?[:=] ?[\"']?\{[A-Z](\d+)\}[\"']?$", line)
            if m and file.endswith(".rules"):
                yield rule, m[1], int(m[2])


def main():
    failed = 0
    with tempfile.TemporaryDirectory() as folder:
        wanted = {}
        for n, (rule, name, length) in enumerate(dict.fromkeys(names())):
            for base, form, values in FILES:
                path = f"{folder}/opt/{n}/{base}"
                os.makedirs(os.path.dirname(path), exist_ok=True)
                with open(path, "w", encoding="utf-8") as f:
                    f.write("".join(form.format(name, v.format(name.upper().replace("-", "_"))) for v in values))
            with open(f"{folder}/opt/{n}/value.conf", "w", encoding="utf-8") as f:
                f.write(f"{name} = \"{plant.password(max(length, 16))}\"\n")
            wanted[f"opt/{n}"] = (rule, name)
        report = plant.secrets(scoville, "rootfs:" + folder)
    found = {os.path.dirname(s["path"]) for s in report["secrets"] if s["path"].endswith("value.conf")}
    for s in plant.gate(report):
        if not s["path"].endswith("value.conf"):
            failed += 1
            print(f"FAILED {wanted[os.path.dirname(s['path'])]}: {plant.line_of(s)}")
    for path in sorted(set(wanted) - found):
        print(f"note: {wanted[path]}: another form of value is asked for")
    if len(found) * 2 < len(wanted) or len(wanted) < 50:
        failed += 1
        print(f"FAILED {len(found)} of {len(wanted)} values are found")
    print(f"{len(wanted)} names, {failed} wrong")
    return 1 if failed else 0


sys.exit(main())
