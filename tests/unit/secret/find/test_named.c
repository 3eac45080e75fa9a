/* test_named.c - names, syntaxes and values of `name = value`. Values are put together here: V is
 * random, W a password of mixed characters, Z one without a word in it.
 * SPDX-License-Identifier: Apache-2.0 */
#include "secret/proof/proof.h"
#include "secret/value/value.h"
#include "secret/value/words.h"
#include "tests/unit/secret/find/finding.h"

#define V                                                                                          \
	"Zq8"                                                                                      \
	"xK2mW"                                                                                    \
	"9rT4vB7nL1"
#define W                                                                                          \
	"kR7"                                                                                      \
	"#wq2P"
#define Z                                                                                          \
	"xqz"                                                                                      \
	"wvkt"

enum { NONE = SECRET_NONE, LOW = SECRET_LOW, MED = SECRET_MEDIUM };

struct row {
	const char *name, *path, *text;
	uint8_t level;
	size_t len; /* of the value */
};

/* The highest level of what is found. */
static void run(const struct row *rows, size_t n)
{
	struct finding x;

	size_t wrong = 0;

	finding_open(&x);
	for (size_t i = 0; i < n; i++) {
		const struct secret_fact *top = NULL;

		finding_file(&x, span_str(rows[i].path), span_str(rows[i].text), 1 + i % 61);
		for (size_t k = 0; k < x.part.secrets.n; k++)
			if (!top || x.part.secrets.p[k].level > top->level)
				top = &x.part.secrets.p[k];
		if ((top ? top->level : 0) == rows[i].level && (!top || top->length == rows[i].len))
			continue;
		print_error("%s: level %d of %u bytes, not %d of %zu\n", rows[i].name,
			top ? top->level : 0, top ? top->length : 0, rows[i].level, rows[i].len);
		wrong++;
	}
	finding_close(&x);
	assert_int_equal(wrong, 0);
}
#define N(literal) (sizeof(literal) - 1)

static const struct row syntaxes[] = {
	{ ".env", "app/.env", "DB_PASSWORD=" W "\n", MED, N(W) },
	{ ".env, quoted", "app/.env", "DB_PASSWORD=\"" W "\"\n", MED, N(W) },
	{ "shell", "run.sh", "export API_TOKEN='" V "'\n", MED, N(V) },
	{ "shell, after a command", "run.sh", "cd /x && PGPASSWORD=" W " psql\n", MED, N(W) },
	{ "shell, a default", "run.sh", "PASSWORD=${PASSWORD:-" V "}\n", MED, N(V) },
	{ "shell, a quoted default", "run.sh", "PASSWORD=\"${PASSWORD:-" V "}\"\n", MED, N(V) },
	{ "declare", "run.sh", "declare -x PASSWORD='" W "'\n", MED, N(W) },
	{ "ini", "a.ini", "[db]\npassword = " W "\n", MED, N(W) },
	{ "properties", "a.properties", "spring.datasource.password=" W "\r\n", MED, N(W) },
	{ "properties, a colon", "a.properties", "db.password: " W "\n", MED, N(W) },
	{ "YAML", "a.yml", "db:\n  password: " Z "\n", MED, N(Z) },
	{ "YAML, quoted", "a.yml", "db:\n  password: '" W "'\n", MED, N(W) },
	{ "YAML, in a list", "a.yml", "env:\n  - DB_PASSWORD=" W "\n", MED, N(W) },
	{ "YAML, in a quoted list", "a.yml", "env:\n  - \"DB_PASSWORD=" W "\"\n", MED, N(W) },
	{ "YAML, a block", "a.yml", "password: |\n  " W "\nuser: x\n", MED, N(W) },
	{ "YAML, name and value", "a.yml", "- name: DB_PASSWORD\n  value: " W "\n", MED, N(W) },
	{ "YAML, a comment after", "a.yml", "password: " W " # for all\n", MED, N(W) },
	{ "JSON", "a.json", "{ \"password\": \"" W "\" }", MED, N(W) },
	{ "JSON, small", "a.json", "{\"user\":\"me\",\"password\":\"" W "\"}", MED, N(W) },
	{ "JSON in a string", "a.json", "{\\\"token\\\": \\\"" V "\\\"}", MED, N(V) },
	{ "JSON, name and value", "a.json", "{\"name\": \"DB_PASSWORD\", \"value\": \"" W "\"}",
		MED, N(W) },
	{ "JSON, value on the next line", "a.json", "{ \"password\":\n    \"" W "\" }", MED, N(W) },
	{ "TOML", "a.toml", "api_key = \"" V "\"\n", MED, N(V) },
	{ "TOML, three quotes", "a.toml", "api_key = \"\"\"" V "\"\"\"\n", MED, N(V) },
	{ "XML element", "a.xml", "<password>" W "</password>\n", MED, N(W) },
	{ "XML attribute", "a.xml", "<user name=\"me\" password=\"" W "\"/>\n", MED, N(W) },
	{ "XML, name and value", "a.xml", "<add key=\"AdminPassword\" value=\"" W "\"/>\n", MED,
		N(W) },
	{ "XML, more attributes between", "a.xml",
		"<property name=\"password\" type=\"string\" value=\"" W "\"/>", MED, N(W) },
	{ "XML, named element", "a.xml", "<entry key=\"password\">" W "</entry>", MED, N(W) },
	{ "property list", "a.plist", "<key>Password</key>\n\t<string>" W "</string>", MED, N(W) },
	{ "Hadoop", "a.xml", "<name>fs.secret.key</name>\n  <value>" V "</value>", MED, N(V) },
	{ "Dockerfile ENV", "Dockerfile", "ENV SECRET_KEY " V "\n", MED, N(V) },
	{ "Dockerfile ARG", "Dockerfile", "ARG TOKEN=" V "\n", MED, N(V) },
	{ "Dockerfile, a list of words", "Dockerfile", "CMD [\"x\", \"--password\", \"" W "\"]\n",
		MED, N(W) },
	{ "docker run -e", "README.md", "docker run -e ADMIN_PASSWORD=" W " x\n", MED, N(W) },
	{ "systemd", "a.service", "Environment=\"API_TOKEN=" V "\"\n", MED, N(V) },
	{ "option, a blank", "run.sh", "tool --password " W " --user me\n", MED, N(W) },
	{ "option, a sign", "run.sh", "tool --user=me --password=" W "\n", MED, N(W) },
	{ "option, one dash", "run.sh", "keytool -storepass " Z " -x\n", MED, N(Z) },
	{ "openssl", "run.sh", "openssl x -passin pass:" W " -x\n", MED, N(W) },
	{ "connection string", "a.config", "\"Server=db;User Id=sa;Password=" V ";Trust=yes\"", MED,
		N(V) },
	{ "URL query", "a.conf", "url=\"https://h.example/?token=" V "&x=1\"\n", MED, N(V) },
	{ "SQL", "a.sql", "CREATE USER me WITH PASSWORD '" W "';\n", MED, N(W) },
	{ "header", "run.sh", "curl -H 'X-Auth-Token: " V "' https://h.example\n", MED, N(V) },
	{ "SQL, a role", "a.sql", "create role me login password '" W "';\n", MED, N(W) },
	{ "a name of two words", "a.txt", "  Secret key: " V "\n", MED, N(V) },
	{ "an address", "a.conf", "url = some+db://me:" Z "@db.internal:5432/x\n", MED, N(Z) },
	{ "an address in a string", "a.py", "connect('amqp://me:" V "@mq.internal/')\n", MED,
		N(V) },
	{ "an address without a user", "a.conf", "redis://:" W "@cache:6379/0\n", MED, N(W) },
	{ "URL query in code", "a.js", "get('https://h.example/x?token=" V "&y=1')\n", MED, N(V) },
	{ "redis", "redis.conf", "requirepass " W "\n", MED, N(W) },
	{ "C", "a.c", "static const char *password = \"" W "\";\n", MED, N(W) },
	{ "C, a definition", "a.h", "#define API_KEY \"" V "\"\n", MED, N(V) },
	{ "Go", "a.go", "apiKey := \"" V "\"\n", MED, N(V) },
	{ "Java", "A.java", "private static final String PASSWORD = \"" W "\";\n", MED, N(W) },
	{ "Java, a setter", "A.java", "ds.setPassword(\"" W "\");\n", MED, N(W) },
	{ "Java, a constructor", "A.java", "Secret password = new Secret(\"" V "\");\n", MED,
		N(V) },
	{ "Java, a map", "A.java", "env.put(\"db.password\", \"" W "\");\n", MED, N(W) },
	{ "Kotlin", "a.kt", "val password: String = \"" W "\"\n", MED, N(W) },
	{ "Scala", "a.scala", "  clientSecret -> \"" V "\"\n", NONE, 0 },
	{ "Python", "a.py", "password = b'" W "'\n", MED, N(W) },
	{ "Python, an argument", "a.py", "connect(user='me', password='" W "')\n", MED, N(W) },
	{ "Python, a default", "a.py", "def f(password: str = \"" W "\"):\n", MED, N(W) },
	{ "Python, a look-up", "a.py", "p = 1\npassword = os.environ.get('P', '" W "')\n", MED,
		N(W) },
	{ "Python, or", "a.py", "password = os.getenv('P') or '" W "'\n", MED, N(W) },
	{ "Python, an entry", "a.py", "config['api_key'] = '" V "'\n", MED, N(V) },
	{ "Ruby", "a.rb", ":password => '" W "'\n", MED, N(W) },
	{ "PHP", "a.php", "define('DB_PASSWORD', '" W "');\n", MED, N(W) },
	{ "JavaScript", "a.js", "const x = {user: 'me', pass: '" W "'};\n", MED, N(W) },
	{ "JavaScript, a fallback", "a.js", "const token = process.env.T || '" V "';\n", MED,
		N(V) },
	{ "C#", "a.cs", "var password = @\"" W "\";\n", MED, N(W) },
	{ "Makefile", "Makefile", "PASSWORD ?= " W "\n", MED, N(W) },
	{ "HTML entities", "a.xml", "value=\"{&quot;password&quot;:&quot;" V "&quot;}\"", MED,
		N(V) },
	{ "compared", "a.js", "if (password === '" V "') {\n", MED, N(V) },
	{ "prose", "a.txt", "host 1, user me, password:" W " as before\n", MED, N(W) },
	{ "prose, pw", "a.txt", "ID:me PW:" W "\n", MED, N(W) },
	{ "a comment", "a.conf", "# password = " W "\n", MED, N(W) },
	{ "Markdown", "a.md", "**Password**: `" W "`\n", MED, N(W) },
};

static void every_syntax(void **state)
{
	(void)state;
	run(syntaxes, sizeof(syntaxes) / sizeof(*syntaxes));
}

static const struct row none[] = {
	{ "a call", "a.conf", "password = getPassword(user)\n", NONE, 0 },
	{ "a member", "a.conf", "x.password = other.password;\n", NONE, 0 },
	{ "a bare name in code", "a.py", "password = new_password1\n", NONE, 0 },
	{ "a variable", ".env", "PASSWORD=$DB_PASSWORD\n", NONE, 0 },
	{ "a variable in braces", "a.yml", "password: ${DB_PASSWORD}\n", NONE, 0 },
	{ "a command", "a.sh", "PASSWORD=$(openssl rand -hex 8)\n", NONE, 0 },
	{ "a command in backquotes", "a.sh", "PASS=`awk '{print $1}' /x/y1 | cut -d = -f2`\n", NONE,
		0 },
	{ "a template", "a.yml", "password: {{ .Values.password1 }}\n", NONE, 0 },
	{ "a template of another kind", "a.yml", "password: ((db_password1))\n", NONE, 0 },
	{ "pointed brackets", "a.env", "PASSWORD=<your password>\n", NONE, 0 },
	{ "pointed brackets as entities", "a.json", "\"password\": \"&lt;YOURPASS1&gt;\"\n", NONE,
		0 },
	{ "hashes around", "a.rsp", "password=###ORACLE_PWD1###\n", NONE, 0 },
	{ "percent signs around", "a.bat", "set PASSWORD=%DB_PW1%\n", NONE, 0 },
	{ "asterisks", "a.log", "password=**********\n", NONE, 0 },
	{ "an example", "a.env", "TOKEN=EXAMPLE" V "\n", NONE, 0 },
	{ "a run", "a.env", "TOKEN=abcdefghijklmnopqrst1\n", NONE, 0 },
	{ "a run of pairs", "a.env", "TOKEN=a1b2c3d4e5f6g7h8i9j0\n", NONE, 0 },
	{ "one character", "a.yml", "password: aaaaaaaaaaaaaaa1\n", NONE, 0 },
	{ "nothing", "a.env", "PASSWORD=\nUSER=" W "\n", NONE, 0 },
	{ "null", "a.yml", "password: null\n", NONE, 0 },
	{ "a truth", "a.yml", "token: true\n", NONE, 0 },
	{ "a number of seconds", "a.yml", "access-token-validity: 86400\n", NONE, 0 },
	{ "a place", "a.env", "PASSWORD=/run/secrets/db_pass1\n", NONE, 0 },
	{ "an address", "a.env", "TOKEN=https://h.example/oauth/" V "\n", NONE, 0 },
	{ "a file", "a.sh", "PWD_KEY='pwd1.key'\n", NONE, 0 },
	{ "a file by its name", "a.env", "PASSWORD_FILE=" V "\n", NONE, 0 },
	{ "a policy", "a.c", "passwordPolicy = \"" V "\"\n", NONE, 0 },
	{ "an address by its name", "a.c", "token_url = \"" V "\"\n", NONE, 0 },
	{ "a public key", "a.yml", "public_key: \"" V "\"\n", NONE, 0 },
	{ "an id", "a.yml", "access_key_id: \"" V "\"\n", NONE, 0 },
	{ "the name of a secret", "a.yml", "secretName: \"" V "\"\n", NONE, 0 },
	{ "a token of a form", "a.html", "<input name=\"csrf_token\" value=\"" V "\">", NONE, 0 },
	{ "a truth by its name", "a.py", "is_password = \"" V "\"\n", NONE, 0 },
	{ "words for a token", "a.yml", "client_secret: my-client-application\n", NONE, 0 },
	{ "words in prose", "a.md", "password: change it soon\n", NONE, 0 },
	{ "a sentence", "a.txt", "enter your password, then press Enter 12\n", NONE, 0 },
	{ "a translation", "LC_MESSAGES/a.po", "msgid \"Password: \"\nmsgstr \"Contras \"\n", NONE,
		0 },
	{ "unterminated", "a.conf", "password: \"unterminated " V "\n", NONE, 0 },
	{ "a list of words", "a.js", "[\"password\",\"" V "\"]\n", NONE, 0 },
	{ "passwd's module", "nsswitch.conf", "passwd:         files systemd\n", NONE, 0 },
	{ "PAM", "common-password", "password\trequisite\t\tpam_x1.so\n", NONE, 0 },
	{ "a fingerprint", "a.xml", "<key>86fdc7e2a11262cb</key>\n", NONE, 0 },
	{ "another scope", "a.cc", "auto x = Token::kZq8xK2mW9rT4v;\n", NONE, 0 },
	{ "its own name", "a.json", "\"x.pkpass\":[\"pkpass\"]\n", NONE, 0 },
	{ "fields of a record", "a.txt", "/etc/passwd:eli:x7q:2098:1000:/home\n", NONE, 0 },
	{ "a placeholder of an address", "a.py", "\"db://<user>:<password>@<dsn1name>\"\n", NONE,
		0 },
	{ "marks of a manual page", "man8/a.8", "\\fB\\-\\-passwd=x1q\\fP\\-zz\n", NONE, 0 },
	{ "an address with a port", "a.conf", "url = http://host.internal:8080/a@b\n", NONE, 0 },
	{ "an address with variables", "a.conf", "url = db://${USER}:${PASS}@host/x\n", NONE, 0 },
	{ "an address in pointed brackets", "a.md", "db://<user>:<password>@<host>\n", NONE, 0 },
	{ "what things are stored under", "a.conf", "key = " V "\n", NONE, 0 },
	{ "a digest", "a.json", "\"token\": \"sha256:" V "\"\n", NONE, 0 },
	{ "a range of versions", "package.json", "\"bcrypt-pass\": \"^7.1.2\",\n", NONE, 0 },
	{ "two ends of a range", "package.json", "\"htpasswd\": \">=1.0.1 <2 || 3.x\",\n", NONE,
		0 },
	{ "another name of a package", "package.json",
		"\"my-pass\": \"npm:fs-pass9@^1.0.0-rc.2\"\n", NONE, 0 },
	{ "what the shell says without it", "a.sh", "PASSWORD=${PASSWORD:?" V "}\n", NONE, 0 },
	{ "what goes in its place", "a.sh", "PASSWORD=${PASSWORD:+" V "}\n", NONE, 0 },
	{ "a call of code in a page", "a.html", "const token = await " V "(key)\n", NONE, 0 },
	{ "a member of the environment", "a.yml", "token: process.env." V "\n", NONE, 0 },
	{ "a template in capitals", "a.conf", "password=@DB_PASSWORD@\nx_password=@PASSWORD\n",
		NONE, 0 },
	{ "the name of a key in an account", "a.yml", "secretArn: arn:aws:" V "\n", NONE, 0 },
};

static void what_is_none(void **state)
{
	(void)state;
	run(none, sizeof(none) / sizeof(*none));
}

static const struct row graded[] = {
	{ "default, live", "a.conf", "password = changeme\n", MED, 8 },
	{ "default with signs, live", "a.yml", "password: P@ssw0rd\n", MED, 8 },
	{ "default in a comment", "a.conf", "# password = changeme\n", LOW, 8 },
	{ "default in a comment of XML", "a.xml", "<!--\n <x password=\"changeit\"/>\n-->\n", LOW,
		8 },
	{ "default in prose", "a.md", "password: changeme\n", LOW, 8 },
	{ "default in code", "a.py", "password = 'changeme'\n", LOW, 8 },
	{ "words, live", "a.conf", "password = long-known-words\n", LOW, 16 },
	{ "words in code", "a.py", "password = 'some_long_words'\n", NONE, 0 },
	{ "prose about an option", "a.py", "# but --password suffers from it\n", LOW, 7 },
	{ "a broken token of a known kind", "a.env", "API_KEY=eyJ" V "." V "\n", LOW,
		3 + 2 * N(V) + 1 },
	{ "a key of AWS that is not one", "a.env", "AWS_SECRET_ACCESS_KEY=" V "\n", LOW, N(V) },
	{ "a default in an address, live", "a.conf", "url=db://app:postgres@db.internal/x\n", MED,
		8 },
	{ "a default in an address of documentation", "a.conf",
		"db://app:postgres@db.example.com/x\n", LOW, 8 },
	{ "no words in code", "a.py", "password = '" Z "'\n", MED, N(Z) },
};

static void levels(void **state)
{
	(void)state;
	run(graded, sizeof(graded) / sizeof(*graded));
}

/* What rules that know a value by its name alone ask of it. */
static void expressions(void **state)
{
	static const struct {
		const char *before, *value, *after;
		enum file_kind kind;
		bool is;
	} cases[] = {
		{ "K=", V, "\n", FILE_SETTINGS, false },
		{ "K = ", V, "", FILE_SETTINGS, false },
		{ "K: \"", V, "\"\n", FILE_CODE, false },
		{ "K: ", V, "\n", FILE_CODE, true },
		{ "'K' => ", V, ",\n", FILE_CODE, true },
		{ "f(K, ", V, ")\n", FILE_CODE, false }, /* not of the form */
		{ "K = ", "await f(x)", "\n", FILE_PROSE, true },
		{ "K = ", "getValue()", ";\n", FILE_SETTINGS, true },
		{ "K = ", "crypto.randomBytes(32)", "\n", FILE_SETTINGS, true },
		{ "K = ", "os.environ[\"X\"]", "\n", FILE_SETTINGS, true },
		{ "K = ", "options.value || null", "\n", FILE_SETTINGS, true },
		{ "K: ", "process.env.VALUE", "\n", FILE_SETTINGS, true },
		{ "K: ", "Optional[str] = None", "\n", FILE_SETTINGS, true },
		{ "K=", "$(cat /x)", "\n", FILE_SETTINGS, true },
		{ "K=", "$NAME", "\n", FILE_SETTINGS, true },
		{ "K=", "$6$salt", "\n", FILE_SETTINGS, false },
		{ "K=`", "cat x", "`\n", FILE_SETTINGS, true },
		{ "K=\"", "`cat x`", "\"\n", FILE_SETTINGS, true },
		{ "K='", "`123asdf", "'\n", FILE_SETTINGS, false },
		{ "K=`", V, "`\n", FILE_CODE, false }, /* a string of JavaScript */
		{ "${K:", "?must be set", "}\n", FILE_SETTINGS, true },
		{ "K:\n  ", "user", "\n", FILE_SETTINGS, true },
		{ "K:\n\n", V, "\n", FILE_SETTINGS, false },
		{ "K:\n  \"", V, "\"\n", FILE_SETTINGS, false },
		{ "K: |\n  ", V, "\n", FILE_SETTINGS, false },
		{ "K=", W "(" Z ")", "\n", FILE_SETTINGS, false },
	};
	static const struct {
		const char *text;
		bool is;
	} versions[] = {
		{ "1.2.3", true },
		{ "^7.1.2", true },
		{ "~1", true },
		{ "v1.0.0-rc.1+5", true },
		{ ">=1.0 <2", true },
		{ "1.0 - 2.x", true },
		{ "1.2||3.*", true },
		{ "10.0.0.1", true },
		{ "2.0b1", true },
		{ "123456", false },
		{ "", false },
		{ "^", false },
		{ "1.2 x", false },
		{ "1." V, false },
		{ V, false },
		{ "a1.2", false },
		{ "1..2", false },
	};
	char text[200];

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		snprintf(text, sizeof(text), "%s%s%s", cases[i].before, cases[i].value,
			cases[i].after);
		check(text, value_is_expression(lexicon_builtin(), span_str(text),
				    strlen(cases[i].before), cases[i].kind) == cases[i].is);
	}
	for (size_t i = 0; i < sizeof(versions) / sizeof(*versions); i++)
		check(versions[i].text,
			value_is_version(span_str(versions[i].text)) == versions[i].is);
}

static void looks(void **state)
{
	(void)state;
	static const struct {
		struct span value;
		uint8_t look;
	} rows[] = {
		{ SPAN_INIT(V), LOOKS_RANDOM },
		{ SPAN_INIT(W), LOOKS_STRONG },
		{ SPAN_INIT(Z), LOOKS_WEAK },
		{ SPAN_INIT("admin123"), LOOKS_DEFAULT },
		{ SPAN_INIT("s3cret"), LOOKS_DEFAULT },
		{ SPAN_INIT("getConnectionString"), LOOKS_WORDS },
		{ SPAN_INIT("application-properties"), LOOKS_WORDS },
		{ SPAN_INIT("two words1"), LOOKS_TEXT },
		{ SPAN_INIT("abcdefgh"), LOOKS_NOTHING },
		{ SPAN_INIT("2024-01-02T03:04:05"), LOOKS_NOTHING },
		{ SPAN_INIT("127.0.0.1:9000"), LOOKS_NOTHING },
		{ SPAN_INIT(""), LOOKS_NOTHING },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		if (value_look(lexicon_builtin(), rows[i].value) != rows[i].look)
			fail_msg("row %zu: %d", i, value_look(lexicon_builtin(), rows[i].value));
	assert_int_equal(words_cover(SPAN("some_silly_password")), 17);
	assert_int_equal(words_cover(SPAN("")), 0);
	assert_int_equal(words_cover(SPAN("xqzwvktxqzwvkt")), 0);
	assert_true(letters_of_words(SPAN("connection")) > 0);
	assert_true(letters_of_words(SPAN(V)) < 0);
}

/* A file's words are looked for, and its rows come before ours; the fact says which row it was. */
static void of_a_file(void **state)
{
	static const struct span text =
		SPAN_INIT("[words trigger]\nwhy = w\nsource = s\nword = losung\n"
			  "[words password]\nwhy = w\nsource = s\nword = losung\n"
			  "[judge named]\nsource = s\n"
			  "row = password | weak | * | code | | high | our code never has one\n");
	static const struct {
		const char *path, *text;
		uint8_t level;
	} files[] = {
		{ "a.env", "DB_LOSUNG=" W "\n", MED },
		{ "a.py", "losung = '" Z "'\n", SECRET_HIGH },
		{ "a.py", "password = '" Z "'\n", SECRET_HIGH },
		{ "a.env", "password=" Z "\n", MED },
	};
	struct secret_rules rules = { 0 };
	struct scov_err err = { 0 };

	(void)state;
	assert_int_equal(rules_parse(text, "u", &rules, &err), 0);
	struct finder_options o = { .rules = &rules };
	struct limits limits = limits_default();
	struct finding x = { 0 };

	assert_int_equal(finder_new(&o, &x.finder, &err), 0);
	finder_bind(x.finder, &x.part, &x.arena, &limits, SPAN("0123456789abcdef"));
	for (size_t i = 0; i < sizeof(files) / sizeof(*files); i++) {
		finding_file(&x, span_str(files[i].path), span_str(files[i].text), 4096);
		assert_int_equal(x.part.secrets.n, 1);
		assert_int_equal(x.part.secrets.p[0].level, files[i].level);
		assert_true((x.part.secrets.p[0].judgment == 1) == (files[i].level == SECRET_HIGH));
	}
	finding_close(&x);
	rules_release(&rules);
}

/* The body of a key after the marks of what holds it. */
static void dressed_lines(void **state)
{
	(void)state;
	static const struct {
		const char *name, *text, *bytes;
	} rows[] = {
		{ "plain", "\nQUJDREVGR0g=\n", "ABCDEFGH" },
		{ "a log", "\n#6 0.245 QUJDREVG\n#6 0.245 R0g=\n#6 0.245 ", "ABCDEFGH" },
		{ "times", "\n2026-01-02 12:00:01 QUJDREVG\n2026-01-02 12:00:01 R0g=\n",
			"ABCDEFGH" },
		{ "strings", "\\n\" +\n  + \"QUJDREVG\\n\" +\n  + \"R0g=\\n\" +\n + \"",
			"ABCDEFGH" },
		{ "comments", "\n // QUJDREVG\n // R0g=\n // ", "ABCDEFGH" },
		{ "nothing", "\n // \n", NULL },
		{ "no base64", "\n // A\n", NULL },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		scoped_arena struct arena a = { .limit = 1 << 20 };
		struct span out = { 0 };
		bool good = text_base64_lines(span_str(rows[i].text), &a, &out);

		check(rows[i].name, good == (rows[i].bytes != NULL));
		if (good)
			check_span(rows[i].name, out, span_str(rows[i].bytes));
	}
}

/* Every cut of every row is read, and no byte outside. */
static void cut_rows(void **state)
{
	(void)state;
	struct finding x;

	finding_open(&x);
	for (size_t i = 0; i < sizeof(syntaxes) / sizeof(*syntaxes); i++) {
		struct span text = span_str(syntaxes[i].text);

		for (size_t n = 0; n < text.len; n++) {
			char *copy = malloc(n + 1);

			memcpy(copy, text.p, n);
			finding_file(&x, span_str(syntaxes[i].path), span_of(copy, n), n + 1);
			free(copy);
		}
	}
	finding_close(&x);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_syntax),
		cmocka_unit_test(what_is_none),
		cmocka_unit_test(levels),
		cmocka_unit_test(expressions),
		cmocka_unit_test(looks),
		cmocka_unit_test(of_a_file),
		cmocka_unit_test(dressed_lines),
		cmocka_unit_test(cut_rows),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
