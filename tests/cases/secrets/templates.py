"""templates.py - the good examples of the rule files, with their random pieces told apart.

SPDX-License-Identifier: Apache-2.0
"""
import glob
import os
import re
import zlib

import plant

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))))
CLASSES = {"A": plant.DIGITS62, "D": "0123456789", "H": plant.HEX, "X": plant.HEX.upper(), "L": "abcdefghijklmnopqrstuvwxyz",
           "U": "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789", "Z": "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567",
           "a": "0123456789abcdefghijklmnopqrstuvwxyz", "W": plant.DIGITS62 + "_-", "B": plant.DIGITS62 + "+/",
           "M": "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"}


def rules():
    """Each rule as a dict of its keys, the last one of a list; defaults are not filled in."""
    for path in sorted(glob.glob(os.path.join(TOP, "data/secrets/*.rules"))):
        rule, fresh = None, {}
        for line in open(path, encoding="utf-8"):
            line = line.rstrip("\n")
            head = re.fullmatch(r"\[(?:rule )?(\S+)\]", line)
            if head:
                if rule:
                    yield rule
                rule = None if head[1] == "defaults" else {"id": head[1], "file": os.path.basename(path), **fresh}
            elif rule is not None and " = " in line and not line.startswith("#"):
                key, value = line.split(" = ", 1)
                rule.setdefault(key, value)
        if rule:
            yield rule


def expand(template):
    """The text and its random pieces; None where a piece is not one of the plain classes."""
    text, pieces = "", []
    for part in re.findall(r"\{\{|\{[^}]*\}|[^{]+", template):
        name = part[1:-1]
        if part == "{{":
            text += "{"
        elif not part.startswith("{"):
            text += part
        elif name == "n":
            text += "\n"
        elif name == "crc32-base62":
            text += plant.base62(zlib.crc32(text[-30:].encode()), 6)
        elif name[:1] in CLASSES and name[1:].isdigit():
            pieces.append(plant.text(int(name[1:]), CLASSES[name[0]]))
            text += pieces[-1]
        else:
            return None
    return text, pieces


def examples():
    """(rule, text, random pieces) of each rule whose good example is made of plain pieces."""
    for rule in rules():
        made = expand(rule["good"]) if "good" in rule else None
        if made and "path" not in rule:
            yield rule, *made
