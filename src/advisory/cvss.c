/* cvss.c - CVSS vectors and their base scores.
 *
 * Sources: the specifications of FIRST (first.org/cvss): v2 "Complete Guide" 3.2.1, v3.0 and v3.1
 * section 7.1 and appendix A (rounding), v4.0 section 8 with its tables of macrovectors, of the
 * highest vectors and of depths.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "advisory/cvss.h"

#include "advisory/advisory.h"
#include "base/ascii.h"
#include "base/table.h"

enum { METRICS_MAX = 11, VALUES_MAX = 4 };

/* A base metric: its values, a letter each, and their weights in hundredths (version 2:
 * thousandths). Version 4 has none: the place among the values counts, the worst is first. */
struct metric {
	struct span name;
	const char *values;
	uint16_t weights[VALUES_MAX];
};

static const struct metric metrics_2[] = {
	{ SPAN_INIT("AV"), "LAN", { 395, 646, 1000 } },
	{ SPAN_INIT("AC"), "HML", { 350, 610, 710 } },
	{ SPAN_INIT("Au"), "MSN", { 450, 560, 704 } },
	{ SPAN_INIT("C"), "NPC", { 0, 275, 660 } },
	{ SPAN_INIT("I"), "NPC", { 0, 275, 660 } },
	{ SPAN_INIT("A"), "NPC", { 0, 275, 660 } },
};
enum { V2_AV, V2_AC, V2_AU, V2_C, V2_I, V2_A, V2_METRICS };
ROWS(metrics_2, V2_METRICS);

/* Privileges weigh more where the scope changes: base_3. */
static const struct metric metrics_3[] = {
	{ SPAN_INIT("AV"), "NALP", { 85, 62, 55, 20 } },
	{ SPAN_INIT("AC"), "LH", { 77, 44 } },
	{ SPAN_INIT("PR"), "NLH", { 85, 62, 27 } },
	{ SPAN_INIT("UI"), "NR", { 85, 62 } },
	{ SPAN_INIT("S"), "UC", { 0, 1 } },
	{ SPAN_INIT("C"), "HLN", { 56, 22, 0 } },
	{ SPAN_INIT("I"), "HLN", { 56, 22, 0 } },
	{ SPAN_INIT("A"), "HLN", { 56, 22, 0 } },
};
enum { V3_AV, V3_AC, V3_PR, V3_UI, V3_S, V3_C, V3_I, V3_A, V3_METRICS };
ROWS(metrics_3, V3_METRICS);

static const struct metric metrics_4[] = {
	{ SPAN_INIT("AV"), "NALP", { 0 } },
	{ SPAN_INIT("AC"), "LH", { 0 } },
	{ SPAN_INIT("AT"), "NP", { 0 } },
	{ SPAN_INIT("PR"), "NLH", { 0 } },
	{ SPAN_INIT("UI"), "NPA", { 0 } },
	{ SPAN_INIT("VC"), "HLN", { 0 } },
	{ SPAN_INIT("VI"), "HLN", { 0 } },
	{ SPAN_INIT("VA"), "HLN", { 0 } },
	{ SPAN_INIT("SC"), "HLN", { 0 } },
	{ SPAN_INIT("SI"), "HLN", { 0 } },
	{ SPAN_INIT("SA"), "HLN", { 0 } },
};
enum { V4_AV, V4_AC, V4_AT, V4_PR, V4_UI, V4_VC, V4_VI, V4_VA, V4_SC, V4_SI, V4_SA, V4_METRICS };
ROWS(metrics_4, V4_METRICS);

/* In tenths. `at`: of each metric the place of its value. */
static unsigned base_2(const uint8_t *at);
static unsigned base_30(const uint8_t *at);
static unsigned base_31(const uint8_t *at);
static unsigned base_4(const uint8_t *at);

static const struct {
	struct span head;
	const char *name;
	const struct metric *metrics;
	size_t n;
	unsigned (*base)(const uint8_t *at);
} versions[] = {
	[CVSS_2] = { SPAN_INIT(""), "2", metrics_2, V2_METRICS, base_2 },
	[CVSS_30] = { SPAN_INIT("CVSS:3.0/"), "3.0", metrics_3, V3_METRICS, base_30 },
	[CVSS_31] = { SPAN_INIT("CVSS:3.1/"), "3.1", metrics_3, V3_METRICS, base_31 },
	[CVSS_40] = { SPAN_INIT("CVSS:4.0/"), "4.0", metrics_4, V4_METRICS, base_4 },
};
ROWS(versions, CVSS_VERSIONS);

static unsigned weight(const struct metric *metrics, const uint8_t *at, size_t metric)
{
	return metrics[metric].weights[at[metric]];
}

static unsigned base_2(const uint8_t *at)
{
	/* 1 - (1 - C)(1 - I)(1 - A), in 1e-9 */
	int64_t left = (int64_t)(1000 - weight(metrics_2, at, V2_C)) *
		       (1000 - weight(metrics_2, at, V2_I)) * (1000 - weight(metrics_2, at, V2_A));
	int64_t impact = 1041 * (1000000000 - left); /* 10.41 times, in 1e-11 */
	int64_t exploit = (int64_t)20 * weight(metrics_2, at, V2_AV) *
			  weight(metrics_2, at, V2_AC) * weight(metrics_2, at, V2_AU); /* in 1e-9 */

	if (!impact)
		return 0;
	/* (0.6 impact + 0.4 exploit - 1.5) in 1e-12, times 1.176; to the nearest tenth */
	int64_t sum = 6 * impact + 400 * exploit - 1500000000000;

	return (unsigned)((sum * 1176 + 50000000000000) / 100000000000000);
}

/* The sum that is rounded up, in 1e-12; at most 10. */
static int64_t base_3(const uint8_t *at)
{
	static const uint16_t privileges_changed[] = { 85, 68, 50 };
	bool is_changed = at[V3_S];
	int64_t privileges =
		is_changed ? privileges_changed[at[V3_PR]] : weight(metrics_3, at, V3_PR);
	int64_t exploit = 822 * privileges * weight(metrics_3, at, V3_AV) *
			  weight(metrics_3, at, V3_AC) *
			  weight(metrics_3, at, V3_UI); /* in 1e-10 */
	/* 1 - (1 - C)(1 - I)(1 - A), in 1e-6 */
	int64_t part = 1000000 - (int64_t)(100 - weight(metrics_3, at, V3_C)) *
					 (100 - weight(metrics_3, at, V3_I)) *
					 (100 - weight(metrics_3, at, V3_A));
	int64_t impact = 64200 * part; /* 6.42 times, in 1e-10 */

	if (is_changed) { /* 7.52 (part - 0.029) - 3.25 (part - 0.02)^15 */
		int64_t x = 1000 * (part - 20000),
			power = 1000000000; /* in 1e-9: exact enough by far */

		for (int i = 0; i < 15; i++)
			power = power * x / 1000000000;
		impact = 75200 * (part - 29000) - 325 * power / 10;
	}
	if (!part)
		return 0;

	int64_t sum = (impact + exploit) * (is_changed ? 108 : 100);

	return sum < 10000000000000 ? sum : 10000000000000;
}

static unsigned base_30(const uint8_t *at)
{
	return (unsigned)((base_3(at) + 99999999999) / 100000000000);
}

/* Five digits after the point count, so that no trifle of a sum makes a tenth. */
static unsigned base_31(const uint8_t *at)
{
	return (unsigned)(((base_3(at) + 5000000) / 10000000 + 9999) / 10000);
}

/* Scores of the macrovectors that base metrics alone can have, and of their next lower ones:
 * by EQ1, EQ2, EQ3 with EQ6 (00, 01, 10, 11, 21) and EQ4 (1, 2); EQ5 is 0. */
static const uint8_t macro_4[3][2][5][2] = {
	{ { { 100, 93 }, { 96, 90 }, { 93, 88 }, { 92, 80 }, { 79, 69 } },
		{ { 95, 92 }, { 91, 81 }, { 92, 84 }, { 82, 70 }, { 71, 63 } } },
	{ { { 94, 87 }, { 89, 75 }, { 86, 72 }, { 76, 57 }, { 65, 53 } },
		{ { 90, 77 }, { 77, 66 }, { 74, 61 }, { 59, 52 }, { 58, 23 } } },
	{ { { 86, 70 }, { 74, 54 }, { 72, 53 }, { 57, 36 }, { 47, 24 } },
		{ { 73, 54 }, { 55, 43 }, { 61, 46 }, { 51, 18 }, { 24, 10 } } },
};
enum { EQ36_00, EQ36_01, EQ36_10, EQ36_11, EQ36_21 };

/* How far the vector is below the highest of its class goes the same way to the next class. As
 * the values of a metric are in order, and the highest vectors of a class have the same sum of
 * places, the distance is that of the sums. */
struct distance {
	unsigned drop;  /* to the next lower macrovector; in tenths */
	unsigned steps; /* of `depth` */
	unsigned depth;
};

static unsigned base_4(const uint8_t *at)
{
	static const uint8_t depth_1[] = { 1, 4, 5 }, top_1[] = { 0, 1, 3 };
	unsigned far = (at[V4_AV] > 0) + (at[V4_PR] > 0) + (at[V4_UI] > 0);
	unsigned eq1 = !far ? 0 : far < 3 && at[V4_AV] < 3 ? 1 : 2;
	unsigned eq2 = at[V4_AC] || at[V4_AT];
	unsigned eq36 = !at[V4_VC] && !at[V4_VI]                 ? EQ36_00
			: !at[V4_VC] || !at[V4_VI] || !at[V4_VA] ? EQ36_10
								 : EQ36_21;
	unsigned eq4 = at[V4_SC] && at[V4_SI] && at[V4_SA];
	unsigned impact = at[V4_VC] + at[V4_VI] + at[V4_VA];
	unsigned beyond = at[V4_SC] + at[V4_SI] + at[V4_SA];
	unsigned score = macro_4[eq1][eq2][eq36][eq4];
	struct distance d[4] = { 0 };
	unsigned n = 0, below = 0;

	if (impact == 6 && beyond == 6)
		return 0;
	if (eq1 < 2)
		d[n++] = (struct distance){ score - macro_4[eq1 + 1][eq2][eq36][eq4],
			at[V4_AV] + at[V4_PR] + at[V4_UI] - top_1[eq1], depth_1[eq1] };
	if (!eq2) /* one vector alone is in this class */
		d[n++] = (struct distance){ score - macro_4[eq1][1][eq36][eq4], 0, 1 };
	if (eq36 == EQ36_00) {
		unsigned left = macro_4[eq1][eq2][EQ36_01][eq4];
		unsigned right = macro_4[eq1][eq2][EQ36_10][eq4];

		d[n++] = (struct distance){ score - (left > right ? left : right), impact, 7 };
	} else if (eq36 == EQ36_10) {
		d[n++] =
			(struct distance){ score - macro_4[eq1][eq2][EQ36_11][eq4], impact - 1, 8 };
	}
	if (!eq4)
		d[n++] = (struct distance){ score - macro_4[eq1][eq2][eq36][1], beyond, 5 };
	/* The mean over n and EQ5, which has a lower class and no distance. All depths divide 280.
	 */
	for (unsigned i = 0; i < n; i++)
		below += d[i].drop * d[i].steps * (280 / d[i].depth);
	n = 280 * (n + 1);
	return (2 * (score * n - below) + n) / (2 * n); /* to the nearest tenth */
}

/* Of a metric of that name its place, n: none. */
static size_t metric_of(const struct metric *metrics, size_t n, struct span name)
{
	size_t i = 0;

	while (i < n && !span_eq(metrics[i].name, name))
		i++;
	return i;
}

static bool is_word(struct span s)
{
	for (size_t i = 0; i < s.len; i++)
		if (!ascii_is_alnum(span_at(s, i)))
			return false;
	return s.len > 0;
}

static uint8_t rating_of(uint8_t version, unsigned tenths)
{
	if (version == CVSS_2) /* has no "none" and no "critical" */
		return tenths < 40 ? RATING_LOW : tenths < 70 ? RATING_MEDIUM : RATING_HIGH;
	return !tenths       ? RATING_NEGLIGIBLE
	       : tenths < 40 ? RATING_LOW
	       : tenths < 70 ? RATING_MEDIUM
	       : tenths < 90 ? RATING_HIGH
			     : RATING_CRITICAL;
}

/* What follows the head of that version. */
static bool read(uint8_t version, struct span rest, struct cvss *out)
{
	uint8_t at[METRICS_MAX] = { 0 };
	unsigned seen = 0;
	struct span item, name;

	while (span_split(&rest, '/', &item)) {
		if (!span_split(&item, ':', &name) || !is_word(name) || !is_word(item))
			return false;

		size_t m = metric_of(versions[version].metrics, versions[version].n, name);

		if (m == versions[version].n)
			continue;

		struct span values = span_str(versions[version].metrics[m].values);
		size_t value = span_find(values, span_at(item, 0));

		if (item.len != 1 || value == values.len || seen & 1u << m)
			return false;
		seen |= 1u << m;
		at[m] = (uint8_t)value;
	}
	if (seen != (1u << versions[version].n) - 1)
		return false;
	*out = (struct cvss){ .version = version, .tenths = (uint8_t)versions[version].base(at) };
	out->rating = rating_of(version, out->tenths);
	for (size_t m = 0; m < versions[version].n; m++)
		out->packed |= (uint32_t)at[m] << 2 * m;
	return true;
}

bool cvss_parse(struct span vector, struct cvss *out)
{
	if (vector.len > CVSS_MAX)
		return false;
	for (uint8_t v = CVSS_VERSIONS - 1; v > CVSS_2; v--)
		if (span_starts(vector, versions[v].head))
			return read(v, span_from(vector, versions[v].head.len), out);
	if (span_starts(vector, SPAN("(")) && span_ends(vector, SPAN(")")))
		vector = span_sub(vector, 1, vector.len - 2);
	return read(CVSS_2, vector, out);
}

void cvss_print(const struct cvss *c, struct buf *out)
{
	buf_span(out, versions[c->version].head);
	for (size_t m = 0; m < versions[c->version].n; m++) {
		const struct metric *metric = &versions[c->version].metrics[m];

		if (m)
			buf_byte(out, '/');
		buf_span(out, metric->name);
		buf_byte(out, ':');
		buf_byte(out, metric->values[c->packed >> 2 * m & 3]);
	}
}

const char *cvss_version_name(uint8_t version)
{
	return versions[version].name;
}
