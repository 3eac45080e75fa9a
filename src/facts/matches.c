/* matches.c - what a finding counts for.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "facts/matches.h"

#include "base/table.h"

const char *const match_status_names[] = { "affected", "suppressed", "vex", "ignored" };
ROWS(match_status_names, MATCH_STATUSES);

bool vulnerability_counts(const struct vulnerability *v, bool is_strict)
{
	return (v->status == MATCH_AFFECTED || v->status == MATCH_IGNORED) &&
	       (is_strict || !v->is_unimportant);
}

bool vulnerability_is_base(const struct vulnerability *v, const struct image_facts *image)
{
	uint32_t layer = v->package->layer;

	return v->package->is_base || (layer < image->layers_n && image->layers[layer].is_base);
}
