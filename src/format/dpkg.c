/* dpkg.c - Debian's package database.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "format/dpkg.h"

struct dpkg_reader dpkg_read(struct span in)
{
	return (struct dpkg_reader){ .rest = in };
}

/* All of dpkg's states but these mean that the files of the package are on disk. */
static bool unpacked(struct span state)
{
	static const struct span states[] = {
		SPAN_INIT("not-installed"),
		SPAN_INIT("config-files"),
		SPAN_INIT("half-installed"),
	};

	for (size_t i = 0; i < sizeof(states) / sizeof(*states); i++)
		if (span_eq(state, states[i]))
			return false;
	return true;
}

/* "install ok installed": want, error, state. */
static bool status_installed(struct span status)
{
	struct span word, last = { 0 };

	while (span_split(&status, ' ', &word))
		if (word.len)
			last = word;
	return unpacked(last);
}

static void take_source(struct span value, struct dpkg_package *p)
{
	size_t open = span_find(value, '(');

	p->source = span_trim(span_sub(value, 0, open));
	if (open < value.len) {
		struct span in = span_from(value, open + 1);

		p->source_version = span_trim(span_sub(in, 0, span_find(in, ')')));
	}
}

static void take_field(struct span name, struct span value, struct dpkg_package *p)
{
	if (span_eq_nocase(name, SPAN("Package"))) {
		p->name = value;
	} else if (span_eq_nocase(name, SPAN("Version"))) {
		p->version = value;
	} else if (span_eq_nocase(name, SPAN("Architecture"))) {
		p->arch = value;
	} else if (span_eq_nocase(name, SPAN("Maintainer"))) {
		p->maintainer = value;
	} else if (span_eq_nocase(name, SPAN("Depends"))) {
		p->depends = value;
	} else if (span_eq_nocase(name, SPAN("Pre-Depends"))) {
		p->pre_depends = value;
	} else if (span_eq_nocase(name, SPAN("Provides"))) {
		p->provides = value;
	} else if (span_eq_nocase(name, SPAN("Essential")) ||
		   span_eq_nocase(name, SPAN("Protected"))) {
		p->essential = p->essential || span_eq_nocase(value, SPAN("yes"));
	} else if (span_eq_nocase(name, SPAN("Source"))) {
		take_source(value, p);
	} else if (span_eq_nocase(name, SPAN("Status"))) {
		p->status = value;
		p->has_status = true;
	}
}

/* A field name is printable ASCII without blanks. */
static bool field_name(struct span name)
{
	for (size_t i = 0; i < name.len; i++)
		if (span_at(name, i) <= ' ' || span_at(name, i) >= 0x7f)
			return false;
	return name.len > 0;
}

static void take_line(struct dpkg_reader *r, struct span line, struct dpkg_package *p)
{
	uint8_t first = span_at(line, 0);
	size_t colon = span_find(line, ':');
	struct span name = span_sub(line, 0, colon);

	if (first == ' ' || first == '\t')
		return; /* folded */
	if (line.len > DPKG_LINE_MAX || colon == line.len || !field_name(name)) {
		if (!r->bad_line)
			r->bad_line = r->line;
		return;
	}
	take_field(name, span_trim(span_from(line, colon + 1)), p);
}

bool dpkg_next(struct dpkg_reader *r, struct dpkg_package *out)
{
	struct dpkg_package p = { 0 };
	struct span line;
	bool any = false;

	while (r->rest.len) {
		span_line(&r->rest, &line);
		r->line++;
		if (span_trim(line).len) {
			any = true;
			take_line(r, line, &p);
			if (r->rest.len)
				continue;
		}
		if (p.name.len && p.version.len) {
			p.installed = !p.has_status || status_installed(p.status);
			*out = p;
			return true;
		}
		/* dpkg keeps stanzas without a version for packages that are only referred to. */
		if (any && (!p.name.len || !p.has_status || status_installed(p.status)))
			r->nameless++;
		p = (struct dpkg_package){ 0 };
		any = false;
	}
	return false;
}

static struct span no_slash(struct span path)
{
	while (span_at(path, 0) == '/')
		path = span_from(path, 1);
	return path;
}

bool dpkg_list_next(struct span *rest, struct span *path)
{
	struct span line;

	while (span_line(rest, &line)) {
		*path = no_slash(line);
		if (path->len && !span_eq(*path, SPAN(".")))
			return true;
	}
	return false;
}

static bool is_hex(struct span s)
{
	for (size_t i = 0; i < s.len; i++) {
		uint64_t v;

		if (!span_number(span_sub(s, i, 1), 16, 15, &v))
			return false;
	}
	return true;
}

bool dpkg_md5sums_next(struct span *rest, struct span *path, size_t *bad)
{
	enum { MD5_HEX = 32 };
	struct span line;

	while (span_line(rest, &line)) {
		if (!line.len)
			continue;
		struct span name = span_from(line, MD5_HEX + 2);

		if (name.len && is_hex(span_sub(line, 0, MD5_HEX)) &&
			span_at(line, MD5_HEX) == ' ') {
			*path = no_slash(name);
			if (path->len)
				return true;
		}
		++*bad;
	}
	return false;
}
