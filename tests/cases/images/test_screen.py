#!/usr/bin/env python3
"""test_screen.py SCOVILLE: the text of grade and secrets, as a terminal shows it, for the images of SCOVILLE_TEST_IMAGES.

Whatever the image and the width: no line is wider than the terminal but for one long word, nothing but letters and our own colours, each criterion once in the
table, each command once and as it was, a shell reads it; and an ordinary image takes about a screen. The progress line fits too. With no image it skips.

SPDX-License-Identifier: Apache-2.0
"""
import fcntl
import json
import os
import pty
import re
import shlex
import struct
import subprocess
import sys
import tempfile
import termios
import unicodedata

scoville = os.path.abspath(sys.argv[1])
images = os.environ.get("SCOVILLE_TEST_IMAGES", "")
# Lines of grade and of secrets, at 80 columns, at most: a screen, and what the commands of the fixes take.
BOUNDS = {"alpine-v3.20": (60, 30), "busybox": (60, 20), "debian": (66, 35), "node": (75, 45),
          "python": (82, 45), "scratch-go": (56, 15), "secrets": (92, 70), "torture": (64, 20)}
MORE = 3 if "sanitized" in sys.argv else 0  # such a build says so
failures = 0


def expect(ok, *what):
    global failures
    if not ok:
        failures += 1
        print("FAIL:", *what)


def columns(text):
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def run(command, image, width, *options, locale="C.UTF-8"):
    r = subprocess.run([scoville, command, "--cache", cache, "--now", "2026-11-01", *options, f"oci:{images}/oci/{image}"], stdout=subprocess.PIPE,
                       stderr=subprocess.PIPE, env={**os.environ, "COLUMNS": str(width), "LC_ALL": locale})
    expect(r.returncode in (0, 4), command, image, r.stderr.decode(errors="replace"))
    return r.stdout.decode()


def is_one_word(line):
    line = line.strip().removesuffix(" \\")
    try:
        return len(shlex.split(line)) == 1
    except ValueError:
        return " " not in line


def lines_fit(what, text, width):
    for line in text.splitlines():
        expect(columns(line) <= width or is_one_word(line), what, f"{columns(line)} columns:", line)
        expect(line == line.rstrip(), what, "ends with a blank:", line)
    expect(all(c == "\n" or c.isprintable() for c in text), what, "has a control character")


def unbroken(text):
    """Lines, those that go on after a backslash as one."""
    return [re.sub(r" +", " ", line.strip()) for line in re.sub(r" \\\n +", " ", text).splitlines()]


def fixes_are_whole(image, text, report):
    lines = unbroken(text)
    commands = [line["text"] for step in report["steps"] for line in step["lines"] if line["command"]]
    for command in set(commands):
        n = lines.count(re.sub(r" +", " ", command))
        expect(n == commands.count(command), image, f"{n} times in the text:", command)
        if command.startswith("RUN "):
            r = subprocess.run(["sh", "-n"], input=command[4:].encode(), stderr=subprocess.PIPE)
            expect(r.returncode == 0, image, "a shell does not read:", command)
        if command.startswith(("RUN ", "LABEL ", "docker ")):
            expect(command in ("USER 0",) or commands.count(command) == 1, image, "twice:", command)


def table_is_whole(image, text, report):
    table = text.split("\nWhat to do")[0]
    for c in report["criteria"]:
        expect(len(re.findall(rf"(?<![\w.]){re.escape(c['id'])} +\d", table)) == 1, image, c["id"], "is not once in the table")


def of_image(image):
    report = json.loads(run("grade", image, 80, "-o", "json"))
    for width, *options in ((40,), (80,), (80, "--verbose", "--all"), (120,)):
        for command in ("grade", "secrets"):
            what = f"{command} {' '.join(options)} {image} {width}"
            text = run(command, image, width, *options)
            lines_fit(what, text, width)
            if command == "grade":
                fixes_are_whole(what, text, report)
    for at, command in enumerate(("grade", "secrets")):
        text = run(command, image, 80)
        n = len(text.splitlines())
        expect(n <= BOUNDS[image][at] + MORE, command, image, f"{n} lines, not {BOUNDS[image][at]}")
        colored = run(command, image, 80, "--color", "always")
        expect("\033[" in colored and re.sub(r"\033\[[0-9;]*m", "", colored) == text, command, image, "is another text in colour")
        expect(run(command, image, 80, locale="C").isascii() or not text.replace("✓", "").replace("✗", "").replace("…", "").isascii(), command, image,
               "has marks beyond ASCII in the C locale")
    table_is_whole(image, run("grade", image, 80), report)


def progress(image, width):
    """What the line shows on a terminal of this width."""
    master, slave = pty.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 24, width, 0, 0))
    env = {k: v for k, v in os.environ.items() if k != "COLUMNS"}
    p = subprocess.Popen([scoville, "grade", "--no-cache", f"oci:{images}/oci/{image}"], stdout=subprocess.DEVNULL, stderr=slave, env=env)
    os.close(slave)
    seen = b""
    while True:
        try:
            part = os.read(master, 4096)
        except OSError:
            break
        if not part:
            break
        seen += part
    p.wait()
    os.close(master)
    drawn = [line for line in seen.decode().replace("\033[K", "").split("\r") if line.strip()]
    if not drawn:
        print(f"left out: {image} takes less than half a second")
    for line in drawn:
        expect(columns(line) < width, "progress", width, line)
        expect(re.search(rf"{image}( linux/\w+)?  \d+ of \d+ layers", line), "progress", width, line)


if not images:
    print("SCOVILLE_TEST_IMAGES is not set")
    sys.exit(77)
there = [i for i in BOUNDS if os.path.isdir(f"{images}/oci/{i}")]
with tempfile.TemporaryDirectory() as cache:
    for name in there:
        of_image(name)
if "python" in there:
    for terminal in (48, 80):
        progress("python", terminal)
print(f"{len(there)} images, {failures} failures")
sys.exit(77 if not there else failures > 0)
