/* test_classify.c - programs by their texts: what is one, and what only looks like it.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "format/classify.h"
#include "tests/unit/unit.h"

enum { TEXT = 512 };

/* "name version," of all, '*' after what is the file itself. */
static const char *told(struct classify *c, char out[TEXT])
{
	size_t n = 0;

	out[0] = 0;
	for (size_t i = 0; i < c->n; i++) {
		struct span version;

		if (classify_has(c, i, &version))
			n += (size_t)snprintf(out + n, TEXT - n, "%s%.*s %.*s%s", n ? ", " : "",
				SPAN_ARG(c->found[i].row->name), SPAN_ARG(version),
				classify_is_own(c, c->found[i].row) ? "*" : "");
	}
	return out;
}

static void texts(void **state)
{
	(void)state;
	static const struct {
		const char *path;
		struct span in;
		const char *want;
	} cases[] = {
		{ "usr/lib/libcrypto.so.3", SPAN_INIT("\0OpenSSL 3.0.15 3 Sep 2024\0"),
			"openssl 3.0.15*" },
		{ "opt/app/server", SPAN_INIT("\0OpenSSL 3.0.15 3 Sep 2024\0"), "openssl 3.0.15" },
		{ "a", SPAN_INIT("\0OpenSSL 1.1.1w  11 Sep 2023\0"), "openssl 1.1.1w" },
		{ "a", SPAN_INIT("\0OpenSSL 1.0.2k-fips  26 Jan 2017\0"), "openssl 1.0.2k" },
		{ "a", SPAN_INIT("\0OpenSSL 3.2.0-beta1 26 Oct 2023\0"), "openssl 3.2.0-beta1" },
		/* texts that only speak of it */
		{ "a", SPAN_INIT("\0OpenSSL 3.0.1 or later is needed\0"), "" },
		{ "a", SPAN_INIT("\0needs OpenSSL 3.0.15 3 Sep 2024\0"), "" },
		{ "a", SPAN_INIT("\0OpenSSL 3.0.15\0"), "" },
		{ "a", SPAN_INIT("\0OpenSSL 3.0.15 13 September 2024\0"), "" },
		/* a program that only uses it has the text of its header */
		{ "a", SPAN_INIT("\0libcrypto.so.3\0OpenSSL 3.0.15 3 Sep 2024\0"), "" },
		{ "a", SPAN_INIT("\0OpenSSL 3.0.15 3 Sep 2024\0/usr/lib/libcrypto.so\0"), "" },
		{ "a", SPAN_INIT("\0libcrypto1.so\0OpenSSL 3.0.15 3 Sep 2024\0libz.so.1\0"), "" },
		{ "a", SPAN_INIT("\0mylibcrypto.so\0OpenSSL 3.0.15 3 Sep 2024\0libz.so.1\0"),
			"openssl 3.0.15" },
		{ "libcrypto.so.3", SPAN_INIT("\0libcrypto.so.3\0OpenSSL 3.0.15 3 Sep 2024\0"),
			"openssl 3.0.15*" },
		{ "a", SPAN_INIT("\0libz.so.1\0 deflate 1.2.13 Copyright 1995-2022 \0"),
			"zlib 1.2.13" },
		{ "a", SPAN_INIT("\0libcurl/8.1.2\0"), "libcurl 8.1.2" },
		{ "a", SPAN_INIT("\0Apache/2.4\0Apache/2.4.57 (Unix)\0"), "apache 2.4.57" },
		{ "a", SPAN_INIT("\0libcurl/8.1 is too old\0"), "" },
		{ "a", SPAN_INIT("\0User-Agent: libcurl/8.1.2\0"), "" },
		{ "a", SPAN_INIT("\0mylibcurl/8.1.2\0"), "" },
		{ "a", SPAN_INIT("\0OpenSSH_9.2p1\0"), "openssh 9.2p1" },
		{ "a", SPAN_INIT("\0OpenSSH_6.6.1*\0"), "" },
		{ "a", SPAN_INIT("\0BusyBox v1.36.1 (2023-11-07 18:53:09 UTC)\0"),
			"busybox 1.36.1" },
		{ "a", SPAN_INIT("\0BusyBox v%s (\0"), "" },
		{ "usr/sbin/nginx", SPAN_INIT("\0nginx version: nginx/1.22.1\n\0"),
			"nginx 1.22.1*" },
		{ "usr/sbin/nginx", SPAN_INIT("\0nginx version: nginx/1.22.1 (Ubuntu)\n\0"),
			"nginx 1.22.1*" },
		{ "a", SPAN_INIT("\0as in nginx/1.22.1\0"), "" },
		{ "a",
			SPAN_INIT(" deflate 1.2.13 Copyright 1995-2022 Jean-loup Gailly \0"
				  " inflate 1.2.13 Copyright 1995-2022 Mark Adler \0"),
			"zlib 1.2.13" },
		/* two copies in one program are two */
		{ "a",
			SPAN_INIT(" deflate 1.2.13 Copyright 1995-2022 \0"
				  " deflate 1.2.11 Copyright 1995-2017 \0"),
			"zlib 1.2.13, zlib 1.2.11" },
		{ "mariadbd",
			SPAN_INIT("\0"
				  "10.11.6-MariaDB-log\0"),
			"mariadb 10.11.6*" },
		{ "a", SPAN_INIT("\0PostgreSQL 15.10 (Debian 15.10-0) on x86_64\0"),
			"postgresql 15.10" },
		{ "a", SPAN_INIT("\0PostgreSQL 9.6 or newer\0"), "" },
		{ "a", SPAN_INIT("\0ruby 3.1.2p20 (2022-04-12 revision 4491bb740a)\0"),
			"ruby 3.1.2" },
		{ "a", SPAN_INIT("\0OpenJDK 64-Bit Server VM (17.0.9+9-Debian) for linux-amd64\0"),
			"java 17.0.9" },
		{ "a", SPAN_INIT("\0Java HotSpot(TM) 64-Bit Server VM (25.392-b08) for linux\0"),
			"" },
		{ "a", SPAN_INIT("\0expat_2.5.0\0"), "expat 2.5.0" },
		/* with the host and the time of the build */
		{ "redis-cli",
			SPAN_INIT("\0"
				  "7.2.4buildhost-1704723602000000000\0"),
			"redis 7.2.4*" },
		{ "redis-cli",
			SPAN_INIT("\0"
				  "7.0.151790282056000000000\0"
				  "2.6.0\0"),
			"redis 7.0.15*" },
		{ "redis-cli",
			SPAN_INIT("\0"
				  "7.2.45f3e0a1b2c3d-1704723602000000000\0"),
			"redis 7.2.4*" },
		{ "valkey-server",
			SPAN_INIT("\0valkey9.1.22036e910ab2c-179260013845336800000000\0"),
			"valkey 9.1.2*" },
		{ "redis-cli",
			SPAN_INIT("\0"
				  "7.2.45f3e0a1b2c-1704723602000000000\0"),
			"" },
		{ "redis-cli",
			SPAN_INIT("\0"
				  "7.2.4buildhost-170472360200000000\0"),
			"" },
		{ "redis-cli",
			SPAN_INIT("\0"
				  "7.2.4\0"),
			"redis 7.2.4*" },
		{ "redis-cli",
			SPAN_INIT("\0"
				  "7.2.4\0"
				  "7.1.0\0"),
			"" },
		{ "valkey-cli", SPAN_INIT("\0valkey8.0.1buildhost-1704723602000000000\0"),
			"valkey 8.0.1*" },
		/* by the number in the name of the file */
		{ "usr/lib/libpython3.11.so.1.0",
			SPAN_INIT("\0"
				  "3.11.2\0"),
			"python 3.11.2*" },
		{ "usr/bin/python3.9",
			SPAN_INIT("\0"
				  "3.11.2\0"),
			"" },
		{ "usr/bin/python3.1",
			SPAN_INIT("\0"
				  "3.11.2\0"),
			"" },
		{ "usr/bin/other",
			SPAN_INIT("\0"
				  "3.11.2\0"),
			"" },
		/* a bare number has to be the only one */
		{ "usr/lib/libsqlite3.so.0",
			SPAN_INIT("\0"
				  "3.40.1\0\0"
				  "3.40.1\0"),
			"sqlite 3.40.1*" },
		{ "usr/lib/libsqlite3.so.0.8.6",
			SPAN_INIT("\0"
				  "3.40.1\0"
				  "3.39.0\0"),
			"" },
		{ "usr/lib/libsqlite3.so.0",
			SPAN_INIT("\0"
				  "3.40.1\0"
				  "2.6.0\0"
				  "3.5.7\0"
				  "3.10.0.1\0"
				  "3.7 or\0"
				  "at 3.8\0"),
			"sqlite 3.40.1*" },
		{ "opt/app/server",
			SPAN_INIT("\0"
				  "3.40.1\0"
				  "2.6.0\0COMPILER=gcc-12.2.0\0"),
			"sqlite 3.40.1" },
		{ "opt/app/server",
			SPAN_INIT("\0"
				  "COMPILER=clang-14.0.6 (Fedora)\0"
				  "3.40.1\0"),
			"sqlite 3.40.1" },
		{ "opt/app/server",
			SPAN_INIT("\0"
				  "3.40.1\0"
				  "2.6.0\0"),
			"" },
		{ "usr/bin/envoy",
			SPAN_INIT("\0"
				  "1.40.0\0"
				  "1.0.0\0"
				  "1.3.6.1.5.5.7.1.24\0"
				  "6.0.0\0"),
			"envoy 1.40.0*" },
		{ "usr/sbin/exim4",
			SPAN_INIT("\0"
				  "4.96\0"
				  "4.0.0\0"
				  "2.3.3\0"),
			"exim 4.96*" },
		{ "usr/bin/wget",
			SPAN_INIT("\0"
				  "1.2.13\0"
				  "1.21.3\0"),
			"wget 1.21.3*" },
		{ "usr/bin/rsync",
			SPAN_INIT("\0"
				  "1.2.13\0"
				  "0.0.0.0\0"
				  "3.2.7\0"),
			"rsync 3.2.7*" },
		{ "lib/ld-musl-x86_64.so.1",
			SPAN_INIT("\0"
				  "127.0.0.1\0"
				  "1.2.3\0"),
			"musl 1.2.3*" },
		/* by the name of the file */
		{ "usr/lib/libxml2.so.2.9.14", SPAN_INIT(""), "libxml2 2.9.14*" },
		{ "usr/lib/libxml2.so.2", SPAN_INIT(""), "" },
		{ "usr/lib/libicuuc.so.72.1", SPAN_INIT(""), "icu 72.1*" },
		{ "usr/lib/libxml2.so.16.0.5", SPAN_INIT(""), "" },
		{ "a.libs/libxml2-64b7ab39.so.16.0.5", SPAN_INIT(""), "" },
		{ "a.libs/libxml2-64b7ab39.so.2.9.14", SPAN_INIT(""), "libxml2 2.9.14*" },
		/* ends that are no ends */
		{ "a", SPAN_INIT("libcurl/8.1.2"), "libcurl 8.1.2" },
		{ "a", SPAN_INIT("8.1"), "" },
		{ "a", SPAN_INIT("."), "" },
		{ "", SPAN_INIT(""), "" },
		{ "a", SPAN_INIT("\0libcurl/8.1.2.\0"), "" },
		{ "a",
			SPAN_INIT("\0libcurl/"
				  "1.1111111111111111111111111111111111111111111111111111111111\0"),
			"" },
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct classify c;
		char out[TEXT];

		classify_start(&c, span_str(cases[i].path));
		classify_look(&c, cases[i].in, 0, cases[i].in.len);
		check_span((const char *)cases[i].in.p, span_str(told(&c, out)),
			span_str(cases[i].want));
	}
}

/* Every row with a version that fits it is found, so no row lies in the shadow of another. */
static void all_rows(void **state)
{
	(void)state;
	size_t n = 0;

	for (size_t i = 0; i < known_classifiers_n; i++) {
		const struct known_classifier *row = &known_classifiers[i];
		struct span name = row->only_in.len ? row->only_in : row->own;
		char path[64], text[256];
		struct classify c;
		int len;

		if (row->how != HOW_FULL && row->how != HOW_HEADER && row->how != HOW_PLAIN &&
			row->how != HOW_NAMED)
			continue;
		name = span_sub(name, 0, span_find(name, ','));
		len = snprintf(path, sizeof(path), "%.*s", SPAN_ARG(name));
		if (span_find(name, '*') < name.len)
			snprintf(path + span_find(name, '*'), sizeof(path), "%s", "1.2");
		len = 1;
		text[0] = 0;
		struct span before = span_from(row->before, span_at(row->before, 0) == '^');

		len += snprintf(text + len, 200, "%.*s1.2.3", SPAN_ARG(before));
		for (struct span rest = row->after; rest.len; rest = span_from(rest, 1)) {
			uint8_t at = span_at(rest, 0), kind = span_at(rest, 1);
			const char *put = at != '%' ? NULL : kind == 'D' ? "3 Sep 2024" : "+x";

			if (at == '$')
				continue;
			if (put)
				len += snprintf(text + len, 64, "%s", put);
			else
				text[len++] = (char)at;
			rest = put ? span_from(rest, 1) : rest;
		}
		text[len] = 0;
		classify_start(&c, span_str(path));
		classify_look(&c, span_of(text, (size_t)len + 1), 0, (size_t)len + 1);
		bool found = false;

		for (size_t k = 0; k < c.n; k++)
			found |=
				c.found[k].row == row &&
				span_eq(span_of(c.found[k].version, c.found[k].len), SPAN("1.2.3"));
		check(path, found);
		check(path, row->own.len && row->source.len);
		n++;
	}
	assert_true(n >= 60);
}

/* The same, wherever the pieces begin: a position is looked at once, with what is around it. */
static void full(void **state)
{
	(void)state;
	struct classify c;
	char text[64];

	classify_start(&c, SPAN("a"));
	for (unsigned i = 0; i < CLASSIFY_FOUND_MAX + 10; i++) {
		int n = 1 + snprintf(text + 1, sizeof(text) - 1, "libcurl/8.%u.0", i);

		text[0] = 0;
		classify_look(&c, span_of(text, (size_t)n), 0, (size_t)n);
	}
	assert_int_equal(c.n, CLASSIFY_FOUND_MAX);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(texts),
		cmocka_unit_test(all_rows),
		cmocka_unit_test(full),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
