#!/usr/bin/env bats
# statuses.bats - the exit status of every command: one rule, in scoville(1). SCOVILLE names the program.
# SPDX-License-Identifier: Apache-2.0

load common

setup_file() { image_for_file; }

files() {
	printf 'garbage\n' >garbage
	: >empty
	mkdir -p folder tree/etc
	openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out key.pem 2>/dev/null
	openssl pkey -in key.pem -pubout -out key.pub
	openssl pkcs8 -topk8 -in key.pem -passout pass:right -out locked.pem
	printf '{}' >object
	cp -r "$BATS_FILE_TMPDIR/image" mine
	export SCOVILLE_DB=none
}

table() { # status, command line; F is each file that cannot be used
	while read -r want words; do
		for f in $([[ "$words" == *F* ]] && echo nowhere garbage empty folder || echo -); do
			line=${words//F/$f}
			line=${line//IMAGE/$IMAGE}
			eval "one $line"
			[ "$status" -eq "$want" ] || { echo "$line: exit $status, not $want"; cat out err; false; }
			[ "$want" -lt 2 ] || [ "$(grep -c ^scoville: err)" -eq 1 ] || { echo "$line: not one line"; cat err; false; }
			[ "$f" = - ] || grep -q "$f" err || { echo "$line: the file is not named"; cat err; false; }
		done
	done
}

@test "2: a file that an option names and that cannot be used" {
	files
	table <<-'END'
		2 verify --key F IMAGE
		2 grade -q --key F IMAGE
		2 verify --bundle F IMAGE
		2 grade -q --bundle F IMAGE
		2 verify --bundle F file:garbage
		2 verify --key F --bundle object file:garbage
		2 verify --provenance F IMAGE
		2 verify --sbom F IMAGE
		2 grade -q --sbom F IMAGE
		2 verify --trust-root F IMAGE
		2 trust show --trust-root F
		2 trust update --root F --from folder
		2 verify --notation-config F IMAGE
		2 sign --key F oci:mine
		2 sign --key locked.pem --password-file nowhere oci:mine
		2 sign --key locked.pem --password-file folder oci:mine
		2 sign --key locked.pem --password-file garbage oci:mine
		2 sign --key locked.pem --password-file empty oci:mine
		2 attest --key F --type https://example.com/x --predicate object oci:mine
		2 attest --key key.pem --type vex --predicate F oci:mine
		2 grade -q --dockerfile F IMAGE
		2 grade -q --vex F IMAGE
		2 grade -q --fp-key F IMAGE
		2 grade -q --db F IMAGE
		2 db info --db F
		2 cache --cache /dev/null/F
	END
}

@test "2: a value that cannot be used" {
	files
	table <<-'END'
		2 verify --certificate-identity-regexp '(' IMAGE
		2 grade -q --certificate-identity-regexp '(' IMAGE
		2 verify --certificate-oidc-issuer-regexp '(' IMAGE
		2 verify --bundle object sha256:zz
		2 verify
		2 sign oci:mine
		2 attest --key key.pem oci:mine
		2 grade -q --rebuilt IMAGE IMAGE
		2 grade -q --rebuilt sbom:garbage IMAGE
		2 grade -q --base sbom:garbage IMAGE
		2 diff IMAGE
		2 trust other
		2 rules other
		2 db other
		2 db info --db none
		2 explain other
		2 completion other
		2 cache other
		2 pin
		2 dockerfile
		2 regrade
	END
	one sign --key locked.pem oci:mine; is 2 "--password-file FILE"
}

@test "3: what the command is about cannot be read" {
	files
	table <<-'END'
		3 grade -q oci:F
		3 secrets -q oci:F
		3 vulns -q oci:F
		3 sbom oci:F
		3 verify oci:F
		3 diff oci:F IMAGE
		3 diff IMAGE oci:F
		3 sign --key key.pem oci:F
		3 attest --key key.pem --type vex --predicate object oci:F
		3 grade -q --base oci:F IMAGE
		3 grade -q --rebuilt oci:F IMAGE
		3 grade -q sbom:F
		3 sign --key key.pem sbom:F
		3 attest --key key.pem --type vex --predicate object sbom:F
		3 diff sbom:F IMAGE
		3 regrade F
		3 dockerfile F
		3 rules test F
		3 db build F -o made
		3 db update --db new --from F
		3 trust update --from F
		3 verify --bundle object file:nowhere
		3 diff rootfs:tree rootfs:folder
	END
}

@test "3: an output cannot be written" {
	files
	table <<-'END'
		3 grade -o json=folder/none/x IMAGE
	END
	for command in "grade -q $IMAGE" "verify $IMAGE" "diff -q $IMAGE $IMAGE" "criteria" "explain" "trust show" "rules list" "version" "completion bash" "grade --help"; do
		status=0
		"$SCOVILLE" $command >/dev/full 2>err || status=$?
		[ "$status" -eq 3 ] || { echo "$command: exit $status"; cat err; false; }
	done
}

@test "1: done, and the answer is no" {
	files
	cp -r mine other
	printf 'FROM alpine\n' >Dockerfile
	printf 'FROM alpine\nRUN curl -o x https://example.com/x\n' >open
	one verify "$IMAGE"; is 1
	one verify --key key.pub "$IMAGE"; is 1
	one diff "$IMAGE" "$IMAGE" --platform linux/amd64; is 0
	one grade -q --fail-on vuln.any "$IMAGE"; is 1
	one dockerfile open; is 1
}

@test "a reader that leaves early changes nothing" {
	for command in "grade $IMAGE" "verify $IMAGE" "diff $IMAGE $IMAGE" "explain conf.user" "rules list" "trust show" "grade --help"; do
		status=0
		{ "$SCOVILLE" $command 2>err || echo $? >status; } | true
		[ ! -s err ] || { echo "$command"; cat err; false; }
	done
}
