/*
 * demo: a small recording of a Windows machine that is part of the program, so that the demo needs
 * no file. The bytes are made at build time by tests/tool_demo_recording. Read-only data, any
 * thread.
 */
#ifndef EXPORTER_DEMO_H
#define EXPORTER_DEMO_H

#include <stddef.h>

extern const unsigned char demo_recording_bytes[];
extern const size_t demo_recording_length;

#endif
