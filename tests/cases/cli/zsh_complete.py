#!/usr/bin/env python3
"""zsh_complete.py SCRIPT LINE ...: what a zsh on a terminal offers for each line when the tab key is pressed: the line after it, "|" and the matches.

SPDX-License-Identifier: Apache-2.0
"""
import os
import pty
import re
import select
import sys
import tempfile
import time

# compadd is how every function of a completion gives its matches; the original collects them after its own filter.
SETUP = r"""
fpath=($1 $fpath); autoload -Uz compinit; compinit -u -D
compadd() {
	local -a hits
	(( $@[(I)-[AOD]*] )) || { builtin compadd -A hits "$@"; print -rl -- $hits >>$OUT; }
	builtin compadd "$@"
}
probe() { zle complete-word; print -r -- "= $BUFFER" >>$OUT; BUFFER=; }
zle -N probe; bindkey '^I' probe
"""


def main():
    script, lines = sys.argv[1], sys.argv[2:]
    with tempfile.TemporaryDirectory() as folder:
        for name, text in (("_scoville", open(script, encoding="utf-8").read()), ("setup", SETUP.replace("$1", folder)), ("out", "")):
            with open(f"{folder}/{name}", "w", encoding="utf-8") as f:
                f.write(text)
        child, terminal = pty.fork()
        if child == 0:
            os.execvpe("zsh", ["zsh", "-f", "-i"], {**os.environ, "OUT": folder + "/out", "HOME": folder, "TERM": "dumb", "PS1": "ready> "})
        os.write(terminal, f". {folder}/setup\n".encode())
        end, start = time.monotonic() + 60, 0
        for line in lines:
            os.write(terminal, f"{line}\t".encode())
            text = ""
            while time.monotonic() < end and not re.search("^= .*\n", text, re.M):
                if select.select([terminal], [], [], 0.05)[0]:
                    os.read(terminal, 4096)  # what it draws
                text = open(folder + "/out", encoding="utf-8").read()[start:]
            start += len(text)
            *matches, after = text.removesuffix("\n").split("\n")
            print(after.removeprefix("= ").strip() + "|" + " ".join(sorted({m for m in matches if m})))
        os.kill(child, 9)
        os.waitpid(child, 0)


main()
