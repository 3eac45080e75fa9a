/* codec.c - what all compressed formats share: members, padding, limits, truncation.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "codec/codec.h"

#include <string.h>

#include "base/arena.h"
#include "base/err.h"
#include "codec/member.h"

static const struct codec_format *const formats[CODEC_KINDS] = {
	[CODEC_GZIP] = &codec_gzip,
	[CODEC_ZSTD] = &codec_zstd,
	[CODEC_XZ] = &codec_xz,
	[CODEC_BZIP2] = &codec_bzip2,
};

enum where { BEFORE, INSIDE, BETWEEN, PADDING };

struct codec {
	const struct codec_format *format; /* NULL: none */
	void *state;
	struct limits limits;
	uint64_t in, out, padding;
	enum where where;
};

enum codec_kind codec_sniff(struct span head)
{
	/* A zstd stream may begin with a skippable frame: 0x184D2A50 to 5F, little-endian. */
	if (head.len >= 4 && (span_at(head, 0) & 0xf0) == 0x50 &&
		span_eq(span_sub(head, 1, 3), SPAN("\x2a\x4d\x18")))
		return CODEC_ZSTD;
	for (size_t i = 0; i < CODEC_KINDS; i++)
		if (formats[i] && span_starts(head, formats[i]->magic) &&
			(!formats[i]->follows ||
				formats[i]->follows(span_from(head, formats[i]->magic.len))))
			return (enum codec_kind)i;
	return CODEC_NONE;
}

struct codec *codec_open(enum codec_kind kind, const struct limits *l)
{
	struct codec *c = mem_alloc(sizeof(*c));

	if (!c)
		return NULL;
	c->limits = *l;
	c->format = kind < CODEC_KINDS ? formats[kind] : NULL;
	c->state = c->format ? c->format->open(l) : NULL;
	if (c->format && !c->state) {
		codec_free(c);
		return NULL;
	}
	return c;
}

void codec_free(struct codec *c)
{
	if (!c)
		return;
	if (c->state)
		c->format->close(c->state);
	mem_free(c);
}

uint64_t codec_bytes_in(const struct codec *c)
{
	return c->in;
}

uint64_t codec_bytes_out(const struct codec *c)
{
	return c->out;
}

struct span codec_notes(const struct codec *c, bool *is_cut)
{
	*is_cut = false;
	return c->format && c->format->notes ? c->format->notes(c->state, is_cut)
					     : (struct span){ 0 };
}

static int run_none(struct span *in, struct codec_out *out)
{
	size_t room = out->cap - out->len;
	size_t n = in->len < room ? in->len : room;

	if (n)
		memcpy(out->p + out->len, in->p, n);
	out->len += n;
	*in = span_from(*in, n);
	return 0;
}

static int foreign(const struct codec *c, struct scov_err *err)
{
	return err_fail(err, SCOV_E_FORMAT, "%s: data after the end of the stream, at byte %llu",
		c->format->name, (unsigned long long)c->in);
}

/* Between members: begin the next, or skip padding. */
static int next_member(struct codec *c, struct span *in, struct scov_err *err)
{
	uint8_t first = span_at(*in, 0);
	bool padding = c->where == PADDING;

	if (c->where != BEFORE && c->format->has_padding && first == 0) {
		size_t n = 0;

		while (n < in->len && span_at(*in, n) == 0)
			n++;
		c->where = PADDING;
		c->padding += n;
		c->in += n;
		*in = span_from(*in, n);
		return 0;
	}
	if (padding && (!c->format->pad_unit || c->padding % c->format->pad_unit))
		return foreign(c, err);
	if (!c->format->begins(first))
		return c->where == BEFORE
			       ? err_fail(err, SCOV_E_FORMAT, "%s: no valid header at the start",
					 c->format->name)
			       : foreign(c, err);
	if (!c->format->start(c->state))
		return err_memory(err);
	c->padding = 0;
	c->where = INSIDE;
	return 0;
}

static int run_members(
	struct codec *c, struct span *in, struct codec_out *out, struct scov_err *err)
{
	/* Inside a member the format runs even without input: it may still have output. */
	while (in->len || c->where == INSIDE) {
		size_t had = in->len, held = out->len;
		bool is_end = false;
		int code;

		if (c->where != INSIDE) {
			code = next_member(c, in, err);
			if (code)
				return code;
			continue;
		}
		if (out->len == out->cap)
			return 0;
		code = c->format->run(c->state, in, out, &is_end, err);
		c->in += had - in->len;
		if (code) {
			err_wrap(err, "%s: byte %llu", c->format->name, (unsigned long long)c->in);
			return code;
		}
		if (is_end)
			c->where = BETWEEN;
		else if (in->len == 0 || out->len == out->cap)
			return 0;
		else if (in->len == had && out->len == held)
			return err_fail(err, SCOV_E_FORMAT, "%s: no progress at byte %llu",
				c->format->name, (unsigned long long)c->in);
	}
	return 0;
}

static int check_size(const struct codec *c, struct scov_err *err)
{
	uint64_t most;

	if (c->out > c->limits.layer_size)
		return err_fail(err, SCOV_E_LIMIT,
			"%s: more than %llu bytes uncompressed (limit layer_size)",
			c->format ? c->format->name : "stream",
			(unsigned long long)c->limits.layer_size);
	if (c->out <= CODEC_RATIO_FROM || !c->format ||
		__builtin_mul_overflow(c->in, c->limits.layer_ratio, &most) || c->out <= most)
		return 0;
	return err_fail(err, SCOV_E_LIMIT,
		"%s: %llu bytes expand to %llu, more than %llu times (limit layer_ratio)",
		c->format->name, (unsigned long long)c->in, (unsigned long long)c->out,
		(unsigned long long)c->limits.layer_ratio);
}

int codec_run(struct codec *c, struct span *in, struct codec_out *out, struct scov_err *err)
{
	size_t had = in->len, held = out->len;
	int code = c->format ? run_members(c, in, out, err) : run_none(in, out);

	if (!c->format)
		c->in += had - in->len;
	c->out += out->len - held;
	return code ? code : check_size(c, err);
}

int codec_end(struct codec *c, struct scov_err *err)
{
	if (!c->format || c->where == BETWEEN || c->where == PADDING)
		return 0;
	return err_fail(err, SCOV_E_FORMAT, "%s: truncated at byte %llu", c->format->name,
		(unsigned long long)c->in);
}
