/* Writes the demo recording: as a file, or as C source that is compiled into the exporter. */
#include <stdio.h>
#include <string.h>

#include "tests/support/demo_recording.h"

static int write_source(FILE *file, const uint8_t *bytes, size_t length)
{
	size_t column = 0;

	fputs("#include \"exporter/demo.h\"\n\nconst unsigned char demo_recording_bytes[] = {\n",
	      file);
	for (size_t i = 0; i < length; i++) {
		column += (size_t)fprintf(file, "%d,", bytes[i]);
		if (column > 94) {
			fputc('\n', file);
			column = 0;
		}
	}
	fputs("\n};\n\nconst size_t demo_recording_length = sizeof(demo_recording_bytes);\n", file);
	return ferror(file) ? -1 : 0;
}

static int write_recording(FILE *file, const uint8_t *bytes, size_t length)
{
	return fwrite(bytes, 1, length, file) == length ? 0 : -1;
}

static int write_file(const char *path, const uint8_t *bytes, size_t length, bool as_source)
{
	FILE *file = fopen(path, "wb");
	int failed;

	if (!file)
		return -1;
	failed = as_source ? write_source(file, bytes, length)
			   : write_recording(file, bytes, length);
	return fclose(file) != 0 || failed ? -1 : 0;
}

int main(int argc, char **argv)
{
	bool as_source = argc == 3 && strcmp(argv[1], "--c-source") == 0;
	struct etl_writer *writer;
	const uint8_t *bytes;
	size_t length;
	int failed;

	if (argc != 2 && !as_source) {
		fprintf(stderr, "usage: tool_demo_recording [--c-source] FILE\n");
		return 2;
	}
	writer = demo_recording_new();
	bytes = etl_writer_finish(writer, &length);
	failed = write_file(argv[argc - 1], bytes, length, as_source);
	if (failed)
		perror(argv[argc - 1]);
	etl_writer_free(writer);
	return failed ? 1 : 0;
}
