/* test_foreign.c - ignore files of Trivy and Grype: what is taken, and that nothing matches more
 * than it says.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "tests/unit/unit.h"

#include "policy/policy.h"
#include "facts/package.h"

enum { TODAY = 20000, DAY = 86400 }; /* 2024-10-04 */

static const struct {
	const char *name, *file, *text;
	size_t entries;
	const char *id, *path, *purl, *package, *reason; /* of the first */
	const char *note;                                /* part of it; NULL: none */
} cases[] = {
	{ "an id", ".trivyignore", "# c\nCVE-1\n", 1, "CVE-1", "", "", "",
		"no reason in .trivyignore", NULL },
	{ "a day that has not come", ".trivyignore", "CVE-1 exp:2024-10-04", 1, "CVE-1", "", "", "",
		"no reason", NULL },
	{ "a day that has", ".trivyignore", "CVE-1 exp:2024-10-03", 0, "", "", "", "", "",
		"1 entries expired" },
	{ "what is not an advisory", ".trivyignore", "generic-rule\n", 0, "", "", "", "", "",
		NULL },
	{ "a path and a package", "a/.trivyignore.yaml",
		"vulnerabilities:\n- id: CVE-1\n  paths: [/usr/x, usr/y]\n  purls: "
		"['pkg:deb/debian/a']\n"
		"  statement: why\n",
		2, "CVE-1", "usr/x", "pkg:deb/debian/a", "", "why", NULL },
	{ "a field that is not read", ".trivyignore.yaml",
		"vulnerabilities:\n- id: CVE-1\n  severity: HIGH\n", 0, "", "", "", "", "",
		"1 left out" },
	{ "Grype", ".grype.yaml",
		"ignore:\n- vulnerability: CVE-1\n  reason: why\n  package:\n    name: bash\n    "
		"type: deb\n",
		1, "CVE-1", "", "", "bash", "why", NULL },
	{ "Grype, without an id", ".grype.yaml", "ignore:\n- package:\n    location: /opt/**\n", 1,
		"", "opt/**", "", "", "no reason", NULL },
	{ "Grype, a namespace", ".grype.yaml",
		"ignore:\n- vulnerability: CVE-1\n  namespace: debian:distro:debian:12\n", 0, "",
		"", "", "", "", "1 left out" },
	{ "Grype, an unknown type", ".grype.yaml",
		"ignore:\n- vulnerability: CVE-1\n  package:\n    type: lisp\n", 0, "", "", "", "",
		"", "1 left out" },
	{ "Grype, an entry that says nothing", ".grype.yaml", "ignore:\n- reason: all\n", 0, "", "",
		"", "", "", "1 left out" },
};

static void entries(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct scov_err err = { 0 };
		struct policy p;

		policy_init(&p);
		p.now = (int64_t)TODAY * DAY;
		if (policy_ignore_from(&p, span_str(cases[i].text), cases[i].file, &err))
			fail_msg("%s: %s", cases[i].name, err.text);
		check(cases[i].name, p.waivers.n == cases[i].entries);
		if (p.waivers.n) {
			const struct waiver *w = &p.waivers.p[0];

			check_span(cases[i].name, w->id, span_str(cases[i].id));
			check_span(cases[i].name, w->path, span_str(cases[i].path));
			check_span(cases[i].name, w->purl, span_str(cases[i].purl));
			check_span(cases[i].name, w->package, span_str(cases[i].package));
			check(cases[i].name, span_has(w->reason, span_str(cases[i].reason)));
			check(cases[i].name, w->is_foreign && w->layer == -1);
		}
		check(cases[i].name, (cases[i].note != NULL) == (p.notes.n == 1));
		if (cases[i].note)
			check(cases[i].name, span_has(p.notes.p[0], span_str(cases[i].note)));
		policy_release(&p);
	}
}

static void what_is_refused(void **state)
{
	static const struct {
		const char *name, *file, *text;
	} rows[] = {
		{ "a day that is not one", ".trivyignore", "CVE-1 exp:soon" },
		{ "a page", "README.md", "# words\nTwo words, and more.\n" },
		{ "JSON", "x.json", "{\"ignore\": []}\n" },
		{ "an option after the id", ".trivyignore", "CVE-1 until=2026-01-01\n" },
		{ "neither tool's", ".grype.yaml", "fail-on: high\n" },
		{ "no YAML", ".trivyignore.yaml", "vulnerabilities: [" },
		{ "an alias", ".grype.yaml", "ignore: &a\n- vulnerability: CVE-1\nb: *a\n" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct policy p;

		policy_init(&p);
		check(rows[i].name,
			policy_ignore_from(&p, span_str(rows[i].text), rows[i].file, NULL) != 0);
		policy_release(&p);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(entries),
		cmocka_unit_test(what_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
