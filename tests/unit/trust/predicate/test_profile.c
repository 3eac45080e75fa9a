/* test_profile.c - which security profiles restrict something.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "trust/predicate/predicate.h"

#include "tests/unit/unit.h"

#define KEP "application/vnd.cncf.seccomp-profile.config.v1+json"
#define KEP_APPARMOR "application/vnd.cncf.apparmor-profile.config.v1+json"
#define RULES(r) "{\"defaultAction\":\"SCMP_ACT_ERRNO\",\"syscalls\":[" r "]}"
#define ALLOW(r) "{\"defaultAction\":\"SCMP_ACT_ALLOW\",\"syscalls\":[" r "]}"
#define MANY                                                                                       \
	"\"acct\",\"add_key\",\"bpf\",\"clock_adjtime\",\"clock_settime\",\"delete_module\","      \
	"\"finit_module\",\"init_module\",\"ioperm\",\"iopl\",\"kcmp\",\"kexec_file_load\","       \
	"\"kexec_load\",\"keyctl\",\"mount\",\"move_mount\",\"move_pages\",\"name_to_handle_at\"," \
	"\"open_by_handle_at\",\"open_tree\",\"perf_event_open\",\"pivot_root\","                  \
	"\"process_vm_writev\",\"ptrace\",\"quotactl\",\"reboot\",\"request_key\",\"setns\","      \
	"\"settimeofday\",\"swapoff\",\"swapon\",\"umount2\",\"unshare\",\"userfaultfd\""

static const struct row {
	const char *name, *type, *text;
	uint8_t kind;
	bool restricts;
	const char *why; /* part of it */
} rows[] = {
	{ "an allow list", KEP,
		RULES("{\"names\":[\"read\",\"write\"],\"action\":\"SCMP_ACT_ALLOW\"}"),
		PROFILE_SECCOMP, true, "" },
	{ "arguments", KEP,
		RULES("{\"names\":[\"clone\"],\"action\":\"SCMP_ACT_ALLOW\",\"args\":[{\"index\":0,"
		      "\"value\":2114060288,\"op\":\"SCMP_CMP_MASKED_EQ\"}]}"),
		PROFILE_SECCOMP, true, "" },
	{ "kills, and no rule", KEP, "{\"defaultAction\":\"SCMP_ACT_KILL_PROCESS\"}",
		PROFILE_SECCOMP, true, "" },
	{ "allows all by default", KEP, ALLOW(""), PROFILE_SECCOMP, false, "next to nothing" },
	{ "refuses one", KEP, ALLOW("{\"names\":[\"reboot\"],\"action\":\"SCMP_ACT_ERRNO\"}"),
		PROFILE_SECCOMP, false, "next to nothing" },
	{ "refuses many", KEP, ALLOW("{\"names\":[" MANY "],\"action\":\"SCMP_ACT_ERRNO\"}"),
		PROFILE_SECCOMP, true, "" },
	{ "refuses many, and allows them again", KEP,
		ALLOW("{\"names\":[" MANY "],\"action\":\"SCMP_ACT_ERRNO\"},{\"names\":[" MANY
		      "],\"action\":\"SCMP_ACT_LOG\"}"),
		PROFILE_SECCOMP, false, "next to nothing" },
	{ "allows every call by name", KEP,
		RULES("{\"names\":[" MANY "],\"action\":\"SCMP_ACT_ALLOW\"}"), PROFILE_SECCOMP,
		false, "change the host" },
	{ "only logs", KEP, "{\"defaultAction\":\"SCMP_ACT_LOG\"}", PROFILE_SECCOMP, false,
		"next to nothing" },
	{ "a listener", KEP, RULES("{\"names\":[\"mount\"],\"action\":\"SCMP_ACT_NOTIFY\"}"),
		PROFILE_SECCOMP, false, "listener" },
	{ "a listener's path", KEP,
		"{\"defaultAction\":\"SCMP_ACT_ERRNO\",\"listenerPath\":\"/run/x\"}",
		PROFILE_SECCOMP, false, "listener" },
	{ "a field of nobody", KEP, "{\"defaultAction\":\"SCMP_ACT_ERRNO\",\"x\":1}",
		PROFILE_SECCOMP, false, "field" },
	{ "Docker's fields in an artifact of Kubernetes", KEP,
		RULES("{\"names\":[\"read\"],\"action\":\"SCMP_ACT_ALLOW\",\"comment\":\"\"}"),
		PROFILE_SECCOMP, false, "field" },
	{ "Docker's fields elsewhere", "application/json",
		RULES("{\"names\":[" MANY "],\"action\":\"SCMP_ACT_ALLOW\",\"includes\":{\"caps\":["
		      "\"CAP_SYS_ADMIN\"]},\"excludes\":{}}"),
		PROFILE_SECCOMP, true, "" },
	{ "an unknown action", KEP, "{\"defaultAction\":\"SCMP_ACT_MAYBE\"}", PROFILE_SECCOMP,
		false, "defaultAction" },
	{ "no default", KEP, "{\"syscalls\":[]}", PROFILE_SECCOMP, false, "defaultAction" },
	{ "no names", KEP, RULES("{\"names\":[],\"action\":\"SCMP_ACT_ALLOW\"}"), PROFILE_SECCOMP,
		false, "names no system call" },
	{ "a bad argument", KEP,
		RULES("{\"names\":[\"read\"],\"action\":\"SCMP_ACT_ALLOW\",\"args\":[{\"index\":9,"
		      "\"op\":\"SCMP_CMP_EQ\"}]}"),
		PROFILE_SECCOMP, false, "argument" },
	{ "no JSON", KEP, "profile x {", PROFILE_UNKNOWN, false, "not JSON" },
	{ "empty", KEP, "", PROFILE_UNKNOWN, false, "not JSON" },
	{ "something else", "application/json", "{\"a\":1}", PROFILE_UNKNOWN, false, "neither" },

	{ "AppArmor as JSON", KEP_APPARMOR,
		"{\"executable\":{\"allowedExecutables\":[\"/app\"]},\"filesystem\":{"
		"\"readOnlyPaths\":[\"/etc/**\"]},\"network\":{\"allowRaw\":false}}",
		PROFILE_APPARMOR, true, "" },
	{ "AppArmor as JSON that allows all", KEP_APPARMOR,
		"{\"filesystem\":{\"readWritePaths\":[\"/**\"]}}", PROFILE_APPARMOR, false,
		"every file" },
	{ "AppArmor as JSON, empty", KEP_APPARMOR, "{}", PROFILE_APPARMOR, false, "empty" },
	{ "AppArmor as JSON with another field", KEP_APPARMOR, "{\"exec\":{}}", PROFILE_APPARMOR,
		false, "field" },
	{ "AppArmor as text in an artifact of Kubernetes", KEP_APPARMOR, "profile x { file, }",
		PROFILE_UNKNOWN, false, "not JSON" },

	{ "AppArmor", "text/plain",
		"# a comment\n#include <tunables/global>\n\nabi <abi/3.0>,\nprofile app "
		"flags=(attach_disconnected) {\n  #include <abstractions/base>\n  network inet "
		"tcp,\n  /{usr/,}bin/app ix,\n  /etc/** r, # read\n  deny /proc/sys/** w,\n}\n",
		PROFILE_APPARMOR, true, "" },
	{ "AppArmor of Docker", "text/plain",
		"profile x {\n network,\n capability,\n file,\n umount,\n deny mount,\n}\n",
		PROFILE_APPARMOR, true, "" },
	{ "AppArmor, rules over lines", "text/plain",
		"profile x {\n dbus (send)\n  bus=session,\n}\n", PROFILE_APPARMOR, true, "" },
	{ "AppArmor that complains", "text/plain", "profile x flags=(complain) {\n /etc/** r,\n}\n",
		PROFILE_APPARMOR, false, "flags" },
	{ "AppArmor, all", "text/plain", "profile x {\n allow all,\n}\n", PROFILE_APPARMOR, false,
		"everything" },
	{ "AppArmor, all by kinds on a line", "text/plain",
		"profile x { file, capability, network, mount, }\n", PROFILE_APPARMOR, false,
		"everything" },
	{ "AppArmor without rules", "text/plain", "profile x {\n}\n", PROFILE_APPARMOR, false,
		"no rules" },
	{ "AppArmor that is cut", "text/plain", "profile x {\n /etc/** r,\n", PROFILE_UNKNOWN,
		false, "be read" },
	{ "words", "text/plain", "hello", PROFILE_UNKNOWN, false, "be read" },

	{ "SELinux", "text/plain",
		"; udica\n(block app\n (blockinherit container)\n (allow process tmp_t (file (read "
		"open)))\n)\n",
		PROFILE_SELINUX, true, "" },
	{ "SELinux, permissive", "text/plain",
		"(block app (blockinherit container)) (typepermissive app.process)",
		PROFILE_SELINUX, false, "not confined" },
	{ "SELinux, unconfined", "text/plain", "(block app (blockinherit unconfined_container))",
		PROFILE_SELINUX, false, "not confined" },
	{ "SELinux that is cut", "text/plain", "(block app (blockinherit container)",
		PROFILE_UNKNOWN, false, "be read" },
	{ "SELinux without a domain", "text/plain", "(allow a b (file (read)))", PROFILE_UNKNOWN,
		false, "be read" },
};

static void profiles(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		scoped_arena struct arena a = { .limit = 1 << 20 };
		const struct row *r = &rows[i];
		struct scov_err err = { 0 };
		struct profile_facts p;

		if (profile_read(span_str(r->text), span_str(r->type), &a, &p, &err))
			fail_msg("%s: %s", r->name, err.text);
		if (p.restricts != r->restricts || p.kind != r->kind ||
			!span_has(p.why, span_str(r->why)) || p.restricts != !p.why.len)
			fail_msg("%s: %s, %d, '%.*s'", r->name, profile_kind_names[p.kind],
				p.restricts, SPAN_ARG(p.why));
	}
}

static void too_large(void **state)
{
	static char text[PROFILE_MAX + 2];
	scoped_arena struct arena a = { .limit = 1 << 20 };
	struct scov_err err;
	struct profile_facts p;

	(void)state;
	memset(text, ' ', sizeof(text) - 1);
	text[0] = '{';
	assert_int_equal(profile_read(span_of(text, sizeof(text) - 1), SPAN(KEP), &a, &p, &err), 0);
	assert_false(p.restricts);
	assert_true(span_has(p.why, SPAN("larger")));
}

int main(void)
{
	static const struct CMUnitTest tests[] = { cmocka_unit_test(profiles),
		cmocka_unit_test(too_large) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
