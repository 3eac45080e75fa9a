#!/usr/bin/env bats
# secrets.bats - scoville secrets and rules: what is reported, what is not, the ignore file, exit statuses.
# SPDX-License-Identifier: Apache-2.0

load common

setup_file() {
	python3 "$BATS_TEST_DIRNAME/secret_image.py" "$BATS_FILE_TMPDIR/image"
	python3 "$BATS_TEST_DIRNAME/image.py" "$BATS_FILE_TMPDIR/clean"
	mv "$BATS_FILE_TMPDIR/image/VALUES" "$BATS_FILE_TMPDIR/values"
	export IMAGE="oci:$BATS_FILE_TMPDIR/image" CLEAN="oci:$BATS_FILE_TMPDIR/clean" VALUES="$BATS_FILE_TMPDIR/values"
	export LC_ALL=C SCOVILLE_NOW=2026-11-01 SCOVILLE_CACHE="$BATS_FILE_TMPDIR/cache" SCOVILLE_PLATFORM=linux/amd64
}

clean() { # no value stands in these files
	! grep -aqF -f "$VALUES" "$@" || { grep -alF -f "$VALUES" "$@"; false; }
}

json() { # an expression over the report d, and its list s
	python3 -c 'import json,sys; d = json.load(open("out")); s = d["secrets"]; ok = eval(sys.argv[1]); print(sys.argv[1], ok); sys.exit(not ok)' "$1"
}

@test "each is reported with its place, layer, state and proof, and exit 0" {
	one secrets -o json "$IMAGE"; is 0
	json '{(x["path"], x["line"], x["layer"], x["state"]) for x in s if x["level"] == "high"} >= {("srv/app.env", 2, 0, "present"), ("srv/gone.txt", 1, 0, "deleted"), ("srv/kept.zip!conf/token.txt", 1, 0, "present")}'
	json '[x["gone_in"] for x in s if x["path"] == "srv/gone.txt"] == [1]'
	json '{x["place"].get("config", "")[:11] for x in s if x["surface"] == "env"} == {"/config/Env"}'
	json '{x["place"]["manifest"] for x in s if x["surface"] == "annotation"} >= {"/annotations/org.example.made-with"}'
	json 'any("history" in x["place"] or x["place"].get("config", "").startswith("/history") for x in s)'
	json 'all(x["proof"] == "checksum" and x["length"] == 40 and x["prefix"] == "gh" + "p_" for x in s if x["kind"] == "github-token")'
	json 'd["secret_search"]["complete"] and d["secret_search"]["high"] == sum(x["level"] == "high" for x in s)'
	json 'd["fingerprint_key"] == "cache" and d["secret_rules"].startswith("sha256:")'
}

@test "the text has them too, and the history line, and what to do" {
	one secrets "$IMAGE"; is 0
	grep -q '^Secrets: ' out
	grep -q '^Layer 0 ' out
	grep -qF ' high    /srv/app.env:2 ' out
	grep -qF ' high    /srv/gone.txt:1 ' out
	grep -qF 'deleted in layer 1' out
	grep -qF '/srv/kept.zip!conf/token.txt:1' out
	grep -qx 'What to do' out
	grep -q '^  1,* .*: ' out
	[ -z "$(tr -d '[:print:]\n' <out)" ]
	one secrets -q "$IMAGE"; is 0
	[ "$(wc -l <out)" -eq 1 ]
	grep -q '^[0-9]* high, ' out
}

@test "grade shows the first of them, and points to the command" {
	one grade "$IMAGE"; is 0
	grep -q '^Secrets: ' out
	grep -qF 'and ' out
	grep -qF "more: scoville secrets $IMAGE" out
	one grade "$CLEAN"; is 0
	! grep -q '^Secrets' out
}

@test "the value is nowhere: no output, no error, no cache" {
	unset SCOVILLE_PLATFORM
	for o in "secrets" "secrets --verbose --all" "secrets -o json --all" "secrets -q" "grade" "grade -v --all" "grade -o json" "grade -o badge=badges" "secrets --all-platforms -o json" "secrets --color always -v" "secrets --requirements 3gpp-nf -v"; do
		one $o --timings "$IMAGE"; is 0
		clean out err
	done
	clean -r badges "$SCOVILLE_CACHE"
}

@test "nothing found is reported, and exit 0" {
	one secrets "$CLEAN"; is 0
	grep -q '^Secrets: 0 high, 0 medium' out
	one secrets -o json "$CLEAN"; is 0
	json 's == [] and d["secret_search"]["complete"]'
}

@test "JSON fits its schema" {
	python3 -c 'import jsonschema' 2>/dev/null || skip "no python3-jsonschema"
	unset SCOVILLE_PLATFORM
	one secrets -o json --all "$IMAGE"; cp out all
	one secrets -o json --all-platforms "$CLEAN"; cat out >>all
	export SCOVILLE_PLATFORM=linux/amd64
	one grade -o json --requirements 3gpp-nf "$IMAGE"; cat out >>all
	one secrets -o json --requirements 3gpp-nf "$CLEAN"; cat out >>all
	[ "$(wc -l <all)" -eq 4 ]
	python3 - "$SCHEMA" all <<-'END'
	import json, sys, jsonschema
	v = jsonschema.Draft202012Validator(json.load(open(sys.argv[1])))
	for line in open(sys.argv[2]):
	    v.validate(json.loads(line))
	END
}

@test "gates: 1 only by --fail-on" {
	one secrets --fail-on 'secrets>=high' "$IMAGE"; is 1 'failed secrets>=high'
	one secrets --fail-on conf.secrets "$IMAGE"; is 1 conf.secrets
	one grade --fail-on 'secrets>=medium' "$IMAGE"; is 1
	one secrets --fail-on 'secrets>=low' "$CLEAN"; is 0
	one secrets --fail-on 'secrets>=none' "$CLEAN"; is 2 'low, medium or high'
	one secrets --fail-on 'secrets>high' "$CLEAN"; is 2 'secrets>='
}

@test "what was not searched passes no gate" {
	one grade --skip secrets --fail-on 'secrets>=high' "$CLEAN"; is 1
	one grade --skip secrets -o json "$CLEAN"; is 0
	json 'not d["secret_search"]["complete"] and "skip" in d["secret_search"]["missing"]'
	json '[c["verdict"] for c in d["criteria"] if c["id"] == "conf.secrets"] == ["not-assessed"]'
	one secrets --skip secrets "$CLEAN"; is 2 'nothing to do'
}

@test "a broken layer is 4, whatever is found" {
	cp -r "${IMAGE#oci:}" broken
	python3 - <<-'END'
	import json
	blob = lambda d: "broken/blobs/" + d["digest"].replace(":", "/")
	layer = blob(json.load(open(blob(json.load(open("broken/index.json"))["manifests"][0])))["layers"][0])
	data = open(layer, "rb").read()
	open(layer, "wb").write(data[:-20] + bytes(20))
	END
	one secrets --no-cache -o json oci:broken; is 4
	json 'not d["secret_search"]["complete"]'
	one secrets --no-cache --fail-on 'secrets>=high' oci:broken; is 4
	one secrets oci:nowhere; is 3 nowhere
}

@test "bad usage is 2" {
	one secrets; is 2 'name an image'
	one secrets -o badge=b "$CLEAN"; is 2 'writes text, json'
	one secrets --until 2027-01-01 "$CLEAN"; is 2 write-ignore
	one secrets --requirements 4gpp "$CLEAN"; is 2 3gpp-nf
	one secrets --fp-key nowhere "$CLEAN"; is 2 nowhere
	echo 'not a key' >key
	one secrets --fp-key key "$CLEAN"; is 2 base64
	! grep -q 'not a key' err
	one secrets --max-age 3 "$CLEAN"; is 2 max-age
}

@test "fingerprints: of the run without a key, the same with one" {
	one secrets -o json "$IMAGE"; cp out first
	one secrets -o json "$IMAGE"; is 0
	! cmp -s out first
	head -c 32 /dev/urandom | base64 >key
	one secrets -o json --fp-key key "$IMAGE"; is 0; cp out first
	json 'd["fingerprint_key"] == "user"'
	one secrets -o json --fp-key key --no-cache "$IMAGE"; is 0
	cmp out first
	SCOVILLE_FP_KEY=key one secrets -o json "$IMAGE"; cmp out first
	head -c 32 /dev/urandom | base64 >key
	one secrets -o json --fp-key key "$IMAGE"
	! cmp -s out first
}

@test "--write-ignore: a key, an entry each, and nobody else reads it" {
	one secrets -o json --write-ignore --reason 'keys of a test' "$IMAGE"; is 0 'entries written to .scovilleignore'
	[ "$(stat -c %a .scovilleignore)" = 600 ]
	[ "$(grep -c '^key=' .scovilleignore)" -eq 1 ]
	clean .scovilleignore
	[ -z "$(tr -d '[:print:]\n' <.scovilleignore)" ]
	n=$(grep -c '^conf.secrets fp=' .scovilleignore)
	[ "$n" -ge 4 ]
	grep -q 'until=2027-01-30 reason="keys of a test"' .scovilleignore
	one secrets -o json --fail-on 'secrets>=medium' "$IMAGE"; is 0
	json 'all(x["ignored"] for x in s if x["level"] in ("high", "medium"))'
	json 'd["secret_search"]["ignored"] >= 4 and d["fingerprint_key"] == "user"'
	one grade "$IMAGE"; is 0
	grep -q 'ignored by' out
	# once more: nothing is left to write, and the file is the same
	cp .scovilleignore before
	one secrets --write-ignore "$IMAGE"; is 0 '0 entries'
	cmp .scovilleignore before
	[ "$(ls -A | sort | tr '\n' ' ')" = '.scovilleignore before err out ' ]
}

@test "--write-ignore keeps the lines of others, and fills in no reason" {
	printf '# ours\nconf.priv path=bin/su until=2026-12-01 reason="needed"' >mine
	cp mine before
	one secrets --write-ignore --ignore mine --until 2026-11-30 "$IMAGE"; is 0 'fill in each reason'
	head -c "$(stat -c %s before)" mine | cmp - before
	grep -q 'until=2026-11-30 reason=""' mine
	one secrets --ignore mine "$IMAGE"; is 2 'mine:'
	sed -i 's/reason=""/reason="a test"/' mine
	one secrets --ignore mine --fail-on 'secrets>=medium' "$IMAGE"; is 0
	one secrets --write-ignore --ignore mine --until 2026-10-01 "$IMAGE"; is 2 until
	one secrets --write-ignore --ignore no/such/file "$IMAGE"; is 2 no/such/file
}

@test "--write-ignore with --fp-key writes no key" {
	head -c 32 /dev/urandom | base64 >key
	one secrets --write-ignore --reason x --fp-key key --ignore mine "$IMAGE"; is 0
	! grep -q '^key' mine
	one secrets --fp-key key --ignore mine --fail-on 'secrets>=medium' "$IMAGE"; is 0
	one secrets --ignore mine "$IMAGE"; is 2 'without a key'
}

@test "two images, the same file: the entries of both" {
	one secrets --write-ignore --reason x "$IMAGE" "$CLEAN" "$IMAGE"; is 0
	[ "$(grep '^conf.secrets' .scovilleignore | sort | uniq -d | wc -l)" -eq 0 ]
}

@test "a rootfs has no config, and is searched whole all the same" {
	unset SCOVILLE_PLATFORM
	mkdir -p root/srv
	head -1 "$VALUES" | sed 's/^/TOKEN=/' >root/srv/app.env
	one secrets -o json rootfs:root; is 0
	json '[(x["path"], x["line"], x["level"]) for x in s] == [("srv/app.env", 1, "high")]'
	json 'd["secret_search"]["complete"]'
	clean out err
}

@test "rules list: id, kind, levels and title of each" {
	one rules list; is 0
	[ "$(wc -l <out)" -ge 300 ]
	grep -q '^github-ghp .*github-token .*high ' out
	one rules; is 2 "'list' or 'test'"
	one rules test a b; is 2
}

@test "rules test: every example of the built-in rules does what it should" {
	one rules test; is 0
	grep -qE '^[0-9]+ rules, [0-9]+ examples, 0 failed$' out
	[ "$(wc -l <out)" -eq 1 ]
}

@test "rules test: a file of one's own, good and bad" {
	cat >mine.rules <<-'END'
	[rule our-token]
	kind = our-token
	title = Token of ours
	advice = Revoke it
	source = the wiki
	literal = ourtok_
	expression = \b(ourtok_[0-9a-z]{24})\b
	good = ourtok_{a24}
	bad = ourtok_{a10}
	END
	one rules list mine.rules; is 0
	grep -q '^our-token .*(yours)' out
	one rules test mine.rules
	! grep -q 'failed our-token' out
	sed -i 's/^bad.*/bad = ourtok_{a24}/' mine.rules
	one rules test mine.rules; is 1
	grep -q '^failed our-token: bad example 1: ' out
	! grep -qE 'ourtok_[0-9a-z]{24}' out err
	sed -i 's/^good.*/good = outok_{a24}/' mine.rules
	one rules test mine.rules; is 1
	grep -q '^failed our-token: good example 1: ' out
	echo 'colour = red' >>mine.rules
	one rules test mine.rules; is 3 "mine.rules:10: rule 'our-token'"
	one rules test nowhere; is 3 nowhere
}
