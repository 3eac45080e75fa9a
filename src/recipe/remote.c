/* remote.c - what programs fetch whose files are not followed, and programs of other languages,
 * which are not read.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "base/ascii.h"
#include "base/buf.h"
#include "recipe/judge.h"
#include "recipe/shell_start.h"

static bool has(const char *list, struct span word)
{
	return list && word.len && span_has_word(span_str(list), word);
}

/* ---- programs in other languages ------------------------------------------------------------- */

/* A program in the words or on standard input of one of these. Sources: their manual pages. */
static const struct {
	const char *names, *options;
} languages[] = {
	{ "python python2 python3 pypy pypy3", "-c" },
	{ "node nodejs deno bun", "-e -p --eval --print eval" },
	{ "perl", "-e -E" },
	{ "ruby", "-e" },
	{ "php", "-r" },
	{ "lua luajit", "-e" },
	{ "R Rscript r littler", "-e" },
	{ "julia", "-e -E --eval" },
	{ "groovy jshell scala elixir erl ghci guile", "-e -eval" },
};

/* What a program that fetches or installs has in it. */
static bool has_sign(struct span text, const struct span *signs, size_t n)
{
	size_t which;

	return span_find_any(text, signs, n, &which) < text.len;
}

static void program_text(
	struct judge *j, const struct shell_call *c, struct span text, bool is_unknown)
{
	static const struct span fetches[] = { SPAN_INIT("://"), SPAN_INIT("urllib"),
		SPAN_INIT("requests"), SPAN_INIT("http"), SPAN_INIT("fetch"), SPAN_INIT("socket"),
		SPAN_INIT("LWP"), SPAN_INIT("Net::"), SPAN_INIT("download"), SPAN_INIT("open-uri"),
		SPAN_INIT("curl"), SPAN_INIT("wget"), SPAN_INIT("ftp") },
				 installs[] = { SPAN_INIT("install"), SPAN_INIT("pip"),
					 SPAN_INIT("Pkg."), SPAN_INIT("import(") },
				 starts[] = { SPAN_INIT("system("), SPAN_INIT("subprocess"),
					 SPAN_INIT("popen"), SPAN_INIT("exec"), SPAN_INIT("spawn"),
					 SPAN_INIT("`"), SPAN_INIT("eval") },
				 newest[] = { SPAN_INIT("install.packages("),
					 SPAN_INIT("install_github("), SPAN_INIT("Pkg.add("),
					 SPAN_INIT("BiocManager::install("),
					 SPAN_INIT("pkg_install(") };
	static const char why[] = "a program of another language is not read";
	bool any = is_unknown || has_sign(text, starts, 7);

	if (any || has_sign(text, fetches, 13))
		judge_add(j, RECIPE_DOWNLOAD, RECIPE_UNCLEAR, c->args[0].text, why, c->at);
	if (has_sign(text, newest, 5) && !span_has(text, SPAN("/20")))
		judge_add(j, RECIPE_PACKAGE, RECIPE_OPEN, c->args[0].text,
			"what it installs has no version", c->at);
	else if (any || has_sign(text, installs, 4))
		judge_add(j, RECIPE_PACKAGE, RECIPE_UNCLEAR, c->args[0].text, why, c->at);
}

static bool is_option(struct span w)
{
	return span_at(w, 0) == '-' && w.len > 1;
}

static bool language(struct judge *j, const struct shell_call *c)
{
	struct span program = shell_program(c->args[0].text);
	size_t row = 0, n = sizeof(languages) / sizeof(*languages);
	bool has_file = false;

	while (program.len > 1 &&
		(ascii_is_digit(program.p[program.len - 1]) || program.p[program.len - 1] == '.'))
		program.len--; /* python3.12 */
	while (row < n && !has(languages[row].names, program))
		row++;
	if (row == n)
		return false;
	for (size_t i = 1; i < c->n; i++) {
		struct span w = c->args[i].text;
		bool is_short = is_option(w) && span_at(w, 1) != '-';

		for (size_t k = 1; i + 1 < c->n && (is_short ? k < w.len : k == 1); k++) {
			char letter[3] = { '-', (char)span_at(w, k), 0 };
			bool is_last = k + 1 == w.len && w.len < 6; /* "-ne" */

			if (is_short ? !is_last || !has(languages[row].options, span_str(letter))
				     : !has(languages[row].options, w))
				continue;
			program_text(j, c, c->args[i + 1].text, c->args[i + 1].tag != 0);
			return true;
		}
		if (span_eq(w, SPAN("-m"))) {
			for (size_t k = i + 1; k < c->n; k++)
				if (judge_is_url(c->args[k].text) &&
					!span_has_word(SPAN("pip uv pipx"), c->args[i + 1].text))
					program_text(j, c, c->args[k].text, false);
			return false;
		}
		if (!is_option(w) && !has_file) {
			const struct known_text *t = judge_written(j, w);

			has_file = true;
			if (t && !fetch_is_at(j, judge_path(j, w)))
				program_text(j, c, t->text, t->is_unknown);
		}
	}
	if (c->in && !has_file)
		program_text(j, c, c->in->text, c->in->is_unknown && !c->in->tag);
	return true;
}

/* ---- other programs that fetch --------------------------------------------------------------- */

/* verbs: one of the words; NULL: all calls. Sources: their manual pages. */
static const struct {
	const char *names, *verbs;
} fetchers[] = {
	{ "lynx links elinks w3m GET lwp-request lwp-download ftp tnftp lftp sftp youtube-dl "
	  "yt-dlp gdown",
		NULL },
	{ "aws s3cmd s5cmd gsutil", "cp sync get mv" },
	{ "gcloud az rclone mc b2 ossutil", "cp download copy sync mirror download-batch" },
	{ "gh glab", "clone download" },
	{ "hg svn bzr brz fossil cvs darcs",
		"clone checkout co export branch checkout get up update pull" },
	{ "oras skopeo crane docker podman nerdctl regctl helm", "pull copy cp fetch export" },
	{ "huggingface-cli hf kaggle ollama", "download pull" },
	{ "nc ncat netcat telnet socat s_client", NULL },
	{ "openssl", "s_client" },
};

/* host:path, host::module */
static bool is_of_host(struct span w)
{
	size_t colon = span_find(w, ':');

	return colon < w.len && colon && colon < span_find(w, '/') && !is_option(w);
}

static bool fetches(const struct shell_call *c)
{
	struct span program = shell_program(c->args[0].text);

	for (size_t i = 0; i < sizeof(fetchers) / sizeof(*fetchers); i++) {
		if (!has(fetchers[i].names, program))
			continue;
		for (size_t k = 1; k < c->n; k++)
			if (has("--version -V --help", c->args[k].text))
				return false;
		for (size_t k = 1; fetchers[i].verbs && k < c->n; k++)
			if (has(fetchers[i].verbs, c->args[k].text))
				return true;
		return !fetchers[i].verbs;
	}
	for (size_t k = 1; has("scp rsync", program) && k < c->n; k++)
		if (is_of_host(c->args[k].text) || judge_is_url(c->args[k].text))
			return true;
	return false;
}

void remote_call(struct judge *j, const struct shell_call *c, bool is_known)
{
	/* these get URLs and fetch nothing of them */
	static const char harmless[] = "sed awk gawk jq tr cut envsubst useradd usermod export set "
				       "mkdir touch ls rm chmod chown";
	struct span program = shell_program(c->args[0].text);
	const struct shell_arg *url = NULL;

	if (language(j, c) && !is_known)
		return;
	if (span_at(program, 0) == '$' && c->args[0].is_unknown) {
		judge_unclear(j, c->at, "which program it is is not known");
		return;
	}
	if (is_known || has(harmless, program))
		return;
	for (size_t i = 1; i < c->n && !url; i++)
		if (judge_is_url(c->args[i].text) && !fetch_is_here(c->args[i].text))
			url = &c->args[i];
	if (!url && !fetches(c))
		return;
	judge_add(j, RECIPE_DOWNLOAD, RECIPE_UNCLEAR, url ? url->text : program,
		fetches(c) ? "what it fetches is not followed"
			   : "whether the program fetches it is not known",
		url ? url->at : c->at);
}
