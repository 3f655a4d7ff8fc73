/* dump: every event of recordings, decoded. */
#include "exporter/command/dump.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "exporter/command/command.h"
#include "exporter/command/operand.h"
#include "exporter/command/record_reader.h"
#include "exporter/decoder/decoding.h"
#include "exporter/rule/match.h"

#define LINE_LIMIT ((size_t)64 << 20)

struct dump {
	struct dump_options options;
	struct manifests *manifests; /* NULL: none are given */
	struct decoding *decoding;
	const char *provider; /* a glob or a GUID; NULL: all */
	struct guid guid;     /* where it is one */
	bool by_guid;
	long id; /* -1: all */
	uint64_t limit;
	uint64_t printed;
	bool failed; /* standard output */
	struct text line;
};

static bool is_wanted(const struct dump *dump, const struct event_record *record,
		      const struct event_names *names)
{
	if (dump->id >= 0 && dump_event_id(record) != dump->id)
		return false;
	if (dump->by_guid)
		return memcmp(dump->guid.bytes, record->guid, sizeof(dump->guid.bytes)) == 0;
	return !dump->provider || match_glob(dump->provider, names->provider);
}

static void print_record(struct dump *dump, const struct recording *recording,
			 const struct event_record *record)
{
	struct dump_event event = {.record = record, .recording = recording};

	event.schema = decoding_find(dump->decoding, record);
	event_names_find(dump->decoding, event.schema, record, &event.names);
	if (!is_wanted(dump, record, &event.names))
		return;
	text_clear(&dump->line);
	dump_event(&event, &dump->options, &dump->line);
	if (fwrite(dump->line.bytes, 1, dump->line.length, stdout) != dump->line.length)
		dump->failed = true;
	dump->printed++;
}

static bool is_done(const struct dump *dump)
{
	return dump->failed || dump->printed >= dump->limit;
}

static bool take(void *context, const struct recording *recording,
		 const struct event_record *record)
{
	struct dump *dump = context;

	if (is_done(dump))
		return false;
	decoding_learn(dump->decoding, record);
	if (!recording->is_learning)
		print_record(dump, recording, record);
	return !is_done(dump);
}

/* Metadata often stands at the end of a recording, so it is read for that first; not so a stream.
 */
static int dump_file(struct dump *dump, char *path, struct error *error)
{
	int result;

	dump->decoding = decoding_new(dump->manifests);
	if (!dump->decoding)
		return error_set(error, "cannot read %s: out of memory", path);
	result = record_reader_run(path, true, take, dump, error);
	decoding_free(dump->decoding);
	return result;
}

static bool parse_number(const char *text, uint64_t most, uint64_t *number)
{
	char *end;

	*number = strtoull(text, &end, 10);
	return text[0] >= '0' && text[0] <= '9' && !*end && *number <= most;
}

static int parse(const struct invocation *invocation, struct dump *dump, struct error *error)
{
	const char *id = invocation_option(invocation, "id");
	const char *limit = invocation_option(invocation, "limit");
	uint64_t number;

	dump->options.json = invocation_wants_json(invocation);
	dump->options.raw = invocation_option(invocation, "raw") != NULL;
	dump->provider = invocation_option(invocation, "provider");
	dump->by_guid = dump->provider && guid_parse(dump->provider, &dump->guid);
	dump->id = -1;
	dump->limit = UINT64_MAX;
	if (id && !parse_number(id, UINT16_MAX, &number))
		return error_set(error, "--id=%s: must be a number from 0 to 65535", id);
	if (id)
		dump->id = (long)number;
	if (limit && !parse_number(limit, UINT64_MAX, &dump->limit))
		return error_set(error, "--limit=%s: must be a number", limit);
	if (!invocation->operand_count)
		return error_set(error, "dump needs a file: etw_exporter dump FILE...");
	return 0;
}

static int run(const struct invocation *invocation, struct error *error)
{
	const char *manifests = invocation_option(invocation, "manifests");
	struct dump dump = {.failed = false};
	int code = EXIT_DONE, i;

	if (parse(invocation, &dump, error))
		return EXIT_USAGE;
	if (manifests) {
		dump.manifests = operand_manifests(manifests, error);
		if (!dump.manifests)
			return EXIT_USAGE;
	}
	text_init(&dump.line, LINE_LIMIT);
	for (i = 0; i < invocation->operand_count && !dump.failed; i++) {
		error->text[0] = '\0';
		if (!dump_file(&dump, invocation->operands[i], error))
			continue;
		code = EXIT_FAILED;
		fprintf(stderr, "etw_exporter: %s\n", error->text);
	}
	error->text[0] = '\0';
	text_done(&dump.line);
	manifests_free(dump.manifests);
	return code;
}

const struct command dump_command = {
	.name = "dump",
	.operands = "FILE...",
	.summary = "Prints every event of recordings, decoded.",
	.options = {{"format", "FORMAT", "text or json (JSON Lines)", "text"},
		    {"raw", NULL, "values by their types alone, without out-types and maps", NULL},
		    {"provider", "GLOB", "only of providers called so, or with this GUID", NULL},
		    {"id", "N", "only events with this ID (of classic events: type)", NULL},
		    {"manifests", "PATH", "instrumentation manifests: file, glob or folder", NULL},
		    {"limit", "N", "only so many events", NULL}},
	.option_count = 6,
	.run = run,
};
