#include "exporter/docs/roff.h"

#include <string.h>

#include "exporter/exporter_metrics.h"

void roff_words(struct text *to, const char *words)
{
	static const struct {
		char letter;
		const char *escaped;
	} special[] = {
		{'\\', "\\(rs"}, {'-', "\\-"},	 {'\'', "\\(aq"}, {'"', "\\(dq"},
		{'`', "\\(ga"},	 {'^', "\\(ha"}, {'~', "\\(ti"},
	};
	size_t i;

	/* At the beginning of a line it would be a macro. */
	if (*words == '.')
		text_string(to, "\\&");
	for (; *words; words++) {
		for (i = 0; i < sizeof(special) / sizeof(*special); i++)
			if (special[i].letter == *words)
				break;
		if (i < sizeof(special) / sizeof(*special))
			text_string(to, special[i].escaped);
		else
			text_char(to, *words);
	}
}

void roff_line(struct text *to, const char *words)
{
	roff_words(to, words);
	text_char(to, '\n');
}

void roff_paragraph(struct text *to, const char *words)
{
	text_string(to, ".PP\n");
	roff_line(to, words);
}

void roff_title(struct text *to, const char *name, int section, const char *manual)
{
	text_printf(to, ".TH %s %d \"%s\" \"etw_exporter ", name, section, exporter_date());
	roff_words(to, exporter_version());
	text_printf(to, "\" \"%s\"\n", manual);
}

void roff_heading(struct text *to, const char *macro, const char *heading)
{
	text_printf(to, ".%s \"", macro);
	roff_words(to, heading);
	text_string(to, "\"\n");
}

void roff_tag(struct text *to, const char *bold, const char *italic)
{
	text_string(to, ".TP\n\\fB");
	roff_words(to, bold);
	text_string(to, "\\fR");
	if (*italic) {
		text_string(to, "\\fI");
		roff_words(to, italic);
		text_string(to, "\\fR");
	}
	text_char(to, '\n');
}
