#!/usr/bin/env bats
# vulns.bats - scoville vulns and regrade: what is listed, what is not complete, the gates, databases that cannot be used.
# SPDX-License-Identifier: Apache-2.0

load common

setup_file() {
	image_for_file
	printf 'layer
  text etc/os-release 644
ID=debian
VERSION_ID="12"
END
  text var/lib/dpkg/status 644
Package: libssl3
Status: install ok installed
Architecture: amd64
Source: openssl
Version: 3.0.11-1

Package: bash
Status: install ok installed
Architecture: amd64
Version: 5.2-1
END
' >"$BATS_FILE_TMPDIR/case"
	python3 - "$BATS_TEST_DIRNAME/.." "$BATS_FILE_TMPDIR" <<-'END'
	import os, sys
	sys.path.insert(0, sys.argv[1])
	import mkimage
	os.mkdir(sys.argv[2] + "/debian")
	mkimage.make(open(sys.argv[2] + "/case").read(), sys.argv[2] + "/debian")
	END
	printf 'source\ttracker\t2026-10-31\t15
row\tCVE-2026-1\tDebian:12\topenssl\t-\t3.0.14-1\tfixed\thigh
row\tCVE-2026-2\tDebian:12\topenssl\t-\t-\tdeferred\tlow
row\tCVE-2026-3\tDebian:12\tbash\t-\t-\tnot-fixed\t-
row\tCVE-2026-4\tDebian:12\tbash\t-\t-\tnot-fixed\t-\t-\tyes
record\tCVE-2026-1\tGHSA-1,CGA-1,DSA-1-1,PYSEC-1\t-\tCVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H\tkev\n' >"$BATS_FILE_TMPDIR/rows"
	"$MAKE_DB" "$BATS_FILE_TMPDIR/db" 2026-10-31 <"$BATS_FILE_TMPDIR/rows"
	export DEBIAN="oci:$BATS_FILE_TMPDIR/debian" SCOVILLE_DB="$BATS_FILE_TMPDIR/db"
}

json() { # an expression over the report d and its list v
	python3 -c 'import json,sys; d = json.load(open("out")); v = d["vulnerabilities"]; ok = eval(sys.argv[1]); print(sys.argv[1], ok); sys.exit(not ok)' "$1"
}

@test "the worst first, one line each, with what fixes it" {
	COLUMNS=200 one vulns "$DEBIAN"; is 0
	grep -q '^Vulnerabilities: 1 high, 1 low, 1 unrated' out
	grep -Eq '^  high +CVE-2026-1 +libssl3 3.0.11-1 -> 3.0.14-1; layer 0; exploited;' out
	grep -Eq '^  unrated +CVE-2026-3 +bash 5.2-1, not-fixed; layer 0' out
	[ "$(grep -oE 'CVE-2026-[0-9]' out | head -n 3 | tr '\n' ' ')" = 'CVE-2026-1 CVE-2026-2 CVE-2026-3 ' ]
	grep -q 'by package: openssl 2 (1 high), bash 1' out
	grep -q 'unimportant, says the distribution (CVE-2026-4 in bash)' out
	one vulns -q "$DEBIAN"; is 0
	[ "$(wc -l <out)" -eq 1 ]
	for width in 40 80 200; do
		COLUMNS=$width one vulns "$DEBIAN"
		[ "$(awk -v w=$width 'length($0) > w' out | wc -l)" -eq 0 ]
	done
}

@test "JSON fits its schema and has all of it" {
	one vulns -o json "$DEBIAN"; is 0
	json '[(x["id"], x["severity"], x["status"]) for x in v] == [("CVE-2026-1", "high", "affected"), ("CVE-2026-2", "low", "affected"), ("CVE-2026-3", "unrated", "affected"), ("CVE-2026-4", "negligible", "affected")]'
	json 'v[0]["aliases"] == ["DSA-1-1", "GHSA-1"]' # not the names that Wolfi and PyPI give
	json 'v[0]["cvss"]["score"] == 9.8 and v[0]["kev"] and v[0]["severity_source"] == "tracker"'
	json 'v[0]["purl"] == "pkg:deb/debian/libssl3@3.0.11-1?arch=amd64&distro=debian-12" and v[3]["unimportant"]'
	json 'd["database"]["built"] == "2026-10-31" and d["database"]["sources"] == [{"name": "tracker", "date": "2026-10-31", "class": "fixed and unfixed"}] and not d["database"]["gaps"]'
	python3 -c 'import jsonschema' 2>/dev/null || skip "no python3-jsonschema"
	python3 -c 'import json,jsonschema,sys; jsonschema.Draft202012Validator(json.load(open(sys.argv[1]))).validate(json.load(open("out")))' "$SCHEMA"
}

@test "what has a fix" {
	one vulns --only-fixed -o json "$DEBIAN"; is 0
	json '[x["id"] for x in v] == ["CVE-2026-1"]'
	one vulns --only-fixed --fail-on 'vulns>=high' "$DEBIAN"; is 1 '1 high or above with a fix'
	one vulns --only-fixed --fail-on 'vulns>=critical' "$DEBIAN"; is 0
}

@test "gates" {
	one vulns --fail-on 'vulns>=high' "$DEBIAN"; is 1 'CVE-2026-1 in libssl3'
	one vulns --fail-on 'vulns>=critical' "$DEBIAN"; is 0
	one vulns --fail-on 'vulns>=critical' --unrated fail "$DEBIAN"; is 1 'CVE-2026-3 in bash'
	one vulns --fail-on 'vulns>=critical' --now 2026-11-30 "$DEBIAN"; is 1 'not assessed: the advisory database is 30 days old'
	one vulns --require-complete "$DEBIAN"; is 0
	one vulns --require-complete --now 2026-11-30 "$DEBIAN"; is 4 '30 days old'
	one vulns --fail-on 'vulns>=hihg' "$DEBIAN"; is 2 'rating must be'
	one grade --fail-on vuln.critical "$DEBIAN"; is 0
	one grade --fail-on vuln.high "$DEBIAN"; is 1 'vuln.high is not met: 1 high'
}

@test "VEX and the ignore file" {
	printf '{"@context": "https://openvex.dev/ns/v0.2.0", "statements": [{"vulnerability": {"name": "GHSA-1"}, "products": [{"@id": "pkg:deb/debian/libssl3"}], "status": "fixed"}]}' >vex.json
	one vulns --vex vex.json --fail-on 'vulns>=high' "$DEBIAN"; is 0
	grep -q 'by VEX: fixed (vex.json)' out
	printf '{}' >none.json
	one vulns --vex none.json "$DEBIAN"; is 2 'none.json: must be a VEX document'
	printf 'CVE-2026-1 until=2026-12-24 reason="no network"\n' >.scovilleignore
	one vulns --fail-on 'vulns>=high' -o json "$DEBIAN"; is 1
	json '[(x["status"], x["why"]) for x in v][0] == ("ignored", "no network") and d["ignored"][0]["findings"] == 1'
	printf 'CVE-2026-1 until=2026-10-24 reason="no network"\n' >.scovilleignore
	one vulns "$DEBIAN"; is 2 'expired'
}

@test "no database, a damaged one, one that is not there" {
	SCOVILLE_DB=none one vulns --fail-on 'vulns>=high' "$DEBIAN"; is 1 'not assessed: no advisories are used (--db none)'
	grep -q '^Vulnerabilities: not assessed: no advisories are used (--db none);' out
	cp -r "$SCOVILLE_DB" damaged
	for f in damaged/*.adv; do printf x | dd of="$f" bs=1 seek=300 conv=notrunc status=none; done
	one grade --db damaged -o json "$DEBIAN"; is 4
	json 'd["database"] is None and any("damaged" in x["text"] for x in d["diagnostics"])'
	json 'all(c["verdict"] == "not-assessed" for c in d["criteria"] if c["id"].startswith("vuln."))'
	one vulns --db damaged "$DEBIAN"; is 4
	grep -q '^Vulnerabilities: not assessed: advisory database' out
	one grade --db nowhere -o json "$DEBIAN"; is 2 "--db 'nowhere'"
	echo words >file; mkdir folder
	one grade --db file "$DEBIAN"; is 2 "--db 'file': not a database of advisories: Not a directory"
	one vulns --db folder "$DEBIAN"; is 2 "--db 'folder': not a database of advisories: it has no manifest.json"
	one secrets --db none "$DEBIAN"; is 2 'an option of other commands'
	one sbom --db none "$DEBIAN"; is 2 'an option of other commands'
}

@test "regrade: a stored report with other advisories, as if the image were graded again" {
	one grade --db none -o json=before "$DEBIAN"; is 0
	one regrade -o json before; is 0
	mv out again
	one grade -o json "$DEBIAN"; is 0
	python3 - <<-'END'
	import json
	a, b = json.load(open("again")), json.load(open("out"))
	a.pop("steps"), b.pop("steps")
	[c.pop("fix") for c in a["criteria"] + b["criteria"]] # which package managers the image has is not in a report
	assert a == b, [k for k in b if a.get(k) != b[k]]
	END
	one regrade before; is 0
	grep -q 'vuln.high .*1 high: CVE-2026-1' out
	one regrade --fail-on 'vulns>=high' before; is 1 'CVE-2026-1'
	mkdir -p home/scoville && cp -r "$SCOVILLE_DB" home/scoville/db # the user's, which no option names
	SCOVILLE_DB= XDG_DATA_HOME=$PWD/home one regrade --fail-on 'vulns>=high' before; is 1 'CVE-2026-1'
	one regrade out; is 3 report
	one regrade nowhere; is 3 nowhere
	[ "$(cat err)" = "scoville: 'nowhere': No such file or directory" ]
	one regrade; is 2 'regrade: name a report: scoville regrade REPORT.json'
	one vulns -o json=part "$DEBIAN"; is 0
	one regrade part; is 3 report
}

@test "what to do is one step, and promises only what the data can prove" {
	steps() { python3 -c 'import json, sys; print([[(c["id"], c["after"]) for c in s["criteria"]] for s in json.load(open(sys.argv[1]))["steps"] if s["criteria"][0]["id"].startswith("vuln.")])' "$1"; }
	one grade -o json "$DEBIAN"; is 0
	[ "$(steps out)" = "[[('vuln.high', 'met'), ('vuln.any', 'not-met')]]" ]
	one grade --now 2026-11-30 -o json=old "$DEBIAN"; is 0 # old advisories prove nothing
	[ "$(steps old)" = "[[('vuln.high', 'not-assessed'), ('vuln.any', 'not-met')]]" ]
	one grade --db none -o json=before "$DEBIAN"; is 0
	one regrade -o json=again before; is 0
	[ "$(steps again)" = "[[('vuln.high', 'met'), ('vuln.any', 'not-met')]]" ]
	one regrade -o json=twice again; is 0
	cmp again twice
}

@test "a bill of materials comes from standard input too" {
	one sbom "$DEBIAN"; is 0
	mv out sbom.json
	one vulns -o json=file sbom:sbom.json; is 0
	one vulns -o json=stdin sbom:- <sbom.json; is 0
	diff <(sed 's/sbom:sbom.json/sbom:-/' file) stdin
	one vulns sbom:- </dev/null; is 3
}

@test "an ignore file of neither tool is refused" {
	one vulns --ignore-from "$BATS_TEST_DIRNAME/vulns.bats" "$DEBIAN"; is 2 'vulns.bats:5: neither a line of .trivyignore'
	printf '# ours\nCVE-2026-1 exp:2026-12-01\n' >.trivyignore
	one vulns --ignore-from .trivyignore "$DEBIAN"; is 0
	grep -q 'ignored, counts all the same' out
}
