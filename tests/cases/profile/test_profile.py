#!/usr/bin/env python3
"""test_profile.py SCOVILLE: a suggested seccomp profile allows all that a program of the image does, and is taken by readers of profiles.

The programs are built here with gcc and watched with strace.

SPDX-License-Identifier: Apache-2.0
"""
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from oci import Layout, tar  # noqa: E402

scoville = os.path.abspath(sys.argv[1])
failures, done = [], 0
top = tempfile.mkdtemp(prefix="scoville-profile-")
amd64 = os.uname().machine == "x86_64"
ARCHITECTURE = "amd64" if amd64 else "arm64"


def check(name, truth, why=""):
    global done
    done += 1
    if not truth:
        failures.append(f"{name}: {why}")


def build(name, text, *options):
    with open(f"{top}/{name}.c", "w") as f:
        f.write("#define _GNU_SOURCE\n" + text)
    subprocess.run(["gcc", "-w", "-o", f"{top}/{name}", f"{top}/{name}.c", *options], check=True)
    return f"{top}/{name}"


def libraries(program):
    """What it is linked with, as the loader says."""
    out = subprocess.run(["ldd", program], capture_output=True, text=True).stdout
    return sorted(set(re.findall(r"(/\S+) \(0x", out)))


made = 0


def image(*files, architecture=ARCHITECTURE):
    """files: (path in the image, file or bytes)."""
    global made
    made += 1
    l = Layout(f"{top}/image{made}")
    entries = [(path, data if isinstance(data, bytes) else open(data, "rb").read(), {"mode": 0o755}) for path, data in files]
    return l.index(l.image([l.layer(tar(*entries))], document={"architecture": architecture}))


def with_libraries(program, *more):
    return image(("app", program), *((p[1:], os.path.realpath(p)) for p in libraries(program)), *more)


def suggest(reference, *options):
    r = subprocess.run([scoville, "profile", "suggest", "--no-cache", reference, *options], capture_output=True, text=True)
    return r.returncode, r.stdout, r.stderr


def allowed(profile):
    return {n for rule in profile["syscalls"] if rule["action"] == "SCMP_ACT_ALLOW" for n in rule["names"]}


def called(program):
    """The system calls of a run, of all threads and children."""
    subprocess.run(["strace", "-f", "-o", top + "/trace", program], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    with open(top + "/trace", errors="replace") as f:
        return set(re.findall(r"^\d+ +(\w+)\(", f.read(), re.M))


# Loads rules as a runtime does, then runs the rest of its arguments. A line: the error number (0: allow), name, and a comparison of the first argument.
LOADER = r"""
#include <seccomp.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
int main(int n, char **v)
{
	scmp_filter_ctx c = seccomp_init(SCMP_ACT_ERRNO(1));
	FILE *f = fopen(v[1], "r");
	char name[64], op[32];
	unsigned long long value;
	int error, found, rc = 0;
	while ((found = fscanf(f, "%d %63s %31s %llu\n", &error, name, op, &value)) == 4) {
		int call = seccomp_syscall_resolve_name(name);
		unsigned action = error ? SCMP_ACT_ERRNO(error) : SCMP_ACT_ALLOW;
		if (call == __NR_SCMP_ERROR) continue;
		if (!strcmp(op, "-")) rc = seccomp_rule_add(c, action, call, 0);
		else if (!strcmp(op, "SCMP_CMP_LT")) rc = seccomp_rule_add(c, action, call, 1, SCMP_A0(SCMP_CMP_LT, value));
		else if (!strcmp(op, "SCMP_CMP_EQ")) rc = seccomp_rule_add(c, action, call, 1, SCMP_A0(SCMP_CMP_EQ, value));
		else rc = seccomp_rule_add(c, action, call, 1, SCMP_A0(SCMP_CMP_MASKED_EQ, value, 0));
		if (rc) return fprintf(stderr, "%s: %d\n", name, rc), 100;
	}
	if (!feof(f) || seccomp_load(c)) return 101;
	execv(v[2], v + 2);
	return 102;
}"""


def under(profile, *command):
    """The status of a run with the profile."""
    with open(top + "/rules", "w") as f:
        for rule in profile["syscalls"]:
            for name in rule["names"]:
                arg = rule.get("args", [{"op": "-", "value": 0}])[0]
                print(0 if rule["action"] == "SCMP_ACT_ALLOW" else rule["errnoRet"], name, arg["op"], arg["value"], file=f)
    return subprocess.run([loader, top + "/rules", *command], stdout=subprocess.DEVNULL).returncode


PROGRAMS = {
    "plain": r'int main(void) { return puts("x") < 0; }',
    "threads": r"""
#include <pthread.h>
#include <stdlib.h>
#include <sys/timerfd.h>
#include <sys/wait.h>
#include <netdb.h>
#include <pwd.h>
#include <stdio.h>
#include <spawn.h>
static void *run(void *x) { free(malloc(1 << 20)); return x; }
int main(void)
{
	pthread_t t[4];
	struct addrinfo *a = NULL;
	char *words[] = { "true", NULL }, *none[] = { NULL };
	pid_t child;
	for (int i = 0; i < 4; i++) pthread_create(&t[i], NULL, run, NULL);
	for (int i = 0; i < 4; i++) pthread_join(t[i], NULL);
	getaddrinfo("localhost", "80", NULL, &a);
	getpwuid(0);
	timerfd_create(0, 0);
	if (!posix_spawn(&child, "/bin/true", NULL, NULL, words, none)) waitpid(child, NULL, 0);
	pclose(popen("true", "r"));
	return system("true");
}""",
    "files": r"""
#include <sys/epoll.h>
#include <sys/inotify.h>
#include <sys/ipc.h>
#include <sys/shm.h>
#include <sys/socket.h>
#include <sys/sendfile.h>
#include <sys/xattr.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <mqueue.h>
#include <aio.h>
#include <dirent.h>
#include <locale.h>
int main(void)
{
	char text[64];
	int p[2], f = open("/etc/passwd", O_RDONLY), n = open("/dev/null", O_WRONLY);
	setlocale(LC_ALL, "");
	epoll_ctl(epoll_create1(0), EPOLL_CTL_ADD, 0, NULL);
	inotify_add_watch(inotify_init(), "/", IN_CREATE);
	shmdt(shmat(shmget(IPC_PRIVATE, 100, 0600 | IPC_CREAT), NULL, 0));
	socketpair(AF_UNIX, SOCK_STREAM, 0, p);
	shutdown(p[0], SHUT_RDWR);
	sendfile(n, f, NULL, 10);
	getxattr("/", "user.x", text, sizeof(text));
	splice(f, NULL, n, NULL, 1, 0);
	posix_fadvise(f, 0, 0, 0);
	fallocate(n, 0, 0, 1);
	alarm(0);
	nice(0);
	mq_open("/none", O_RDONLY);
	mkfifo("/etc/passwd/x", 0600);
	struct aiocb a = { .aio_fildes = f, .aio_buf = text, .aio_nbytes = 4 };
	const struct aiocb *list[] = { &a };
	aio_read(&a);
	aio_suspend(list, 1, NULL);
	closedir(opendir("/"));
	truncate("/nowhere", 0);
	sync();
	mlock(text, 10);
	execl("/bin/true", "true", NULL);
	return 1;
}""",
}
if not shutil.which("strace") or not shutil.which("gcc"):
    print("strace or gcc is missing: tools/install test")
    sys.exit(1)
loader = build("loader", LOADER, "-lseccomp")
refused = build("refused", "#include <sys/timerfd.h>\nint main(void) { return timerfd_create(0, 0) < 0; }")
for name, text in PROGRAMS.items():
    program = build(name, text, "-pthread", "-lrt")
    extra = [(p[1:], os.path.realpath(p)) for p in ("/bin/true", "/bin/dash")] if name != "plain" else []
    status, out, err = suggest(with_libraries(program, *extra))
    check(name, status == 0, err)
    if status:
        continue
    profile = json.loads(out)
    check(name + " is made smaller", "Left out:" in err and "ptrace" not in allowed(profile), err)
    check(name + " is marked as a start", "start" in profile["comment"] and "A start" in err, out[:200])
    check(name + " has fields of the runtime specification alone",
          set(profile) == {"comment", "defaultAction", "defaultErrnoRet", "architectures", "syscalls"} and profile["defaultAction"] == "SCMP_ACT_ERRNO"
          and all(set(rule) <= {"names", "action", "args", "errnoRet"} for rule in profile["syscalls"]), out[:200])
    check(name + " runs with it", under(profile, program) == 0, "it fails")
    if name == "plain":
        check("what it does not ask for is refused", under(profile, refused) == 1 and subprocess.run([refused]).returncode == 0, "timerfd_create")
    missing = called(program) - allowed(profile) - {"clone3"}  # refused by the default profile: libc falls back to clone
    check(name + " may do what it does", not missing, f"not allowed: {sorted(missing)}")

plain, call = f"{top}/plain", ""
asm = '__asm__ volatile("syscall" : "=a"(r) : "a"(39) : "rcx", "r11", "memory")' if amd64 else \
    '__asm__ volatile("mov x8, 172; svc 0" : "=r"(r) :: "x0", "x8", "memory")'
DOUBTS = [  # name, files beside the plain program, what is said
    ("syscall()", build("number", "#include <unistd.h>\nint main(void) { return syscall(39) < 0; }"), "syscall()"),
    ("dlsym()", build("names", "#include <dlfcn.h>\nint main(int n, char **v) { return !dlsym(0, v[0]); }"), "by their names"),
    ("an instruction", build("raw", "int main(void) { long r; " + asm + "; return r < 0; }"), "instruction"),
    ("a static program", build("static", "int main(void) { return 0; }", "-static"), "static"),
    ("a static program that may lie anywhere", build("static-pie", "int main(void) { return 0; }", "-static-pie", "-fuse-ld=bfd"), "static"),
    ("a cut program", open(plain, "rb").read()[:2000], "cannot be read"),
    ("a library under any name", build("data.txt", "#include <unistd.h>\nint f(void) { return syscall(39) < 0; }", "-shared", "-fPIC"), "syscall()"),
]
for name, program, what in DOUBTS:
    status, out, err = suggest(with_libraries(plain, ("opt/other", program)))
    check(name, status == 0 and f"opt/other" in err and what in err, f"{status} {err}")
    check(name + " leaves nothing out", "ptrace" in allowed(json.loads(out)) and "Left out" not in err, err)
cxx = build("cxx", "#include <stdio.h>\nint main(void) { return puts(\"x\") < 0; }", "-Wl,--no-as-needed", "-lstdc++")
status, out, err = suggest(with_libraries(cxx))
check("the C++ library", status == 0 and "Left out:" in err and "ptrace" not in allowed(json.loads(out)), err)
old = bytearray(open(plain, "rb").read())
old[4] = 1  # 32 bits
old[18:20] = b"\x03\x00"
status, out, err = suggest(with_libraries(plain, ("opt/old", bytes(old))))
check("32 bits", status == 0 and "opt/old is for another processor" in err and "ptrace" in allowed(json.loads(out)), err)
other = bytearray(open(plain, "rb").read())
other[18:20] = b"\x16\x00"  # s390
status, out, err = suggest(with_libraries(plain, ("opt/other", bytes(other))))
check("another processor", status == 0 and "another processor" in err and "ptrace" in allowed(json.loads(out)), err)
status, out, err = suggest(image(("etc/x", b"text")))
check("no program", status == 0 and "no program" in err and "ptrace" in allowed(json.loads(out)), err)
status, out, err = suggest(image(("app", plain), architecture="s390x"))
check("a platform without tables", status != 0 and not out and "linux/s390x" in err, f"{status} {err}")
reference = with_libraries(plain)
status, out, err = suggest(reference, "-q")
check("quiet", status == 0 and not err and json.loads(out), err)
status, out, err = suggest(reference, "--limit", "kept_file=8192")
check("larger than is kept", status == 0 and "cannot be read" in err and "ptrace" in allowed(json.loads(out)), err)
r = subprocess.run([scoville, "profile", reference], capture_output=True, text=True)
check("a word is missing", r.returncode == 2 and "profile suggest" in r.stderr, r.stderr)

# the judge of profiles takes it, once the mark is gone
status, out, err = suggest(reference)
profile = json.loads(out)
del profile["comment"]
with open(top + "/profile.json", "w") as f:
    json.dump(profile, f)
subprocess.run(["openssl", "genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256", "-out", top + "/key.pem"], check=True, capture_output=True)
subprocess.run(["openssl", "pkey", "-in", top + "/key.pem", "-pubout", "-out", top + "/key.pub"], check=True, capture_output=True)
r = subprocess.run([scoville, "attest", "-q", reference, "--type", "seccomp", "--predicate", top + "/profile.json", "--key", top + "/key.pem"],
                   capture_output=True, text=True)
check("attested", r.returncode == 0, r.stderr)
r = subprocess.run([scoville, "grade", "--no-cache", "--db", "none", "-o", "json", "--key", top + "/key.pub", reference], capture_output=True, text=True)
verdict = [c for c in json.loads(r.stdout)["criteria"] if c["id"] == "conf.secprofile"] if r.stdout else [{"verdict": r.stderr}]
check("conf.secprofile", verdict[0]["verdict"] == "met", str(verdict)[:600])

shutil.rmtree(top)
for f in failures:
    print("FAIL", f)
print(f"{done - len(failures)} of {done} passed")
sys.exit(bool(failures))
