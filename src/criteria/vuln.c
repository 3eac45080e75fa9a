/* vuln.c - the four rows on known vulnerabilities: one judge.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "criteria/rows.h"

#define VULN_ROW(name, text_id, text_title, at_level, severity, cost)                              \
	const struct criterion name = {                                                            \
		.id = text_id,                                                                     \
		.title = text_title,                                                               \
		.vector = VULNERABILITIES,                                                         \
		.level = at_level,                                                                 \
		.rule = "The packages of the image have no known vulnerability" severity           \
			", fixed or not; a VEX document can exclude one.",                         \
		.remedy = REMEDY_REBUILD,                                                          \
		.fix = "rebuild with newer packages: docker build --pull --no-cache .",            \
		.effort = cost,                                                                    \
		.needs = INPUT_ADVISORIES | INPUT_INVENTORY | INPUT_FILES,                         \
		.settled_by_input = INPUT_ADVISORIES,                                              \
		.judge = judge_nothing,                                                            \
	}

VULN_ROW(vuln_critical, "vuln.critical", "No critical", 2, " that is rated critical", 2);
VULN_ROW(vuln_high, "vuln.high", "No high", 3, " that is rated high", 2);
VULN_ROW(vuln_medium, "vuln.medium", "No medium", 4, " that is rated medium", 3);
VULN_ROW(vuln_any, "vuln.any", "No known CVEs", 5, ", whatever its rating", 4);
