#include "exporter/status/rate_history.h"

double rate_history_sum(const struct rate_history *history)
{
	double sum = 0;
	int i;

	for (i = 0; i < RATE_STEPS; i++)
		if (!isnan(history->rates[i]))
			sum += history->rates[i];
	return sum;
}

/* round() is the mathematics library's. */
static double rounded(double value)
{
	return (double)(int64_t)(value + (value < 0 ? -0.5 : 0.5));
}

void rate_json(double rate, struct text *json)
{
	if (!isfinite(rate))
		text_string(json, "null");
	else if (fabs(rate) < 1000)
		text_double(json, rounded(rate * 1000) / 1000);
	else
		text_double(json, fabs(rate) < 1e15 ? rounded(rate) : rate);
}

void rate_history_json(const struct rate_history *history, uint64_t steps, struct text *json)
{
	uint64_t step = steps > RATE_STEPS ? steps - RATE_STEPS : 0;

	text_char(json, '[');
	for (; step < steps; step++) {
		rate_json(history->rates[step % RATE_STEPS], json);
		if (step + 1 < steps)
			text_char(json, ',');
	}
	text_char(json, ']');
}
