/* table.c - all 23 criteria, in the order of the document's table.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "base/table.h"
#include "criteria/rows.h"

const struct criterion *const criteria[] = {
	&min_base,
	&min_tooling,
	&min_shell,
	&min_pm,
	&prov_source,
	&prov_downloads,
	&prov_signed,
	&prov_fresh,
	&prov_pinimg,
	&prov_pinpkg,
	&prov_slsa,
	&prov_sbom,
	&prov_repro,
	&conf_secrets,
	&conf_priv,
	&conf_user,
	&conf_secretfile,
	&conf_annot,
	&conf_secprofile,
	&vuln_critical,
	&vuln_high,
	&vuln_medium,
	&vuln_any,
	NULL,
};
_Static_assert(
	sizeof(criteria) / sizeof(*criteria) == CRITERIA + 1, "the document has 23 criteria");

const char *const vector_names[] = { "minimalism", "provenance", "configuration",
	"vulnerabilities" };
ROWS(vector_names, VECTORS);
const char *const level_names[6] = { "none", "Pimiento", "Jalapeno", "Scotch Bonnet", "Nagabon",
	"Ghost" };
const char *const grade_names[] = { "D", "C", "B", "A", "A+" };
ROWS(grade_names, GRADES);

const struct criterion *criterion_find(struct span id)
{
	for (size_t i = 0; i < CRITERIA; i++)
		if (span_eq(id, span_str(criteria[i]->id)))
			return criteria[i];
	return NULL;
}
