/* date.c - days and seconds since 1970, without the C library's time zone code.
 *
 * The conversions count eras of 400 years (146,097 days) that begin on the
 * first of March, so that the leap day is the last of its year.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "base/date.h"

#include <stdio.h>

int64_t date_days(struct civil c)
{
	int64_t y = c.year - (c.month <= 2);
	int64_t era = (y >= 0 ? y : y - 399) / 400;
	int64_t of_era = y - era * 400;
	int64_t of_year = (153 * (c.month + (c.month > 2 ? -3 : 9)) + 2) / 5 + c.day - 1;

	return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

struct civil date_civil(int64_t days)
{
	days += 719468;
	int64_t era = (days >= 0 ? days : days - 146096) / 146097;
	int64_t doe = days - era * 146097;
	int64_t yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
	int64_t doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
	int64_t mp = (5 * doy + 2) / 153;
	int month = (int)(mp < 10 ? mp + 3 : mp - 9);

	return (struct civil){ (int)(yoe + era * 400 + (month <= 2)), month,
		(int)(doy - (153 * mp + 2) / 5 + 1) };
}

static bool leap(int y)
{
	return y % 4 == 0 && (y % 100 != 0 || y % 400 == 0);
}

static int month_days(int y, int m)
{
	static const uint8_t len[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };

	return len[m - 1] + (m == 2 && leap(y));
}

static int digits(struct cur *c, size_t n, int min, int max)
{
	uint64_t v = 0;
	bool good = span_number(cur_take(c, n), 10, (uint64_t)max, &v) && (int)v >= min;

	cur_need(c, good);
	return good ? (int)v : min;
}

static int64_t read_day(struct cur *c)
{
	struct civil v = { 0 };

	v.year = digits(c, 4, 1, 9999);
	cur_expect(c, '-');
	v.month = digits(c, 2, 1, 12);
	cur_expect(c, '-');
	v.day = digits(c, 2, 1, month_days(v.year, v.month));
	return date_days(v);
}

bool date_parse_day(struct span s, int64_t *days)
{
	struct cur c = cur_over(s);
	int64_t d = read_day(&c);

	if (c.bad || cur_left(&c))
		return false;
	*days = d;
	return true;
}

static bool read_fraction(struct cur *c)
{
	bool any = false;
	size_t from = c->off;

	if (cur_peek(c) != '.')
		return false;
	cur_u8(c);
	while (cur_peek(c) >= '0' && cur_peek(c) <= '9')
		any |= cur_u8(c) != '0';
	cur_need(c, c->off > from + 1);
	return any;
}

bool date_parse_rfc3339(struct span s, int64_t *seconds, bool *has_fraction)
{
	struct cur c = cur_over(s);
	int64_t t = read_day(&c) * DAY_SECONDS;
	uint8_t sep = cur_u8(&c);

	cur_need(&c, sep == 'T' || sep == 't' || sep == ' ');
	t += digits(&c, 2, 0, 23) * 3600;
	cur_expect(&c, ':');
	t += digits(&c, 2, 0, 59) * 60;
	cur_expect(&c, ':');
	t += digits(&c, 2, 0, 60);
	bool fraction = read_fraction(&c);
	uint8_t zone = cur_u8(&c);

	if (zone == '+' || zone == '-') {
		int64_t off = digits(&c, 2, 0, 23) * 3600;

		cur_expect(&c, ':');
		off += digits(&c, 2, 0, 59) * 60;
		t -= zone == '+' ? off : -off;
	} else {
		cur_need(&c, zone == 'Z' || zone == 'z');
	}
	if (c.bad || cur_left(&c))
		return false;
	if (seconds)
		*seconds = t;
	if (has_fraction)
		*has_fraction = fraction;
	return true;
}

bool date_is_plausible(int64_t seconds, int64_t now)
{
	static const int64_t first = 315705600; /* 1980-01-03 */

	return seconds >= first && seconds <= now;
}

const char *date_format_day(int64_t days, char out[DATE_TEXT])
{
	if (days < -719162 || days > 2932896) {
		snprintf(out, DATE_TEXT, "out of range");
		return out;
	}
	struct civil c = date_civil(days);

	snprintf(out, DATE_TEXT, "%04d-%02d-%02d", c.year, c.month, c.day);
	return out;
}
