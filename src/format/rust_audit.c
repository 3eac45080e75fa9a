/* rust_audit.c - the list of crates that cargo-auditable puts into a program.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "format/rust_audit.h"

#include <string.h>

#include "codec/raw.h"
#include "syntax/json.h"

enum { ZLIB_HEAD = 2, ROOM_MIN = 64 << 10 };

/* The order of the keys is that of the tool's own type, so always this one. */
static const struct span begin = SPAN_INIT("{\"packages\":[");

bool rust_audit_parse(struct span json, struct arena *a, struct rust_audit *out)
{
	const struct json *top;
	struct scov_err err;

	*out = (struct rust_audit){ 0 };
	if (json_parse(json, RUST_TEXT_MAX, a, &top, &err))
		return false;
	const struct json *list = json_get(top, "packages");
	bool is_whole = json_is(list, JSON_LIST);

	for (size_t i = 0; i < json_count(list); i++) {
		const struct json *p = json_at(list, i);
		struct rust_crate c = {
			.name = json_get_text(p, "name"),
			.version = json_get_text(p, "version"),
			.is_main = json_truth(json_get(p, "root")),
			.is_registry = span_eq(json_get_text(p, "source"), SPAN("crates.io")),
		};

		is_whole = is_whole && c.name.len && c.version.len;
		if (!c.name.len || span_eq(json_get_text(p, "kind"), SPAN("build")))
			continue;
		vec_add(&out->crates, a, &c);
	}
	return is_whole && !arena_failed(a);
}

/* Unpacks the beginning of a stream: is it a list of crates? */
static bool begins_as_list(struct raw *raw, struct span packed)
{
	uint8_t head[16];
	struct codec_out o = { head, begin.len, 0 };
	struct scov_err err;
	bool is_end;

	return raw_start(raw) && !raw_run(raw, &packed, &o, &is_end, &err) &&
	       span_eq(span_of(head, o.len), begin);
}

static bool is_zlib(uint8_t flags)
{
	return flags == 0x01 || flags == 0x5e || flags == 0x9c || flags == 0xda;
}

void rust_feed(struct rust_reader *r, struct span piece, uint64_t at)
{
	if (!r->packed || r->next < at || r->next - at >= piece.len)
		return;
	struct span in = span_sub(piece, (size_t)(r->next - at), RUST_PACKED_MAX - r->len);

	if (in.len)
		memcpy(r->packed + r->len, in.p, in.len);
	r->len += in.len;
	r->next += in.len;
}

void rust_look(struct rust_reader *r, struct span bytes, uint64_t at, size_t from, size_t to)
{
	struct raw *raw = NULL;

	for (size_t i = from; !r->is_found && r->tries < RUST_TRIES_MAX; i++) {
		i += span_find(span_sub(bytes, i, to - i), 'x');
		if (i >= to)
			break;
		if (!is_zlib(span_at(bytes, i + 1)))
			continue;
		raw = raw ? raw : raw_open();
		r->tries++;
		if (!raw || !begins_as_list(raw, span_sub(bytes, i + ZLIB_HEAD, RUST_VIEW_AFTER)))
			continue;
		r->is_found = true;
		r->next = at + i + ZLIB_HEAD;
		r->packed = arena_alloc(r->arena, RUST_PACKED_MAX);
	}
	raw_close(raw);
	r->is_bad = r->is_bad || (!r->is_found && r->tries == RUST_TRIES_MAX);
	rust_feed(r, bytes, at);
}

/* All of it, in the arena, which grows by doubling. */
static struct span unpack(struct rust_reader *r, struct raw *raw)
{
	struct span in = span_of(r->packed, r->len);
	struct codec_out o = { NULL, ROOM_MIN / 2, 0 };
	struct scov_err err;
	bool is_end = false;

	while (raw && !is_end && o.cap < RUST_TEXT_MAX) {
		uint8_t *text = arena_alloc(r->arena, 2 * o.cap);

		if (!text)
			break;
		if (o.len)
			memcpy(text, o.p, o.len);
		o.p = text;
		o.cap *= 2;
		if (raw_run(raw, &in, &o, &is_end, &err) || (!is_end && !in.len && o.len < o.cap))
			break;
	}
	return is_end ? span_of(o.p, o.len) : (struct span){ 0 };
}

struct span rust_end(struct rust_reader *r)
{
	struct raw *raw = r->packed ? raw_open() : NULL;
	struct span text = { 0 };

	if (raw && raw_start(raw))
		text = unpack(r, raw);
	raw_close(raw);
	r->is_bad = r->is_bad || (r->is_found && !text.len);
	return text;
}
