/* SPDX-License-Identifier: Apache-2.0 */
#include "scan/cache.h"

#include <fcntl.h>
#include <sys/file.h>

#include "base/fd.h"
#include "tests/unit/scan/rig.h"

static struct cache *open_at(const char *folder, uint64_t cap)
{
	struct scov_err err = { 0 };
	struct cache *c = NULL;

	if (cache_open(folder, cap, &c, &err))
		fail_msg("%s", err.text);
	return c;
}

static struct digest key(unsigned n)
{
	return digest_of(DIGEST_SHA256, span_of(&n, sizeof(n)));
}

static bool has(struct cache *c, unsigned n, struct span want)
{
	scoped_arena struct arena a = { 0 };
	struct digest k = key(n), id = key(1000000);
	struct span got;

	return cache_get(c, &k, &id, &a, &got) && span_eq(got, want);
}

static void put(struct cache *c, unsigned n, struct span body)
{
	struct digest k = key(n), id = key(1000000);

	cache_put(c, &k, &id, body);
}

static uint64_t entries(struct cache *c)
{
	uint64_t bytes, n;

	assert_int_equal(cache_usage(c, &bytes, &n, NULL), 0);
	return n;
}

/* The file of entry n. */
static const char *file(const char *folder, unsigned n, char out[600])
{
	struct digest k = key(n), id = key(1000000);
	char a[DIGEST_TEXT], b[DIGEST_TEXT];

	snprintf(out, 600, "%s/sha256-%s-%s", folder, digest_hex(&k, a), digest_hex(&id, b));
	return out;
}

static void what_was_put_is_found(void **state)
{
	(void)state;
	char folder[64], deep[100];
	struct digest none = { 0 }, id = key(1), other = key(2);
	scoped_arena struct arena a = { 0 };
	struct span got;
	struct stat st;

	snprintf(deep, sizeof(deep), "%s/a/b", rig_mkdir(folder));
	struct cache *c = open_at(deep, 1 << 20);

	assert_int_equal(stat(deep, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0700);
	assert_string_equal(cache_folder(c), deep);
	assert_false(has(c, 1, SPAN("one")));
	put(c, 1, SPAN("one"));
	put(c, 2, SPAN(""));
	put(c, 1, SPAN("one, again"));
	assert_true(has(c, 1, SPAN("one, again")));
	assert_true(has(c, 2, SPAN("")));
	assert_int_equal(entries(c), 2);
	assert_false(cache_get(c, &none, &id, &a, &got));
	assert_false(cache_get(c, &id, &other, &a, &got));
	assert_int_equal(cache_clear(c, NULL), 0);
	assert_int_equal(entries(c), 0);
	cache_free(c);
	rig_rmdir(deep);
	snprintf(deep, sizeof(deep), "%s/a", folder);
	rig_rmdir(deep);
	rig_rmdir(folder);
}

static void a_folder_that_others_can_write_is_not_used(void **state)
{
	(void)state;
	char folder[64], name[100];
	struct cache *c = NULL;
	struct scov_err err = { 0 };

	rig_mkdir(folder);
	assert_int_equal(chmod(folder, 0770), 0);
	assert_int_equal(cache_open(folder, 1 << 20, &c, &err), SCOV_E_IO);
	assert_non_null(strstr(err.text, "open to others"));
	assert_int_equal(chmod(folder, 0700), 0);
	if (geteuid() == 0) {
		assert_int_equal(chown(folder, 12345, 12345), 0);
		assert_int_equal(cache_open(folder, 1 << 20, &c, &err), SCOV_E_IO);
		assert_non_null(strstr(err.text, "another user"));
		assert_int_equal(chown(folder, 0, 0), 0);
	}
	snprintf(name, sizeof(name), "%s/file", folder);
	close(open(name, O_CREAT | O_WRONLY, 0600));
	assert_int_equal(cache_open(name, 1 << 20, &c, &err), SCOV_E_IO);
	assert_int_equal(cache_open("/proc/no/such", 1 << 20, &c, &err), SCOV_E_IO);
	assert_int_equal(cache_open("", 1 << 20, &c, &err), SCOV_E_IO);
	rig_rmdir(folder);
}

static void damage_is_a_miss(void **state)
{
	(void)state;
	static const struct {
		const char *name;
		off_t at;
		off_t cut;
	} rows[] = {
		{ "magic", 0, 0 },
		{ "length", 9, 0 },
		{ "sum", 20, 0 },
		{ "body", 50, 0 },
		{ "last byte", 57, 0 },
		{ "cut in the body", -1, 52 },
		{ "cut in the head", -1, 10 },
		{ "empty", -1, 0 },
	};
	char folder[64], name[600], other[600];
	struct cache *c = open_at(rig_mkdir(folder), 1 << 20);

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		put(c, 1, SPAN("0123456789"));
		check(rows[i].name, has(c, 1, SPAN("0123456789")));
		int fd = open(file(folder, 1, name), O_RDWR);
		char byte;

		if (rows[i].at < 0) {
			check(rows[i].name, ftruncate(fd, rows[i].cut) == 0);
		} else {
			check(rows[i].name, pread(fd, &byte, 1, rows[i].at) == 1);
			byte ^= 0x40;
			check(rows[i].name, pwrite(fd, &byte, 1, rows[i].at) == 1);
		}
		close(fd);
		check(rows[i].name, !has(c, 1, SPAN("0123456789")));
	}
	/* A sound entry under the name of another. */
	put(c, 1, SPAN("0123456789"));
	assert_int_equal(rename(file(folder, 1, name), file(folder, 2, other)), 0);
	assert_false(has(c, 2, SPAN("0123456789")));
	cache_free(c);
	rig_rmdir(folder);
}

static void trimming_takes_the_oldest(void **state)
{
	(void)state;
	char folder[64], name[600], body[1000] = { 'x' };
	struct cache *c = open_at(rig_mkdir(folder), 10000);
	time_t now = time(NULL);

	for (unsigned i = 0; i < 20; i++) {
		put(c, i, span_of(body, sizeof(body)));
		struct timespec t[2] = { { .tv_sec = now - 100000 + i * 10 },
			{ .tv_sec = now - 100000 + i * 10 } };

		assert_int_equal(utimensat(AT_FDCWD, file(folder, i, name), t, 0), 0);
	}
	assert_true(has(c, 0, span_of(body, sizeof(body)))); /* a use makes it young */
	snprintf(name, sizeof(name), "%s/tmp-0123", folder);
	close(open(name, O_CREAT | O_WRONLY, 0600));
	struct timespec old[2] = { { .tv_sec = now - 9999 }, { .tv_sec = now - 9999 } };

	assert_int_equal(utimensat(AT_FDCWD, name, old, 0), 0);
	/* Nobody waits for the lock: while another trims, nothing happens. */
	char lock[600];

	snprintf(lock, sizeof(lock), "%s/lock", folder);
	int fd = open(lock, O_CREAT | O_RDWR, 0600);

	assert_int_equal(flock(fd, LOCK_EX), 0);
	cache_trim(c);
	assert_int_equal(entries(c), 20);
	close(fd);
	cache_trim(c);
	assert_true(entries(c) >= 7 && entries(c) <= 9);
	assert_true(has(c, 0, span_of(body, sizeof(body))));
	assert_true(has(c, 19, span_of(body, sizeof(body))));
	assert_false(has(c, 1, span_of(body, sizeof(body))));
	assert_int_equal(access(name, F_OK), -1);
	cache_free(c);
	rig_rmdir(folder);
}

struct shelf {
	char key[300];
	uint8_t bytes[256];
	size_t len;
};

static int shelf_get(void *ctx, const char *name, struct arena *a, struct span *out)
{
	struct shelf *s = ctx;

	if (strcmp(s->key, name) != 0)
		return 0;
	*out = arena_dup(a, span_of(s->bytes, s->len));
	return 1;
}

static void shelf_put(void *ctx, const char *name, struct span bytes)
{
	struct shelf *s = ctx;

	snprintf(s->key, sizeof(s->key), "%s", name);
	assert_true(bytes.len <= sizeof(s->bytes));
	memcpy(s->bytes, bytes.p, bytes.len);
	s->len = bytes.len;
}

static void a_cache_of_the_caller_is_checked_as_well(void **state)
{
	(void)state;
	static const struct cache_ops ops = { shelf_get, shelf_put };
	struct shelf shelf = { .key = "" };
	struct cache *c = NULL;

	assert_int_equal(cache_open_ops(&ops, &shelf, &c, NULL), 0);
	assert_false(has(c, 1, SPAN("one")));
	put(c, 1, SPAN("one"));
	assert_true(has(c, 1, SPAN("one")));
	assert_string_equal(cache_folder(c), "");
	shelf.bytes[shelf.len - 1] ^= 1;
	assert_false(has(c, 1, SPAN("one")));
	cache_trim(c);
	cache_free(c);
}

static void the_key_stays_and_is_nobody_elses(void **state)
{
	(void)state;
	static const struct cache_ops ops = { shelf_get, shelf_put };
	struct shelf shelf = { .key = "" };
	struct cache *c = NULL;
	uint8_t one[CACHE_KEY] = { 0 }, two[CACHE_KEY] = { 0 }, zero[CACHE_KEY] = { 0 };
	char folder[64], path[128];

	assert_int_equal(cache_open(rig_mkdir(folder), 1 << 20, &c, NULL), 0);
	assert_true(cache_key(c, one));
	assert_true(cache_key(c, two));
	assert_memory_equal(one, two, CACHE_KEY);
	assert_memory_not_equal(one, zero, CACHE_KEY);
	snprintf(path, sizeof(path), "%s/key", folder);
	assert_int_equal(chmod(path, 0644), 0);
	assert_false(cache_key(c, two));
	assert_int_equal(truncate(path, 3) || chmod(path, 0600), 0);
	assert_false(cache_key(c, two));
	cache_free(c);
	rig_rmdir(folder);

	assert_int_equal(cache_open_ops(&ops, &shelf, &c, NULL), 0);
	assert_true(cache_key(c, one));
	assert_true(cache_key(c, two));
	assert_memory_equal(one, two, CACHE_KEY);
	cache_free(c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_was_put_is_found),
		cmocka_unit_test(a_folder_that_others_can_write_is_not_used),
		cmocka_unit_test(damage_is_a_miss),
		cmocka_unit_test(trimming_takes_the_oldest),
		cmocka_unit_test(a_cache_of_the_caller_is_checked_as_well),
		cmocka_unit_test(the_key_stays_and_is_nobody_elses),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
