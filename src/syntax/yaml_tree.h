/* yaml_tree.h - YAML documents with the place of every scalar in the file, for edits that leave
 * every other byte as it is.
 *
 * Unlike yaml.h it takes several documents, anchors, aliases (which are not followed) and keys
 * twice. What JSON is, is read too.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#pragma once

#include "base/arena.h"
#include "base/err.h"

/* Our own bounds, see doc/limits.md. */
enum {
	YAML_TREE_DEPTH = 64,
	YAML_TREE_NODES = 200000,
	YAML_TREE_ANCHORS = 1000,
};

enum yaml_node_kind { YAML_NODE_TEXT, YAML_NODE_LIST, YAML_NODE_DICT, YAML_NODE_ALIAS };

struct yaml_node {
	uint8_t kind;     /* enum yaml_node_kind */
	bool is_plain;    /* a scalar without quotes, not in a block */
	bool is_shared;   /* an alias names it */
	uint32_t line;    /* from 1: of a scalar's text, else of the key, else of its start */
	struct span name; /* its key in a mapping; empty in a list and without a scalar key */
	struct span text; /* of a scalar, quotes and escapes undone; in the arena */
	size_t from, to;  /* where that text is in the file, byte for byte, without its quotes */
	bool has_place;   /* it is there like this; from == to for an empty one */
	bool is_quoted;   /* there is a quote at `to` */
	struct yaml_node *first, *last, *next;
	const struct yaml_node *target; /* of an alias */
};

/* A root a document, one after the other by `next`; NULL: none has any. A mapping's values are its
 * children. Errors: SCOV_E_FORMAT, with the line, SCOV_E_LIMIT. */
must_check int yaml_tree(
	struct span file, struct arena *a, struct yaml_node **out, struct scov_err *err);
/* The value of the last such key; NULL: none, or not a mapping. */
struct yaml_node *yaml_node_get(const struct yaml_node *n, const char *name);
