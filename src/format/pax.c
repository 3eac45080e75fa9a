/* pax.c - pax extended headers: the records before a tar entry.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "format/pax.h"

#include "base/err.h"
#include "syntax/base64.h"

enum { OFFSET_MAX_BITS = 63 };
static const uint64_t offset_max = ((uint64_t)1 << OFFSET_MAX_BITS) - 1;

struct reader {
	uint32_t seen; /* keys, by their row */
	const struct limits *limits;
	struct arena *arena;
	struct pax *pax;
	struct scov_err *err;
	bool offset_open; /* format 0.0: an offset waits for its length */
	struct span major, minor, name, size, real_size, blocks, map; /* GNU.sparse.* as written */
};

typedef int (*record_fn)(struct reader *r, struct span key, struct span value);

static int bad(struct reader *r, struct span key, const char *why)
{
	return err_fail(r->err, SCOV_E_FORMAT, "pax record '%.*s': %s",
		SPAN_ARG(span_sub(key, 0, 100)), why);
}

static int number(struct reader *r, struct span key, struct span value, unsigned has, uint64_t *out)
{
	if (value.len == 0) {
		r->pax->has &= ~has;
		return 0;
	}
	if (!span_number(value, 10, offset_max, out))
		return bad(r, key, "not a number");
	r->pax->has |= has;
	return 0;
}

static int text(struct reader *r, struct span key, struct span value, struct span *out)
{
	if (span_find(value, 0) < value.len)
		return bad(r, key, "contains a NUL byte");
	*out = value;
	return 0;
}

static int take_path(struct reader *r, struct span key, struct span value)
{
	return text(r, key, value, &r->pax->path);
}

/* uname and gname: not read, but a NUL in them is refused. */
static int take_owner_name(struct reader *r, struct span key, struct span value)
{
	struct span ignored;

	r->pax->has |= PAX_OTHER;
	return text(r, key, value, &ignored);
}

static int take_link(struct reader *r, struct span key, struct span value)
{
	return text(r, key, value, &r->pax->link);
}

static int take_size(struct reader *r, struct span key, struct span value)
{
	return number(r, key, value, PAX_SIZE, &r->pax->size);
}

/* An owner may be below zero: chown takes its low 32 bits. */
static int owner(struct reader *r, struct span key, struct span value, unsigned has, int64_t *out)
{
	bool minus = span_at(value, 0) == '-';
	uint64_t n = 0;
	int code = value.len == 1 && minus ? bad(r, key, "not a number")
					   : number(r, key, span_from(value, minus), has, &n);

	*out = minus ? -(int64_t)n : (int64_t)n;
	return code;
}

static int take_uid(struct reader *r, struct span key, struct span value)
{
	return owner(r, key, value, PAX_UID, &r->pax->uid);
}

static int take_gid(struct reader *r, struct span key, struct span value)
{
	return owner(r, key, value, PAX_GID, &r->pax->gid);
}

/* "-1.5" is the second before -1: rounded down. Digits after the ninth do not count. */
static int take_time(struct reader *r, struct span key, struct span value, unsigned has,
	int64_t *out, uint32_t *ns)
{
	enum { DIGITS = 9 };
	bool minus = span_at(value, 0) == '-';
	struct span rest = span_from(value, minus), whole = { 0 };
	uint64_t seconds;
	uint32_t part = 0;

	r->pax->has &= ~has;
	*ns = 0;
	if (value.len == 0)
		return 0;
	span_split(&rest, '.', &whole);
	if (!span_number(whole, 10, offset_max - 1, &seconds))
		return bad(r, key, "not a time");
	for (size_t i = 0; i < rest.len || i < DIGITS; i++) {
		uint8_t c = i < rest.len ? span_at(rest, i) : '0';

		if (c < '0' || c > '9')
			return bad(r, key, "not a time");
		if (i < DIGITS)
			part = part * 10 + (c - '0');
	}
	*ns = part;
	*out = minus ? -(int64_t)seconds - (part > 0) : (int64_t)seconds;
	r->pax->has |= has;
	return 0;
}

static int take_mtime(struct reader *r, struct span key, struct span value)
{
	return take_time(r, key, value, PAX_MTIME, &r->pax->mtime, &r->pax->mtime_ns);
}

/* atime and ctime: not read, but they must be times. */
static int take_other_time(struct reader *r, struct span key, struct span value)
{
	int64_t ignored;
	uint32_t ns;

	return take_time(r, key, value, 0, &ignored, &ns);
}

/* What a sparse file says is read at the end: it counts by its version. */
static int take_sparse(struct reader *r, struct span key, struct span value)
{
	struct {
		const char *key;
		struct span *at;
	} rows[] = {
		{ "major", &r->major },
		{ "minor", &r->minor },
		{ "name", &r->name },
		{ "size", &r->size },
		{ "realsize", &r->real_size },
		{ "numblocks", &r->blocks },
		{ "map", &r->map },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		if (span_eq(key, span_str(rows[i].key)))
			*rows[i].at = value;
	return 0;
}

static int add_piece(struct reader *r, struct span key, uint64_t offset)
{
	if (r->pax->pieces.n >= r->limits->sparse_pieces)
		return err_fail(r->err, SCOV_E_LIMIT,
			"pax record '%.*s': more than %llu pieces (limit sparse_pieces)",
			SPAN_ARG(key), (unsigned long long)r->limits->sparse_pieces);
	if (!vec_add(&r->pax->pieces, r->arena, &(struct sparse_piece){ .offset = offset }))
		return err_fail(r->err, SCOV_E_LIMIT,
			"pax record '%.*s': sparse map does not fit in memory", SPAN_ARG(key));
	return 0;
}

static int take_sparse_offset(struct reader *r, struct span key, struct span value)
{
	uint64_t offset;

	if (r->offset_open || !span_number(value, 10, offset_max, &offset))
		return bad(r, key, "invalid offset in a sparse map");
	r->offset_open = true;
	return add_piece(r, key, offset);
}

static int take_sparse_bytes(struct reader *r, struct span key, struct span value)
{
	if (!r->offset_open ||
		!span_number(value, 10, offset_max, &r->pax->pieces.p[r->pax->pieces.n - 1].len))
		return bad(r, key, "invalid length in a sparse map");
	r->offset_open = false;
	return 0;
}

/* Format 0.1: "offset,length,offset,length" */
static int read_map(struct reader *r)
{
	static const struct span key = SPAN_INIT("GNU.sparse.map");
	struct cur c = cur_over(r->map);

	while (cur_left(&c)) {
		uint64_t offset = cur_decimal(&c, offset_max);

		cur_expect(&c, ',');
		uint64_t len = cur_decimal(&c, offset_max);

		if (cur_left(&c)) {
			cur_expect(&c, ',');
			cur_need(&c, cur_left(&c) > 0);
		}
		if (c.bad)
			break;
		int code = add_piece(r, key, offset);

		if (code)
			return code;
		r->pax->pieces.p[r->pax->pieces.n - 1].len = len;
	}
	return c.bad ? bad(r, key, "invalid sparse map") : 0;
}

/* Which sparse format it is, if any: by the version that it states, or 0.x where it states none and
 * has a map. Of any other version Go takes neither name, size nor map, and the file is what is
 * stored. The records of 0.0 go before the map of 0.1. */
static int settle_sparse(struct reader *r)
{
	static const struct span names[] = { SPAN_INIT("GNU.sparse.size"),
		SPAN_INIT("GNU.sparse.realsize"), SPAN_INIT("GNU.sparse.numblocks") };
	struct pax *pax = r->pax;
	bool has_map = r->map.len || pax->pieces.n;
	bool is_old = span_eq(r->major, SPAN("0")) &&
		      (span_eq(r->minor, SPAN("0")) || span_eq(r->minor, SPAN("1")));
	bool is_1_0 = span_eq(r->major, SPAN("1")) && span_eq(r->minor, SPAN("0"));
	bool is_guess = !r->major.len && !r->minor.len && has_map;
	uint64_t blocks = 0;
	int code;

	if (!is_old && !is_1_0 && !is_guess) {
		pax->pieces.n = 0;
		pax->has |= r->name.len || has_map ? PAX_OTHER : 0;
		return 0;
	}
	pax->sparse_name = r->name;
	code = number(r, names[!r->size.len], r->size.len ? r->size : r->real_size, PAX_SPARSE_SIZE,
		&pax->sparse_size);
	if (is_1_0) {
		pax->pieces.n = 0;
		pax->has |= PAX_SPARSE_INLINE;
	} else if (!code) {
		pax->has |= PAX_SPARSE_MAP;
		code = pax->pieces.n ? 0 : read_map(r);
		if (!code && (!span_number(r->blocks, 10, offset_max, &blocks) ||
				     blocks != pax->pieces.n))
			code = bad(r, names[2], "not the length of the sparse map");
	}
	return code;
}

static int add_xattr(struct reader *r, struct span name, struct span value, bool replace)
{
	static const struct span decides = SPAN_INIT("security.capability");
	struct pax *pax = r->pax;
	bool is_capability = span_eq(name, decides);

	if (span_starts(name, SPAN("trusted.overlay.")) || span_starts(name, SPAN("user.overlay.")))
		pax->has |= PAX_OVERLAY;
	/* A capability is kept whatever comes with it; one that is cut does not parse. */
	if (is_capability)
		value = span_sub(value, 0, (size_t)r->limits->xattr_size);
	if (value.len > r->limits->xattr_size || name.len > r->limits->xattr_size) {
		pax->lost |= PAX_LOST_BIG;
		return 0;
	}
	for (size_t i = 0; i < pax->xattrs.n; i++)
		if (span_eq(pax->xattrs.p[i].name, name)) {
			pax->has |= PAX_OTHER; /* one of the values is not read */
			if (replace)
				pax->xattrs.p[i].value = value;
			return 0;
		}
	if (pax->xattrs.n >= PAX_XATTRS) {
		pax->lost |= PAX_LOST_MANY;
		if (is_capability)
			pax->xattrs.p[0] = (struct pax_xattr){ name, value };
		return 0;
	}
	if (!vec_add(&pax->xattrs, r->arena, &(struct pax_xattr){ name, value }))
		return err_fail(r->err, SCOV_E_LIMIT,
			"pax header: extended attributes do not fit in memory");
	return 0;
}

static int take_schily(struct reader *r, struct span key, struct span value)
{
	return add_xattr(r, key, value, true);
}

/* libarchive omits the padding; others write it. */
static bool base64(struct arena *a, struct span in, struct span *out)
{
	uint8_t *p = arena_alloc(a, in.len / 4 * 3 + 3);
	uint32_t bits = 0;
	size_t n = 0, have = 0;

	while (in.len && span_at(in, in.len - 1) == '=')
		in.len--;
	for (size_t i = 0; p && i < in.len; i++) {
		int d = base64_digit(span_at(in, i));

		if (d < 0)
			return false;
		bits = bits << 6 | (uint32_t)d;
		have += 6;
		if (have >= 8) {
			have -= 8;
			p[n++] = (uint8_t)(bits >> have);
		}
	}
	*out = span_of(p, n);
	return p != NULL && in.len % 4 != 1;
}

static int take_libarchive(struct reader *r, struct span key, struct span value)
{
	struct span raw;

	if (value.len / 4 * 3 > r->limits->xattr_size) {
		r->pax->lost |= PAX_LOST_BIG;
		return 0;
	}
	if (!base64(r->arena, value, &raw)) {
		r->pax->lost |= PAX_LOST_BROKEN;
		return 0;
	}
	return add_xattr(r, key, raw, false);
}

static const struct {
	struct span key;
	bool is_prefix; /* the rest of the key is passed on */
	record_fn take;
} keys[] = {
	{ SPAN_INIT("path"), false, take_path },
	{ SPAN_INIT("linkpath"), false, take_link },
	{ SPAN_INIT("size"), false, take_size },
	{ SPAN_INIT("mtime"), false, take_mtime },
	{ SPAN_INIT("atime"), false, take_other_time },
	{ SPAN_INIT("ctime"), false, take_other_time },
	{ SPAN_INIT("uname"), false, take_owner_name },
	{ SPAN_INIT("gname"), false, take_owner_name },
	{ SPAN_INIT("uid"), false, take_uid },
	{ SPAN_INIT("gid"), false, take_gid },
	{ SPAN_INIT("GNU.sparse.offset"), false, take_sparse_offset },
	{ SPAN_INIT("GNU.sparse.numbytes"), false, take_sparse_bytes },
	{ SPAN_INIT("GNU.sparse."), true, take_sparse },
	{ SPAN_INIT("SCHILY.xattr."), true, take_schily },
	{ SPAN_INIT("LIBARCHIVE.xattr."), true, take_libarchive },
};

static int take(struct reader *r, struct span key, struct span value)
{
	if (span_find(key, 0) < key.len)
		return bad(r, SPAN(""), "a NUL byte in a key");
	for (size_t i = 0; i < sizeof(keys) / sizeof(*keys); i++) {
		if (keys[i].is_prefix && span_starts(key, keys[i].key) && key.len > keys[i].key.len)
			return keys[i].take(r, span_from(key, keys[i].key.len), value);
		if (keys[i].is_prefix || !span_eq(key, keys[i].key))
			continue;
		if (r->seen >> i & 1)
			r->pax->has |= PAX_OTHER; /* the value before is not read */
		r->seen |= 1u << i;
		return keys[i].take(r, key, value);
	}
	r->pax->has |= PAX_OTHER;
	return 0;
}

int pax_parse(struct span in, const struct limits *l, struct arena *a, struct pax *out,
	struct scov_err *err)
{
	struct pax pax = { 0 };
	struct reader r = { .limits = l, .arena = a, .pax = &pax, .err = err };
	struct cur c = cur_over(in);

	while (cur_left(&c)) {
		size_t start = c.off;
		uint64_t len = cur_decimal(&c, in.len);
		uint64_t head = c.off - start + 1; /* the digits and the space */

		cur_expect(&c, ' ');
		cur_need(&c, len > head);
		struct cur rec = cur_over(cur_take(&c, c.bad ? 0 : (size_t)(len - head)));
		struct span key = cur_until(&rec, '=');
		struct span value = cur_rest(&rec, 1);

		cur_expect(&rec, '\n');
		cur_done(&c, &rec);
		if (c.bad || key.len == 0)
			return err_fail(err, SCOV_E_FORMAT,
				"pax header: damaged record at byte %zu", start);
		int code = take(&r, key, value);

		if (code)
			return code;
	}
	if (r.offset_open)
		return err_fail(err, SCOV_E_FORMAT, "pax header: sparse map lacks its last length");
	int code = settle_sparse(&r);

	if (code)
		return code;
	*out = pax;
	return 0;
}
