/* table.c - all analyzers, in the order in which they see a file.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "scan/analyzers/record.h"

const struct analyzer *const analyzers[] = {
	&analyzer_dpkg,
	&analyzer_apk,
	&analyzer_rpm,
	&analyzer_wall,
	&analyzer_release,
	&analyzer_system,
	&analyzer_exec,
	&analyzer_programs,
	&analyzer_script,
	&analyzer_java,
	&analyzer_language,
	&analyzer_listed,
	&analyzer_secrets,
	NULL,
};
