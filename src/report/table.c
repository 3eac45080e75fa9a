/* table.c - the formats of -o.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "report/table.h"

#include "base/err.h"

const struct writer *const writers[] = { &text_writer, &json_writer, &badge_writer,
	&cyclonedx_writer, &spdx_writer, &purl_writer, NULL };

const struct writer *writer_find(struct span name)
{
	for (size_t i = 0; writers[i]; i++)
		if (span_eq(name, span_str(writers[i]->name)))
			return writers[i];
	return NULL;
}

int report_difference(const struct difference_report *r, struct span format,
	const struct write_options *o, struct buf *out, struct scov_err *err)
{
	if (span_eq(format, SPAN("text")))
		return diff_text_write(r, o, out, err);
	if (span_eq(format, SPAN("json")))
		return diff_json_write(r, o, out, err);
	return err_fail(err, SCOV_E_USAGE, "no such format: '%.*s'", SPAN_ARG(format));
}

int report_write_platforms(const struct writer *w, const struct report *const *reports, size_t n,
	const struct write_options *o, struct buf *out, struct scov_err *err)
{
	int code = 0;

	if (w->is_folder)
		return err_fail(err, SCOV_E_USAGE, "format '%s' writes a folder of files", w->name);
	if (w->write_platforms)
		return w->write_platforms(reports, n, o, out, err);
	for (size_t i = 0; i < n && !code; i++)
		code = w->write(reports[i], o, out, err);
	return code;
}
