"""check.py SCHEMA|- FILE...: bills of materials, with the libraries of others. NAME.cdx.json, NAME.spdx.json and NAME.purl of one image.

Needs cyclonedx-python-lib[json-validation], spdx-tools and packageurl-python. SCHEMA: spdx-2.3.schema.json.

SPDX-License-Identifier: Apache-2.0
"""
import json
import sys

import jsonschema
from cyclonedx.model.bom import Bom
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
from packageurl import PackageURL
from spdx_tools.spdx.parser.parse_anything import parse_file
from spdx_tools.spdx.validation.document_validator import validate_full_spdx_document


def cyclonedx(path):
    with open(path, encoding="utf-8") as f:
        text = f.read()
    error = JsonStrictValidator(SchemaVersion.V1_6).validate_str(text)
    if error:
        yield f"schema: {str(error)[:300]}"
    bom = Bom.from_json(json.loads(text))
    if not bom.validate():
        yield "the library says that it is not valid"
    print(f"{path}: {len(bom.components)} components, {len(bom.dependencies)} with dependencies")


def spdx(path):
    document = parse_file(path)
    for message in validate_full_spdx_document(document)[:5]:
        yield message.validation_message
    if sys.argv[1] != "-":
        with open(sys.argv[1], encoding="utf-8") as schema, open(path, encoding="utf-8") as f:
            for error in list(jsonschema.Draft7Validator(json.load(schema)).iter_errors(json.load(f)))[:5]:
                yield f"schema: {error.message[:300]}"
    print(f"{path}: {len(document.packages)} packages, {len(document.relationships)} relationships")


def purls(path):
    n = 0
    for line in open(path, encoding="utf-8"):
        n += 1
        if PackageURL.from_string(line.strip()).to_string() != line.strip():
            yield f"{line.strip()} is written as {PackageURL.from_string(line.strip()).to_string()}"
    print(f"{path}: {n} package URLs")


wrong = 0
for name in sys.argv[2:]:
    check = cyclonedx if name.endswith(".cdx.json") else spdx if name.endswith(".spdx.json") else purls
    for problem in check(name):
        wrong += 1
        print(f"FAILED {name}: {problem}")
sys.exit(1 if wrong else 0)
