/* copy_image.h - the first image of a source into a destination: for the test of destinations and
 * the program that tests/cases/forms drives.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#pragma once

#include "base/err.h"
#include "image/image.h"
#include "source/destination.h"

static inline int copy_blob(
	struct source *s, const struct descriptor *b, struct destination *d, struct scov_err *err)
{
	struct stream *in;
	int code = s->ops->open(s, b, NULL, &in, err);

	if (code)
		return code;
	code = destination_blob(d, b, in, NULL, err);
	in->close(in);
	return code;
}

static inline int copy_parts(struct source *s, struct destination *d, struct scov_err *err)
{
	struct limits l = limits_default();
	scoped_arena struct arena a = { 0 };
	struct image_choices choices = { 0 };
	struct manifest m = { 0 };
	int code = image_list(s, &l, NULL, &a, &choices, err);

	if (!code)
		code = image_manifest(s, &l, &choices.list.p[0], NULL, &a, &m, err);
	if (!code)
		code = copy_blob(s, &m.config, d, err);
	for (size_t i = 0; !code && i < m.layers.n; i++)
		code = copy_blob(s, &m.layers.p[i], d, err);
	if (!code)
		code = destination_root(d, &choices.list.p[0].descriptor, m.raw, err);
	return code ? code : destination_commit(d, err);
}

static inline int copy_image(const char *from, const char *to, struct scov_err *err)
{
	struct source_options opt = { .limits = limits_default() };
	struct source *s;
	struct destination *d;
	int code = source_open(from, &opt, NULL, &s, err);

	if (code)
		return code;
	code = destination_open(to, &opt.limits, &d, err);
	if (!code) {
		code = copy_parts(s, d, err);
		destination_free(d);
	}
	source_free(s);
	return code;
}
