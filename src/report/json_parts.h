/* json_parts.h - what the sections of the JSON report share. Inside report/ only.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#pragma once

#include "facts/report.h"
#include "report/report.h"
#include "syntax/json.h"

extern const char *const json_class_names[]; /* by enum ev_class */
extern const char *const json_kind_names[];  /* by enum ev_kind */
extern const char *const json_role_names[];  /* by enum ev_role */

void json_member(struct json_out *w, const char *key, struct span value);
void json_member_str(struct json_out *w, const char *key, const char *value); /* NULL: null */
void json_member_int(struct json_out *w, const char *key, int64_t value);
void json_member_bool(struct json_out *w, const char *key, bool value);
/* The lowest layer that has it; null: none is known. */
void json_layer(
	struct json_out *w, const struct image_package *p, const struct image_facts *image);
void json_place(struct json_out *w, const struct place *at);
void json_evidence(struct json_out *w, const evidences *list);

/* fingerprint_key, secret_rules, secret_search, secrets[]; all: level none too. */
void json_secrets(struct json_out *w, const struct report *r, bool all);
/* database, vulnerabilities[]. */
void json_vulnerabilities(struct json_out *w, const struct report *r, bool only_fixed);
/* requirements: null when not asked for. */
void json_requirements(struct json_out *w, const struct report *r);
