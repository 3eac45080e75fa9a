/* local.h - the transports of source.c's table, and what they share.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#pragma once

#include "base/err.h"
#include "source/form.h"
#include "source/tree.h"

/* Why signatures and attestations of an engine's images are not searched for. */
#define DETACHED_ENGINE                                                                            \
	"an engine and its archives keep an image without what is attached to it in its registry"

/* Errors of all: those of source_open. f's spans need not outlive the call. */
must_check int layout_open(const struct form *f, const struct source_options *opt,
	const struct call *call, struct source **out, struct scov_err *err);
must_check int layout_archive_open(const struct form *f, const struct source_options *opt,
	const struct call *call, struct source **out, struct scov_err *err);
must_check int folder_open(const struct form *f, const struct source_options *opt,
	const struct call *call, struct source **out, struct scov_err *err);
must_check int docker_archive_open(const struct form *f, const struct source_options *opt,
	const struct call *call, struct source **out, struct scov_err *err);
must_check int rootfs_open(const struct form *f, const struct source_options *opt,
	const struct call *call, struct source **out, struct scov_err *err);
must_check int engine_open(const struct form *f, const struct source_options *opt,
	const struct call *call, struct source **out, struct scov_err *err);

/* An OCI layout in a tree, which is taken (on failure too). transport is a literal. */
must_check int layout_open_tree(struct tree *tree, const char *transport, const struct form *f,
	const struct source_options *opt, const char *description, struct source **out,
	struct scov_err *err);
/* Of oci-layout, when it is there or index.json is not. Errors: SCOV_E_FORMAT (no layout),
 * SCOV_E_UNSUPPORTED (another version). */
must_check int layout_check_version(struct tree *tree, struct scov_err *err);
/* An archive of `docker save`, of either kind inside; the tree is taken. */
must_check int docker_open_tree(struct tree *tree, const char *transport, const struct form *f,
	const struct source_options *opt, const char *description, struct source **out,
	struct scov_err *err);
