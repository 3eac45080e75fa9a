/* names.c - names of programs that verdicts ask for. Alphabetical within a table; found by
 * bisection.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "known/names.h"

#define COUNT(t) (sizeof(t) / sizeof(*(t)))

static const char *const shells[] = {
	"ash",
	"bash",
	"busybox",
	"csh",
	"dash",
	"elvish",
	"es",
	"fish",
	"hush",
	"ksh",
	"ksh93",
	"lksh",
	"mksh",
	"nu",
	"oksh",
	"posh",
	"pwsh",
	"rbash",
	"rc",
	"sash",
	"sh",
	"tcsh",
	"toybox",
	"xonsh",
	"yash",
	"zsh",
};
static const char *const shared_shells[] = { "ash", "es", "hush", "nu", "rc", "sash" };

static const char *const build_tools[] = {
	"abuild",
	"ant",
	"ar",
	"as",
	"autoconf",
	"automake",
	"bazel",
	"bazelisk",
	"bison",
	"buck2",
	"buildah",
	"buildctl",
	"c++",
	"cargo",
	"cc",
	"cc1",
	"cc1plus",
	"clang",
	"clang++",
	"cmake",
	"collect2",
	"cpp",
	"docker",
	"dpkg-buildpackage",
	"flex",
	"g++",
	"gcc",
	"gfortran",
	"ghc",
	"git",
	"gmake",
	"go",
	"gofmt",
	"gradle",
	"hg",
	"javac",
	"jlink",
	"kaniko",
	"kotlinc",
	"ld",
	"ld.bfd",
	"ld.gold",
	"ld.lld",
	"ldc2",
	"libtool",
	"lto1",
	"m4",
	"make",
	"meson",
	"mold",
	"mvn",
	"nasm",
	"ninja",
	"nm",
	"node-gyp",
	"nvcc",
	"objcopy",
	"objdump",
	"pkg-config",
	"pkgconf",
	"protoc",
	"ranlib",
	"readelf",
	"rpmbuild",
	"rustc",
	"sbt",
	"scalac",
	"scons",
	"strip",
	"svn",
	"swiftc",
	"tcc",
	"tsc",
	"yasm",
	"zig",
};
static const char *const debug_tools[] = {
	"bpftool",
	"bpftrace",
	"crash",
	"dlv",
	"gdb",
	"gdbserver",
	"iperf3",
	"jcmd",
	"jdb",
	"jmap",
	"jstack",
	"lldb",
	"lldb-server",
	"ltrace",
	"nc.openbsd",
	"nc.traditional",
	"ncat",
	"ngrep",
	"nmap",
	"perf",
	"rr",
	"socat",
	"stap",
	"strace",
	"tcpdump",
	"tshark",
	"valgrind",
};

static const char *const os_managers[] = {
	"apk",
	"apt",
	"apt-get",
	"aptitude",
	"brew",
	"dnf",
	"dnf5",
	"dpkg",
	"emerge",
	"flatpak",
	"guix",
	"microdnf",
	"nix",
	"nix-env",
	"opkg",
	"pacman",
	"rpm",
	"snap",
	"swupd",
	"tdnf",
	"xbps-install",
	"yum",
	"zypper",
};
static const char *const language_managers[] = {
	"bun",
	"bundle",
	"bundler",
	"cabal",
	"composer",
	"conda",
	"corepack",
	"cpan",
	"cpanm",
	"gem",
	"luarocks",
	"mamba",
	"micromamba",
	"mix",
	"npm",
	"npx",
	"nuget",
	"opam",
	"pdm",
	"pear",
	"pecl",
	"pip",
	"pipx",
	"pixi",
	"pnpm",
	"poetry",
	"rebar3",
	"stack",
	"uv",
	"yarn",
};
static const char *const shared_managers[] = { "brew", "gem", "mix", "nix", "snap", "stack",
	"yarn" };

static const char *const droppers[] = { "chroot", "gosu", "runuser", "s6-setuidgid", "setpriv",
	"setuidgid", "su-exec" };
static const char *const interpreters[] = { "awk", "gawk", "lua", "luajit", "mawk", "node",
	"nodejs", "perl", "php", "python", "ruby", "tclsh" };

static bool has(const char *const *table, size_t n, struct span name)
{
	size_t low = 0;

	while (low < n) {
		size_t mid = low + (n - low) / 2;
		int c = span_cmp(span_str(table[mid]), name);

		if (!c)
			return true;
		if (c < 0)
			low = mid + 1;
		else
			n = mid;
	}
	return false;
}

#define HAS(table, name) has(table, COUNT(table), name)

static bool is_digit(uint8_t c)
{
	return c >= '0' && c <= '9';
}

/* "gcc-12" and "python3.11" to their names; digits and dots, with a dash in front or none. */
static struct span without_version(struct span name)
{
	size_t n = name.len;

	while (n && (is_digit(span_at(name, n - 1)) || span_at(name, n - 1) == '.'))
		n--;
	if (n == name.len || !n)
		return name;
	if (span_at(name, n - 1) == '-')
		n--;
	return n ? span_sub(name, 0, n) : name;
}

/* "x86_64-linux-gnu-gcc" to "gcc": a triple has a known system in its middle. */
static struct span without_triple(struct span name)
{
	static const char *const systems[] = { "-linux-gnueabihf-", "-linux-gnueabi-",
		"-linux-gnux32-", "-linux-gnu-", "-linux-musleabihf-", "-linux-musleabi-",
		"-linux-musl-", "-redhat-linux-", "-alpine-linux-musl-", "-suse-linux-",
		"-amazon-linux-", "-w64-mingw32-", "-none-eabi-", "-unknown-linux-gnu-" };

	for (size_t i = 0; i < COUNT(systems); i++) {
		struct span s = span_str(systems[i]);
		size_t at = span_find_span(name, s);

		if (at && at < name.len && at + s.len < name.len)
			return span_from(name, at + s.len);
	}
	return name;
}

enum known_shell known_shell(struct span name)
{
	if (!HAS(shells, name))
		return SHELL_NOT;
	if (span_eq(name, SPAN("busybox")) || span_eq(name, SPAN("toybox")))
		return SHELL_MULTI_CALL;
	return HAS(shared_shells, name) ? SHELL_SHARED_NAME : SHELL_NAME;
}

static enum known_tool tool(struct span name)
{
	return HAS(build_tools, name) ? TOOL_BUILD : HAS(debug_tools, name) ? TOOL_DEBUG : TOOL_NOT;
}

enum known_tool known_tool(struct span name, struct span *plain)
{
	struct span bare = without_triple(name);
	struct span tries[] = { name, bare, without_version(bare) };

	for (size_t i = 0; i < COUNT(tries); i++) {
		enum known_tool t = tool(tries[i]);

		if (!t)
			continue;
		if (plain)
			*plain = tries[i];
		return t;
	}
	return TOOL_NOT;
}

enum known_manager known_manager(struct span name, bool *shared)
{
	struct span tries[] = { name, without_version(name) };

	for (size_t i = 0; i < COUNT(tries); i++) {
		*shared = HAS(shared_managers, tries[i]);
		if (HAS(os_managers, tries[i]))
			return MANAGER_OS;
		if (HAS(language_managers, tries[i]))
			return MANAGER_LANGUAGE;
	}
	*shared = false;
	return MANAGER_NOT;
}

bool known_dropper(struct span name)
{
	return HAS(droppers, name);
}

bool known_interpreter(struct span name)
{
	return HAS(interpreters, name) || HAS(interpreters, without_version(name));
}
