/* rows.h - the rows of the table, and what their judges share.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#pragma once

#include "criteria/criterion.h"

extern const struct criterion min_base, min_tooling, min_shell, min_pm;
extern const struct criterion prov_source, prov_downloads, prov_signed, prov_fresh, prov_pinimg,
	prov_pinpkg, prov_slsa, prov_sbom, prov_repro;
extern const struct criterion conf_secrets, conf_priv, conf_user, conf_secretfile, conf_annot,
	conf_secprofile;
extern const struct criterion vuln_critical, vuln_high, vuln_medium, vuln_any;

enum { SHOWN_MAX = 200 /* rows of one kind of evidence; the rest is counted */ };

bool is_symlink(const struct file *f);
/* The program that a symlink ends at; NULL: dangling, or no program. */
const struct file *program_behind(const struct image_facts *image, const struct file *link);
bool is_multi_call(const struct file *f);
/* The program is a busybox or toybox that has this applet: what it does under the name is not what
 * the tool of that name does. */
bool is_applet(const struct file *f, struct span name);
/* The program or link is in such a folder, or in one called libexec. */
bool in_bin_or_libexec(const struct file *f);
/* The layer belongs to the identified base. */
bool is_base_layer(const struct image_facts *image, int64_t layer);
/* base.c: the base is one that an annotation names, and its layers are not this image's. */
bool base_is_denied(const struct dossier *d);
/* What Entrypoint and Cmd start; NULL: neither is set. */
const struct command *main_command(const struct image_facts *image);
/* recipe.c: a line of a Dockerfile, or of the history. */
struct recipe;
struct place recipe_place(const struct recipe *r, uint32_t line);
/* For rows whose inputs do not exist yet: not assessed. */
enum verdict judge_nothing(const struct dossier *d, struct verdict_out *out);
enum ev_kind evidence_kind(struct place at);
/* A remark of a count. */
void remark_count(struct verdict_out *out, struct place at, const char *what, uint64_t number,
	const char *why);
void remark(struct verdict_out *out, struct place at, struct span what, const char *why, ...)
	__attribute__((format(printf, 4, 5)));

/* After max rows of evidence: how many there are in all. */
void remark_rest(struct verdict_out *out, const char *what, size_t total, size_t max);

/* Findings that are files: which decide, and the command that removes them. */
struct findings {
	struct verdict_out *out;
	const struct dossier *dossier;
	const char *id;
	VEC(const struct file *) decisive;
	VEC(const struct file *) more; /* other names of these, which count once */
	size_t waived;
	bool by_package; /* what the package manager can remove, it removes */
};

/* Adds an evidence row for f, DECIDES unless the ignore file takes it out. False when waived. */
bool finding(struct findings *l, const struct file *f, const char *why, ...)
	__attribute__((format(printf, 3, 4)));
/* NOT_MET with "WHAT: /first and N more: next, ...", MET, or MET asserted where all were waived. */
enum verdict findings_verdict(struct findings *l, const char *what, const char *none);
/* Another name of a finding: not counted, but its remedy includes it. */
void finding_more(struct findings *l, const struct file *f);
/* Remove the decisive files and their other names, and what would bring them back: the package or
 * folder that they are part of. */
void findings_remove(struct findings *l, const char *note);

/* base.c: the base to build on, of a release that is supported at `now`, in seconds;
 * note: words for it, or NULL. */
void base_advise(
	const struct image_facts *image, int64_t now, const char *note, struct verdict_out *out);
/* removal.c: the path to remove so that this file's program cannot be run: the file, or the folder
 * of the module that it belongs to. */
struct span removal_unit(struct span path);
/* The visible program of this name in a folder of programs; NULL: none. */
const struct file *program_named(const struct image_facts *image, const char *name);

/* A pass over the files, which are sorted, for modules of one role: the folder of the last. */
struct module_scan {
	bool is_build; /* else package managers */
	struct span last;
};
struct known_module;
/* The tool that f shows to be there as a module of an interpreter, once a folder; NULL: none. */
const struct known_module *module_at(
	const struct image_facts *image, const struct file *f, struct module_scan *scan);
/* The path is in the folder of the last module. */
bool module_has(const struct module_scan *scan, struct span path);

/* One secret as a row of evidence: kind, level, state, proof and what changed the level. */
void evidence_secret(struct verdict_out *out, enum ev_role role, const struct secret_finding *s);
