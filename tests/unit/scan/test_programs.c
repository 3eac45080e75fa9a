/* test_programs.c - executables, scripts and capabilities.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "format/capability.h"
#include "tests/unit/scan/look.h"

/* "kind:line:name:detail" of all rows, joined with blanks. */
static struct span rows(struct look *l)
{
	static const char *const kinds[] = { "", "reads", "wants", "drops", "runs" };
	char *all = arena_printf(&l->arena, "%s", "");

	for (size_t i = 0; i < l->part.scripts.n; i++) {
		const struct script_fact *f = &l->part.scripts.p[i];

		all = arena_printf(&l->arena, "%s%s%s:%u:%.*s:%.*s", all, i ? " " : "",
			kinds[f->kind], f->line, SPAN_ARG(f->name), SPAN_ARG(f->detail));
	}
	return span_str(all);
}

static void scripts(void **state)
{
	(void)state;
	static const struct {
		const char *name;
		struct span in, want;
	} cases[] = {
		{ "file_env", SPAN_INIT("#!/bin/bash\nfile_env 'DB_PASSWORD'\n"),
			SPAN_INIT("reads:2:DB_PASSWORD_FILE:") },
		{ "file_env of no secret", SPAN_INIT("#!/bin/bash\nfile_env 'DB_NAME'\n"),
			SPAN_INIT("") },
		{ "the definition of file_env reads nothing",
			SPAN_INIT("#!/bin/sh\nfile_env() {\n\tlocal x=1\n}\n"), SPAN_INIT("") },
		{ "variable with _FILE", SPAN_INIT("#!/bin/sh\nx=$(cat \"${API_TOKEN_FILE}\")\n"),
			SPAN_INIT("reads:2:API_TOKEN_FILE:") },
		{ "variable with __FILE", SPAN_INIT("#!/bin/sh\nx=$DB_SECRET__FILE\n"),
			SPAN_INIT("reads:2:DB_SECRET__FILE:") },
		{ "FILE__ before it", SPAN_INIT("#!/bin/sh\nx=$FILE__DB_PASSWORD\n"),
			SPAN_INIT("reads:2:FILE__DB_PASSWORD:") },
		{ "SSL_CERT_FILE is no secret", SPAN_INIT("#!/bin/sh\ncat $SSL_CERT_FILE\n"),
			SPAN_INIT("") },
		{ "a name that is only printed",
			SPAN_INIT("#!/bin/sh\necho 'set DB_PASSWORD_FILE'\n"), SPAN_INIT("") },
		{ "secrets folder", SPAN_INIT("#!/bin/sh\ncat /run/secrets/db-key\n"),
			SPAN_INIT("reads:2:/run/secrets/db-key:") },
		{ "secrets folder under /var", SPAN_INIT("#!/bin/sh\n[ -f /var/run/secrets/x ]\n"),
			SPAN_INIT("reads:2:/run/secrets/x:") },
		{ "a service account is the cluster's",
			SPAN_INIT("#!/bin/sh\ncat "
				  "/var/run/secrets/kubernetes.io/serviceaccount/token\n"),
			SPAN_INIT("") },
		{ "in a comment", SPAN_INIT("#!/bin/sh\n# cat /run/secrets/x\n"), SPAN_INIT("") },
		{ "in a heredoc",
			SPAN_INIT("#!/bin/sh\ncat <<-'EOT'\n\tcat /run/secrets/x\n\tEOT\ncat "
				  "/run/secrets/y\n"),
			SPAN_INIT("reads:5:/run/secrets/y:") },
		{ "array whose names get _FILE",
			SPAN_INIT("#!/bin/bash\nvars=(\n  DB_PASSWORD\n  DB_NAME\n)\nfor v in "
				  "\"${vars[@]}\"; do\n f=\"${v}_FILE\"\ndone\n"),
			SPAN_INIT("reads:3:DB_PASSWORD_FILE:") },
		{ "demanded by :?", SPAN_INIT("#!/bin/sh\n: \"${DB_PASSWORD:?must be set}\"\n"),
			SPAN_INIT("wants:2:DB_PASSWORD:") },
		{ "demanded by a test and an exit",
			SPAN_INIT("#!/bin/sh\nif [ -z \"$DB_PASSWORD\" ]; then\n  echo no >&2\n  "
				  "exit 1\nfi\n"),
			SPAN_INIT("wants:2:DB_PASSWORD:") },
		{ "tested without an exit",
			SPAN_INIT("#!/bin/sh\nif [ -z \"$DB_PASSWORD\" ]; then\n  "
				  "DB_PASSWORD=\nfi\n"),
			SPAN_INIT("") },
		{ "demanded, with a file twin",
			SPAN_INIT("#!/bin/sh\nfile_env DB_PASSWORD\n[ -z \"$DB_PASSWORD\" ] && "
				  "exit 1\n"),
			SPAN_INIT("reads:2:DB_PASSWORD_FILE:") },
		{ "gosu", SPAN_INIT("#!/bin/bash\nexec gosu mysql \"$0\" \"$@\"\n"),
			SPAN_INIT("drops:2:gosu:mysql") },
		{ "gosu by its path, after a condition",
			SPAN_INIT("#!/bin/sh\nif [ x ]; then exec /usr/sbin/gosu app:app "
				  "/usr/bin/run; fi\n"),
			SPAN_INIT("drops:2:gosu:app:app runs:2:/usr/bin/run:") },
		{ "su-exec of a variable", SPAN_INIT("#!/bin/sh\nexec su-exec \"$USER\" x\n"),
			SPAN_INIT("drops:2:su-exec:") },
		{ "setpriv",
			SPAN_INIT("#!/bin/sh\nexec setpriv --reuid=redis --regid redis "
				  "--clear-groups -- \"$@\"\n"),
			SPAN_INIT("drops:2:setpriv:redis") },
		{ "setpriv that keeps its user",
			SPAN_INIT("#!/bin/sh\nexec setpriv --bounding-set -all x\n"),
			SPAN_INIT("") },
		{ "runuser -u", SPAN_INIT("#!/bin/sh\nexec runuser -u web -- nginx\n"),
			SPAN_INIT("drops:2:runuser:web") },
		{ "chroot without userspec", SPAN_INIT("#!/bin/sh\nexec chroot / x\n"),
			SPAN_INIT("") },
		{ "chroot with userspec",
			SPAN_INIT("#!/bin/sh\nexec chroot --userspec=1000:1000 / x\n"),
			SPAN_INIT("drops:2:chroot:1000:1000") },
		{ "set -- puts it in front",
			SPAN_INIT("#!/bin/sh\nset -- su-exec node \"$@\"\nexec \"$@\"\n"),
			SPAN_INIT("drops:2:su-exec:node") },
		{ "called without exec", SPAN_INIT("#!/bin/sh\ngosu app true\n"), SPAN_INIT("") },
		{ "sourced", SPAN_INIT("#!/bin/sh\n. /opt/lib.sh\nsource \"/opt/two.sh\"\n"),
			SPAN_INIT("runs:2:/opt/lib.sh: runs:3:/opt/two.sh:") },
		{ "by a shell, and after &&",
			SPAN_INIT("#!/bin/sh\nbash -e /opt/a && /opt/b --x; /opt/c\n"),
			SPAN_INIT("runs:2:/opt/a: runs:2:/opt/b: runs:2:/opt/c:") },
		{ "an argument is not run",
			SPAN_INIT("#!/bin/sh\ncat /etc/passwd > /dev/null\nx=/opt/y\n"),
			SPAN_INIT("") },
		{ "a path with a variable is not known", SPAN_INIT("#!/bin/sh\n. /opt/$X.sh\n"),
			SPAN_INIT("") },
		{ "python",
			SPAN_INIT("#!/usr/bin/env python3\nimport os\np = "
				  "os.environ.get('DB_PASSWORD_FILE')\nexec gosu x\n"),
			SPAN_INIT("reads:3:DB_PASSWORD_FILE:") },
		{ "no script", SPAN_INIT("cat /run/secrets/x in a text file"), SPAN_INIT("") },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		scoped_look struct look l;

		look_init(&l);
		look_at(&l, SPAN("entry"), 0755, cases[i].in);
		check(cases[i].name, l.code == 0);
		check_span(cases[i].name, rows(&l), cases[i].want);
	}
}

static void script_bounds(void **state)
{
	(void)state;
	scoped_look struct look l;
	char *many = arena_printf((look_init(&l), &l.arena), "#!/bin/sh\n");

	for (int i = 0; i < 8; i++)
		many = arena_printf(&l.arena, "%s%s", many, "/a\n/a\n/a\n/a\n");
	for (int i = 0; i < 4; i++)
		many = arena_printf(&l.arena, "%s%s", many, many);
	look_at(&l, SPAN("many"), 0755, span_str(many));
	assert_int_equal(l.part.scripts.n, 128);
	look_at(&l, SPAN("sourced.sh"), 0644, SPAN("cat /run/secrets/x\n"));
	assert_int_equal(l.part.scripts.n, 129);
	look_at(&l, SPAN("plain"), 0644, SPAN("#!/bin/sh\ncat /run/secrets/x\n"));
	assert_int_equal(l.part.scripts.n, 129);
	uint8_t *large = arena_alloc(&l.arena, 300 << 10);

	memcpy(large, "#!/bin/sh\n", 10);
	look_at(&l, SPAN("large"), 0755, span_of(large, 300 << 10));
	assert_int_equal(l.part.scripts.n, 129);
	assert_int_equal(l.part.diags.n, 1);
	assert_int_equal(l.part.diags.p[0].hides, HIDES_NOTHING);
}

static void programs(void **state)
{
	(void)state;
	static const struct {
		const char *name, *file;
		uint32_t mode;
		int kind;
		uint32_t flags;
		struct span interpreter;
	} cases[] = {
		{ "position-independent program", "elf/pie", 0755, EXEC_ELF, 0,
			SPAN_INIT("/lib/ld.so") },
		{ "program without an execute bit", "elf/pie", 0644, EXEC_ELF, 0,
			SPAN_INIT("/lib/ld.so") },
		{ "a library's bytes under a program's name", "elf/library", 0755, EXEC_ELF,
			EXEC_STATIC, SPAN_INIT("") },
		{ "library without an execute bit", "elf/library", 0644, -1, 0, SPAN_INIT("") },
		{ "big-endian, 32 bits", "elf/big-endian-32", 0755, EXEC_ELF, 0,
			SPAN_INIT("/lib/ld.so") },
		{ "static Go program", "elf/go", 0755, EXEC_ELF, EXEC_STATIC | EXEC_GO,
			SPAN_INIT("") },
		{ "cut in its headers", "elf/cut", 0755, EXEC_ELF, EXEC_STATIC, SPAN_INIT("") },
		{ "script", "script/tools", 0755, EXEC_OTHER, 0, SPAN_INIT("") },
		{ "script with a shebang", "script/entrypoint", 0755, EXEC_SCRIPT, 0,
			SPAN_INIT("/bin/bash") },
		{ "data with an execute bit", "passwd/root", 0755, EXEC_OTHER, 0, SPAN_INIT("") },
		{ "data", "passwd/root", 0644, -1, 0, SPAN_INIT("") },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		scoped_look struct look l;

		look_init(&l);
		look_at(&l, SPAN("bin/x"), cases[i].mode, look_corpus(&l.arena, cases[i].file));
		check(cases[i].name, l.part.execs.n == (cases[i].kind >= 0));
		if (cases[i].kind < 0)
			continue;
		check(cases[i].name, l.part.execs.p[0].kind == cases[i].kind);
		check(cases[i].name, l.part.execs.p[0].flags == cases[i].flags);
		check_span(cases[i].name, l.part.execs.p[0].interpreter, cases[i].interpreter);
	}
}

/* The second program header of the file becomes one that loads `loaded` bytes from the first on. */
static struct exec_fact renamed(struct look *l, const char *file, struct span tail, uint32_t loaded)
{
	enum { SIZE = 64 << 10, HEADER = 64 + 56, BYTES = HEADER + 32 };
	struct span elf = look_corpus(&l->arena, file);
	uint8_t *p = arena_alloc(&l->arena, SIZE);

	memcpy(p, elf.p, elf.len);
	memset(p + HEADER, 0, 56);
	p[HEADER] = 1;
	memcpy(p + BYTES, &loaded, sizeof(loaded));
	memcpy(p + SIZE - tail.len, tail.p, tail.len);
	look_at(l, SPAN("opt/tool"), 0755, span_of(p, SIZE));
	return l->part.execs.p[l->part.execs.n - 1];
}

static void busybox_under_another_name(void **state)
{
	(void)state;
	static const struct {
		const char *name;
		struct span tail;
		uint32_t flags;
		struct span applets;
		uint32_t behind; /* bytes at the end that are not loaded */
	} cases[] = {
		{ "with ash", SPAN_INIT("BusyBox v1.36.1\0[\0ash\0cat\0dpkg\0sh\0wget\0"),
			EXEC_MULTI_CALL | EXEC_HAS_SHELL, SPAN_INIT("ash dpkg sh wget"), 0 },
		{ "without a shell", SPAN_INIT("BusyBox v1.36.1\0[\0cat\0chmod\0ls\0wget\0"),
			EXEC_MULTI_CALL, SPAN_INIT("wget"), 0 },
		{ "the word sh elsewhere is no applet",
			SPAN_INIT("BusyBox v1.36.1\0sh\0[\0cat\0chmod\0ls\0zcat\0"),
			EXEC_MULTI_CALL, SPAN_INIT(""), 0 },
		{ "a table in front of the version",
			SPAN_INIT("\0[\0cat\0hush\0ls\0zcat\0BusyBox v1.0"),
			EXEC_MULTI_CALL | EXEC_HAS_SHELL, SPAN_INIT("hush"), 0 },
		{ "too small for a table", SPAN_INIT("BusyBox v1.36.1\0\0ash\0"),
			EXEC_MULTI_CALL | EXEC_HAS_SHELL, SPAN_INIT(""), 0 },
		{ "speaks of busybox only", SPAN_INIT("BusyBox version\0[\0ash\0cat\0ls\0sh\0"), 0,
			SPAN_INIT(""), 0 },
		{ "toybox", SPAN_INIT("Toybox %s multicall binary%s\n\0toysh\0"),
			EXEC_MULTI_CALL | EXEC_HAS_SHELL, SPAN_INIT("toysh"), 0 },
		{ "bash", SPAN_INIT("GNU bash, version %s (%s)\n"), EXEC_SHELL_MARKS,
			SPAN_INIT(""), 0 },
		{ "appended to a program", SPAN_INIT("BusyBox v1.36.1\0[\0cat\0chmod\0ls\0wget\0"),
			0, SPAN_INIT(""), 100 },
		{ "its table appended", SPAN_INIT("BusyBox v1.36.1\0\0[\0cat\0chmod\0ls\0wget\0"),
			EXEC_MULTI_CALL, SPAN_INIT(""), 20 },
		{ "a shell's mark appended", SPAN_INIT("GNU bash, version %s (%s)\n"),
			EXEC_SHELL_MARKS, SPAN_INIT(""), 100 },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		scoped_look struct look l;

		look_init(&l);
		struct exec_fact f = renamed(
			&l, "elf/pie", cases[i].tail, (64 << 10) - cases[i].behind);

		check(cases[i].name, f.flags == cases[i].flags);
		check_span(cases[i].name, f.applets, cases[i].applets);
	}
}

static void this_program(void **state)
{
	(void)state;
	scoped_look struct look self;
	struct scov_err err;
	struct span in;

	look_init(&self);
	assert_int_equal(fd_load(AT_FDCWD, "/proc/self/exe", 64 << 20, &self.arena, &in, &err), 0);
	look_at(&self, SPAN("bin/self"), 0755, in);
	assert_int_equal(self.part.execs.p[0].kind, EXEC_ELF);
	assert_true(span_has(self.part.execs.p[0].interpreter, SPAN("ld-")));
}

static void real_programs(void **state)
{
	(void)state;
	static const struct {
		const char *name, *file, *member;
	} cases[] = {
		{ "Alpine's busybox", "alpine-minirootfs-3.20.3-x86_64.tar.gz", "./bin/busybox" },
		{ "Alpine 3.10's", "alpine-minirootfs-3.10.9-x86_64.tar.gz", "./bin/busybox" },
		{ "for arm64", "alpine-minirootfs-3.20.3-aarch64.tar.gz", "./bin/busybox" },
	};

	if (!look_data())
		skip();
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		scoped_look struct look l;
		char command[4096];

		look_init(&l);
		snprintf(command, sizeof(command), "tar -xzOf '%s/data/rootfs/%s' %s", look_data(),
			cases[i].file, cases[i].member);
		look_at(&l, SPAN("opt/renamed"), 0755, look_run(&l.arena, command));
		check(cases[i].name, l.part.execs.n == 1);
		check(cases[i].name, l.part.execs.p[0].flags & EXEC_HAS_SHELL &&
					     l.part.execs.p[0].flags & EXEC_MULTI_CALL);
		check(cases[i].name, span_starts(l.part.execs.p[0].applets, SPAN("ash ")));
	}
}

static void capabilities(void **state)
{
	(void)state;
	static const struct {
		const char *name;
		struct span in;
		bool good;
		uint64_t permitted;
		bool effective;
	} cases[] = {
		{ "revision 2, net_bind_service",
			SPAN_INIT("\1\0\0\2\0\4\0\0\0\0\0\0\0\0\0\0\0\0\0\0"), true,
			1 << CAPABILITY_NET_BIND_SERVICE, true },
		{ "revision 2, a high one", SPAN_INIT("\0\0\0\2\0\0\0\0\0\0\0\0\1\0\0\0\0\0\0\0"),
			true, 1ULL << 32, false },
		{ "revision 1", SPAN_INIT("\0\0\0\1\2\0\0\0\0\0\0\0"), true, 2, false },
		{ "revision 3", SPAN_INIT("\0\0\0\3\2\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\1\0\0\0"), true,
			2, false },
		{ "revision 2 with the size of 3",
			SPAN_INIT("\0\0\0\2\2\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\1\0\0\0"), false, 0,
			false },
		{ "revision 4", SPAN_INIT("\0\0\0\4\2\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"), false, 0,
			false },
		{ "revision 0", SPAN_INIT("\0\0\0\0\2\0\0\0\0\0\0\0"), false, 0, false },
		{ "an unknown flag", SPAN_INIT("\2\0\0\2\2\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"), false,
			0, false },
		{ "cut", SPAN_INIT("\1\0\0\2\0\4\0\0"), false, 0, false },
		{ "empty", SPAN_INIT(""), false, 0, false },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct capability c = { 0 };

		check(cases[i].name, capability_parse(cases[i].in, &c) == cases[i].good);
		check(cases[i].name,
			c.permitted == cases[i].permitted && c.effective == cases[i].effective);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(scripts),
		cmocka_unit_test(script_bounds),
		cmocka_unit_test(programs),
		cmocka_unit_test(busybox_under_another_name),
		cmocka_unit_test(this_program),
		cmocka_unit_test(real_programs),
		cmocka_unit_test(capabilities),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
