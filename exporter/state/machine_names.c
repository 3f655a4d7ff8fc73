#include "exporter/state/machine_names.h"

#include <inttypes.h>

#include "exporter/system/clock_ns.h"
#include "exporter/machine/devices.h"

#define NS_PER_SECOND 1000000000
#define KNOWN_NS      ((int64_t)60000000000) /* for how long a name is taken to be right */
#define UNKNOWN_NS    ((int64_t)2000000000)  /* likewise that there is none */

/* Reading all symbols takes a tenth of a second: ever more seldom, where it is of no use. */
#define SYMBOLS_WAIT_S	   10
#define SYMBOLS_WAIT_MAX_S 1280

void machine_names_done(struct machine_names *machine)
{
	kernel_symbols_free(machine->symbols);
}

static int64_t now_s(void)
{
	return clock_ns(CLOCK_MONOTONIC) / NS_PER_SECOND;
}

int machine_names_read_symbols(struct machine_names *machine, const char *path, struct error *error)
{
	machine->symbols = kernel_symbols_new(path);
	if (!machine->symbols)
		return error_set(error, "cannot read %s: out of memory", path);
	machine->symbols_read_s = now_s();
	machine->symbols_wait_s = SYMBOLS_WAIT_S;
	if (kernel_symbols_read(machine->symbols, error) == 0)
		return 0;
	kernel_symbols_free(machine->symbols);
	machine->symbols = NULL;
	return -1;
}

static bool find_symbol(struct machine_names *machine, uint64_t address)
{
	const char *name = kernel_symbols_find(machine->symbols, address);

	if (name)
		text_string(machine->text, name);
	return name != NULL;
}

/* Modules come and go: where one was there is another, so that no name is right for certain. */
static bool read_again(struct machine_names *machine)
{
	int64_t now = now_s();
	struct error error;

	if (now - machine->symbols_read_s < machine->symbols_wait_s)
		return false;
	machine->symbols_read_s = now;
	if (kernel_symbols_read(machine->symbols, &error))
		return false;
	lookups_clear(machine->lookups);
	return true;
}

static bool ask_symbol(struct machine_names *machine, uint64_t address)
{
	bool found;

	if (!machine->symbols)
		return false;
	if (find_symbol(machine, address))
		return true;
	if (!read_again(machine))
		return false;
	found = find_symbol(machine, address);
	if (found)
		machine->symbols_wait_s = SYMBOLS_WAIT_S;
	else if (machine->symbols_wait_s < SYMBOLS_WAIT_MAX_S)
		machine->symbols_wait_s *= 2;
	return found;
}

static bool ask(struct machine_names *machine, enum lookup_kind kind, uint64_t number)
{
	if (kind == LOOKUP_SYMBOL)
		return ask_symbol(machine, number);
	if (number > UINT32_MAX)
		return false;
	if (kind == LOOKUP_DEVICE)
		return device_name((uint32_t)number, machine->text);
	return irq_name((uint32_t)number, machine->text);
}

static void add_number(enum lookup_kind kind, uint64_t number, struct text *to)
{
	text_clear(to);
	if (kind == LOOKUP_SYMBOL)
		text_printf(to, "0x%" PRIx64, number);
	else if (kind == LOOKUP_DEVICE && number <= UINT32_MAX)
		text_printf(to, "%u:%u", kernel_dev_major((uint32_t)number),
			    kernel_dev_minor((uint32_t)number));
	else
		text_printf(to, "%" PRId64, (int64_t)number);
}

/* Functions that are known stay where they are, until all symbols are read again. */
static bool is_due(const struct machine_names *machine, const struct lookup *lookup,
		   int64_t time_ns)
{
	if (!machine->looks || (lookup->kind == LOOKUP_SYMBOL && lookup->is_known))
		return false;
	return lookups_is_far(lookup->asked_ns, time_ns, lookup->is_known ? KNOWN_NS : UNKNOWN_NS);
}

/* Once for each number, and now and then again. */
__attribute__((cold, noinline)) static uint32_t
look_up(struct machine_names *machine, enum lookup_kind kind, uint64_t number, int64_t time_ns)
{
	bool may_ask = machine->looks && lookups_may_ask(machine->lookups), is_known;
	struct lookup *lookup;
	uint32_t id;

	text_clear(machine->text);
	is_known = may_ask && ask(machine, kind, number);
	if (!is_known)
		add_number(kind, number, machine->text);
	id = names_id(machine->names, machine->text->bytes, machine->text->length);
	lookup = lookups_find(machine->lookups, kind, number);
	if (machine->looks && !may_ask)
		return lookup ? lookup->name_id : id;
	if (!lookup)
		lookup = lookups_add(machine->lookups, kind, number);
	if (lookup) {
		lookup->name_id = id;
		lookup->asked_ns = time_ns;
		lookup->is_known = is_known;
	}
	return id;
}

uint32_t machine_names_id(struct machine_names *machine, enum lookup_kind kind, uint64_t number,
			  int64_t time_ns)
{
	const struct lookup *lookup = lookups_find(machine->lookups, kind, number);

	if (lookup && !is_due(machine, lookup, time_ns))
		return lookup->name_id;
	return look_up(machine, kind, number, time_ns);
}
