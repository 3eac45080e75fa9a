/* exec.c - what an executable file is, by its bytes.
 *
 * Files of up to MULTICALL_FILE_MAX bytes are looked at whole, for busybox under another name; of
 * larger ones, and of files without an execute bit, the first bytes decide.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "format/elf.h"
#include "format/multicall.h"
#include "format/script.h"
#include "scan/analyzers/record.h"

enum {
	ANY_EXECUTE = 0111,
	ELF_MIN = 52,                  /* bytes of the smaller ELF header */
	MULTICALL_FILE_MIN = 48 << 10, /* the smallest busybox with a shell is some 60 KB */
	MULTICALL_FILE_MAX = 4 << 20,  /* a static busybox is 1 to 2.5 MB */
};

static enum want want(const struct entry *e, struct span path, uint8_t kind)
{
	(void)kind;
	bool library = span_has(span_base(path), SPAN(".so"));

	if (!is_file(e))
		return WANT_NOTHING;
	/* A program without an execute bit has no suffix either; most other files do. */
	if (!(e->mode & ANY_EXECUTE))
		return e->size >= ELF_MIN && !span_has(span_base(path), SPAN(".")) ? WANT_HEAD
										   : WANT_NOTHING;
	if (e->size < MULTICALL_FILE_MIN || e->size > MULTICALL_FILE_MAX || library)
		return WANT_HEAD;
	return WANT_WHOLE;
}

static int add(struct analysis *out, struct exec_fact f)
{
	return record_text(out, f.interpreter, &f.interpreter) &&
			       record_text(out, f.applets, &f.applets) &&
			       vec_add(&out->part->execs, out->arena, &f)
		       ? 0
		       : SCOV_E_LIMIT;
}

static int program(struct analysis *out, uint32_t entry, const struct elf *elf, struct span path,
	struct span data)
{
	struct exec_fact f = { .entry = entry, .kind = EXEC_ELF, .interpreter = elf->interpreter };
	struct multicall m = { 0 };
	bool named_library = span_has(span_base(path), SPAN(".so"));

	if (!elf->interpreter.len)
		f.flags |= EXEC_STATIC;
	if (elf->is_go)
		f.flags |= EXEC_GO;
	/* A shared object with an entry runs like any program; only its name says that it is a
	 * library. */
	if (elf->is_shared && named_library)
		f.flags |= EXEC_SHARED_OBJECT;
	if (data.len < MULTICALL_FILE_MIN || !multicall_parse(data, elf->loaded, &m))
		return add(out, f);
	if (m.kind == MULTICALL_SHELL)
		f.flags |= EXEC_SHELL_MARKS;
	else
		f.flags |= EXEC_MULTI_CALL | (m.has_shell ? EXEC_HAS_SHELL : 0);
	f.applets = span_str(m.names);
	return add(out, f);
}

static int file(struct analysis *out, uint32_t entry, struct span path, struct span data)
{
	const struct entry *e = &out->part->entries.p[entry];
	struct exec_fact f = { .entry = entry, .kind = EXEC_OTHER };
	struct elf elf;

	if (elf_parse(data, e->size, &elf)) {
		if (!(e->mode & ANY_EXECUTE) && !elf.is_program)
			return 0;
		return program(out, entry, &elf, path, data);
	}
	if (!(e->mode & ANY_EXECUTE))
		return 0;
	if (span_starts(data, SPAN("#!"))) {
		f.kind = EXEC_SCRIPT;
		f.interpreter = script_shebang(data);
	}
	return add(out, f);
}

const struct analyzer analyzer_exec = {
	.name = "exec",
	.bit = BIT_EXEC,
	.hides = HIDES_FILE,
	.want = want,
	.file = file,
};
