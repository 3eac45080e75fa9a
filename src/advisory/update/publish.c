/* publish.c - a database signed and written: a folder, an archive, a repository of a registry.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "advisory/db/db.h"
#include "advisory/update/signed.h"
#include "advisory/update/update.h"
#include "base/date.h"
#include "base/fd.h"
#include "source/destination.h"
#include "source/oci.h"
#include "source/push.h"

enum { DAYS = 14, FILE_MAX = 1 << 30 };

/* Where it goes: one of the three. */
struct target {
	struct destination *archive;
	struct push *registry;
	const char *folder;
	const struct call *call;
};

struct publish {
	const struct publish_options *o;
	struct arena arena;
	struct advisory_manifest m;
	struct span manifest, signatures;
	struct target to;
	struct buf artifact; /* its manifest */
	struct json_out json;
	uint64_t bytes;
};

static int load(struct publish *p, const char *name, size_t limit, struct arena *a,
	struct span *out, struct scov_err *err)
{
	const char *path = arena_printf(a, "%s/%s", p->o->folder, name);

	return path ? fd_load(AT_FDCWD, path, limit, a, out, err) : arena_check(a, err);
}

/* Signed anew: a greater sequence number, a new last day. */
static int sign(struct publish *p, struct scov_err *err)
{
	scoped_buf struct buf text = { .limit = MANIFEST_MAX };
	scoped_buf struct buf signature = { 0 };
	struct span pem;
	int rc = fd_load(AT_FDCWD, p->o->key, KEY_TEXT_MAX, &p->arena, &pem, err);

	if (rc)
		return err_wrap(err, "key '%s'", p->o->key);
	p->m.sequence = (uint64_t)p->o->now;
	p->m.expires = p->o->now / DAY_SECONDS + (p->o->days ? p->o->days : DAYS);
	manifest_write(&text, &p->m);
	p->manifest = arena_dup(&p->arena, buf_view(&text));
	if (text.failed || !p->manifest.p)
		return err_memory(err);
	rc = signed_make(pem, p->manifest, &signature, err);
	explicit_bzero((void *)(uintptr_t)pem.p, pem.len);
	p->signatures = arena_dup(&p->arena, buf_view(&signature));
	if (!rc)
		rc = arena_check(&p->arena, err);
	return rc ? err_wrap(err, "key '%s'", p->o->key) : 0;
}

static int prepare(struct publish *p, struct scov_err *err)
{
	struct advisory_db *db = NULL;
	int rc = advisory_db_open(p->o->folder, &db, err);

	if (!rc)
		rc = advisory_db_verify(db, err);
	advisory_db_free(db);
	if (!rc)
		rc = load(p, MANIFEST_NAME, MANIFEST_MAX, &p->arena, &p->manifest, err);
	if (!rc)
		rc = manifest_parse(p->manifest, &p->arena, &p->m, err);
	if (rc)
		return rc;
	if (p->o->key)
		return sign(p, err);
	rc = load(p, SIGNED_NAME, SIGNED_MAX, &p->arena, &p->signatures, err);
	return rc == SCOV_E_NOT_FOUND
		       ? err_fail(err, SCOV_E_USAGE,
				 "name the private key to sign it with: --key FILE.pem (`openssl "
				 "genpkey -algorithm ed25519` makes one)")
		       : rc;
}

/* The bytes to their place, and their descriptor into the artifact's manifest. */
static int put_blob(struct publish *p, const char *type, const struct digest *digest,
	struct span bytes, const char *title, struct scov_err *err)
{
	const struct descriptor d = { .digest = *digest, .size = bytes.len, .has_size = true };
	struct json_out *w = &p->json;
	char text[DIGEST_TEXT];

	json_out_dict(w);
	json_out_key(w, "mediaType");
	json_out_str(w, type);
	json_out_key(w, "digest");
	json_out_str(w, digest_format(digest, text));
	json_out_key(w, "size");
	json_out_uint(w, bytes.len);
	if (title) {
		json_out_key(w, "annotations");
		json_out_dict(w);
		json_out_key(w, "org.opencontainers.image.title");
		json_out_str(w, title);
		json_out_end(w);
	}
	json_out_end(w);
	return p->to.registry ? push_blob(p->to.registry, digest, bytes, p->to.call, err)
			      : destination_document(p->to.archive, &d, bytes, err);
}

static int put_file(struct publish *p, const char *name, const struct digest *digest,
	struct span bytes, struct scov_err *err)
{
	int rc = call_check(p->to.call, err);

	p->bytes += bytes.len;
	if (rc)
		return rc;
	return p->to.folder ? manifest_put(p->to.folder, name, bytes, err)
			    : put_blob(p, UPDATE_FILE, digest, bytes, name, err);
}

static int put_text(struct publish *p, const char *name, struct span bytes, struct scov_err *err)
{
	const struct digest digest = digest_of(DIGEST_SHA256, bytes);

	return put_file(p, name, &digest, bytes, err);
}

/* The files were compared with their digests when the database was verified. The manifest last: who
 * reads a folder meanwhile sees the old database. */
static int put_files(struct publish *p, struct scov_err *err)
{
	int rc = 0;

	for (size_t i = 0; i < p->m.files_n && !rc; i++) {
		scoped_arena struct arena a = { .limit = FILE_MAX + (1 << 20) };
		const char *name = arena_cstr(&a, p->m.files[i].name);
		struct span bytes;

		rc = name ? load(p, name, FILE_MAX, &a, &bytes, err) : arena_check(&a, err);
		if (!rc)
			rc = put_file(p, name, &p->m.files[i].sha256, bytes, err);
	}
	if (!rc)
		rc = put_text(p, SIGNED_NAME, p->signatures, err);
	if (!rc)
		rc = put_text(p, MANIFEST_NAME, p->manifest, err);
	return rc;
}

static int put_artifact(struct publish *p, struct scov_err *err)
{
	static const struct span config = SPAN_INIT("{}");
	const struct digest empty = digest_of(DIGEST_SHA256, config);
	struct json_out *w = &p->json;

	*w = (struct json_out){ .out = &p->artifact };
	json_out_dict(w);
	json_out_key(w, "schemaVersion");
	json_out_uint(w, 2);
	json_out_key(w, "mediaType");
	json_out_str(w, OCI_MANIFEST);
	json_out_key(w, "artifactType");
	json_out_str(w, UPDATE_ARTIFACT);
	json_out_key(w, "config");
	int rc = put_blob(p, "application/vnd.oci.empty.v1+json", &empty, config, NULL, err);

	json_out_key(w, "layers");
	json_out_list(w);
	if (!rc)
		rc = put_files(p, err);
	json_out_end(w);
	json_out_end(w);
	struct span text = buf_view(&p->artifact);
	const struct descriptor root = {
		.media_type = SPAN(OCI_MANIFEST),
		.digest = digest_of(DIGEST_SHA256, text),
		.size = text.len,
		.has_size = true,
	};

	if (!rc && p->artifact.failed)
		rc = err_memory(err);
	if (!rc && p->to.registry)
		return push_manifest(p->to.registry, OCI_MANIFEST, text, p->to.call, err);
	if (!rc)
		rc = destination_root(p->to.archive, &root, text, err);
	return rc ? rc : destination_commit(p->to.archive, err);
}

static int open_target(struct publish *p, struct scov_err *err)
{
	static const struct span registry = SPAN_INIT("oci://");
	struct span to = span_str(p->o->to);
	const char *reference = p->o->to;

	if (span_starts(to, registry))
		return push_open(p->o->to + registry.len, p->o->source, &p->to.registry, err);
	if (span_ends(to, SPAN(".tar")) && !span_starts(to, SPAN("oci-archive:")))
		reference = arena_printf(&p->arena, "oci-archive:%s", p->o->to);
	if (!reference)
		return arena_check(&p->arena, err);
	if (reference != p->o->to || span_starts(to, SPAN("oci:")) ||
		span_starts(to, SPAN("oci-archive:")))
		return destination_open(reference, &p->o->source->limits, &p->to.archive, err);
	if (mkdir(p->o->to, 0755) && errno != EEXIST)
		return err_fail(err, SCOV_E_IO, "%s", strerror(errno));
	p->to.folder = p->o->to;
	return 0;
}

static int publish(struct publish *p, struct buf *said, struct scov_err *err)
{
	char day[DATE_TEXT];
	int rc = prepare(p, err);

	if (rc)
		return rc;
	rc = open_target(p, err);
	if (!rc)
		rc = p->to.folder ? put_files(p, err) : put_artifact(p, err);
	if (rc)
		return err_wrap(err, "%s", p->o->shown);
	if (p->to.folder)
		manifest_clean(p->to.folder, &p->m);
	buf_printf(said, "%s: %zu files, %llu.%llu MB, sequence %llu, to be taken until %s\n",
		p->o->shown, p->m.files_n, (unsigned long long)p->bytes / 1000000,
		(unsigned long long)p->bytes / 100000 % 10, (unsigned long long)p->m.sequence,
		date_format_day(p->m.expires, day));
	return 0;
}

int update_publish(const struct publish_options *o, struct buf *said, struct scov_err *err)
{
	struct publish p = { .o = o, .to = { .call = o->call } };
	int rc = publish(&p, said, err);

	push_free(p.to.registry);
	destination_free(p.to.archive);
	buf_release(&p.artifact);
	arena_release(&p.arena);
	return rc;
}
