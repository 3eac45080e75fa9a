/* language_conda.c - conda-meta/NAME-VERSION-BUILD.json of conda, mamba and micromamba.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "format/language.h"

int language_conda(const struct language_record *r, struct scov_err *err)
{
	enum { MILLISECONDS = 1000 };
	struct language_package p = { 0 };
	const struct language_member members[] = {
		{ "name", &p.name, NULL },
		{ "version", &p.version, NULL },
		{ "license", &p.license, NULL },
		{ "subdir", &p.arch, NULL },
		{ "timestamp", NULL, &p.built },
	};
	int code = language_members(r, members, sizeof(members) / sizeof(*members), err);

	p.built /= MILLISECONDS;
	return code ? code : language_found(r, &p, err);
}
