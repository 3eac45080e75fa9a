/* record.c - what the analyzers share.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "scan/analyzers/record.h"

#include "base/hash.h"
#include "scan/text.h"
#include "syntax/utf8.h"

bool record_text(struct analysis *out, struct span raw, struct span *copy)
{
	*copy = fact_text(out, span_sub(raw, 0, RECORD_TEXT_MAX));
	return copy->p != NULL;
}

bool record_name(struct analysis *out, struct span raw, struct span *copy)
{
	*copy = fact_name(out, span_sub(raw, 0, RECORD_TEXT_MAX));
	return copy->p != NULL;
}

/* What names a package as advisories do: short enough to be kept whole, UTF-8, nothing unprintable.
 */
static bool is_plain(struct span s)
{
	uint32_t c = ' ';

	for (size_t i = 0, n = 0; i < s.len; i += n) {
		n = utf8_step(s, i, &c);
		if (!n || c < ' ' || c == 0x7f)
			return false;
	}
	return s.len <= RECORD_TEXT_MAX;
}

int record_package(struct analysis *out, const struct package_fact *raw)
{
	struct package_fact p = *raw;
	bool is_system = package_is_system(raw->type);

	if (out->part->packages.n >= out->limits->packages) {
		diag_add(out, DIAG_ERROR, raw->entry, HIDES_PACKAGES,
			"over %llu packages (limit packages)",
			(unsigned long long)out->limits->packages);
		return 0;
	}
	if (!is_plain(raw->name) || !is_plain(raw->version) || !is_plain(raw->source) ||
		!is_plain(raw->source_version))
		diag_add(out, is_system ? DIAG_ERROR : DIAG_WARNING, raw->entry,
			is_system ? HIDES_PACKAGES : HIDES_INVENTORY,
			"a package whose name or version is too long or no text");
	if (!record_name(out, raw->name, &p.name) || !record_text(out, raw->version, &p.version) ||
		!record_text(out, raw->arch, &p.arch) ||
		!record_text(out, raw->source, &p.source) ||
		!record_text(out, raw->source_version, &p.source_version) ||
		!record_text(out, raw->vendor, &p.vendor) ||
		!record_text(out, raw->license, &p.license) ||
		!record_text(out, raw->needs, &p.needs) ||
		!record_text(out, raw->provides, &p.provides) ||
		!record_name(out, raw->member, &p.member) ||
		!record_text(out, raw->module, &p.module))
		return SCOV_E_LIMIT;
	return vec_add(&out->part->packages, out->arena, &p) ? 0 : SCOV_E_LIMIT;
}

int record_owner(
	struct analysis *out, uint32_t entry, uint8_t type, struct span package, uint32_t *index)
{
	struct owner_fact o = { .entry = entry, .type = type };

	if (out->part->owners.n >= out->limits->records || !record_name(out, package, &o.package))
		return SCOV_E_LIMIT;
	if (!vec_add(&out->part->owners, out->arena, &o))
		return SCOV_E_LIMIT;
	*index = (uint32_t)(out->part->owners.n - 1);
	return 0;
}

int record_owned(struct analysis *out, uint32_t owner, struct span path, struct arena *tmp)
{
	arena_reset(tmp);
	struct span name = fact_name_in(out, tmp, path);

	if (!name.p || out->part->owned.n >= out->limits->records)
		return SCOV_E_LIMIT;
	return vec_add(&out->part->owned, out->arena,
		       &(struct owned_fact){ owner, hash_span(hash_fact_key, name) })
		       ? 0
		       : SCOV_E_LIMIT;
}

int record_marker(struct analysis *out, uint32_t entry, enum marker_kind kind, struct span text,
	uint32_t line)
{
	struct marker_fact m = { .entry = entry, .kind = (uint8_t)kind, .line = line };

	if (!record_name(out, text, &m.text))
		return SCOV_E_LIMIT;
	return vec_add(&out->part->markers, out->arena, &m) ? 0 : SCOV_E_LIMIT;
}

int record_release(struct analysis *out, uint32_t entry, struct span key, struct span value)
{
	struct release_fact r = { .entry = entry };

	if (!record_text(out, key, &r.key) || !record_text(out, value, &r.value))
		return SCOV_E_LIMIT;
	return vec_add(&out->part->releases, out->arena, &r) ? 0 : SCOV_E_LIMIT;
}

bool path_is_one_of(struct span path, const struct span *list, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (span_eq(path, list[i]))
			return true;
	return false;
}
