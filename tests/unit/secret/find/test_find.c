/* Secrets are found wherever the pieces are cut, and no input makes it slow.
 * SPDX-License-Identifier: Apache-2.0 */
#include "secret/find/parts.h"
#include "syntax/base64.h"
#include "tests/unit/secret/find/finding.h"

enum { MANY = 1000000 };

static void across_every_border(void **state)
{
	(void)state;
	struct finding x;
	char token[TEST_TOKEN + 1];
	scoped_buf struct buf text = { 0 };

	finding_open(&x);
	buf_str(&text, "first line\n\nkey is ");
	buf_span(&text, test_token(1, token));
	buf_str(&text, " and <<BLOCK>>\nabcd efgh\nijkl mnop\nqrst uvwx\n<<END>>\nend\n");
	for (size_t cut = 1; cut < text.len; cut++) {
		x.part.secrets.n = 0;
		finder_begin(x.finder, 7, SURFACE_CONTENT, SPAN("a/b"));
		finder_piece(x.finder, span_sub(buf_view(&text), 0, cut), false);
		finder_piece(x.finder, span_from(buf_view(&text), cut), false);
		finder_end(x.finder);
		assert_int_equal(x.part.secrets.n, 2);
		const struct secret_fact *s = &x.part.secrets.p[0], *b = &x.part.secrets.p[1];

		if (!span_eq(s->rule, SPAN("test-token"))) {
			s = &x.part.secrets.p[1];
			b = &x.part.secrets.p[0];
		}
		check_span("rule", s->rule, SPAN("test-token"));
		check_span("prefix", s->prefix, SPAN("tstk_"));
		assert_int_equal(s->line, 3);
		assert_int_equal(s->length, TEST_TOKEN);
		assert_int_equal(s->fingerprint.len, 26);
		assert_int_equal(b->line, 4);
		assert_int_equal(b->end_line, 6);
		assert_int_equal(s->level, SECRET_MEDIUM);
	}
	for (size_t step = 1; step < 40; step++) {
		finding_file(&x, SPAN("a/b"), buf_view(&text), step);
		assert_int_equal(x.part.secrets.n, 2);
	}
	finding_close(&x);
}

static void far_inside_large_files(void **state)
{
	(void)state;
	struct finding x;
	char token[TEST_TOKEN + 1];

	finding_open(&x);
	for (size_t ahead = (64 << 10) - 40; ahead < (64 << 10) + 40; ahead++) {
		scoped_buf struct buf text = { 0 };

		for (size_t i = 0; i < ahead; i++)
			buf_byte(&text, i % 64 ? ' ' : '\n');
		buf_span(&text, test_token(2, token));
		for (size_t i = 0; i < 100000; i++)
			buf_byte(&text, ' ');
		finding_file(&x, SPAN("a"), buf_view(&text), 256 << 10);
		assert_int_equal(x.part.secrets.n, 1);
		assert_int_equal(x.part.secrets.p[0].line, (ahead + 63) / 64 + 1);
	}
	finding_close(&x);
}

static const struct {
	const char *name, *ahead, *behind;
	enum secret_encoding encoding;
	size_t found;
} forms[] = {
	{ "alone", "", "", ENCODED_PLAIN, 1 },
	{ "a longer word", "", "x", ENCODED_PLAIN, 0 },
	{ "base64, no byte ahead", "", " tail of it", ENCODED_BASE64, 1 },
	{ "base64, one byte ahead", ":", " tail of it", ENCODED_BASE64, 1 },
	{ "base64, two bytes ahead", "a:", " tail of it", ENCODED_BASE64, 1 },
	{ "base64, text ahead", "user name and then: ", ".", ENCODED_BASE64, 1 },
	{ "UTF-16, low byte first", "name ", " tail", ENCODED_UTF16, 1 },
};

static void put_form(struct buf *out, struct span token, size_t row)
{
	scoped_buf struct buf plain = { 0 };

	buf_str(&plain, forms[row].ahead);
	buf_span(&plain, token);
	buf_str(&plain, forms[row].behind);
	if (forms[row].encoding == ENCODED_BASE64)
		base64_encode(out, buf_view(&plain));
	else if (forms[row].encoding == ENCODED_UTF16)
		for (size_t i = 0; i < plain.len; i++) {
			buf_byte(out, plain.p[i]);
			buf_byte(out, '\0');
		}
	else
		buf_span(out, buf_view(&plain));
}

static void in_other_forms(void **state)
{
	(void)state;
	struct finding x;
	char token[TEST_TOKEN + 1];

	finding_open(&x);
	for (size_t i = 0; i < sizeof(forms) / sizeof(*forms); i++)
		for (size_t step = 1; step < 200; step += 7) {
			scoped_buf struct buf text = { 0 };

			buf_str(&text, "line\nvalue: ");
			put_form(&text, test_token(3, token), i);
			buf_str(&text, "\nnext\n");
			finding_file(&x, SPAN("a"), buf_view(&text), step);
			check(forms[i].name, x.part.secrets.n == forms[i].found);
			check(forms[i].name, !forms[i].found || x.part.secrets.p[0].encoding ==
									forms[i].encoding);
			check(forms[i].name, !forms[i].found || x.part.secrets.p[0].line == 2);
		}
	finding_close(&x);
}

/* Base64 without a break, longer than the window before a hit: where its groups begin cannot be
 * seen. */
static void in_a_long_run(void **state)
{
	(void)state;
	struct finding x;
	char token[TEST_TOKEN + 1];

	finding_open(&x);
	for (size_t ahead = 8000; ahead < 8003; ahead++)
		for (size_t shift = 0; shift < 4; shift++) {
			scoped_buf struct buf plain = { 0 }, text = { 0 };

			for (size_t i = 0; i < ahead; i++)
				buf_byte(&plain, " .,;:"[i % 5]);
			buf_span(&plain, test_token(3, token));
			for (size_t i = 0; i < 500; i++)
				buf_byte(&plain, ' ');
			for (size_t i = 0; i < shift; i++)
				buf_byte(&text, '\n');
			base64_encode(&text, buf_view(&plain));
			finding_file(&x, SPAN("a"), buf_view(&text), 1 << 20);
			assert_int_equal(x.part.secrets.n, 1);
			assert_int_equal(x.part.secrets.p[0].encoding, ENCODED_BASE64);
		}
	finding_close(&x);
}

/* Neighbours, each encoded for itself. */
static void encoded_side_by_side(void **state)
{
	(void)state;
	struct finding x;
	char token[TEST_TOKEN + 1];

	finding_open(&x);
	for (size_t i = 2; i < sizeof(forms) / sizeof(*forms); i++) {
		scoped_buf struct buf text = { 0 };

		for (unsigned k = 0; k < 3; k++) {
			buf_str(&text, "\nvalue: ");
			put_form(&text, test_token(20 + k, token), i);
		}
		buf_str(&text, "\nnext\n");
		finding_file(&x, SPAN("a"), buf_view(&text), 4096);
		check(forms[i].name, x.part.secrets.n == 3);
	}
	finding_close(&x);
}

static void escapes_inside(void **state)
{
	(void)state;
	struct finding x;

	finding_open(&x);
	finding_file(&x, SPAN("a.json"),
		SPAN("{\"k\":\"<<BLOCK>>\\nabcd efgh\\nijkl mnop\\n<<END>>\\n\"}"), 9);
	assert_int_equal(x.part.secrets.n, 1);
	assert_int_equal(x.part.secrets.p[0].encoding, ENCODED_ESCAPED);
	finding_file(&x, SPAN("a.url"),
		SPAN("k=%3C%3CBLOCK%3E%3E%0Aabcd%20efgh%0Aijkl%20mnop%0A%3C%3CEND%3E%3E"), 9);
	assert_int_equal(x.part.secrets.n, 1);
	assert_int_equal(x.part.secrets.p[0].encoding, ENCODED_URL);
	finding_close(&x);
}

#define V                                                                                          \
	"Zq8"                                                                                      \
	"xK2mW"                                                                                    \
	"9rT4vB7nL1"
static const struct {
	const char *text;
	bool is_found;
} settings[] = {
	{ "DB_PASSWORD=" V "\n", true },
	{ "export API_TOKEN='" V "'\n", true },
	{ "password: " V "\n", true },
	{ "  \"password\": \"" V "\",\n", true },
	{ "clientSecret = \"" V "\"\n", true },
	{ "ENV SECRET_KEY " V "\n", true },
	{ "<password>" V "</password>\n", true },
	{ "<add name=\"password\" value=\"" V "\"/>\n", true },
	{ "define('DB_PASSWORD', '" V "');\n", true },
	{ "spring.datasource.password=" V "\r\n", true },
	{ "tool --password " V "\n", true },
	{ "config[\"api_key\"] = \"" V "\"\n", true },
	{ "api_key := \"" V "\"\n", true },
	{ "password => '" V "'\n", true },
	{ "\\\"token\\\": \\\"" V "\\\"\n", true },
	{ "password = getPassword(user)\n", false },
	{ "x.password = other.password;\n", false },
	{ "password: ${DB_PASSWORD}\n", false },
	{ "if (password == \"" V "\")\n", true },
	{ "if (password == other)\n", false },
	{ "password=\n", false },
	{ "password: aaaaaaaaaaaaaaa1\n", false },
	{ "passwordPolicy = \"" V "\"\n", false },
	{ "token_url = \"" V "\"\n", false },
	{ "enter your password, then press Enter 12\n", false },
	{ "password: \"unterminated " V "\n", false },
};

static void named_values(void **state)
{
	(void)state;
	struct finding x;

	finding_open(&x);
	for (size_t i = 0; i < sizeof(settings) / sizeof(*settings); i++)
		for (size_t step = 1; step < 60; step += 3) {
			finding_file(&x, SPAN("a"), span_str(settings[i].text), step);
			check(settings[i].text, x.part.secrets.n == settings[i].is_found);
			check(settings[i].text,
				!x.part.secrets.n || x.part.secrets.p[0].length == strlen(V));
		}
	finding_close(&x);
}

static void paths_and_binaries(void **state)
{
	(void)state;
	struct finding x;

	static const struct { /* of the glob "any folder, *.conf" */
		const char *path;
		bool fits;
	} paths[] = {
		{ "etc/a.conf", true },
		{ "a.conf", true },
		{ "srv/app/v1/conf.d/a.conf", true },
		{ "srv/a.conf/b.conf", true },
		{ "etc/a.txt", false },
		{ "etc/a.conf/b", false },
		{ "etc/aconf", false },
	};

	finding_open(&x);
	for (size_t i = 0; i < sizeof(paths) / sizeof(*paths); i++) {
		finding_file(&x, span_str(paths[i].path), SPAN("only=this"), 4);
		check(paths[i].path, x.part.secrets.n == 1);
		check(paths[i].path,
			!(x.part.secrets.p[0].flags & SECRET_ELSEWHERE) == paths[i].fits);
	}
	finding_file(&x, SPAN("etc/a.conf"), SPAN("\0only=this"), 40);
	assert_int_equal(x.part.secrets.n, 0);
	finding_close(&x);
}

static void floods_stay_bounded(void **state)
{
	(void)state;
	struct finding x;
	scoped_buf struct buf text = { .limit = 64 << 20 };

	finding_open(&x);
	for (size_t i = 0; i < MANY; i++)
		buf_str(&text, "tstk_ passw tok");
	finding_file(&x, SPAN("a"), buf_view(&text), 256 << 10);
	assert_int_equal(x.part.secrets.n, 0);
	text.len = 0;
	for (size_t i = 0; i < 200000; i++)
		buf_str(&text, "aaaaaaaaaaaaaaaaslow");
	finding_file(&x, SPAN("a"), buf_view(&text), 256 << 10);
	text.len = 0;
	for (size_t i = 0; i < 100000; i++) {
		char token[TEST_TOKEN + 1];

		buf_span(&text, test_token((unsigned)i, token));
		buf_byte(&text, '\n');
	}
	finding_file(&x, SPAN("a"), buf_view(&text), 256 << 10);
	assert_int_equal(x.part.secrets.n, limits_default().secrets);
	assert_true(finder_dropped(x.finder) > 0);
	finding_close(&x);
}

static void masking(void **state)
{
	(void)state;
	struct finding x;
	char token[TEST_TOKEN + 1], text[64];

	finding_open(&x);
	test_token(9, token);
	snprintf(text, sizeof(text), "run %s now", token);
	assert_int_equal(finder_mask(x.finder, (uint8_t *)text, strlen(text)), 1);
	assert_string_equal(text, "run tstk_*************** now");
	/* Also when there is no room for facts any more. */
	arena_fail(&x.arena);
	snprintf(text, sizeof(text), "run %s now", token);
	assert_int_equal(finder_mask(x.finder, (uint8_t *)text, strlen(text)), 1);
	assert_string_equal(text, "run tstk_*************** now");
	assert_true(finder_is_full(x.finder));
	finding_close(&x);
}

/* UTF-16 with the high byte first. */
static void with_the_high_byte_first(void **state)
{
	(void)state;
	struct finding x;
	char token[TEST_TOKEN + 1];

	finding_open(&x);
	for (size_t step = 1; step < 300; step += 13) {
		scoped_buf struct buf wide = { 0 };

		buf_bytes(&wide, "\xfe\xff", 2);
		test_token(4, token);
		for (size_t i = 0; i < TEST_TOKEN; i++) {
			buf_byte(&wide, '\0');
			buf_byte(&wide, token[i]);
		}
		buf_bytes(&wide, "\0\n", 2);
		finding_file(&x, SPAN("a"), buf_view(&wide), step);
		assert_int_equal(x.part.secrets.n, 1);
		assert_int_equal(x.part.secrets.p[0].encoding, ENCODED_UTF16);
	}
	finding_close(&x);
}

/* What is before a token may be the tail of an escape. */
static void behind_escapes(void **state)
{
	(void)state;
	static const char *const ahead[] = { "\\n", "\\u000a", "\\x0a", "k%3D", "\\t" };
	struct finding x;
	char token[TEST_TOKEN + 1];

	finding_open(&x);
	for (size_t i = 0; i < sizeof(ahead) / sizeof(*ahead); i++)
		for (size_t step = 1; step < 64; step++) {
			scoped_buf struct buf text = { 0 };

			buf_str(&text, "{\"k\": \"one ");
			buf_str(&text, ahead[i]);
			buf_span(&text, test_token(5, token));
			buf_str(&text, "\"}\n");
			finding_file(&x, SPAN("a.json"), buf_view(&text), step);
			check(ahead[i], x.part.secrets.n == 1);
		}
	finding_close(&x);
}

/* A text that shows a NUL late: UTF-16 is looked for from there on, and nothing comes twice. */
static void a_text_with_a_nul(void **state)
{
	(void)state;
	struct finding x;
	char token[TEST_TOKEN + 1];
	scoped_buf struct buf text = { .limit = 1 << 20 };

	for (size_t i = 0; i < 100000; i++)
		buf_byte(&text, i % 64 ? ' ' : '\n');
	buf_span(&text, test_token(6, token));
	buf_bytes(&text, "\n\0\n", 3);
	buf_span(&text, test_token(7, token));
	buf_byte(&text, '\n');
	for (size_t i = 0; i < TEST_TOKEN; i++) {
		buf_byte(&text, token[i]);
		buf_byte(&text, '\0');
	}
	finding_open(&x);
	for (size_t step = 30000; step < 140000; step += 9999) {
		finding_file(&x, SPAN("a"), buf_view(&text), step);
		assert_int_equal(x.part.secrets.n, 3);
	}
	finding_close(&x);
}

static uint64_t work_of(struct finding *x, struct span text)
{
	uint64_t bytes = 0;
	size_t n = slots(x->finder);

	x->finder->work_of = mem_alloc(n * sizeof(*x->finder->work_of));
	finding_file(x, SPAN("a"), text, 256 << 10);
	for (size_t i = 0; i < n; i++)
		bytes += x->finder->work_of[i].bytes;
	mem_free(x->finder->work_of);
	x->finder->work_of = NULL;
	return bytes;
}

/* Twice the input, about twice the bytes of windows, and never more than some times the input. */
static void work_grows_with_the_input(void **state)
{
	(void)state;
	static const char *const floods[] = { "tstk_", "tstk_0123456789", "password=", "<<BLOCK>>",
		"<<BLOCK>>\\n", "token: \"", "dHN0a1", "tstk_%41\\u0041",
		"[{\"secret\":", "-----BEGIN CERTIFICATE-----", "aaaaaaaaslow", "\"\\\\\\\"" };
	struct finding x;

	finding_open(&x);
	for (size_t i = 0; i < sizeof(floods) / sizeof(*floods); i++) {
		scoped_buf struct buf text = { .limit = 4 << 20 };
		uint64_t work[2];

		for (size_t k = 0; k < 2; k++) {
			while (text.len < (k + 1) << 19)
				buf_str(&text, floods[i]);
			work[k] = work_of(&x, buf_view(&text));
		}
		check(floods[i], work[1] <= 2 * work[0] + work[0] / 4 + (1 << 20));
		check(floods[i], work[1] <= 400 * (uint64_t)text.len);
	}
	finding_close(&x);
}

/* One line of 256 MB, made as it goes, with a token at its end; and JSON 10000 deep. */
static void a_line_without_end(void **state)
{
	(void)state;
	struct finding x;
	char token[TEST_TOKEN + 1];
	scoped_buf struct buf piece = { .limit = 2 << 20 };

	while (piece.len < 1 << 20)
		buf_str(&piece, "{\"a\": 1, \"b\": [1, 2, 3], ");
	finding_open(&x);
	x.part.secrets.n = 0;
	finder_begin(x.finder, 7, SURFACE_CONTENT, SPAN("a"));
	for (size_t i = 0; i < 256; i++)
		finder_piece(x.finder, buf_view(&piece), false);
	finder_piece(x.finder, test_token(8, token), true);
	finder_end(x.finder);
	assert_int_equal(x.part.secrets.n, 1);
	assert_int_equal(x.part.secrets.p[0].line, 1);
	piece.len = 0;
	for (size_t i = 0; i < 10000; i++)
		buf_str(&piece, "[{\"k\":");
	buf_str(&piece, " \"");
	buf_span(&piece, test_token(9, token));
	finding_file(&x, SPAN("a.json"), buf_view(&piece), 4096);
	assert_int_equal(x.part.secrets.n, 1);
	assert_int_equal(finder_dropped(x.finder), 0);
	finding_close(&x);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(across_every_border),
		cmocka_unit_test(far_inside_large_files),
		cmocka_unit_test(in_other_forms),
		cmocka_unit_test(in_a_long_run),
		cmocka_unit_test(encoded_side_by_side),
		cmocka_unit_test(escapes_inside),
		cmocka_unit_test(named_values),
		cmocka_unit_test(paths_and_binaries),
		cmocka_unit_test(floods_stay_bounded),
		cmocka_unit_test(masking),
		cmocka_unit_test(with_the_high_byte_first),
		cmocka_unit_test(behind_escapes),
		cmocka_unit_test(a_text_with_a_nul),
		cmocka_unit_test(work_grows_with_the_input),
		cmocka_unit_test(a_line_without_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
