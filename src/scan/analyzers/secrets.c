/* secrets.c - the row by which --skip turns the search for secrets off.
 *
 * The finder sees every byte of every file, so it is asked by the walk itself and not as an
 * analyzer, which would have to want files: search.h.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "scan/analyzers/record.h"

static enum want nothing(const struct entry *e, struct span path, uint8_t kind)
{
	(void)kind;
	(void)e;
	(void)path;
	return WANT_NOTHING;
}

const struct analyzer analyzer_secrets = {
	.name = "secrets",
	.bit = BIT_SECRETS,
	.hides = HIDES_SECRETS,
	.want = nothing,
};
