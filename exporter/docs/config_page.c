#include <stdio.h>

#include "config/web_keys.h"
#include "exporter/docs/docs.h"
#include "exporter/docs/key_range.h"
#include "exporter/docs/roff.h"
#include "exporter/docs/table_walk.h"

#define HEADING_BYTES 128

static void add_choices(struct text *to, const struct key *key)
{
	size_t i;

	text_string(to, " One of");
	for (i = 0; key->choices[i]; i++) {
		text_string(to, i ? ", \\fB" : " \\fB");
		roff_words(to, key->choices[i]);
		text_string(to, "\\fR");
	}
	text_char(to, '.');
}

static void add_key(struct text *to, const struct key *key)
{
	struct unit_text low, high;

	roff_tag(to, key->name, "");
	roff_words(to, key->help);
	if (key->choices)
		add_choices(to, key);
	if (key_range(key, &low, &high)) {
		text_string(to, " From ");
		roff_words(to, low.text);
		text_string(to, " to ");
		roff_words(to, high.text);
		text_char(to, '.');
	}
	if (key->required) {
		text_string(to, " Required.");
	} else if (key->fallback && *key->fallback) {
		text_string(to, " Default: \\fB");
		roff_words(to, key->fallback);
		text_string(to, "\\fR.");
	}
	text_char(to, '\n');
}

static void add_table(struct text *to, const struct key_table *table)
{
	char heading[HEADING_BYTES];
	size_t i;

	snprintf(heading, sizeof(heading), "Keys of %s", table->what);
	roff_heading(to, "SS", heading);
	for (i = 0; i < table->count; i++)
		add_key(to, &table->keys[i]);
}

static void add_tables(struct text *to, const struct key_table *root)
{
	struct table_walk walk;
	size_t i;

	table_walk(&walk, root);
	for (i = 0; i < walk.count; i++)
		add_table(to, walk.tables[i]);
}

static void add_example(struct text *to)
{
	roff_heading(to, "SH", "EXAMPLE");
	text_string(to, ".nf\n"
			"sessions:\n"
			"  \\- {name: dns, path: traces/dns\\-*.etl}\n"
			"metrics:\n"
			"  \\- name: dns_queries_total\n"
			"    help: DNS queries that have come to an end.\n"
			"    type: counter\n"
			"    match: {provider: Microsoft\\-Windows\\-DNS\\-Client, id: 3008}\n"
			"    labels: {status: QueryStatus}\n"
			".fi\n");
}

void docs_config_page(struct text *to)
{
	roff_title(to, "ETW_EXPORTER.YML", 5, "File Formats");
	roff_heading(to, "SH", "NAME");
	text_string(to, "etw_exporter.yml \\- what etw_exporter reads and counts\n");
	roff_heading(to, "SH", "DESCRIPTION");
	roff_line(to,
		  "A YAML document of at most one mapping, given by --config.file. Durations "
		  "are written as 1m30s, with ns, us, ms, s, m and h; sizes with B, kB, MB and "
		  "GB, which are powers of 1000, or KiB, MiB and GiB, which are powers of 1024. "
		  "Relative paths begin at the folder of the file that they stand in. What is "
		  "wrong is told with file, line and column by \"etw_exporter check\".");
	roff_heading(to, "SH", "KEYS");
	add_tables(to, &config_keys);
	add_example(to);
	roff_heading(to, "SH", "WEB CONFIGURATION");
	roff_line(to,
		  "The file that --web.config.file gives, in the format of Prometheus' exporters. "
		  "It and the files that it names are looked at once a second.");
	add_tables(to, &web_keys);
	roff_heading(to, "SH", "SEE ALSO");
	text_string(to, ".BR etw_exporter (1)\n");
}
