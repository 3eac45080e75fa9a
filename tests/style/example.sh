#!/bin/sh
# example.sh EXAMPLE SCOVILLE: the example of doc/ says the same grade as the command.
# SPDX-License-Identifier: Apache-2.0
set -eu
image=oci:${SCOVILLE_TEST_IMAGES:-}/oci/hello
[ -e "${SCOVILLE_TEST_IMAGES:-}/oci/hello/index.json" ] || { echo "skipped: no image (SCOVILLE_TEST_IMAGES)"; exit 77; }
export SCOVILLE_NO_CACHE=1
want=$("$2" grade -o json "$image" | python3 -c 'import json,sys; print(json.load(sys.stdin)["grades"]["overall"]["grade"])')
# In a build tree the worker is found beside the program.
beside=$(dirname "$2")/example-$$
trap 'rm -f "$beside"' EXIT
cp "$1" "$beside"
got=$("$beside" "$image")
echo "example: $got"
[ "$got" = "overall $want" ]
