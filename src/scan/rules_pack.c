/* rules_pack.c - rules of the user on their way into the worker.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "scan/rules_pack.h"

#include <string.h>

enum { ALIGNED = 64 /* of the database, which is read by words */ };

static const char magic[8] = "scovpay1";

struct head {
	char magic[sizeof(magic)];
	uint64_t text, database; /* bytes of each */
};

void rules_pack(struct span text, struct span database, struct buf *out)
{
	struct head h = { .text = text.len, .database = database.len };

	memcpy(h.magic, magic, sizeof(magic));
	buf_bytes(out, &h, sizeof(h));
	buf_span(out, text);
	while (out->len % ALIGNED && !out->failed)
		buf_byte(out, 0);
	buf_span(out, database);
}

bool rules_unpack(struct span bytes, struct span *text, struct span *database)
{
	struct head h;
	size_t at;

	if (bytes.len < sizeof(h))
		return false;
	memcpy(&h, bytes.p, sizeof(h));
	if (memcmp(h.magic, magic, sizeof(magic)) != 0 || h.text > bytes.len ||
		h.database > bytes.len)
		return false;
	at = (sizeof(h) + (size_t)h.text + ALIGNED - 1) / ALIGNED * ALIGNED;
	if (at > bytes.len || h.database != bytes.len - at)
		return false;
	*text = span_sub(bytes, sizeof(h), (size_t)h.text);
	*database = span_from(bytes, at);
	return text->len == h.text;
}
