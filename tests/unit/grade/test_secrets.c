/* test_secrets.c - secrets graded: the criterion, the ignore file, and the rows of 3gpp-nf.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "tests/unit/join/listing.h"

#include "grade/grade.h"

#define COUNT(t) (sizeof(t) / sizeof(*(t)))
#define FP "abcdefghijklmnopqrstuvwx27"
#define FP2 "bbcdefghijklmnopqrstuvwx27"
#define CFG "; c 1 - x"
#define KEY "kind=private-key rule=pem-rsa level=3 "

struct graded {
	struct listing l;
	struct policy policy;
	struct report r;
};

static int check_id(const struct waiver *w, struct scov_err *err)
{
	return criterion_find(w->id)
		       ? 0
		       : err_fail(err, SCOV_E_USAGE, "unknown criterion '%.*s'", SPAN_ARG(w->id));
}

/* ignore: lines of an ignore file after its key. searched: the parts were looked at. */
static void grade(struct graded *g, const char *listing, const char *ignore, bool telecom)
{
	struct dossier d = { .image = &g->l.out, .policy = &g->policy };
	struct scov_err err = { 0 };
	char text[512];

	g->r = (struct report){ 0 };
	listing_join(&g->l, listing);
	arena_release(&g->l.out.arena);
	g->l.out = (struct image_facts){ 0 };
	g->l.in.has_secrets = true;
	assert_int_equal(join_image(&g->l.in, &g->l.out, &g->l.err), 0);
	policy_init(&g->policy);
	g->policy.now = g->l.in.now;
	g->policy.telecom = telecom;
	snprintf(text, sizeof(text), "key=AAECAwQFBgcICQoLDA0ODxAR\n%s\n", ignore ? ignore : "");
	if (policy_ignore_file(&g->policy, span_str(text), "f", check_id, &err))
		fail_msg("%s: %s", ignore, err.text);
	assert_int_equal(grade_image(&d, &g->r, &err), 0);
}

static void release(struct graded *g)
{
	arena_release(&g->r.arena);
	policy_release(&g->policy);
	listing_release(&g->l);
}

static const struct criterion_report *verdict_on(const struct graded *g, const char *id)
{
	for (size_t i = 0; i < g->r.criteria.n; i++)
		if (!strcmp(g->r.criteria.p[i].criterion->id, id))
			return &g->r.criteria.p[i];
	fail_msg("no criterion %s", id);
	return NULL;
}

static const struct {
	const char *name, *listing, *ignore;
	enum verdict verdict;
	enum ev_class class;
	const char *reason, *fix;
	size_t waived;
} cases[] = {
	{ "nothing", "layer; f a" CFG, NULL, MET, OBSERVED, "no secret", "", 0 },
	{ "low alone", "layer; f a; sec level=1" CFG, NULL, MET, OBSERVED, "no secret", "", 0 },
	{ "medium", "layer; f a; sec" CFG, NULL, NOT_MET, OBSERVED, "0 high, 1 medium", "/a: ", 0 },
	{ "high, proved", "layer; f a; sec level=3 proof=2" CFG, NULL, NOT_MET, PROVED,
		"1 high, 0 medium", "", 0 },
	{ "several", "layer; f a; sec level=3; f b; sec" CFG, NULL, NOT_MET, OBSERVED,
		"1 high, 1 medium: r in /a and 1 more", "", 0 },
	{ "deleted", "layer; f a; sec; layer; w a" CFG, NULL, NOT_MET, OBSERVED, "/a",
		"layer 0 keeps the file", 0 },
	{ "in a setting", "layer; f a; csec member=/config/Env/0", NULL, NOT_MET, OBSERVED,
		"/config/Env/0", "", 0 },
	{ "in the history", "layer; f a; csec member=/history/0/created_by; hist t x", NULL,
		NOT_MET, OBSERVED, "the history", "", 0 },
	/* the ignore file */
	{ "ignored", "layer; f a; sec fp=" FP CFG,
		"conf.secrets fp=" FP " until=2027-01-01 reason=x", MET, ASSERTED, "ignore file",
		"", 1 },
	{ "another is ignored", "layer; f a; sec fp=" FP CFG,
		"conf.secrets fp=" FP2 " until=2027-01-01 reason=x", NOT_MET, OBSERVED, "/a", "",
		0 },
	{ "ignored at another path", "layer; f a; sec fp=" FP CFG,
		"conf.secrets fp=" FP " path=b until=2027-01-01 reason=x", NOT_MET, OBSERVED, "/a",
		"", 0 },
	{ "ignored at its path", "layer; f d/a; sec fp=" FP CFG,
		"conf.secrets fp=" FP " path=d/* until=2027-01-01 reason=x", MET, ASSERTED, "", "",
		1 },
	{ "ignored in another layer", "layer; f a; sec fp=" FP CFG,
		"conf.secrets fp=" FP " layer=1 until=2027-01-01 reason=x", NOT_MET, OBSERVED, "",
		"", 0 },
	{ "one of two is ignored", "layer; f a; sec fp=" FP "; f b; sec fp=" FP2 CFG,
		"conf.secrets fp=" FP " until=2027-01-01 reason=x", NOT_MET, OBSERVED,
		"1 medium: r in /b", "", 1 },
	{ "two entries, the second fits", "layer; f a; sec fp=" FP CFG,
		"conf.secrets fp=" FP " path=b until=2027-01-01 reason=x\n"
		"conf.secrets fp=" FP " path=a until=2027-01-01 reason=x",
		MET, ASSERTED, "", "", 1 },
	/* inputs that are missing */
	{ "no config", "layer; f a", NULL, NOT_ASSESSED, OBSERVED, "no config", "", 0 },
	{ "no config, but a secret", "layer; f a; sec", NULL, NOT_MET, OBSERVED, "/a", "", 0 },
	{ "a file not looked at", "layer; f a; hides 8 big" CFG, NULL, NOT_ASSESSED, OBSERVED,
		"big", "", 0 },
	{ "a broken layer, a high one", "layer; f a; sec level=3; layer; f b; hides 1 cut" CFG,
		NULL, NOT_MET, OBSERVED, "/a", "", 0 },
	{ "a broken layer, a medium one that a package may ship",
		"layer; f a; sec; layer; f b; hides 1 cut" CFG, NULL, NOT_ASSESSED, OBSERVED, "cut",
		"", 0 },
	{ "a broken layer, a medium one in a setting",
		"layer; f a; hides 1 cut; csec member=/config/Env/0", NULL, NOT_MET, OBSERVED, "",
		"", 0 },
};

static void criterion(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct graded g;

		grade(&g, cases[i].listing, cases[i].ignore, false);
		const struct criterion_report *c = verdict_on(&g, "conf.secrets");

		if (c->verdict != cases[i].verdict || c->class != cases[i].class)
			fail_msg("%s: verdict %u class %u: %.*s", cases[i].name, c->verdict,
				c->class, SPAN_ARG(c->reason));
		if (!span_has(c->reason, span_str(cases[i].reason)))
			fail_msg("%s: '%.*s'", cases[i].name, SPAN_ARG(c->reason));
		if (!span_has(c->fix, span_str(cases[i].fix)))
			fail_msg("%s: fix '%.*s'", cases[i].name, SPAN_ARG(c->fix));
		check(cases[i].name, c->waived == cases[i].waived);
		check(cases[i].name, c->verdict != NOT_MET || c->fix.len);
		check(cases[i].name, g.r.requirements.n == 0);
		release(&g);
	}
}

static void evidence_is_bounded(void **state)
{
	struct graded g;
	scoped_arena struct arena a = { 0 };
	char *text = arena_printf(&a, "layer");
	size_t decides = 0;

	(void)state;
	for (int i = 0; i < 100; i++)
		text = arena_printf(&a, "%s; f f%03d; sec rule=r%d", text, i, i);
	grade(&g, arena_printf(&a, "%s" CFG, text), NULL, false);
	const struct criterion_report *c = verdict_on(&g, "conf.secrets");

	for (size_t i = 0; i < c->evidence.n; i++)
		decides += c->evidence.p[i].role == DECIDES;
	assert_int_equal(decides, 20);
	assert_true(span_has(c->reason, SPAN("100 medium")) && c->fix.len < 2048);
	release(&g);
}

/* ---- rows ---- */

static const struct {
	const char *name, *listing, *ignore, *id;
	enum verdict result;
	const char *reason;
} rows[] = {
	{ "clean", "layer; f a" CFG, NULL, "TR 33.848 secrets in images", MET, "" },
	{ "a secret", "layer; f a; sec" CFG, NULL, "TR 33.848 secrets in images", NOT_MET,
		"1 embedded" },
	{ "a subscriber's key at low", "layer; f a; sec kind=subscriber-key level=1" CFG, NULL,
		"TR 33.848 secrets in images", NOT_MET, "1 embedded" },
	{ "ignored", "layer; f a; sec fp=" FP CFG,
		"conf.secrets fp=" FP " until=2027-01-01 reason=x", "TR 33.848 secrets in images",
		MET, "ignore file" },
	{ "a known key is never ignored", "layer; f a; sec known=Annex fp=" FP CFG,
		"conf.secrets fp=" FP " until=2027-01-01 reason=x", "TR 33.848 secrets in images",
		NOT_MET, "1 of them are in the ignore file" },
	{ "nor the key of an authority", "layer; f a; sec " KEY "flags=4 fp=" FP CFG,
		"conf.secrets fp=" FP " until=2027-01-01 reason=x", "TR 33.848 secrets in images",
		NOT_MET, "cannot be ignored" },
	{ "no config", "layer; f a", NULL, "TR 33.848 secrets in images", NOT_ASSESSED, "config" },
	{ "a known key is predefined", "layer; f a; sec known=Annex" CFG, NULL,
		"TS 33.117 4.2.3.4.2.3", NOT_MET, "1 predefined" },
	{ "a default password", "layer; f a; sec flags=64" CFG, NULL, "TS 33.117 4.2.3.4.2.3",
		NOT_MET, "" },
	{ "a host key", "layer; f etc/ssh/ssh_host_rsa_key; sec " KEY CFG, NULL,
		"TS 33.117 4.2.3.4.2.3", NOT_MET, "" },
	{ "a token is not predefined", "layer; f a; sec" CFG, NULL, "TS 33.117 4.2.3.4.2.3", MET,
		"" },
	{ "a weak hash", "layer; f etc/shadow; sec rule=crypt-md5 kind=password-hash level=1" CFG,
		NULL, "TS 33.117 4.2.3.2", NOT_MET, "weak hash" },
	{ "a weak hash in a manual page",
		"layer; f usr/share/man/a.1; sec rule=crypt-md5 kind=password-hash level=1" CFG,
		NULL, "TS 33.117 4.2.3.2", MET, "" },
	{ "a default password in an example", "layer; f usr/share/doc/a; sec level=1 flags=64" CFG,
		NULL, "TS 33.117 4.2.3.4.2.3", MET, "" },
	{ "a strong hash",
		"layer; f etc/shadow; sec rule=crypt-sha512 kind=password-hash level=1" CFG, NULL,
		"TS 33.117 4.2.3.2", MET, "" },
	{ "clear text", "layer; f a; sec kind=url-password" CFG, NULL, "TS 33.117 4.2.3.2", NOT_MET,
		"" },
	{ "a password of a database", "layer; f a; sec kind=database-password" CFG, NULL,
		"TS 33.117 4.2.3.2", NOT_MET, "" },
	{ "an empty password", "layer; f etc/shadow; sec kind=empty-password" CFG, NULL,
		"TS 33.117 4.2.3.4.2.1", NOT_MET, "1 accounts" },
	{ "no empty password", "layer; f etc/shadow" CFG, NULL, "TS 33.117 4.2.3.4.2.1", MET, "" },
	{ "a password of an account", "layer; f etc/shadow; sec kind=password-hash level=1" CFG,
		NULL, "TS 33.117 4.2.3.4.2.2", NOT_MET, "1 accounts" },
	{ "a second root", "layer; f etc/passwd; u root 0 0; u toor 0 0" CFG, NULL,
		"TS 33.117 4.2.3.4.2.2", NOT_MET, "1 besides root" },
	{ "accounts without a password", "layer; f etc/passwd; u root 0 0" CFG, NULL,
		"TS 33.117 4.2.3.4.2.2", NOT_ASSESSED, "does not show" },
	{ "no accounts", "layer; f a" CFG, NULL, "TS 33.117 4.2.3.4.2.2", MET, "" },
	{ "signatures are not searched", "layer; f a" CFG, NULL, "TS 33.117 4.2.3.3.5",
		NOT_ASSESSED, "not searched" },
	{ "nor for the image", "layer; f a" CFG, NULL, "TS 33.527 4.2.3.3.5.2", NOT_ASSESSED,
		"not searched" },
	{ "telnet", "layer; x usr/sbin/telnetd" CFG, NULL, "TS 33.117 4.3.2 services", NOT_MET,
		"1 servers" },
	{ "the port of telnet", "layer; f a; c 6 - 23/tcp", NULL, "TS 33.117 4.3.2 services",
		NOT_MET, "1 declared" },
	{ "a port of TLS", "layer; f a; c 6 - 8443/tcp", NULL, "TS 33.117 4.3.2 services",
		NOT_ASSESSED, "run time" },
	{ "sshd", "layer; x usr/sbin/sshd" CFG, NULL, "TS 33.117 4.3.2 remote login", NOT_ASSESSED,
		"not checked" },
	{ "no sshd", "layer; x usr/bin/app" CFG, NULL, "TS 33.117 4.3.2 remote login", MET, "" },
	{ "setuid", "layer; f a 4755" CFG, NULL, "TS 33.117 4.3.2.7", NOT_MET, "/a" },
	{ "everybody may write", "layer; f a 666" CFG, NULL, "TS 33.117 4.3.2.7", NOT_MET, "/a" },
	{ "a sticky folder", "layer; d tmp 1777" CFG, NULL, "TS 33.117 4.3.2.7", MET, "" },
	{ "a tool", "layer; x usr/bin/gcc" CFG, NULL, "TS 33.117 4.3.2 software", NOT_MET,
		"min.tooling" },
	{ "no tool", "layer; x usr/bin/app" CFG, NULL, "TS 33.117 4.3.2 software", MET, "" },
	{ "an unknown distribution", "layer; f var/lib/dpkg/status; p 1 a 1" CFG, NULL,
		"TS 33.117 4.3.2 components", NOT_ASSESSED, "unknown" },
	{ "an old distribution",
		"layer; f var/lib/dpkg/status; p 1 a 1; f etc/os-release; rel ID debian; rel "
		"VERSION_ID 8" CFG,
		NULL, "TS 33.117 4.3.2 components", NOT_MET, "debian 8" },
};

static void requirements(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		const struct requirement_row *row = NULL;
		struct graded g;

		grade(&g, rows[i].listing, rows[i].ignore, true);
		for (size_t k = 0; k < g.r.requirements.n; k++)
			if (span_eq(g.r.requirements.p[k].id, span_str(rows[i].id)))
				row = &g.r.requirements.p[k];
		check(rows[i].name, row);
		if (row->result != rows[i].result ||
			!span_has(row->reason, span_str(rows[i].reason)))
			fail_msg("%s: %u '%.*s'", rows[i].name, row->result, SPAN_ARG(row->reason));
		check(rows[i].name, row->reason.len && row->title.len && row->source.len);
		release(&g);
	}
}

/* With --requirements an entry for such a key is refused in the criterion too; without, it holds.
 */
static void refusal(void **state)
{
	(void)state;
	for (int telecom = 0; telecom < 2; telecom++) {
		struct graded g;

		grade(&g, "layer; f a; sec known=Annex fp=" FP CFG,
			"conf.secrets fp=" FP " until=2027-01-01 reason=x", telecom);
		const struct criterion_report *c = verdict_on(&g, "conf.secrets");

		assert_int_equal(c->verdict, telecom ? NOT_MET : MET);
		assert_int_equal(g.r.waived.p[0].findings, !telecom);
		assert_int_equal(g.l.out.secrets.p[0].refused, telecom);
		release(&g);
	}
}

static void gate(void **state)
{
	static const struct {
		const char *listing;
		bool passed;
		const char *why;
	} both[] = {
		{ "layer; f a; sec" CFG, false, "not met" },
		{ "layer; f a" CFG, true, "every requirement is met or not assessed" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(both); i++) {
		struct graded g;

		grade(&g, both[i].listing, NULL, true);
		arena_release(&g.r.arena);
		g.r = (struct report){ 0 };
		struct dossier d = { .image = &g.l.out, .policy = &g.policy };

		assert_int_equal(policy_gate(&g.policy, SPAN("requirements"), NULL), 0);
		assert_int_equal(grade_image(&d, &g.r, NULL), 0);
		assert_int_equal(g.r.gates_passed, both[i].passed);
		assert_true(span_has(g.r.gates.p[0].why, span_str(both[i].why)));
		release(&g);
	}
}

/* By level, but for what is ignored; and never while something was not searched. */
static void secrets_gate(void **state)
{
	static const struct {
		const char *name, *listing, *ignore, *text;
		bool searched, passed;
		const char *why;
	} gates[] = {
		{ "nothing", "layer; f a" CFG, NULL, "secrets>=low", true, true,
			"no secret at low" },
		{ "under the level", "layer; f a; sec" CFG, NULL, "secrets>=high", true, true,
			"no secret at high" },
		{ "at the level", "layer; f a; sec" CFG, NULL, "secrets>=medium", true, false,
			"1 secret at medium or above" },
		{ "ignored", "layer; f a; sec fp=" FP CFG,
			"conf.secrets fp=" FP " until=2027-01-01 reason=x", "secrets>=low", true,
			true, "no secret" },
		{ "not searched", "layer; f a" CFG, NULL, "secrets>=high", false, false,
			"not assessed: " },
		{ "requirements, not searched", "layer; f a" CFG, NULL, "requirements", false,
			false, "" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(gates); i++) {
		struct graded g;

		grade(&g, gates[i].listing, gates[i].ignore, true);
		arena_release(&g.r.arena);
		g.r = (struct report){ 0 };
		if (!gates[i].searched) {
			g.l.out.inputs &= ~(uint32_t)INPUT_SECRETS;
			g.l.out.inputs_missing[__builtin_ctz(INPUT_SECRETS)] = SPAN("a bound");
		}
		struct dossier d = { .image = &g.l.out, .policy = &g.policy };

		assert_int_equal(policy_gate(&g.policy, span_str(gates[i].text), NULL), 0);
		assert_int_equal(grade_image(&d, &g.r, NULL), 0);
		check(gates[i].name, g.r.gates.p[0].passed == gates[i].passed);
		if (!span_has(g.r.gates.p[0].why, span_str(gates[i].why)))
			fail_msg("%s: '%.*s'", gates[i].name, SPAN_ARG(g.r.gates.p[0].why));
		release(&g);
	}
}

/* Each allocation of join, judge and grade fails once: an error, and never a report. */
static void no_allocation_is_missed(void **state)
{
	static const char image[] =
		"layer; d etc; f etc/passwd; u app 5 5; f srv/key; sec " KEY "fp=" FP " line=1"
		"; f srv/two; sec " KEY "fp=" FP " line=9; f var/lib/dpkg/status; p 1 a 1; own 1 a "
		"bin/a; x bin/a; s bin/l a; layer; w srv/two; x run script; run 1 a; c 10 - app; c "
		"2 - /run; c 3 - b; hist 2024-01-02T03:04:05Z one; hist - two";
	size_t n = 0, left;

	(void)state;
	do {
		struct graded g;
		struct dossier d = { .image = &g.l.out, .policy = &g.policy };

		memset(&g, 0, sizeof(g));
		listing_read(&g.l, image);
		g.l.in.has_secrets = true;
		policy_init(&g.policy);
		g.policy.now = g.l.in.now;
		g.policy.telecom = true;
		arena_fail_nth(++n);
		int code = join_image(&g.l.in, &g.l.out, &g.l.err);

		code = code ? code : grade_image(&d, &g.r, &g.l.err);
		left = arena_fail_nth(0);
		if (code != (left ? 0 : SCOV_E_MEMORY))
			fail_msg("allocation %zu: %d", n, code);
		release(&g);
	} while (!left);
	assert_true(n > 50);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(no_allocation_is_missed),
		cmocka_unit_test(criterion),
		cmocka_unit_test(evidence_is_bounded),
		cmocka_unit_test(requirements),
		cmocka_unit_test(refusal),
		cmocka_unit_test(gate),
		cmocka_unit_test(secrets_gate),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
