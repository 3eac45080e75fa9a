/* Layouts, archives and file trees made here, most of them broken.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "tests/unit/unit.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "image/image.h"
#include "source/oci.h"
#include "format/tar_write.h"

static char folder[] = "/tmp/test_local.XXXXXX";

static const char *in_folder(const char *name)
{
	static char text[4][512];
	static int turn;

	turn = (turn + 1) % 4;
	snprintf(text[turn], sizeof(text[turn]), "%s/%s", folder, name);
	return text[turn];
}

static void write_file(const char *name, struct span bytes)
{
	int fd = open(in_folder(name), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, bytes.p, bytes.len), (ssize_t)bytes.len);
	close(fd);
}

/* Writes blobs/sha256/HEX; returns a descriptor as JSON. */
static const char *put_blob(struct arena *a, struct span bytes, const char *type, const char *more)
{
	struct digest d = digest_of(DIGEST_SHA256, bytes);
	char text[DIGEST_TEXT], hex[DIGEST_TEXT];

	write_file(arena_printf(a, "l/blobs/sha256/%s", digest_hex(&d, hex)), bytes);
	return arena_printf(a, "{\"mediaType\":\"%s\",\"digest\":\"%s\",\"size\":%zu%s}", type,
		digest_format(&d, text), bytes.len, more);
}

static void empty_layout(void)
{
	scoped_arena struct arena a = { 0 };

	assert_int_equal(0, system(arena_printf(&a, "rm -rf %s/l && mkdir -p %s/l/blobs/sha256",
				    folder, folder)));
	write_file("l/oci-layout", SPAN("{\"imageLayoutVersion\":\"1.0.0\"}"));
}

static const char *make_image(struct arena *a, const char *more)
{
	const char *layer =
		put_blob(a, SPAN("no tar"), "application/vnd.oci.image.layer.v1.tar", "");
	const char *config = put_blob(a, SPAN("{}"), OCI_CONFIG, "");
	struct span doc = span_str(arena_printf(
		a, "{\"schemaVersion\":2,\"config\":%s,\"layers\":[%s]}", config, layer));

	return put_blob(a, doc, OCI_MANIFEST, more);
}

static const char *make_other_image(struct arena *a, const char *more)
{
	const char *config = put_blob(a, SPAN("{ }"), OCI_CONFIG, "");

	return put_blob(a,
		span_str(arena_printf(
			a, "{\"schemaVersion\":2,\"config\":%s,\"layers\":[]}", config)),
		OCI_MANIFEST, more);
}

/* Everything up to the open layer. */
static int use(const char *reference, struct scov_err *err)
{
	struct source_options opt = { .limits = limits_default() };
	scoped_arena struct arena a = { 0 };
	struct image_choices c = { 0 };
	struct manifest m = { 0 };
	struct source *s = NULL;
	struct stream *stream = NULL;
	const struct image_choice *choice;
	int code = source_open(reference, &opt, NULL, &s, err);

	if (!code)
		code = image_list(s, &opt.limits, NULL, &a, &c, err);
	if (!code)
		code = image_pick(
			&(struct image_reader){ s, &opt.limits, NULL, &a }, &c, NULL, &choice, err);
	if (!code)
		code = image_manifest(s, &opt.limits, choice, NULL, &a, &m, err);
	if (!code)
		code = s->ops->open(s, &m.layers.p[0], NULL, &stream, err);
	if (!code)
		stream->close(stream);
	source_free(s);
	return code;
}

static void index_with(struct arena *a, const char *entries)
{
	write_file("l/index.json", span_str(arena_printf(a, "{\"manifests\":[%s]}", entries)));
}

static void layout_names(void **state)
{
	(void)state;
	scoped_arena struct arena a = { 0 };
	struct scov_err err;
	const char *ref = arena_printf(&a, "oci:%s/l", folder), *two, *one;

	empty_layout();
	one = make_image(&a, ",\"annotations\":{\"org.opencontainers.image.ref.name\":\"v1\"}");
	index_with(&a, one);
	assert_int_equal(0, use(ref, &err));
	two = put_blob(&a, SPAN("{}"), OCI_MANIFEST,
		",\"annotations\":{\"org.opencontainers.image.ref.name\":\"v2\"}");
	index_with(&a, arena_printf(&a, "%s,%s", one, two));
	assert_int_equal(SCOV_E_USAGE, use(ref, &err));
	assert_non_null(strstr(err.text, "v1, v2"));
	assert_int_equal(0, use(arena_printf(&a, "%s:v1", ref), &err));
	assert_int_equal(SCOV_E_NOT_FOUND, use(arena_printf(&a, "%s:v3", ref), &err));
	assert_non_null(strstr(err.text, "v1, v2"));
	assert_int_equal(0, use(arena_printf(&a, "%s@%.71s", ref, strstr(one, "sha256:")), &err));
	/* Signatures beside an image, as `cosign save` writes them, are no second image. */
	two = put_blob(&a, SPAN("{ }"), OCI_MANIFEST,
		",\"annotations\":{\"kind\":\"dev.cosignproject.cosign/sigs\"}");
	index_with(&a, arena_printf(&a, "%s,%s", two, one));
	assert_int_equal(0, use(ref, &err));
	index_with(&a, two);
	assert_int_equal(SCOV_E_UNSUPPORTED, use(ref, &err));
}

/* What stands beside an image in a layout is no second one: tools name it by OCI 1.1's fallback tag
 * or cosign's tags, or not at all. */
static void layouts_with_referrers(void **state)
{
	(void)state;
#define ARTIFACT                                                                                   \
	"{\"config\":{\"mediaType\":\"application/"                                                \
	"vnd.oci.empty.v1+json\",\"digest\":\"sha256:" HEX64                                       \
	"\",\"size\":2},\"layers\":[{\"mediaType\":\"application/"                                 \
	"spdx+json\",\"digest\":\"sha256:" HEX64 "\",\"size\":2}]}"
#define HEX64 "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define NAME(text) ",\"annotations\":{\"org.opencontainers.image.ref.name\":\"" text "\"}"
	static const struct {
		const char *name, *document, *type, *more;
		int code;
	} cases[] = {
		{ "fallback tag", "{\"manifests\":[]}", OCI_INDEX, NAME("sha256-" HEX64), 0 },
		{ "fallback tag with the repository", "{\"manifests\":[]}", OCI_INDEX,
			NAME("localhost:5000/a:sha256-" HEX64), 0 },
		{ "cosign's tag", ARTIFACT, OCI_MANIFEST, NAME("sha256-" HEX64 ".sig"), 0 },
		{ "cosign's tag with the repository", ARTIFACT, OCI_MANIFEST,
			NAME("r.example/a:sha256-" HEX64 ".att"), 0 },
		{ "typed", ARTIFACT, OCI_MANIFEST, ",\"artifactType\":\"application/spdx+json\"",
			0 },
		{ "of an unknown type", ARTIFACT, OCI_MANIFEST,
			",\"artifactType\":\"application/x\"", 0 },
		{ "without a type", ARTIFACT, OCI_MANIFEST, "", 0 },
		{ "for no platform", "{}", OCI_MANIFEST,
			",\"platform\":{\"os\":\"unknown\",\"architecture\":\"unknown\"}", 0 },
		{ "an image, whatever it says", "", OCI_MANIFEST,
			",\"artifactType\":\"application/x\"", SCOV_E_USAGE },
		{ "another name that ends so", ARTIFACT, OCI_MANIFEST, NAME("v1.sig"), 0 },
		{ "an image of a name that ends so", "", OCI_MANIFEST, NAME("v1.sig"),
			SCOV_E_USAGE },
		{ "not readable", "{", OCI_MANIFEST, "", SCOV_E_USAGE },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		scoped_arena struct arena a = { 0 };
		struct scov_err err = { 0 };
		const char *one, *two;

		empty_layout();
		one = make_image(&a, *cases[i].document ? "" : NAME("1"));
		two = *cases[i].document ? put_blob(&a, span_str(cases[i].document), cases[i].type,
						   cases[i].more)
					 : make_other_image(&a, cases[i].more);
		for (int turn = 0; turn < 2; turn++) {
			index_with(
				&a, arena_printf(&a, "%s,%s", turn ? one : two, turn ? two : one));
			if (use(arena_printf(&a, "oci:%s/l", folder), &err) != cases[i].code)
				fail_msg("%s: %d %s", cases[i].name, err.code, err.text);
		}
	}
	scoped_arena struct arena a = { 0 };
	struct scov_err err = { 0 };

	empty_layout();
	index_with(&a, make_image(&a, ",\"artifactType\":\"application/vnd.example.app.v1\""));
	assert_int_equal(0, use(arena_printf(&a, "oci:%s/l", folder), &err));
}

static void broken_layouts(void **state)
{
	(void)state;
	static const struct {
		const char *name, *shell;
		int code;
	} cases[] = {
		{ "whole", "true", 0 },
		{ "no index", "rm index.json oci-layout", SCOV_E_FORMAT },
		{ "HTML for an index", "echo '<html>' > index.json", SCOV_E_FORMAT },
		{ "empty index", "echo '{\"manifests\":[]}' > index.json", SCOV_E_NOT_FOUND },
		{ "index is a folder", "rm index.json; mkdir index.json", SCOV_E_FORMAT },
		{ "index is a pipe", "rm index.json; mkfifo index.json", SCOV_E_FORMAT },
		{ "giant index", "truncate -s 100M index.json", SCOV_E_LIMIT },
		{ "another version", "echo '{\"imageLayoutVersion\":\"2.0.0\"}' > oci-layout",
			SCOV_E_UNSUPPORTED },
		{ "no version", "echo '{}' > oci-layout", SCOV_E_UNSUPPORTED },
		{ "no blobs", "rm -r blobs", SCOV_E_NOT_FOUND },
		{ "blobs elsewhere", "mv blobs b; ln -s b blobs", 0 },
		{ "blobs outside", "mv blobs ../b; ln -s ../b blobs", 0 },
		{ "blobs are links",
			"cd blobs/sha256; for f in *; do mv $f ../../$f; ln -s ../../$f $f; done",
			0 },
		{ "index is a link", "mv index.json i; ln -s i index.json", 0 },
		{ "blobs link to other bytes",
			"cd blobs/sha256; for f in *; do ln -sf /etc/passwd $f; done",
			SCOV_E_DIGEST },
		{ "blobs link to a device",
			"cd blobs/sha256; for f in *; do ln -sf /dev/zero $f; done",
			SCOV_E_FORMAT },
		{ "blobs link to nothing",
			"cd blobs/sha256; for f in *; do ln -sf nothing $f; done",
			SCOV_E_NOT_FOUND },
		{ "blobs link in a circle",
			"cd blobs/sha256; for f in *; do rm $f; ln -s $f $f; done", SCOV_E_FORMAT },
		{ "blobs are pipes", "cd blobs/sha256; for f in *; do rm $f; mkfifo $f; done",
			SCOV_E_FORMAT },
		{ "blobs are folders", "cd blobs/sha256; for f in *; do rm $f; mkdir $f; done",
			SCOV_E_FORMAT },
		{ "blobs cut", "truncate -s 5 blobs/sha256/*", SCOV_E_DIGEST },
		{ "blobs longer", "truncate -s +1 blobs/sha256/*", SCOV_E_DIGEST },
		{ "manifest of 100 MB", "truncate -s 100M blobs/sha256/*", SCOV_E_LIMIT },
		{ "bytes changed", "sed -i 's/2/3/' blobs/sha256/*", SCOV_E_DIGEST },
		{ "only the layer is gone", "rm $(grep -l 'no tar' blobs/sha256/*)",
			SCOV_E_NOT_FOUND },
		{ "only the layer is longer", "echo >> $(grep -l 'no tar' blobs/sha256/*)",
			SCOV_E_DIGEST },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		scoped_arena struct arena a = { 0 };
		struct scov_err err = { 0 };

		empty_layout();
		index_with(&a, make_image(&a, ""));
		check(cases[i].name,
			!system(arena_printf(&a, "cd %s/l && { %s; }", folder, cases[i].shell)));
		if (use(arena_printf(&a, "oci:%s/l", folder), &err) != cases[i].code)
			fail_msg("%s: %d %s", cases[i].name, err.code, err.text);
		check(cases[i].name, !cases[i].code || err.text[0]);
	}
}

static void wrong_paths(void **state)
{
	(void)state;
	static const struct {
		const char *form;
		int code;
	} cases[] = {
		{ "oci:%s/none", SCOV_E_NOT_FOUND },
		{ "oci:%s/file", SCOV_E_IO },
		{ "oci:%s/dir", SCOV_E_FORMAT },
		{ "dir:%s/dir", SCOV_E_FORMAT },
		{ "dir:%s/none", SCOV_E_NOT_FOUND },
		{ "%s/none", SCOV_E_NOT_FOUND },
		{ "%s/dir", SCOV_E_USAGE },
		{ "%s/file", SCOV_E_FORMAT },
		{ "%s/empty", SCOV_E_FORMAT },
		{ "docker-archive:%s/dir", SCOV_E_FORMAT },
		{ "docker-archive:%s/file", SCOV_E_FORMAT },
		{ "oci-archive:%s/none.tar", SCOV_E_NOT_FOUND },
		{ "rootfs:%s/none", SCOV_E_NOT_FOUND },
	};

	write_file("file", SPAN("text\n"));
	write_file("empty", SPAN(""));
	mkdir(in_folder("dir"), 0755);
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct scov_err err = { 0 };
		char text[1024];

		snprintf(text, sizeof(text), cases[i].form, folder);
		if (use(text, &err) != cases[i].code)
			fail_msg("%s: %d %s", text, err.code, err.text);
	}
}

/* ---- archives */

static void add(
	struct buf *b, uint8_t type, const char *path, const char *link, struct span content)
{
	struct tar_header e = {
		.type = type, .path = span_str(path), .link = span_str(link), .mode = 0644
	};

	assert_int_equal(tar_write(b, e, content, NULL), 0);
}

#define MANIFEST(layer)                                                                            \
	SPAN("[{\"Config\":\"c.json\",\"RepoTags\":[\"x:1\"],\"Layers\":[\"" layer "\"]}]")

static void one_place(void **state)
{
	(void)state;
	scoped_arena struct arena a = { 0 };
	static const struct {
		const char *one, *other; /* F is the folder */
		bool is;
	} cases[] = {
		{ "oci:F/l", "oci:F/l/", true },
		{ "oci:F/l", "oci:F/other/../l", true },
		{ "oci:F/l", "oci:F/link", true },
		{ "oci:F/l", "F/link", true },
		{ "oci:F/l", "oci:F/other", false },
		{ "oci:F/l:1", "oci:F/link", true },
		{ "oci:F/l:1", "oci:F/link:2", false },
		{ "oci:F/absent", "oci:F/none", false },
		{ "nginx", "docker.io/library/nginx:latest", true },
		{ "nginx", "docker://index.docker.io/nginx", true },
		{ "nginx:1", "nginx:2", false },
		{ "nginx:1", "docker:nginx:1", false },
		{ "nginx:1",
			"nginx@sha256:"
			"0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
			true },
		{ "nginx", "ghcr.io/nginx/nginx", false },
		{ "docker:nginx", "docker:library/nginx:latest", true },
		{ "docker:nginx", "docker:redis", false },
	};

	assert_int_equal(
		0, system(arena_printf(&a,
			   "rm -rf %s/link %s/other; mkdir -p %s/l %s/other; ln -s l %s/link",
			   folder, folder, folder, folder, folder)));
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		const char *texts[2] = { cases[i].one, cases[i].other };

		for (size_t k = 0; k < 2; k++) {
			const char *f = strchr(texts[k], 'F');

			if (f)
				texts[k] = arena_printf(&a, "%.*s%s%s", (int)(f - texts[k]),
					texts[k], folder, f + 1);
		}
		if (source_same(texts[0], texts[1]) != cases[i].is ||
			source_same(texts[1], texts[0]) != cases[i].is)
			fail_msg("%s, %s", cases[i].one, cases[i].other);
	}
}

static void docker_archives(void **state)
{
	(void)state;
	static const struct {
		const char *name;
		struct span manifest;
		int code;
		const char *says;
	} cases[] = {
		{ "by path", { 0 }, 0, NULL },
		{ "a link up and down", SPAN_INIT("b/layer.tar"), 0, NULL },
		{ "a hard link", SPAN_INIT("hard"), 0, NULL },
		{ "a dotted name", SPAN_INIT("./b/../a/layer.tar"), 0, NULL },
		{ "a loop of links", SPAN_INIT("loop1"), SCOV_E_FORMAT, "loop" },
		{ "a link out", SPAN_INIT("out"), SCOV_E_FORMAT, "links out" },
		{ "a name out", SPAN_INIT("../x"), SCOV_E_FORMAT, "not a name inside" },
		{ "not there", SPAN_INIT("nope"), SCOV_E_NOT_FOUND, "nope" },
		{ "a folder", SPAN_INIT("a"), SCOV_E_FORMAT, "not a regular file" },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		scoped_arena struct arena a = { 0 };
		scoped_buf struct buf b = { 0 };
		struct span layer = cases[i].manifest.len ? cases[i].manifest : SPAN("a/layer.tar");
		struct scov_err err = { 0 };

		add(&b, TAR_FILE, "manifest.json", "", SPAN("[]"));
		add(&b, TAR_DIR, "a", "", SPAN(""));
		add(&b, TAR_FILE, "a/layer.tar", "", SPAN("no tar"));
		add(&b, TAR_SYMLINK, "b/layer.tar", "../a/layer.tar", SPAN(""));
		add(&b, TAR_HARDLINK, "hard", "a/layer.tar", SPAN(""));
		add(&b, TAR_SYMLINK, "loop1", "loop2", SPAN(""));
		add(&b, TAR_SYMLINK, "loop2", "loop1", SPAN(""));
		add(&b, TAR_SYMLINK, "out", "../../etc/passwd", SPAN(""));
		add(&b, TAR_FILE, "c.json", "", SPAN("{}"));
		/* The second of a name counts. */
		add(&b, TAR_FILE, "manifest.json", "",
			span_str(arena_printf(&a,
				"[{\"Config\":\"c.json\",\"RepoTags\":[\"x:1\"],\"Layers\":[\"%.*"
				"s\"]}]",
				SPAN_ARG(layer))));
		tar_write_end(&b);
		write_file("d.tar", buf_view(&b));
		if (use(arena_printf(&a, "docker-archive:%s/d.tar:x:1", folder), &err) !=
			cases[i].code)
			fail_msg("%s: %d %s", cases[i].name, err.code, err.text);
		check(cases[i].name, !cases[i].says || strstr(err.text, cases[i].says));
	}
}

static void cut_archives(void **state)
{
	(void)state;
	scoped_arena struct arena a = { 0 };
	scoped_buf struct buf b = { 0 };
	const char *ref = arena_printf(&a, "docker-archive:%s/d.tar", folder);
	uint8_t big[20000] = { 0 };
	struct scov_err err;

	add(&b, TAR_FILE, "manifest.json", "", MANIFEST("l.tar"));
	add(&b, TAR_FILE, "c.json", "", SPAN("{}"));
	add(&b, TAR_FILE, "l.tar", "", span_of(big, sizeof(big)));
	tar_write_end(&b);
	write_file("d.tar", buf_view(&b));
	assert_int_equal(0, use(ref, &err));
	/* Cut in the layer, in a header, and flipped in a header. */
	write_file("d.tar", span_sub(buf_view(&b), 0, b.len - 8000));
	assert_int_equal(SCOV_E_FORMAT, use(ref, &err));
	assert_non_null(strstr(err.text, "cut short"));
	write_file("d.tar", span_sub(buf_view(&b), 0, 1024 + 100));
	assert_int_equal(SCOV_E_FORMAT, use(ref, &err));
	b.p[1024 + 3] ^= 1;
	write_file("d.tar", buf_view(&b));
	assert_int_equal(SCOV_E_FORMAT, use(ref, &err));
}

static void archive_limits(void **state)
{
	(void)state;
	scoped_arena struct arena a = { 0 };
	scoped_buf struct buf b = { 0 };
	struct source_options opt = { .limits = limits_default() };
	struct source *s = NULL;
	struct scov_err err;
	char name[16];

	for (int i = 0; i < 100; i++) {
		snprintf(name, sizeof(name), "f%d", i);
		add(&b, TAR_FILE, name, "", SPAN(""));
	}
	tar_write_end(&b);
	write_file("d.tar", buf_view(&b));
	opt.limits.archive_entries = 99;
	assert_int_equal(
		SCOV_E_LIMIT, source_open(arena_printf(&a, "docker-archive:%s/d.tar", folder), &opt,
				      NULL, &s, &err));
	assert_non_null(strstr(err.text, "archive_entries"));
	assert_int_equal(0, system(arena_printf(&a, "gzip -f %s/d.tar", folder)));
	opt.limits = limits_default();
	opt.limits.spool_size = 20000;
	assert_int_equal(
		SCOV_E_LIMIT, source_open(arena_printf(&a, "docker-archive:%s/d.tar.gz", folder),
				      &opt, NULL, &s, &err));
	assert_null(s);
}

/* ---- file trees */

struct seen {
	struct arena arena;
	struct buf text; /* one line an entry */
};

static int on_entry(void *ctx, const struct tar_entry *e)
{
	struct seen *s = ctx;

	buf_printf(&s->text, "%d %.*s %.*s %llu %zu\n", e->type, SPAN_ARG(e->path),
		SPAN_ARG(e->link), (unsigned long long)e->size, e->xattrs_n);
	return TAR_SKIP;
}

static int list_rootfs(const char *reference, struct seen *seen, struct scov_err *err)
{
	static const struct tar_events events = { .entry = on_entry };
	struct source_options opt = { .limits = limits_default() };
	scoped_arena struct arena a = { 0 };
	struct tar *t = tar_open(&events, seen, &opt.limits, true);
	struct manifest m = { 0 };
	struct source *s = NULL;
	struct stream *stream = NULL;
	uint8_t block[777];
	int64_t n = 0;
	int code = source_open(reference, &opt, NULL, &s, err);

	if (!code)
		code = s->ops->manifest(s, &a, &m, err);
	if (!code)
		code = s->ops->open(s, &m.layers.p[0], NULL, &stream, err);
	while (!code && (n = stream->read(stream, block, sizeof(block), err)) > 0)
		code = tar_push(t, span_of(block, (size_t)n), err);
	if (!code)
		code = n < 0 ? (int)n : tar_end(t, err);
	if (!code)
		assert_true(tar_counts(t).has_end);
	if (stream)
		stream->close(stream);
	tar_free(t);
	source_free(s);
	return code;
}

static void a_folder_as_a_tree(void **state)
{
	(void)state;
	scoped_arena struct arena a = { 0 };
	struct seen seen = { { 0 } };
	struct scov_err err = { 0 };
	char longer[256] = { 0 }, want[2048];
	bool has_xattr;

	memset(longer, 'n', 200);
	assert_int_equal(0, system(arena_printf(&a,
				    "rm -rf %s/t; mkdir -p %s/t/usr/bin %s/t/empty && cd %s/t && "
				    "echo hello > usr/bin/a"
				    " && ln usr/bin/a usr/bin/b && ln -s ../etc/x usr/l && mkfifo "
				    "p && head -c 70000 /dev/zero > big"
				    " && touch %s && ln -s %s s",
				    folder, folder, folder, folder, longer, longer)));
	has_xattr = !setxattr(in_folder("t/big"), "user.k", "v\0w", 3, 0);
	if (list_rootfs(arena_printf(&a, "rootfs:%s/t", folder), &seen, &err))
		fail_msg("%s", err.text);
	snprintf(want, sizeof(want),
		"1 big  70000 %d\n6 empty  0 0\n1 %s  0 0\n7 p  0 0\n3 s %s 0 0\n6 usr  0 0\n6 "
		"usr/bin  0 0\n"
		"1 usr/bin/a  6 0\n2 usr/bin/b usr/bin/a 0 0\n3 usr/l ../etc/x 0 0\n",
		has_xattr, longer, longer);
	check_span("entries", buf_view(&seen.text), span_str(want));
	buf_release(&seen.text);
	/* A tar of it is read as it is. */
	seen.text = (struct buf){ 0 };
	assert_int_equal(
		0, system(arena_printf(&a, "tar -C %s/t -cf %s/t.tar usr", folder, folder)));
	assert_int_equal(0, list_rootfs(arena_printf(&a, "rootfs:%s/t.tar", folder), &seen, &err));
	assert_non_null(strstr(seen.text.p, "1 usr/bin/"));
	buf_release(&seen.text);
}

static void a_file_that_cannot_be_read(void **state)
{
	(void)state;
	scoped_arena struct arena a = { 0 };
	struct seen seen = { { 0 } };
	struct scov_err err = { 0 };

	if (!geteuid())
		skip(); /* root reads all */
	assert_int_equal(
		0, system(arena_printf(&a, "rm -rf %s/t; mkdir %s/t; touch %s/t/x; chmod 0 %s/t/x",
			   folder, folder, folder, folder)));
	assert_int_equal(
		SCOV_E_IO, list_rootfs(arena_printf(&a, "rootfs:%s/t", folder), &seen, &err));
	assert_non_null(strstr(err.text, "'x'"));
	buf_release(&seen.text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(layout_names),
		cmocka_unit_test(layouts_with_referrers),
		cmocka_unit_test(broken_layouts),
		cmocka_unit_test(wrong_paths),
		cmocka_unit_test(one_place),
		cmocka_unit_test(docker_archives),
		cmocka_unit_test(cut_archives),
		cmocka_unit_test(archive_limits),
		cmocka_unit_test(a_folder_as_a_tree),
		cmocka_unit_test(a_file_that_cannot_be_read),
	};
	char command[64];
	int failed;

	if (!mkdtemp(folder))
		return 1;
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	snprintf(command, sizeof(command), "rm -rf %s", folder);
	return system(command) || failed;
}
