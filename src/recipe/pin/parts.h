/* parts.h - inside recipe/pin: the finders of each kind of file.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#pragma once

#include "recipe/pin/pin.h"

struct pin_finding {
	struct span file;
	const char *path;
	struct arena *a;
	pin_spots *out;
	bool is_full; /* not all spots are in `out` */
};

/* A name that begins at `from` of the file. left: why it cannot be edited; NULL: it can. */
void pin_add_name(
	struct pin_finding *f, uint32_t line, struct span text, size_t from, const char *left);
void pin_add(struct pin_finding *f, const struct pin_spot *s);
bool pin_is_variable(struct span text); /* "$", "{{" or "<" is in it */
must_check int pin_find_dockerfile(struct pin_finding *f, struct scov_err *err);
must_check int pin_find_yaml(struct pin_finding *f, struct scov_err *err);
