/* The order of versions, by rows; and that it is an order, on versions made at random from them.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "tests/unit/unit.h"

#include "version/version.h"

#define COUNT(t) (sizeof(t) / sizeof(*(t)))

/* Each row is one ascending line: "<" and "=" between blanks. */
static const struct {
	const char *scheme, *line;
} lines[] = {
	{ "deb", "1~~ < 1~~a < 1~ < 1 < 1a < 1b < 1+ < 1.0~rc1 < 1.0 = 1.0-0 = 0:1.0 = 1.0-00" },
	{ "deb", "1.0 < 1.0-1~bpo1 < 1.0-1 < 1.0-1+b1 < 1.0-1.1 < 1.0-2 < 1.0-10 < 1.0.1-1" },
	{ "deb", "2.7-1-1 < 2.7-1-2 < 2.7-1.1-1" },
	{ "deb", "99 < 1:0 < 1:0.1 < 2:0" },
	{ "deb", "1.2.3-1~deb12u1 < 1.2.3-1 < 1.2.3-1+deb12u1 = 1.2.3-01+deb12u01" },
	{ "deb", "1:a < 1:b < 1:b1 < 1:b10 < 1:ba" },
	{ "rpm", "1.0~rc1 < 1.0 = 1..0 = 1_0 = 0:1.0 = 1.000 < 1.0^git1 < 1.0a < 1.0.0 < 1.0.1" },
	{ "rpm", "1.0 < 1.0- < 1.0-1.el9 < 1.0-1.el9_1 < 1.0-2~a < 1.0-2 < 1.0-2^a < 1.0-2a" },
	{ "rpm", "9 < 1:1-1 = 01:1-1 < 2:0" },
	{ "rpm", "xyz < xyz.1 < 1 < 1a < 1b < 1.0 < 1.0a < 1.0.1" },
	{ "rpm", "1^ < 1^a < 1^1" },
	{ "apk", "1_alpha < 1_alpha1 < 1_beta < 1_pre2 < 1_rc1 < 1_rc10 < 1 < 1-r1 < 1-r10 < 1~c0 "
		 "< 1~c1 < 1~c1-r1 < 1_cvs < 1_svn < 1_git < 1_hg < 1_p < 1_p1 < 1a < 1b < 1.0 < "
		 "1.01 "
		 "< 1.1 < 1.1.0 < 1.2 < 1.10 < 2 = 02" },
	{ "apk", "1.6_rc1 < 1.6 < 1.6-r0 = 1.6-r = 1.6-r00" },
	{ "apk", "1.2-r1 = 1.2.r1 = 1.2.-r1 < 1.2-r2" },
	{ "apk", "1_rc < 1_rc1 < 1_rc_git1 < 1" },
	{ "semver", "1.0.0-0 < 1.0.0-1 < 1.0.0-10 < 1.0.0-a < 1.0.0-a.1 < 1.0.0-a.b < 1.0.0-a-b < "
		    "1.0.0 = 1 = v1.0 = 1.0.0+b1 < 1.0.0.1 < 1.0.1-rc.1 < 1.0.1 < 1.9.0 < 1.10.0" },
	{ "semver", "1.0.0-alpha.9 < 1.0.0-alpha.10 < 1.0.0-beta < 1.0.0-rc.1+x = 1.0.0-rc.1+y" },
	{ "semver", "99999999999999999999 < 100000000000000000000 < 100000000000000000001.0.0" },
	{ "go", "v0.0.0-20190101000000-abcdefabcdef < v0.0.0-20200101000000-abcdefabcdef < v0.1.0 "
		"< "
		"v0.1.1-0.20200101000000-abcdefabcdef < v0.1.1 < v2.0.0+incompatible = 2.0.0" },
	{ "go", "1.21.0-0 < go1.21rc3 < 1.21.0-rc.4 = go1.21rc4 < go1.21rc10 < 1.21.0" },
	{ "go", "1.19.9 < 1.20.0-0 < go1.20beta1 = 1.20.0-beta.1 < go1.20rc1 = v1.20.0-rc.1 < "
		"go1.20 "
		"= 1.20.0 = go1.20-fips < go1.20.1 < go1.21 = go1.21b7" },
	{ "pep440", "1.dev0 < 1.dev1 < 1.0a1.dev1 < 1.0a1 = 1.0-ALPHA-1 < 1.0a1.post1.dev1 < "
		    "1.0a1.post1 < 1.0b1 < 1.0rc1 = 1.0c1 = 1.0.pre.1 < 1 = v1.0 = 1.0.0 < 1.0+a < "
		    "1.0+a.b < 1.0+b < 1.0+1 < 1.0+1.a < 1.0+1.1 = 1.0+1-1 < 1.0.post0.dev1 < "
		    "1.0.post0 = 1.0-0 = 1.0.post < 1.0-1 = 1.0r1 = 1.0_rev_1 < 1.1 < 1!0" },
	{ "maven",
		"1-alpha-1 = 1a1 < 1-alpha-2-SNAPSHOT < 1-alpha-2 < 1-beta < 1-M1 = 1-milestone-1 "
		"< 1-rc1 = 1.0.CR1 < 1-snapshot < 1 = 1.0.0 = 1.Final = 1-ga = 1.RELEASE < 1-sp < "
		"1-a "
		"= 1.0-A < 1-jre < 1-xyz < 1-1 = 1-ga-1 < 1-2 < 1.0.1 < 1.1 = 1.01" },
	{ "maven", "1-1-alpha < 1-1 = 1-1.0 < 1-1-foo < 1-1.0.1" },
	{ "maven", "1.0.alpha < 1 < 1-1 < 1.0.1 < 1.0.1.0.1" },
	{ "maven", "31.1-android < 31.1-jre < 32.0.0-android" },
	{ "gem", "1.a.b < 1.0.0.a = 1.a < 1.a.1 < 1.a.2 = 1.a2 < 1.b < 1-a = 1.pre.a < 1.pre < 1 = "
		 "1.0.0 < "
		 "1.0.1.rc1 < 1.0.1" },
	{ "packagist",
		"1.0-dev < 1.0-alpha < 1.0a1 = 1.0-alpha1 < 1.0-ALPHA2-dev < 1.0-alpha2 < 1.0beta "
		"< 1.0-RC1 = 1.0.rc1 < 1.0 = 1 = v1.0.0.0 = 1.0-stable = 1.0+b < 1.0-p1 = 1.0pl1 < "
		"1.0.1 < 1.1.0-dev < 1.9999999.9999999.9999999-dev" },
	{ "nuget", "1.0.0-a < 1.0.0-BETA = 1.0.0-beta < 1.0.0-beta.2 < 1.0.0-beta2 < 1 = 1.0.0.0 = "
		   "1.00 = 1.0+x < 1.0.0.1-rc < 1.0.0.1 < 1.0.1" },
	{ "bitnami", "1.2.3-beta1 < 1.2.3-rc1 < 1.2.3 = 1.2.3-0 < 1.2.3-4 < 1.2.3-4.el9 < 1.2.3-10 "
		     "< 1.2.3-10-g21 < 1.2.4" },
};

static const struct {
	const char *scheme, *version;
} no_versions[] = {
	{ "deb", "" },
	{ "deb", "-1" },
	{ "deb", "1-" },
	{ "deb", ":1" },
	{ "deb", "a:1" },
	{ "deb", "99999999999:1" },
	{ "deb", "1 2" },
	{ "deb", "<unfixed>" },
	{ "rpm", "-1" },
	{ "rpm", "1:" },
	{ "rpm", "1 2" },
	{ "apk", "a" },
	{ "apk", ".1" },
	{ "apk", "1." },
	{ "apk", "1..2" },
	{ "apk", "1_foo" },
	{ "apk", "1-r1-r2" },
	{ "apk", "1-1" },
	{ "apk", "1~" },
	{ "apk", "1A" },
	{ "apk", "1-R1" },
	{ "apk", "1.1.0-r1-r0" },
	{ "apk", "1.11-20-r0" },
	{ "semver", "v" },
	{ "semver", "1." },
	{ "semver", ".1" },
	{ "semver", "1.x" },
	{ "semver", "1.0.0-" },
	{ "semver", "1.0.0-a..b" },
	{ "semver", "1.0.0-a_b" },
	{ "semver", "1.0.0+" },
	{ "semver", "latest" },
	{ "go", "(devel)" },
	{ "go", "devel go1.25-abcdef" },
	{ "go", "go" },
	{ "go", "go1.20rc" },
	{ "go", "go1.20alpha1" },
	{ "pep440", "2004d" },
	{ "pep440", "1.0-foo" },
	{ "pep440", "1.0+" },
	{ "pep440", "1.0+a..b" },
	{ "pep440", "!1" },
	{ "pep440", "1." },
	{ "gem", "1..2" },
	{ "gem", "a" },
	{ "gem", "1_2" },
	{ "gem", "1." },
	{ "packagist", "dev-main" },
	{ "packagist", "1.x-dev" },
	{ "packagist", "1.0-foo" },
	{ "packagist", "1.0-stable1" },
	{ "nuget", "1.0.0-" },
	{ "bitnami", "1.2.3-" },
};

static int order_of(const char *name, enum version_scheme scheme, struct span a, struct span b)
{
	int order = 7;

	check(name, version_cmp(scheme, a, b, &order));
	return order < 0 ? -1 : order > 0;
}

/* Every two of a line, both ways. */
static void lines_ascend(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(lines); i++) {
		enum version_scheme scheme = version_scheme_named(span_str(lines[i].scheme));
		struct span rest = span_str(lines[i].line), word, versions[64];
		size_t rank[64], n = 0, at = 0;

		while (span_split(&rest, ' ', &word)) {
			if (span_eq(word, SPAN("<")))
				at++;
			else if (!span_eq(word, SPAN("="))) {
				check(lines[i].line, n < 64);
				rank[n] = at;
				versions[n++] = word;
			}
		}
		check(lines[i].line, scheme && n > 1);
		for (size_t a = 0; a < n; a++)
			for (size_t b = 0; b < n; b++) {
				char name[160];
				int want = rank[a] < rank[b] ? -1 : rank[a] > rank[b];

				snprintf(name, sizeof(name), "%s: '%.*s' and '%.*s'",
					lines[i].scheme, SPAN_ARG(versions[a]),
					SPAN_ARG(versions[b]));
				check(name,
					order_of(name, scheme, versions[a], versions[b]) == want);
			}
	}
}

static void others_are_refused(void **state)
{
	(void)state;
	static char big[VERSION_MAX + 1];
	int order = 7;

	for (size_t i = 0; i < COUNT(no_versions); i++) {
		enum version_scheme scheme = version_scheme_named(span_str(no_versions[i].scheme));
		struct span bad = span_str(no_versions[i].version);

		check(no_versions[i].version, !version_valid(scheme, bad));
		check(no_versions[i].version, !version_cmp(scheme, bad, SPAN("1"), &order));
		check(no_versions[i].version, !version_cmp(scheme, SPAN("1"), bad, &order));
	}
	memset(big, '1', sizeof(big));
	for (enum version_scheme s = VERSION_DEB; s < VERSION_SCHEMES; s++) {
		check("longest", version_valid(s, span_of(big, VERSION_MAX)));
		check("too long", !version_cmp(s, span_of(big, sizeof(big)), SPAN("1"), &order));
		check("empty", !version_valid(s, SPAN("")));
	}
	check("no scheme",
		!version_valid(0, SPAN("1")) && !version_valid(VERSION_SCHEMES, SPAN("1")));
	check("no name", version_scheme_named(SPAN("cpan")) == 0);
	check("order untouched", order == 7);
}

static void epochs(void **state)
{
	(void)state;
	check("stated", version_rpm_has_epoch(SPAN("4:5.26-1")));
	check("zero is stated", version_rpm_has_epoch(SPAN("0:5.26-1")));
	check("none", !version_rpm_has_epoch(SPAN("5.26-1")));
	check("a word is none", !version_rpm_has_epoch(SPAN("a:5.26-1")));
}

static uint64_t dice(uint64_t *state, uint64_t sides)
{
	*state ^= *state << 13;
	*state ^= *state >> 7;
	*state ^= *state << 17;
	return (*state >> 11) % sides;
}

enum { POOL = 14, TEXT = 96 };

struct text {
	char p[TEXT];
	size_t len;
};

/* One to three bytes or words put in, taken out or replaced. */
static struct text mutate(struct span seed, uint64_t *state)
{
	static const char *const pieces[] = { "0", "1", "2", "9", "10", "00", ".", ".0", "-", "_",
		"+", "~", "^", "a", "b", "A", "rc", "rc1", "-1", "-0", ".a", "alpha", "p1", "dev",
		"post", "sp", "ga", "1:", "1!", "-r1", "pre", "-rc.", "-SNAPSHOT", "v" };
	struct text t = { .len = seed.len < TEXT / 2 ? seed.len : TEXT / 2 };

	memcpy(t.p, seed.p, t.len);
	for (uint64_t n = 1 + dice(state, 3); n; n--) {
		const char *piece = pieces[dice(state, COUNT(pieces))];
		size_t at = dice(state, t.len + 1), len = strlen(piece);
		size_t out = dice(state, 3) && at < t.len;

		if (dice(state, 4) == 0)
			len = 0;
		memmove(t.p + at + len, t.p + at + out, t.len - at - out);
		memcpy(t.p + at, piece, len);
		t.len += len - out;
	}
	return t;
}

/* Any three of a pool: that a is before b and b before c says that a is before c, and what is equal
 * is equal to the same. */
static void check_pool(enum version_scheme scheme, const struct text *pool)
{
	int order[POOL][POOL];

	for (size_t a = 0; a < POOL; a++)
		for (size_t b = 0; b < POOL; b++)
			order[a][b] = order_of("pool", scheme, span_of(pool[a].p, pool[a].len),
				span_of(pool[b].p, pool[b].len));
	for (size_t a = 0; a < POOL; a++)
		for (size_t b = 0; b < POOL; b++)
			for (size_t c = 0; c < POOL; c++) {
				int x = order[a][b], y = order[b][c], z = order[a][c];

				if (x != -order[b][a] || (a == b && x) ||
					(x <= 0 && y <= 0 && z != (x + y < 0 ? -1 : 0)))
					fail_msg("scheme %d: '%.*s' %d '%.*s' %d '%.*s', but %d",
						(int)scheme, (int)pool[a].len, pool[a].p, x,
						(int)pool[b].len, pool[b].p, y, (int)pool[c].len,
						pool[c].p, z);
			}
}

static void is_an_order(void **state)
{
	enum { ROUNDS = 150 };
	uint64_t seed = 88172645463325252u;

	(void)state;
	for (size_t i = 0; i < COUNT(lines); i++) {
		enum version_scheme scheme = version_scheme_named(span_str(lines[i].scheme));

		for (size_t round = 0; round < ROUNDS; round++) {
			struct text pool[POOL];

			for (size_t n = 0; n < POOL;) {
				struct span rest = span_str(lines[i].line), word = { 0 };
				uint64_t skip = 2 * dice(&seed, 12);

				while (span_split(&rest, ' ', &word) && skip--)
					;
				if (span_find(SPAN("<="), span_at(word, 0)) < 2)
					continue;
				pool[n] = mutate(word, &seed);
				n += version_valid(scheme, span_of(pool[n].p, pool[n].len));
			}
			check_pool(scheme, pool);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lines_ascend),
		cmocka_unit_test(others_are_refused),
		cmocka_unit_test(epochs),
		cmocka_unit_test(is_an_order),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
