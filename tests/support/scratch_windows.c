#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <windows.h>

#include "config/files.h"
#include "config/wide_path_windows.h"
#include "tests/support/scratch.h"

#define DEADLINE_MS 10000

/* What is closed is open for us alone. */
static HANDLE closed = INVALID_HANDLE_VALUE;

static void require(int condition)
{
	if (!condition)
		abort();
}

/* With slashes, as tests write paths. */
const char *scratch_root(void)
{
	static char root[MAX_PATH];
	wchar_t wide[MAX_PATH];
	char *text, *at;

	require(GetTempPathW(MAX_PATH, wide) > 0);
	text = wide_to_utf8(wide);
	require(text && strlen(text) < sizeof(root));
	strcpy(root, text);
	free(text);
	for (at = root; *at; at++)
		if (*at == '\\')
			*at = '/';
	if (at > root && at[-1] == '/')
		at[-1] = '\0';
	return root;
}

static void remove_at(const char *path)
{
	enum file_kind kind;
	struct file_status status;
	struct folder *folder = NULL;
	const char *name;
	char inner[4096];
	wchar_t *wide = wide_path(path);

	require(wide != NULL);
	if (!file_status(path, &status) && status.kind == FILE_KIND_FOLDER)
		folder = folder_open(path);
	while (folder && (name = folder_next(folder, &kind))) {
		snprintf(inner, sizeof(inner), "%s/%s", path, name);
		remove_at(inner);
	}
	if (folder)
		folder_close(folder);
	require(folder ? RemoveDirectoryW(wide) : DeleteFileW(wide));
	free(wide);
}

void scratch_remove(struct scratch *scratch)
{
	remove_at(scratch->directory);
}

/* Once nobody else has it open: who is tested may just be looking. */
void scratch_close(struct scratch *scratch, const char *name)
{
	wchar_t *wide = wide_path(scratch_path(scratch, name));
	ULONGLONG deadline = GetTickCount64() + DEADLINE_MS;

	require(wide != NULL);
	do {
		closed = CreateFileW(wide, GENERIC_READ, 0, NULL, OPEN_EXISTING,
				     FILE_FLAG_BACKUP_SEMANTICS, NULL);
	} while (closed == INVALID_HANDLE_VALUE && GetLastError() == ERROR_SHARING_VIOLATION &&
		 GetTickCount64() < deadline);
	free(wide);
	require(closed != INVALID_HANDLE_VALUE);
}

void scratch_open(struct scratch *scratch, const char *name)
{
	(void)scratch;
	(void)name;
	CloseHandle(closed);
}
