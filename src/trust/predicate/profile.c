/* profile.c - security profiles: is it one, and does it restrict anything?
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "base/ascii.h"
#include "syntax/json.h"
#include "trust/predicate/profile_text.h"

const char *const profile_kind_names[] = { "unknown", "seccomp", "AppArmor", "SELinux" };

enum {
	SECCOMP_NAMES_MAX = 20000, /* of one profile */
	SECCOMP_ARGUMENTS_MAX = 6, /* of a system call */
	REFUSED_LEAST = 5,         /* of the calls below. A first guess */
};

/* Calls that change or look into the host, which container runtimes refuse by themselves. A profile
 * that refuses fewer than five of them leaves a container with more than it has without one. */
static const char *const host_calls[] = { "acct", "add_key", "bpf", "clock_adjtime",
	"clock_settime", "delete_module", "finit_module", "init_module", "ioperm", "iopl", "kcmp",
	"kexec_file_load", "kexec_load", "keyctl", "mount", "move_mount", "move_pages",
	"name_to_handle_at", "open_by_handle_at", "open_tree", "perf_event_open", "pivot_root",
	"process_vm_writev", "ptrace", "quotactl", "reboot", "request_key", "setns", "settimeofday",
	"swapoff", "swapon", "umount2", "unshare", "userfaultfd" };
enum { HOST_CALLS = sizeof(host_calls) / sizeof(*host_calls) };
_Static_assert(HOST_CALLS <= 64, "a bit for each");

static void no_profile(struct profile_facts *out, const char *why)
{
	out->restricts = false;
	if (!out->why.len)
		out->why = span_str(why);
}

/* Every key of the object is in the list, blanks between. */
static bool only(const struct json *v, const char *keys)
{
	for (size_t i = 0; i < json_count(v); i++)
		if (!span_has_word(span_str(keys), json_name(json_at(v, i))))
			return false;
	return json_is(v, JSON_DICT);
}

static bool is_texts(const struct json *v)
{
	for (size_t i = 0; i < json_count(v); i++)
		if (!json_is(json_at(v, i), JSON_TEXT) || !json_text(json_at(v, i)).len)
			return false;
	return !v || json_is(v, JSON_LIST);
}

/* ---- seccomp --------------------------------------------------------------------------------- */

enum action { ACTION_BAD, ACTION_REFUSES, ACTION_ALLOWS, ACTION_OPEN /* another decides */ };

static enum action action_of(struct span text)
{
	if (span_has_word(SPAN("SCMP_ACT_KILL SCMP_ACT_KILL_PROCESS SCMP_ACT_KILL_THREAD "
			       "SCMP_ACT_TRAP SCMP_ACT_ERRNO"),
		    text))
		return ACTION_REFUSES;
	if (span_has_word(SPAN("SCMP_ACT_ALLOW SCMP_ACT_LOG"), text))
		return ACTION_ALLOWS;
	return span_eq(text, SPAN("SCMP_ACT_TRACE")) ? ACTION_OPEN : ACTION_BAD;
}

static bool is_number(const struct json *v)
{
	uint64_t n;

	return !v || json_uint(v, INT64_MAX, &n);
}

static bool good_arguments(const struct json *args)
{
	bool good = (!args || json_is(args, JSON_LIST) || json_is(args, JSON_NIL)) &&
		    json_count(args) <= SECCOMP_ARGUMENTS_MAX;

	for (size_t i = 0; i < json_count(args) && good; i++) {
		const struct json *one = json_at(args, i);
		uint64_t index;

		good = only(one, "index value valueTwo op") &&
		       json_uint(json_get(one, "index"), SECCOMP_ARGUMENTS_MAX - 1, &index) &&
		       is_number(json_get(one, "value")) && is_number(json_get(one, "valueTwo")) &&
		       span_starts(json_get_text(one, "op"), SPAN("SCMP_CMP_"));
	}
	return good;
}

static uint64_t host_call_bit(struct span name)
{
	for (size_t i = 0; i < HOST_CALLS; i++)
		if (span_eq(name, span_str(host_calls[i])))
			return UINT64_C(1) << i;
	return 0;
}

struct seccomp {
	uint64_t refused, allowed; /* host calls, by rules without a condition */
	size_t names;
};

/* One rule of the list; a clause when it is not one. docker: with the fields of Docker's form. */
static const char *take_rule(struct seccomp *s, const struct json *rule, bool docker)
{
	const struct json *names = json_get(rule, "names"), *args = json_get(rule, "args");
	enum action action = action_of(json_get_text(rule, "action"));
	bool has_condition = json_count(args) || json_count(json_get(rule, "includes")) ||
			     json_count(json_get(rule, "excludes"));
	uint64_t bits = host_call_bit(json_get_text(rule, "name"));

	if (!only(rule, docker ? "names name action errnoRet errno args comment includes excludes"
			       : "names action errnoRet args"))
		return "a rule has a field that the runtime specification does not have";
	if (span_eq(json_get_text(rule, "action"), SPAN("SCMP_ACT_NOTIFY")))
		return "a rule hands calls to a listener (SCMP_ACT_NOTIFY)";
	if (action == ACTION_BAD)
		return "a rule has no known action";
	if (!is_texts(names) || (!json_count(names) && !json_get_text(rule, "name").len))
		return "a rule names no system call";
	if (!is_number(json_get(rule, "errnoRet")) || !good_arguments(args))
		return "a rule has an argument that cannot be read";
	s->names += json_count(names);
	for (size_t i = 0; i < json_count(names); i++)
		bits |= host_call_bit(json_text(json_at(names, i)));
	if (action == ACTION_REFUSES && !has_condition)
		s->refused |= bits;
	else if (action != ACTION_REFUSES && !(docker && json_count(json_get(rule, "includes"))))
		s->allowed |= bits; /* at least for some arguments */
	return NULL;
}

static const char *take_rules(struct seccomp *s, const struct json *list, bool docker)
{
	const char *why = NULL;

	if (list && !json_is(list, JSON_LIST) && !json_is(list, JSON_NIL))
		return "\"syscalls\" is not a list";
	for (size_t i = 0; i < json_count(list) && !why; i++)
		why = take_rule(s, json_at(list, i), docker);
	return !why && s->names > SECCOMP_NAMES_MAX ? "it names too many system calls" : why;
}

static void read_seccomp(const struct json *v, bool strict, struct profile_facts *out)
{
	static const char spec[] = "defaultAction defaultErrnoRet architectures flags syscalls",
			  docker[] = "defaultAction defaultErrnoRet architectures flags syscalls "
				     "archMap defaultErrno comment";
	struct span first = json_get_text(v, "defaultAction");
	enum action action = action_of(first);
	struct seccomp s = { 0 };
	const char *why = NULL;

	out->kind = PROFILE_SECCOMP;
	if (json_get(v, "listenerPath") || json_get(v, "listenerMetadata"))
		why = "it hands calls to a listener";
	else if (!only(v, strict ? spec : docker))
		why = "it has a field that the runtime specification does not have";
	else if (span_eq(first, SPAN("SCMP_ACT_NOTIFY")))
		why = "it hands calls to a listener (SCMP_ACT_NOTIFY)";
	else if (action == ACTION_BAD)
		why = "\"defaultAction\" is missing or unknown";
	else if (!is_texts(json_get(v, "architectures")) || !is_texts(json_get(v, "flags")) ||
		 !is_number(json_get(v, "defaultErrnoRet")))
		why = "its architectures, flags or error number cannot be read";
	else
		why = take_rules(&s, json_get(v, "syscalls"), !strict);
	if (why) {
		no_profile(out, why);
		return;
	}
	out->allows_first = action != ACTION_REFUSES;
	/* What is refused and allowed, for other arguments or by a later rule, counts for nothing.
	 */
	uint64_t refused = action == ACTION_REFUSES ? ~s.allowed : s.refused & ~s.allowed;

	refused &= (UINT64_C(1) << HOST_CALLS) - 1;
	out->restricts = __builtin_popcountll(refused) >= REFUSED_LEAST;
	if (!out->restricts)
		out->why = action == ACTION_REFUSES
				   ? SPAN("it allows the system calls that change the host")
				   : SPAN("it allows what it does not list, and refuses next to "
					  "nothing");
}

/* ---- AppArmor of KEP-6061 -------------------------------------------------------------------- */

static bool has_text(const struct json *list, struct span text)
{
	for (size_t i = 0; i < json_count(list); i++)
		if (span_eq(json_text(json_at(list, i)), text))
			return true;
	return false;
}

static bool good_lists(const struct json *v)
{
	for (size_t i = 0; i < json_count(v); i++)
		if (json_is(json_at(v, i), JSON_LIST) && !is_texts(json_at(v, i)))
			return false;
	return !v || json_is(v, JSON_DICT);
}

static void read_apparmor(const struct json *v, struct profile_facts *out)
{
	const struct json *run = json_get(v, "executable"), *files = json_get(v, "filesystem"),
			  *net = json_get(v, "network"), *able = json_get(v, "capabilities");
	const struct json *written = json_get(files, "readWritePaths");

	if (!able)
		able = json_get(v, "capability");
	out->kind = PROFILE_APPARMOR;
	if (!only(v, "executable filesystem network capability capabilities") ||
		(run && !only(run, "allowedExecutables allowedLibraries")) ||
		(files && !only(files, "readOnlyPaths writeOnlyPaths readWritePaths")) ||
		(net && !only(net, "allowRaw allowedProtocols")) ||
		(able && !json_is(able, JSON_LIST) && !only(able, "allowedCapabilities"))) {
		no_profile(out, "it has a field that a structured AppArmor profile does not have");
		return;
	}
	if (!good_lists(run) || !good_lists(files) ||
		(able && !json_is(able, JSON_LIST) && !good_lists(able))) {
		no_profile(out, "one of its lists cannot be read");
		return;
	}
	if (!json_count(run) && !json_count(files) && !json_count(net) && !json_count(able)) {
		no_profile(out, "it is empty");
		return;
	}
	out->restricts = !(has_text(written, SPAN("/**")) &&
			   (!run || has_text(json_get(run, "allowedExecutables"), SPAN("/**"))));
	if (!out->restricts)
		no_profile(out, "it allows to read, write and run every file");
}

/* ---- which of them --------------------------------------------------------------------------- */

static int read_json(struct span text, struct span type, struct arena *a, struct profile_facts *out,
	struct scov_err *err)
{
	bool strict = span_has(type, SPAN("seccomp-profile"));
	const struct json *v;
	struct scov_err why = { 0 };
	int code = json_parse(text, PROFILE_MAX, a, &v, &why);

	if (code == SCOV_E_MEMORY) {
		*err = why;
		return code;
	}
	if (code)
		no_profile(out, code == SCOV_E_LIMIT ? "it is larger than a profile may be"
						     : "it is not JSON");
	else if (span_has(type, SPAN("apparmor")))
		read_apparmor(v, out);
	else if (strict || json_get(v, "defaultAction"))
		read_seccomp(v, strict, out);
	else if (json_get(v, "executable") || json_get(v, "filesystem"))
		read_apparmor(v, out);
	else
		no_profile(out, "it is neither a seccomp nor an AppArmor profile");
	return 0;
}

int profile_read(struct span text, struct span type, struct arena *a, struct profile_facts *out,
	struct scov_err *err)
{
	*out = (struct profile_facts){ 0 };
	if (text.len > PROFILE_MAX) {
		no_profile(out, "it is larger than a profile may be");
		return 0;
	}
	text = span_trim(text);
	if (span_at(text, 0) == '{' || span_has(type, SPAN("vnd.cncf.")))
		return read_json(text, type, a, out, err);
	if (span_at(text, 0) == '(' || span_at(text, 0) == ';')
		profile_read_cil(text, out);
	else
		profile_read_apparmor(text, out);
	return 0;
}
