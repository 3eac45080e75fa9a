/* json_parts.c - members, places and evidence, as the sections of the JSON report write them.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "report/json_parts.h"

#include "base/table.h"

const char *const json_class_names[] = { "proved", "observed", "declared", "asserted" };
ROWS(json_class_names, EV_CLASSES);
const char *const json_kind_names[] = { "file", "package", "setting", "recipe", "attestation",
	"advisory", "date", "count" };
ROWS(json_kind_names, EV_KINDS);
const char *const json_role_names[] = { "decides", "remark", "would-settle" };
ROWS(json_role_names, EV_ROLES);

void json_member(struct json_out *w, const char *key, struct span value)
{
	json_out_key(w, key);
	json_out_text(w, value);
}

void json_member_str(struct json_out *w, const char *key, const char *value)
{
	json_out_key(w, key);
	json_out_str(w, value);
}

void json_member_int(struct json_out *w, const char *key, int64_t value)
{
	json_out_key(w, key);
	json_out_int(w, value);
}

void json_member_bool(struct json_out *w, const char *key, bool value)
{
	json_out_key(w, key);
	json_out_bool(w, value);
}

void json_layer(struct json_out *w, const struct image_package *p, const struct image_facts *image)
{
	json_out_key(w, "layer");
	if (p->layer < image->layers_n)
		json_out_int(w, p->layer);
	else
		json_out_null(w);
}

void json_place(struct json_out *w, const struct place *at)
{
	json_out_key(w, "place");
	json_out_dict(w);
	switch (at->kind) {
	case PLACE_FILE:
		if (at->layer >= 0)
			json_member_int(w, "layer", at->layer);
		json_member(w, "path", at->path);
		if (at->member.len)
			json_member(w, "member", at->member);
		if (at->line)
			json_member_int(w, "line", at->line);
		break;
	case PLACE_LAYER:
		json_member_int(w, "layer", at->layer);
		break;
	case PLACE_CONFIG:
		json_member(w, "config", at->path);
		break;
	case PLACE_HISTORY:
		json_member_int(w, "history", at->line);
		break;
	case PLACE_MANIFEST:
		json_member(w, "manifest", at->path);
		break;
	case PLACE_RECIPE:
		json_member(w, "recipe", at->path);
		json_member_int(w, "line", at->line);
		break;
	case PLACE_ATTESTATION:
		json_member(w, "attestation", at->path);
		break;
	default:
		break;
	}
	json_out_end(w);
}

static void evidence(struct json_out *w, const struct evidence *e)
{
	json_out_dict(w);
	json_member_str(w, "kind", json_kind_names[e->kind]);
	json_member_str(w, "role", json_role_names[e->role]);
	json_member_str(w, "class", json_class_names[e->class]);
	json_place(w, &e->at);
	json_member(w, "what", e->what);
	json_member(w, "why", e->why);
	json_out_key(w, "number");
	if (e->has_number)
		json_out_int(w, e->number);
	else
		json_out_null(w);
	json_out_end(w);
}

void json_evidence(struct json_out *w, const evidences *list)
{
	json_out_key(w, "evidence");
	json_out_list(w);
	for (size_t i = 0; i < list->n; i++)
		evidence(w, &list->p[i]);
	json_out_end(w);
	json_member_int(w, "evidence_total", (int64_t)(list->n + list->dropped));
}
