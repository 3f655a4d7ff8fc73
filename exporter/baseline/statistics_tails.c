#include "exporter/baseline/statistics_tails.h"

#include <float.h>
#include <math.h>
#include <stdbool.h>

#define PI		    3.14159265358979323846
#define FRACTION_TERMS_MAX  10000
#define BISECTIONS	    200
#define KOLMOGOROV_TERMS    100
#define KOLMOGOROV_BOUNDARY 1.18

double normal_two_sided(double z)
{
	return erfc(fabs(z) / sqrt(2));
}

/* Keeps Lentz's quotients off 0. */
static double not_zero(double value)
{
	return fabs(value) < DBL_MIN ? DBL_MIN : value;
}

/* DLMF 8.17.22 by the method of Lentz; converges soon for x < (a + 1) / (a + b + 2). */
static double beta_fraction(double a, double b, double x)
{
	double c = 1, d = 1 / not_zero(1 - (a + b) * x / (a + 1)), result = d;
	int m;

	for (m = 1; m <= FRACTION_TERMS_MAX; m++) {
		double even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m));
		double odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1));

		d = 1 / not_zero(1 + even * d);
		c = not_zero(1 + even / c);
		result *= c * d;
		d = 1 / not_zero(1 + odd * d);
		c = not_zero(1 + odd / c);
		result *= c * d;
		if (fabs(c * d - 1) < DBL_EPSILON)
			break;
	}
	return result;
}

/* lgamma() of C writes a variable of all threads; Stirling's series (DLMF 5.11.1) does not. */
static double log_gamma(double x)
{
	double below = 0, square;

	while (x < 10) {
		below += log(x);
		x++;
	}
	square = x * x;
	return (x - 0.5) * log(x) - x + log(2 * PI) / 2 +
	       (1.0 / 12 -
		(1.0 / 360 - (1.0 / 1260 - (1.0 / 1680 - 1.0 / 1188 / square) / square) / square) /
			square) /
		       x -
	       below;
}

double incomplete_beta(double a, double b, double x)
{
	bool mirrored = x > (a + 1) / (a + b + 2);
	double factor, part;

	if (x <= 0 || x >= 1)
		return x <= 0 ? 0 : 1;
	factor = exp(a * log(x) + b * log1p(-x) + log_gamma(a + b) - log_gamma(a) - log_gamma(b));
	part = mirrored ? factor * beta_fraction(b, a, 1 - x) / b
			: factor * beta_fraction(a, b, x) / a;
	return mirrored ? 1 - part : part;
}

double student_two_sided(double t, double freedom)
{
	if (isinf(freedom))
		return normal_two_sided(t);
	if (isinf(t))
		return 0;
	return incomplete_beta(freedom / 2, 0.5, freedom / (freedom + t * t));
}

double student_critical(double p, double freedom)
{
	double low = 0, high = 1, middle;
	int i;

	while (student_two_sided(high, freedom) > p && high < DBL_MAX / 2)
		high *= 2;
	for (i = 0; i < BISECTIONS; i++) {
		middle = low + (high - low) / 2;
		if (middle <= low || middle >= high)
			break;
		if (student_two_sided(middle, freedom) > p)
			low = middle;
		else
			high = middle;
	}
	return high;
}

/* Of the two series, which are equal, that which converges there: DLMF 20.7.32 of theta. */
double kolmogorov_above(double x)
{
	double sum = 0;
	int k;

	if (x <= 0)
		return 1;
	if (x < KOLMOGOROV_BOUNDARY) {
		for (k = 1; k <= KOLMOGOROV_TERMS; k += 2)
			sum += exp(-k * k * PI * PI / (8 * x * x));
		return 1 - sqrt(2 * PI) / x * sum;
	}
	for (k = 1; k <= KOLMOGOROV_TERMS; k++)
		sum += (k % 2 ? 2 : -2) * exp(-2.0 * k * k * x * x);
	return sum;
}
