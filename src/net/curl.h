/* curl.h - libcurl, loaded when the first request needs it.
 *
 * Linked, it would add 10 ms to every start, even when only local files
 * are read; so it is opened with dlopen at first use. That needs the
 * OpenSSL flavour (Debian: libcurl4) at run time and its headers at build time.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#pragma once

/* Its macros would call by name what we call through the table. */
#define CURL_DISABLE_TYPECHECK 1
#include <curl/curl.h>

#include "scoville/scoville.h"

/* The macros of these names would expand inside CURL_CALLS. */
#undef curl_easy_setopt
#undef curl_easy_getinfo
#undef curl_multi_setopt

#define CURL_CALLS(X)                                                                              \
	X(global_init)                                                                             \
	X(easy_init)                                                                               \
	X(easy_setopt)                                                                             \
	X(easy_getinfo)                                                                            \
	X(easy_reset)                                                                              \
	X(easy_pause)                                                                              \
	X(easy_strerror)                                                                           \
	X(easy_cleanup)                                                                            \
	X(multi_init)                                                                              \
	X(multi_add_handle)                                                                        \
	X(multi_remove_handle)                                                                     \
	X(multi_perform)                                                                           \
	X(multi_poll)                                                                              \
	X(multi_info_read)                                                                         \
	X(multi_cleanup)                                                                           \
	X(slist_append)                                                                            \
	X(slist_free_all)

struct curl_calls {
#define X(name) __typeof__(curl_##name) *name;
	CURL_CALLS(X)
#undef X
};

/* The calls, loaded and initialised once, from any thread; never unloaded. NULL when libcurl is
 * missing or too old: SCOV_E_UNSUPPORTED in *err. */
const struct curl_calls *curl_calls(struct scov_err *err);
