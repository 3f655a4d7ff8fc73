/*
 * compare_cells: the numbers of a comparison as tables show them. Pure, any thread.
 */
#ifndef EXPORTER_BASELINE_COMPARE_CELLS_H
#define EXPORTER_BASELINE_COMPARE_CELLS_H

#include "exporter/baseline/comparison.h"
#include "exporter/baseline/fail_on.h"

#define COMPARE_CELL_BYTES 64

struct compare_cell {
	char text[COMPARE_CELL_BYTES];
};

/* With the unit that the metric's name and the statistic have: "1.5 ms", "120.1/s", "> 2.048 s"
 * where it is beyond the last bound; "-" where there is none. Either side's. */
void compare_value_cell(struct compare_cell *cell, const struct baseline_series *series,
			const struct change *change, bool next);

/* "+20.1 %", "from 0", "~" where it is not significant, "?" where that is not known. */
void compare_change_cell(struct compare_cell *cell, const struct change *change, double alpha);

/* The change as it is, whether it is significant or not. */
void compare_ratio_cell(struct compare_cell *cell, double ratio);

/* "+18.0 % ... +22.0 %", where a bucket is wider than usual with ", in a bucket of 4x"; empty where
 * there is none. */
void compare_interval_cell(struct compare_cell *cell, const struct change *change);

/* Adjusted: "0.012", "<0.001"; empty where there is none. */
void compare_p_cell(struct compare_cell *cell, const struct test_probability *test);

struct compare_sentence {
	char text[4 * COMPARE_CELL_BYTES];
};

/* What failed of a series: "2.0 ms to 2.4 ms, +20.1 %, p <0.001", or of a limit "2.4 ms". */
void compare_failure(struct compare_sentence *sentence, const struct fail_on_series *failed);

#endif
