/* language_opam.c - .opam-switch/packages/NAME.VERSION/opam of OCaml: its folder says which
 * package.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "format/language.h"

int language_opam(const struct language_record *r, struct scov_err *err)
{
	struct span folder = span_base(span_dir(r->path)), rest = r->data, key, value;
	size_t dot = span_find(folder, '.');
	struct language_package p = {
		.name = span_sub(folder, 0, dot),
		.version = span_from(folder, dot + 1),
	};

	while (language_header(&rest, &key, &value))
		if (span_eq(key, SPAN("license")) && span_at(value, 0) == '"')
			p.license = span_sub(value, 1, span_find(span_from(value, 1), '"'));
	return language_found(r, &p, err);
}
