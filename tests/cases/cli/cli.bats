#!/usr/bin/env bats
# cli.bats - the command line: options, outputs, exit statuses. SCOVILLE names the program, SCHEMA the JSON schema.
# SPDX-License-Identifier: Apache-2.0

load common

setup_file() { image_for_file; }

@test "a grade, and nothing on standard error" {
	one grade "$IMAGE"; is 0
	grep -q '^Overall  *[A-D]' out
	[ ! -s err ]
}

@test "options are before and after the reference" {
	one grade -q "$IMAGE"; is 0; cp out before
	one grade "$IMAGE" -q; is 0; cmp out before
	[ "$(wc -l <out)" -eq 1 ]
}

@test "-- ends the options" {
	one grade -q -- "$IMAGE"; is 0
	one grade -- --quiet; is 3 "reference '--quiet'"
}

@test "--opt value, --opt=value and -ovalue are the same" {
	one grade --output json "$IMAGE"; is 0; cp out before
	one grade --output=json "$IMAGE"; is 0; cmp out before
	one grade -ojson "$IMAGE"; is 0; cmp out before
	one grade -qo json "$IMAGE"; is 0; cmp out before
}

@test "an unknown option names the nearest" {
	one grade --fail-onn x "$IMAGE"; is 2 --fail-on
	one grade --profil chps "$IMAGE"; is 2 --profile
}

@test "the worker can be named" {
	one grade --worker /nonexistent/worker "$IMAGE"; is 2 "--worker '/nonexistent/worker': No such file"
	SCOVILLE_WORKER=/bin/true one grade --no-cache "$IMAGE"; is 3 "'/bin/true' ended before it was ready"
}

@test "bad usage is 2" {
	one grade; is 2
	one nonsense; is 2 nonsense
	one grade --profile other "$IMAGE"; is 2 profile
	one grade --threads 0x "$IMAGE"; is 2 threads
	one grade --timeout soon "$IMAGE"; is 2 timeout
	one grade --color sometimes "$IMAGE"; is 2 color
	one grade --now yesterday "$IMAGE"; is 2 yesterday
	one grade --fail-on 'grade<Z' "$IMAGE"; is 2 'grade<Z'
	one grade --fail-on conf.nothing "$IMAGE"; is 2 conf.nothing
	one grade --skip nothing "$IMAGE"; is 2 nothing
	one grade --limit nothing=1 "$IMAGE"; is 2 nothing
	one grade -o pdf "$IMAGE"; is 2 pdf
	one grade -o badge "$IMAGE"; is 2 badge
	one grade -o badge=b "$IMAGE" "$IMAGE"; is 2 badge
	one grade --quiet=1 "$IMAGE"; is 2 quiet
	one grade "$IMAGE" --output; is 2 output
	[ ! -s out ]
}

# option, a right value, a wrong one ("-": none is), the command, words that the right one needs
variables() {
	python3 -c 'print("A" * 40)' >key
	printf 'docker.io/**\n' >trusted
	: >empty
	printf '{"@context": "https://openvex.dev/ns/v0.2.0", "statements": []}' >vex.json
	printf '{}' >auth
	printf 'FROM scratch\n' >Dockerfile
	printf '{"_type": "https://in-toto.io/Statement/v1"}' >statement
	printf '{"default": [{"type": "reject"}]}' >policy.json
	cp "$BATS_TEST_DIRNAME/../../../data/trust/trusted_root.json" root.json
	mkdir -p notation
	printf '{"version": "1.0", "trustPolicies": [{"name": "x", "registryScopes": ["*"], "signatureVerification": {"level": "skip"}}]}' >notation/trustpolicy.json
	cat <<-'END'
		profile|strict|other|grade
		fail-on|conf.user,conf.annot|conf.usr|grade
		fail-on|secrets>=high|secrets>=hihg|secrets
		require-complete|1|maybe|grade
		max-age|9d|9x|grade
		base|127.0.0.1:1/base:1|no reference|grade
		rebuilt|127.0.0.1:1/base:1|no reference|grade
		dockerfile|Dockerfile|nowhere|grade
		build-arg|A=b|b|grade|--dockerfile Dockerfile
		base-image|yes|2|grade
		accept-privilege-drop|on|2|grade
		third-party|true|2|grade
		trusted|docker.io/**|,|grade
		trusted-file|trusted|nowhere|grade
		requirements|3gpp-nf|4gpp|grade
		ignore|empty|nowhere|grade
		skip|dpkg,apk|nothing|grade
		db|none|nowhere|grade
		db|DATABASE|nowhere|db info
		from|oci:nowhere|ftp://x/y|db update|--db new
		key|key|nowhere|db export|--db DATABASE -o made
		ecosystem|npm|nothing|db update|--db new --from oci:nowhere
		mirror|http://127.0.0.1:1|-|db update|--db new --ecosystem npm
		force|1|2|db update|--db new --from oci:nowhere
		valid|9|0|db export|--db DATABASE -o made --key key
		vex|vex.json|nowhere|grade
		ignore-from|empty|nowhere|grade
		unrated|fail|perhaps|grade
		bundle|statement|nowhere|grade
		provenance|statement|nowhere|grade
		sbom|statement|nowhere|grade
		certificate-identity|a@example.com|-|grade
		certificate-identity-regexp|example|-|grade
		certificate-oidc-issuer|https://example.com|-|grade
		certificate-oidc-issuer-regexp|example|-|grade
		trust-root|root.json|-|grade
		notation-config|notation|-|grade
		policy-json|policy.json|nowhere|grade
		only-fixed|1|2|vulns
		now|2026-12-24|yesterday|grade
		secret-rules|empty|nowhere|grade
		fp-key|key|nowhere|secrets
		all|1|2|secrets
		write-ignore|1|2|secrets|--ignore made
		until|2027-01-01|never|secrets|--ignore made --write-ignore
		reason|of a test|a\b|secrets|--ignore made --write-ignore
		output|json|pdf|grade
		output|json|badge=b|secrets
		output|spdx|json|sbom
		output|markdown|pdf|criteria
		quiet|1|2|grade
		verbose|1|2|grade
		color|always|sometimes|grade
		no-progress|1|2|grade
		timings|1|2|grade
		platform|linux/arm64|linux|grade
		all-platforms|1|2|grade
		limit|layers=9,index_depth=3|layers=none|grade
		threads|1|0|grade
		timeout|1m|soon|grade
		cache|other|-|grade
		no-cache|1|2|grade
		no-sandbox|1|2|grade
		worker|WORKER|nowhere|grade
		authfile|auth|nowhere|grade
		username|somebody|:|grade|--password-stdin
		password-stdin|1|2|grade|--username somebody
		ca-file|empty|nowhere|grade
		plain-http|1|2|grade
		help|1|2|explain
	END
}

@test "every option is a variable: a right value does what the option does, a wrong one is 2 and names the variable" {
	unset SCOVILLE_PLATFORM SCOVILLE_NOW
	export SCOVILLE_NO_PROGRESS=1
	variables | sed "s|WORKER|$(dirname "$SCOVILLE")/scoville-worker|; s|DATABASE|$(dirname "$SCOVILLE")/db|" >table
	for command in grade secrets vulns sbom regrade db explain criteria rules cache completion version; do "$SCOVILLE" $command --help; done |
		grep -oE '^  (-[a-z],|   ) --[a-z-]+' | grep -oE -- '--[a-z-]+' | sort -u >have
	cut -d'|' -f1 table | sed 's/^/--/' | sort -u | diff have -
	while IFS='|' read -r option right wrong command more; do
		variable=SCOVILLE_$(tr a-z- A-Z_ <<<"$option")
		image=(); case "$command" in grade|secrets|vulns) image=("$IMAGE" --now 2026-11-01 --platform linux/amd64) ;; sbom) image=("$IMAGE") ;; esac
		case "$option" in now) image=("$IMAGE") ;; platform|all-platforms) image=("$IMAGE" --now 2026-11-01) ;; esac
		given=(--"$option"); grep -qE -- "--$option [A-Z]" <("$SCOVILLE" ${command%% *} --help) && given+=("$right")
		rm -rf made; one $command $more "${image[@]}" "${given[@]}" <<<password; cp out by-option; was=$status
		[ "$was" -ne 2 ] || { echo "$option: refused"; cat err; false; }
		rm -rf made; export "$variable=$right"; one $command $more "${image[@]}" <<<password
		[ "$status" -eq "$was" ] || { echo "$variable=$right: $status, not $was"; cat err; false; }
		case "$option" in timings|write-ignore|until|reason) ;; *) diff <(sed 's/ (1 from the cache)//' by-option) <(sed 's/ (1 from the cache)//' out) ;; esac
		export "$variable=$(printf '%b' "$wrong")"
		[ "$wrong" = - ] || { one $command $([ "$option" = username ] || echo $more) "${image[@]}" </dev/null; is 2 "environment: $variable: "; }
		unset "$variable"
	done <table
	SCOVILLE_QUIET=1 one grade "$IMAGE"; is 0
	[ "$(wc -l <out)" -eq 1 ]
}

@test "a list takes commas, on the command line as in the environment; a file name keeps its own" {
	one grade -q --fail-on conf.user,conf.annot "$IMAGE"; is 1 'failed conf.annot'
	one grade -q --fail-on 'conf.user, conf.usr' "$IMAGE"; is 2 "conf.usr"
	one grade -q --fail-on , "$IMAGE"; is 2 'the value is empty'
	one grade -q --fail-on '' "$IMAGE"; is 2 'the value is empty'
	one grade --skip exec,nothing "$IMAGE"; is 2 "skip 'nothing'"
	one grade -o 'json=a,b c.json' "$IMAGE"; is 0
	[ -s 'a,b c.json' ]
}

@test "gates: 0 passed, 1 failed and why" {
	one grade --fail-on conf.user "$IMAGE"; is 0
	one grade --fail-on conf.user --platform linux/arm64 "$IMAGE"; is 1
	grep -q 'failed conf.user' out
	grep -qF "$IMAGE linux/arm64: failed conf.user" err
	one grade -o json --fail-on vuln.any "$IMAGE"; is 1 'not assessed'
	one grade --fail-on 'grade<D' "$IMAGE"; is 2 'grade<D'
	one grade --fail-on 'level<1' "$IMAGE"; is 1 'level<1'
	one grade --fail-on 'grade<A+' "$IMAGE"; is 1
}

@test "a gate names what is not met, then what is not assessed" {
	one grade -q --fail-on 'grade<A+' "$IMAGE"; is 1 'overall is '
	grep -q 'not met: .*; not assessed: ' err
	one grade -q --fail-on 'minimalism.grade<A+' "$IMAGE"; is 1 'minimalism is A, not A+; not met: min.base'
	one grade -q --fail-on prov.repro "$IMAGE"; is 1 'prov.repro is not'
}

@test "README's gates can pass, and fail" {
	sed -n "s/^ *- run: scoville grade \(--fail-on .*\) -o text.*/\1/p" "$BATS_TEST_DIRNAME/../../../README.md" | xargs -n1 >gates
	[ "$(wc -l <gates)" -ge 2 ]
	mapfile -t gates <gates
	one grade "${gates[@]}" "$IMAGE"; is 0
	one grade "${gates[@]}" --platform linux/arm64 "$IMAGE"; is 1 conf.user
}

@test "--require-complete: 4 while something is not assessed" {
	one grade --require-complete "$IMAGE"; is 4
}

@test "what cannot be read is 3" {
	one grade oci:nowhere; is 3 nowhere
	one grade "$IMAGE" --platform linux/s390x; is 3 s390x
	one grade -o json=report.json oci:nowhere; is 3
	[ ! -e report.json ]
}

@test "several references: one report each, the worst status" {
	one grade -o json "$IMAGE" "$IMAGE"; is 0
	[ "$(wc -l <out)" -eq 2 ]
	one grade -q oci:nowhere "$IMAGE"; is 3 nowhere
	[ "$(wc -l <out)" -eq 1 ]
	one grade -q "$IMAGE" "$IMAGE"; is 0
	[ "$(grep -cxF "D   $IMAGE  linux/amd64" out)" -eq 2 ] && [ "$(wc -l <out)" -eq 2 ]
	one grade "$IMAGE" "$IMAGE"; is 0
	[ "$(grep -c '^-----*$' out)" -eq 1 ]
}

@test "several outputs at once, and no temporary file is left" {
	one grade -o text -o json=report.json -o text=report.txt -o badge=badges "$IMAGE"; is 0
	cmp out report.txt
	python3 -c 'import json; json.load(open("report.json"))'
	[ "$(ls badges | wc -l)" -eq 11 ]
	grep -q '<svg' badges/overall.svg
	grep -q 'overall.svg' badges/badges.md
	[ "$(ls -A | sort | tr '\n' ' ')" = 'badges err out report.json report.txt ' ]
}

@test "an output that cannot be written fails and leaves nothing" {
	one grade -o json=no/such/report.json "$IMAGE"
	[ "$status" -eq 3 ]
	grep -q no/such/report.json err
	"$SCOVILLE" grade "$IMAGE" >/dev/full 2>err && false || grep -qi space err
}

@test "JSON fits its schema and is the same from the cache, without it and on any number of threads" {
	python3 -c 'import jsonschema' 2>/dev/null || skip "no python3-jsonschema"
	one grade -o json --no-cache --threads 1 "$IMAGE"; is 0; cp out first
	one grade -o json --threads 8 "$IMAGE"; is 0; cmp out first
	one grade -o json "$IMAGE"; is 0; cmp out first
	one grade -o json --all-platforms "$IMAGE"; cat out >>first
	python3 - "$SCHEMA" first <<-'END'
	import json, sys, jsonschema
	v = jsonschema.Draft202012Validator(json.load(open(sys.argv[1])))
	for line in open(sys.argv[2]):
	    v.validate(json.loads(line))
	END
}

@test "--all-platforms says where they differ" {
	unset SCOVILLE_PLATFORM
	one grade -o json --all-platforms "$IMAGE"; is 0
	python3 - <<-'END'
	import json
	d = json.load(open("out"))
	assert [p["subject"]["platform"] for p in d["platforms"]] == ["linux/amd64", "linux/arm64"], d["platforms"]
	assert {"id": "conf.user", "verdicts": ["met", "not-met"]} in d["differences"], d["differences"]
	END
	one grade --all-platforms --fail-on conf.user "$IMAGE"; is 1
	grep -qF "$IMAGE linux/arm64: failed" err
	! grep -qF "$IMAGE linux/amd64: failed" err
	tail -2 out | tr '\n' '|' | grep -qxF 'Where the platforms differ|  conf.user       + linux/amd64  x linux/arm64|'
	one secrets --all-platforms "$IMAGE"; is 0
	tail -3 out | head -1 | grep -qx 'By platform'
	one grade -q --all-platforms "$IMAGE"; is 0
	[ "$(wc -l <out)" -eq 2 ]
}

@test "text is as wide as COLUMNS says, and has the marks of the locale" {
	for n in 60 80 120; do
		COLUMNS=$n LC_ALL=C.UTF-8 one grade --verbose "$IMAGE"; is 0
		[ "$(sed 's/ \\$//; s/"[^"]*"/""/g' out | grep '[^ ] ' | LC_ALL=C.UTF-8 wc -L)" -le $n ]
	done
	COLUMNS=120 one grade "$IMAGE"; is 0
	grep -qx '  ? vuln.critical 2  vuln.high 3  vuln.medium 4  vuln.any 5: needs an advisory database (scoville db update)' out
	grep -q '^  ? prov.source  *1  needs the base image' out
	COLUMNS=nonsense LC_ALL=C one grade "$IMAGE"; is 0
	[ "$(sed 's/ \\$//; s/"[^"]*"/""/g' out | grep '[^ ] ' | wc -L)" -le 80 ]
	LC_ALL=C one grade "$IMAGE"; grep -q '^  + conf.user ' out; ! grep -q '[^ -~]' out
	LC_ALL= LC_CTYPE=en_US.UTF-8 LANG=C one grade "$IMAGE"; grep -q '^  ✓ conf.user ' out
	LC_ALL=C LC_CTYPE=en_US.UTF-8 one grade "$IMAGE"; grep -q '^  + conf.user ' out
}

@test "colour: never into a pipe, NO_COLOR or not, and always when told" {
	one grade "$IMAGE"; is 0
	not grep -q $'\033' out
	one grade --color always "$IMAGE"; is 0
	grep -q $'\033' out
	NO_COLOR=1 one grade --color auto "$IMAGE"; is 0
	not grep -q $'\033' out
}

@test "--timings and --verbose" {
	one grade --timings "$IMAGE"; is 0
	grep -q 'bytes read' out
	one grade --verbose "$IMAGE"; is 0
	for id in $("$SCOVILLE" criteria | cut -d' ' -f1); do grep -q " $id " out; done
}

@test "-o to a pipe or a device writes to it and leaves it" {
	mkfifo pipe
	timeout 60 cat pipe >got 3>&- &
	one grade -o json=pipe "$IMAGE"; is 0
	wait $!
	[ -p pipe ]
	python3 -m json.tool got >formatted
}

@test "what a registry may ask for is looked at although nothing asks for it" {
	one grade --authfile /nowhere/auth.json "$IMAGE"; is 2 "--authfile '/nowhere/auth.json': No such file"
	one grade --ca-file /nowhere/ca.pem "$IMAGE"; is 2 "--ca-file '/nowhere/ca.pem': No such file"
	one grade --username u "$IMAGE"; is 2 "--username needs --password-stdin"
	one grade --password-stdin "$IMAGE" <<<pw; is 2 "--password-stdin needs --username"
}

@test "--password-stdin wants a line" {
	one grade --username u --password-stdin "$IMAGE" </dev/null; is 2 password
}

@test "interrupted: 130 at once, nothing left after" {
	mkfifo pipe
	sleep 30 >pipe &
	writer=$!
	"$SCOVILLE" grade -o json=report.json oci-archive:- <pipe >out 2>err &
	pid=$!
	sleep 1
	kill -INT "$pid"
	status=0
	wait "$pid" || status=$?
	kill "$writer"
	rm pipe
	is 130
	[ "$(ls -A | sort | tr '\n' ' ')" = 'err out ' ]
}

@test "explain: the list, a page each, and an unknown id" {
	one explain; is 0
	[ "$(wc -l <out)" -eq 23 ]
	for id in $(cut -d' ' -f1 out); do
		one explain "$id"; is 0
		[ "$(wc -c <out)" -gt 300 ]
	done
	one explain conf.nothing; is 2 conf.nothing
}

@test "criteria: 23, as text, JSON and Markdown" {
	one criteria; is 0
	[ "$(wc -l <out)" -eq 23 ]
	one criteria -o json; is 0
	python3 -c 'import json; assert len(json.load(open("out"))) == 23'
	one criteria -o markdown; is 0
	[ "$(grep -c '^| \[' out)" -eq 23 ]
}

@test "cache: where, how big, clear" {
	one grade -q "$IMAGE"; is 0
	one cache; is 0
	grep -qF "$SCOVILLE_CACHE" out
	one cache clear; is 0
	one cache; is 0
	grep -q '^0 parts' out
}

@test "a cache folder that others can open is not used, and it is reported" {
	mkdir -m 755 open
	one grade --cache open "$IMAGE"; is 0 "is open to others"
	[ -z "$(ls -A open)" ]
	one grade -q --cache open "$IMAGE"; is 0
	[ ! -s err ]
}

@test "completion holds every option and parses" {
	one completion bash; is 0
	bash -n out
	for command in grade secrets rules; do
		for option in $("$SCOVILLE" $command --help | grep -o -- '--[a-z][a-z-]*'); do grep -qF -- "$option" out; done
	done
	one completion zsh; is 0
	grep -q '#compdef scoville' out
	one completion fish; is 2
}

@test "the manual names every option, and man finds no fault in it" {
	pages="$(dirname "$SCHEMA")/../man"
	for command in grade secrets rules; do
		for option in $("$SCOVILLE" $command --help | grep -o -- '--[a-z][a-z-]*'); do
			grep -qF -- "Fl Fl ${option#--}" "$pages"/scoville*.1 || { echo "$option"; false; }
		done
	done
	command -v man >/dev/null || skip "no man"
	for page in "$pages"/*.1; do
		[ -z "$(man --warnings -l "$page" 2>&1 >/dev/null)" ]
	done
}

@test "an empty tree is an error that says what to give" {
	mkdir -p empty/etc
	tar cf empty.tar -T /dev/null
	for tree in empty empty.tar; do
		SCOVILLE_PLATFORM='' one grade rootfs:$tree; is 3
		grep -q 'no file: give the folder or the tar of a root file system' err
	done
}

@test "version" {
	one version; is 0
	grep -qE '^scoville [0-9]+\.[0-9]+\.[0-9]+$' out
	one --version; is 0
	one --help; is 0
	grep -q grade out
}

@test "environment: lists, flags, and names that are no option" {
	SCOVILLE_FAIL_ON='conf.user, conf.annot' one grade -q "$IMAGE"; is 1 conf.annot
	SCOVILLE_FAIL_ON=$'conf.user\nconf.usr' one grade -q "$IMAGE"; is 2 conf.user
	SCOVILLE_FAILON=conf.annot one grade -q "$IMAGE"; is 2 SCOVILLE_FAIL_ON
	SCOVILLE_fail_on=conf.annot one grade -q "$IMAGE"; is 2 SCOVILLE_FAIL_ON
	SCOVILLE_GATE=conf.annot one grade -q "$IMAGE"; is 0 "SCOVILLE_GATE: not an option"
	SCOVILLE_QUIET=maybe one grade "$IMAGE"; is 2 SCOVILLE_QUIET
	SCOVILLE_QUIET=off one grade "$IMAGE"; is 0
	[ "$(wc -l <out)" -gt 1 ]
}

@test "a bad value is 2, and a name that is nearly right is answered with the right one" {
	while read -r words; do
		want=${words##*=> }
		eval "one grade ${words% =>*} \"\$IMAGE\""; is 2 "$want"
		[ ! -s out ]
	done <<-'END'
	--fail-on 'grad<B' => 'grade'
	--fail-on 'confguration.grade<B' => 'configuration'
	--fail-on conf.usr => 'conf.user'
	--fail-on 'level<9' => level
	--fail-on 'secrets>=hihg' => secrets
	--color allways => 'always'
	--profile strikt => 'strict'
	--requirements 3gpp => 3gpp-nf
	--skip secret => 'secrets'
	--limit layer=3 => 'layers'
	--limit layers=x => layers
	--limit layers => NAME=VALUE
	-o jsn => 'json'
	-o oci:copy => writes none
	-o json= => json=
	--platform linux => os/architecture
	--platform linux/ => os/architecture
	--platform /amd64 => os/architecture
	--platform '' => empty
	--base 'x:::' => base
	--base '' => empty
	--max-age 0 => max-age
	--max-age -1 => max-age
	--threads none => threads
	--timeout 0 => timeout
	--timeout 5x => timeout
	--now 2026-13-01 => now
	--trusted 'a b' => blank
	--trusted-file nowhere => nowhere
	--ignore nowhere => nowhere
	--fp-key nowhere => nowhere
	--fp-key /dev/null => not a regular file
	--secret-rules nowhere => nowhere
	--ca-file nowhere => nowhere
	END
	one grad "$IMAGE"; is 2 "'grade'"
	one -q grade "$IMAGE"; is 2 "command comes first"
	one explain conf.usr; is 2 "'conf.user'"
	one version more; is 2 more
	one criteria -o yaml; is 2 markdown
	one explain --platform linux/amd64; is 2 "other commands"
}

@test "exit 4 has its reason, whatever is printed" {
	python3 - "${IMAGE#oci:}" <<-'END'
	import json, os, shutil, sys
	shutil.copytree(sys.argv[1], "broken")
	for name in os.listdir("broken/blobs/sha256"):
	    path = "broken/blobs/sha256/" + name
	    if open(path, "rb").read(1) != b"{":
	        os.unlink(path)
	END
	for words in '-q' '-o json=report'; do
		one grade --no-cache $words oci:broken; is 4 "incomplete: layer 0"
		[ "$(wc -l <err)" -eq 1 ]
	done
	one grade -q --require-complete "$IMAGE"; is 4 "not assessed: prov."
	one secrets -q --require-complete --no-cache oci:broken; is 4 incomplete
}

@test "an entry of the ignore file that can match nothing is an error" {
	for entry in 'conf.user' 'prov.fresh' 'min.base path=x' 'vuln.high purl=pkg:deb/x' 'conf.priv purl=pkg:deb/x'; do
		echo "$entry until=2026-12-01 reason=\"r\"" >ignore
		one grade --ignore ignore "$IMAGE"; is 2 "ignore:1: "
		grep -q 'matches nothing' err
	done
	echo 'conf.usr until=2026-12-01 reason="r"' >ignore
	one grade --ignore ignore "$IMAGE"; is 2 "'conf.user'"
	for id in min.tooling min.shell min.pm conf.priv; do
		echo "$id path=x until=2026-12-01 reason=\"r\"" >ignore
		one grade -q --ignore ignore "$IMAGE"; is 0
	done
}

@test "help: groups, what the command takes, names of analyzers and limits" {
	one grade --help; is 0
	grep -q '^What decides:$' out
	grep -qw dpkg out
	grep -qw layer_entries out
	for command in '' $("$SCOVILLE" --help | sed -n 's/^  \([a-z]*\) .*/\1/p'); do
		"$SCOVILLE" $command --help >lines
		not grep '.\{81\}' lines
		not grep -E '^      --[a-z-]+ [A-Z]+[a-z]' lines # an option that runs into its text
	done
	for command in explain criteria completion version; do
		one "$command" --help; is 0
		not grep -qE -- '--(cache|quiet|platform)' out
	done
}

@test "explain: code keeps its indentation, links are words, lines fit" {
	for id in $("$SCOVILLE" criteria | cut -d' ' -f1); do
		one explain "$id"; is 0
		not grep -qF '](' out
		not grep -q '\*\*' out
		not grep -q '^ \{0,3\}[^ ].\{80\}' out
		[ "$(grep -c '^    ' out)" -eq "$(grep -c '^    ' "$(dirname "$SCHEMA")/../criteria/$id.md")" ]
	done
	one explain conf.secrets
	grep -qF 'The rules (secret-rules.md) say' out
}

complete_bash() { # words, the last is being typed: what bash would offer
	bash -c 'source "$1"; shift; COMP_WORDS=(scoville "$@"); COMP_CWORD=$#; _scoville; printf "%s\n" "${COMPREPLY[@]}"' - "$BATS_TEST_TMPDIR/script" "$@" >out
}

@test "completion: files after oci: and json=, formats after -o, gates after --fail-on" {
	"$SCOVILLE" completion bash >script
	touch image.tar
	complete_bash grade oci : ima; grep -qx image.tar out
	complete_bash grade oci :; grep -qx image.tar out
	complete_bash grade -o json = ima; grep -qx image.tar out
	complete_bash grade -o j; grep -qx json out
	complete_bash grade -o ""; grep -qx badge out
	complete_bash secrets -o ""; not grep -qx badge out
	complete_bash sbom -o s; grep -qx spdx out
	complete_bash criteria -o m; grep -qx markdown out
	complete_bash grade --fail-on conf.u; grep -qx conf.user out
	complete_bash grade --fail-on gr; grep -qx 'grade<B' out
	complete_bash secrets --fail-on ""; grep -qx 'secrets>=high' out; not grep -qx conf.user out
	complete_bash gra; grep -qx grade out
	complete_bash explain conf.a; grep -qx conf.annot out
}

@test "completion in zsh: the tab key, on a terminal" {
	command -v zsh >/dev/null || skip "no zsh"
	"$SCOVILLE" completion zsh >script
	touch image.tar
	sed 's/^ *//' >want <<-'END'
		scoville grade|grade
		scoville grade --no-cache|--no-cache
		scoville grade --fail-on conf.user|conf.user
		scoville secrets --fail-on|requirements secrets\>=high secrets\>=medium
		scoville grade -o json|json
		scoville grade -o json=image.tar|image.tar
		scoville secrets -o|json text
		scoville grade oci:image.tar|image.tar
		scoville rules|list test
		scoville explain conf.annot|conf.annot
	END
	python3 "$BATS_TEST_DIRNAME/zsh_complete.py" script 'scoville gra' 'scoville grade --no-ca' 'scoville grade --fail-on conf.u' 'scoville secrets --fail-on ' \
		'scoville grade -o j' 'scoville grade -o json=ima' 'scoville secrets -o ' 'scoville grade oci:ima' 'scoville rules ' 'scoville explain conf.an' >out
	diff want out
}

@test "what to do next is in the message" {
	one grade podman:app; is 3 "write docker:NAME"
}

@test "the measurements say which build they need" {
	mkdir empty
	! python3 "$BATS_TEST_DIRNAME/../../bench/run" --build empty 2>err
	grep -q '^bench: there is no empty/scoville: build with -Dtests=true' err
	[ "$(wc -l <err)" -eq 1 ]
}
