#include "config/problems.h"

#include <stdlib.h>
#include <string.h>

void problems_init(struct problems *problems)
{
	*problems = (struct problems){0};
}

static void problem_done(struct problem *problem)
{
	free(problem->file);
	free(problem->text);
}

void problems_done(struct problems *problems)
{
	size_t i;

	for (i = 0; i < problems->count; i++)
		problem_done(&problems->list[i]);
	free(problems->list);
	for (i = 0; i < problems->file_count; i++)
		free(problems->files[i]);
	free(problems->files);
	problems_init(problems);
}

static size_t find_file(const struct problems *problems, const char *file)
{
	size_t i;

	for (i = 0; i < problems->file_count; i++)
		if (strcmp(problems->files[i], file) == 0)
			break;
	return i;
}

void problems_know(struct problems *problems, const char *file)
{
	char **files, *copy;

	if (find_file(problems, file) < problems->file_count)
		return;
	files = realloc(problems->files, (problems->file_count + 1) * sizeof(*files));
	if (!files)
		return;
	problems->files = files;
	copy = strdup(file);
	if (copy)
		files[problems->file_count++] = copy;
}

static bool is_after(const struct problem *problem, const struct problem *other)
{
	if (problem->order != other->order)
		return problem->order > other->order;
	if (problem->line != other->line)
		return problem->line > other->line;
	return problem->column > other->column;
}

static void remove_at(struct problems *problems, size_t at)
{
	problem_done(&problems->list[at]);
	problems->count--;
	memmove(&problems->list[at], &problems->list[at + 1],
		(problems->count - at) * sizeof(*problems->list));
}

/* False: PROBLEMS_MAX of its kind come before it. */
static bool make_room(struct problems *problems, const struct problem *problem)
{
	size_t i, last = 0, same = 0;

	for (i = 0; i < problems->count; i++) {
		if (problems->list[i].warning != problem->warning)
			continue;
		last = i;
		same++;
	}
	if (same < PROBLEMS_MAX)
		return true;
	if (!is_after(&problems->list[last], problem))
		return false;
	remove_at(problems, last);
	return true;
}

static int insert(struct problems *problems, const struct problem *problem)
{
	struct problem *list;
	size_t at = problems->count;

	list = realloc(problems->list, (problems->count + 1) * sizeof(*list));
	if (!list)
		return -1;
	problems->list = list;
	while (at && is_after(&list[at - 1], problem))
		at--;
	memmove(&list[at + 1], &list[at], (problems->count - at) * sizeof(*list));
	list[at] = *problem;
	problems->count++;
	return 0;
}

void problems_add(struct problems *problems, const char *file, struct place place, bool warning,
		  const char *text)
{
	struct problem problem = {
		.line = place.line,
		.column = place.column,
		.warning = warning,
	};

	if (warning && problems->no_warnings)
		return;
	if (!warning)
		problems->errors++;
	problems_know(problems, file);
	problem.order = find_file(problems, file);
	if (!make_room(problems, &problem))
		return;
	problem.file = strdup(file);
	problem.text = strdup(text);
	if (!problem.file || !problem.text || insert(problems, &problem))
		problem_done(&problem);
}
