/* test_tuf_real.c - repositories of sigstore as they were published, if they are there:
 * ../shared/data.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "crypto/crypto_paths.h"
#include "crypto/digest.h"
#include "tests/unit/crypto/openssl.h"
#include "trust/tuf/tuf.h"

enum { Y2025_02_09 = 1739102528, Y2026_08_21 = 1787356800 };

static bool has_data;

static int unpack(void **state)
{
	if (folder_make(state))
		return -1;
	has_data =
		shell("for d in \"$SCOVILLE_TEST_SHARED\" " SHARED "; do f=$d/data/provenance/"
		      "dev.tar.zst; [ ! -e \"$f\" ] || break; done; tar --zstd -xf $f "
		      "dev/tuf-static dev/sigstore-root; mv dev/tuf-static/sigstore-root-signing "
		      "static; mv dev/sigstore-root git; cp git/metadata/root_history/*.root.json "
		      "git/metadata");
	if (!has_data)
		puts("skipped: no repositories of TUF (../shared/data/provenance/dev.tar.zst)");
	return 0;
}

/* The repository is not laid out for clients: its documents and files have no versions and hashes
 * in their names. */
static const char *plain(const char *name)
{
	const char *base = strrchr(name, '/') ? strrchr(name, '/') + 1 : name;

	if (strstr(name, ".root.json") || !strcmp(name, "timestamp.json"))
		return name;
	return arena_printf(&files, "%.*s%s", (int)(base - name), name, strchr(base, '.') + 1);
}

static int run(struct tuf *t, const char *repo, bool is_plain, struct scov_err *err)
{
	struct tuf_want want;
	int rc = 0;

	while (!rc && tuf_next(t, &want)) {
		char *name = arena_cstr(&files, want.name);
		char *path = arena_printf(&files, "%s/%s/%s", repo,
			want.is_target ? "targets" : "metadata", is_plain ? plain(name) : name);
		struct span bytes = { 0 };

		if (access(path, R_OK) == 0)
			bytes = content(path);
		else
			check(path, want.may_lack);
		rc = tuf_take(t, bytes, err);
	}
	return rc;
}

static void repositories(void **state)
{
	static const struct {
		const char *name, *first, *repo;
		bool is_plain;
		int64_t now;
		const char *target, *why, *digest;
		int64_t root, timestamp, snapshot, targets;
	} rows[] = {
		{ "as the suite begins", "static/initial_root.json", "static", false, Y2025_02_09,
			"trusted_root.json", NULL,
			"f44a1b88128e55ebfb62189becbc0fa48d4ec9915c65ac54ba0e46a008b12d5b", 12, 272,
			159, 11 },
		{ "from the first root", "static/metadata/1.root.json", "static", false,
			Y2025_02_09, "trusted_root.json", NULL,
			"f44a1b88128e55ebfb62189becbc0fa48d4ec9915c65ac54ba0e46a008b12d5b", 12, 272,
			159, 11 },
		{ "a week later", "static/metadata/5.root.json", "static", false,
			Y2025_02_09 + 7 * 86400, "trusted_root.json",
			"timestamp.json: version 272 expired on 2025-02-15", NULL, 5, 0, 0, 0 },
		{ "a year later", "static/initial_root.json", "static", false,
			Y2025_02_09 + 365 * 86400, "trusted_root.json",
			"root.json: version 12 expired on 2025-08-19", NULL, 12, 0, 0, 0 },
		{ "all fifteen roots", "git/metadata/1.root.json", "git", true, Y2026_08_21,
			"trusted_root.json", NULL,
			"6494e21ea73fa7ee769f85f57d5a3e6a08725eae1e38c755fc3517c9e6bc0b66", 15, 762,
			165, 14 },
		{ "a file in no role", "git/metadata/15.root.json", "git", true, Y2026_08_21,
			"nothing.json", "no role lists nothing.json", NULL, 15, 0, 0, 0 },
		{ "a file of a delegated role", "git/metadata/15.root.json", "git", true,
			Y2026_08_21, "registry.npmjs.org/keys.json", NULL, NULL, 15, 762, 165, 14 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows) && has_data; i++) {
		const char *name = rows[i].name;
		struct tuf *t = NULL;
		struct scov_err err = { 0 };
		char text[DIGEST_TEXT];

		if (tuf_new(content(rows[i].first), span_str(rows[i].target), &t, &err))
			fail_msg("%s: %s", name, err.text);
		tuf_begin(t, rows[i].now);
		int rc = run(t, rows[i].repo, rows[i].is_plain, &err);
		struct tuf_state s = tuf_state(t);

		if (rows[i].why ? !rc || !strstr(err.text, rows[i].why) : rc)
			fail_msg("%s: %s", name, err.text);
		check(name, s.root == rows[i].root && s.timestamp == rows[i].timestamp);
		check(name, s.snapshot == rows[i].snapshot && s.targets == rows[i].targets);
		check(name, !s.target.p == !!rows[i].why);
		struct digest d = digest_of(DIGEST_SHA256, s.target);

		if (rows[i].digest)
			assert_string_equal(digest_hex(&d, text), rows[i].digest);
		tuf_free(t);
	}
}

/* Every root of sigstore begins a chain, and none follows one that is not just before it. */
static void chain(void **state)
{
	(void)state;
	for (int from = 1; from < 16 && has_data; from++)
		for (int to = 1; to < 16; to++) {
			struct span first =
				content(arena_printf(&files, "git/metadata/%d.root.json", from));
			struct tuf *t = NULL;

			assert_int_equal(tuf_new(first, SPAN("x"), &t, NULL), 0);
			tuf_begin(t, 0);
			int rc = tuf_take(t,
				content(arena_printf(&files, "git/metadata/%d.root.json", to)),
				NULL);

			assert_int_equal(rc == 0, to == from + 1);
			tuf_free(t);
		}
}

/* Documents of one repository are no documents of its next state, and the other way round. */
static void turned_back(void **state)
{
	struct tuf *t = NULL;
	struct scov_err err;
	struct span d;
	size_t n = 0;

	(void)state;
	if (!has_data)
		return;
	assert_int_equal(
		tuf_new(content("git/metadata/1.root.json"), SPAN("trusted_root.json"), &t, NULL),
		0);
	tuf_begin(t, Y2026_08_21);
	assert_int_equal(run(t, "git", true, NULL), 0);
	while (tuf_document(t, n, &d))
		n++;
	assert_int_equal(n, 15 + 4);
	must_run("old", "mkdir old; cp -r static/* old; cp git/metadata/*.root.json old/metadata; "
			"cp git/metadata/timestamp.json t");
	tuf_begin(t, INT64_MIN);
	assert_int_equal(run(t, "old", false, &err), SCOV_E_AUTH);
	if (!strstr(err.text, "timestamp.json: version 272 is older than 762"))
		fail_msg("%s", err.text);
	assert_int_equal(tuf_state(t).timestamp, 762);
	assert_int_equal(tuf_state(t).target.len, 6787);
	tuf_begin(t, Y2026_08_21); /* nothing new: only roots and the timestamp are asked for */
	assert_int_equal(tuf_take(t, (struct span){ 0 }, NULL), 0);
	assert_int_equal(tuf_take(t, content("t"), NULL), 0);
	struct tuf_want want;

	assert_false(tuf_next(t, &want));
	assert_int_equal(tuf_state(t).timestamp, 762);
	tuf_free(t);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(repositories), cmocka_unit_test(chain),
		cmocka_unit_test(turned_back) };
	int rc = cmocka_run_group_tests(tests, unpack, folder_drop);

	return rc || has_data ? rc : 77;
}
