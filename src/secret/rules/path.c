/* path.c - the files that a rule looks at.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "base/glob.h"
#include "secret/rules/rule.h"

bool rule_fits_path(const struct secret_rule *r, struct span path)
{
	bool fits = r->paths_n == 0;

	for (size_t i = 0; i < r->paths_n && !fits; i++)
		fits = glob_match(r->paths[i], path) || glob_match(r->paths[i], span_base(path));
	for (size_t i = 0; i < r->not_paths_n && fits; i++)
		fits = !glob_match(r->not_paths[i], path) &&
		       !glob_match(r->not_paths[i], span_base(path));
	return fits;
}
