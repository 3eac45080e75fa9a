/* apk.c - packages and owned files of Alpine, Wolfi and Chainguard.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "format/apk.h"
#include "format/language.h"

#include <stdio.h>

#include "scan/analyzers/record.h"

static enum want want(const struct entry *e, struct span path, uint8_t kind)
{
	(void)path;
	return is_file(e) && (kind == KIND_APK || kind == KIND_APK_SBOM) ? WANT_WHOLE
									 : WANT_NOTHING;
}

static int owned(struct analysis *out, uint32_t entry, const struct apk_package *p, uint32_t *files)
{
	enum { PATH_BYTES = 8192 };
	char path[PATH_BYTES];
	scoped_arena struct arena tmp = { 0 };
	struct apk_files it = { .rest = p->stanza };
	struct span dir, name;
	uint32_t owner;
	int code = record_owner(out, entry, PACKAGE_APK, p->name, &owner);

	while (!code && apk_file_next(&it, &dir, &name)) {
		int n = snprintf(path, sizeof(path), "%.*s%s%.*s", SPAN_ARG(dir),
			dir.len ? "/" : "", SPAN_ARG(name));

		++*files;
		if (n > 0 && n < PATH_BYTES)
			code = record_owned(out, owner, span_of(path, (size_t)n), &tmp);
	}
	return code;
}

struct document {
	struct analysis *out;
	uint32_t entry;
	bool full; /* the part */
};

static int described(void *ctx, const struct language_package *p)
{
	struct document *d = ctx;
	struct package_fact f = { .entry = d->entry,
		.type = PACKAGE_APK,
		.name = p->name,
		.version = p->version,
		.arch = p->arch,
		.license = p->license };
	int code = record_package(d->out, &f);

	d->full = code != 0;
	return code;
}

static int sbom(struct analysis *out, uint32_t entry, struct span path, struct span data)
{
	struct document d = { .out = out, .entry = entry };
	struct language_record record = {
		.path = path, .data = data, .arena = out->scratch, .package = described, .ctx = &d
	};
	struct scov_err err = { 0 };

	if (language_apk(&record, &err) && !d.full)
		diag_add(out, DIAG_WARNING, entry, HIDES_INVENTORY, "SPDX document: %s", err.text);
	return d.full ? SCOV_E_LIMIT : 0;
}

static int file(struct analysis *out, uint32_t entry, struct span path, struct span data)
{
	struct apk_reader r = apk_read(data);
	struct apk_package p;
	int code = 0;

	if (out->kind == KIND_APK_SBOM)
		return sbom(out, entry, path, data);
	while (!code && apk_next(&r, &p)) {
		struct package_fact f = {
			.entry = entry,
			.type = PACKAGE_APK,
			.name = p.name,
			.version = p.version,
			.arch = p.arch,
			.source = p.origin,
			.license = p.license,
			.built = p.built,
			.needs = p.depends,
			.provides = p.provides,
		};

		code = owned(out, entry, &p, &f.files);
		if (!code)
			code = record_package(out, &f);
	}
	if (r.bad_line)
		diag_add(out, DIAG_ERROR, entry, HIDES_PACKAGES,
			"apk database: line %zu is not a field", r.bad_line);
	if (r.nameless)
		diag_add(out, DIAG_ERROR, entry, HIDES_PACKAGES,
			"apk database: %zu packages without name or version", r.nameless);
	return code;
}

const struct analyzer analyzer_apk = {
	.name = "apk",
	.bit = BIT_APK,
	.hides = HIDES_PACKAGES,
	.by_kind = true,
	.want = want,
	.file = file,
};
