#!/bin/sh
# identity.sh BUILD-IDENTITY ROOT SCOVILLE-WORKER: a changed byte, a new file and a new name are another build; the worker says its own.
# SPDX-License-Identifier: Apache-2.0
set -eu
t=$(mktemp -d)
trap 'rm -rf "$t"' EXIT
mkdir "$t/src" "$t/data"
echo 'int a;' >"$t/src/a.c"
echo row >"$t/data/table"
"$1" "$t" >"$t/0"
echo 'int b;' >"$t/src/a.c"; "$1" "$t" >"$t/1"
echo 'line' >>"$t/data/table"; "$1" "$t" >"$t/2"
echo 'new' >"$t/src/b.h"; "$1" "$t" >"$t/3"
mv "$t/src/b.h" "$t/src/c.h"; "$1" "$t" >"$t/4"
[ "$(cat "$t"/[0-4] | sort -u | wc -l)" -eq 5 ]
"$3" --version | grep -q " build $("$1" "$2" | cut -c1-16)$"
