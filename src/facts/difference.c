/* difference.c - the names of differences.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "facts/difference.h"

#include "base/table.h"

const char *const difference_names[] = { "unread", "content", "only", "type", "link", "device",
	"config", "mode", "owner", "xattrs", "trace", "layers", "time", "order", "names", "tar",
	"compression", "history", "annotations", "manifest" };
ROWS(difference_names, DIFFERENCE_KINDS);

const char *const difference_verdicts[] = { "same", "annotations", "compression", "layers", "times",
	"form", "traces", "metadata", "config", "different", "unreadable" };
ROWS(difference_verdicts, DIFF_VERDICTS);
