/* gzip.c - one gzip member: header, deflate, trailer.
 *
 * Source: RFC 1952. The header is read here and not by the library, so that ISA-L
 * and zlib behave the same.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "codec/member.h"

/* Bytes of the name, the comment and the extra field together. Our own bound. */
enum { GZIP_HEADER_MAX = 1 << 20 };
enum { FHCRC = 2, FEXTRA = 4, FNAME = 8, FCOMMENT = 16, FRESERVED = 0xe0 };

enum step { FIXED, EXTRA_LEN, EXTRA, NAME, COMMENT, HEADER_CRC, BODY };

struct gzip {
	struct inflater *inflater;
	enum step step;
	unsigned at, extra; /* bytes of this step seen; length of the extra field */
	size_t header;      /* bytes of the header */
	uint8_t flags;
	uint32_t crc;     /* of the header, bit by bit: headers are short */
	uint16_t stated;  /* header checksum as written */
	struct buf notes; /* of all members */
};

static uint32_t crc_byte(uint32_t crc, uint8_t byte)
{
	crc ^= byte;
	for (int i = 0; i < 8; i++)
		crc = crc >> 1 ^ (crc & 1 ? 0xedb88320 : 0);
	return crc;
}

static bool fixed_byte(struct gzip *g, uint8_t byte)
{
	switch (g->at++) {
	case 0:
		return byte == 0x1f;
	case 1:
		return byte == 0x8b;
	case 2:
		return byte == 8;
	case 3:
		g->flags = byte;
		return !(byte & FRESERVED);
	default:
		return true; /* time, level, system */
	}
}

static void enter_next(struct gzip *g)
{
	static const struct {
		uint8_t flag;
		enum step step;
	} order[] = {
		{ FEXTRA, EXTRA_LEN },
		{ FNAME, NAME },
		{ FCOMMENT, COMMENT },
		{ FHCRC, HEADER_CRC },
	};
	enum step from = g->step == EXTRA ? EXTRA_LEN : g->step;

	g->at = 0;
	for (size_t i = 0; i < sizeof(order) / sizeof(*order); i++)
		if (order[i].step > from && g->flags & order[i].flag) {
			g->step = order[i].step;
			return;
		}
	g->step = BODY;
}

static int header_byte(struct gzip *g, uint8_t byte, struct scov_err *err)
{
	if (++g->header > GZIP_HEADER_MAX)
		return err_fail(
			err, SCOV_E_LIMIT, "member header longer than %d bytes", GZIP_HEADER_MAX);
	if (g->step != HEADER_CRC)
		g->crc = crc_byte(g->crc, byte);
	switch (g->step) {
	case FIXED:
		if (!fixed_byte(g, byte))
			return err_fail(err, SCOV_E_FORMAT, "not a gzip header");
		if (g->at == 10)
			enter_next(g);
		return 0;
	case EXTRA_LEN:
		g->extra = g->at++ ? g->extra | (unsigned)byte << 8 : byte;
		if (g->at < 2)
			return 0;
		g->step = EXTRA;
		g->at = 0;
		if (g->extra == 0)
			enter_next(g);
		return 0;
	case EXTRA:
		buf_byte(&g->notes, (char)byte);
		if (++g->at == g->extra)
			enter_next(g);
		return 0;
	case HEADER_CRC:
		g->stated = (uint16_t)(g->at++ ? g->stated | byte << 8 : byte);
		if (g->at == 2 && g->stated != (uint16_t)~g->crc)
			return err_fail(err, SCOV_E_FORMAT, "wrong header checksum");
		if (g->at == 2)
			enter_next(g);
		return 0;
	default: /* NAME, COMMENT: up to a NUL */
		buf_byte(&g->notes, byte ? (char)byte : '\n');
		if (byte == 0)
			enter_next(g);
		return 0;
	}
}

static void *gzip_open(const struct limits *l)
{
	struct gzip *g = mem_alloc(sizeof(*g));

	(void)l;
	if (g && !(g->inflater = inflater_new())) {
		mem_free(g);
		return NULL;
	}
	if (g)
		g->notes.limit = CODEC_NOTES;
	return g;
}

static bool gzip_start(void *state)
{
	struct gzip *g = state;

	inflater_reset(g->inflater);
	*g = (struct gzip){ .inflater = g->inflater, .crc = UINT32_MAX, .notes = g->notes };
	return true;
}

static int gzip_run(
	void *state, struct span *in, struct codec_out *out, bool *is_end, struct scov_err *err)
{
	struct gzip *g = state;

	while (g->step != BODY) {
		if (in->len == 0)
			return 0;
		int code = header_byte(g, span_at(*in, 0), err);

		if (code)
			return code;
		*in = span_from(*in, 1);
	}
	return inflater_run(g->inflater, in, out, is_end, err);
}

static void gzip_close(void *state)
{
	struct gzip *g = state;

	inflater_free(g->inflater);
	buf_release(&g->notes);
	mem_free(g);
}

static struct span gzip_notes(const void *state, bool *is_cut)
{
	const struct gzip *g = state;

	*is_cut = g->notes.failed;
	return buf_view(&g->notes);
}

static bool gzip_begins(uint8_t first)
{
	return first == 0x1f;
}

const struct codec_format codec_gzip = {
	.name = "gzip",
	.magic = SPAN_INIT("\x1f\x8b\x08"),
	.open = gzip_open,
	.start = gzip_start,
	.run = gzip_run,
	.close = gzip_close,
	.notes = gzip_notes,
	.begins = gzip_begins,
	.has_padding = true, /* from tapes and disks; gzip(1) accepts it too */
};
