/* suggest.c - a seccomp profile to begin with.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "trust/predicate/suggest.h"

#include "base/search.h"
#include "base/table.h"
#include "format/elf_imports.h"
#include "known/calls.h"
#include "syntax/json.h"

enum { CLONE_NAMESPACES = 0x7e020000, NO_SUCH_CALL = 38, LINE = 70 };

static const char *const states[] = {
	[IMPORTS_KNOWN] = NULL,
	[IMPORTS_LIBC] = NULL,
	[IMPORTS_UNREADABLE] = "cannot be read, or is larger than the limit kept_file",
	[IMPORTS_STATIC] = "is static: it imports nothing",
	[IMPORTS_GO] = "is a Go program, which makes system calls by itself",
	[IMPORTS_RAW] = "has an instruction that makes system calls",
	[IMPORTS_NUMBER] = "imports syscall(), which makes any, by number",
	[IMPORTS_NAME] = "looks up functions by their names (dlsym), as interpreters do",
};
ROWS(states, IMPORTS_STATES);

static const struct machine {
	const char *name;
	uint16_t number;        /* e_machine */
	const char *seccomp[4]; /* ended by NULL */
} machines[] = {
	{ "amd64", ELF_MACHINE_X86_64, { "SCMP_ARCH_X86_64", "SCMP_ARCH_X86", "SCMP_ARCH_X32" } },
	{ "arm64", ELF_MACHINE_AARCH64, { "SCMP_ARCH_AARCH64", "SCMP_ARCH_ARM" } },
};
enum { MACHINES = sizeof(machines) / sizeof(*machines) };

static const struct machine *machine_of(struct span name)
{
	for (size_t i = 0; i < MACHINES; i++)
		if (span_eq(name, span_str(machines[i].name)))
			return &machines[i];
	return NULL;
}

static int find_machine(
	const struct image_facts *f, const struct machine **out, struct scov_err *err)
{
	struct span os =
		f->config ? image_config(f->config, CONFIG_OS, (struct span){ 0 }) : f->platform.os;
	struct span name =
		f->config ? image_config(f->config, CONFIG_ARCHITECTURE, (struct span){ 0 })
			  : f->platform.architecture;

	*out = machine_of(name);
	if (!name.len)
		return err_fail(err, SCOV_E_UNSUPPORTED,
			"the image does not say for which architecture it is");
	if (!*out || (os.len && !span_eq(os, SPAN("linux"))))
		return err_fail(err, SCOV_E_UNSUPPORTED,
			"a profile can be suggested for linux/amd64 and linux/arm64, not for "
			"%.*s/%.*s",
			SPAN_ARG(os), SPAN_ARG(name));
	return 0;
}

static void doubt(struct suggestion *s, struct arena *a, struct span path, const char *why)
{
	const struct suggestion_doubt d = { path, why };

	if (!vec_add(&s->doubts, a, &d))
		arena_fail(a);
}

static int by_entry(const void *row, const void *key)
{
	uint32_t a = ((const struct imports_fact *)row)->entry, b = *(const uint32_t *)key;

	return (a > b) - (a < b);
}

/* NULL: the file is not an ELF file, or was here under another of its names. seen: a byte a row of
 * its part. */
static const struct imports_fact *imports_of(
	const struct image_facts *f, const struct file *file, uint8_t **seen)
{
	const struct part *p = f->parts[file->body_layer];
	uint32_t entry = (uint32_t)(file->body - p->entries.p);
	size_t i = vec_first(&p->imports, &entry, by_entry);

	if (i == p->imports.n || p->imports.p[i].entry != entry || seen[file->body_layer][i])
		return NULL;
	seen[file->body_layer][i] = 1;
	return &p->imports.p[i];
}

static void add_calls(uint8_t *set, struct span calls)
{
	for (size_t i = 0; i < known_calls_n; i++)
		if (known_calls_has(calls, i))
			set[i / 8] |= (uint8_t)(1 << i % 8);
}

static void look_at_files(const struct image_facts *f, const struct machine *m, uint8_t *set,
	struct arena *a, struct suggestion *out)
{
	uint8_t **seen = arena_array(a, f->layers_n + 1, sizeof(*seen));

	for (size_t i = 0; i < f->layers_n && seen; i++) {
		seen[i] = arena_alloc(a, f->parts[i] ? f->parts[i]->imports.n + 1 : 1);
		if (!seen[i])
			return;
	}
	for (size_t i = 0; i < f->files.n && seen; i++) {
		const struct file *file = &f->files.p[i];
		const struct imports_fact *is = file->body && file->body->type == ENTRY_FILE
							? imports_of(f, file, seen)
							: NULL;

		if (!is)
			continue;
		out->programs++;
		add_calls(set, is->calls);
		if (is->machine && is->machine != m->number)
			doubt(out, a, file->path, "is for another processor than the image");
		else if (states[is->state])
			doubt(out, a, file->path, states[is->state]);
	}
}

/* What could not be read may be a program. */
static void look_at_diags(const struct image_facts *f, struct arena *a, struct suggestion *out)
{
	for (size_t i = 0; i < f->layers_n; i++) {
		const struct part *p = f->parts[i];

		if (!p || !p->complete)
			doubt(out, a, (struct span){ 0 },
				arena_printf(a, "layer %zu cannot be read in full", i));
		for (size_t k = 0; p && k < p->diags.n; k++)
			if (p->diags.p[k].hides & (HIDES_ALL | HIDES_FILE | HIDES_READING))
				doubt(out, a, (struct span){ 0 },
					arena_printf(a, "layer %zu: %.*s", i,
						SPAN_ARG(p->diags.p[k].text)));
	}
}

int suggestion_make(
	const struct image_facts *f, struct arena *a, struct suggestion *out, struct scov_err *err)
{
	const struct machine *m;
	int code = find_machine(f, &m, err);
	uint8_t *set = arena_alloc(a, known_calls_size());

	*out = (struct suggestion){ 0 };
	if (code || !set)
		return code ? code : arena_check(a, err);
	out->machine = m->name;
	look_at_files(f, m, set, a, out);
	look_at_diags(f, a, out);
	/* An image without any program may get one from a volume. */
	if (!out->programs)
		doubt(out, a, (struct span){ 0 }, "there is no program in it");
	for (size_t i = 0; i < known_calls_n; i++) {
		if (!known_calls[i].can_go || out->doubts.n)
			set[i / 8] |= (uint8_t)(1 << i % 8);
		if (set[i / 8] >> i % 8 & 1)
			out->allowed++;
		else
			out->left_out++;
	}
	out->calls = span_of(set, known_calls_size());
	return arena_check(a, err);
}

/* ---- as JSON --------------------------------------------------------------------------------- */

/* One value of the first argument that is allowed, or all with none of a mask's bits. */
static void allow_one(struct json_out *w, const char *name, uint64_t value, const char *op)
{
	json_out_dict(w);
	json_out_key(w, "names");
	json_out_list(w);
	json_out_str(w, name);
	json_out_end(w);
	json_out_key(w, "action");
	json_out_str(w, "SCMP_ACT_ALLOW");
	json_out_key(w, "args");
	json_out_list(w);
	json_out_dict(w);
	json_out_key(w, "index");
	json_out_uint(w, 0);
	json_out_key(w, "value");
	json_out_uint(w, value);
	json_out_key(w, "op");
	json_out_str(w, op);
	json_out_end(w);
	json_out_end(w);
	json_out_end(w);
}

static bool is_allowed(const struct suggestion *s, struct span name)
{
	for (size_t i = 0; i < known_calls_n; i++)
		if (span_eq(known_calls[i].name, name))
			return known_calls_has(s->calls, i);
	return false;
}

/* Calls whose arguments decide. */
static bool is_conditional(struct span name)
{
	return span_has_word(SPAN("clone clone3 personality socket"), name);
}

/* Families of addresses: not those that reach past the container's network. */
static void write_sockets(struct json_out *w)
{
	static const uint8_t families[] = { 13, 14, 15, 16, 17, 18, 21, 22, 24, 26, 27, 28, 29, 30,
		31, 32, 33, 35, 36, 39, 41, 42, 43, 44, 45 };

	allow_one(w, "socket", 12, "SCMP_CMP_LT");
	for (size_t i = 0; i < sizeof(families); i++)
		allow_one(w, "socket", families[i], "SCMP_CMP_EQ");
}

static void write_conditions(struct json_out *w, const struct suggestion *s)
{
	static const uint32_t personalities[] = { 0, 8, 0x20000, 0x20008, UINT32_MAX };

	write_sockets(w);
	if (is_allowed(s, SPAN("personality")))
		for (size_t i = 0; i < sizeof(personalities) / sizeof(*personalities); i++)
			allow_one(w, "personality", personalities[i], "SCMP_CMP_EQ");
	/* no new namespaces; clone3 hides its arguments, so libc has to fall back to clone */
	allow_one(w, "clone", CLONE_NAMESPACES, "SCMP_CMP_MASKED_EQ");
	json_out_dict(w);
	json_out_key(w, "names");
	json_out_list(w);
	json_out_str(w, "clone3");
	json_out_end(w);
	json_out_key(w, "action");
	json_out_str(w, "SCMP_ACT_ERRNO");
	json_out_key(w, "errnoRet");
	json_out_uint(w, NO_SUCH_CALL);
	json_out_end(w);
}

static void write_names(struct json_out *w, const struct suggestion *s)
{
	json_out_dict(w);
	json_out_key(w, "names");
	json_out_list(w);
	for (size_t i = 0; i < known_calls_n; i++)
		if (known_calls_has(s->calls, i) && !is_conditional(known_calls[i].name))
			json_out_text(w, known_calls[i].name);
	json_out_end(w);
	json_out_key(w, "action");
	json_out_str(w, "SCMP_ACT_ALLOW");
	json_out_end(w);
}

int suggestion_write(const struct suggestion *s, struct buf *out, struct scov_err *err)
{
	const struct machine *m = machine_of(span_str(s->machine));
	struct json_out w = { .out = out, .indent = 2 };

	json_out_dict(&w);
	json_out_key(&w, "comment");
	json_out_str(&w, "A start, suggested by scoville from what the image's programs import: "
			 "try it, then remove this line.");
	json_out_key(&w, "defaultAction");
	json_out_str(&w, "SCMP_ACT_ERRNO");
	json_out_key(&w, "defaultErrnoRet");
	json_out_uint(&w, 1);
	json_out_key(&w, "architectures");
	json_out_list(&w);
	for (size_t i = 0; m->seccomp[i]; i++)
		json_out_str(&w, m->seccomp[i]);
	json_out_end(&w);
	json_out_key(&w, "syscalls");
	json_out_list(&w);
	write_names(&w, s);
	write_conditions(&w, s);
	json_out_end(&w);
	json_out_end(&w);
	buf_byte(out, '\n');
	return out->failed ? err_memory(err) : 0;
}

/* ---- for people ------------------------------------------------------------------------------ */

static void list_left_out(const struct suggestion *s, struct buf *out)
{
	size_t column = LINE;

	for (size_t i = 0; i < known_calls_n; i++) {
		struct span name = known_calls[i].name;

		if (known_calls_has(s->calls, i))
			continue;
		if (column + name.len >= LINE) {
			buf_printf(out, "\n ");
			column = 1;
		}
		buf_byte(out, ' ');
		buf_span(out, name);
		column += name.len + 1;
	}
}

int suggestion_explain(const struct suggestion *s, struct buf *out, struct scov_err *err)
{
	buf_printf(out, "A start, not a finished profile: run the program with it, and all that it "
			"does, before you rely on it.\n");
	buf_printf(out,
		"It is the default profile of container runtimes for linux/%s and the usual "
		"capabilities",
		s->machine);
	if (s->doubts.n) {
		buf_printf(out, ", with nothing left out, since what these may ask for is not "
				"known:\n");
		for (size_t i = 0; i < s->doubts.n; i++) {
			buf_printf(out, "  ");
			buf_span(out, s->doubts.p[i].path);
			buf_printf(out, "%s%s\n", s->doubts.p[i].path.len ? " " : "",
				s->doubts.p[i].why);
		}
	} else {
		buf_printf(out,
			", without %zu of its %zu system calls: none of the %zu programs and "
			"libraries imports a function of libc that makes them. Left out:",
			s->left_out, s->left_out + s->allowed, s->programs);
		list_left_out(s, out);
		buf_printf(out, "\nWhat is mounted into the container, or put into it later, was "
				"not looked at.\n");
	}
	return out->failed ? err_memory(err) : 0;
}
