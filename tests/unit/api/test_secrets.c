/* test_secrets.c - the calls of scoville.h about secrets: parts scanned elsewhere, rules, the
 * ignore file.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "syntax/json.h"
#include "tests/unit/unit.h"

/* No text in the shape of a token is in this file. */
#define PASSWORD                                                                                   \
	"kV7"                                                                                      \
	"x9Qw"                                                                                     \
	"2LmZ"                                                                                     \
	"t4Rp"

static char folder[] = "/tmp/scoville-api-XXXXXX";
static struct scov_context *context;

static void write_file(const char *name, const char *text)
{
	FILE *f = fopen(name, "w");

	assert_non_null(f);
	assert_true(fputs(text, f) >= 0);
	assert_int_equal(fclose(f), 0);
}

static int start(void **state)
{
	(void)state;
	if (!mkdtemp(folder) || chdir(folder) || mkdir("root", 0755) || mkdir("root/srv", 0755))
		return -1;
	write_file("root/srv/app.properties", "db.password=" PASSWORD "\n");
	struct scov_options opt = { .struct_size = sizeof(opt),
		.no_cache = true,
		.cache_folder = "/proc/none", /* nor a key in it */
		.worker = getenv("SCOVILLE_TEST_WORKER") };

	return scov_context_new(&opt, &context, NULL);
}

static int stop(void **state)
{
	char command[128];

	(void)state;
	scov_context_free(context);
	snprintf(command, sizeof(command), "rm -rf %s", folder);
	return chdir("/") || system(command);
}

static int put(void *ctx, const void *p, size_t len)
{
	buf_bytes(ctx, p, len);
	return 0;
}

/* The first secret of the report; its arena is a. */
static const struct json *first(const struct scov_report *r, struct arena *a, struct span *key)
{
	const struct scov_format_options o = { .struct_size = sizeof(o), .secrets_only = true };
	scoped_buf struct buf b = { 0 };
	const struct json *v = NULL;

	assert_int_equal(scov_report_write(r, "json", &o, put, &b, NULL), 0);
	assert_false(span_has(buf_view(&b), SPAN(PASSWORD)));
	assert_int_equal(json_parse(buf_view(&b), 1 << 20, a, &v, NULL), 0);
	*key = json_get_text(v, "fingerprint_key");
	return json_at(json_get(v, "secrets"), 0);
}

static struct scov_report *graded(const struct scov_policy *policy)
{
	struct scov_report *r = NULL;
	struct scov_image *i = NULL;
	struct scov_err err = { 0 };

	if (scov_image_open(context, "rootfs:root", NULL, NULL, &i, &err) ||
		scov_grade(i, policy, NULL, &r, &err))
		fail_msg("%s", err.text);
	scov_image_free(i);
	return r;
}

static void a_key_keeps_the_fingerprint(void **state)
{
	const struct scov_policy p = {
		.struct_size = sizeof(p), .now = "2026-11-01", .fingerprint_key = "team.key"
	};
	scoped_arena struct arena a = { 0 };
	struct span key, fp[4];

	(void)state;
	write_file("team.key", "AAECAwQFBgcICQoLDA0ODw==\n");
	for (size_t i = 0; i < 4; i++) {
		struct scov_report *r = graded(i < 2 ? &p : NULL);
		const struct json *s = first(r, &a, &key);

		check_span("path", json_get_text(s, "path"), SPAN("srv/app.properties"));
		check_span("whose", key, i < 2 ? SPAN("user") : SPAN("run"));
		fp[i] = json_get_text(s, "fingerprint");
		assert_int_equal(fp[i].len, 26);
		assert_true(scov_report_searched(r));
		scov_report_free(r);
	}
	check_span("with a key", fp[0], fp[1]);
	assert_false(span_eq(fp[2], fp[3]) || span_eq(fp[0], fp[2]));
}

/* Facts of elsewhere are under a key that is not known here: never "user". */
static void parts_are_under_a_key_of_the_run(void **state)
{
	const struct scov_policy p = { .struct_size = sizeof(p), .fingerprint_key = "team.key" };
	struct scov_part *parts[8] = { 0 };
	struct scov_report *r = NULL;
	struct scov_image *i = NULL;
	struct scov_err err = { 0 };
	scoped_arena struct arena a = { 0 };
	struct span key;

	(void)state;
	write_file("team.key", "AAECAwQFBgcICQoLDA0ODw==\n");
	assert_int_equal(scov_image_open(context, "rootfs:root", NULL, NULL, &i, &err), 0);
	assert_true(scov_image_parts(i) <= 8);
	for (size_t k = 0; k < scov_image_parts(i); k++)
		if (scov_part_scan(i, k, NULL, &parts[k], &err))
			fail_msg("%s", err.text);
	if (scov_grade_parts(i, parts, &p, NULL, &r, &err))
		fail_msg("%s", err.text);
	check_span("path", json_get_text(first(r, &a, &key), "path"), SPAN("srv/app.properties"));
	check_span("whose", key, SPAN("run"));
	assert_int_equal(scov_report_ignore(r, "no-ignore", NULL, NULL, &err), SCOV_E_USAGE);
	assert_int_not_equal(access("no-ignore", F_OK), 0);
	scov_report_free(r);
	for (size_t k = 0; k < 8; k++)
		scov_part_free(parts[k]);
	scov_image_free(i);
}

static void the_ignore_file_is_written_once(void **state)
{
	const struct scov_policy p = {
		.struct_size = sizeof(p), .now = "2026-11-01", .ignore_file = "ignore"
	};
	static const struct {
		const char *until, *reason;
		int code;
		size_t entries;
	} calls[] = {
		{ "yesterday", "a test", SCOV_E_USAGE, 0 },
		{ "2026-10-31", "a test", SCOV_E_USAGE, 0 },
		{ NULL, "two\nlines", SCOV_E_USAGE, 0 },
		{ NULL, "a \"test\" \\", 0, 1 },
		{ NULL, "again", 0, 0 },
	};
	struct scov_err err;
	struct stat st;
	bool made = false;

	(void)state;
	assert_int_equal(scov_ignore_key("ignore", &made, &err), 0);
	assert_true(made);
	assert_int_equal(scov_ignore_key("ignore", &made, &err), 0);
	assert_false(made);
	assert_true(!stat("ignore", &st) && (st.st_mode & 07777) == 0600);
	struct scov_report *r = graded(&p);

	for (size_t i = 0; i < sizeof(calls) / sizeof(*calls); i++) {
		const struct scov_ignore_options o = {
			.struct_size = sizeof(o), .until = calls[i].until, .reason = calls[i].reason
		};
		struct scov_ignore_sum sum = { 0 };

		assert_int_equal(scov_report_ignore(r, "ignore", &o, &sum, &err), calls[i].code);
		assert_int_equal(sum.entries, calls[i].entries);
	}
	scov_report_free(r);
	r = graded(&p);
	scoped_arena struct arena a = { 0 };
	struct span key;

	assert_true(json_truth(json_get(first(r, &a, &key), "ignored")));
	scov_report_free(r);
}

static void no_file_no_entry(void **state)
{
	struct scov_err err;

	(void)state;
	assert_int_equal(scov_ignore_key("no/such/folder", NULL, &err), SCOV_E_IO);
	assert_int_equal(scov_ignore_key("root", NULL, &err), SCOV_E_IO);
}

static void a_link_stays_a_link(void **state)
{
	struct scov_err err;
	struct stat st;
	bool made = false;

	(void)state;
	write_file("others", "# text");
	assert_int_equal(chmod("others", 0644), 0);
	assert_int_equal(symlink("others", "link"), 0);
	assert_int_equal(scov_ignore_key("link", &made, &err), 0);
	assert_true(made);
	assert_true(!lstat("link", &st) && S_ISLNK(st.st_mode));
	assert_true(!lstat("others", &st) && (st.st_mode & 07777) == 0600);
	assert_int_equal(scov_ignore_key("others", &made, &err), 0);
	assert_false(made);
}

static void rules_are_told_and_tried(void **state)
{
	static const struct {
		const char *name, *text, *says;
	} files[] = {
		{ "not a rule", "colour = red\n", "bad.rules:1" },
		{ "half a rule", "[rule ours]\nkind = ours\n", "rule 'ours'" },
		{ "an id that is taken", "[rule github-ghp]\n", "taken" },
	};
	struct scov_rules *r = NULL;
	struct scov_rules_sum sum = { 0 };
	struct scov_rule rule;
	struct scov_err err = { 0 };
	size_t n = 0;

	(void)state;
	assert_int_equal(scov_rules_open(NULL, &r, &err), 0);
	while (scov_rule_at(r, n, &rule)) {
		check(rule.id, *rule.kind && *rule.title && *rule.advice && *rule.source &&
				       rule.is_builtin);
		n++;
	}
	assert_int_equal(scov_rules_test(r, NULL, NULL, &sum, &err), 0);
	assert_true(n >= 300 && sum.rules == n && sum.examples > n && sum.failed == 0);
	scov_rules_free(r);
	scov_rules_free(NULL);
	for (size_t i = 0; i < sizeof(files) / sizeof(*files); i++) {
		write_file("bad.rules", files[i].text);
		check(files[i].name, scov_rules_open("bad.rules", &r, &err) == SCOV_E_USAGE);
		if (!strstr(err.text, files[i].says))
			fail_msg("%s: '%s'", files[i].name, err.text);
	}
	assert_int_equal(scov_rules_open("nowhere", &r, &err), SCOV_E_NOT_FOUND);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_key_keeps_the_fingerprint),
		cmocka_unit_test(parts_are_under_a_key_of_the_run),
		cmocka_unit_test(the_ignore_file_is_written_once),
		cmocka_unit_test(no_file_no_entry),
		cmocka_unit_test(a_link_stays_a_link),
		cmocka_unit_test(rules_are_told_and_tried),
	};

	return cmocka_run_group_tests(tests, start, stop);
}
