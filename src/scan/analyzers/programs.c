/* programs.c - packages inside of programs and libraries: modules of Go, crates of Rust, and what
 * is known by its texts.
 *
 * A file passes in pieces. Each position of it is looked at once, in a view that holds the bytes
 * around it: the piece itself, or for positions near its ends the end of the piece before and its
 * beginning, put together.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <string.h>

#include "base/ascii.h"
#include "facts/symbols.h"
#include "format/classify.h"
#include "format/go_build.h"
#include "format/go_symbols.h"
#include "format/rust_audit.h"
#include "scan/analyzers/record.h"

enum {
	BEFORE = 128,
	AFTER = 448,
	AROUND = BEFORE + AFTER,
	ANY_EXECUTE = 0111,
	PROGRAM_MIN = 1024, /* the smallest that holds anything that we look for */
};

_Static_assert(BEFORE >= (int)CLASSIFY_BEFORE && BEFORE >= (int)GO_VIEW_BEFORE &&
		       AFTER >= (int)CLASSIFY_AFTER && AFTER >= (int)GO_VIEW_AFTER &&
		       AFTER >= (int)RUST_VIEW_AFTER,
	"views are wide enough");

struct program {
	struct analysis *out;
	uint32_t entry;
	bool is_read;     /* its header was */
	bool is_ignored;  /* it has nothing to look at */
	bool is_packed;   /* by UPX */
	bool has_data;    /* a PT_LOAD that is not executable */
	bool has_foreign; /* functions of Go packages that are not of its own library */
	struct elf elf;
	uint64_t at;     /* of the next byte */
	uint64_t looked; /* positions before it have been looked at */
	size_t kept;
	struct classify classify;
	struct go_reader go;
	struct go_symbols symbols;
	struct rust_reader rust;
	uint8_t *filter;
	size_t filter_size;
	size_t head_n;
	uint8_t keep[2 * AROUND];
	uint8_t head[ANALYZER_HEAD];
};

/* State of a stream: of most files no more is ever used. */
struct stream {
	struct program *program;
	bool is_other;
};

static enum want want(const struct entry *e, struct span path, uint8_t kind)
{
	(void)kind;
	struct span base = span_base(path);

	if (!is_file(e) || e->size < PROGRAM_MIN)
		return WANT_NOTHING;
	if (e->mode & ANY_EXECUTE || span_has(base, SPAN(".so")) || span_ends(base, SPAN(".node")))
		return WANT_STREAM;
	/* A program without an execute bit has no suffix either. Large ones may be sparse files of
	 * another kind, whose pieces cost too much. */
	return !span_has(base, SPAN(".")) && e->size <= 16 << 20 ? WANT_STREAM : WANT_NOTHING;
}

static bool add_symbol(void *ctx, struct span raw)
{
	struct program *p = ctx;
	uint8_t text[GO_NAME_MAX];
	struct span name;
	size_t package;

	if (!p->filter) {
		p->filter_size = symbols_size(p->symbols.functions);
		p->filter = arena_alloc(p->out->scratch, p->filter_size);
	}
	if (p->filter && go_symbol_parse(raw, text, &name, &package)) {
		/* "example.com/a." is not of the library, "net/http.", "vendor/golang.org/x/a." are
		 */
		struct span path = span_sub(name, 0, package - 1);

		p->has_foreign |= span_has(span_sub(path, 0, span_find(path, '/')), SPAN("."));
		symbols_add(p->filter, p->filter_size, name);
		symbols_add(p->filter, p->filter_size, span_sub(name, 0, package));
	}
	return p->filter;
}

/* UPX writes its mark after the program headers. */
static bool is_packed(struct span head)
{
	return span_has(span_sub(head, 0, 512), SPAN("UPX!"));
}

static void read_header(struct program *p, struct span head, struct span path)
{
	uint64_t size = p->out->part->entries.p[p->entry].size;
	struct elf *e = &p->elf;

	p->is_read = true;
	p->is_packed = is_packed(head);
	p->is_ignored = !elf_parse(head, size, e) || (!e->is_program && !e->is_shared);
	if (!e->loads_n) /* headers that are elsewhere: all of it */
		e->load[e->loads_n++] = (struct elf_load){ 0, size, 0, ELF_READ | ELF_WRITE };
	for (size_t i = 0; i < e->loads_n; i++)
		p->has_data |= !(e->load[i].flags & (ELF_EXECUTE | ELF_WRITE));
	classify_start(&p->classify, path);
	go_start(&p->go, e, p->out->scratch);
	p->symbols = (struct go_symbols){ .elf = e, .name = add_symbol, .ctx = p };
	p->rust = (struct rust_reader){ .arena = p->out->scratch };
}

static void look_at_load(struct program *p, struct span bytes, uint64_t at, size_t from, size_t to,
	const struct elf_load *l)
{
	if (l->flags & ELF_EXECUTE && p->has_data)
		return;
	classify_look(&p->classify, bytes, from, to);
	go_look(&p->go, bytes, at, from, to, l->flags);
	if (p->elf.is_go)
		go_symbols_look(&p->symbols, bytes, at, from, to);
}

/* Looks at the positions that are new, and up to which all that is wanted is there. */
static void look(struct program *p, struct span bytes, uint64_t at, uint64_t to)
{
	uint64_t from = p->looked;

	for (size_t i = 0; i <= p->elf.loads_n && from < to; i++) {
		const struct elf_load *l = i < p->elf.loads_n ? &p->elf.load[i] : NULL;
		uint64_t start = l && l->offset < to ? l->offset : to;

		if (from < start) {
			rust_look(&p->rust, bytes, at, (size_t)(from - at), (size_t)(start - at));
			from = start;
		}
		if (!l || l->offset >= to || l->offset + l->size <= from)
			continue;
		uint64_t end = l->offset + l->size < to ? l->offset + l->size : to;

		look_at_load(p, bytes, at, (size_t)(from - at), (size_t)(end - at), l);
		from = end;
	}
	p->looked = p->looked > to ? p->looked : to;
}

static uint64_t less(uint64_t a, uint64_t b)
{
	return a > b ? a - b : 0;
}

static void push(struct program *p, struct span piece, bool last)
{
	uint64_t start = p->at - p->kept, end = p->at + piece.len;
	struct span begin = span_sub(piece, 0, AROUND);
	size_t joint = p->kept + begin.len;
	bool is_all = begin.len == piece.len;

	/* the end of the piece before, and the beginning of this one */
	if (begin.len)
		memcpy(p->keep + p->kept, begin.p, begin.len);
	look(p, span_of(p->keep, joint), start, is_all && last ? end : less(start + joint, AFTER));
	if (!is_all)
		look(p, piece, p->at, last ? end : less(end, AFTER));
	go_feed(&p->go, piece, p->at);
	go_symbols_feed(&p->symbols, piece, p->at);
	rust_feed(&p->rust, piece, p->at);
	/* what the next piece wants to have before it */
	struct span whole = is_all ? span_of(p->keep, joint) : piece;
	struct span tail = span_from(whole, (size_t)less(whole.len, AROUND));

	if (tail.len)
		memmove(p->keep, tail.p, tail.len);
	p->kept = tail.len;
	p->at = end;
}

/* The header has to be there in one piece before anything else is looked at. */
static void feed(struct program *p, struct span piece, struct span path, bool last)
{
	if (!p->is_read && (p->head_n || piece.len < ANALYZER_HEAD)) {
		struct span part = span_sub(piece, 0, ANALYZER_HEAD - p->head_n);

		if (part.len)
			memcpy(p->head + p->head_n, part.p, part.len);
		p->head_n += part.len;
		piece = span_from(piece, part.len);
		if (p->head_n < ANALYZER_HEAD && !last)
			return;
		read_header(p, span_of(p->head, p->head_n), path);
		if (!p->is_ignored)
			push(p, span_of(p->head, p->head_n), false);
	}
	if (!p->is_read)
		read_header(p, span_sub(piece, 0, ANALYZER_HEAD), path);
	if (!p->is_ignored)
		push(p, piece, last);
}

static int add(struct program *p, uint8_t type, struct span name, struct span version, bool is_main,
	int64_t built)
{
	return record_package(p->out, &(struct package_fact){ .entry = p->entry,
					      .type = type,
					      .name = name,
					      .version = version,
					      .is_main = is_main,
					      .built = built });
}

static void unreadable(struct program *p, const char *what)
{
	diag_add(p->out, DIAG_WARNING, p->entry, HIDES_INVENTORY, "%s", what);
}

/* "example.com/tool" is the row's "example.com/tool", and so is its "/v2". */
static bool is_module(struct span path, struct span row)
{
	struct span rest = span_from(path, row.len);

	return span_starts(path, row) &&
	       (!rest.len || (span_starts(rest, SPAN("/v")) && ascii_is_digit(span_at(rest, 2)) &&
				     span_find(span_from(rest, 1), '/') == rest.len - 1));
}

/* A Go program that is a product under a name of its own. */
static int add_product(struct program *p, const struct go_module *m)
{
	struct span version = span_from(m->version, 1);

	if (!m->version.len || span_starts(m->version, SPAN("v0.0.0")))
		return 0;
	for (size_t i = 0; i < known_classifiers_n; i++)
		if (known_classifiers[i].how == HOW_MODULE &&
			is_module(m->path, known_classifiers[i].before))
			return add(p, PACKAGE_BINARY, known_classifiers[i].name, version, true, 0);
	return 0;
}

static int add_symbols(struct program *p)
{
	struct symbols_fact f = { .entry = p->entry };

	if (!p->filter || !go_symbols_end(&p->symbols))
		return 0;
	f.bits = arena_dup(p->out->arena, span_of(p->filter, p->filter_size));
	return f.bits.p && vec_add(&p->out->part->symbols, p->out->arena, &f) ? 0 : SCOV_E_LIMIT;
}

/* Programs of Go itself have no modules. */
static bool is_without_modules(const struct program *p, struct span path)
{
	return !span_starts(path, SPAN("cmd/")) && (p->has_foreign || !go_symbols_end(&p->symbols));
}

static int add_go(struct program *p)
{
	struct go_build b;
	int code = 0;

	if (!go_end(&p->go, &b)) {
		if (p->elf.is_go)
			unreadable(p, "a Go program without build information that can be read");
		return 0;
	}
	for (size_t i = 0; i < b.modules.n && !code; i++) {
		const struct go_module *m = &b.modules.p[i];

		code = add(p, PACKAGE_GO, m->path, m->version, m->is_main, m->is_main ? b.time : 0);
		if (!code && m->is_main)
			code = add_product(p, m);
	}
	if (!code)
		code = add(p, PACKAGE_GO, SPAN("stdlib"), b.version, false, 0);
	if (!b.modules.n && !b.is_cut && is_without_modules(p, b.path))
		unreadable(p, "a Go program built without modules: which packages are in it is not "
			      "known");
	if (b.is_cut)
		unreadable(p, "not all of Go's build information could be read");
	return code ? code : add_symbols(p);
}

static int add_rust(struct program *p)
{
	struct span json = rust_end(&p->rust);
	struct rust_audit audit = { 0 };
	int code = 0;

	if (p->rust.is_bad || (json.len && !rust_audit_parse(json, p->out->scratch, &audit)))
		unreadable(p, "the list of crates in .dep-v0 could not be read");
	for (size_t i = 0; i < audit.crates.n && !code; i++) {
		const struct rust_crate *c = &audit.crates.p[i];

		/* What is not of the registry may have the name of something that is. */
		if (c->is_registry || c->is_main)
			code = add(p, PACKAGE_CARGO, c->name, c->version, c->is_main, 0);
	}
	return code;
}

static int add_classified(struct program *p)
{
	int code = 0;

	for (size_t i = 0; i < p->classify.n && !code; i++) {
		const struct known_classifier *row = p->classify.found[i].row;
		struct span version;

		if (classify_has(&p->classify, i, &version))
			code = add(p, PACKAGE_BINARY, row->name, version,
				classify_is_own(&p->classify, row), 0);
	}
	if (p->classify.is_cut)
		unreadable(p, "more known programs and libraries inside than are kept");
	return code;
}

static int finish(struct program *p)
{
	int code;

	if (p->is_packed)
		unreadable(p, "packed with UPX: what is inside is not known");
	code = add_go(p);
	code = code ? code : add_rust(p);
	code = code ? code : add_classified(p);
	return code;
}

static int piece(struct analysis *out, uint32_t entry, struct span path, void *state,
	struct span data, bool last)
{
	static const struct span magic = SPAN_INIT("\x7f"
						   "ELF");
	struct stream *s = state;

	if (s->is_other || (!s->program && !data.len))
		return 0;
	if (!s->program) {
		s->is_other = !span_starts(magic, span_sub(data, 0, magic.len));
		if (s->is_other)
			return 0;
		s->program = arena_alloc(out->scratch, sizeof(*s->program));
		if (!s->program) {
			s->is_other = true; /* the walk reports it */
			return 0;
		}
		s->program->out = out;
		s->program->entry = entry;
	}
	feed(s->program, data, path, last);
	s->is_other = s->program->is_ignored;
	return last && !s->is_other ? finish(s->program) : 0;
}

const struct analyzer analyzer_programs = {
	.name = "programs",
	.bit = BIT_PROGRAMS,
	.hides = HIDES_INVENTORY,
	.want = want,
	.stream_size = sizeof(struct stream),
	.piece = piece,
};
