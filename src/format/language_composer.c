/* language_composer.c - vendor/composer/installed.json of PHP: a list of packages (Composer 1), or
 * an object with it (2).
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "format/language.h"

#include "syntax/json.h"

int language_composer(const struct language_record *r, struct scov_err *err)
{
	const struct json *root, *list;
	int damage = 0, code = language_json(r, &root, err);

	if (code)
		return code;
	list = json_is(root, JSON_LIST) ? root : json_get(root, "packages");
	if (!json_is(list, JSON_LIST))
		return err_fail(err, SCOV_E_FORMAT, "no list of packages");
	for (size_t i = 0; i < json_count(list) && !code; i++) {
		const struct json *v = json_at(list, i);
		struct language_package p = {
			.name = json_get_text(v, "name"),
			.version = json_get_text(v, "version"),
			.license = language_text(json_get(v, "license")),
		};

		code = language_one(r, &p, &damage, err);
	}
	return code ? code : damage;
}
