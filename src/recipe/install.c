/* install.c - commands that install packages, and whether their versions are fixed.
 *
 * One row a program. Sources: its manual page or documentation, as of 2026.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <string.h>

#include "base/ascii.h"
#include "recipe/judge.h"
#include "recipe/shell_start.h"

struct installer;

/* How a word says which version. */
enum form {
	FORM_NONE,
	FORM_APT,      /* name=version */
	FORM_APK,      /* name=version; ~ and > are ranges */
	FORM_RPM,      /* name-version-release */
	FORM_ZYPPER,   /* name=version */
	FORM_PIP,      /* name==version */
	FORM_NPM,      /* name@1.2.3 */
	FORM_GEM,      /* name:version, or -v */
	FORM_GO,       /* path@v1.2.3 */
	FORM_CARGO,    /* name@version, or --version, with --locked */
	FORM_COMPOSER, /* name:version */
	FORM_CONDA,    /* name=version */
	FORM_SIGN,     /* name, the row's sign, version; or an option for it */
	FORM_NEXT,     /* name version */
	FORM_VERSION,  /* version, of one program */
	FORM_COMMIT,   /* a flake with a commit in it */
};

struct installer {
	const char *names;    /* of the program */
	const char *verbs;    /* that install what follows; "*": the program itself does; "-X": an
				 option, also among other letters */
	const char *all;      /* verbs that take the newest of everything */
	const char *lock;     /* verbs that install what a lock file says, and nothing else */
	const char *bare;     /* what installs a project's packages when no package follows */
	const char *frozen;   /* options with which that follows the lock file alone */
	const char *lockfile; /* that it follows by itself when it is there; NULL: not alone */
	const char *variable; /* NAME=VALUE in the environment that does what `frozen` does */
	const char *values;   /* options whose value is the next word */
	const char *files;    /* of them, those that name a file of packages */
	const char *local;    /* ends of local files; NULL: none */
	enum form form;
	const char *type, *sign;
};

/* clang-format off */
static const struct installer installers[] = {
	{ "apt-get apt aptitude", "install reinstall build-dep satisfy source download", "upgrade dist-upgrade full-upgrade safe-upgrade dselect-upgrade", "", "", "", NULL, NULL,
		"-t --target-release --default-release -o --option -c --config-file -a --host-architecture -P --build-profiles -S --snapshot", "", ".deb", FORM_APT, "deb", "=" },
	{ "apk", "add fetch", "upgrade", "", "", "", NULL, NULL,
		"-t --virtual -X --repository -p --root --arch --keys-dir --repositories-file --cache-dir --cache-max-age --wait", "", ".apk", FORM_APK, "apk", "=" },
	{ "yum-builddep", "*", "", "", "", "", NULL, NULL, "--define", "", NULL, FORM_NONE, "", "" },
	{ "dnf yum microdnf tdnf dnf5 rpm-ostree", "install localinstall groupinstall builddep reinstall downgrade swap", "upgrade upgrade-minimal update-minimal update distro-sync dist-upgrade", "", "", "", NULL, NULL,
		"-c --config --enablerepo --disablerepo --repo --repoid --installroot --setopt --releasever -x --exclude --rpmverbosity --forcearch --disableplugin "
		"--comment --destdir --downloaddir --advisory -d -e -R --repofrompath --excludepkgs", "", ".rpm", FORM_RPM, "rpm", "-" },
	{ "zypper", "install in", "update up dist-upgrade dup patch install-new-recommends inr", "", "", "", NULL, NULL,
		"-t --type -r --repo --from --root -R -C --cache-dir -D --reposd-dir -p --plus-repo --installroot --releasever", "", ".rpm", FORM_ZYPPER, "rpm", "=" },
	{ "pip pip3", "install wheel download", "", "", "", "--require-hashes", NULL, "PIP_REQUIRE_HASHES=1",
		"-r --requirement -c --constraint -i --index-url --extra-index-url -f --find-links -t --target --prefix --root --src --log --proxy --timeout --retries "
		"--trusted-host --cache-dir --platform --python-version --implementation --abi --progress-bar -w --wheel-dir -d --dest --no-binary --only-binary --config-settings -C "
		"--global-option --install-option -e --editable --upgrade-strategy --cert --client-cert --exists-action --report --group --root-user-action --python",
		"-r --requirement", ".whl .tar.gz .zip .tar.bz2", FORM_PIP, "pypi", "==" },
	{ "pipx", "install inject run", "upgrade-all upgrade", "", "", "", NULL, NULL, "--python --index-url -i --pip-args --suffix --spec", "", ".whl .tar.gz", FORM_PIP, "pypi", "==" },
	{ "uv", "add", "", "", "sync", "--frozen --locked", NULL, "UV_FROZEN=1 UV_LOCKED=1",
		"--index-url --extra-index-url --index --default-index -p --python --extra --group --only-group --no-group --project --directory --package --cache-dir --link-mode "
		"--no-install-package --python-platform --index-strategy --with --config-file --no-binary-package", "", ".whl .tar.gz", FORM_PIP, "pypi", "==" },
	{ "poetry", "add", "update", "", "install sync", "", "poetry.lock", NULL, "-C --directory -P --project --with --without --only -E --extras -G --group --source --python", "", ".whl", FORM_PIP, "pypi", "==" },
	{ "pdm", "add", "update", "sync", "install", "--frozen-lockfile --check", NULL, "PDM_FROZEN_LOCKFILE=1", "-G --group -p --project -L --lockfile -c", "", ".whl", FORM_PIP, "pypi", "==" },
	{ "pipenv", "install", "update upgrade", "sync", "install", "--deploy --ignore-pipfile", NULL, "PIPENV_IGNORE_PIPFILE=1", "--python --pypi-mirror -r --requirements -i --index --categories --extra-pip-args",
		"-r --requirements", ".whl", FORM_PIP, "pypi", "==" },
	{ "npm", "install i add in ins isntall", "update up upgrade", "ci clean-install install-clean ic install-ci-test cit", "install i", "", NULL, NULL,
		"--prefix -C --registry --cache --loglevel --omit --include -w --workspace --tag --userconfig --globalconfig --fetch-timeout --fetch-retries --maxsockets --install-strategy --cpu --os --libc --before",
		"", ".tgz .tar.gz", FORM_NPM, "npm", "@" },
	{ "yarn", "add", "upgrade up", "", "install", "--immutable --frozen-lockfile --pure-lockfile --immutable-cache", NULL, "YARN_ENABLE_IMMUTABLE_INSTALLS=true YARN_ENABLE_IMMUTABLE_INSTALLS=1",
		"--cwd --cache-folder --modules-folder --network-timeout --registry --mutex --network-concurrency --mode", "", ".tgz .tar.gz", FORM_NPM, "npm", "@" },
	{ "pnpm", "add install i", "update up upgrade", "fetch ci", "install i", "--frozen-lockfile --offline", NULL, "CI=true CI=1",
		"-C --dir --filter -F --store-dir --registry --reporter --loglevel --virtual-store-dir --modules-dir --network-concurrency --prefix", "", ".tgz .tar.gz", FORM_NPM, "npm", "@" },
	{ "bun", "add install i", "update", "ci", "install i", "--frozen-lockfile", NULL, NULL, "--cwd --cache-dir --registry -c --config --backend", "", ".tgz .tar.gz", FORM_NPM, "npm", "@" },
	{ "gem", "install i", "update", "", "", "", NULL, NULL, "-v --version -s --source -i --install-dir -n --bindir -P --trust-policy --platform --http-proxy -p -B --build-root --document", "", ".gem", FORM_GEM, "gem", ":" },
	{ "bundle bundler", "add", "update", "", "install", "--deployment --frozen", NULL, "BUNDLE_DEPLOYMENT=1 BUNDLE_DEPLOYMENT=true BUNDLE_FROZEN=1 BUNDLE_FROZEN=true",
		"-j --jobs --path --without --with --gemfile --retry --binstubs --trust-policy -v --version", "", NULL, FORM_GEM, "gem", ":" },
	{ "go", "install get run", "", "", "", "", NULL, NULL, "-ldflags -tags -o -gcflags -asmflags -mod -modfile -p -buildmode -C -exec -compiler -toolexec", "", NULL, FORM_GO, "golang", "@" },
	{ "cargo", "install binstall", "update", "", "", "", NULL, NULL,
		"--version --vers --git --rev --branch --tag --path --root --features -F --target --target-dir --registry --index --bin --profile -j --jobs --config --strategies --example -Z", "", NULL, FORM_CARGO, "cargo", "@" },
	{ "composer", "require create-project", "update upgrade u", "", "install i", "", "composer.lock", NULL, "-d --working-dir --repository -s --stability --prefer-install --ignore-platform-req", "", NULL, FORM_COMPOSER, "composer", ":" },
	{ "conda mamba micromamba", "install create", "update upgrade", "", "", "", NULL, NULL, "-c --channel -n --name -p --prefix --file -f --solver --platform --subdir --root-prefix -r", "--file -f", ".conda .tar.bz2", FORM_CONDA, "conda", "=" },
	{ "conda-lock", "", "", "install", "", "", NULL, NULL, "", "", NULL, FORM_NONE, "", "" },
	{ "debootstrap mmdebstrap cdebootstrap", "*", "", "", "", "", NULL, NULL, "", "", NULL, FORM_NONE, "", "" },
	{ "pacman yay paru", "-S --sync -U --upgrade", "", "", "", "", NULL, NULL, "--config --root --dbpath --cachedir --overwrite --ignore", "", ".pkg.tar.zst .pkg.tar.xz", FORM_SIGN, "alpm", "=" },
	{ "opkg", "install", "upgrade", "", "", "", NULL, NULL, "-d --dest -o --offline-root -f --conf", "", ".ipk", FORM_NONE, "", "" },
	{ "xbps-install", "*", "-u --update", "", "", "", NULL, NULL, "-r --rootdir -R --repository -C --config -c --cachedir", "", NULL, FORM_SIGN, "", "-" },
	{ "emerge", "*", "-u --update", "", "", "", NULL, NULL, "-j --jobs --exclude", "", NULL, FORM_SIGN, "", "-" },
	{ "nix-env", "-i --install -A", "-u --upgrade", "", "", "", NULL, NULL, "-f --file -p --profile -I --option", "", NULL, FORM_COMMIT, "", "" },
	{ "nix", "install add run shell develop build", "upgrade", "", "", "", NULL, NULL, "--extra-experimental-features --experimental-features --option --profile -c --command -f --file", "", NULL, FORM_COMMIT, "", "" },
	{ "nix-shell", "-p --packages", "", "", "", "", NULL, NULL, "--run --command -I", "", NULL, FORM_COMMIT, "", "" },
	{ "guix", "install", "upgrade pull", "", "", "", NULL, NULL, "-p --profile -m --manifest", "", NULL, FORM_SIGN, "", "@" },
	{ "brew snap flatpak swupd eopkg tlmgr raco vcpkg ansible-galaxy krew ghcup", "install bundle-add it", "upgrade update", "", "", "", NULL, NULL, "-p --path -p -r --repository", "", NULL, FORM_NONE, "", "" },
	{ "urpmi pkg_add easy_install install2.r install-php-extensions installGithub.r", "*", "", "", "", "", NULL, NULL, "-r --repos", "", NULL, FORM_SIGN, "", "==" },
	{ "pkg pkgin", "install in", "upgrade full-upgrade", "", "", "", NULL, NULL, "-r -o", "", NULL, FORM_NONE, "", "" },
	{ "luarocks", "install make", "", "", "", "", NULL, NULL, "--server --tree --lua-version --lua-dir", "", ".rock .rockspec", FORM_NEXT, "luarocks", " " },
	{ "mix", "archive.install escript.install", "local.hex local.rebar deps.update", "", "deps.get", "--check-locked", "mix.lock", NULL, "--only", "", ".ez", FORM_NEXT, "hex", " " },
	{ "rebar3", "", "upgrade", "", "get-deps", "", "rebar.lock", NULL, "", "", NULL, FORM_NONE, "", "" },
	{ "swift", "", "update", "", "resolve", "--force-resolved-versions --only-use-versions-from-resolved-file", "Package.resolved", NULL, "--package-path", "", NULL, FORM_NONE, "swift", "" },
	{ "pecl pear", "install", "upgrade upgrade-all", "", "", "", NULL, NULL, "-D --configureoptions -R --installroot", "", ".tgz .xml", FORM_SIGN, "", "-" },
	{ "cpanm cpan cpm", "*", "", "", "", "", NULL, NULL, "-l -L --local-lib --mirror -M", "", ".tar.gz", FORM_SIGN, "", "@" },
	{ "choco winget scoop nuget", "install add", "upgrade update", "", "", "", NULL, NULL, "-v --version -s --source --params -o -OutputDirectory --scope", "", NULL, FORM_SIGN, "nuget", "@" },
	{ "install-module install-package install-packageprovider install-script install-psresource", "*", "", "", "", "", NULL, NULL, "-requiredversion -version -scope -repository -name -minimumversion -source -providername", "", NULL, FORM_SIGN, "", "@" },
	{ "dotnet", "install package", "update", "", "restore", "--locked-mode", "packages.lock.json", NULL, "-v --version --tool-path --add-source --configfile -s --source --framework -r --runtime --verbosity", "", NULL, FORM_SIGN, "nuget", "@" },
	{ "npx bunx", "*", "", "", "", "", NULL, NULL, "-c --call --registry -w --workspace", "", NULL, FORM_NPM, "npm", "@" },
	{ "uvx", "*", "", "", "", "", NULL, NULL, "-p --python --index-url --index --default-index", "", ".whl", FORM_PIP, "pypi", "==" },
	{ "deno", "install add", "update upgrade", "", "", "--frozen", NULL, NULL, "-n --name --root", "", ".ts .js", FORM_NPM, "npm", "@" },
	{ "corepack", "prepare use install", "up", "", "", "", NULL, NULL, "-o", "", ".tgz", FORM_NPM, "npm", "@" },
	{ "opam", "install", "upgrade", "", "", "--locked", NULL, NULL, "--switch -j --jobs", "", "", FORM_SIGN, "opam", "." },
	{ "cabal stack", "install", "upgrade update", "", "", "", NULL, NULL, "--installdir --resolver --snapshot", "", NULL, FORM_NONE, "", "" },
	{ "conan", "install", "", "", "", "--lockfile", NULL, NULL, "-o -s -pr --profile", "", "", FORM_SIGN, "conan", "/" },
	{ "pixi", "add install", "update upgrade", "", "install", "--locked --frozen", NULL, NULL, "--manifest-path -c --channel", "", NULL, FORM_CONDA, "conda", "=" },
	{ "rustup", "install default", "update", "", "", "", NULL, NULL, "--profile -c --component -t --target", "", NULL, FORM_VERSION, "", "" },
	{ "nvm fnm pyenv rbenv tfenv goenv nodenv n", "install", "", "", "", "", NULL, NULL, "", "", NULL, FORM_VERSION, "", "" },
	{ "asdf sdk", "install", "upgrade update", "", "", "", NULL, NULL, "", "", NULL, FORM_NEXT, "", " " },
	{ "mise rtx", "install use i", "upgrade", "", "", "", NULL, NULL, "", "", NULL, FORM_SIGN, "", "@" },
};
/* clang-format on */

/* ---- words ----------------------------------------------------------------------------------- */

/* A command of an installer, taken apart. */
struct command {
	struct judge *j;
	const struct shell_call *c;
	const struct installer *row;
	struct span program, verb;
	size_t verb_at; /* c->n: no verb */
	VEC(const struct shell_arg *) packages;
	VEC(const struct shell_arg *) files; /* of packages */
	const struct shell_arg *version;     /* of -v, --version */
	bool is_frozen;
};

static bool has(const char *list, struct span word)
{
	return list && word.len && span_has_word(span_str(list), word);
}

static bool is_option(struct span w)
{
	return span_at(w, 0) == '-' && w.len > 1;
}

static bool has_option(const struct command *m, const char *names)
{
	for (size_t i = 1; i < m->c->n; i++) {
		struct span w = m->c->args[i].text;

		if (has(names, w) || has(names, span_sub(w, 0, span_find(w, '='))))
			return !span_ends(w, SPAN("=false"));
	}
	return false;
}

/* The value of an option, in the next word or after '='. NULL: it is not there. */
static const struct shell_arg *option_value(
	const struct command *m, const char *names, struct span *value)
{
	for (size_t i = 1; i < m->c->n; i++) {
		struct span w = m->c->args[i].text, name = span_sub(w, 0, span_find(w, '='));

		if (name.len < w.len && has(names, name)) {
			*value = span_from(w, name.len + 1);
			return &m->c->args[i];
		}
		if (has(names, w) && i + 1 < m->c->n) {
			*value = m->c->args[i + 1].text;
			return &m->c->args[i + 1];
		}
	}
	return NULL;
}

/* An option that is a verb: "-Sy" is "-S" of pacman; but "-Ss" and its like only look. */
static bool is_verb(const char *verbs, struct span w)
{
	struct span rest = span_str(verbs), verb;

	if (has(verbs, w))
		return true;
	while (is_option(w) && span_at(w, 1) != '-' && span_split(&rest, ' ', &verb))
		if (verb.len == 2 && span_find(w, (char)span_at(verb, 1)) < w.len)
			return !(span_at(w, 1) == 'S' && w.len > 2 &&
				 span_find_any(w,
					 (const struct span[]){ SPAN_INIT("s"), SPAN_INIT("i"),
						 SPAN_INIT("c"), SPAN_INIT("l"), SPAN_INIT("p") },
					 5, &(size_t){ 0 }) < w.len);
	return false;
}

static void find_verb(struct command *m)
{
	const struct installer *row = m->row;

	m->verb_at = m->c->n;
	if (row->verbs[0] == '*') {
		m->verb_at = 0;
		m->verb = SPAN("*");
		return;
	}
	for (size_t i = 1; i < m->c->n; i++) {
		struct span w = m->c->args[i].text;

		if (row->verbs[0] == '-' && is_verb(row->verbs, w)) {
			m->verb_at = 0; /* words before it count too */
			m->verb = w;
			return;
		}
		if (is_option(w)) {
			i += has(row->values, w);
			continue;
		}
		if (row->verbs[0] == '-' || span_at(w, 0) == '+') /* cargo +nightly */
			continue;
		m->verb = w;
		m->verb_at = i;
		return;
	}
}

/* -e PATH, -ePATH, --editable=PATH */
static void add_editable(struct command *m, size_t i, size_t from)
{
	struct shell_arg *a = arena_alloc(m->j->a, sizeof(*a));
	struct span w = m->c->args[i].text;
	bool is_next = has("-e --editable", w);

	if (!a || (is_next && i + 1 >= m->c->n))
		return;
	*a = m->c->args[i + is_next];
	if (!is_next) {
		a->text = span_from(w, from);
		a->end = a->at;
	}
	vec_add(&m->packages, m->j->a, &((const struct shell_arg *[]){ a })[0]);
}

static void split_words(struct command *m)
{
	for (size_t i = m->verb_at + 1; i < m->c->n; i++) {
		const struct shell_arg *a = &m->c->args[i];
		struct span w = a->text, name = span_sub(w, 0, span_find(w, '='));

		if (span_eq(w, SPAN("--")))
			continue;
		if (!is_option(w)) {
			if (w.len)
				vec_add(&m->packages, m->j->a, &a);
			continue;
		}
		bool is_long = span_at(w, 1) == '-' && name.len < w.len;
		bool is_file = has(m->row->files, is_long ? name : w);

		if (is_file && !is_long && i + 1 < m->c->n)
			a = &m->c->args[i + 1];
		/* -rfile */
		if (!is_file && m->row->form == FORM_PIP && span_starts(w, SPAN("-r")))
			is_file = true;
		if (is_file)
			vec_add(&m->files, m->j->a, &a);
		if (m->row->form == FORM_PIP &&
			(is_long ? has("--editable", name)
				 : span_starts(w, SPAN("-e")) || has("--editable", w)))
			add_editable(m, i, is_long ? name.len + 1 : 2);
		i += !is_long && has(m->row->values, w);
	}
}

/* ---- versions -------------------------------------------------------------------------------- */

/* What a word names, and whether it says one version. */
struct asked {
	struct span name, version;
	bool is_fixed;
	const char *why; /* when it is not */
};

static bool has_sign(struct span version, const char *signs)
{
	for (size_t i = 0; i < version.len; i++)
		if (strchr(signs, span_at(version, i)))
			return true;
	return false;
}

static bool is_range(struct span version)
{
	return has_sign(version, "*<>~^|, ");
}

/* A version of dpkg and rpm may have "~" and "^" in it. */
static bool is_system_range(struct span version)
{
	return has_sign(version, "*?[<>|, ");
}

static struct asked at_sign(struct span w, const char *sign, bool (*is_of_range)(struct span))
{
	size_t at = span_find_span(w, span_str(sign));
	struct asked a = { .name = span_sub(w, 0, at) };

	if (at == w.len) {
		a.why = "no version is given";
		return a;
	}
	a.version = span_from(w, at + strlen(sign));
	if (!a.version.len)
		a.why = "the version is empty";
	else if (is_of_range(a.version))
		a.why = "the version is a range";
	a.is_fixed = !a.why;
	return a;
}

static struct asked ask_apt(struct span w)
{
	struct asked a = at_sign(w, "=", is_system_range);
	size_t slash = span_find(a.name, '/'), colon = span_find(a.name, ':');

	if (slash < a.name.len)
		a.why = "a release is not a version";
	if (is_range(a.name) || span_find(a.name, '?') < a.name.len) {
		a.why = "a pattern is not a package";
		a.is_fixed = false;
	}
	a.name = span_sub(a.name, 0, slash < colon ? slash : colon);
	return a;
}

static struct asked ask_apk(struct span w)
{
	size_t n = 0;

	while (n < w.len && !strchr("=<>~@", span_at(w, n)))
		n++;
	struct asked a = { .name = span_sub(w, 0, n) };

	a.version = span_from(w, n);
	if (span_at(w, n) == '=') {
		a.version = span_from(w, n + 1 + (span_at(w, n + 1) == '='));
		a.why = span_starts(a.version, SPAN("~")) ? "the version is a range"
			: !a.version.len                  ? "the version is empty"
							  : NULL;
		size_t at = span_find(a.version, '@');

		a.version = span_sub(a.version, 0, at);
	} else {
		a.why = n == w.len             ? "no version is given"
			: span_at(w, n) == '@' ? "a repository is not a version"
					       : "the version is a range";
	}
	a.is_fixed = !a.why;
	return a;
}

static bool has_digit_first(struct span s)
{
	size_t colon = span_find(s, ':'); /* an epoch */

	return ascii_is_digit(span_at(s, 0)) &&
	       (colon == s.len || ascii_is_digit(span_at(s, colon + 1)));
}

/* name-version-release.arch or name-version; a name may end in a number, so a version without a
 * release needs a dot. */
static struct asked ask_rpm(struct span w)
{
	struct asked a = { .name = w, .why = "no version is given" };
	size_t last = span_rfind(w, '-'), before;

	if (span_at(w, 0) == '@')
		a.why = "a group or a stream is not a version";
	if (last >= w.len || span_at(w, 0) == '@')
		return a;
	before = span_rfind(span_sub(w, 0, last), '-');
	struct span release = span_from(w, last + 1);

	if (before < last && has_digit_first(span_sub(w, before + 1, last - before - 1)) &&
		ascii_is_digit(span_at(release, 0))) {
		a.name = span_sub(w, 0, before);
		a.version = span_from(w, before + 1);
	} else if (has_digit_first(release) && span_find(release, '.') < release.len &&
		   ascii_is_digit(span_at(release, span_find(release, '.') + 1))) {
		a.name = span_sub(w, 0, last);
		a.version = release;
	} else {
		return a;
	}
	a.why = is_system_range(a.version) ? "the version is a range" : NULL;
	a.is_fixed = !a.why;
	return a;
}

static struct asked ask_zypper(struct span w)
{
	size_t n = 0;

	while (n < w.len && !strchr("=<>", span_at(w, n)))
		n++;
	if (span_at(w, n) == '<' || span_at(w, n) == '>')
		return (struct asked){ .name = span_sub(w, 0, n), .why = "the version is a range" };
	return at_sign(w, "=", is_system_range);
}

static struct asked ask_pip(struct span w)
{
	struct asked a;
	size_t n = 0, end;

	while (n < w.len && !strchr("=<>~!;@ ", span_at(w, n)))
		n++;
	a = (struct asked){ .name = span_sub(w, 0, n), .why = "no version is given" };
	end = span_find(a.name, '[');
	a.name = span_sub(a.name, 0, end);
	if (span_at(w, n) == '@') /* uv and poetry: name@version */
		n--;
	else if (n < w.len && span_at(w, n) != ';' && span_at(w, n) != ' ')
		a.why = "the version is a range";
	if (span_at(w, n) != '=' && span_at(w, n + 1) != '@')
		return a;
	struct span v = span_from(w, n);

	while (span_at(v, 0) == '=')
		v = span_from(v, 1);
	if (span_at(v, 1) == '@')
		v = span_from(v, 2);
	v = span_trim(span_sub(v, 0, span_find(v, ';')));
	v = span_sub(v, 0, span_find(v, ' ')); /* options follow in a file */
	a.version = v;
	if (!v.len || is_range(v) || !ascii_is_digit(span_at(v, span_at(v, 0) == 'v')))
		return a;
	a.why = NULL;
	a.is_fixed = true;
	return a;
}

/* x.y.z, with a "v" or without, and what may follow. */
static bool is_full_version(struct span v)
{
	unsigned dots = 0;
	size_t i = span_at(v, 0) == 'v' || span_at(v, 0) == '=';

	for (; i < v.len && (ascii_is_digit(span_at(v, i)) || span_at(v, i) == '.'); i++) {
		if (span_at(v, i) == '.' && !ascii_is_digit(span_at(v, i + 1)))
			return false;
		dots += span_at(v, i) == '.';
	}
	return dots == 2 &&
	       ascii_is_digit(span_at(v, span_at(v, 0) == 'v' || span_at(v, 0) == '=')) &&
	       (i == v.len || span_at(v, i) == '-' || span_at(v, i) == '+') && !is_range(v);
}

static struct asked ask_npm(struct span w)
{
	size_t at = span_find(span_from(w, 1), '@') + 1;
	struct asked a = { .name = span_sub(w, 0, at), .why = "no version is given" };

	if (at >= w.len)
		return a;
	a.version = span_from(w, at + 1);
	if (span_starts(a.version, SPAN("npm:")))
		return ask_npm(span_from(a.version, 4));
	a.is_fixed = is_full_version(a.version);
	a.why = a.is_fixed ? NULL : "a tag or a range is not a version";
	return a;
}

static struct asked ask_go(struct span w)
{
	size_t at = span_rfind(w, '@');
	struct asked a = { .name = span_sub(w, 0, at), .why = "no version is given" };

	if (at >= w.len)
		return a;
	a.version = span_from(w, at + 1);
	a.is_fixed = (span_at(a.version, 0) == 'v' && is_full_version(a.version)) ||
		     judge_is_commit(a.version);
	a.why = a.is_fixed ? NULL : "a branch or a range is not a version";
	return a;
}

static struct asked ask_conda(struct span w)
{
	size_t n = 0, space = span_rfind(w, ':');
	struct span name;

	while (n < w.len && !strchr("=<>! ", span_at(w, n)))
		n++;
	name = span_sub(w, 0, n);
	if (space < n)
		name = span_sub(w, space + 1, n - space - 1);
	struct asked a = { .name = name, .why = "no version is given" };

	if (n == w.len)
		return a;
	a.version = span_from(w, n);
	while (span_at(a.version, 0) == '=' || span_at(a.version, 0) == ' ')
		a.version = span_from(a.version, 1);
	a.is_fixed = a.version.len && !is_range(a.version) && span_at(w, n) != '!' &&
		     (span_find(a.version, '.') < a.version.len || span_at(w, n + 1) == '=');
	a.why = a.is_fixed ? NULL : "the version is a range";
	return a;
}

/* A version, or a channel with a date in it. */
static bool is_release(struct span v)
{
	if (judge_is_hex(span_sub(v, v.len > 5 ? v.len - 5 : 0, 2), 2) && span_has(v, SPAN("-20")))
		return true;
	return is_full_version(v);
}

static struct asked ask_sign(const struct command *m, struct span w)
{
	struct asked a = { .name = w, .why = "no version is given" };
	struct span sign = span_str(m->row->sign), rest = w;

	for (size_t at; sign.len && (at = span_find_span(rest, sign)) < rest.len;) {
		rest = span_from(rest, at + sign.len);
		if (!ascii_is_digit(span_at(rest, span_at(rest, 0) == 'v')))
			continue;
		a.name = span_sub(w, 0, w.len - rest.len - sign.len);
		a.version = rest;
		a.is_fixed = !is_range(rest) && span_find(rest, '.') < rest.len;
		a.why = a.is_fixed ? NULL : "the version is a range";
		break;
	}
	/* emerge: only "=" says that it is that version */
	if (a.is_fixed && span_eq(m->program, SPAN("emerge")) && span_at(w, 0) != '=') {
		a.is_fixed = false;
		a.why = "no version is given";
	}
	return a;
}

static struct asked ask_commit(struct span w)
{
	struct asked a = { .name = w, .why = "is not at a full commit" };
	size_t run = 0;

	for (size_t i = 0; i < w.len && !a.is_fixed; i++) {
		run = ascii_is_hex(span_at(w, i)) ? run + 1 : 0;
		a.is_fixed = run == 40;
	}
	return a;
}

static struct asked ask(const struct command *m, struct span w)
{
	struct asked a;

	switch (m->row->form) {
	case FORM_APT:
		return ask_apt(w);
	case FORM_APK:
		return ask_apk(w);
	case FORM_RPM:
		return ask_rpm(w);
	case FORM_ZYPPER:
		return ask_zypper(w);
	case FORM_PIP:
		return ask_pip(w);
	case FORM_NPM:
		return ask_npm(w);
	case FORM_GO:
		return ask_go(w);
	case FORM_CARGO:
		a = at_sign(w, "@", is_range);
		if (a.is_fixed && !is_full_version(a.version)) {
			a.is_fixed = false;
			a.why = "the version is a range";
		}
		return a;
	case FORM_GEM:
	case FORM_COMPOSER:
		a = at_sign(w, ":", is_range);
		if (span_find(w, '=') < w.len && !a.is_fixed) /* composer: name=version */
			a = at_sign(w, "=", is_range);
		if (a.is_fixed &&
			!ascii_is_digit(span_at(a.version, span_at(a.version, 0) == 'v'))) {
			a.is_fixed = false;
			a.why = "a branch or a range is not a version";
		}
		return a;
	case FORM_CONDA:
		return ask_conda(w);
	case FORM_SIGN:
		return ask_sign(m, w);
	case FORM_COMMIT:
		return ask_commit(w);
	case FORM_VERSION:
		a = (struct asked){ .name = w, .is_fixed = is_release(w) };
		a.why = a.is_fixed ? NULL : "a channel or a range is not a version";
		return a;
	default:
		return (struct asked){ .name = w, .why = "no version is given" };
	}
}

/* ---- findings -------------------------------------------------------------------------------- */

static struct recipe_finding *add(const struct command *m, enum recipe_state state,
	struct span what, const char *why, uint32_t at)
{
	struct recipe_finding *f = judge_add(m->j, RECIPE_PACKAGE, state, what, why, at);

	if (f) {
		f->program = m->program;
		f->type = span_str(m->row->type);
		f->sign = span_str(m->row->sign);
	}
	return f;
}

static bool is_local(const struct command *m, struct span w)
{
	struct span rest = span_str(m->row->local), end;

	while (span_split(&rest, ' ', &end))
		if (end.len && span_ends(w, end) && !judge_is_url(w))
			return true;
	return span_starts(w, SPAN("./")) || span_starts(w, SPAN("../")) ||
	       span_starts(w, SPAN("/")) || span_starts(w, SPAN("file:"));
}

static bool is_repository(struct span w)
{
	return span_starts(w, SPAN("git+")) || span_starts(w, SPAN("git://")) ||
	       span_starts(w, SPAN("github:")) || span_starts(w, SPAN("gitlab:"));
}

/* The commit of "git+https://host/x@COMMIT#egg=x" or "...#COMMIT". */
static bool is_at_commit(struct span w)
{
	for (size_t i = 0; i < w.len; i++) {
		size_t n = 0;

		if (span_at(w, i) != '@' && span_at(w, i) != '#')
			continue;
		while (ascii_is_hex(span_at(w, i + 1 + n)))
			n++;
		if (n == 40 || n == 64)
			return true;
	}
	return false;
}

/* A package that is named by where it is. True: it is one. */
static bool by_place(const struct command *m, const struct shell_arg *a)
{
	struct span w = a->text;
	size_t at = span_find_span(w, SPAN(" @ "));

	if (at < w.len) { /* pip: name @ URL */
		w = span_trim(span_from(w, at + 3));
	} else if ((at = span_find(w, '@')) && at < w.len) {
		struct span after = span_trim(span_from(w, at + 1));

		if (judge_is_url(after) || is_repository(after))
			w = after;
	}
	if (is_repository(w)) {
		bool is_fixed = is_at_commit(w);

		add(m, is_fixed ? RECIPE_FIXED : RECIPE_OPEN, w,
			is_fixed ? "at a commit" : "not at a full commit", a->at);
		fetch_add(m->j, w, SPAN(""), a->at, is_fixed ? SPAN("commit") : SPAN(""));
		return true;
	}
	if (judge_is_url(w)) {
		size_t hash = span_find_span(w, SPAN("#sha256="));

		fetch_add(m->j, w, SPAN(""), a->at,
			judge_has_hex(span_from(w, hash), 64) ? SPAN("hash") : SPAN(""));
		return true;
	}
	if (!is_local(m, w) && !span_eq(w, SPAN(".")) && !span_starts(w, SPAN(".[")))
		return false;
	struct span rest = span_str(m->row->local), end;
	bool is_file = !m->row->local;

	while (span_split(&rest, ' ', &end))
		is_file = is_file || (end.len && span_ends(w, end));
	if (is_file || m->row->form == FORM_APT || m->row->form == FORM_RPM ||
		m->row->form == FORM_GO || has_option(m, "--no-deps --no-index"))
		add(m, RECIPE_FIXED, w, "a local file", a->at);
	else
		add(m, RECIPE_UNCLEAR, w, "what the local project depends on is not given", a->at);
	return true;
}

/* A version in an option of its own. */
static void from_option(const struct command *m, struct asked *a)
{
	struct span v;
	const struct shell_arg *arg;

	if (m->row->form != FORM_GEM && m->row->form != FORM_CARGO && m->row->form != FORM_SIGN)
		return;
	arg = option_value(m, "-v --version --vers -requiredversion", &v);
	if (!arg || a->is_fixed)
		return;
	while (span_at(v, 0) == '=' || span_at(v, 0) == ' ')
		v = span_from(v, 1);
	a->version = v;
	a->is_fixed = ascii_is_digit(span_at(v, 0)) && !is_range(v) &&
		      (m->row->form != FORM_CARGO || is_full_version(v)) &&
		      (m->row->form != FORM_SIGN || span_find(v, '.') < v.len);
	a->why = a->is_fixed ? NULL : "the version is a range";
}

static void one_package(const struct command *m, const struct shell_arg *arg)
{
	struct recipe_finding *f;
	struct asked a;

	if (by_place(m, arg))
		return;
	if ((m->row->form == FORM_APT && span_ends(arg->text, SPAN("-"))) ||
		(m->row->form == FORM_APK && span_at(arg->text, 0) == '!'))
		return; /* is removed */
	a = ask(m, arg->text);
	from_option(m, &a);
	if (m->row->form == FORM_GO && span_find(arg->text, '@') == arg->text.len) {
		/* in a module go.sum fixes all; a name alone is of no module that is here */
		if (has("install run", m->verb))
			add(m, RECIPE_FIXED, arg->text, "of the module's go.sum", arg->at);
		else
			add(m, RECIPE_OPEN, arg->text, a.why, arg->at);
		return;
	}
	if (m->row->form == FORM_CARGO && a.is_fixed && has("install", m->verb) &&
		!has_option(m, "--locked --frozen")) {
		a.is_fixed = false;
		a.why = "without --locked its dependencies are the newest";
	}
	if (arg->is_unknown && !a.is_fixed) {
		add(m, RECIPE_UNCLEAR, arg->text, "what the variable holds is not known", arg->at);
		return;
	}
	struct span constraints;

	if (m->row->form == FORM_PIP && !a.is_fixed &&
		option_value(m, "-c --constraint", &constraints)) {
		add(m, RECIPE_UNCLEAR, arg->text, "the file of constraints is not given", arg->at);
		return;
	}
	bool version_unknown =
		arg->is_unknown && span_find_span(a.version, SPAN("$")) < a.version.len;

	f = add(m,
		version_unknown ? RECIPE_UNCLEAR
		: a.is_fixed    ? RECIPE_FIXED
				: RECIPE_OPEN,
		arg->text,
		version_unknown ? "the value of its version is not known: --build-arg gives it"
		: a.is_fixed    ? "a version is given"
				: a.why,
		arg->at);
	if (!f)
		return;
	f->name = a.name;
	if (arg->end > arg->at && m->j->text && m->j->file.len) {
		size_t from = recipe_text_at(m->j->text, arg->at),
		       to = recipe_text_at(m->j->text, arg->end - 1) + 1;
		uint8_t quote = span_at(m->j->file, from);
		bool is_quoted = (quote == '"' || quote == '\'') && to - from > 1;

		from += is_quoted;
		to -= is_quoted;
		if (span_eq(span_sub(m->j->file, from, to - from), arg->text)) {
			f->from = from;
			f->to = to;
		}
	}
}

/* What a requirements file says: every line is fixed by '==' or a hash, or one is not, or one names
 * what is not given. A line that says where its package is is a finding of its own. */
static enum recipe_state lines_state(
	const struct command *m, struct span text, const struct shell_arg *file)
{
	static const char plain[] = "-i --index-url --extra-index-url -f --find-links --no-binary "
				    "--only-binary --prefer-binary --require-hashes --pre "
				    "--trusted-host --use-feature --no-index --hash";
	enum recipe_state state = RECIPE_FIXED;
	struct span line;
	bool any = false;

	while (span_line(&text, &line)) {
		size_t comment = span_find_span(line, SPAN(" #"));
		struct shell_arg a = *file;

		line = span_trim(span_sub(line, 0, span_at(line, 0) == '#' ? 0 : comment));
		line = span_trim(span_sub(line, 0, span_find(line, '\\')));
		if (!line.len)
			continue;
		if (span_at(line, 0) == '-') {
			struct span name = span_sub(line, 0, span_find(line, ' '));

			name = span_sub(name, 0, span_find(name, '='));
			if (has(plain, name))
				continue;
			if (!has("-e --editable", name)) {
				state = state == RECIPE_FIXED ? RECIPE_UNCLEAR : state;
				any = true;
				continue;
			}
			line = span_trim(span_from(line, name.len + 1));
		}
		any = true;
		a.text = line;
		a.end = a.at;
		if (by_place(m, &a))
			continue;
		if (!ask_pip(line).is_fixed)
			state = RECIPE_OPEN;
	}
	return any ? state : RECIPE_OPEN;
}

static void one_file(const struct command *m, const struct shell_arg *arg)
{
	struct span path = arg->text;
	const struct known_text *t;

	if (span_find(path, '=') < path.len && span_at(path, 0) == '-')
		path = span_from(path, span_find(path, '=') + 1);
	else if (span_starts(path, SPAN("-r")))
		path = span_from(path, 2);
	if (m->is_frozen) {
		add(m, RECIPE_FIXED, path, "hashes are required", arg->at);
		return;
	}
	if (judge_is_url(path))
		fetch_add(m->j, path, SPAN(""), arg->at, SPAN(""));
	t = judge_text(m->j, path);
	if (!t || t->is_unknown) {
		add(m, RECIPE_UNCLEAR, path, "the file of packages is not given", arg->at);
		return;
	}
	enum recipe_state state = m->row->form != FORM_CONDA ? lines_state(m, t->text, arg)
				  : span_has(t->text, SPAN("@EXPLICIT")) ? RECIPE_FIXED
									 : RECIPE_OPEN;

	add(m, state, path,
		state == RECIPE_FIXED     ? "every line has a version"
		: state == RECIPE_UNCLEAR ? "what a line of it names is not given"
					  : "a line of it has no version",
		arg->at);
}

/* ---- what fixes all -------------------------------------------------------------------------- */

static bool environment_freezes(const struct command *m)
{
	struct span rest = span_str(m->row->variable), one;

	while (span_split(&rest, ' ', &one)) {
		size_t equals = span_find(one, '=');
		const struct shell_data *v =
			one.len ? shell_get(&m->j->run, span_sub(one, 0, equals)) : NULL;

		if (v && !v->is_unknown && span_eq(v->text, span_from(one, equals + 1)))
			return true;
	}
	return false;
}

/* The repository is one of a fixed date. */
static const char *snapshot(const struct command *m)
{
	struct span v;

	switch (m->row->form) {
	case FORM_APT:
		if (option_value(m, "-S --snapshot", &v) && ascii_is_digit(span_at(v, 0)))
			return "the repository is a snapshot";
		break;
	case FORM_NPM:
		if (option_value(m, "--before", &v) && ascii_is_digit(span_at(v, 0)))
			return "nothing newer than a day is taken";
		break;
	case FORM_PIP:
		if (option_value(m, "--exclude-newer --uploaded-prior-to", &v) &&
			ascii_is_digit(span_at(v, 0)))
			return "nothing newer than a day is taken";
		if (option_value(m, "-i --index-url --default-index", &v) &&
			span_has(v, SPAN("packagemanager.")) && span_has(v, SPAN("/20")))
			return "the index is a snapshot";
		break;
	case FORM_RPM:
		if (option_value(m, "--releasever", &v) && span_starts(v, SPAN("2023.")))
			return "the release of the repository is fixed";
		break;
	default:
		break;
	}
	return judge_is_frozen(m->j, m->row->type) ? "the repository is a snapshot" : NULL;
}

static void whole(const struct command *m, enum recipe_state state, const char *why)
{
	const char *text =
		arena_printf(m->j->a, "%.*s %.*s", SPAN_ARG(m->program), SPAN_ARG(m->verb));

	add(m, state, span_trim(span_str(text)), why,
		m->verb_at < m->c->n ? m->c->args[m->verb_at].at : m->c->at);
}

/* A project's own packages: the lock file decides. */
static void project(const struct command *m)
{
	struct stage_state *s = m->j->stage;
	bool has_all = false;

	if (m->is_frozen) {
		whole(m, RECIPE_FIXED, "the lock file decides");
		return;
	}
	for (size_t i = 0; i < s->copied.n; i++) {
		has_all = has_all || span_eq(s->copied.p[i], SPAN("."));
		if (m->row->lockfile && span_eq(s->copied.p[i], span_str(m->row->lockfile))) {
			whole(m, RECIPE_FIXED, "the lock file was copied");
			return;
		}
	}
	if (m->row->lockfile && has_all)
		whole(m, RECIPE_UNCLEAR, "whether there is a lock file is not known");
	else if (m->row->lockfile)
		whole(m, RECIPE_OPEN, "no lock file was copied");
	else
		whole(m, RECIPE_OPEN, "the lock file may be left out or changed");
}

/* ---- commands -------------------------------------------------------------------------------- */

/* name version; of mix "hex name version". */
static void next_version(const struct command *m)
{
	size_t i = m->packages.n && span_eq(m->packages.p[0]->text, SPAN("hex"));
	const struct shell_arg *name = i < m->packages.n ? m->packages.p[i] : NULL;
	struct span v = i + 1 < m->packages.n ? m->packages.p[i + 1]->text : SPAN("");
	bool is_fixed = ascii_is_digit(span_at(v, 0)) && span_find(v, '.') < v.len && !is_range(v);

	if (!name || by_place(m, name))
		return;
	add(m, is_fixed ? RECIPE_FIXED : RECIPE_OPEN, name->text,
		is_fixed ? "a version is given" : "no version is given", name->at);
}

static void install(const struct command *m)
{
	const char *frozen = snapshot(m);

	for (size_t i = 0; i < m->files.n; i++)
		one_file(m, m->files.p[i]);
	if (frozen) {
		for (size_t i = 0; i < m->packages.n; i++)
			add(m, RECIPE_FIXED, m->packages.p[i]->text, frozen, m->packages.p[i]->at);
		return;
	}
	if (m->row->form == FORM_CARGO) {
		struct span v;

		if (option_value(m, "--path", &v)) {
			add(m, RECIPE_FIXED, v, "a local project", m->c->at);
			return;
		}
		const struct shell_arg *git = option_value(m, "--git", &v);

		if (git) {
			struct span rev = { 0 };
			bool is_fixed = option_value(m, "--rev", &rev) && judge_is_commit(rev);

			add(m, is_fixed && has_option(m, "--locked") ? RECIPE_FIXED : RECIPE_OPEN,
				v,
				is_fixed ? has_option(m, "--locked") ? "at a commit"
								     : "without --locked its "
								       "dependencies are the newest"
					 : "not at a full commit",
				git->at);
			fetch_add(m->j, v, SPAN(""), git->at, is_fixed ? SPAN("commit") : SPAN(""));
			return;
		}
	}
	if (m->row->form == FORM_GO && has_option(m, "-u")) {
		whole(m, RECIPE_OPEN, "takes whatever version is the newest");
		return;
	}
	if (m->row->form == FORM_APT && has("build-dep", m->verb)) {
		whole(m, RECIPE_OPEN, "what a package is built with has no versions");
		return;
	}
	if (m->row->form == FORM_NONE && m->row->verbs[0] == '*') {
		if (m->packages.n)
			whole(m, RECIPE_OPEN, "takes whatever version is the newest");
		return;
	}
	if (m->row->form == FORM_NEXT) {
		next_version(m);
		return;
	}
	for (size_t i = 0; i < m->packages.n; i++) {
		if (i && m->row->verbs[0] == '*' && has("npx bunx uvx", m->program))
			break; /* arguments of the program */
		/* composer create-project name folder version */
		if (m->row->form == FORM_COMPOSER && has("create-project", m->verb) && i)
			break;
		if (m->row->form == FORM_GO && has("run", m->verb) && i)
			break; /* arguments of the program */
		one_package(m, m->packages.p[i]);
	}
}

/* What is named; with an option for it, and nothing named, everything. */
static void newest(struct command *m)
{
	if (!m->packages.n && !m->files.n && !snapshot(m) &&
		(has_option(m, m->row->all) || span_find(m->verb, 'u') < m->verb.len))
		whole(m, RECIPE_OPEN, "takes whatever version is the newest");
	else
		install(m);
}

static void run(struct command *m)
{
	const struct installer *row = m->row;

	split_words(m);
	m->is_frozen = has_option(m, row->frozen) || environment_freezes(m) ||
		       judge_is_frozen(m->j, row->names);
	struct span with;
	const struct shell_arg *extra = row->form == FORM_PIP && has("run", m->verb)
						? option_value(m, "--with", &with)
						: NULL;

	if (extra && !ask_pip(with).is_fixed)
		add(m, RECIPE_OPEN, with, "no version is given", extra->at);
	if (has(row->lock, m->verb))
		whole(m, RECIPE_FIXED, "the lock file decides");
	else if (has(row->bare, m->verb) && !m->packages.n && !m->files.n)
		project(m);
	else if (has(row->verbs, m->verb) || row->verbs[0] == '*' ||
		 (row->verbs[0] == '-' && m->verb.len))
		newest(m);
	else if (has(row->all, m->verb) && !snapshot(m))
		whole(m, RECIPE_OPEN, "takes whatever version is the newest");
}

/* Words before the verb: of another program, of a part of the program. */
static const struct {
	const char *programs, *words;
	const char *becomes; /* what it is then; NULL: the word, or what it was */
	bool keeps, skips;   /* what it was; options before the word are passed over */
} groups[] = {
	{ "uv", "pip", NULL, false, false },
	{ "corepack", "yarn pnpm npm", NULL, false, false },
	{ "uv", "tool", "pipx", false, false },
	{ "yarn composer pnpm pixi", "global", NULL, true, false },
	{ "dotnet", "tool add workload new", NULL, true, false },
	{ "dnf yum dnf5", "group groups", NULL, true, true },
	{ "nix", "profile", NULL, true, true },
	{ "swift", "package", NULL, true, false },
	{ "rustup", "toolchain", NULL, true, false },
	{ "poetry", "self", NULL, true, false },
	{ "ansible-galaxy", "collection role", NULL, true, false },
	{ "raco", "pkg", NULL, true, false },
	{ "npm", "exec x create init", "npx", false, false },
	{ "yarn pnpm", "dlx create", "npx", false, false },
	{ "bun", "x create", "npx", false, false },
};

/* "-m", "-Im", "-mpip" */
static bool is_module(struct span w)
{
	return span_at(w, 0) == '-' && span_at(w, 1) != '-' && span_find(w, 'm') < w.len &&
	       span_find(w, 'c') > span_find(w, 'm');
}

/* "python -m pip", "uv pip", "yarn global add", "dnf -y module install": the words that matter. */
static bool unwrap(
	struct arena *a, const struct shell_call *c, struct shell_call *out, struct span *program)
{
	size_t drop = 0;

	*out = *c;
	*program = shell_program(c->args[0].text);
	if (span_starts(*program, SPAN("python")) || span_starts(*program, SPAN("pypy"))) {
		size_t i = 1;

		while (i < c->n && is_option(c->args[i].text) && !is_module(c->args[i].text))
			i++;
		if (i >= c->n || !is_module(c->args[i].text))
			return false;
		if (!span_ends(c->args[i].text, SPAN("m"))) { /* -mpip */
			struct shell_arg *args = arena_array(a, c->n, sizeof(*args));

			for (size_t k = i; args && k < c->n; k++)
				args[k - i] = c->args[k];
			if (!args)
				return false;
			args[0].text = span_from(args[0].text, span_find(args[0].text, 'm') + 1);
			out->args = args;
			out->n = c->n - i;
			*program = out->args[0].text;
			return true;
		}
		drop = i + 1;
		if (drop >= c->n)
			return false;
	}
	for (size_t i = 0; i < sizeof(groups) / sizeof(*groups) && c->n > 1 && !drop; i++) {
		size_t at = 1;

		while (groups[i].skips && at + 1 < c->n && is_option(c->args[at].text))
			at++;
		if (!has(groups[i].programs, *program) || !has(groups[i].words, c->args[at].text))
			continue;
		out->args += at;
		out->n -= at;
		if (groups[i].becomes)
			*program = span_str(groups[i].becomes);
		else if (!groups[i].keeps)
			*program = shell_program(out->args[0].text);
		return true;
	}
	out->args += drop;
	out->n -= drop;
	if (drop)
		*program = shell_program(out->args[0].text);
	/* pip3.11 */
	if (span_starts(*program, SPAN("pip3")) || span_starts(*program, SPAN("pip2")))
		*program = SPAN("pip");
	return true;
}

bool install_call(struct judge *j, const struct shell_call *given)
{
	struct shell_call c;
	struct command m = { .j = j, .c = &c };

	if (!unwrap(j->a, given, &c, &m.program))
		return false;
	for (size_t i = 0; i < sizeof(installers) / sizeof(*installers); i++) {
		if (!has(installers[i].names, m.program))
			continue;
		m.row = &installers[i];
		find_verb(&m);
		/* yarn alone installs; pip-sync and uv pip sync take a file */
		if (m.verb_at == c.n && span_eq(m.program, SPAN("yarn")) &&
			!has_option(&m, "--version -v --help"))
			m.verb = SPAN("install");
		if (span_eq(m.program, SPAN("bundle")) && m.verb_at == c.n &&
			!has_option(&m, "--version -v"))
			m.verb = SPAN("install");
		if (m.row->form == FORM_CONDA && has("env", m.verb)) {
			add(&m, RECIPE_UNCLEAR, SPAN("conda env"),
				"the file of packages is not given", c.at);
			return true;
		}
		if (span_eq(m.verb, SPAN("module")) && m.verb_at + 1 < c.n &&
			has("install enable", c.args[m.verb_at + 1].text)) {
			m.verb_at++;
			m.verb = c.args[m.verb_at].text;
			if (has("enable", m.verb))
				return true;
		}
		if (span_eq(m.verb, SPAN("sync")) && span_eq(m.program, SPAN("pip"))) {
			for (size_t k = m.verb_at + 1; k < c.n; k++)
				if (!is_option(c.args[k].text)) {
					m.is_frozen = has_option(&m, "--require-hashes");
					one_file(&m, &c.args[k]);
				}
			return true;
		}
		/* bundle config set --global frozen true */
		if (m.row->form == FORM_GEM && has("config", m.verb)) {
			for (size_t k = m.verb_at + 1; k + 1 < c.n; k++)
				if (has("frozen deployment", c.args[k].text) &&
					has("true 1", c.args[k + 1].text)) {
					judge_freeze(j, span_str(m.row->names));
				}
			return true;
		}
		run(&m);
		return true;
	}
	return false;
}
