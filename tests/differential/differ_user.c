/* differ_user.c - passwd, group and the config's User.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdio.h>
#include <string.h>

#include "differ.h"
#include "join/join.h"
#include "scan/search.h"
#include "scan/walk.h"
#include "secret/find/find.h"
#include "syntax/json.h"

enum { BLOCK = 512, ARENA = 8 << 20 };

/* ---- making: three texts, each after its length ---- */

static const char *const ids[] = { "0", "1000", "app", "root", "x", "+0", "-0", "+1000", "00",
	"01000", "4294967296", "2147483647", "2147483648", "-1", "0x0", "9223372036854775808", "",
	"wheel", "1_0", "\xd9\xa0", "1e3", NULL };

static void field(struct dice *d, struct buf *b, bool is_name)
{
	static const char *const blanks[] = { " ", "\t", "\xc2\xa0", "\xc2\x85", "\xe2\x80\x83",
		"\xe3\x80\x80", "\xa0", "\x85", "\r", "\v", "\xe1\x9a\x80", "\xe2\x81\x9f", "#",
		"\0", NULL };

	if (dice_percent(d, 3))
		buf_str(b, dice_word(d, blanks));
	buf_str(b, is_name && dice_percent(d, 70) ? (dice_percent(d, 50) ? "app" : "root")
						  : dice_word(d, ids));
	if (dice_percent(d, 3))
		buf_str(b, dice_word(d, blanks));
}

static void accounts(struct dice *d, struct buf *b, bool is_group)
{
	for (uint64_t n = dice_below(d, 5); n; n--) {
		uint64_t fields = dice_percent(d, 90) ? (is_group ? 4 : 7) : 1 + dice_below(d, 8);

		for (uint64_t i = 0; i < fields; i++) {
			buf_str(b, i ? ":" : "");
			field(d, b, i == 0);
		}
		if (dice_percent(d, 5))
			dice_spoil(d, b, 0);
		if (!is_group && dice_below(d, 5000) == 0)
			for (size_t i = 0; i < 70000; i++)
				buf_byte(b, 'y');
		buf_str(b, n > 1 || dice_percent(d, 80) ? "\n" : "");
	}
}

static void make(struct dice *d, struct buf *out)
{
	scoped_buf struct buf user = { 0 }, passwd = { 0 }, group = { 0 };

	buf_str(&user, dice_percent(d, 50) ? "app" : dice_word(d, ids));
	if (dice_percent(d, 40)) {
		buf_byte(&user, ':');
		buf_str(&user, dice_word(d, ids));
	}
	if (dice_percent(d, 3))
		buf_str(&user, dice_percent(d, 50) ? " " : ":1");
	accounts(d, &passwd, false);
	accounts(d, &group, true);
	put_text(out, buf_view(&user));
	put_text(out, buf_view(&passwd));
	put_text(out, buf_view(&group));
}

/* ---- reading: a layer with the two files, and a config ---- */

static void add_file(struct buf *tar, const char *path, struct span text)
{
	uint8_t block[BLOCK] = { 0 };
	unsigned sum = 0;
	char field[16];

	memcpy(block, path, strlen(path));
	memcpy(block + 100, "0000644", 7);
	snprintf(field, sizeof(field), "%011zo", text.len);
	memcpy(block + 124, field, 11);
	block[156] = '0';
	memcpy(block + 257,
		"ustar\0"
		"00",
		8);
	memset(block + 148, ' ', 8);
	for (size_t i = 0; i < BLOCK; i++)
		sum += block[i];
	snprintf(field, sizeof(field), "%06o", sum);
	memcpy(block + 148, field, 7);
	buf_bytes(tar, block, BLOCK);
	buf_span(tar, text);
	while (tar->len % BLOCK)
		buf_byte(tar, 0);
}

static bool walk_layer(struct analysis *x, struct span tar)
{
	struct scov_err err = { 0 };
	struct walk *w = walk_new(x, 0);
	bool good = w && !walk_push(w, tar, &err) && !walk_end(w, &err);

	walk_free(w);
	x->part->complete = good;
	return good;
}

static bool read_user(struct span in, struct buf *out)
{
	scoped_arena struct arena a = { .limit = ARENA }, scratch = { .limit = ARENA };
	scoped_buf struct buf tar = { 0 }, json = { 0 };
	struct limits l = limits_default();
	struct part layer = { .kind = PART_LAYER },
		    config = { .kind = PART_CONFIG, .complete = true };
	struct analysis x = { .part = &layer,
		.arena = &a,
		.scratch = &scratch,
		.limits = &l,
		.key = SPAN("0123456789abcdef") };
	struct join_layer one = { .part = &layer };
	struct join_input input = {
		.limits = l, .layers = &one, .layers_n = 1, .config = &config, .has_config = true
	};
	struct image_facts facts = { 0 };
	struct cur c = cur_over(in);
	struct scov_err err;
	struct span user = take_text(&c), passwd = take_text(&c), group = take_text(&c);

	add_file(&tar, "etc/passwd", passwd);
	add_file(&tar, "etc/group", group);
	buf_str(&json, "{\"config\":{\"User\":");
	json_quote(&json, user);
	buf_str(&json, "}}");
	x.finder = search_finder(&err);
	if (!x.finder)
		return false;
	finder_bind(x.finder, &layer, &a, &l, x.key);
	if (!walk_layer(&x, buf_view(&tar)))
		return false;
	x.part = &config;
	finder_bind(x.finder, &config, &a, &l, x.key);
	if (analyze_config(&x, buf_view(&json)) || join_image(&input, &facts, &err))
		return false;
	const struct user *u = &facts.user;
	bool good = u->is_known && (facts.inputs & INPUT_CONFIG) && (facts.inputs & INPUT_FILES);

	if (good)
		buf_printf(out, "%u:%u\n", u->uid, u->has_gid ? u->gid : 0);
	arena_release(&facts.arena);
	return good;
}

/* Root where Go finds another user, or fails: nothing passes. */
const struct kind kind_user = { "user", 'u', make, read_user, "0:" };
