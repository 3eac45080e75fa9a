/* Base scores of CVSS. Published examples: FIRST's user guides and lists of examples; the others
 * are of the equations at their edges. SPDX-License-Identifier: Apache-2.0
 */
#include "tests/unit/unit.h"

#include "advisory/advisory.h"
#include "advisory/cvss.h"

#define COUNT(t) (sizeof(t) / sizeof(*(t)))

static const struct {
	const char *name, *vector;
	unsigned tenths;
	enum rating rating;
} scores[] = {
	{ "2: CVE-2002-0392", "AV:N/AC:L/Au:N/C:N/I:N/A:C", 78, RATING_HIGH },
	{ "2: CVE-2003-0818", "AV:N/AC:L/Au:N/C:C/I:C/A:C", 100, RATING_HIGH },
	{ "2: CVE-2003-0062", "(AV:L/AC:H/Au:N/C:C/I:C/A:C)", 62, RATING_MEDIUM },
	{ "2: no impact", "AV:N/AC:L/Au:N/C:N/I:N/A:N", 0, RATING_LOW },
	{ "2: temporal metrics do not count", "AV:N/AC:L/Au:N/C:N/I:N/A:C/E:F/RL:OF/RC:C", 78,
		RATING_HIGH },
	{ "3.0: CVE-2013-1937", "CVSS:3.0/AV:N/AC:L/PR:N/UI:R/S:C/C:L/I:L/A:N", 61, RATING_MEDIUM },
	{ "3.0: CVE-2013-0375", "CVSS:3.0/AV:N/AC:L/PR:L/UI:N/S:C/C:L/I:L/A:N", 64, RATING_MEDIUM },
	{ "3.1: CVE-2013-1937", "CVSS:3.1/AV:N/AC:L/PR:N/UI:R/S:C/C:L/I:L/A:N", 61, RATING_MEDIUM },
	{ "3.1: CVE-2014-3566", "CVSS:3.1/AV:N/AC:H/PR:N/UI:R/S:U/C:L/I:N/A:N", 31, RATING_LOW },
	{ "3.1: CVE-2012-1516", "CVSS:3.1/AV:N/AC:L/PR:L/UI:N/S:C/C:H/I:H/A:H", 99,
		RATING_CRITICAL },
	{ "3.1: CVE-2009-0783", "CVSS:3.1/AV:L/AC:L/PR:H/UI:N/S:U/C:L/I:L/A:L", 42, RATING_MEDIUM },
	{ "3.1: CVE-2014-0160", "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:N/A:N", 75, RATING_HIGH },
	{ "3.1: CVE-2014-6271", "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", 98,
		RATING_CRITICAL },
	{ "3.1: CVE-2014-2005", "CVSS:3.1/AV:P/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", 68, RATING_MEDIUM },
	{ "3.1: highest", "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:C/C:H/I:H/A:H", 100, RATING_CRITICAL },
	{ "3.1: any order, other metrics", "CVSS:3.1/E:P/A:N/I:N/C:N/S:C/UI:N/PR:N/AC:L/AV:N/MAV:X",
		0, RATING_NEGLIGIBLE },
	{ "4.0: CVE-2022-41741", "CVSS:4.0/AV:L/AC:L/AT:P/PR:L/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N",
		73, RATING_HIGH },
	{ "4.0: CVE-2020-3549", "CVSS:4.0/AV:N/AC:L/AT:P/PR:N/UI:P/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N",
		77, RATING_HIGH },
	{ "4.0: CVE-2021-44228", "CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:H/SI:H/SA:H",
		100, RATING_CRITICAL },
	{ "4.0: CVE-2014-0160",
		"CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:N/VA:N/SC:N/SI:N/SA:N/E:A", 87,
		RATING_HIGH },
	{ "4.0: CVE-2014-6271", "CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N",
		93, RATING_CRITICAL },
	{ "4.0: CVE-2016-5729", "CVSS:4.0/AV:L/AC:L/AT:N/PR:H/UI:N/VC:H/VI:H/VA:H/SC:H/SI:H/SA:H",
		93, RATING_CRITICAL },
	{ "4.0: half a tenth goes up",
		"CVSS:4.0/AV:N/AC:H/AT:N/PR:H/UI:A/VC:L/VI:H/VA:N/SC:N/SI:N/SA:N", 57,
		RATING_MEDIUM },
	{ "4.0: beyond the system alone",
		"CVSS:4.0/AV:N/AC:L/AT:N/PR:H/UI:N/VC:N/VI:N/VA:N/SC:L/SI:N/SA:N", 51,
		RATING_MEDIUM },
	{ "4.0: no impact", "CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:N/VI:N/VA:N/SC:N/SI:N/SA:N", 0,
		RATING_NEGLIGIBLE },
	{ "4.0: lowest of all", "CVSS:4.0/AV:P/AC:H/AT:P/PR:H/UI:A/VC:N/VI:N/VA:N/SC:N/SI:N/SA:L",
		10, RATING_LOW },
};

static void published_scores(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(scores); i++) {
		struct cvss c = { 0 }, again = { 0 };
		scoped_buf struct buf text = { 0 };

		check(scores[i].name, cvss_parse(span_str(scores[i].vector), &c));
		if (c.tenths != scores[i].tenths)
			fail_msg("%s: %u, not %u", scores[i].name, c.tenths, scores[i].tenths);
		check(scores[i].name, c.rating == scores[i].rating);
		check(scores[i].name, scores[i].name[0] == cvss_version_name(c.version)[0]);
		cvss_print(&c, &text);
		check(scores[i].name, cvss_parse(buf_view(&text), &again));
		check(scores[i].name, c.packed == again.packed && c.version == again.version);
	}
}

static void is_printed_in_order(void **state)
{
	struct cvss c;
	scoped_buf struct buf text = { 0 };

	(void)state;
	assert_true(cvss_parse(SPAN("CVSS:3.1/A:N/I:L/C:H/E:P/S:C/UI:R/PR:H/AC:H/AV:P"), &c));
	cvss_print(&c, &text);
	check_span("3.1", buf_view(&text), SPAN("CVSS:3.1/AV:P/AC:H/PR:H/UI:R/S:C/C:H/I:L/A:N"));
}

static void others_are_refused(void **state)
{
	static const char *const bad[] = {
		"",
		"9.8",
		"CVSS:3.1",
		"CVSS:3.1/",
		"CVSS:3.2/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H",
		"AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H",
		"CVSS:2.0/AV:N/AC:L/Au:N/C:N/I:N/A:C",
		"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H",
		"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H/A:H",
		"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:C",
		"CVSS:3.1/AV:X/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H",
		"CVSS:3.1/AV:NN/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H",
		"CVSS:3.1/AV:n/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H",
		"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:",
		"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A",
		"CVSS:3.1/AV:N//AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H",
		"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H E:P",
		"CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:S/SI:N/SA:N",
		"(AV:N/AC:L/Au:N/C:N/I:N/A:C",
	};
	static char big[CVSS_MAX + 1];
	struct cvss c = { .tenths = 99 };
	struct span base = SPAN("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H/");

	(void)state;
	for (size_t i = 0; i < COUNT(bad); i++)
		check(bad[i], !cvss_parse(span_str(bad[i]), &c));
	memset(big, 'x', sizeof(big));
	memcpy(big, base.p, base.len);
	big[base.len + 1] = ':';
	check("too long", !cvss_parse(span_of(big, sizeof(big)), &c));
	check("untouched", c.tenths == 99);
	check("longest", cvss_parse(span_of(big, CVSS_MAX), &c) && c.tenths == 98);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(published_scores),
		cmocka_unit_test(is_printed_in_order),
		cmocka_unit_test(others_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
