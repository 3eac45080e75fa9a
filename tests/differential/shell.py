"""shell.py SHELL-WORDS CASES [SEED] - the words of commands as our reader finds them, and as bash passes them to what it runs.

Texts are made at random of commands that do not exist; bash reports each with its words before it fails. A second run asks whether bash
takes a text at all (bash -n), with signs thrown in. SPDX-License-Identifier: Apache-2.0
"""
import os
import random
import subprocess
import sys
import tempfile

HANDLER = ('command_not_found_handle() { local l; printf -v l "<%s>" "$@"; printf "%s\\n" "$l" >>"$LOG"; }\n')
WORDS = ["a", "b=c", "'d e'", '"f g"', "$x", '"$x"', "$y", '"$y"', "${x}", "${x:-z}", "${u:-z w}", '"${u:-z w}"', "${u-}", "${x:+p}", "${y#*/}",
         "${y##*/}", "${y%.*}", "${y%%.*}", "${y/b/q}", "${y//a/q}", "{1,2}", "p{a,'b c'}s", "a{b,{c,d}}e", "{a}", "{,x}", "\\$x", "\\ ", "''", '""', "$'a\\tb'",
         "--opt=$x", "x'y'\"z\"", "#no", "a#b", "$(c9 in)", '"$(c9 "in er")"', "`c9 back`", "=", "-", "@", "a\\\nb", "${#x}x", "'$x'", '"\\$x\\"`c9 q`"', "{a,b", "a}b,{",
         "$((1+2))", "~x", '"a  $x  b"', "$z", "a$z", "p$x's'", '"$@"', "$1", "${1:-none}", "!", "%s", "^", "[x", "]", "+"]
UNLIKE = {"$((1+2))", "${#x}x"}  # we do not count
NAMES = ["c1", "c2", "'c3'", "c\\4", '"c5"', "c6", "env c7", "env A=b c7 d", "exec c8", "command c1", "eval 'c1 \"a b\"'", "sh -c 'c1 $0 $1' a", "xargs c2 <<<'a b'", "time c1",
         "A=b c1", "x=n c1 $x", "! c1"]
INNER = {"env c7", "env A=b c7 d", "exec c8", "command c1", "sh -c 'c1 $0 $1' a", "xargs c2 <<<'a b'"}  # programs, of which bash does not report what they run


def command(r, in_pipe=False):
    name = r.choice([n for n in NAMES if n not in INNER and not (in_pipe and n[0] in "!t")])
    words = [w for w in (r.choice(WORDS) for _ in range(r.randrange(5))) if w not in UNLIKE]
    tail = r.choice([""] * 8 + [" >/dev/null", " 2>&1", " </dev/null", " 2>/dev/null", " &>/dev/null", " <<<w"])
    return " ".join([name, *words]) + tail


def text(r, depth=0):
    kinds = ["simple"] * 6 + ["assign"] * 2 + (["list", "pipe", "group", "sub", "for", "function", "heredoc", "and", "if", "quoted"] if depth < 3 else [])
    out = []
    for _ in range(1 + r.randrange(3)):
        kind = r.choice(kinds)
        inner = (lambda: text(r, depth + 1))
        if kind == "simple":
            out.append(command(r))
        elif kind == "assign":
            out.append(r.choice(["x=1", "x='a b'", "y=dir/a.b.c", 'y="$x/b"', "x=$y", "u=", "export x=q", "x+=t", "y=${x:-d}", "local=1", "y=$(c9 s)"]))
        elif kind == "list":
            out.append(inner() + r.choice(["; ", "\n", ";\n\n"]) + command(r))
        elif kind == "and":
            out.append(command(r, True) + r.choice([" && ", "&&", " &&\n "]) + command(r))
        elif kind == "pipe":
            out.append(command(r) + r.choice([" | ", "|", " |\n  "]) + command(r, True))
        elif kind == "group":
            out.append("{ " + inner() + "\n}")
        elif kind == "sub":
            out.append("( " + inner() + r.choice(["\n)", " )"]))
        elif kind == "for":
            out.append("for v in a 'b c' $x; do c1 $v \"$v\"; " + command(r) + "; done")
        elif kind == "function":
            out.append("f() { " + command(r) + "; c1 \"$@\" $2; }; f a 'b c'; f")
        elif kind == "if":
            out.append("if c1; then " + command(r) + "; fi")
        elif kind == "quoted":
            out.append("c1 \"$(c9 \"$(c9 'x y')\" \"${x:-\"q r\"}\")\"")
        else:
            out.append("c1 a <<" + r.choice(["E", "'E'", "-E"]) + " b\nx $x `c9 h`\n" + "E\nc2")
    return r.choice(["; ", "\n"]).join(out)


def words_of(bash, script, log):
    open(log, "w").close()
    env = {"LOG": log, "PATH": "/nonexistent"}
    p = subprocess.run([bash, "--norc", "-c", HANDLER + script], env=env, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, stdin=subprocess.DEVNULL)
    return sorted(open(log, errors="replace").read().split("\n")[:-1]), p.stderr.decode(errors="replace")


def ours(program, scripts):
    out = subprocess.run([program], input="\0".join(scripts).encode() + b"\0", stdout=subprocess.PIPE, check=True).stdout
    return [sorted(x.split("\n")[:-1]) for x in out.decode(errors="replace").split("\0")]


def spoiled(r):
    s = text(r)
    for _ in range(1 + r.randrange(2)):
        at = r.randrange(len(s) + 1)
        s = s[:at] + r.choice([";", "|", "&", "(", ")", "'", '"', "`", "$(", "${", "}", "{", "\n", "done", " fi ", " then ", "<", ">", "\\", "#", ";;", "case x in a) c1;; esac",
                               "[[ a == b && c ]] ", "while c1; do c2; done", "((1))", "!", "until c1\ndo c2\ndone", "<(c1)", "function g { c1; }", "if c1; then c2; elif c3; then c4; else c5; fi"]) + s[at:]
    return s


def main():
    program, cases, seed = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]) if len(sys.argv) > 3 else 1
    bash = "/bin/bash"
    if not os.path.exists(bash):
        print("skipped: no bash")
        sys.exit(77)
    r = random.Random(seed)
    scripts = ["x=; y=; z=; u=; v=\n" + text(r) for _ in range(cases)]  # what is not set is not known to us
    bad = same = 0
    with tempfile.TemporaryDirectory() as d:
        for script, mine in zip(scripts, ours(program, scripts)):
            theirs, err = words_of(bash, script, os.path.join(d, "log"))
            mine = [w for w in mine if not w.startswith(("<:>", "<local"))]
            refused = any(x.startswith("refused") for x in mine)
            if mine == theirs or refused and "syntax error" in err or "unexpected EOF" in err:  # of eval: then bash ends
                same += 1
                continue
            bad += 1
            if bad <= 5:
                print("--- text\n" + script + "\n--- ours\n" + "\n".join(mine) + "\n--- bash\n" + "\n".join(theirs) + "\n" + err)
    scripts = [spoiled(r) for _ in range(cases)]
    counts = {}
    for script, mine in zip(scripts, ours(program, scripts)):
        p = subprocess.run([bash, "-n", "-c", script], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        takes = p.returncode == 0 and b"syntax error" not in p.stderr
        key = (takes, not any(x.startswith("refused") for x in mine))
        counts[key] = counts.get(key, 0) + 1
        if key[0] != key[1] and os.environ.get("SHELL_SHOW"):
            print("--- bash takes it" if takes else "--- we take it", repr(script), [x for x in mine if x.startswith("refused")], p.stderr.decode()[:100])
    print(f"words: {cases} texts, {same} the same, {bad} differ")
    print(f"grammar: {cases} texts, {counts.get((True, True), 0)} taken by both, {counts.get((False, False), 0)} by neither, "
          f"{counts.get((True, False), 0)} by bash alone, {counts.get((False, True), 0)} by us alone")
    sys.exit(1 if bad or counts.get((True, False), 0) > cases // 50 else 0)


main()
