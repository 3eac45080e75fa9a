/* advisory.c - the words of ratings and states, and the ecosystems.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "advisory/advisory.h"

#include "base/ascii.h"
#include "base/table.h"

const char *const rating_names[] = { "unrated", "negligible", "low", "medium", "high", "critical" };
ROWS(rating_names, RATINGS);

const char *const fix_state_names[] = { "unknown", "fixed", "extended", "not-fixed", "deferred",
	"wont-fix", "end-of-life", "investigating", "not-affected" };
ROWS(fix_state_names, FIX_STATES);

const char *const advisory_family_names[] = { "debian", "ubuntu", "alpine", "wolfi", "rhel", "suse",
	"other-rpm", "go", "npm", "pypi", "maven", "cargo", "gem", "composer", "nuget", "bitnami",
	"cve" };
ROWS(advisory_family_names, FAMILIES);

/* Words of Red Hat, SUSE, Ubuntu, Debian, GHSA, CVSS, Alpine and Fedora. */
static const struct {
	const char *word;
	enum rating rating;
} words[] = {
	{ "critical", RATING_CRITICAL },
	{ "urgent", RATING_CRITICAL }, /* of the four of Bodhi */
	{ "high", RATING_HIGH },
	{ "important", RATING_HIGH },
	{ "medium", RATING_MEDIUM },
	{ "moderate", RATING_MEDIUM },
	{ "low", RATING_LOW },
	{ "minor", RATING_LOW },
	{ "negligible", RATING_NEGLIGIBLE },
	{ "unimportant", RATING_NEGLIGIBLE },
	{ "none", RATING_NEGLIGIBLE },
};

enum rating rating_of_word(struct span word)
{
	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++)
		if (span_eq_nocase(word, span_str(words[i].word)))
			return words[i].rating;
	return RATING_UNRATED;
}

/* How names are compared. */
enum spelling {
	AS_IS,
	LOWER,
	PYTHON, /* PEP 503: lower case, and a run of '-', '_' and '.' is one '-' */
};

/* Source of the strings: OSV schema 1.7.4, "Defined ecosystems"; CentOS, Azure Linux and Oracle
 * have none there, these are ours. */
static const struct advisory_ecosystem ecosystems[] = {
	{ SPAN_INIT("Debian"), FAMILY_DEBIAN, VERSION_DEB, AS_IS },
	{ SPAN_INIT("Ubuntu"), FAMILY_UBUNTU, VERSION_DEB, AS_IS },
	{ SPAN_INIT("Alpine"), FAMILY_ALPINE, VERSION_APK, AS_IS },
	{ SPAN_INIT("Wolfi"), FAMILY_WOLFI, VERSION_APK, AS_IS },
	{ SPAN_INIT("Chainguard"), FAMILY_WOLFI, VERSION_APK, AS_IS },
	{ SPAN_INIT("MinimOS"), FAMILY_WOLFI, VERSION_APK, AS_IS },
	{ SPAN_INIT("Red Hat"), FAMILY_RHEL, VERSION_RPM, AS_IS },
	{ SPAN_INIT("AlmaLinux"), FAMILY_RHEL, VERSION_RPM, AS_IS },
	{ SPAN_INIT("Rocky Linux"), FAMILY_RHEL, VERSION_RPM, AS_IS },
	{ SPAN_INIT("Oracle Linux"), FAMILY_RHEL, VERSION_RPM, AS_IS },
	{ SPAN_INIT("CentOS"), FAMILY_RHEL, VERSION_RPM, AS_IS },
	{ SPAN_INIT("SUSE"), FAMILY_SUSE, VERSION_RPM, AS_IS },
	{ SPAN_INIT("openSUSE"), FAMILY_SUSE, VERSION_RPM, AS_IS },
	{ SPAN_INIT("Amazon Linux"), FAMILY_RPM, VERSION_RPM, AS_IS },
	{ SPAN_INIT("Photon OS"), FAMILY_RPM, VERSION_RPM, AS_IS },
	{ SPAN_INIT("Azure Linux"), FAMILY_RPM, VERSION_RPM, AS_IS },
	{ SPAN_INIT("Mariner"), FAMILY_RPM, VERSION_RPM, AS_IS },
	{ SPAN_INIT("openEuler"), FAMILY_RPM, VERSION_RPM, AS_IS },
	{ SPAN_INIT("Mageia"), FAMILY_RPM, VERSION_RPM, AS_IS },
	{ SPAN_INIT("Fedora"), FAMILY_RPM, VERSION_RPM, AS_IS },
	{ SPAN_INIT("Go"), FAMILY_GO, VERSION_GO, AS_IS },
	{ SPAN_INIT("npm"), FAMILY_NPM, VERSION_SEMVER, AS_IS },
	{ SPAN_INIT("PyPI"), FAMILY_PYPI, VERSION_PEP440, PYTHON },
	{ SPAN_INIT("Maven"), FAMILY_MAVEN, VERSION_MAVEN, AS_IS },
	{ SPAN_INIT("crates.io"), FAMILY_CARGO, VERSION_SEMVER, AS_IS },
	{ SPAN_INIT("RubyGems"), FAMILY_GEM, VERSION_GEM, AS_IS },
	{ SPAN_INIT("Packagist"), FAMILY_COMPOSER, VERSION_PACKAGIST, LOWER },
	{ SPAN_INIT("NuGet"), FAMILY_NUGET, VERSION_NUGET, LOWER },
	{ SPAN_INIT("Bitnami"), FAMILY_BITNAMI, VERSION_BITNAMI, AS_IS },
};

const struct advisory_ecosystem *advisory_ecosystem(struct span osv_name)
{
	struct span name = span_sub(osv_name, 0, span_find(osv_name, ':'));

	for (size_t i = 0; i < sizeof(ecosystems) / sizeof(*ecosystems); i++)
		if (span_eq(name, ecosystems[i].name))
			return &ecosystems[i];
	return NULL;
}

static bool is_python_dash(uint8_t c)
{
	return c == '-' || c == '_' || c == '.';
}

struct span advisory_package(const struct advisory_ecosystem *e, struct span name, struct arena *a)
{
	size_t n = 0;
	uint8_t *out;

	if (e->spelling == AS_IS)
		return name;
	out = arena_alloc(a, name.len);
	if (!out)
		return (struct span){ 0 };
	for (size_t i = 0; i < name.len; i++) {
		uint8_t c = span_at(name, i);

		if (e->spelling == PYTHON && is_python_dash(c)) {
			if (i && is_python_dash(span_at(name, i - 1)))
				continue;
			c = '-';
		}
		out[n++] = ascii_lower(c);
	}
	return span_of(out, n);
}
