/* test_pin.c - where files name images, and what the edits make of them.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "recipe/pin/pin.h"

#include "tests/unit/unit.h"

#define D64 "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define D "sha256:" D64
#define OTHER "sha256:ffff456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define COMMIT "11bd71901bbe5b1630ceea73d27597364c9af683"

/* want: the file when every place is pinned to D (an action to COMMIT), "" for no change; then
 * "=LINE NAME" for what is pinned already and "!LINE NAME" for what is left, with a blank after
 * each. */
static const struct {
	const char *name, *path, *text, *want, *notes;
} rows[] = {
	/* ---- Dockerfiles ---- */
	{ "a tag stays", "Dockerfile", "FROM alpine:3.20\n", "FROM alpine:3.20@" D "\n", "" },
	{ "no tag", "Dockerfile", "FROM alpine\n", "FROM alpine@" D "\n", "" },
	{ "a port is no tag", "Dockerfile", "FROM localhost:5000/a/b\n",
		"FROM localhost:5000/a/b@" D "\n", "" },
	{ "pinned", "Dockerfile", "FROM alpine:3.20@" D "\n", "", "=1 alpine:3.20 " },
	{ "a digest of another kind", "Dockerfile", "FROM alpine@sha512:00\n", "", "!1 alpine " },
	{ "SHA-512", "Dockerfile", "FROM alpine@sha512:" D64 D64 "\n", "", "=1 alpine " },
	{ "digits in upper case are refused by builders", "Dockerfile",
		"FROM "
		"alpine@sha256:ABCDEF6789abcdef0123456789abcdef0123456789abcdef0123456789abcdef\n",
		"", "!1 alpine " },
	{ "stages and scratch", "app.Dockerfile",
		"FROM golang:1.22-bookworm AS build\nRUN go build\nFROM scratch\nCOPY --from=build "
		"/a "
		"/a\nCOPY --from=0 /b /b\nFROM Build\n",
		"FROM golang:1.22-bookworm@" D
		" AS build\nRUN go build\nFROM scratch\nCOPY --from=build /a "
		"/a\nCOPY --from=0 /b /b\nFROM Build\n",
		"" },
	{ "a stage that comes later is an image", "Dockerfile",
		"FROM a:1\nCOPY --from=late / /\nFROM b:1 AS late\n",
		"FROM a:1@" D "\nCOPY --from=late@" D " / /\nFROM b:1@" D " AS late\n", "" },
	{ "platform, blanks, CRLF", "Containerfile",
		"FROM  --platform=$BUILDPLATFORM   node:20\tAS n\r\nRUN x\r\n",
		"FROM  --platform=$BUILDPLATFORM   node:20@" D "\tAS n\r\nRUN x\r\n", "" },
	{ "the last line has no end", "Dockerfile.prod", "FROM alpine:3.20", "FROM alpine:3.20@" D,
		"" },
	{ "syntax", "Dockerfile", "# syntax=docker/dockerfile:1\nFROM scratch\n",
		"# syntax=docker/dockerfile:1@" D "\nFROM scratch\n", "" },
	{ "a continued line", "Dockerfile", "FROM \\\n  alpine:3.20 \\\n  AS x\n",
		"FROM \\\n  alpine:3.20@" D " \\\n  AS x\n", "" },
	{ "a name in two pieces", "Dockerfile", "FROM alp\\\nine:3.20\n", "", "!1 alpine:3.20 " },
	{ "mounts", "Dockerfile",
		"FROM a:1\nRUN --mount=type=cache,target=/c --mount=type=bind,from=b/c:2,target=/x "
		"--mount=from=d,target=/y \\\n  make\n",
		"FROM a:1@" D "\nRUN --mount=type=cache,target=/c --mount=type=bind,from=b/c:2@" D
		",target=/x --mount=from=d@" D ",target=/y \\\n  make\n",
		"" },
	{ "a mount with quotes", "Dockerfile",
		"FROM scratch\nRUN --mount=type=bind,\\\"from=b:2\\\" make\n", "", "!2 b:2 " },
	{ "a name that other fields have too", "Dockerfile",
		"FROM scratch\nRUN --mount=type=bind,from=b,target=/b --mount=FROM=c,target=/c x\n",
		"FROM scratch\nRUN --mount=type=bind,from=b@" D ",target=/b --mount=FROM=c@" D
		",target=/c x\n",
		"" },
	{ "a name in quotes", "Dockerfile", "FROM 'a:1'\nFROM \"b:1\" AS c\n",
		"FROM 'a:1@" D "'\nFROM \"b:1@" D "\" AS c\n", "" },
	{ "a default with an empty variable", "Dockerfile", "ARG E=\nARG BASE=a:1$E\nFROM $BASE\n",
		"", "!3 $BASE " },
	{ "a variable of COPY", "Dockerfile", "FROM scratch\nCOPY --from=$X / /\n", "", "!2 $X " },
	{ "ONBUILD", "Dockerfile", "FROM scratch\nONBUILD COPY --from=a:1 / /\n",
		"FROM scratch\nONBUILD COPY --from=a:1@" D " / /\n", "" },
	{ "the default of an ARG", "Dockerfile",
		"ARG BASE=alpine:3.20\nFROM ${BASE} AS a\nFROM $BASE\n",
		"ARG BASE=alpine:3.20@" D "\nFROM ${BASE} AS a\nFROM $BASE\n", "" },
	{ "a default in quotes", "Dockerfile", "ARG X=1 BASE=\"alpine:3.20\"\nFROM \"$BASE\"\n",
		"ARG X=1 BASE=\"alpine:3.20@" D "\"\nFROM \"$BASE\"\n", "" },
	{ "a default that another name is made of", "Dockerfile",
		"ARG N=node:20\nFROM $N\nFROM ${N}-alpine\n", "", "!1 node:20 !3 ${N}-alpine " },
	{ "a tag that is a variable", "Dockerfile", "ARG V=3.20\nFROM alpine:$V\n", "",
		"!2 alpine:$V " },
	{ "an ARG without a default", "Dockerfile", "ARG BASE\nFROM $BASE\n", "", "!2 $BASE " },
	{ "a default with a variable", "Dockerfile", "ARG V=1\nARG BASE=a:$V\nFROM $BASE\n", "",
		"!3 $BASE " },
	{ "a default of its own", "Dockerfile", "FROM ${BASE:-alpine:3.20}\n", "",
		"!1 ${BASE:-alpine:3.20} " },
	{ "a digest that is a variable", "Dockerfile", "ARG H=" D "\nFROM alpine:3.20@$H\n", "",
		"=2 alpine:3.20@$H " },
	{ "a variable that is a stage", "Dockerfile",
		"ARG T=prod\nFROM a:1@" D " AS prod\nFROM ${T}\n", "", "=2 a:1 " },
	{ "an ARG of a stage is no image's", "Dockerfile",
		"FROM a:1@" D "\nARG BASE=alpine:3.20\nFROM $BASE\n", "", "=1 a:1 !3 $BASE " },
	{ "a comment and a heredoc name nothing", "Dockerfile",
		"FROM scratch\n# FROM x:1\nRUN <<E\nFROM y:1\nE\n", "", "" },
	{ "a name that is none", "Dockerfile", "FROM Alpine:3.20\n", "", "!1 Alpine:3.20 " },
	/* ---- compose ---- */
	{ "compose", "docker-compose.yml",
		"version: \"3\"\nservices:\n  web:\n    image: nginx:1.27 # the web\n  db:\n    "
		"image: "
		"'postgres:16'\n  c:\n    image: \"redis\"\n",
		"version: \"3\"\nservices:\n  web:\n    image: nginx:1.27@" D
		" # the web\n  db:\n    image: 'postgres:16@" D "'\n  c:\n    image: \"redis@" D
		"\"\n",
		"" },
	{ "what is built has a name of ours", "compose.yaml",
		"services:\n  a:\n    build: .\n    image: ours:1\n  b:\n    build:\n      "
		"additional_contexts:\n        - base=docker-image://alpine:3.20\n      "
		"dockerfile_inline: |\n        FROM x\n",
		"services:\n  a:\n    build: .\n    image: ours:1\n  b:\n    build:\n      "
		"additional_contexts:\n        - base=docker-image://alpine:3.20@" D "\n      "
		"dockerfile_inline: |\n        FROM x\n",
		"!9 b " },
	{ "variables", "compose.yaml",
		"services:\n  a: {image: \"x:${TAG:-1}\"}\n  b: {image: $IMG}\n", "",
		"!2 x:${TAG:-1} !3 $IMG " },
	{ "flow style", "compose.yaml",
		"services: {a: {image: x:1, init: true}, b: {image: \"y:1\"}}",
		"services: {a: {image: x:1@" D ", init: true}, b: {image: \"y:1@" D "\"}}", "" },
	{ "a merged anchor", "compose.yaml",
		"x-all: &all\n  image: a:1\nservices:\n  w:\n    <<: *all\n  v:\n    <<: *all\n",
		"x-all: &all\n  image: a:1@" D
		"\nservices:\n  w:\n    <<: *all\n  v:\n    <<: *all\n",
		"" },
	{ "merges that are not followed", "compose.yaml",
		"x-a: &a {image: a:1}\nx-b: &b {<<: *a}\nservices:\n  w:\n    <<: [*a, *b]\n  v:\n "
		"   "
		"<<: *b\n",
		"x-a: &a {image: a:1@" D
		"}\nx-b: &b {<<: *a}\nservices:\n  w:\n    <<: [*a, *b]\n  v:\n    "
		"<<: *b\n",
		"!4 w !6 v " },
	{ "an anchor of the name itself", "compose.yaml",
		"services:\n  a:\n    image: &i a:1\n  b:\n    image: *i\n", "",
		"!3 a:1 !5 image " },
	{ "an anchor that nothing uses", "compose.yaml", "services:\n  a:\n    image: &i a:1\n",
		"services:\n  a:\n    image: &i a:1@" D "\n", "" },
	{ "a block is not edited", "compose.yaml", "services:\n  a:\n    image: >-\n      a:1\n",
		"", "!3 a:1 " },
	{ "escapes are not edited", "compose.yaml", "services:\n  a:\n    image: \"a\\x3a1\"\n", "",
		"!3 a:1 " },
	{ "a tag of YAML, characters before, a byte order mark", "compose.yaml",
		"\xef\xbb\xbf# \xc3\xa4\xe2\x82\xac\xf0\x9f\x90\xb3\nservices:\n  a:\n    image: "
		"!!str a:1\n",
		"\xef\xbb\xbf# \xc3\xa4\xe2\x82\xac\xf0\x9f\x90\xb3\nservices:\n  a:\n    image: "
		"!!str a:1@" D "\n",
		"" },
	{ "CRLF", "compose.yaml", "services:\r\n  a:\r\n    image: a:1\r\n",
		"services:\r\n  a:\r\n    image: a:1@" D "\r\n", "" },
	{ "JSON", "compose.json", "{\"services\": {\"a\": {\"image\": \"a:1\"}}}",
		"{\"services\": {\"a\": {\"image\": \"a:1@" D "\"}}}", "" },
	/* ---- values ---- */
	{ "an empty digest in flow style", "v.yaml", "image: {repository: a, tag: '1', digest: }\n",
		"image: {repository: a, tag: '1', digest: " D "}\n", "" },
	{ "a whole name under image", "v.yaml",
		"image: {name: a:1, entrypoint: []}\nb: {name: c:1}\n",
		"image: {name: a:1@" D ", entrypoint: []}\nb: {name: c:1}\n", "" },
	/* ---- Kubernetes ---- */
	{ "all kinds of containers, several documents", "all.yaml",
		"---\napiVersion: apps/v1\nkind: Deployment\nmetadata: {name: x, annotations: "
		"{image: "
		"n:1}}\nspec:\n  template:\n    spec:\n      initContainers:\n      - image: i:1\n "
		"     "
		"containers:\n      - {name: a, image: c:1}\n      ephemeralContainers:\n      - "
		"image: "
		"e:1\n      volumes:\n      - image:\n          reference: v:1\n---\napiVersion: "
		"batch/v1\nkind: CronJob\nspec:\n  jobTemplate:\n    spec:\n      template:\n      "
		"  "
		"spec:\n          containers:\n            - image: j\n",
		"---\napiVersion: apps/v1\nkind: Deployment\nmetadata: {name: x, annotations: "
		"{image: "
		"n:1}}\nspec:\n  template:\n    spec:\n      initContainers:\n      - image: i:1@" D
		"\n      containers:\n      - {name: a, image: c:1@" D
		"}\n      ephemeralContainers:\n      - image: e:1@" D
		"\n      volumes:\n      - image:\n          reference: v:1@" D
		"\n---\napiVersion: "
		"batch/v1\nkind: CronJob\nspec:\n  jobTemplate:\n    spec:\n      template:\n      "
		"  "
		"spec:\n          containers:\n            - image: j@" D "\n",
		"" },
	{ "data is no image", "cm.yaml",
		"apiVersion: v1\nkind: ConfigMap\ndata:\n  image: a:1\n  x: |\n    image: b:1\n",
		"", "" },
	{ "a list of objects", "list.yaml",
		"apiVersion: v1\nkind: List\nitems:\n- apiVersion: v1\n  kind: ConfigMap\n  data: "
		"{image: "
		"x:1}\n- apiVersion: v1\n  kind: Pod\n  spec: {containers: [{image: a:1}]}\n",
		"apiVersion: v1\nkind: List\nitems:\n- apiVersion: v1\n  kind: ConfigMap\n  data: "
		"{image: "
		"x:1}\n- apiVersion: v1\n  kind: Pod\n  spec: {containers: [{image: a:1@" D "}]}\n",
		"" },
	{ "kustomize", "kustomization.yaml",
		"apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nimages:\n- "
		"name: a\n  "
		"newName: b\n  newTag: \"1\"\n  digest: " OTHER "\n- name: c\n  newTag: \"2\"\n",
		"", "=7 b:1 !8 c:2 " },
	/* ---- Helm ---- */
	{ "values with a digest to fill", "values.yaml",
		"image:\n  registry: ghcr.io\n  repository: a/b\n  tag: 1.10\n  digest: \"\"\nx:\n "
		" "
		"image:\n    repository: c\n    tag: v1\n    digest:\n",
		"image:\n  registry: ghcr.io\n  repository: a/b\n  tag: 1.10\n  digest: \"" D
		"\"\nx:\n  image:\n    repository: c\n    tag: v1\n    digest: " D "\n",
		"" },
	{ "values without one: the tag takes it", "values-prod.yaml",
		"image:\n  repository: a\n  tag: 1.10\n  pullPolicy: Always\nother: {image: "
		"{repository: "
		"b, tag: '2'}}\n",
		"image:\n  repository: a\n  tag: 1.10@" D
		"\n  pullPolicy: Always\nother: {image: {repository: b, tag: '2@" D "'}}\n",
		"" },
	{ "a key without a colon", "values.yaml", "image: {repository: a, tag: b, digest }\n", "",
		"!1 a:b " },
	{ "null digests", "values.yaml", "image: {repository: a, tag: b, digest: null}\n",
		"image: {repository: a, tag: b, digest: " D "}\n", "" },
	{ "a hash without its name", "values.yaml",
		"image: {repository: g/g, tag: \"1\", sha: \"\"}\n",
		"image: {repository: g/g, tag: \"1\", sha: \"" D64 "\"}\n", "" },
	{ "the chart's own tag", "values.yaml", "image:\n  repository: a\n  tag: \"\"\n", "",
		"!2 a " },
	{ "pinned values", "values.yaml",
		"image: {repository: a, tag: \"1\", digest: " D
		"}\nb:\n  image:\n    repository: c\n    "
		"tag: 1@" D "\n",
		"", "=1 a:1 =5 c:1 " },
	{ "plain strings", "values.yaml", "image: a:1\ninitImage: b/c:2\nsome: {image: d}\n",
		"image: a:1@" D "\ninitImage: b/c:2@" D "\nsome: {image: d@" D "}\n", "" },
	{ "what only ends so", "values.yaml",
		"backgroundImage: /img/x.png\nimage: https://a/b.png\nlogoImage: logo\nimage2: "
		"a:1\n",
		"", "" },
	{ "templates in values", "values.yaml", "image: \"{{ .Values.x }}:1\"\n", "",
		"!1 {{ .Values.x }}:1 " },
	/* ---- GitHub ---- */
	{ "a workflow", ".github/workflows/ci.yml",
		"on: push\njobs:\n  a:\n    container: c:1\n    services: {db: {image: d:1}}\n    "
		"steps:\n    - uses: docker://e:1\n    - uses: ./mine\n    - uses: o/n@v4\n    - "
		"uses: "
		"'o/n/sub@v4' # why\n    - run: x\n",
		"on: push\njobs:\n  a:\n    container: c:1@" D "\n    services: {db: {image: d:1@" D
		"}}\n    steps:\n    - uses: docker://e:1@" D
		"\n    - uses: ./mine\n    - uses: o/n@" COMMIT
		" # v4\n    - uses: 'o/n/sub@" COMMIT "' # v4 # why\n    - run: x\n",
		"" },
	{ "pinned actions, of a reusable workflow, in flow style", "w.yaml",
		"on: [push]\njobs:\n  a: {container: {image: \"x:1\"}, steps: [{uses: o/n@v1}]}\n  "
		"b:\n    "
		"uses: o/n/.github/workflows/x.yml@" COMMIT
		" # tag=v2\n  c:\n    uses: o/n/x.yml@" COMMIT "\n",
		"on: [push]\njobs:\n  a: {container: {image: \"x:1@" D
		"\"}, steps: [{uses: o/n@" COMMIT
		"}]}\n  b:\n    uses: o/n/.github/workflows/x.yml@" COMMIT
		" # tag=v2\n  c:\n    uses: o/n/x.yml@" COMMIT "\n",
		"=5 o/n/.github/workflows/x.yml@v2 =7 o/n/x.yml " },
	{ "an action of its own", "action.yml",
		"name: x\nruns:\n  using: docker\n  image: docker://a:1\n",
		"name: x\nruns:\n  using: docker\n  image: docker://a:1@" D "\n", "" },
	{ "expressions", "w.yml", "on: push\njobs: {a: {container: \"${{ matrix.i }}\"}}\n", "",
		"!2 ${{ matrix.i }} " },
};

static void mark(struct buf *b, char c, const struct pin_spot *s)
{
	buf_printf(b, "%c%u %.*s ", c, s->line, SPAN_ARG(s->image));
}

static void finds(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		scoped_arena struct arena a = { .limit = 16 << 20 };
		scoped_buf struct buf notes = { 0 }, got = { 0 };
		struct span file = span_str(rows[i].text);
		pin_spots spots = { 0 };
		pin_edits edits = { 0 };
		struct scov_err err = { 0 };

		if (pin_find(file, rows[i].path, &a, &spots, &err))
			fail_msg("%s: %s", rows[i].name, err.text);
		buf_str(&notes, "");
		for (size_t k = 0; k < spots.n; k++) {
			const struct pin_spot *s = &spots.p[k];

			if (s->digest.len)
				mark(&notes, '=', s);
			else if (s->left)
				mark(&notes, '!', s);
			else
				pin_write(s, s->form == PIN_COMMIT ? SPAN(COMMIT) : SPAN(D), &a,
					&edits);
		}
		check(rows[i].name, pin_sort(&edits));
		pin_apply(file, &edits, &got);
		check_span(rows[i].name, buf_view(&got),
			*rows[i].want ? span_str(rows[i].want) : file);
		check_span(rows[i].name, buf_view(&notes), span_str(rows[i].notes));
	}
}

static const struct {
	const char *name, *path, *text, *want;
	int code;
} bad[] = {
	{ "no Dockerfile", "Dockerfile", "FROM\n", "line 1", SCOV_E_FORMAT },
	{ "no YAML", "x.yaml", "a: b\n c: [\n", "line 2", SCOV_E_FORMAT },
	{ "a template", "deploy.yaml", "a:\n{{- if .x }}\n  image: b\n{{- end }}\n", "templates",
		SCOV_E_FORMAT },
	{ "a Dockerfile by another name", "Df", "FROM debian:latest\n", "by its name, a Dockerfile",
		SCOV_E_FORMAT },
	{ "an alias without its anchor", "x.yaml", "a: *b\n", "line 1", SCOV_E_FORMAT },
};

static void refuses(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		scoped_arena struct arena a = { .limit = 16 << 20 };
		pin_spots spots = { 0 };
		struct scov_err err = { 0 };

		check(bad[i].name, pin_find(span_str(bad[i].text), bad[i].path, &a, &spots, &err) ==
					   bad[i].code);
		check(bad[i].name, strstr(err.text, bad[i].want) != NULL);
	}
}

/* Each far over its bound: refused, and at once. */
static void bounds(void **state)
{
	(void)state;
	static const struct {
		const char *head, *piece;
		size_t times;
	} big[] = {
		{ "", "[", 1000 },
		{ "a: ", "- ", 100 },
		{ "", "- image: a:1\n", 100000 },
		{ "", "- &a b\n", 5000 },
		{ "", "- a\n", 300000 },
		{ "FROM a", "a", PIN_FILE_MAX },
	};

	for (size_t i = 0; i < sizeof(big) / sizeof(*big); i++) {
		scoped_arena struct arena a = { .limit = 256 << 20 };
		scoped_buf struct buf b = { 0 };
		pin_spots spots = { 0 };
		struct scov_err err = { 0 };

		buf_str(&b, big[i].head);
		for (size_t k = 0; k < big[i].times; k++)
			buf_str(&b, big[i].piece);
		check(big[i].piece, pin_find(buf_view(&b), "x.yaml", &a, &spots, &err) != 0);
	}
}

static void updates(void **state)
{
	(void)state;
	static const struct {
		const char *path, *text, *want;
	} list[] = {
		{ "Dockerfile", "FROM a:1@" OTHER " AS b\n", "FROM a:1@" D " AS b\n" },
		{ "v.yaml", "image: {repository: a, tag: '1', digest: " OTHER "}",
			"image: {repository: a, tag: '1', digest: " D "}" },
		{ "v.yaml", "image: {repository: a, tag: '1@" OTHER "'}",
			"image: {repository: a, tag: '1@" D "'}" },
	};

	for (size_t i = 0; i < sizeof(list) / sizeof(*list); i++) {
		scoped_arena struct arena a = { .limit = 1 << 20 };
		scoped_buf struct buf got = { 0 };
		pin_spots spots = { 0 };
		pin_edits edits = { 0 };
		struct scov_err err = { 0 };

		assert_int_equal(
			pin_find(span_str(list[i].text), list[i].path, &a, &spots, &err), 0);
		assert_int_equal(spots.n, 1);
		assert_true(spots.p[0].has_tag);
		pin_write(&spots.p[0], SPAN(D), &a, &edits);
		pin_apply(span_str(list[i].text), &edits, &got);
		check_span(list[i].text, buf_view(&got), span_str(list[i].want));
	}
}

/* Edits of single lines of "1\n2\n...": the context stops before a secret and is even. */
static void diffs(void **state)
{
	(void)state;
	static const char file[] = "a\nb\nc\nd\ne\nf\ng\nh\ni\nj\nk\nl\nm";
	static const struct {
		const char *name, *path, *masked;
		size_t at[3], n, hidden;
		const char *want;
	} list[] = {
		{ "one line", "x", file, { 9 }, 1, 0,
			"--- ./x\n+++ ./x\n@@ -2,7 +2,7 @@\n b\n c\n d\n-e\n+e+\n f\n g\n h\n" },
		{ "two that meet", "./y z", file, { 1, 15 }, 2, 0,
			"--- ./y z\t\n+++ ./y z\t\n@@ -1,11 +1,11 @@\n-a\n+a+\n b\n c\n d\n e\n "
			"f\n g\n-h\n+h+\n "
			"i\n j\n k\n" },
		{ "the last has no end", "a\"b", file, { 25 }, 1, 0,
			"--- \"./a\\\"b\"\n+++ \"./a\\\"b\"\n@@ -10,4 +10,4 @@\n j\n k\n l\n-m\n\\ "
			"No newline "
			"at end of file\n+m+\n\\ No newline at end of file\n" },
		{ "secrets around", "/x", "a\nb\nc\n*\ne\nf\n*\nh\ni\nj\nk\nl\nm", { 9 }, 1, 0,
			"--- /x\n+++ /x\n@@ -5,2 +5,2 @@\n-e\n+e+\n f\n" },
		{ "a secret in the line", "x", "a\nb\nc\nd\n*\nf\ng\nh\ni\nj\nk\nl\nm", { 9 }, 1, 1,
			"" },
	};

	for (size_t i = 0; i < sizeof(list) / sizeof(*list); i++) {
		scoped_arena struct arena a = { .limit = 1 << 20 };
		scoped_buf struct buf got = { 0 };
		pin_edits edits = { 0 };

		for (size_t k = 0; k < list[i].n; k++)
			vec_add(&edits, &a,
				&(struct pin_edit){ list[i].at[k], list[i].at[k], 0, SPAN("+") });
		check(list[i].name, pin_diff(SPAN(file), span_str(list[i].masked), list[i].path,
					    &edits, &a, &got) == list[i].hidden);
		check_span(list[i].name, buf_view(&got), span_str(list[i].want));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(finds),
		cmocka_unit_test(refuses),
		cmocka_unit_test(bounds),
		cmocka_unit_test(updates),
		cmocka_unit_test(diffs),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
