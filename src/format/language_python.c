/* language_python.c - the metadata of a Python package: METADATA of a wheel, PKG-INFO of an egg; of
 * an egg that is an archive its name, NAME-VERSION[-pyX.Y[-PLATFORM]].egg.
 *
 * It counts where Python would find it and in the folder of another package that brings a copy
 * (setuptools/_vendor), not in the tests of one.
 *
 * Source: "Core metadata specifications" of PyPA. A header as of a mail; the description follows
 * its first blank line.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "format/language.h"

bool language_python_is_record(struct span path)
{
	static const struct span tests[] = { SPAN_INIT("test"), SPAN_INIT("tests"),
		SPAN_INIT("testdata"), SPAN_INIT("test_data") };
	struct span name;
	bool is_below = false;

	while (span_split(&path, '/', &name)) {
		for (size_t i = 0; is_below && i < sizeof(tests) / sizeof(*tests); i++)
			if (span_eq(name, tests[i]))
				return false;
		is_below = is_below || span_ends(name, SPAN("-packages"));
	}
	return true;
}

/* "License" may be the whole text of one, in folded lines. */
static bool is_short(struct span value, struct span rest)
{
	enum { LICENSE_MAX = 64 };

	return value.len <= LICENSE_MAX && span_at(rest, 0) != ' ' && span_at(rest, 0) != '\t';
}

int language_python(const struct language_record *r, struct scov_err *err)
{
	static const struct span classifier = SPAN_INIT("License :: ");
	struct span rest = r->data, key, value, expression = { 0 }, classified = { 0 };
	struct language_package p = { 0 };

	while (language_header(&rest, &key, &value)) {
		if (!p.name.len && span_eq_nocase(key, SPAN("Name")))
			p.name = value;
		else if (!p.version.len && span_eq_nocase(key, SPAN("Version")))
			p.version = value;
		else if (span_eq_nocase(key, SPAN("License-Expression")))
			expression = value;
		else if (span_eq_nocase(key, SPAN("License")) && is_short(value, rest))
			p.license = value;
		else if (span_eq_nocase(key, SPAN("Classifier")) && span_starts(value, classifier))
			classified = span_trim(span_from(value, span_rfind(value, ':') + 1));
	}
	p.license = expression.len ? expression : p.license;
	p.license = p.license.len ? p.license : classified;
	return language_found(r, &p, err);
}

int language_egg(const struct language_record *r, struct scov_err *err)
{
	struct span name = span_base(r->path);
	struct language_package p = { 0 };

	name = span_sub(name, 0, name.len - SPAN(".egg").len);
	if (span_split(&name, '-', &p.name))
		span_split(&name, '-', &p.version);
	return language_found(r, &p, err);
}
