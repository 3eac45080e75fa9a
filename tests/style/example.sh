#!/bin/sh
# example.sh EXAMPLE SCOVILLE: the example of doc/ says the same grade as the command.
# SPDX-License-Identifier: Apache-2.0
set -eu
image=oci:${SCOVILLE_TEST_IMAGES:-}/oci/hello
[ -e "${SCOVILLE_TEST_IMAGES:-}/oci/hello/index.json" ] || { echo "skipped: no image (SCOVILLE_TEST_IMAGES)"; exit 77; }
export SCOVILLE_NO_CACHE=1
want=$("$2" grade -o json "$image" | python3 -c 'import json,sys; print(json.load(sys.stdin)["grades"]["overall"]["grade"])')
got=$("$1" "$image")
echo "example: $got"
[ "$got" = "overall $want" ]
