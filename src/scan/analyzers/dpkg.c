/* dpkg.c - packages and owned files of dpkg and opkg.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "format/dpkg.h"

#include "scan/analyzers/record.h"

static const struct span dpkg_status[] = { SPAN_INIT("var/lib/dpkg/status") };
static const struct span opkg_status[] = { SPAN_INIT("usr/lib/opkg/status"),
	SPAN_INIT("var/lib/opkg/status") };

#define STATUS_D SPAN("var/lib/dpkg/status.d")
#define INFO SPAN("var/lib/dpkg/info")

enum what { NOTHING, STATUS, OPKG, STANZA, LIST, MD5SUMS };

static enum what what_is(struct span path, struct span *name)
{
	if (PATH_IS_ONE_OF(path, dpkg_status))
		return STATUS;
	if (PATH_IS_ONE_OF(path, opkg_status))
		return OPKG;
	if (path_in(path, STATUS_D, name))
		return span_ends(*name, SPAN(".md5sums")) ? MD5SUMS : STANZA;
	if (path_in(path, INFO, name))
		return span_ends(*name, SPAN(".list"))      ? LIST
		       : span_ends(*name, SPAN(".md5sums")) ? MD5SUMS
							    : NOTHING;
	return NOTHING;
}

static enum want want(const struct entry *e, struct span path)
{
	struct span name;

	return is_file(e) && what_is(path, &name) != NOTHING ? WANT_WHOLE : WANT_NOTHING;
}

static int stanzas(struct analysis *out, uint32_t entry, enum what what, struct span data)
{
	struct dpkg_reader r = dpkg_read(data);
	struct dpkg_package p;
	int code = 0;

	while (!code && dpkg_next(&r, &p)) {
		struct package_fact f = {
			.entry = entry,
			.type = what == OPKG ? PACKAGE_OPKG : PACKAGE_DEB,
			.name = p.name,
			.version = p.version,
			.arch = p.arch,
			.source = p.source,
			.source_version = p.source_version,
			.vendor = p.maintainer,
			.from_status_d = what == STANZA,
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

static int owned(
	struct analysis *out, uint32_t entry, enum what what, struct span name, struct span data)
{
	struct span package = span_sub(name, 0, name.len - (what == LIST ? 5 : 8));
	scoped_arena struct arena tmp = { 0 };
	struct span path;
	uint32_t owner;
	size_t bad = 0;

	if (what == MD5SUMS && has_owner(out, package))
		return 0;
	int code = record_owner(out, entry, PACKAGE_DEB, package, &owner);

	while (!code && (what == LIST ? dpkg_list_next(&data, &path)
				      : dpkg_md5sums_next(&data, &path, &bad)))
		code = record_owned(out, owner, path, &tmp);
	if (bad)
		diag_add(out, DIAG_WARNING, entry, HIDES_NOTHING,
			"%zu lines are not file checksums", bad);
	return code;
}

static int file(struct analysis *out, uint32_t entry, struct span path, struct span data)
{
	struct span name = { 0 };
	enum what what = what_is(path, &name);

	if (what == LIST || what == MD5SUMS)
		return owned(out, entry, what, name, data);
	return stanzas(out, entry, what, data);
}

const struct analyzer analyzer_dpkg = {
	.name = "dpkg",
	.bit = BIT_DPKG,
	.hides = HIDES_PACKAGES,
	.want = want,
	.file = file,
};
