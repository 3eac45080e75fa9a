/* sniff.c - what a file is by its first bytes.
 *
 * Sources: deb-control(5), the apk specification, sqlite.org/fileformat.html, rpm 4.20
 * (lib/backend/ndb/rpmpkg.c), Berkeley DB (db_page.h), passwd(5), group(5), os-release(5).
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "format/sniff.h"

#include "base/ascii.h"

enum { SMALL_MAX = 64 << 10 /* os-release, one stanza */, LINE_MAX_BYTES = 80 };

static bool is_number(struct span s)
{
	uint64_t n;

	return span_number(s, 10, UINT32_MAX, &n);
}

/* "name:x:0:0:...": seven fields with two numbers, or four with one. */
static uint8_t account(struct span line)
{
	struct span field, rest = line, fields[7] = { { 0 } };
	size_t n = 0;

	while (span_split(&rest, ':', &field)) {
		if (n == 7)
			return KIND_OTHER;
		fields[n++] = field;
	}
	if (line.len && span_at(line, line.len - 1) == ':' && n < 7)
		n++; /* the last field is empty */
	if (!fields[0].len || span_find(fields[0], ' ') < fields[0].len || !is_number(fields[2]))
		return KIND_OTHER;
	return n == 7 && is_number(fields[3]) ? KIND_PASSWD : n == 4 ? KIND_GROUP : KIND_OTHER;
}

static bool has_line(struct span text, struct span start)
{
	struct span line;

	while (span_line(&text, &line))
		if (span_starts(line, start))
			return true;
	return false;
}

/* A stanza of dpkg or opkg. Status is what an archive's list of packages lacks. */
static uint8_t stanza(struct span head, uint64_t size)
{
	if (has_line(head, SPAN("Status: ")))
		return KIND_DPKG_STATUS;
	return size <= SMALL_MAX && has_line(head, SPAN("Version: ")) &&
			       !has_line(head, SPAN("Filename: "))
		       ? KIND_DPKG_STANZA
		       : KIND_OTHER;
}

static bool is_os_release(struct span head, struct span line, uint64_t size)
{
	size_t eq = span_find(line, '=');

	for (size_t i = 0; i < eq; i++)
		if (span_at(line, i) != '_' &&
			(span_at(line, i) < 'A' || span_at(line, i) > 'Z'))
			return false;
	return eq && eq < line.len && size <= SMALL_MAX &&
	       (has_line(head, SPAN("ID=")) || has_line(head, SPAN("NAME=")));
}

/* "CentOS release 6.10 (Final)", "8.11": a short file whose first line is that. */
static bool is_release_line(struct span line, uint64_t size)
{
	if (size > 512 || line.len > LINE_MAX_BYTES)
		return false;
	if (span_has(line, SPAN(" release ")))
		return true;
	for (size_t i = 0; i < line.len; i++)
		if (!ascii_is_digit(span_at(line, i)) && span_at(line, i) != '.')
			return false;
	return span_find(line, '.') < line.len;
}

static bool is_machine_id(struct span line, uint64_t size)
{
	enum { HEX = 32 };
	uint64_t n;

	return (size == HEX || size == HEX + 1) && line.len == HEX &&
	       span_number(span_sub(line, 0, HEX / 2), 16, UINT64_MAX, &n) &&
	       span_number(span_from(line, HEX / 2), 16, UINT64_MAX, &n);
}

static uint8_t text(struct span head, uint64_t size)
{
	struct span rest = head, line = { 0 };

	for (int i = 0; i < 8 && span_line(&rest, &line); i++) {
		if (line.len && span_at(line, 0) != '#')
			break;
		if (span_has(line, SPAN("\"slim\" variant")))
			return KIND_DPKG_SLIM;
		if (i == 0 && span_starts(line, SPAN("# /etc/shells")))
			return KIND_SHELLS;
	}
	if (is_os_release(head, line, size))
		return KIND_OS_RELEASE;
	if (is_machine_id(line, size))
		return KIND_MACHINE_ID;
	return is_release_line(line, size) ? KIND_RELEASE : account(line);
}

uint8_t file_sniff(struct span head, uint64_t size)
{
	static const uint32_t bdb_magic[] = { 0x061561, 0x053162 }; /* hash, btree; at byte 12 */
	struct cur c = cur_over(span_sub(head, 12, 4));
	uint32_t magic = cur_le32(&c);

	if (span_starts(head, SPAN("SQLite format 3\0")) || span_starts(head, SPAN("RpmP")))
		return KIND_RPM;
	if (!c.bad && (magic == bdb_magic[0] || magic == bdb_magic[1] ||
			      __builtin_bswap32(magic) == bdb_magic[0] ||
			      __builtin_bswap32(magic) == bdb_magic[1]))
		return KIND_RPM;
	if (span_starts(head, SPAN("Package: ")))
		return stanza(head, size);
	if (span_starts(head, SPAN("C:Q")) ||
		(span_starts(head, SPAN("P:")) && has_line(head, SPAN("V:"))))
		return KIND_APK;
	if (span_starts(head, SPAN("\xef\xbb\xbf")))
		head = span_from(head, 3);
	uint8_t first = span_at(head, 0);

	return first == '#' || first == '_' || first == '\n' || ascii_is_alnum(first)
		       ? text(head, size)
		       : KIND_OTHER;
}
