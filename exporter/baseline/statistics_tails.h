/*
 * statistics_tails: how probable values are that are as far out, of the distributions that tests
 * compare with. Pure functions, any thread.
 */
#ifndef EXPORTER_BASELINE_STATISTICS_TAILS_H
#define EXPORTER_BASELINE_STATISTICS_TAILS_H

/* That a standard normal value is as far from 0 as z, on either side. */
double normal_two_sided(double z);

/*
 * The same of Student's t; `freedom` above 0, INFINITY: normal. By the incomplete beta function,
 * NIST DLMF 8.17.
 */
double student_two_sided(double t, double freedom);

/* The value that is exceeded on either side with the probability `p`, between 0 and 1. */
double student_critical(double p, double freedom);

/* Regularised incomplete beta function I_x(a, b), a and b above 0, x from 0 to 1. */
double incomplete_beta(double a, double b, double x);

/*
 * That Kolmogorov's statistic, scaled by the square root of the (harmonic) sample size, is above
 * `x`: Smirnov, "Table for Estimating the Goodness of Fit of Empirical Distributions" (1948).
 */
double kolmogorov_above(double x);

#endif
