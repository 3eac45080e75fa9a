/* attached_probe.c - say what is attached to an image.
 *
 *   attached_probe REFERENCE [OPTION=VALUE ...]
 *
 * Prints a line for each thing, "row FORM|MEDIA TYPE|ARTIFACT TYPE|SIZE|DIGEST|SUBJECT|FLAGS|PLACE|
 * ANNOTATIONS|WHY", then "searched" or "not searched: WHY", and "passed over N"; or "error CODE:
 * text". Options: limits by name, deadline=MS, cancel=MS, plain-http=1, ca-file, username,
 * password, platform=N (entry of the index, from 0). Driven by tests/cases/trust.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "source/attached.h"

#include <inttypes.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/err.h"
#include "net/http.h"
#include "source/oci.h"

static int cancelled;
static struct call call = { .cancelled = &cancelled };
static struct net_options net = { .retry_ms = 20 };
static size_t entry;

static int fail(int rc, const struct scov_err *err)
{
	printf("error %d: %s\n", rc, err->text);
	return 1;
}

static void *cancel_later(void *arg)
{
	usleep(*(unsigned *)arg * 1000);
	call_cancel(&cancelled);
	return NULL;
}

/* An entry that is not an attestation of an index, or the root itself. */
static int pick(struct source *s, const struct limits *l, struct arena *a, struct attached_query *q,
	struct scov_err *err)
{
	struct descriptor d = { 0 };
	const struct json *doc;
	descriptors list = { 0 };
	struct span text;
	size_t n = 0;
	int rc = s->ops->root ? s->ops->root(s, &call, a, &d, err) : 0;

	if (rc || !s->ops->root)
		return rc;
	rc = s->ops->document(s, &d, &call, a, &text, err);
	if (!rc)
		rc = oci_parse(text, l, a, &doc, err);
	if (rc)
		return rc;
	q->manifest = (struct attached_subject){ digest_of(DIGEST_SHA256, text),
		json_get_text(doc, "mediaType"), text };
	if (!json_get(doc, "manifests"))
		return 0;
	q->index = q->manifest;
	rc = oci_index_entries(doc, l, a, &list, err);
	for (size_t i = 0; !rc && i < list.n; i++)
		if (!oci_entry_other(&list.p[i]) && n++ == entry) {
			rc = s->ops->document(s, &list.p[i], &call, a, &text, err);
			q->manifest = (struct attached_subject){ list.p[i].digest,
				list.p[i].media_type, text };
		}
	return rc;
}

static void print(const struct attached *t)
{
	char digest[DIGEST_TEXT], subject[DIGEST_TEXT];

	printf("row %u|%.*s|%.*s|%zu|%s|%s|%s%s%s|%.*s|", t->form, SPAN_ARG(t->media_type),
		SPAN_ARG(t->artifact_type), t->bytes.len, digest_format(&t->digest, digest),
		digest_format(&t->subject, subject), t->is_of_index ? "index " : "",
		t->is_listed ? "listed " : "", t->carrier.algorithm ? "carried" : "",
		SPAN_ARG(t->place));
	for (size_t i = 0; i < t->annotations.n; i++)
		printf("%s%.*s", i ? "," : "", SPAN_ARG(t->annotations.p[i].key));
	printf("|%.*s|%.*s %" PRIu64 "\n", SPAN_ARG(t->why), SPAN_ARG(t->subject_type),
		t->subject_size);
}

static bool option(const char *arg, const char *name, const char **value)
{
	size_t n = strlen(name);

	if (strncmp(arg, name, n) != 0 || arg[n] != '=')
		return false;
	*value = arg + n + 1;
	return true;
}

static uint64_t number(const char *text)
{
	uint64_t n = 0;

	span_number(span_str(text), 10, UINT64_MAX, &n);
	return n;
}

static int take_option(const char *arg, struct source_options *o, unsigned *cancel_ms)
{
	const char *v;

	if (option(arg, "ca-file", &v))
		o->ca_file = v;
	else if (option(arg, "username", &v))
		o->username = v;
	else if (option(arg, "password", &v))
		o->password = span_str(v);
	else if (option(arg, "plain-http", &v))
		o->plain_http = number(v) != 0;
	else if (option(arg, "deadline", &v))
		call_start(&call, (int64_t)number(v), &cancelled);
	else if (option(arg, "cancel", &v))
		*cancel_ms = (unsigned)number(v);
	else if (option(arg, "platform", &v))
		entry = number(v);
	else
		return limits_set(&o->limits, span_str(arg), NULL);
	return 0;
}

int main(int argc, char **argv)
{
	struct source_options o = { .limits = limits_default(), .net = &net };
	struct attached_query q = { .reference = argc > 1 ? argv[1] : "" };
	struct attached_set set = { 0 };
	scoped_arena struct arena a = { 0 };
	struct source *s = NULL;
	struct scov_err err = { 0 };
	pthread_t canceller;
	unsigned cancel_ms = 0;

	for (int i = 2; i < argc; i++)
		if (take_option(argv[i], &o, &cancel_ms)) {
			fprintf(stderr, "attached_probe: bad option '%s'\n", argv[i]);
			return 2;
		}
	int rc = source_open(q.reference, &o, &call, &s, &err);

	if (!rc)
		rc = pick(s, &o.limits, &a, &q, &err);
	if (!rc && cancel_ms && pthread_create(&canceller, NULL, cancel_later, &cancel_ms) == 0)
		pthread_detach(canceller);
	if (!rc)
		rc = attached_find(s, &o.limits, &q, &call, &a, &set, &err);
	if (!rc) {
		for (size_t i = 0; i < set.list.n; i++)
			print(&set.list.p[i]);
		printf("%s%.*s\npassed over %zu\n",
			set.is_searched ? "searched" : "not searched: ", SPAN_ARG(set.not_searched),
			set.passed_over);
	}
	source_free(s);
	return rc ? fail(rc, &err) : 0;
}
