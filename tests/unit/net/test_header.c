/* SPDX-License-Identifier: Apache-2.0 */
#include "net/header.h"

#include "base/buf.h"
#include "tests/unit/unit.h"

/* A list written as "scheme{realm|service|scope}" for each challenge. */
static void write_list(const challenges *list, struct buf *b)
{
	buf_str(b, "");
	for (size_t i = 0; i < list->n; i++) {
		const struct challenge *c = &list->p[i];

		buf_span(b, c->scheme);
		buf_printf(b, "{%.*s|%.*s|%.*s}", SPAN_ARG(c->realm), SPAN_ARG(c->service),
			SPAN_ARG(c->scope));
	}
}

static void challenge_lists(void **state)
{
	(void)state;
	static const struct {
		const char *name;
		struct span in;
		int code;
		const char *want;
	} cases[] = {
		{ "bearer",
			SPAN_INIT("Bearer "
				  "realm=\"https://t/x\",service=\"s\",scope=\"repository:a/"
				  "b:pull,push\""),
			0, "Bearer{https://t/x|s|repository:a/b:pull,push}" },
		{ "basic", SPAN_INIT("Basic realm=\"Registry Realm\""), 0,
			"Basic{Registry Realm||}" },
		{ "two challenges", SPAN_INIT("Basic realm=\"a, b\", Bearer realm=c"), 0,
			"Basic{a, b||}Bearer{c||}" },
		{ "scheme alone before another", SPAN_INIT("Negotiate, Basic realm=x"), 0,
			"Negotiate{||}Basic{x||}" },
		{ "token68", SPAN_INIT("Negotiate YII+/aa==, Basic realm=x"), 0,
			"Negotiate{||}Basic{x||}" },
		{ "names of any case", SPAN_INIT("bEARER REALM=\"r\" , Service = s"), 0,
			"bEARER{r|s|}" },
		{ "quoted quote", SPAN_INIT("Basic realm=\"a\\\"b\\\\c\""), 0, "Basic{a\"b\\c||}" },
		{ "first of a double wins", SPAN_INIT("Bearer realm=\"a\",realm=\"b\""), 0,
			"Bearer{a||}" },
		{ "empty elements", SPAN_INIT(",, Bearer ,realm=a,, ,service=b,"), 0,
			"Bearer{a|b|}" },
		{ "unknown parameters",
			SPAN_INIT("Digest qop=\"auth,auth-int\", nonce=\"x\", realm=\"r\""), 0,
			"Digest{r||}" },
		{ "nothing", SPAN_INIT(""), 0, "" },
		{ "open quote", SPAN_INIT("Bearer realm=\"a"), SCOV_E_FORMAT, "" },
		{ "escape at the end", SPAN_INIT("Bearer realm=\"a\\"), SCOV_E_FORMAT, "" },
		{ "no comma between", SPAN_INIT("Bearer realm=\"a\" service=\"b\""), SCOV_E_FORMAT,
			"" },
		{ "quoted scheme", SPAN_INIT("\"Bearer\" realm=a"), SCOV_E_FORMAT, "" },
		{ "text after a quote", SPAN_INIT("Bearer realm=\"a\"b"), SCOV_E_FORMAT, "" },
		{ "equals sign alone", SPAN_INIT("="), SCOV_E_FORMAT, "" },
		{ "control byte", SPAN_INIT("Bearer\001 realm=a"), SCOV_E_FORMAT, "" },
		{ "too many challenges", SPAN_INIT("a,a,a,a,a,a,a,a,a,a,a,a,a,a,a,a,a"),
			SCOV_E_LIMIT, "" },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		scoped_arena struct arena a = { 0 };
		scoped_buf struct buf b = { 0 };
		struct scov_err err;
		challenges list = { 0 };

		check(cases[i].name,
			challenges_parse(cases[i].in, &a, &list, &err) == cases[i].code);
		write_list(&list, &b);
		check_span(cases[i].name, buf_view(&b), span_str(cases[i].want));
	}
}

static void too_many_parameters(void **state)
{
	(void)state;
	scoped_arena struct arena a = { 0 };
	scoped_buf struct buf b = { 0 };
	challenges list = { 0 };

	buf_str(&b, "Bearer a=b");
	for (int i = 0; i < CHALLENGE_PARAMS_MAX; i++)
		buf_str(&b, ",a=b");
	assert_int_equal(challenges_parse(buf_view(&b), &a, &list, NULL), SCOV_E_LIMIT);
}

static void content_ranges(void **state)
{
	(void)state;
	static const struct {
		const char *name;
		struct span in;
		int code;
		uint64_t first, last, total;
		bool has_total;
	} cases[] = {
		{ "plain", SPAN_INIT("bytes 10-99/100"), 0, 10, 99, 100, true },
		{ "size not known", SPAN_INIT(" Bytes 0-0/*"), 0, 0, 0, 0, false },
		{ "not satisfied", SPAN_INIT("bytes */100"), SCOV_E_FORMAT, 0, 0, 0, false },
		{ "end before start", SPAN_INIT("bytes 5-4/10"), SCOV_E_FORMAT, 0, 0, 0, false },
		{ "end after the size", SPAN_INIT("bytes 5-10/10"), SCOV_E_FORMAT, 0, 0, 0, false },
		{ "number wraps", SPAN_INIT("bytes 18446744073709551617-2/3"), SCOV_E_FORMAT, 0, 0,
			0, false },
		{ "other unit", SPAN_INIT("lines 0-1/2"), SCOV_E_FORMAT, 0, 0, 0, false },
		{ "rest", SPAN_INIT("bytes 0-1/2,"), SCOV_E_FORMAT, 0, 0, 0, false },
		{ "empty", SPAN_INIT(""), SCOV_E_FORMAT, 0, 0, 0, false },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct content_range r = { 0 };

		check(cases[i].name, content_range_parse(cases[i].in, &r, NULL) == cases[i].code);
		check(cases[i].name, r.first == cases[i].first && r.last == cases[i].last &&
					     r.total == cases[i].total &&
					     r.has_total == cases[i].has_total);
	}
}

static void retry_after(void **state)
{
	(void)state;
	const int64_t now = 784111777; /* Sun, 06 Nov 1994 08:49:37 GMT, the date of RFC 9110 */
	static const struct {
		const char *name;
		struct span in;
		bool good;
		uint64_t seconds;
	} cases[] = {
		{ "seconds", SPAN_INIT("120"), true, 120 },
		{ "zero", SPAN_INIT(" 0 "), true, 0 },
		{ "a date to come", SPAN_INIT("Sun, 06 Nov 1994 08:50:00 GMT"), true, 23 },
		{ "a date gone", SPAN_INIT("Sat, 05 Nov 1994 08:50:00 GMT"), true, 0 },
		{ "more than the clock holds", SPAN_INIT("18446744073709551615"), true, 1 << 30 },
		{ "not a number", SPAN_INIT("18446744073709551616"), false, 7 },
		{ "sign", SPAN_INIT("-1"), false, 7 },
		{ "no such month", SPAN_INIT("Sun, 06 Nob 1994 08:49:37 GMT"), false, 7 },
		{ "hour 24", SPAN_INIT("Sun, 06 Nov 1994 24:00:00 GMT"), false, 7 },
		{ "other zone", SPAN_INIT("Sun, 06 Nov 1994 08:49:37 CET"), false, 7 },
		{ "cut", SPAN_INIT("Sun, 06 Nov"), false, 7 },
		{ "empty", SPAN_INIT(""), false, 7 },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		uint64_t s = 7;

		check(cases[i].name, retry_after_parse(cases[i].in, now, &s) == cases[i].good);
		check(cases[i].name, s == cases[i].seconds);
	}
}

static void next_links(void **state)
{
	(void)state;
	static const struct {
		const char *name;
		struct span in, next;
		int code;
	} cases[] = {
		{ "none", SPAN_INIT(""), SPAN_INIT(""), 0 },
		{ "quoted", SPAN_INIT("</v2/a?n=1>; rel=\"next\""), SPAN_INIT("/v2/a?n=1"), 0 },
		{ "bare", SPAN_INIT("<b>;rel=next"), SPAN_INIT("b"), 0 },
		{ "second of two",
			SPAN_INIT("<a>; rel=prev, <b>; title=\"x,y\"; rel=\"last NEXT\""),
			SPAN_INIT("b"), 0 },
		{ "another", SPAN_INIT("<a>; rel=prev"), SPAN_INIT(""), 0 },
		{ "two: the first", SPAN_INIT("<a>; rel=next, <b>; rel=next"), SPAN_INIT("a"), 0 },
		{ "no end", SPAN_INIT("<a; rel=next"), SPAN_INIT(""), SCOV_E_FORMAT },
		{ "no start", SPAN_INIT("a; rel=next"), SPAN_INIT(""), SCOV_E_FORMAT },
		{ "open quote", SPAN_INIT("<a>; rel=\"next"), SPAN_INIT(""), SCOV_E_FORMAT },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct span next = { 0 };

		check(cases[i].name, link_next(cases[i].in, &next, NULL) == cases[i].code);
		check_span(cases[i].name, next, cases[i].next);
	}
}

static void media_types(void **state)
{
	(void)state;
	check_span(
		"parameters", media_type_of(SPAN("text/html ; charset=utf-8")), SPAN("text/html"));
	check_span("none", media_type_of(SPAN("")), SPAN(""));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(challenge_lists),
		cmocka_unit_test(too_many_parameters),
		cmocka_unit_test(content_ranges),
		cmocka_unit_test(retry_after),
		cmocka_unit_test(media_types),
		cmocka_unit_test(next_links),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
