/* manager.c - "No package manager" (minimalism, level 3).
 *
 * Scripts count in bin, sbin, libexec and PATH only: Debian's minimal set has executable
 * /etc/cron.daily/dpkg and /usr/share/bug/dpkg, which manage nothing.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "criteria/rows.h"
#include "known/names.h"

/* Another sign that a shared name is the package manager: who owns it, or what it is written in. */
static bool is_confirmed(const struct file *f, struct span name)
{
	for (size_t i = 0; i < known_manager_signs_n; i++) {
		const struct known_manager_sign *sign = &known_manager_signs[i];

		if (!span_starts(name, sign->name))
			continue;
		if (sign->owner.len && f->owner && span_has(f->owner->name, sign->owner))
			return true;
		if (sign->interpreter.len && f->exec &&
			span_has(f->exec->interpreter, sign->interpreter))
			return true;
		if (sign->folder.len && span_has(f->path, sign->folder))
			return true;
	}
	return span_starts(name, SPAN("yarn")) && file_has_marker(f, MARKER_YARN);
}

/* A program counts in a folder of programs; one that is machine code and whose name is its own, and
 * not only a file of the same name, anywhere. */
static bool is_manager(
	const struct file *f, const struct file *program, enum known_manager *m, bool *shared)
{
	*m = known_manager(span_base(f->path), shared);
	return *m && (in_bin_or_libexec(f) || (program->exec->kind == EXEC_ELF && !*shared));
}

static void judge_name(struct findings *l, const struct file *f)
{
	const struct image_facts *image = l->dossier->image;
	struct span name = span_base(f->path);
	const struct file *program = f;
	enum known_manager m, other;
	bool shared, also;

	if (!known_manager(name, &shared))
		return;
	if (is_symlink(f))
		program = program_behind(image, f);
	if (!program || !file_is_program(program) || !is_manager(f, program, &m, &shared))
		return;
	if (program != f && is_manager(program, program, &other, &also))
		return; /* it is counted on its own */
	if (is_applet(program, name))
		evidence_file(l->out, REMARK, f, "a busybox applet, judged under min.shell");
	else if (shared && !is_confirmed(program, name))
		evidence_file(l->out, REMARK, f,
			"has a package manager's name, but no other sign of one");
	else
		finding(l, f, "%s package manager",
			m == MANAGER_OS ? "operating system" : "language");
}

static void judge_module(struct findings *l, struct module_scan *scan, const struct file *f)
{
	const struct known_module *m = module_at(l->dossier->image, f, scan);

	if (m)
		finding(l, f, "%s: language package manager", m->why);
	if (m || (f->entry->type != ENTRY_FILE && f->entry->type != ENTRY_HARDLINK))
		return;
	for (size_t i = 0; i < known_manager_files_n; i++) {
		const struct known_manager_file *row = &known_manager_files[i];

		if (!span_ends(f->path, row->tail) || module_has(scan, f->path))
			continue;
		if (row->decides)
			finding(l, f, "%s: language package manager", row->why);
		else
			evidence_file(l->out, REMARK, f, row->why);
	}
	if (span_has(f->path, SPAN("ensurepip/_bundled/pip-")) && span_ends(f->path, SPAN(".whl")))
		evidence_file(l->out, REMARK, f, "python -m ensurepip can install pip from it");
}

static enum verdict judge(const struct dossier *d, struct verdict_out *out)
{
	struct findings l = { .out = out, .dossier = d, .id = "min.pm", .by_package = true };
	struct module_scan modules = { 0 };

	for (const struct file *f = NULL; (f = file_next(d->image, f));) {
		judge_name(&l, f);
		judge_module(&l, &modules, f);
	}
	findings_remove(&l, NULL);
	return findings_verdict(&l, "a package manager",
		d->image->has_package_database
			? "no package manager in the image; a package database alone does not count"
			: "no package manager in the image");
}

const struct criterion min_pm = {
	.id = "min.pm",
	.title = "No package manager",
	.vector = MINIMALISM,
	.level = 3,
	.rule = "No executable in a bin, sbin or libexec folder or in PATH, and no machine code "
		"anywhere, has the name of a package manager (operating system or language), with "
		"or without a version or a suffix such as -static, and none is there as a module "
		"(pip, npm ...). Names that other programs share (yarn, stack, snap ...) need a "
		"second sign.",
	.remedy = REMEDY_BASE,
	.fix = "COPY --from=build onto a base without a package manager, such as "
	       "gcr.io/distroless/base-debian13",
	.effort = 3,
	.needs = INPUT_FILES | INPUT_LINUX,
	.can_ignore = true,
	.judge = judge,
};
