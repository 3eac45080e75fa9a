/* date.h - days and seconds since 1970, without the C library's time zone code.
 *
 * localtime, gmtime, timegm and strftime open files at first use and die under
 * the worker's filter; these do arithmetic only. Proleptic Gregorian, UTC.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/span.h"

enum { DAY_SECONDS = 86400 };

struct civil {
	int year, month, day; /* month 1..12, day 1..31 */
};

/* The day of a time in seconds, which may be before 1970. */
static inline int64_t date_day(int64_t seconds)
{
	return seconds / DAY_SECONDS - (seconds % DAY_SECONDS < 0);
}
int64_t date_days(struct civil c); /* days since 1970-01-01 */
struct civil date_civil(int64_t days);
bool date_parse_day(struct span s, int64_t *days); /* "YYYY-MM-DD", a real day, years 1..9999 */
/* RFC 3339. *seconds since 1970; *has_fraction when the fraction of a second is not zero; both may
 * be NULL. */
bool date_parse_rfc3339(struct span s, int64_t *seconds, bool *has_fraction);
/* From 1980-01-03 to now: zip files and reproducible builds clamp to the first days of 1980, others
 * to 1970 or year 1. */
bool date_is_plausible(int64_t seconds, int64_t now);
enum { DATE_TEXT = 24 };
/* Years outside 1..9999 print as "out of range". Returns out. */
const char *date_format_day(int64_t days, char out[DATE_TEXT]);
