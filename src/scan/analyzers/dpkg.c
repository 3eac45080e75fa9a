/* dpkg.c - packages and owned files of dpkg and opkg.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "format/dpkg.h"

#include "base/buf.h"
#include "scan/analyzers/record.h"

static enum want want(const struct entry *e, struct span path, uint8_t kind)
{
	(void)path;
	return is_file(e) && kind >= KIND_DPKG_STATUS && kind <= KIND_OPKG_STATUS ? WANT_WHOLE
										  : WANT_NOTHING;
}

static int stanzas(struct analysis *out, uint32_t entry, struct span data)
{
	struct dpkg_reader r = dpkg_read(data);
	struct dpkg_package p;
	int code = 0;

	while (!code && dpkg_next(&r, &p)) {
		scoped_buf struct buf needs = { 0 };

		buf_printf(&needs, "%.*s%s%.*s", SPAN_ARG(p.pre_depends),
			p.pre_depends.len && p.depends.len ? ", " : "", SPAN_ARG(p.depends));

		struct package_fact f = {
			.entry = entry,
			.type = out->kind == KIND_OPKG_STATUS ? PACKAGE_OPKG : PACKAGE_DEB,
			.name = p.name,
			.version = p.version,
			.arch = p.arch,
			.source = p.source,
			.source_version = p.source_version,
			.vendor = p.maintainer,
			.from_status_d = out->kind == KIND_DPKG_STANZA,
			.needs = buf_view(&needs),
			.provides = p.provides,
			.is_essential = p.essential,
		};

		if (p.installed)
			code = record_package(out, &f);
	}
	if (r.bad_line)
		diag_add(out, DIAG_ERROR, entry, HIDES_PACKAGES,
			"package database: line %zu is not a field", r.bad_line);
	if (r.nameless)
		diag_add(out, DIAG_ERROR, entry, HIDES_PACKAGES,
			"package database: %zu packages without name or version", r.nameless);
	return code;
}

/* Of a package with both a .list and .md5sums the list is enough: it names the same files and more.
 * In the tar they follow each other. */
static bool has_owner(const struct analysis *out, struct span package)
{
	enum { BACK = 8 };
	size_t n = out->part->owners.n;

	for (size_t i = n; i-- > 0 && n - i <= BACK;)
		if (out->part->owners.p[i].type == PACKAGE_DEB &&
			span_eq(out->part->owners.p[i].package, package))
			return true;
	return false;
}

static int owned(struct analysis *out, uint32_t entry, struct span path, struct span data)
{
	bool is_list = out->kind == KIND_DPKG_LIST;
	struct span name = span_base(path), package = span_sub(name, 0, span_rfind(name, '.'));
	scoped_arena struct arena tmp = { 0 };
	uint32_t owner;
	size_t bad = 0;

	if (!is_list && has_owner(out, package))
		return 0;
	int code = record_owner(out, entry, PACKAGE_DEB, package, &owner);

	while (!code &&
		(is_list ? dpkg_list_next(&data, &path) : dpkg_md5sums_next(&data, &path, &bad)))
		code = record_owned(out, owner, path, &tmp);
	if (bad)
		diag_add(out, DIAG_WARNING, entry, HIDES_NOTHING,
			"%zu lines are not file checksums", bad);
	return code;
}

static int file(struct analysis *out, uint32_t entry, struct span path, struct span data)
{
	if (out->kind == KIND_DPKG_LIST || out->kind == KIND_DPKG_MD5SUMS)
		return owned(out, entry, path, data);
	return stanzas(out, entry, data);
}

const struct analyzer analyzer_dpkg = {
	.name = "dpkg",
	.bit = BIT_DPKG,
	.hides = HIDES_PACKAGES,
	.by_kind = true,
	.want = want,
	.file = file,
};
