/* cache.c - part facts on disk, keyed by the computed digest of the blob and the scan id.
 *
 * An entry is a head (magic, length, SHA-256 of key and body) and the body. The key is in the sum,
 * so that an entry under another's name is a miss. Nothing is synced: what a crash leaves
 * half-written does not match its sum.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "scan/cache.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/fd.h"

enum {
	KEY_TEXT = 2 * DIGEST_TEXT,
	ENTRY_MAX = 1 << 30,
	TEMP_AGE = 3600, /* seconds after which a temporary file is nobody's */
	FRESH = 3600,    /* seconds for which a hit does not renew an entry's time */
};

static const char magic[8] = "scovfct1";
static const char temp_head[] = "tmp-", lock_name[] = "lock", key_name[] = "key";

struct cache {
	int dir;
	uint64_t cap;
	const struct cache_ops *ops;
	void *ctx;
	char folder[1024];
};

struct head {
	char magic[sizeof(magic)];
	uint64_t length;
	uint8_t sum[32];
};

/* "sha256-HEX-HEX": the blob, then the scan id. */
static const char *key_text(
	const struct digest *blob, const struct digest *scan_id, char out[KEY_TEXT])
{
	char a[DIGEST_TEXT], b[DIGEST_TEXT];

	snprintf(out, KEY_TEXT, "sha%s-%s-%s", blob->algorithm == DIGEST_SHA512 ? "512" : "256",
		digest_hex(blob, a), digest_hex(scan_id, b));
	return out;
}

static bool head_of(const char *key, struct span body, struct head *out)
{
	struct digester *h = digester_new(DIGEST_SHA256);

	if (!h)
		return false;
	digester_add(h, key, strlen(key) + 1);
	digester_add(h, body.p, body.len);
	struct digest d = digester_end(h);

	digester_free(h);
	memcpy(out->magic, magic, sizeof(magic));
	out->length = body.len;
	memcpy(out->sum, d.bytes, sizeof(out->sum));
	return true;
}

static bool entry_body(const char *key, struct span entry, struct span *out)
{
	struct head want;
	struct span body = span_from(entry, sizeof(want));

	if (entry.len < sizeof(want) || !head_of(key, body, &want) ||
		memcmp(entry.p, &want, sizeof(want)) != 0)
		return false;
	*out = body;
	return true;
}

static int make_folders(char *path, struct scov_err *err)
{
	for (char *at = path + 1;; at++) {
		if (*at && *at != '/')
			continue;
		char was = *at;

		*at = 0;
		int rc = mkdir(path, 0700);

		if (rc < 0 && errno != EEXIST)
			return err_fail(
				err, SCOV_E_IO, "cache folder '%s': %s", path, strerror(errno));
		*at = was;
		if (!was)
			return 0;
	}
}

static int default_folder(char *out, size_t size, struct scov_err *err)
{
	const char *own = getenv("SCOVILLE_CACHE"), *xdg = getenv("XDG_CACHE_HOME"),
		   *home = getenv("HOME");
	int n = -1;

	if (own && *own)
		n = snprintf(out, size, "%s", own);
	else if (xdg && *xdg == '/')
		n = snprintf(out, size, "%s/scoville", xdg);
	else if (home && *home == '/')
		n = snprintf(out, size, "%s/.cache/scoville", home);
	if (n < 0)
		return err_fail(err, SCOV_E_IO, "no folder for the cache: HOME is not set");
	return 0;
}

/* Ours and closed to others, or not used: who can write here can write verdicts. */
static int open_folder(const char *path, int *out_fd, struct scov_err *err)
{
	struct stat st;
	scoped_fd int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0 || fstat(fd, &st) < 0)
		return err_fail(err, SCOV_E_IO, "cache folder '%s': %s", path, strerror(errno));
	if (st.st_uid != geteuid())
		return err_fail(err, SCOV_E_IO, "cache folder '%s' belongs to another user", path);
	if (st.st_mode & 077)
		return err_fail(err, SCOV_E_IO,
			"cache folder '%s' is open to others (mode %o, needed is 700)", path,
			st.st_mode & 07777);
	*out_fd = fd_take(&fd);
	return 0;
}

int cache_open(const char *folder, uint64_t size_cap, struct cache **out, struct scov_err *err)
{
	char path[sizeof(((struct cache *)0)->folder)];
	int rc = 0, fd = -1;

	if (!folder)
		rc = default_folder(path, sizeof(path), err);
	else
		snprintf(path, sizeof(path), "%s", folder);
	if (rc)
		return rc;
	if (!*path || strlen(path) == sizeof(path) - 1)
		return err_fail(err, SCOV_E_IO, "cache folder '%.64s': not a usable name", path);
	rc = make_folders(path, err);
	if (!rc)
		rc = open_folder(path, &fd, err);
	if (rc)
		return rc;
	struct cache *c = mem_alloc(sizeof(*c));

	if (!c) {
		close(fd);
		return err_memory(err);
	}
	c->dir = fd;
	c->cap = size_cap;
	snprintf(c->folder, sizeof(c->folder), "%s", path);
	*out = c;
	return 0;
}

int cache_open_ops(const struct cache_ops *ops, void *ctx, struct cache **out, struct scov_err *err)
{
	struct cache *c = mem_alloc(sizeof(*c));

	if (!c)
		return err_memory(err);
	c->dir = -1;
	c->ops = ops;
	c->ctx = ctx;
	*out = c;
	return 0;
}

/* Trimming goes by age since the last use. */
static void renew(struct cache *c, const char *key)
{
	struct stat st;

	if (fstatat(c->dir, key, &st, 0) == 0 && time(NULL) - st.st_mtime > FRESH)
		utimensat(c->dir, key, NULL, 0);
}

bool cache_get(struct cache *c, const struct digest *blob, const struct digest *scan_id,
	struct arena *a, struct span *out)
{
	char key[KEY_TEXT];
	struct span entry = { 0 };

	if (!digest_size(blob))
		return false;
	key_text(blob, scan_id, key);
	if (c->ops) {
		if (c->ops->get(c->ctx, key, a, &entry) != 1)
			return false;
	} else if (fd_load(c->dir, key, ENTRY_MAX, a, &entry, NULL)) {
		return false;
	}
	if (!entry_body(key, entry, out))
		return false;
	if (!c->ops)
		renew(c, key);
	return true;
}

static bool write_entry(int fd, const struct head *h, struct span body)
{
	return fd_write_all(fd, h, sizeof(*h)) == 0 && fd_write_all(fd, body.p, body.len) == 0;
}

static void put_file(struct cache *c, const char *key, const struct head *h, struct span body)
{
	char name[64];
	uint64_t random;

	if (getrandom(&random, sizeof(random), 0) != sizeof(random))
		return;
	snprintf(name, sizeof(name), "%s%016llx", temp_head, (unsigned long long)random);
	scoped_fd int fd =
		openat(c->dir, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);

	if (fd < 0)
		return;
	if (!write_entry(fd, h, body) || renameat(c->dir, name, c->dir, key) < 0)
		unlinkat(c->dir, name, 0);
}

void cache_put(
	struct cache *c, const struct digest *blob, const struct digest *scan_id, struct span facts)
{
	char key[KEY_TEXT];
	struct head h;

	if (!digest_size(blob) || facts.len > ENTRY_MAX - sizeof(h) ||
		!head_of(key_text(blob, scan_id, key), facts, &h))
		return;
	if (!c->ops) {
		put_file(c, key, &h, facts);
		return;
	}
	scoped_buf struct buf b = { .limit = ENTRY_MAX };

	buf_bytes(&b, &h, sizeof(h));
	buf_span(&b, facts);
	if (!b.failed)
		c->ops->put(c->ctx, key, buf_view(&b));
}

struct item {
	char *name;
	int64_t age; /* seconds */
	uint64_t size;
	bool is_temp;
};

struct items {
	struct arena arena;
	VEC(struct item) list;
};

/* What is in the folder and looks like ours. */
static int list_items(struct cache *c, struct items *out, struct scov_err *err)
{
	int fd = openat(c->dir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *d = fd < 0 ? NULL : fdopendir(fd);
	int64_t now = time(NULL);

	if (!d) {
		int rc = err_fail(
			err, SCOV_E_IO, "cache folder '%s': %s", c->folder, strerror(errno));

		fd_close(&fd);
		return rc;
	}
	for (struct dirent *e; (e = readdir(d));) {
		bool is_temp = strncmp(e->d_name, temp_head, sizeof(temp_head) - 1) == 0;
		struct stat st;

		if ((!is_temp && strncmp(e->d_name, "sha", 3) != 0) ||
			fstatat(c->dir, e->d_name, &st, AT_SYMLINK_NOFOLLOW) < 0 ||
			!S_ISREG(st.st_mode))
			continue;
		struct item *i = vec_push(&out->list, &out->arena);
		char *name = arena_cstr(&out->arena, span_str(e->d_name));

		if (!i || !name)
			break;
		*i = (struct item){ name, now - st.st_mtime, (uint64_t)st.st_size, is_temp };
	}
	closedir(d);
	return 0;
}

static int oldest_first(const void *a, const void *b)
{
	const struct item *x = a, *y = b;

	return x->age > y->age ? -1 : x->age < y->age ? 1 : strcmp(x->name, y->name);
}

static void trim(struct cache *c)
{
	struct items all = { 0 };
	uint64_t sum = 0;

	list_items(c, &all, NULL);
	for (size_t i = 0; i < all.list.n; i++) {
		if (all.list.p[i].is_temp && all.list.p[i].age > TEMP_AGE)
			unlinkat(c->dir, all.list.p[i].name, 0);
		else
			sum += all.list.p[i].size;
	}
	if (sum > c->cap) {
		/* A tenth below the cap, so that not every run trims. */
		qsort(all.list.p, all.list.n, sizeof(*all.list.p), oldest_first);
		for (size_t i = 0; i < all.list.n && sum > c->cap - c->cap / 10; i++)
			if (!all.list.p[i].is_temp && unlinkat(c->dir, all.list.p[i].name, 0) == 0)
				sum -= all.list.p[i].size;
	}
	arena_release(&all.arena);
}

void cache_trim(struct cache *c)
{
	if (c->ops)
		return;
	scoped_fd int fd =
		openat(c->dir, lock_name, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);

	if (fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) == 0)
		trim(c);
}

/* Ours alone, regular, whole. */
static bool read_key(struct cache *c, uint8_t out[CACHE_KEY])
{
	struct stat st;
	scoped_fd int fd = openat(c->dir, key_name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);

	return fd >= 0 && fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && st.st_uid == geteuid() &&
	       !(st.st_mode & 077) && fd_read_full(fd, out, CACHE_KEY) == CACHE_KEY;
}

/* Of several programs at once one links its file; all read that. */
static bool make_key(struct cache *c, const uint8_t key[CACHE_KEY])
{
	char name[64];
	uint64_t random;

	if (getrandom(&random, sizeof(random), 0) != sizeof(random))
		return false;
	snprintf(name, sizeof(name), "%s%016llx", temp_head, (unsigned long long)random);
	scoped_fd int fd =
		openat(c->dir, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
	bool good = fd >= 0 && fd_write_all(fd, key, CACHE_KEY) == 0 &&
		    (linkat(c->dir, name, c->dir, key_name, 0) == 0 || errno == EEXIST);

	if (fd >= 0)
		unlinkat(c->dir, name, 0);
	return good;
}

static bool key_of_ops(struct cache *c, const uint8_t fresh[CACHE_KEY], uint8_t out[CACHE_KEY])
{
	scoped_arena struct arena a = { 0 };
	struct span kept = { 0 };

	if (c->ops->get(c->ctx, key_name, &a, &kept) != 1 || kept.len != CACHE_KEY) {
		c->ops->put(c->ctx, key_name, span_of(fresh, CACHE_KEY));
		if (c->ops->get(c->ctx, key_name, &a, &kept) != 1 || kept.len != CACHE_KEY)
			return false; /* it keeps nothing */
	}
	memcpy(out, kept.p, CACHE_KEY);
	return true;
}

bool cache_key(struct cache *c, uint8_t out[CACHE_KEY])
{
	uint8_t fresh[CACHE_KEY];
	bool good = !c->ops && read_key(c, out);

	if (good)
		return true;
	if (getrandom(fresh, sizeof(fresh), 0) == sizeof(fresh))
		good = c->ops ? key_of_ops(c, fresh, out) : make_key(c, fresh) && read_key(c, out);
	explicit_bzero(fresh, sizeof(fresh));
	return good;
}

const char *cache_folder(const struct cache *c)
{
	return c->folder;
}

int cache_usage(struct cache *c, uint64_t *bytes, uint64_t *entries, struct scov_err *err)
{
	struct items all = { 0 };
	int rc = c->ops ? 0 : list_items(c, &all, err);

	if (!rc) {
		*bytes = 0;
		*entries = 0;
	}
	for (size_t i = 0; !rc && i < all.list.n; i++)
		if (!all.list.p[i].is_temp) {
			*bytes += all.list.p[i].size;
			*entries += 1;
		}
	arena_release(&all.arena);
	return rc;
}

int cache_clear(struct cache *c, struct scov_err *err)
{
	struct items all = { 0 };
	int rc = c->ops ? 0 : list_items(c, &all, err);

	for (size_t i = 0; !rc && i < all.list.n; i++)
		if (unlinkat(c->dir, all.list.p[i].name, 0) < 0 && errno != ENOENT)
			rc = err_fail(err, SCOV_E_IO, "cache entry '%s': %s", all.list.p[i].name,
				strerror(errno));
	arena_release(&all.arena);
	return rc;
}

void cache_free(struct cache *c)
{
	if (!c)
		return;
	fd_close(&c->dir);
	mem_free(c);
}
