/* Rules of a user: checked, compiled once, in the worker. SPDX-License-Identifier: Apache-2.0 */
#include "scan/user_rules.h"

#include "scan/rules_pack.h"
#include "scan/scan.h"
#include "secret/find/pattern.h"
#include "tests/unit/scan/rig.h"

#define RULE                                                                                       \
	"[rule acme-token]\nkind = acme-token\ntitle = Acme token\nadvice = Rotate it\n"           \
	"source = our own\nliteral = acmetok_\nexpression = (acmetok_[A-Za-z0-9]{24})\n"           \
	"level = high high low\ngood = acmetok_{A24}\n"

static char file[96];

static void write_rules(const char *folder, const char *text)
{
	snprintf(file, sizeof(file), "%s/rules", folder);
	FILE *f = fopen(file, "we");

	assert_non_null(f);
	fputs(text, f);
	fclose(f);
}

static void bad_files_are_named_with_line_and_rule(void **state)
{
	(void)state;
	static const struct {
		const char *name, *text, *says;
		int code;
	} cases[] = {
		{ "no rule at all", "kind = x\n", ":1:", SCOV_E_USAGE },
		{ "an expression that does not end",
			"[rule r]\nkind = k\ntitle = t\nadvice = a\nsource = s\nliteral = abcdef\n"
			"expression = (ab\ngood = abcdef\n",
			":1: rule 'r'", SCOV_E_USAGE },
		{ "a good rule, then a bad key", RULE "nonsense = 1\n", ":10: rule 'acme-token'",
			SCOV_E_USAGE },
		{ "a literal of two bytes", "[rule r]\nliteral = ab\n", ":2: rule 'r'",
			SCOV_E_USAGE },
	};
	char folder[64];

	rig_mkdir(folder);
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct scan_rules r = { 0 };
		struct scov_err err = { 0 };

		write_rules(folder, cases[i].text);
		int rc = scan_rules_load(file, &r, &err);

		if (rc != cases[i].code || !strstr(err.text, cases[i].says) ||
			!strstr(err.text, file))
			fail_msg("%s: %d %s", cases[i].name, rc, err.text);
	}
	struct scan_rules r = { 0 };
	struct scov_err err = { 0 };

	unlink(file);
	assert_int_equal(scan_rules_load(file, &r, &err), SCOV_E_NOT_FOUND);
	rig_rmdir(folder);
}

static void a_taken_id_is_refused(void **state)
{
	(void)state;
	char folder[64], text[256];
	struct scan_rules r = { 0 };
	struct scov_err err = { 0 };

	snprintf(text, sizeof(text), "[rule %.*s]\n", SPAN_ARG(rules_builtin()->p[0].id));
	write_rules(rig_mkdir(folder), text);
	assert_int_equal(scan_rules_load(file, &r, &err), SCOV_E_USAGE);
	assert_non_null(strstr(err.text, "taken"));
	rig_rmdir(folder);
}

/* ---- in the worker ---- */

static size_t count(const struct part *p, struct span rule)
{
	size_t n = 0;

	for (size_t i = 0; i < p->secrets.n; i++)
		n += span_eq(p->secrets.p[i].rule, rule);
	return n;
}

static size_t found_with(const struct scan_rules *rules, struct cache *cache, struct rig_blob *b)
{
	struct rig o = rig_options();
	struct scan_job job = rig_job(b);
	struct scov_err err = { 0 };

	o.crew.rules = rules;
	o.crew.cache = cache;
	struct crew *s = rig_crew(&o);

	if (scan_run(&o.scan, &job, 1, &err) || !job.part)
		fail_msg("%s %s", err.text, job.error.text);
	size_t n = count(job.part, SPAN("acme-token"));

	scan_job_release(&job);
	crew_free(s);
	return n;
}

static void the_worker_has_them(void **state)
{
	(void)state;
	scoped_buf struct buf tar = { 0 };
	char folder[64], cache_folder_[64];
	struct scan_rules rules = { 0 };
	struct cache *cache = NULL;
	struct scov_err err = { 0 };
	uint64_t bytes, before, after;

	write_rules(rig_mkdir(folder), RULE);
	if (scan_rules_load(file, &rules, &err))
		fail_msg("%s", err.text);
	rig_tar_add(&tar, "srv/a", 0644,
		SPAN("x = acmetok_q7Zk2"
		     "mB9xW4tR8vN3pL6sD1f\n"));
	tar_write_end(&tar);
	struct rig_blob b = rig_blob(buf_view(&tar));

	assert_int_equal(found_with(NULL, NULL, &b), 0);
	assert_int_equal(found_with(&rules, NULL, &b), 1);
	assert_int_equal(cache_open(rig_mkdir(cache_folder_), 1 << 24, &cache, &err), 0);
	assert_int_equal(found_with(NULL, cache, &b), 0);
	assert_int_equal(found_with(&rules, cache, &b), 1);
	assert_int_equal(cache_usage(cache, &bytes, &before, NULL), 0);
	assert_int_equal(found_with(&rules, cache, &b), 1);
	assert_int_equal(cache_usage(cache, &bytes, &after, NULL), 0);
	assert_int_equal(before, 3); /* facts of both sets, one database */
	assert_int_equal(after, 3);
	cache_free(cache);
	scan_rules_release(&rules);
	rig_rmdir(folder);
	rig_rmdir(cache_folder_);
}

static void what_is_no_payload_is_refused(void **state)
{
	(void)state;
	scoped_buf struct buf b = { 0 };
	struct span text, database;

	rules_pack(SPAN("text"), SPAN("database"), &b);
	assert_true(rules_unpack(buf_view(&b), &text, &database));
	assert_true(span_eq(text, SPAN("text")));
	assert_true(span_eq(database, SPAN("database")));
	for (size_t n = 0; n < b.len; n++)
		if (rules_unpack(span_of(b.p, n), &text, &database))
			fail_msg("cut at %zu", n);
	for (size_t i = 8; i < 24; i++) {
		b.p[i] = (char)(b.p[i] ^ 0x80);
		if (rules_unpack(buf_view(&b), &text, &database))
			fail_msg("length byte %zu", i);
		b.p[i] = (char)(b.p[i] ^ 0x80);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(bad_files_are_named_with_line_and_rule),
		cmocka_unit_test(a_taken_id_is_refused),
		cmocka_unit_test(the_worker_has_them),
		cmocka_unit_test(what_is_no_payload_is_refused),
	};

	rig_options();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
