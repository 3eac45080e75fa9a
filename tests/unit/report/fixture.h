/* fixture.h - a report made by hand, with all that an image may put into one.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#pragma once

#include "../unit.h"
#include "criteria/criterion.h"
#include "report/report.h"

/* What an image may name a file to lie to a terminal, a web page or a parser. */
#define HOSTILE                                                                                    \
	"a\033[31m\n\r\t\b\xff\xc0\xaf\xe2\x80\xae\xe2\x81\xa6\xe2\x80\x8e\xc2\x9b<b>&\"'\\\x7f"

struct fixture {
	struct report report;
	struct image_facts facts;
	struct image_layer layers[2];
	struct package_fact packages[4];
	struct evidence evidence[3];
	struct remedy remedy;
	struct secret_fact secrets[4];
	struct matches matches;
	char long_path[4097];
};

/* Two layers, four packages, a secret of each level (the second is deleted, the third is in a
 * label and is ignored); conf.user is not met, min.shell and prov.fresh are met, the rest is
 * not assessed. Three vulnerabilities, one of each that counts, is taken out, is unimportant; a
 * gap. name is everywhere where an image may put text. */
void fixture_init(struct fixture *f, struct span name);
void fixture_release(struct fixture *f);
