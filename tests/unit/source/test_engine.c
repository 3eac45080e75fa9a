/* docker:NAME against a small engine of our own on a unix socket.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "tests/unit/unit.h"

#include <signal.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "source/source.h"
#include "format/tar_write.h"

enum answer {
	LENGTH,
	CHUNKS,
	TO_CLOSE,
	CUT_LENGTH,
	CUT_CHUNKS,
	BAD_CHUNK,
	NO_HTTP,
	LONG_HEADER,
	FAILS,
	MISSING,
	SILENT,
	NO_TAR
};

static char path[108];

static void put(int fd, const char *text)
{
	if (send(fd, text, strlen(text), MSG_NOSIGNAL) < 0)
		_exit(0);
}

static void add_file(struct buf *b, const char *name, const char *content)
{
	struct tar_header e = { .path = span_str(name), .type = TAR_FILE, .mode = 0644 };

	if (tar_write(b, e, span_str(content), NULL))
		_exit(1);
}

static void put_chunks(int fd, const struct buf *b, bool whole)
{
	for (size_t at = 0; at < b->len; at += 700) {
		size_t n = b->len - at < 700 ? b->len - at : 700;
		char head[32];

		snprintf(head, sizeof(head), "%zX;x=y\r\n", n);
		put(fd, head);
		send(fd, b->p + at, n, MSG_NOSIGNAL);
		put(fd, "\r\n");
	}
	put(fd, whole ? "0\r\n\r\n" : "");
}

static void put_image(int fd, enum answer how)
{
	struct buf b = { 0 };
	char head[128];

	add_file(&b, "manifest.json",
		"[{\"Config\":\"c\",\"RepoTags\":[\"localhost/x:latest\"],\"Layers\":[\"l\"]}]");
	add_file(&b, "c", "{}");
	add_file(&b, "l", "a layer");
	tar_write_end(&b);
	if (how == CHUNKS || how == CUT_CHUNKS || how == BAD_CHUNK) {
		put(fd, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
		put(fd, how == BAD_CHUNK ? "zz\r\n" : "");
		put_chunks(fd, &b, how == CHUNKS);
		return;
	}
	snprintf(head, sizeof(head), "HTTP/1.1 200 OK\r\nContent-Length: %zu\r\n\r\n",
		b.len + (how == CUT_LENGTH));
	put(fd, how == TO_CLOSE ? "HTTP/1.0 200 OK\r\n\r\n" : head);
	send(fd, b.p, b.len, MSG_NOSIGNAL);
}

/* One connection after the other, until it is killed. */
static void serve(int listener, enum answer how)
{
	for (;;) {
		int fd = accept(listener, NULL, NULL);
		char request[4096] = { 0 };

		if (read(fd, request, sizeof(request) - 1) <= 0)
			_exit(1);
		if (strstr(request, "GET /version "))
			put(fd, "HTTP/1.1 200 OK\r\nContent-Length: 64\r\n\r\n"
				"{\"Version\":\"4.3.1\",\"Components\":[{\"Name\":\"Podman "
				"Engine\"}]}     ");
		else if (how == MISSING || !strstr(request, "GET /images/localhost/x:latest/get "))
			put(fd, "HTTP/1.1 404 Not Found\r\nContent-Length: "
				"15\r\n\r\n{\"message\":\"a\"}");
		else if (how == FAILS)
			put(fd, "HTTP/1.1 500 Oops\r\nContent-Length: "
				"20\r\n\r\n{\"message\":\"broken\"}");
		else if (how == NO_HTTP)
			put(fd, "SSH-2.0-OpenSSH\r\n");
		else if (how == NO_TAR)
			put(fd, "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello");
		else if (how == SILENT)
			sleep(5);
		else if (how == LONG_HEADER)
			for (int i = 0; i < 200000; i++)
				put(fd, "x");
		else
			put_image(fd, how);
		close(fd);
	}
}

static pid_t start(enum answer how)
{
	struct sockaddr_un at = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	pid_t child;

	unlink(path);
	memcpy(at.sun_path, path, sizeof(path));
	assert_int_equal(0, bind(fd, (struct sockaddr *)&at, sizeof(at)));
	assert_int_equal(0, listen(fd, 8));
	child = fork();
	if (!child)
		serve(fd, how);
	close(fd);
	return child;
}

static void answers(void **state)
{
	(void)state;
	static const struct {
		const char *name;
		enum answer how;
		const char *reference;
		int code;
		const char *says;
	} cases[] = {
		{ "with a length", LENGTH, "docker:localhost/x", 0, NULL },
		{ "in chunks", CHUNKS, "docker:localhost/x:latest", 0, NULL },
		{ "until it closes", TO_CLOSE, "docker:localhost/x", 0, NULL },
		{ "shorter than its length", CUT_LENGTH, "docker:localhost/x", SCOV_E_NET,
			"cut short" },
		{ "without the last chunk", CUT_CHUNKS, "docker:localhost/x", SCOV_E_NET,
			"cut short" },
		{ "a chunk without a length", BAD_CHUNK, "docker:localhost/x", SCOV_E_NET,
			"chunk" },
		{ "no HTTP", NO_HTTP, "docker:localhost/x", SCOV_E_NET, "HTTP" },
		{ "endless header", LONG_HEADER, "docker:localhost/x", SCOV_E_LIMIT, "headers" },
		{ "error of the engine", FAILS, "docker:localhost/x", SCOV_E_NET, "broken" },
		{ "no such image", MISSING, "docker:localhost/x", SCOV_E_NOT_FOUND, "no image" },
		{ "another image", LENGTH, "docker:y z", SCOV_E_NOT_FOUND, "no image" },
		{ "silence", SILENT, "docker:localhost/x", SCOV_E_NET, "nothing for" },
		{ "no archive", NO_TAR, "docker:localhost/x", SCOV_E_FORMAT, "tar" },
		{ "a path", LENGTH, "docker:../../containers", SCOV_E_USAGE, "not the name" },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct source_options opt = { .limits = limits_default() };
		scoped_arena struct arena a = { 0 };
		struct manifest m = { 0 };
		struct source *s = NULL;
		struct scov_err err = { 0 };
		pid_t child = start(cases[i].how);
		int code;

		opt.limits.answer_stall = 1;
		code = source_open(cases[i].reference, &opt, NULL, &s, &err);
		kill(child, SIGKILL);
		waitpid(child, NULL, 0);
		if (code != cases[i].code || (cases[i].says && !strstr(err.text, cases[i].says)))
			fail_msg("%s: %d %s", cases[i].name, code, err.text);
		if (!code) {
			assert_int_equal(0, s->ops->manifest(s, &a, &m, &err));
			assert_int_equal(m.layers.p[0].size, 7);
			check_span("description", s->description, SPAN("engine podman 4.3.1"));
			assert_string_equal(s->ops->transport, "docker");
		}
		source_free(s);
	}
}

static void no_engine(void **state)
{
	(void)state;
	struct source_options opt = { .limits = limits_default() };
	struct source *s = NULL;
	struct scov_err err;

	unlink(path);
	assert_int_equal(SCOV_E_NOT_FOUND, source_open("docker:x", &opt, NULL, &s, &err));
	setenv("DOCKER_HOST", "tcp://localhost:1", 1);
	assert_int_equal(SCOV_E_UNSUPPORTED, source_open("docker:x", &opt, NULL, &s, &err));
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(answers),
		cmocka_unit_test(no_engine) };
	char folder[] = "/tmp/test_engine.XXXXXX", host[200];
	int failed;

	if (!mkdtemp(folder))
		return 1;
	snprintf(path, sizeof(path), "%s/s", folder);
	snprintf(host, sizeof(host), "unix://%s", path);
	setenv("DOCKER_HOST", host, 1);
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	unlink(path);
	return rmdir(folder) || failed;
}
