/* What the model keeps between calls, and, as a DLL, between processes. */
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "exporter/etw/etw_functions_windows.h"
#include "exporter/value/utf16.h"
#include "tests/windows/model/model.h"

#define MAGIC 0x45545731

static pthread_once_t once = PTHREAD_ONCE_INIT;
static struct model_script script;

#ifdef _WIN32

static struct model_state *state;
static HANDLE mutex;

static void open_state(void)
{
	const char *path = getenv("ETWMODEL_STATE");
	HANDLE file, mapping;

	mutex = CreateMutexA(NULL, FALSE, "etwmodel");
	file = CreateFileA(path ? path : "C:\\etwmodel.state", GENERIC_READ | GENERIC_WRITE,
			   FILE_SHARE_READ | FILE_SHARE_WRITE, NULL, OPEN_ALWAYS, 0, NULL);
	mapping = CreateFileMappingA(file, NULL, PAGE_READWRITE, 0, sizeof(*state), NULL);
	state = MapViewOfFile(mapping, FILE_MAP_ALL_ACCESS, 0, 0, sizeof(*state));
	if (!state) {
		fprintf(stderr, "etwmodel: no state\n");
		exit(99);
	}
}

static void take_lock(void)
{
	WaitForSingleObject(mutex, INFINITE);
}

void model_unlock(void)
{
	ReleaseMutex(mutex);
}

#else

static struct model_state memory, *state = &memory;
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;

static void open_state(void)
{
}

static void take_lock(void)
{
	pthread_mutex_lock(&mutex);
}

void model_unlock(void)
{
	pthread_mutex_unlock(&mutex);
}

#endif

static void read_script(void)
{
	const char *path = getenv("ETWMODEL_SCRIPT");
	FILE *file = path ? fopen(path, "r") : NULL;

	memset(&script, 0, sizeof(script));
	script.session_limit = MODEL_SESSIONS_MAX;
	if (path && !file) {
		fprintf(stderr, "etwmodel: cannot read %s\n", path);
		exit(99);
	}
	if (file) {
		model_script_read(&script, file);
		fclose(file);
	}
}

/* Sessions of others that the script says there are. */
static void start_others(void)
{
	unsigned int i;

	for (i = 0; i < script.other_count; i++) {
		struct model_session *session = &state->sessions[i];

		memset(session, 0, sizeof(*session));
		session->used = true;
		session->id = ++state->last_id;
		session->properties.Wnode.Guid.Data1 = session->id;
		session->properties.LogFileMode = LOG_FILE_MODE_REAL_TIME;
		session->properties.BufferSize = 64;
		session->properties.MinimumBuffers = 4;
		session->properties.MaximumBuffers = 8;
		session->properties.NumberOfBuffers = 4;
		session->properties.FreeBuffers = 3;
		utf16_from_utf8(script.others[i], (uint16_t *)session->name, ETW_SESSION_NAME_SIZE);
	}
}

static void begin(void)
{
	memset(state, 0, sizeof(*state));
	state->magic = MAGIC;
	state->last_id = 0x10;
	start_others();
}

static void init(void)
{
	open_state();
	read_script();
	take_lock();
	if (state->magic != MAGIC)
		begin();
	model_unlock();
}

struct model_state *model_lock(void)
{
	pthread_once(&once, init);
	take_lock();
	return state;
}

const struct model_script *model_script(void)
{
	pthread_once(&once, init);
	return &script;
}

void model_reset(void)
{
	/* It may have other functions, too. */
	etw_functions_forget();
	model_lock();
	read_script();
	begin();
	model_unlock();
}
