/* purl.c - package URLs.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "report/purl.h"

static bool plain(uint8_t c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       c == '.' || c == '-' || c == '_' || c == '~' || c == ':';
}

static void encoded(struct buf *b, struct span s, bool lower)
{
	static const char hex[] = "0123456789ABCDEF";

	for (size_t i = 0; i < s.len; i++) {
		uint8_t c = span_at(s, i);

		if (lower && c >= 'A' && c <= 'Z')
			c |= 0x20;
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
	encoded(out, p->name, !is_rpm);
	if (version.len) {
		buf_byte(out, '@');
		encoded(out, version, false);
	}
	qualifier(out, &mark, "arch", p->arch);
	if (has_distribution && d->version_id.len) {
		scoped_buf struct buf distro = { 0 };

		buf_span(&distro, d->id);
		buf_byte(&distro, '-');
		buf_span(&distro, d->version_id);
		qualifier(out, &mark, "distro", buf_view(&distro));
	}
	qualifier(out, &mark, "epoch", epoch);
}
