#!/usr/bin/env bats
# outputs.bats - what -o names is written through, never replaced by something else, and whole or not at all.
# SPDX-License-Identifier: Apache-2.0

load common

setup_file() { image_for_file; }

good() { python3 -c 'import json, sys; json.load(open(sys.argv[1]))' "$1"; }

@test "a device is written to and stays one" {
	[ "$(id -u)" -eq 0 ] || skip "mknod needs root"
	mknod -m 666 null c 1 3
	one grade -o json=null "$IMAGE"; is 0
	[ -c null ]
	mknod -m 666 full c 1 7
	one grade -o json=full "$IMAGE"; is 3 "No space left"
	[ -c full ]
	mkdir badges && ln -s ../null badges/overall.svg
	one grade -o badge=badges "$IMAGE"; is 0
	[ -L badges/overall.svg ]
	[ -c null ]
	[ -s badges/minimalism.svg ]
}

@test "a pipe gets the report, also by a link" {
	mkfifo pipe && ln -s pipe link
	timeout 60 cat pipe >got 3>&- &
	one grade -o json=link "$IMAGE"; is 0
	wait $!
	[ -p pipe ]
	[ -L link ]
	good got
}

@test "a socket gets the report" {
	python3 - 3>&- <<-'END' &
	import socket
	s = socket.socket(socket.AF_UNIX)
	s.bind("socket"); s.listen(); s.settimeout(60)
	c, _ = s.accept()
	out = open("got", "wb")
	while chunk := c.recv(65536): out.write(chunk)
	END
	for i in $(seq 100); do [ -S socket ] && break; sleep 0.1; done
	one grade -o json=socket "$IMAGE"; is 0
	wait $!
	[ -S socket ]
	good got
}

@test "open descriptors and standard output by their names" {
	"$SCOVILLE" grade -o json "$IMAGE" >want
	echo first >fd3
	"$SCOVILLE" grade -o json=/dev/fd/5 "$IMAGE" 5>>fd3
	[ "$(head -n 1 fd3)" = first ]
	tail -n +2 fd3 | cmp - want
	for name in /dev/stdout /dev/fd/1 /proc/self/fd/1 -; do
		{ echo first; "$SCOVILLE" grade -o "json=$name" "$IMAGE"; echo last; } >got
		[ "$(head -n 1 got)" = first ]
		[ "$(tail -n 1 got)" = last ]
		sed -n 2p got | cmp - want
	done
	ln -s /dev/stdout link
	"$SCOVILLE" grade -o json=link "$IMAGE" >got
	cmp got want
	[ -L link ]
	one grade -o json=/dev/fd/77 "$IMAGE"; is 3 "/dev/fd/77"
	one grade -o json=/dev/fd/0 "$IMAGE" </dev/null; is 3 "/dev/fd/0"
	[ ! -e - ]
}

@test "a link stays and its target changes, also one that is not there yet" {
	mkdir a b
	echo old >b/target
	ln -s ../b/target a/link && ln -s link a/again && ln -s ../b/new a/dangling
	one grade -o json=a/again -o text=a/dangling "$IMAGE"; is 0
	[ -L a/again ]
	[ -L a/link ]
	[ -L a/dangling ]
	good b/target
	[ -s b/new ]
	[ ! -L b/new ]
	ln -s loop loop
	one grade -o json=loop "$IMAGE"; is 3 loop
	[ "$(ls -A a b | wc -w)" -eq 7 ]
}

@test "a file keeps its mode and its other names; a mode of its own is that of the umask" {
	echo old >report && chmod 640 report
	echo old >named && ln named other
	(umask 027; "$SCOVILLE" grade -o json=report -o text=named -o json=new "$IMAGE")
	[ "$(stat -c %a report)" = 640 ]
	[ "$(stat -c %a new)" = 640 ]
	cmp named other
	grep -q Overall other
}

@test "a file that may not be written stays, and so does one in a folder that is closed" {
	echo old >report && chmod 444 report
	mkdir closed && echo old >closed/open && chmod 666 closed/open && chmod 555 closed && chmod 755 .
	run_as_other grade -o json=report "$IMAGE"; is 3 "ermission denied"
	[ "$(cat report)" = old ]
	run_as_other grade -o json=closed/open "$IMAGE"; is 0
	good closed/open
	run_as_other grade -o json=closed/new "$IMAGE"; is 3 "ermission denied"
	chmod 755 closed
}

@test "one file, two outputs: refused" {
	ln -s report link
	one grade -o json=report -o text=link "$IMAGE"; is 2 twice
	[ ! -e report ]
}

@test "a full disk or a limit on files leaves the old report and nothing else" {
	echo old >report
	status=0
	(ulimit -f 1; exec "$SCOVILLE" grade --no-cache -o json=report "$IMAGE" >/dev/null 2>err) || status=$?
	[ "$status" -eq 3 ]
	grep -q 'too large' err
	[ "$(cat report)" = old ]
	[ "$(ls -A | sort | tr '\n' ' ')" = 'err report ' ]
	[ "$(id -u)" -eq 0 ] || skip "a small file system needs root"
	mkdir disk
	mount -t tmpfs -o size=4k none disk 2>/dev/null || skip "no mount here"
	echo old >disk/report
	one grade -o json=disk/report "$IMAGE"
	is 3 "No space left"
	[ "$(cat disk/report)" = old ]
	[ "$(ls -A disk)" = report ]
	ln disk/report disk/other
	one grade -o json=disk/report "$IMAGE"
	[ "$(cat disk/report)" = old ]
	umount disk
}

@test "hung up, ended or killed: nothing is left of the report, and the old one stays" {
	mkfifo pipe
	for signal in HUP TERM INT KILL; do
		sleep 30 >pipe 3>&- &
		writer=$!
		echo old >report
		"$SCOVILLE" grade -o json=report oci-archive:- <pipe >out 2>err 3>&- &
		pid=$!
		until [ "$(readlink "/proc/$pid/exe")" = "$(realpath "$SCOVILLE")" ]; do sleep 0.1; done
		sleep 0.5
		kill -"$signal" "$pid"
		status=0
		wait "$pid" || status=$?
		kill "$writer"
		[ "$status" -eq 130 ] || [ "$signal" = KILL ]
		[ "$(cat report)" = old ]
		[ "$(ls -A | sort | tr '\n' ' ')" = 'err out pipe report ' ]
	done
}

@test "nohup: a hang-up does not end it" {
	mkfifo pipe
	sleep 2 >pipe 3>&- &
	(trap '' HUP; exec "$SCOVILLE" grade -o json=report oci-archive:- <pipe >out 2>err 3>&-) &
	pid=$!
	sleep 0.5
	kill -HUP "$pid"
	status=0
	wait "$pid" || status=$?
	is 3
}

@test "the ignore file: its link stays" {
	mkdir kept
	ln -s kept/ignore .scovilleignore
	one secrets --write-ignore --reason r "$IMAGE"; is 0
	[ -L .scovilleignore ]
	grep -q '^key=' kept/ignore
	[ "$(stat -c %a kept/ignore)" = 600 ]
	mkfifo fifo
	one secrets --write-ignore --ignore fifo --reason r "$IMAGE"; is 2 "not a file"
	[ -p fifo ]
}

@test "a small file that is a pipe is refused at once" {
	mkfifo fifo
	for option in ignore fp-key trusted-file secret-rules; do
		status=0
		timeout 20 "$SCOVILLE" grade --no-cache "--$option" fifo "$IMAGE" >out 2>err || status=$?
		[ "$status" -eq 2 ] || [ "$status" -eq 3 ] || { echo "$option: $status"; cat err; false; }
		grep -q fifo err
	done
	timeout 20 "$SCOVILLE" grade --ca-file fifo registry.invalid/image >out 2>err || status=$?
	is 3 "'fifo': not a regular file"
}

@test "a reader that leaves is no failure, and the status stays" {
	for words in 'criteria' 'explain conf.secrets' 'completion bash' 'grade --verbose' 'rules list'; do
		[ "${words%% *}" = grade ] && words="$words $IMAGE"
		bash -c 'set -o pipefail; "$@" 2>err | :' - "$SCOVILLE" $words
		[ ! -s err ]
	done
	status=0
	bash -c 'set -o pipefail; "$@" 2>err | :' - "$SCOVILLE" grade --fail-on vuln.any -o text -o json=report "$IMAGE" || status=$?
	[ "$status" -eq 1 ]
	good report
}
