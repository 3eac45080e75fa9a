/* secrets.c - "No secrets in image" (configuration and metadata, level 1).
 *
 * Masking by prefix keeps what we print clean; it is no search, so nothing is judged by it.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "criteria/rows.h"

static enum verdict judge(const struct dossier *d, struct verdict_out *out)
{
	(void)d;
	return say(out, NOT_ASSESSED, place_image(), "this version does not search for secrets");
}

const struct criterion conf_secrets = {
	.id = "conf.secrets",
	.title = "No secrets in image",
	.vector = CONFIGURATION,
	.level = 1,
	.rule = "No layer, deleted files included, and no setting, label or history line holds a "
		"secret that is structurally sound.",
	.fix = "RUN --mount=type=secret,id=token ... and revoke what was ever in a layer",
	.effort = 2,
	.needs = INPUT_SECRETS | INPUT_CONFIG | INPUT_FILES,
	.settled_by = "a search for secrets (not part of this version)",
	.out_of_reach = true,
	.judge = judge,
};
