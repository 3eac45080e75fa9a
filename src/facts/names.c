/* names.c - the names of enumerators, as reports, rules and options have them.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "base/table.h"
#include "facts/report.h"

const char *const severity_names[] = { "", "note", "warning", "error" };
ROWS(severity_names, SEVERITIES);
const char *const verdict_names[] = { "not-assessed", "not-met", "met" };
ROWS(verdict_names, VERDICTS);
static const char *const level_names[] = { "none", "low", "medium", "high" };
ROWS(level_names, SECRET_LEVELS);
static const char *const state_names[] = { "present", "overwritten", "deleted", "hidden" };
ROWS(state_names, FILE_STATES);

const char *secret_level_name(uint8_t level)
{
	return level_names[level < SECRET_LEVELS ? level : SECRET_NONE];
}

bool secret_level_of(struct span name, uint8_t *out)
{
	for (uint8_t i = 0; i < SECRET_LEVELS; i++)
		if (span_eq(name, span_str(level_names[i]))) {
			*out = i;
			return true;
		}
	return false;
}

const char *secret_state_name(uint8_t state)
{
	return state_names[state < FILE_STATES ? state : FILE_PRESENT];
}
