/* purl.c - package URLs.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "report/purl.h"

#include "base/ascii.h"

static bool plain(uint8_t c)
{
	return ascii_is_alnum(c) || c == '.' || c == '-' || c == '_' || c == '~' || c == ':';
}

static void encoded(struct buf *b, struct span s, bool lower)
{
	static const char hex[] = "0123456789ABCDEF";

	for (size_t i = 0; i < s.len; i++) {
		uint8_t c = span_at(s, i);

		c = lower ? ascii_lower(c) : c;
		if (plain(c)) {
			buf_byte(b, (char)c);
			continue;
		}
		buf_byte(b, '%');
		buf_byte(b, hex[c >> 4]);
		buf_byte(b, hex[c & 15]);
	}
}

/* rpm: the epoch is a qualifier, not part of the version. */
static struct span split_epoch(struct span version, struct span *epoch)
{
	size_t colon = span_find(version, ':');

	*epoch = colon < version.len ? span_sub(version, 0, colon) : (struct span){ 0 };
	return colon < version.len ? span_from(version, colon + 1) : version;
}

static void qualifier(struct buf *b, char *mark, const char *key, struct span value)
{
	if (!value.len)
		return;
	buf_byte(b, *mark);
	buf_str(b, key);
	buf_byte(b, '=');
	encoded(b, value, false);
	*mark = '&';
}

/* The part of a name before the type's separator, each name of it on its own; PyPI takes '_' and
 * '-' for the same. */
static void space_and_name(struct buf *b, const struct package_row *type, struct span name)
{
	size_t at = type->space ? span_rfind(name, type->space) : name.len;
	struct span space = at < name.len ? span_sub(name, 0, at) : (struct span){ 0 }, part;

	while (span_split(&space, '/', &part)) {
		encoded(b, part, type->folds);
		buf_byte(b, '/');
	}
	size_t start = b->len;

	encoded(b, at < name.len ? span_from(name, at + 1) : name, type->folds);
	for (size_t i = start; type->ecosystem == ECOSYSTEM_PYPI && i < b->len; i++)
		b->p[i] = b->p[i] == '_' ? '-' : b->p[i];
}

void purl_of(const struct package_fact *p, const struct distribution *d, struct buf *out)
{
	const struct package_row *type = package_row(p->type);
	bool is_rpm = type->ecosystem == ECOSYSTEM_RPM,
	     has_distribution = d->is_known && type->scope != SCOPE_LANGUAGE;
	struct span version = p->version, epoch = { 0 };
	char mark = '?';

	if (is_rpm)
		version = split_epoch(version, &epoch);
	buf_printf(out, "pkg:%s/", type->purl);
	if (has_distribution) {
		encoded(out, d->id, true);
		buf_byte(out, '/');
	}
	space_and_name(out, type, p->name);
	if (version.len) {
		buf_byte(out, '@');
		encoded(out, version, false);
	}
	qualifier(out, &mark, type->arch ? type->arch : "arch", p->arch);
	if (has_distribution && d->version_id.len) {
		scoped_buf struct buf distro = { 0 };

		buf_span(&distro, d->id);
		buf_byte(&distro, '-');
		buf_span(&distro, d->version_id);
		qualifier(out, &mark, "distro", buf_view(&distro));
	}
	qualifier(out, &mark, "epoch", epoch);
}
