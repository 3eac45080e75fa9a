/* package.h - the types of packages: one row each, and what follows from a type.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/span.h"

/* Numbers of part facts: a new type comes last. */
enum package_type {
	PACKAGE_DEB = 1,
	PACKAGE_APK,
	PACKAGE_RPM,
	PACKAGE_OPKG,
	PACKAGE_CHISEL,
	PACKAGE_PYTHON, /* from here on: of a language, or known without a package manager */
	PACKAGE_NPM,
	PACKAGE_GEM,
	PACKAGE_GO,
	PACKAGE_CARGO,
	PACKAGE_MAVEN,
	PACKAGE_NUGET,
	PACKAGE_COMPOSER,
	PACKAGE_CONDA,
	PACKAGE_JDK,
	PACKAGE_BITNAMI,
	PACKAGE_BINARY, /* a program that is known by its content alone */
	PACKAGE_OPAM,
	PACKAGE_CRAN,
	PACKAGE_TYPES, /* one more than the last */
};

/* A system's packages come with the distribution: they count for the size of a base, and what they
 * ship is published. A language's packages are what somebody installed on top. */
enum package_scope { SCOPE_SYSTEM = 1, SCOPE_LANGUAGE };

/* Whose order of versions it follows. */
enum package_ecosystem {
	ECOSYSTEM_DEB = 1,
	ECOSYSTEM_APK,
	ECOSYSTEM_RPM,
	ECOSYSTEM_PYPI,
	ECOSYSTEM_NPM,
	ECOSYSTEM_GEM,
	ECOSYSTEM_GO,
	ECOSYSTEM_CARGO,
	ECOSYSTEM_MAVEN,
	ECOSYSTEM_NUGET,
	ECOSYSTEM_COMPOSER,
	ECOSYSTEM_BITNAMI,
	ECOSYSTEMS, /* one more than the last */
};

struct package_row {
	const char *name;  /* as reports write it */
	const char *purl;  /* type of a package URL */
	uint8_t scope;     /* enum package_scope; 0: unknown */
	uint8_t ecosystem; /* enum package_ecosystem; 0: unknown */
	const char *osv;   /* OSV's name of the ecosystem; NULL: it depends on the distribution, or
			      there is none */
	/* Of its package URL. */
	bool folds;       /* names in lower case */
	uint8_t space;    /* ends the namespace in the name, at its last place; 0: the namespace is
			     the distribution's ID, of a language there is none */
	const char *arch; /* the qualifier that says `arch`; NULL: "arch" */
};

/* Never NULL: a number that is not in the table has the row of an unknown type, of no scope. */
const struct package_row *package_row(unsigned type);

/* Of the row with this name; 0: none. */
unsigned package_type_named(struct span name);

static inline bool package_is_system(unsigned type)
{
	return package_row(type)->scope == SCOPE_SYSTEM;
}

/* The name in one of package_fact's needs or provides, "libc6:any (>= 2.36)", "so:libz.so.1=1.2" or
 * "gcc>1"; empty: a conflict ("!x"). */
struct span package_need_name(struct span text);
/* What is between two of them. */
uint8_t package_need_end(unsigned type);
