/*
 * The script: a line for each thing there is or happens.
 *
 *   provider {GUID} NAME [class | late | bare]      registered, with a MOF class, later (see
 *                                           install) or not at all; what it has follows
 *   keyword NAME MASK
 *   level NAME VALUE
 *   map NAME FLAGS VALUE=TEXT...    EVENT_MAP_INFO
 *   event NAME id= version= level= opcode= task= keyword= channel= tracelogging=1 classic=1
 *   field NAME in= out= count= length= flags= map=NAME      of it: EVENT_PROPERTY_INFO
 *   session NAME                    others have started it
 *   limit N                         sessions that there can be
 *   deny [privilege|control|enable|open|state]      starting sessions is, or that for lack of a
 *                                   privilege, asking for them and stopping them, enabling
 *                                   providers, receiving events, asking providers for their state
 *   lacks FUNCTION                  of Windows
 *   lingers N                       sessions that were stopped are there still, for so many starts
 *   bare-header                     OpenTrace() tells nothing of a session's clock
 *
 * Steps, which the consumer of a session goes through; one that comes after it goes on where the
 * last one was:
 *
 *   emit EVENT count= rate= pid= tid= bytes= cpus= exe=NAME data=HEX
 *   lost events= log= real_time= buffers=       counters grow by that
 *   counters events= log= real_time= buffers=   counters are that
 *   sleep ms=
 *   asked           waits until the session was asked for its numbers once more
 *   look EVENT      emits the event again and again, until TDH was asked once more
 *   stop pid=       the process stops the session
 *   vanish pid=     likewise, and ProcessTrace() does not return
 *   backlog EVENT count= ms=        likewise, and so many events wait in it, which take so long
 * each state           waits until a provider's state was asked for install         once TDH was
 * asked for an event, providers that come later are registered etl FILE        the events of a
 * recording; `etl-as-stored FILE`: not in the order of their times
 */
#include <stdlib.h>
#include <string.h>

#include "exporter/base/guid.h"
#include "tests/windows/model/model.h"

static void fail(const char *line)
{
	fprintf(stderr, "etwmodel: what is %s?\n", line);
	exit(99);
}

static void copy(char *to, size_t size, const char *from)
{
	if (!from || strlen(from) >= size)
		fail(from ? from : "nothing");
	strcpy(to, from);
}

/* The next word of strtok(). */
static const char *word(void)
{
	return strtok(NULL, " \t\r\n");
}

/* A path, which may have spaces. */
static const char *rest(void)
{
	return strtok(NULL, "\r\n");
}

static void *next(void *list, unsigned int *count, unsigned int most, size_t size)
{
	if (*count == most)
		fail("one too many");
	return (char *)list + size * (*count)++;
}

#define NEXT(list, count) next(list, &(count), sizeof(list) / sizeof((list)[0]), sizeof((list)[0]))

static enum model_registration read_registration(void)
{
	const char *text = word();

	if (!text)
		return MODEL_REGISTERED;
	if (strcmp(text, "class") == 0)
		return MODEL_CLASS;
	return strcmp(text, "late") == 0 ? MODEL_LATE : MODEL_BARE;
}

static void read_provider(struct model_script *script)
{
	struct model_provider *provider = NEXT(script->providers, script->provider_count);
	const char *text = word();
	struct guid guid;

	if (!text || !guid_parse(text, &guid))
		fail("a provider without a GUID");
	memcpy(&provider->guid, &guid, sizeof(guid));
	copy(provider->name, sizeof(provider->name), word());
	provider->registration = read_registration();
}

static struct model_provider *last_provider(struct model_script *script)
{
	if (!script->provider_count)
		fail("a line before the first provider");
	return &script->providers[script->provider_count - 1];
}

static void read_value(struct model_value *value)
{
	const char *name = word(), *number = word();

	if (!number)
		fail("a name without its value");
	copy(value->name, sizeof(value->name), name);
	value->value = strtoull(number, NULL, 0);
}

static void read_map(struct model_provider *provider)
{
	struct model_map *map = NEXT(provider->maps, provider->map_count);
	const char *text = word();

	copy(map->name, sizeof(map->name), text);
	text = word();
	map->flags = text ? (ULONG)strtoul(text, NULL, 0) : 0;
	while ((text = word())) {
		struct model_value *entry = NEXT(map->entries, map->entry_count);
		char *end;

		entry->value = strtoull(text, &end, 0);
		if (*end != '=')
			fail(text);
		copy(entry->name, sizeof(entry->name), end + 1);
	}
}

static void set_event(struct model_event *event, const char *key, unsigned long long value)
{
	EVENT_DESCRIPTOR *to = &event->descriptor;

	if (strcmp(key, "id") == 0)
		to->Id = (USHORT)value;
	else if (strcmp(key, "version") == 0)
		to->Version = (UCHAR)value;
	else if (strcmp(key, "level") == 0)
		to->Level = (UCHAR)value;
	else if (strcmp(key, "opcode") == 0)
		to->Opcode = (UCHAR)value;
	else if (strcmp(key, "task") == 0)
		to->Task = (USHORT)value;
	else if (strcmp(key, "keyword") == 0)
		to->Keyword = value;
	else if (strcmp(key, "channel") == 0)
		to->Channel = (UCHAR)value;
	else if (strcmp(key, "tracelogging") == 0)
		event->is_tracelogging = value;
	else if (strcmp(key, "classic") == 0)
		event->is_classic = value;
	else
		fail(key);
}

/* The next KEY=VALUE; false: the line is at its end. */
static bool next_pair(char pair[512], const char **value)
{
	const char *text = word();
	char *equals;

	if (!text)
		return false;
	copy(pair, 512, text);
	equals = strchr(pair, '=');
	if (!equals)
		fail(pair);
	*equals = '\0';
	*value = equals + 1;
	return true;
}

static void read_event(struct model_script *script)
{
	struct model_event *event = NEXT(script->events, script->event_count);
	const char *value;
	char pair[512];

	event->provider = last_provider(script)->guid;
	copy(event->name, sizeof(event->name), word());
	while (next_pair(pair, &value))
		set_event(event, pair, strtoull(value, NULL, 0));
}

static void set_field(struct model_field *field, const char *key, const char *value)
{
	unsigned long number = strtoul(value, NULL, 0);

	if (strcmp(key, "in") == 0)
		field->in = (USHORT)number;
	else if (strcmp(key, "out") == 0)
		field->out = (USHORT)number;
	else if (strcmp(key, "count") == 0)
		field->count = (USHORT)number;
	else if (strcmp(key, "length") == 0)
		field->length = (USHORT)number;
	else if (strcmp(key, "flags") == 0)
		field->flags = (ULONG)number;
	else if (strcmp(key, "map") == 0)
		copy(field->map, sizeof(field->map), value);
	else
		fail(key);
}

static void read_field(struct model_script *script)
{
	struct model_event *event = &script->events[script->event_count - 1];
	struct model_field *field;
	const char *value;
	char pair[512];

	if (!script->event_count)
		fail("a field without an event");
	field = NEXT(event->fields, event->field_count);
	field->count = 1;
	copy(field->name, sizeof(field->name), word());
	while (next_pair(pair, &value))
		set_field(field, pair, value);
}

static void set_data(struct model_step *step, const char *hex)
{
	char digits[3] = "";

	for (; hex[0] && hex[1]; hex += 2) {
		if (step->data_bytes == sizeof(step->data))
			fail("so much data");
		memcpy(digits, hex, 2);
		step->data[step->data_bytes++] = (uint8_t)strtoul(digits, NULL, 16);
	}
}

static void set_step(struct model_step *step, const char *key, const char *value)
{
	static const struct {
		const char *name;
		size_t at;
	} numbers[] = {
		{"count", offsetof(struct model_step, count)},
		{"rate", offsetof(struct model_step, rate)},
		{"pid", offsetof(struct model_step, pid)},
		{"tid", offsetof(struct model_step, tid)},
		{"bytes", offsetof(struct model_step, bytes)},
		{"cpus", offsetof(struct model_step, cpus)},
		{"events", offsetof(struct model_step, events)},
		{"log", offsetof(struct model_step, log_buffers)},
		{"real_time", offsetof(struct model_step, real_time_buffers)},
		{"buffers", offsetof(struct model_step, buffers)},
		{"ms", offsetof(struct model_step, ms)},
	};
	unsigned long number = strtoul(value, NULL, 0);
	size_t i;

	if (strcmp(key, "exe") == 0) {
		copy(step->text, sizeof(step->text), value);
		return;
	}
	if (strcmp(key, "data") == 0) {
		set_data(step, value);
		return;
	}
	for (i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++)
		if (strcmp(numbers[i].name, key) == 0)
			break;
	if (i == sizeof(numbers) / sizeof(numbers[0]))
		fail(key);
	memcpy((char *)step + numbers[i].at, &number, sizeof(number));
}

static void read_numbers(struct model_step *step)
{
	const char *value;
	char pair[512];

	step->cpus = 1;
	step->count = 1;
	while (next_pair(pair, &value))
		set_step(step, pair, value);
}

static const struct model_event *find_event(const struct model_script *script, const char *name)
{
	unsigned int i;

	for (i = 0; name && i < script->event_count; i++)
		if (strcmp(script->events[i].name, name) == 0)
			return &script->events[i];
	fail(name ? name : "an event");
	return NULL;
}

/* False: the word is none of a step. */
static bool read_step(struct model_script *script, const char *verb)
{
	static const char *const verbs[] = {
		[STEP_EMIT] = "emit",	    [STEP_LOST] = "lost",   [STEP_COUNTERS] = "counters",
		[STEP_SLEEP] = "sleep",	    [STEP_STOP] = "stop",   [STEP_VANISH] = "vanish",
		[STEP_ETL] = "etl",	    [STEP_STATE] = "state", [STEP_INSTALL] = "install",
		[STEP_BACKLOG] = "backlog", [STEP_ASKED] = "asked", [STEP_LOOK] = "look",
	};
	bool as_stored = strcmp(verb, "etl-as-stored") == 0;
	struct model_step *step;
	size_t kind;

	for (kind = 0; kind < sizeof(verbs) / sizeof(verbs[0]); kind++)
		if (strcmp(verbs[kind], as_stored ? "etl" : verb) == 0)
			break;
	if (kind == sizeof(verbs) / sizeof(verbs[0]))
		return false;
	step = NEXT(script->steps, script->step_count);
	step->kind = (enum model_step_kind)kind;
	step->as_stored = as_stored;
	if (step->kind == STEP_ETL) {
		copy(step->text, sizeof(step->text), rest());
		return true;
	}
	if (step->kind == STEP_EMIT || step->kind == STEP_BACKLOG || step->kind == STEP_LOOK)
		step->event = find_event(script, word());
	read_numbers(step);
	return true;
}

static const char *need_word(void)
{
	const char *text = word();

	if (!text)
		fail("a line without its word");
	return text;
}

static bool read_provider_line(struct model_script *script, const char *verb)
{
	struct model_provider *provider;

	if (strcmp(verb, "keyword") == 0) {
		provider = last_provider(script);
		read_value(NEXT(provider->keywords, provider->keyword_count));
	} else if (strcmp(verb, "level") == 0) {
		provider = last_provider(script);
		read_value(NEXT(provider->levels, provider->level_count));
	} else if (strcmp(verb, "map") == 0) {
		read_map(last_provider(script));
	} else if (strcmp(verb, "event") == 0) {
		read_event(script);
	} else if (strcmp(verb, "field") == 0) {
		read_field(script);
	} else {
		return false;
	}
	return true;
}

static enum model_denied read_denied(void)
{
	static const char *const words[] = {
		[MODEL_DENIED_START] = "start",	    [MODEL_DENIED_PRIVILEGE] = "privilege",
		[MODEL_DENIED_CONTROL] = "control", [MODEL_DENIED_ENABLE] = "enable",
		[MODEL_DENIED_OPEN] = "open",	    [MODEL_DENIED_STATE] = "state",
	};
	const char *text = word();
	size_t i;

	for (i = 0; text && i < MODEL_DENIED_COUNT; i++)
		if (strcmp(words[i], text) == 0)
			return (enum model_denied)i;
	if (text)
		fail(text);
	return MODEL_DENIED_START;
}

static void read_line(struct model_script *script, const char *verb)
{
	if (strcmp(verb, "provider") == 0)
		read_provider(script);
	else if (strcmp(verb, "session") == 0)
		copy(NEXT(script->others, script->other_count), MODEL_NAME_SIZE, rest());
	else if (strcmp(verb, "lacks") == 0)
		copy(NEXT(script->lacks, script->lacks_count), MODEL_NAME_SIZE, word());
	else if (strcmp(verb, "limit") == 0)
		script->session_limit = (ULONG)strtoul(need_word(), NULL, 0);
	else if (strcmp(verb, "lingers") == 0)
		script->lingers = (ULONG)strtoul(need_word(), NULL, 0);
	else if (strcmp(verb, "bare-header") == 0)
		script->is_header_bare = true;
	else if (strcmp(verb, "deny") == 0)
		script->denies[read_denied()] = true;
	else if (!read_provider_line(script, verb) && !read_step(script, verb))
		fail(verb);
}

void model_script_read(struct model_script *script, FILE *file)
{
	char line[1024];

	while (fgets(line, sizeof(line), file)) {
		const char *verb = strtok(line, " \t\r\n");

		if (verb && *verb != '#')
			read_line(script, verb);
	}
}
