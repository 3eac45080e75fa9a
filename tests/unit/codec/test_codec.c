/* test_codec.c - streaming decompressors, on what the usual tools write and on damage.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "../unit.h"

#include <stdlib.h>

#include "base/buf.h"
#include "codec/codec.h"

enum { NUMBERS = 30000 };

/* Where a tool is absent its rows are left out, with a line that says so. */
static struct packed {
	const char *name, *command;
	enum codec_kind kind;
	struct buf bytes;
} packed[] = {
	{ "gzip", "gzip -6c", CODEC_GZIP, { 0 } },
	{ "gzip stored", "gzip -1c", CODEC_GZIP, { 0 } },
	{ "zstd", "zstd -3qc", CODEC_ZSTD, { 0 } },
	{ "xz", "xz -1c", CODEC_XZ, { 0 } },
	{ "bzip2", "bzip2 -1c", CODEC_BZIP2, { 0 } },
};

enum { PACKED = sizeof(packed) / sizeof(*packed) };

static struct buf plain;

static void run_tool(const char *command, struct buf *out)
{
	FILE *f = popen(command, "r");
	char part[4096];
	size_t n;

	assert_non_null(f);
	while ((n = fread(part, 1, sizeof(part), f)) > 0)
		buf_bytes(out, part, n);
	pclose(f);
}

static int make_packed(void **state)
{
	(void)state;
	for (int i = 1; i <= NUMBERS; i++)
		buf_printf(&plain, "%d\n", i);
	for (size_t i = 0; i < PACKED; i++) {
		char command[200];

		snprintf(command, sizeof(command), "seq 1 %d | %s 2>/dev/null", NUMBERS,
			packed[i].command);
		run_tool(command, &packed[i].bytes);
		if (packed[i].bytes.len == 0)
			print_message("left out: no '%s' here\n", packed[i].command);
	}
	return 0;
}

static int drop_packed(void **state)
{
	(void)state;
	for (size_t i = 0; i < PACKED; i++)
		buf_release(&packed[i].bytes);
	buf_release(&plain);
	return 0;
}

/* Decompress in pieces of `step` bytes into slots of `slot` bytes. Returns the first error. */
static int unpack(enum codec_kind kind, const struct limits *l, struct span in, size_t step,
	size_t slot, struct buf *out, struct scov_err *err)
{
	struct codec *c = codec_open(kind, l);
	uint8_t *memory = malloc(slot);
	uint64_t total = 0;
	int code = 0;

	assert_non_null(c);
	assert_non_null(memory);
	for (size_t at = 0; at < in.len && !code; at += step) {
		struct span piece = span_sub(in, at, step);
		struct codec_out o;

		do {
			o = (struct codec_out){ .p = memory, .cap = slot };
			code = codec_run(c, &piece, &o, err);
			assert_true(o.len <= slot);
			total += o.len;
			if (out)
				buf_bytes(out, o.p, o.len);
		} while (!code && o.len == o.cap);
		assert_true(code || piece.len == 0);
	}
	if (!code)
		code = codec_end(c, err);
	assert_true(code || codec_bytes_in(c) == in.len);
	assert_true(codec_bytes_out(c) == total);
	codec_free(c);
	free(memory);
	return code;
}

static void every_split_gives_the_same(void **state)
{
	(void)state;
	static const size_t steps[] = { 1, 7, 4096, SIZE_MAX / 2 },
			    slots[] = { 1, 333, 256 << 10, 8 << 20 };
	struct limits l = limits_default();

	for (size_t i = 0; i < PACKED; i++)
		for (size_t s = 0; s < 4; s++)
			for (size_t o = 0; o < 4; o++) {
				scoped_buf struct buf got = { 0 };
				struct scov_err err = { 0 };
				struct span in = buf_view(&packed[i].bytes);

				if (in.len == 0)
					continue;
				check(packed[i].name, codec_sniff(in) == packed[i].kind);
				check(packed[i].name, unpack(packed[i].kind, &l, in, steps[s],
							      slots[o], &got, &err) == 0);
				check(packed[i].name, span_eq(buf_view(&got), buf_view(&plain)));
			}
}

/* What is after a whole stream, and what comes of it. */
static void tails(void **state)
{
	(void)state;
	static const struct {
		const char *name;
		enum codec_kind kind;
		struct span tail;
		int code;
	} cases[] = {
		{ "zeros after gzip", CODEC_GZIP, SPAN_INIT("\0\0\0\0\0"), 0 },
		{ "text after gzip", CODEC_GZIP, SPAN_INIT("x"), SCOV_E_FORMAT },
		{ "text after zeros after gzip", CODEC_GZIP, SPAN_INIT("\0\0x"), SCOV_E_FORMAT },
		{ "a member after zeros", CODEC_GZIP, SPAN_INIT("\0\x1f\x8b\x08"), SCOV_E_FORMAT },
		{ "half a second member", CODEC_GZIP, SPAN_INIT("\x1f\x8b\x08"), SCOV_E_FORMAT },
		{ "text after zstd", CODEC_ZSTD, SPAN_INIT("x"), SCOV_E_FORMAT },
		{ "zeros after zstd", CODEC_ZSTD, SPAN_INIT("\0\0\0\0"), SCOV_E_FORMAT },
		{ "a skippable frame", CODEC_ZSTD, SPAN_INIT("\x5e\x2a\x4d\x18\x03\0\0\0abc"), 0 },
		{ "an empty skippable frame", CODEC_ZSTD, SPAN_INIT("\x50\x2a\x4d\x18\0\0\0\0"),
			0 },
		{ "a skippable frame, cut", CODEC_ZSTD, SPAN_INIT("\x50\x2a\x4d\x18\x03\0\0\0ab"),
			SCOV_E_FORMAT },
		{ "a frame from before 1.0", CODEC_ZSTD,
			SPAN_INIT("\x27\xb5\x2f\xfd\0\0\0\0\0\0\0\0"), SCOV_E_FORMAT },
		{ "a frame that begins as one only", CODEC_ZSTD,
			SPAN_INIT("\x28\xb5\x2f\xfc\0\0\0\0"), SCOV_E_FORMAT },
		/* 16 MB: descriptor 14 << 3 */
		{ "a window over the limit", CODEC_ZSTD,
			SPAN_INIT("\x28\xb5\x2f\xfd\x00\x70\x01\0\0"), SCOV_E_LIMIT },
		{ "a window within", CODEC_ZSTD, SPAN_INIT("\x28\xb5\x2f\xfd\x00\x68\x01\0\0"), 0 },
		{ "padding of xz", CODEC_XZ, SPAN_INIT("\0\0\0\0"), 0 },
		{ "text after xz", CODEC_XZ, SPAN_INIT("\0\0\0\0x"), SCOV_E_FORMAT },
		{ "zeros after bzip2", CODEC_BZIP2, SPAN_INIT("\0"), 0 },
		{ "text after bzip2", CODEC_BZIP2, SPAN_INIT("x"), SCOV_E_FORMAT },
		{ "bzip2 with a bad level", CODEC_BZIP2, SPAN_INIT("BZh0"), SCOV_E_FORMAT },
	};
	struct limits l = limits_default();

	l.zstd_window = 8 << 20;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		for (size_t p = 0; p < PACKED; p++)
			for (size_t step = 1; step < 10000; step += 9000) {
				scoped_buf struct buf in = { 0 }, got = { 0 };
				struct scov_err err = { 0 };

				if (packed[p].kind != cases[i].kind || packed[p].bytes.len == 0)
					continue;
				buf_span(&in, buf_view(&packed[p].bytes));
				buf_span(&in, cases[i].tail);
				int code = unpack(
					cases[i].kind, &l, buf_view(&in), step, 4096, &got, &err);

				if (code != cases[i].code)
					fail_msg("%s: %d, %s", cases[i].name, code, err.text);
				check(cases[i].name, !code || err.text[0]);
				check(cases[i].name, span_eq(buf_view(&got), buf_view(&plain)));
			}
}

static void several_members(void **state)
{
	(void)state;
	struct limits l = limits_default();

	for (size_t i = 0; i < PACKED; i++) {
		scoped_buf struct buf in = { 0 }, got = { 0 };
		struct scov_err err = { 0 };

		if (packed[i].bytes.len == 0)
			continue;
		for (int n = 0; n < 3; n++) {
			buf_span(&in, buf_view(&packed[i].bytes));
			if (packed[i].kind == CODEC_XZ && n == 0)
				buf_span(&in, SPAN("\0\0\0\0"));
		}
		check(packed[i].name,
			unpack(packed[i].kind, &l, buf_view(&in), 1000, 4096, &got, &err) == 0);
		check(packed[i].name, got.len == 3 * plain.len);
	}
}

static void cut_short_is_an_error(void **state)
{
	(void)state;
	struct limits l = limits_default();

	for (size_t i = 0; i < PACKED; i++) {
		struct span whole = buf_view(&packed[i].bytes);

		for (size_t len = 0; len < whole.len;
			len += len < 40 || len + 40 > whole.len ? 1 : 997) {
			struct scov_err err = { 0 };

			check(packed[i].name, unpack(packed[i].kind, &l, span_sub(whole, 0, len),
						      4096, 65536, NULL, &err) == SCOV_E_FORMAT);
		}
	}
}

static void damage_is_found(void **state)
{
	(void)state;
	struct limits l = limits_default();

	for (size_t i = 0; i < PACKED; i++)
		/* From byte 10 on nothing in these streams is free to vary but padding bits. */
		for (size_t at = 10; at < packed[i].bytes.len; at += 1 + packed[i].bytes.len / 97) {
			scoped_buf struct buf in = { 0 }, got = { 0 };
			struct scov_err err = { 0 };

			buf_span(&in, buf_view(&packed[i].bytes));
			in.p[at] ^= 0x10;
			int code =
				unpack(packed[i].kind, &l, buf_view(&in), 4096, 65536, &got, &err);

			check(packed[i].name,
				code < 0 || span_eq(buf_view(&got), buf_view(&plain)));
		}
}

/* Stored deflate block "hi", its CRC-32 and length. */
#define HI "\x01\x02\x00\xfd\xffhi"
#define HI_SUM "\xac\x2a\x93\xd8"

static void gzip_headers(void **state)
{
	(void)state;
	static const struct {
		const char *name;
		struct span in;
		int code;
	} cases[] = {
		{ "plain", SPAN_INIT("\x1f\x8b\x08\0\0\0\0\0\0\3" HI HI_SUM "\2\0\0\0"), 0 },
		{ "with a name",
			SPAN_INIT("\x1f\x8b\x08\x08\0\0\0\0\0\3name\0" HI HI_SUM "\2\0\0\0"), 0 },
		{ "with everything but a checksum",
			SPAN_INIT("\x1f\x8b\x08\x1c\0\0\0\0\0\3\3\0abcname\0note\0" HI HI_SUM
				  "\2\0\0\0"),
			0 },
		{ "with an empty extra field",
			SPAN_INIT("\x1f\x8b\x08\x04\0\0\0\0\0\3\0\0" HI HI_SUM "\2\0\0\0"), 0 },
		{ "with the header's checksum",
			SPAN_INIT("\x1f\x8b\x08\x02\0\0\0\0\0\3\xa7\x77" HI HI_SUM "\2\0\0\0"), 0 },
		{ "with a wrong header's checksum",
			SPAN_INIT("\x1f\x8b\x08\x02\0\0\0\0\0\3\xa7\x78" HI HI_SUM "\2\0\0\0"),
			SCOV_E_FORMAT },
		{ "with a reserved flag",
			SPAN_INIT("\x1f\x8b\x08\x20\0\0\0\0\0\3" HI HI_SUM "\2\0\0\0"),
			SCOV_E_FORMAT },
		{ "with another method",
			SPAN_INIT("\x1f\x8b\x07\0\0\0\0\0\0\3" HI HI_SUM "\2\0\0\0"),
			SCOV_E_FORMAT },
		{ "wrong checksum",
			SPAN_INIT("\x1f\x8b\x08\0\0\0\0\0\0\3" HI "\xad\x2a\x93\xd8\2\0\0\0"),
			SCOV_E_FORMAT },
		{ "wrong length", SPAN_INIT("\x1f\x8b\x08\0\0\0\0\0\0\3" HI HI_SUM "\3\0\0\0"),
			SCOV_E_FORMAT },
		{ "a block type that is not one", SPAN_INIT("\x1f\x8b\x08\0\0\0\0\0\0\3\7"),
			SCOV_E_FORMAT },
		{ "a name without end", SPAN_INIT("\x1f\x8b\x08\x08\0\0\0\0\0\3name"),
			SCOV_E_FORMAT },
		{ "not gzip", SPAN_INIT("hello"), SCOV_E_FORMAT },
		{ "nothing", SPAN_INIT(""), SCOV_E_FORMAT },
	};
	struct limits l = limits_default();

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		for (size_t step = 1; step < 100; step += 90) {
			scoped_buf struct buf got = { 0 };
			struct scov_err err = { 0 };
			int code = unpack(CODEC_GZIP, &l, cases[i].in, step, 100, &got, &err);

			if (code != cases[i].code)
				fail_msg("%s: %d, %s", cases[i].name, code, err.text);
			if (!code)
				check_span(cases[i].name, buf_view(&got), SPAN("hi"));
		}
}

static void a_header_without_end(void **state)
{
	(void)state;
	scoped_buf struct buf in = { 0 };
	struct limits l = limits_default();
	struct scov_err err = { 0 };

	buf_bytes(&in, "\x1f\x8b\x08\x08\0\0\0\0\0\3", 10);
	for (int i = 0; i < 2 << 20; i++)
		buf_byte(&in, 'n');
	assert_int_equal(
		unpack(CODEC_GZIP, &l, buf_view(&in), 65536, 4096, NULL, &err), SCOV_E_LIMIT);
}

static void bombs(void **state)
{
	(void)state;
	static const struct {
		const char *name, *command;
		enum codec_kind kind;
		uint64_t size, ratio;
		int code;
	} cases[] = {
		{ "ratio of gzip", "head -c 100M /dev/zero | gzip -c", CODEC_GZIP,
			(uint64_t)1 << 40, 500, SCOV_E_LIMIT },
		{ "ratio of gzip, as real ones have it", "head -c 100M /dev/zero | gzip -c",
			CODEC_GZIP, (uint64_t)1 << 40, 1100, 0 },
		{ "ratio of zstd", "head -c 100M /dev/zero | zstd -qc", CODEC_ZSTD,
			(uint64_t)1 << 40, 1100, SCOV_E_LIMIT },
		{ "ratio is not asked early", "head -c 60M /dev/zero | zstd -qc", CODEC_ZSTD,
			(uint64_t)1 << 40, 1100, 0 },
		{ "size", "head -c 3M /dev/zero | gzip -c", CODEC_GZIP, 2 << 20, 1100,
			SCOV_E_LIMIT },
		{ "size, just right", "head -c 2M /dev/zero | gzip -c", CODEC_GZIP, 2 << 20, 1100,
			0 },
		{ "size of what is not compressed", "head -c 3M /dev/zero", CODEC_NONE, 2 << 20,
			1100, SCOV_E_LIMIT },
		{ "memory of xz", "seq 1 9 | xz -9c", CODEC_XZ, (uint64_t)1 << 40, 1100,
			SCOV_E_LIMIT },
		{ "memory of xz -6", "seq 1 9 | xz -6c", CODEC_XZ, (uint64_t)1 << 40, 1100, 0 },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		scoped_buf struct buf in = { 0 };
		struct limits l = limits_default();
		struct scov_err err = { 0 };

		l.layer_size = cases[i].size;
		l.layer_ratio = cases[i].ratio;
		run_tool(cases[i].command, &in);
		if (in.len == 0)
			continue;
		int code = unpack(cases[i].kind, &l, buf_view(&in), 65536, 256 << 10, NULL, &err);

		if (code != cases[i].code)
			fail_msg("%s: %d, %s", cases[i].name, code, err.text);
	}
}

static void kinds(void **state)
{
	(void)state;
	static const struct {
		const char *name;
		struct span in;
		enum codec_kind kind;
	} sniffs[] = {
		{ "gzip", SPAN_INIT("\x1f\x8b\x08\0\0\0"), CODEC_GZIP },
		{ "compress", SPAN_INIT("\x1f\x9d\x90\0\0\0"), CODEC_NONE },
		{ "zstd", SPAN_INIT("\x28\xb5\x2f\xfd\0\0"), CODEC_ZSTD },
		{ "skippable frame", SPAN_INIT("\x5f\x2a\x4d\x18\0\0"), CODEC_ZSTD },
		{ "xz",
			SPAN_INIT("\xfd"
				  "7zXZ\0"),
			CODEC_XZ },
		{ "bzip2", SPAN_INIT("BZh91AY&SY\x01"), CODEC_BZIP2 },
		{ "bzip2 of nothing", SPAN_INIT("BZh9\x17\x72\x45\x38\x50\x90"), CODEC_BZIP2 },
		{ "a text that begins as bzip2", SPAN_INIT("BZh9 is a magic"), CODEC_NONE },
		{ "short", SPAN_INIT("\x1f\x8b"), CODEC_NONE },
		{ "nothing", SPAN_INIT(""), CODEC_NONE },
		{ "a tar", SPAN_INIT("etc/pa"), CODEC_NONE },
	};

	for (size_t i = 0; i < sizeof(sniffs) / sizeof(*sniffs); i++)
		check(sniffs[i].name, codec_sniff(sniffs[i].in) == sniffs[i].kind);
	codec_free(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(kinds),
		cmocka_unit_test(every_split_gives_the_same),
		cmocka_unit_test(tails),
		cmocka_unit_test(several_members),
		cmocka_unit_test(cut_short_is_an_error),
		cmocka_unit_test(damage_is_found),
		cmocka_unit_test(gzip_headers),
		cmocka_unit_test(a_header_without_end),
		cmocka_unit_test(bombs),
	};

	return cmocka_run_group_tests(tests, make_packed, drop_packed);
}
