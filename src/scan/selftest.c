/* selftest.c - scoville-worker --self-test: what must work works under the filter, what must not
 * does not.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "scan/selftest.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/fd.h"
#include "base/ring.h"
#include "facts/serial.h"
#include "format/tar_write.h"
#include "sandbox/confine.h"
#include "scan/pass.h"
#include "scan/selftest_data.h"
#include "secret/rules/rule.h"
#include "secret/proof/validate.h"

enum { ANSWER = 8 << 20, OWN_MAX = 1 << 20 };

struct trial {
	const struct zygote_ops *ops;
	struct span request, input;
	bool unconfined;
};

static void supply_all(struct supply *s, struct span bytes)
{
	size_t cap;

	while (bytes.len && !s->is_hung_up) {
		while (supply_is_full(s) && !s->is_hung_up) {
			poll(&(struct pollfd){ .fd = s->socket, .events = POLLIN }, 1, -1);
			supply_hear(s);
		}
		uint8_t *room = supply_room(s, &cap);
		struct span now = span_sub(bytes, 0, cap);

		memcpy(room, now.p, now.len);
		supply_give(s, now.len);
		bytes = span_from(bytes, now.len);
	}
	supply_end(s);
}

/* One worker from fork to end. Its answer is in *part, when there is one. */
static int try_once(const struct trial *t, struct arena *a, struct part *part, struct scov_err *err)
{
	scoped_fd int fd = -1;
	struct limits l = limits_default();
	scoped_fd int memory = -1, socket = -1;
	struct supply supply;
	int status;

	if (answer_new(ANSWER, &fd, err) || supply_new(&supply, &memory, &socket, err))
		return -1;
	fflush(stdout);
	pid_t pid = fork();

	if (pid == 0) {
		struct zygote_bounds bounds = { l.worker_memory, l.worker_seconds };
		struct intake in;

		supply_release(&supply);
		if (!intake_open(&in, memory, socket))
			_exit(2);
		close(memory);
		zygote_work(t->unconfined, t->ops, t->request, &bounds, &in, answer_map(fd, ANSWER),
			ANSWER);
	}
	fd_close(&socket);
	supply_all(&supply, t->input);
	bool has_ended = pid > 0 && waitpid(pid, &status, 0) == pid;

	supply_release(&supply);
	if (!has_ended)
		return -1;
	if (status)
		return status;
	struct answer answer = { 0 };
	int rc = answer_read(fd, ANSWER, &answer, err);

	if (!rc && part)
		rc = facts_read(arena_dup(a, answer.body), &l, a, part, err);
	answer_release(&answer);
	return rc;
}

static int say(bool good, const char *what, const char *why)
{
	printf("%s %s%s%s\n", good ? "ok" : "FAILED", what, good || !*why ? "" : ": ",
		good ? "" : why);
	return good ? 0 : 1;
}

/* ---- what must work ---- */

static const struct {
	const char *name, *content;
	unsigned mode;
} files[] = {
	{ "etc/passwd", "root:x:0:0:root:/root:/bin/sh\n", 0644 },
	{ "etc/group", "root:x:0:\n", 0644 },
	{ "etc/shells", "/bin/sh\n", 0644 },
	{ "etc/os-release", "ID=alpine\nVERSION_ID=3.20.3\nPRETTY_NAME=\"Alpine Linux v3.20\"\n",
		0644 },
	{ "etc/apk/repositories", "https://example.org/alpine/v3.20/main\n", 0644 },
	{ "etc/apt/sources.list", "deb http://example.org/debian bookworm main\n", 0644 },
	{ "etc/machine-id", "0123456789abcdef0123456789abcdef\n", 0444 },
	{ "lib/apk/db/installed",
		"P:musl\nV:1.2.5-r0\nA:x86_64\no:musl\nt:1700000000\nL:MIT\nF:lib\nR:libc.so\n\n",
		0644 },
	{ "var/lib/dpkg/status",
		"Package: bash\nStatus: install ok installed\nVersion: 5.2-1\n"
		"Architecture: amd64\nMaintainer: A <a@example.org>\n\n",
		0644 },
	{ "var/lib/dpkg/info/bash.list", "/.\n/bin\n/bin/bash\n", 0644 },
	{ "var/lib/rpm/rpmdb.sqlite", "SQLite format 3", 0644 },
	{ "var/lib/rpm/Packages.db", "RpmP", 0644 },
	{ "var/lib/rpm/Packages", "none", 0644 },
	{ "entrypoint.sh", "#!/bin/sh\nset -e\nexec gosu app \"$@\"\n", 0755 },
};

static void tar_add(struct buf *b, const char *name, unsigned mode, struct span content)
{
	struct tar_header h = { .path = span_str(name), .type = TAR_FILE, .mode = mode };

	if (tar_write(b, h, content, NULL))
		b->failed = true;
}

/* Our own program is the ELF file that the analyzers see; read before landlock. */
static struct span load_self(struct arena *a)
{
	scoped_fd int fd = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
	uint8_t *p = arena_alloc(a, OWN_MAX);
	ssize_t n = fd < 0 || !p ? -1 : fd_read_full(fd, p, OWN_MAX);

	return span_of(p, n > 0 ? (size_t)n : 0);
}

static int check_layer(struct trial *t, const char *name, struct span input, size_t entries)
{
	scoped_arena struct arena a = { 0 };
	struct pass_request r = { .kind = PART_LAYER, .limits = limits_default() };
	struct scov_err err = { 0 };
	struct part part = { 0 };
	char why[512];

	r.limits.answer_size = ANSWER - ANSWER_HEAD;
	t->request = span_of(&r, sizeof(r));
	t->input = input;
	int rc = try_once(t, &a, &part, &err);
	bool good = rc == 0 && part.complete && part.entries.n == entries;

	snprintf(why, sizeof(why), "status %d, %zu entries, %s", rc, part.entries.n,
		part.diags.n ? (const char *)arena_cstr(&a, part.diags.p[0].text) : err.text);
	return say(good, name, why);
}

static int check_work(struct trial *t, struct span self)
{
	static const struct {
		const char *name;
		struct span bytes;
	} packed[] = {
		{ "gzip", { tar_gzip, sizeof(tar_gzip) } },
		{ "zstd", { tar_zstd, sizeof(tar_zstd) } },
		{ "xz", { tar_xz, sizeof(tar_xz) } },
		{ "bzip2", { tar_bzip2, sizeof(tar_bzip2) } },
	};
	scoped_arena struct arena a = { 0 };
	scoped_buf struct buf b = { .limit = 8 << 20 };
	size_t n = sizeof(files) / sizeof(*files);
	int failed = 0;

	for (size_t i = 0; i < sizeof(packed) / sizeof(*packed); i++)
		failed += check_layer(t, packed[i].name, packed[i].bytes, 1);
	for (size_t i = 0; i < n; i++)
		tar_add(&b, files[i].name, files[i].mode, span_str(files[i].content));
	tar_add(&b, "usr/bin/self", 0755, self);
	tar_write_end(&b);
	failed += check_layer(t, "every analyzer", buf_view(&b), n + 1);

	struct pass_request r = { .kind = PART_CONFIG, .limits = limits_default() };
	struct scov_err err = { 0 };
	struct part part = { 0 };

	r.limits.answer_size = ANSWER - ANSWER_HEAD;
	t->request = span_of(&r, sizeof(r));
	t->input = SPAN("{\"architecture\":\"amd64\",\"os\":\"linux\",\"config\":{\"User\":"
			"\"1000\",\"Env\":[\"A=b\"]},"
			"\"rootfs\":{\"type\":\"layers\",\"diff_ids\":[]}}");
	int rc = try_once(t, &a, &part, &err);

	return failed + say(rc == 0 && part.configs.n > 0, "config", err.text);
}

/* ---- secrets ---- */

/* The first good example of every rule, a file each: what is found with the filter is what is found
 * without it, so that no validator dies of a call. */
static void plant(struct buf *tar)
{
	const struct secret_rules *rules = rules_builtin();

	for (size_t i = 0; i < rules->n; i++) {
		scoped_arena struct arena a = { 0 };
		struct span text = { 0 };
		struct scov_err err;
		char name[32];

		snprintf(name, sizeof(name), "srv/%zu", i);
		if (rule_expand(rules->p[i].good[0], 1, &a, &text, &err) == 0)
			tar_add(tar, name, 0600, text);
	}
	tar_write_end(tar);
}

static int check_secrets(struct trial *t)
{
	struct pass_request r = { .kind = PART_LAYER, .limits = limits_default(), .key_len = 16 };
	scoped_buf struct buf b = { .limit = 64 << 20 };
	struct trial open = *t;
	size_t n[2] = { 0 };
	struct scov_err err = { 0 };
	char why[512];
	int rc = 0;

	plant(&b);
	r.limits.answer_size = ANSWER - ANSWER_HEAD;
	t->request = span_of(&r, sizeof(r));
	t->input = buf_view(&b);
	open.request = t->request;
	open.input = t->input;
	open.unconfined = true;
	for (int i = 0; i < 2 && !rc; i++) {
		scoped_arena struct arena a = { 0 };
		struct part part = { 0 };

		rc = try_once(i ? t : &open, &a, &part, &err);
		n[i] = part.secrets.n;
	}
	snprintf(why, sizeof(why), "status %d, %zu found, %zu without the filter %s", rc, n[1],
		n[0], err.text);
	return say(rc == 0 && n[0] == n[1] && n[0] >= rules_builtin()->n / 2,
		"secrets of every kind are found", why);
}

/* The validators that reach the crypto library: no value here is a key. */
static int validate(void)
{
	static const struct {
		const char *name;
		struct span value, window;
		enum validity want;
	} rows[] = {
		{ "asn1-key",
			SPAN_INIT(
				"\x30\x1b\2\1\0\2\1\x0f\2\1\3\2\1\3\2\1\3\2\1\5\2\1\1\2\1\3\2\1\2"),
			SPAN_INIT(""), VALID_PROVEN },
		{ "milenage-opc", SPAN_INIT("00112233445566778899aabbccddeeff"),
			SPAN_INIT("00112233445566778899aabbccddeeff "
				  "ffeeddccbbaa99887766554433221100"),
			VALID_UNKNOWN },
		{ "x25519-pair",
			SPAN_INIT(
				"00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"),
			SPAN_INIT(""), VALID_UNKNOWN },
		{ "p256-pair",
			SPAN_INIT(
				"00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"),
			SPAN_INIT(""), VALID_UNKNOWN },
		{ "jwt", SPAN_INIT("e30.e30.e30"), SPAN_INIT(""), VALID_INVALID },
		{ "asn1-key", { key_pbes2, sizeof(key_pbes2) }, SPAN_INIT(""), VALID_PROVEN },
		/* P-384 and secp256k1: scalars of one byte. */
		{ "asn1-key", SPAN_INIT("\x30\x0f\2\1\1\4\1\7\xa0\7\6\5\x2b\x81\4\0\x22"),
			SPAN_INIT(""), VALID_PROVEN },
		{ "asn1-key", SPAN_INIT("\x30\x0f\2\1\1\4\1\7\xa0\7\6\5\x2b\x81\4\0\x0a"),
			SPAN_INIT(""), VALID_PROVEN },
		{ "pkcs12-open", { store_pkcs12, sizeof(store_pkcs12) }, SPAN_INIT(""),
			VALID_PROVEN },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		scoped_arena struct arena a = { .limit = 1 << 20 };
		struct candidate c = {
			.value = rows[i].value, .window = rows[i].window, .scratch = &a
		};
		const struct validator *v = validator_find(span_str(rows[i].name));
		struct proof p = { 0 };

		if (!v || v->check(&c, SPAN(""), &p) || p.validity != rows[i].want)
			return 1;
		if ((rows[i].value.p == store_pkcs12 || rows[i].value.p == key_pbes2) &&
			p.how != PROOF_OPENED)
			return 1;
	}
	return 0;
}

/* ---- what must not ---- */

enum probe {
	OPEN,
	STAT,
	EXEC_MEMORY,
	SOCKET,
	EXECVE,
	FORK,
	KILL,
	THREAD_SOCKET,
	ABORT,
	MEMORY,
	VALIDATE,
	PROBES
};

static const struct {
	const char *name;
	int signal;
} probes[PROBES] = {
	[OPEN] = { "open is refused", 0 },
	[STAT] = { "stat is refused", 0 },
	[EXEC_MEMORY] = { "executable memory kills", SIGSYS },
	[SOCKET] = { "socket kills", SIGSYS },
	[EXECVE] = { "execve kills", SIGSYS },
	[FORK] = { "fork kills", SIGSYS },
	[KILL] = { "a signal to another process kills", SIGSYS },
	[THREAD_SOCKET] = { "socket on the second thread kills", SIGSYS },
	[ABORT] = { "abort differs from a forbidden call", SIGABRT },
	[MEMORY] = { "memory over the limit is refused", 0 },
	[VALIDATE] = { "validators of secrets work", 0 },
};

/* 0: the kernel answered as it should where the call is refused but does not kill. */
static int probe(enum probe which)
{
	char *const argv[] = { (char *)"sh", NULL };
	struct stat st;

	switch (which) {
	case OPEN:
		return open("/etc/passwd", O_RDONLY | O_CLOEXEC) < 0 && errno == EACCES ? 0 : 1;
	case STAT:
		return stat("/", &st) < 0 && errno == EACCES ? 0 : 1;
	case EXEC_MEMORY:
		return mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1,
			       0) != MAP_FAILED;
	case EXECVE:
		return execve("/bin/sh", argv, argv + 1);
	case FORK:
		return fork();
	case KILL:
		return kill(1, 0);
	case VALIDATE:
		return validate();
	case ABORT:
		raise(SIGABRT);
		return 1;
	case MEMORY:
		return mem_alloc((size_t)limits_default().worker_memory) == NULL ? 0 : 1;
	default:
		return socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	}
}

struct prober {
	enum probe which;
	struct ring *ring;
	int result;
};

static bool probe_there(void *ctx, uint8_t *p, size_t len)
{
	struct prober *s = ctx;

	(void)p;
	(void)len;
	s->result = probe(s->which);
	return true;
}

static int probe_prepare(struct span request, void **state, struct scov_err *err)
{
	struct prober *s = mem_alloc(sizeof(*s));

	(void)err;
	if (!s || request.len != sizeof(s->which))
		return SCOV_E_MEMORY;
	memcpy(&s->which, request.p, sizeof(s->which));
	s->ring = ring_new(1, 1, probe_there, s);
	*state = s;
	return s->ring ? 0 : SCOV_E_MEMORY;
}

static void probe_run(void *state, struct intake *in, struct answer_head *head, size_t cap)
{
	struct prober *s = state;

	(void)in;
	(void)cap;
	if (s->which == THREAD_SOCKET && ring_slot(s->ring)) {
		ring_give(s->ring, 1);
		ring_drain(s->ring);
	} else {
		s->result = probe(s->which);
	}
	struct scov_err err = { SCOV_E_WORKER, "the kernel let it pass" };

	if (s->result)
		answer_fail(head, &err);
	else
		answer_done(head, 0, 0);
}

static int check_filter(void)
{
	static const struct zygote_ops ops = { .prepare = probe_prepare, .run = probe_run };
	int failed = 0;

	for (enum probe i = 0; i < PROBES; i++) {
		struct trial t = { .ops = &ops, .request = span_of(&i, sizeof(i)) };
		struct scov_err err = { 0 };
		int rc = try_once(&t, NULL, NULL, &err);
		bool good = probes[i].signal
				    ? rc > 0 && WIFSIGNALED(rc) && WTERMSIG(rc) == probes[i].signal
				    : rc == 0;
		char why[400];

		snprintf(why, sizeof(why), "status %d %s", rc, err.text);
		failed += say(good, probes[i].name, why);
	}
	return failed;
}

int selftest(bool unconfined, const struct zygote_ops *ops)
{
	struct trial t = { .ops = ops, .unconfined = unconfined };
	struct scov_err err = { 0 };
	char note[CONFINE_NOTE] = "";
	scoped_arena struct arena a = { 0 };
	struct span self = load_self(&a);

	if (ops->warm((struct span){ 0 }, &err))
		return say(false, "libraries", err.text);
	signal(SIGPIPE, SIG_IGN);
	if (!unconfined && (confine_can_filter(&err) || confine_helper(note, &err)))
		return say(false, "sandbox", err.text);
	if (*note)
		puts(note);
	int failed = check_work(&t, self) + check_secrets(&t);

	if (!unconfined)
		failed += check_filter();
	return failed ? 1 : 0;
}
