/* files.c - files by their path.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "known/files.h"

/* The star is one name, or all folders before a name. */
static bool matches(const struct known_file *row, struct span path)
{
	if (!row->is_glob)
		return span_eq(row->head, path);
	if (path.len <= row->head.len + row->tail.len || !span_ends(path, row->tail) ||
		!span_starts(path, row->head))
		return false;
	struct span star = span_sub(
		path, row->head.len, path.len - row->head.len - row->tail.len);

	return !row->head.len || span_find(star, '/') == star.len;
}

const struct known_file *known_file_find(struct span path)
{
	for (size_t i = 0; i < known_files_n; i++)
		if (matches(&known_files[i], path))
			return &known_files[i];
	return NULL;
}

uint8_t known_kind_of(struct span path)
{
	const struct known_file *row = known_file_find(path);

	return row ? row->kind : KIND_OTHER;
}

bool file_lists_packages(uint8_t kind)
{
	return kind == KIND_DPKG_STATUS || kind == KIND_DPKG_STANZA || kind == KIND_OPKG_STATUS ||
	       kind == KIND_APK || kind == KIND_RPM || kind == KIND_RPM_LIST || kind == KIND_WALL;
}
