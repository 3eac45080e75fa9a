#!/usr/bin/env bats
# db.bats - the database of advisories: made from feeds, shown, and refused where it is damaged.
# SPDX-License-Identifier: Apache-2.0

load common

setup() {
	mkdir -p "$BATS_TEST_TMPDIR/w"; cd "$BATS_TEST_TMPDIR/w"
	export XDG_DATA_HOME=$PWD/data
	unset SCOVILLE_DB
	mkdir feed
	cat >feed/GHSA-aaaa-bbbb-cccc.json <<-'END'
		{"schema_version": "1.6.0", "id": "GHSA-aaaa-bbbb-cccc", "modified": "2026-03-02T00:00:00Z", "published": "2026-03-01T00:00:00Z",
		 "aliases": ["CVE-2026-1111"],
		 "affected": [{"package": {"ecosystem": "npm", "name": "left"},
		   "ranges": [{"type": "SEMVER", "events": [{"introduced": "1.0.0"}, {"fixed": "1.2.0"}]}]}]}
	END
	cat >feed/PYSEC-2026-1.json <<-'END'
		{"schema_version": "1.6.0", "id": "PYSEC-2026-1", "modified": "2026-02-02T00:00:00Z",
		 "affected": [{"package": {"ecosystem": "PyPI", "name": "Right_Pkg"},
		   "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}]}], "versions": ["1.0"]}]}
	END
	printf '# scoville advisories 1\ns\tours\thttps://example.org\tCC0-1.0\t2026-01-05\t3\ne\tDebian:12\np\tzlib\nr\t0\tCVE-2026-2 CVE-2026-3\ti f1:1.2-3\n' >ours.tsv
}

@test "a database of a folder, an archive and a table; info as text and as JSON" {
	tar cf - feed | gzip >feed.tar.gz
	one db build feed ours.tsv -o one --now 2026-11-30; is 0
	grep -q '3 ecosystems, 3 packages, 4 advisories' out
	one db build ours.tsv feed.tar.gz -o two --now 2026-11-30; is 0
	diff -r one two
	one db info --db one --now 2026-12-02; is 0
	grep -q '^built 2026-11-30, 2 days ago$' out
	grep -Eq '^Debian:12 +1 +2 +2026-01-05 +fixed, unfixed$' out
	grep -Eq '^ours +2026-01-05 +CC0-1.0, https://example.org$' out
	one db info --db one -o json --now 2026-12-02; is 0
	jq -e '.age_days == 2 and .builtin == false and (.ecosystems | map(.name)) == ["Debian:12", "npm", "PyPI"]' out
}

@test "a format that is named is not recognised by content" {
	printf '{"id": "X-1", "affected": [{"package": {"ecosystem": "npm", "name": "a"}, "versions": ["1.0.0"]}]}' >x.dat
	echo words >feed/README
	one db build osv=feed -o one; is 0
	grep -q '^osv: 2 files' out; grep -q '^1 files of no known format' out
	one db build kev=feed/PYSEC-2026-1.json -o one; is 3 feed/PYSEC-2026-1.json
	one db build frob=feed -o one; is 3 frob=feed
}

@test "the default is the user's database" {
	mkdir -p data/scoville
	one db build ours.tsv -o data/scoville/db; is 0
	one db info -o json; is 0
	jq -e --arg d "$PWD/data/scoville/db" '.folder == $d and .builtin == false' out
}

@test "without the user's, the built-in one, which says so" {
	one db info; is 0
	grep -q 'built-in: `scoville db update`' out
	grep -q '^Alpine:v3.10 ' out
}

@test "usage" {
	one db; is 2
	one db frob; is 2
	one db build ours.tsv; is 2 "-o DIR"
	one db build -o x; is 2
	one db info more; is 2 "unexpected argument 'more'"
	one db info --db /nonexistent; is 2 "--db '/nonexistent': not a database of advisories"
	one db info --db ours.tsv; is 2 "--db 'ours.tsv': not a database of advisories"
	one db update --db new --from ftp://example.org/db; is 2 "from 'ftp://example.org/db': must be oci://"
	one db --help; is 0
	grep -q '^Usage: scoville db update|info|build|export|push \[OPTION ...\]$' out
	grep -q '^  build SOURCE ... -o DIR' out
	[ "$(grep -E '^[A-Z][A-Za-z ]*:$' out | head -n 1)" = 'The database:' ]
	! grep -q '^Secrets:' out
	one db info --db one -o yaml; is 2
}

@test "a source that cannot be read leaves the old database" {
	one db build ours.tsv -o one --now 2026-11-30; is 0
	cp -r one before
	echo '<html><body>504</body></html>' >page.json
	one db build ours.tsv page.json -o one; is 3 page.json
	: >empty.json
	one db build empty.json -o one; is 3 empty.json
	one db build nowhere -o one; is 3 nowhere
	diff -r one before
}

@test "a damaged, truncated or newer database is an error" {
	one db build ours.tsv -o one --now 2026-11-30; is 0
	f=$(echo one/debian-*.adv)
	cp "$f" good
	printf 'X' | dd of="$f" bs=1 seek=300 conv=notrunc status=none
	one db info --db one; is 3 checksum
	truncate -s 200 "$f"
	one db info --db one; is 3 "200 bytes long"
	rm "$f"
	one db info --db one; is 3 missing
	cp good "$f"
	one db info --db one; is 0
	sed -i 's/"format": 1/"format": 9/' one/manifest.json
	one db info --db one; is 3 newer
}
