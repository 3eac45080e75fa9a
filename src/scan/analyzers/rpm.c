/* rpm.c - packages and owned files of the three kinds of rpm database, and packages of the list
 * that replaces one.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdio.h>

#include "format/rpm_db.h"
#include "format/rpm_header.h"
#include "format/rpm_manifest.h"
#include "scan/analyzers/record.h"

static enum want want(const struct entry *e, struct span path, uint8_t kind)
{
	(void)path;
	if (!is_file(e) || kind < KIND_RPM || kind > KIND_RPM_LIST)
		return WANT_NOTHING;
	return kind != KIND_RPM_LOG ? WANT_WHOLE : e->size ? WANT_HEAD : WANT_NOTHING;
}

struct reading {
	struct analysis *out;
	uint32_t entry;
	size_t damaged; /* invalid headers */
};

static int owned(struct reading *r, const struct rpm_header *h)
{
	enum { PATH_BYTES = 8192 };
	char path[PATH_BYTES];
	scoped_arena struct arena tmp = { 0 };
	struct rpm_files it = rpm_files(h);
	struct span dir, base;
	uint32_t owner, n = 0;
	int code = record_owner(r->out, r->entry, PACKAGE_RPM, h->name, &owner);

	for (; !code && rpm_file_next(&it, &dir, &base); n++) {
		struct span in = span_at(dir, 0) == '/' ? span_from(dir, 1) : dir;
		int len = snprintf(path, sizeof(path), "%.*s%.*s", SPAN_ARG(in), SPAN_ARG(base));

		if (len > 0 && len < PATH_BYTES)
			code = record_owned(r->out, owner, span_of(path, (size_t)len), &tmp);
	}
	if (!code && (n < h->files || h->files_damaged))
		diag_add(r->out, DIAG_WARNING, r->entry, HIDES_NOTHING,
			"rpm database: files of %.*s are not readable",
			SPAN_ARG(span_sub(h->name, 0, 200)));
	return code;
}

static int package(struct reading *r, const struct rpm_header *h)
{
	char version[1024];
	struct package_fact f = {
		.entry = r->entry,
		.type = PACKAGE_RPM,
		.name = h->name,
		.arch = h->arch,
		.vendor = h->vendor,
		.license = h->license,
		.built = h->built,
		.files = h->files,
		.module = h->modularity,
	};

	if (h->has_epoch)
		snprintf(version, sizeof(version), "%u:%.*s-%.*s", h->epoch, SPAN_ARG(h->version),
			SPAN_ARG(h->release));
	else
		snprintf(version, sizeof(version), "%.*s-%.*s", SPAN_ARG(h->version),
			SPAN_ARG(h->release));
	f.version = span_str(version);
	rpm_source_split(h->source_rpm, &f.source, &f.source_version);
	return record_package(r->out, &f);
}

static int blob(void *ctx, struct span in)
{
	struct reading *r = ctx;
	struct rpm_header h;
	struct scov_err err;

	if (rpm_header_parse(in, &h, &err)) {
		r->damaged++;
		diag_add(r->out, DIAG_ERROR, r->entry, HIDES_PACKAGES, "%s", err.text);
		return 0;
	}
	/* The keys that rpm trusts are in the database as packages without files. */
	if (span_eq(h.name, SPAN("gpg-pubkey")))
		return 0;
	int code = package(r, &h);

	return code ? code : owned(r, &h);
}

static int manifest(struct analysis *out, uint32_t entry, struct span data)
{
	struct rpm_manifest r = rpm_manifest_read(data);
	struct rpm_line p;
	int code = 0;

	while (!code && rpm_manifest_next(&r, &p)) {
		struct package_fact f = { .entry = entry,
			.type = PACKAGE_RPM,
			.name = p.name,
			.version = p.version,
			.arch = p.arch,
			.vendor = p.vendor,
			.built = p.built };
		char *full = p.epoch ? arena_printf(out->scratch, "%u:%.*s", (unsigned)p.epoch,
					       SPAN_ARG(p.version))
				     : NULL;

		f.version = full ? span_str(full) : p.version;
		rpm_source_split(p.source_rpm, &f.source, &f.source_version);
		code = record_package(out, &f);
	}
	if (r.bad)
		diag_add(out, DIAG_ERROR, entry, HIDES_PACKAGES,
			"rpm manifest: %zu lines are not packages", r.bad);
	return code;
}

static int file(struct analysis *out, uint32_t entry, struct span path, struct span data)
{
	scoped_arena struct arena scratch = { .limit = out->limits->kept_file };
	struct reading r = { .out = out, .entry = entry };
	struct scov_err err = { 0 };
	size_t before = out->part->packages.n;
	int code = 0;

	(void)path;
	if (out->kind == KIND_RPM_LIST)
		return manifest(out, entry, data);
	if (out->kind == KIND_RPM_LOG)
		diag_add(out, DIAG_ERROR, entry, HIDES_PACKAGES,
			"rpm database: changes in its log are not read");
	else if (span_starts(data, SPAN("SQLite")))
		code = rpm_sqlite_each(data, &scratch, blob, &r, &err);
	else if (span_starts(data, SPAN("RpmP")))
		code = rpm_ndb_each(data, blob, &r, &err);
	else
		code = rpm_bdb_each(data, &scratch, blob, &r, &err);
	if (code && !err.code)
		return code; /* the callback's: the arena is full */
	if (code)
		diag_add(out, DIAG_ERROR, entry, HIDES_PACKAGES,
			"%s; %zu packages were read before", err.text,
			out->part->packages.n - before);
	return 0;
}

const struct analyzer analyzer_rpm = {
	.name = "rpm",
	.bit = BIT_RPM,
	.hides = HIDES_PACKAGES,
	.by_kind = true,
	.want = want,
	.file = file,
};
