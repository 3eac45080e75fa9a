# make-table.py OUT NAME FIELDS IN [HEADER] - write a table of data/ as a const C array of struct NAME.
#
# FIELDS is comma-separated: "text" a span, "string" a C string, "day" a date as days since 1970 or "rolling", "base" minimal or full, "flag" yes or
# no, "name" a span by which the rows are sorted, "roles" comma-separated enum known_roles, "glob" a text with at most one '*' as two spans and a
# bool, "file" an enum known_file_kind, "tool" manager or build,
# "how" a way of known_classifier to read a version.
# A row with the wrong number of fields, a bad date or a blank source stops the build.
#
# SPDX-License-Identifier: Apache-2.0
import datetime
import sys

out, name, fields, path = sys.argv[1:5]
header = sys.argv[5] if len(sys.argv) > 5 else "known/tables.h"
kinds = fields.split(",")


def value(kind, text, where):
    if kind in ("text", "string"):
        if not text.isascii() or '"' in text or "\\" in text:
            sys.exit(f"{where}: text that a C string cannot hold plainly")
        return f'"{text}"' if kind == "string" else f'SPAN_INIT("{text}")'
    if kind == "day":
        if text == "rolling":
            return "KNOWN_ROLLING"
        try:
            return str((datetime.date.fromisoformat(text) - datetime.date(1970, 1, 1)).days)
        except ValueError:
            sys.exit(f"{where}: '{text}' is no day")
    if kind == "name":
        if names and names[-1] >= text:
            sys.exit(f"{where}: '{text}' is not sorted")
        names.append(text)
        return value("text", text, where)
    if kind == "roles":
        return " | ".join("ROLE_" + role.upper().replace("-", "_") for role in text.split(","))
    if kind == "glob":  # what is before and after its '*'
        head, star, tail = text.partition("*")
        return f'{value("text", head, where)}, {value("text", tail, where)}, {"true" if star else "false"}'
    if kind == "file":
        return "KIND_" + text.upper().replace("-", "_")
    if kind == "how":
        return "HOW_" + text.upper()
    if kind == "tool":
        return {"manager": "false", "build": "true"}[text]
    if kind == "flag":
        return {"yes": "true", "no": "false"}[text]
    return {"minimal": "KNOWN_MINIMAL", "full": "KNOWN_FULL"}[text]


rows, names = [], []
with open(path, encoding="ascii") as f:
    for number, line in enumerate(f, 1):
        line = line.rstrip("\n")
        where = f"{path}:{number}"
        if not line or line.startswith("#"):
            continue
        cells = line.split("\t")
        if len(cells) != len(kinds):
            sys.exit(f"{where}: {len(cells)} fields, not {len(kinds)}")
        if not cells[-1].startswith("https://"):
            sys.exit(f"{where}: a row needs the address of its source")
        rows.append("\t{ " + ", ".join(value(k, c, where) for k, c in zip(kinds, cells)) + " },")
with open(out, "w", encoding="ascii") as f:
    f.write(f'/* Made from data/ by data/make-table.py. */\n#include "{header}"\n\n')
    f.write(f"const struct {name} {name}s[] = {{\n" + "\n".join(rows) + "\n};\n")
    f.write(f"const size_t {name}s_n = sizeof({name}s) / sizeof(*{name}s);\n")
