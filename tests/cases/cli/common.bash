# common.bash - what the tests of the command line share. SCOVILLE names the program, SCHEMA the JSON schema.
# SPDX-License-Identifier: Apache-2.0

image_for_file() {
	python3 "$BATS_TEST_DIRNAME/image.py" "$BATS_FILE_TMPDIR/image"
	export IMAGE="oci:$BATS_FILE_TMPDIR/image"
	export LC_ALL=C SCOVILLE_NOW=2026-11-01 SCOVILLE_CACHE="$BATS_FILE_TMPDIR/cache" SCOVILLE_PLATFORM=linux/amd64
}

setup() { cd "$BATS_TEST_TMPDIR"; }

one() { # standard error apart
	status=0
	"$SCOVILLE" "$@" >out 2>err || status=$?
}

is() { # status, words that standard error has
	[ "$status" -eq "$1" ] || { echo "exit $status, not $1"; cat out err; false; }
	[ -z "${2:-}" ] || grep -qF -- "$2" err || { echo "not said: $2"; cat err; false; }
}

not() { ! "$@"; } # "! command" alone never fails a test

run_as_other() { # not root: permissions count
	status=0
	if [ "$(id -u)" -ne 0 ]; then
		one "$@"
		return
	fi
	command -v setpriv >/dev/null || skip "no setpriv"
	chmod a+rx "$BATS_RUN_TMPDIR" "$BATS_FILE_TMPDIR" "$BATS_TEST_TMPDIR" "$(dirname "$BATS_TEST_TMPDIR")"
	chmod -R a+rX "$BATS_FILE_TMPDIR/image"
	chown 65534 "$BATS_TEST_TMPDIR" *
	chown 65534 closed/open 2>/dev/null || true
	setpriv --reuid 65534 --regid 65534 --clear-groups env -u SCOVILLE_CACHE "$SCOVILLE" "$1" --no-cache "${@:2}" >out 2>err || status=$?
}
