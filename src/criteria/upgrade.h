/* upgrade.h - which packages to take newer, and the lines that do it.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#pragma once

#include "base/buf.h"
#include "criteria/criterion.h"

/* Adds a remedy for each kind of package that has a fix, is not the base's, and has a finding that
 * is asked for. Versions are those that fix all findings, so that several criteria ask for the
 * same. */
void upgrade_advise(const struct dossier *d, struct verdict_out *out,
	bool (*asked)(const void *ctx, const struct vulnerability *v), const void *ctx);

struct upgrade_lines {
	const struct image_facts *image;
	struct arena *a;
	bool can_run;    /* the image has what a RUN needs */
	struct buf *run; /* gets the commands of package managers; then put_run is called */
	void (*put_run)(void *ctx);
	void (*put)(void *ctx, bool is_command, struct span text);
	void *ctx;
};
/* What all these remedies upgrade, each once. */
void upgrade_write(struct upgrade_lines *u, const remedies *const *lists, size_t n);
