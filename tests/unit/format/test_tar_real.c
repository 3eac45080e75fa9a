/* test_tar_real.c - the walker and the codecs against Python's tarfile, on tars that others made.
 *
 * Arguments: make-tars.sh, list-tar.py. Images are those of $SCOVILLE_TEST_IMAGES, when it is set.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/fd.h"
#include "codec/codec.h"
#include "crypto/digest.h"
#include "format/tar_write.h"

enum { SKIPPED = 77, SLOT = 256 << 10, BLOB_MAX = 64 << 20, LIST_MAX = 16 << 20 };

static const char *const images[] = { "torture", "alpine-v3.20", "busybox" };

struct list {
	struct buf lines;
	struct digester *digester;
	struct buf attributes;
	uint64_t next, size;
	bool is_file;
};

static void hex(struct buf *b, struct span s)
{
	for (size_t i = 0; i < s.len; i++)
		buf_printf(b, "%02x", span_at(s, i));
}

static void list_attributes(struct buf *b, const struct tar_entry *e)
{
	bool done[PAX_XATTRS] = { 0 };

	for (size_t n = 0; n < e->xattrs_n; n++) {
		size_t least = SIZE_MAX;

		for (size_t i = 0; i < e->xattrs_n; i++)
			if (!done[i] && (least == SIZE_MAX || span_cmp(e->xattrs[i].name,
								      e->xattrs[least].name) < 0))
				least = i;
		done[least] = true;
		buf_byte(b, ' ');
		hex(b, e->xattrs[least].name);
		buf_byte(b, '=');
		hex(b, e->xattrs[least].value);
	}
}

static int on_entry(void *ctx, const struct tar_entry *e)
{
	static const char letters[] = "?fhlcbdp??";
	struct list *l = ctx;

	buf_printf(&l->lines, "%c %o %u %u %lld %llu ", letters[e->type], e->mode, e->uid, e->gid,
		(long long)e->mtime, (unsigned long long)e->size);
	hex(&l->lines, e->path);
	buf_str(&l->lines, ". ");
	hex(&l->lines, e->link);
	buf_str(&l->lines, ". ");
	list_attributes(&l->attributes, e);
	l->next = 0;
	l->size = e->size;
	l->is_file = e->type == TAR_FILE;
	return TAR_CONTENT;
}

static void add_hole(struct list *l, uint64_t to)
{
	static const uint8_t zeros[4096];

	while (l->next < to) {
		size_t n = to - l->next < sizeof(zeros) ? (size_t)(to - l->next) : sizeof(zeros);

		digester_add(l->digester, zeros, n);
		l->next += n;
	}
}

static int on_content(void *ctx, uint64_t offset, struct span piece)
{
	struct list *l = ctx;

	add_hole(l, offset);
	digester_add(l->digester, piece.p, piece.len);
	l->next += piece.len;
	return 0;
}

static int on_end(void *ctx)
{
	struct list *l = ctx;
	char text[DIGEST_TEXT];

	add_hole(l, l->size);
	struct digest d = digester_end(l->digester);

	buf_str(&l->lines, l->is_file ? digest_hex(&d, text) : "-");
	buf_span(&l->lines, buf_view(&l->attributes));
	buf_byte(&l->lines, '\n');
	buf_release(&l->attributes);
	l->attributes = (struct buf){ 0 };
	return 0;
}

static void on_warn(void *ctx, struct span name, const char *why, enum tar_fault fault)
{
	(void)ctx;
	fprintf(stderr, "warning: '%.*s': %s%s\n", SPAN_ARG(name), why, fault ? ", left out" : "");
}

/* Unpack and walk; what was unpacked goes to the file `copy` for the other reader. */
static int list_tar(struct span in, int copy, struct list *l, struct scov_err *err)
{
	static const struct tar_events events = { on_entry, on_content, on_end, on_warn };
	static uint8_t slot[SLOT];
	struct limits limits = limits_default();
	struct codec *c = codec_open(codec_sniff(in), &limits);
	struct tar *t = tar_open(&events, l, &limits, false);
	struct codec_out out;
	int code;

	do {
		out = (struct codec_out){ .p = slot, .cap = sizeof(slot) };
		code = codec_run(c, &in, &out, err);
		if (!code)
			code = tar_push(t, span_of(slot, out.len), err);
		if (!code && fd_write_all(copy, slot, out.len))
			code = SCOV_E_IO;
	} while (!code && out.len == out.cap);
	if (!code)
		code = codec_end(c, err);
	if (!code)
		code = tar_end(t, err);
	codec_free(c);
	tar_free(t);
	return code;
}

static void read_list(const char *script, const char *tar, struct buf *out)
{
	char command[8192], part[4096];
	size_t n;

	snprintf(command, sizeof(command), "python3 '%s' '%s'", script, tar);
	FILE *f = popen(command, "r");

	while (f && (n = fread(part, 1, sizeof(part), f)) > 0)
		buf_bytes(out, part, n);
	if (!f || pclose(f))
		out->failed = true;
}

static void show_difference(const char *name, struct span got, struct span want)
{
	struct span a, b;

	for (;;) {
		bool more = span_line(&got, &a), wanted = span_line(&want, &b);

		if (!more && !wanted)
			return;
		if (!more || !wanted || !span_eq(a, b)) {
			fprintf(stderr, "%s:\n got  %.*s\n want %.*s\n", name,
				SPAN_ARG(more ? a : SPAN("nothing")),
				SPAN_ARG(wanted ? b : SPAN("nothing")));
			return;
		}
	}
}

/* Returns 1 when the two readers differ. */
static int compare(const char *script, const char *folder, const char *name, struct span in)
{
	struct list l = { .digester = digester_new(DIGEST_SHA256), .lines = { .limit = LIST_MAX } };
	scoped_buf struct buf want = { .limit = LIST_MAX };
	struct scov_err err = { 0 };
	char path[4200];

	snprintf(path, sizeof(path), "%s/unpacked", folder);
	scoped_fd int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	int code = fd < 0 ? SCOV_E_IO : list_tar(in, fd, &l, &err);
	bool same = false;

	if (code) {
		fprintf(stderr, "%s: %s\n", name, err.text);
	} else {
		read_list(script, path, &want);
		same = !want.failed && !l.lines.failed &&
		       span_eq(buf_view(&l.lines), buf_view(&want));
		if (!same)
			show_difference(name, buf_view(&l.lines), buf_view(&want));
	}
	digester_free(l.digester);
	buf_release(&l.lines);
	buf_release(&l.attributes);
	return !same;
}

/* All files of a folder that end in `tail` and are no JSON. Returns how many differ. */
static int compare_folder(
	const char *script, const char *folder, const char *from, const char *tail, int *seen)
{
	DIR *dir = opendir(from);
	struct dirent *e;
	int bad = 0;

	while (dir && (e = readdir(dir))) {
		scoped_arena struct arena a = { .limit = 2 * BLOB_MAX };
		struct scov_err err;
		struct span in;

		if (e->d_name[0] == '.' || !span_ends(span_str(e->d_name), span_str(tail)) ||
			fd_load(dirfd(dir), e->d_name, BLOB_MAX, &a, &in, &err) ||
			span_at(in, 0) == '{')
			continue;
		bad += compare(script, folder, e->d_name, in);
		++*seen;
	}
	if (dir)
		closedir(dir);
	return bad;
}

/* A tar of our writer with all that ustar cannot say, and beside it the names as GNU tar lists
 * them. */
static int write_ours(const char *folder)
{
	static const struct pax_xattr xattrs[] = { { SPAN_INIT("user.a"), SPAN_INIT("b\n=\0c") },
		{ SPAN_INIT("security.capability"),
			SPAN_INIT("\1\0\0\2\0\x20\0\0\0\0\0\0\0\0\0\0\0\0\0\0") } };
	scoped_buf struct buf tar = { 0 }, names = { 0 };
	struct scov_err err = { 0 };
	char text[8192];

	for (size_t len = 90; len < 320; len++) {
		uint8_t name[320];

		for (size_t i = 0; i < len; i++)
			name[i] = i % 60 == 59     ? '/'
				  : i + len == 200 ? 0xff
						   : (uint8_t)('a' + i % 26);
		name[len - 1] = name[0] = 'x';

		const struct tar_header h = { .path = span_of(name, len),
			.type = (uint8_t)(TAR_FILE + len % TAR_FIFO),
			.link = span_of(name, len),
			.mode = (uint32_t)len * 77 & 07777,
			.uid = (uint32_t)1 << len % 32,
			.gid = UINT32_MAX >> len % 32,
			.mtime = ((int64_t)1 << len % 40) * (len % 3 ? 1 : -1),
			.major = 7,
			.minor = (uint32_t)len,
			.xattrs = xattrs,
			.xattrs_n = len % 3 };
		struct span content = h.type == TAR_FILE ? span_of(name, len) : (struct span){ 0 };

		if (tar_write(&tar, h, content, &err)) {
			fprintf(stderr, "our tar, path of %zu: %s\n", len, err.text);
			return 1;
		}
		buf_span(&names, h.path);
		buf_str(&names, h.type == TAR_DIR ? "/\n" : "\n");
	}
	tar_write_end(&tar);
	const struct {
		const char *name;
		struct span bytes;
	} files[] = { { "ours.tar", buf_view(&tar) }, { "ours.names", buf_view(&names) } };

	for (size_t i = 0; i < 2; i++) {
		snprintf(text, sizeof(text), "%s/%s", folder, files[i].name);
		scoped_fd int fd = open(text, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);

		if (fd < 0 || fd_write_all(fd, files[i].bytes.p, files[i].bytes.len))
			return 1;
	}
	snprintf(text, sizeof(text),
		"cd '%s' && tar --quoting-style=literal -tf ours.tar > gnu.names 2> gnu.errors && "
		"cmp gnu.names ours.names && test ! -s gnu.errors",
		folder);
	return system(text) != 0;
}

static int run_all(const char *make, const char *script, const char *folder)
{
	const char *from = getenv("SCOVILLE_TEST_IMAGES");
	char text[8192];
	int seen = 0, bad = 0;

	snprintf(text, sizeof(text), "sh '%s' '%s'", make, folder);
	if (system(text)) {
		fprintf(stderr, "%s failed\n", make);
		return 1;
	}
	if (write_ours(folder)) {
		fprintf(stderr, "GNU tar does not read our tar as it was written\n");
		return 1;
	}
	bad += compare_folder(script, folder, folder, ".tar", &seen);
	if (!from)
		printf("SCOVILLE_TEST_IMAGES is not set: no layers of images\n");
	for (size_t i = 0; from && i < sizeof(images) / sizeof(*images); i++) {
		snprintf(text, sizeof(text), "%s/oci/%s/blobs/sha256", from, images[i]);
		bad += compare_folder(script, folder, text, "", &seen);
	}
	printf("%d tars read as Python reads them, %d not\n", seen - bad, bad);
	return bad || seen == 0;
}

int main(int argc, char **argv)
{
	char folder[] = "/tmp/scoville-tar-XXXXXX", text[200];

	if (argc != 3)
		return 1;
	if (system("python3 -c 'import tarfile' 2>/dev/null && tar --version 2>/dev/null | grep -q "
		   "GNU")) {
		printf("skipped: needs python3 and GNU tar\n");
		return SKIPPED;
	}
	if (!mkdtemp(folder))
		return 1;
	int bad = run_all(argv[1], argv[2], folder);

	snprintf(text, sizeof(text), "rm -rf '%s'", folder);
	return system(text) || bad;
}
