/* schemes.h - the comparators, and what several of them are made of.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#pragma once

#include "version/version.h"

/* One for each scheme, each in a file of its name: as version_cmp. */
bool version_deb(struct span a, struct span b, int *out_order);
bool version_rpm(struct span a, struct span b, int *out_order);
bool version_apk(struct span a, struct span b, int *out_order);
bool version_semver(struct span a, struct span b, int *out_order);
bool version_go(struct span a, struct span b, int *out_order);
bool version_pep440(struct span a, struct span b, int *out_order);
bool version_maven(struct span a, struct span b, int *out_order);
bool version_gem(struct span a, struct span b, int *out_order);
bool version_packagist(struct span a, struct span b, int *out_order);
bool version_nuget(struct span a, struct span b, int *out_order);
bool version_bitnami(struct span a, struct span b, int *out_order);

/* What begins `rest` and is all digits, or all ASCII letters; may be empty. */
struct span take_digits(struct span *rest);
struct span take_letters(struct span *rest);
/* True and one byte less when `rest` begins with that byte. */
bool take_byte(struct span *rest, uint8_t byte);
/* The same for a word in lower case, in any spelling. */
bool take_word(struct span *rest, struct span word);
bool is_digits(struct span s); /* not empty */
/* Digits as numbers of any length; the empty span is 0. */
int digits_cmp(struct span a, struct span b);
/* Numbers with dots between them; the shorter continues with zeros. */
int release_cmp(struct span a, struct span b);
int span_cmp_nocase(struct span a, struct span b); /* ASCII */

/* "1.2.3-pre.1+build" and what is written like it: one number or more, an optional "v" in front. */
struct semver {
	struct span release; /* "1.2.3" */
	struct span pre;     /* "pre.1"; empty: none */
};

bool semver_read(struct span v, struct semver *out);
/* Of pre-releases numbers are before words, and then the shorter one is. */
int semver_cmp(const struct semver *a, const struct semver *b,
	int (*word_cmp)(struct span a, struct span b));
