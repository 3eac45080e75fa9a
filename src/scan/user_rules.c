/* user_rules.c - rules of the user: read, compiled once, and handed to the worker.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "scan/user_rules.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>

#include "base/err.h"
#include "base/fd.h"
#include "base/identity.h"
#include "scan/rules_pack.h"
#include "secret/find/examples.h"
#include "secret/find/pattern.h"

enum { PAYLOAD_MAX = 256 << 20 };

int scan_rules_load(const char *file, struct scan_rules *out, struct scov_err *err)
{
	struct scan_rules r = { 0 };
	int rc = fd_load(AT_FDCWD, file, SCAN_RULES_MAX, &r.arena, &r.text, err);

	if (!rc)
		rc = rules_with(r.text, file, &r.all, err);
	if (rc) {
		scan_rules_release(&r);
		return rc;
	}
	struct digest of_all[2] = { rules_builtin_digest(), digest_of(DIGEST_SHA256, r.text) };
	char text[2][DIGEST_TEXT] = { "" };

	digest_format(&of_all[0], text[0]);
	digest_format(&of_all[1], text[1]);
	r.digest = digest_of(DIGEST_SHA256, span_of(text, sizeof(text)));
	*out = r;
	return 0;
}

void scan_rules_release(struct scan_rules *r)
{
	rules_release(&r->all);
	arena_release(&r->arena);
	*r = (struct scan_rules){ 0 };
}

struct digest scan_rules_digest(const struct scan_rules *r)
{
	return r ? r->digest : rules_builtin_digest();
}

/* What else decides the bytes of a database: the library, and what our own code looks for, which
 * the built-in database holds. */
static struct digest compiler_id(void)
{
	scoped_buf struct buf b = { .limit = 1 << 12 };
	struct digest own = digest_of(DIGEST_SHA256, pattern_builtin);
	char text[DIGEST_TEXT];

	buf_printf(&b, "database of rules, build %s, vectorscan %s, %s\n", build_identity,
		pattern_version(), digest_format(&own, text));
	return digest_of(DIGEST_SHA256, buf_view(&b));
}

int scan_rules_database(const struct scan_rules *r, struct cache *cache, struct arena *a,
	struct span *out, struct scov_err *err)
{
	struct digest compiler = compiler_id();
	struct span made = { 0 };

	if (cache && cache_get(cache, &r->digest, &compiler, a, out))
		return 0;
	int rc = pattern_compile(&r->all, &made, err);

	if (rc)
		return rc;
	if (cache)
		cache_put(cache, &r->digest, &compiler, made);
	*out = arena_dup(a, made);
	pattern_release(&made);
	return out->p ? 0 : err_memory(err);
}

static int pack(
	const struct scan_rules *r, struct cache *cache, struct buf *out, struct scov_err *err)
{
	scoped_arena struct arena a = { .limit = PAYLOAD_MAX };
	struct span database = { 0 };
	int rc = scan_rules_database(r, cache, &a, &database, err);

	if (rc)
		return rc;
	rules_pack(r->text, database, out);
	return out->failed ? err_memory(err) : 0;
}

int scan_rules_payload(
	const struct scan_rules *r, struct cache *cache, int *out_fd, struct scov_err *err)
{
	scoped_buf struct buf b = { .limit = PAYLOAD_MAX };
	int rc = pack(r, cache, &b, err);

	if (rc)
		return rc;
	scoped_fd int fd = memfd_create("scoville-rules", MFD_CLOEXEC | MFD_ALLOW_SEALING);

	if (fd < 0 || fd_write_all(fd, b.p, b.len) ||
		fcntl(fd, F_ADD_SEALS, F_SEAL_WRITE | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL) <
			0)
		return err_fail(err, SCOV_E_IO, "memory for the rules: %s", strerror(errno));
	*out_fd = fd_take(&fd);
	return 0;
}
