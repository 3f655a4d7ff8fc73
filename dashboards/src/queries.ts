/*
 * PromQL of the series that a dashboard's variables choose. Sums are "by" labels that are given as
 * one text: "process, operation".
 */

/* Of metrics that have no session. */
export const TARGET = 'job=~"$job", instance=~"$instance"';
export const SESSION = `${TARGET}, session=~"$session"`;

/* Of which target and session a series is, where they are told apart. */
export const EACH_TARGET = "job, instance";
export const EACH_SESSION = "job, instance, session";

/* A metric's series of the targets that are chosen, and of these with a session that is. */
export function ofTargets(metric: string, ...matchers: string[]): string {
	return `${metric}{${[TARGET, ...matchers].join(", ")}}`;
}

export function ofSessions(metric: string, ...matchers: string[]): string {
	return `${metric}{${[SESSION, ...matchers].join(", ")}}`;
}

export function sum(by: string, expression: string): string {
	return by ? `sum by (${by}) (${expression})` : `sum(${expression})`;
}

export function max(by: string, expression: string): string {
	return `max by (${by}) (${expression})`;
}

/* What a counter's series, as ofSessions() has them, grew by a second, and in the range shown. */
export function rateOf(by: string, series: string): string {
	return sum(by, `rate(${series}[$__rate_interval])`);
}

export function increaseOf(by: string, series: string): string {
	return sum(by, `increase(${series}[$__range])`);
}

export function rate(by: string, counter: string, ...matchers: string[]): string {
	return rateOf(by, ofSessions(counter, ...matchers));
}

export function increase(by: string, counter: string, ...matchers: string[]): string {
	return increaseOf(by, ofSessions(counter, ...matchers));
}

/* Those of an expression that had the most of a counter in the whole range shown: the same at each
 * of its steps. */
function busiest(by: string, expression: string, series: string): string {
	return `${expression} and topk($top, ${sum(by, `increase(${series}[$__range] @ end())`)})`;
}

export const topRateOf = (by: string, series: string) => busiest(by, rateOf(by, series), series);

export function topRate(by: string, counter: string, ...matchers: string[]): string {
	return topRateOf(by, ofSessions(counter, ...matchers));
}

/* Of a gauge's series, as ofSessions() has them, those that were highest in the range shown; `some`
 * leaves some out. */
export function topOf(by: string, series: string, some = (one: string) => one): string {
	const highest = max(by, some(`max_over_time(${series}[$__range] @ end())`));

	return `${max(by, some(series))} and topk($top, ${highest})`;
}

/* When an expression had values in the range shown, in seconds, first or last: at the steps of a
 * subquery, which are as long as rates are taken over, and now. */
export function when(first: "min" | "max", expression: string): string {
	const at = `timestamp(${expression})`;
	const steps = `${first}_over_time(${at}[$__range:$__rate_interval])`;

	return first === "max" ? `${at} or ${steps}` : `${steps} or ${at}`;
}

/* The quantile that is chosen, of a histogram, of those that observed most. */
export function quantile(by: string, histogram: string, ...matchers: string[]): string {
	const buckets = rate(by ? `${by}, le` : "le", `${histogram}_bucket`, ...matchers);
	const found = `histogram_quantile($quantile, ${buckets})`;

	return by ? busiest(by, found, ofSessions(`${histogram}_count`, ...matchers)) : found;
}

/* How much time a second went by in what a histogram observes: 1 is one all the time. */
export function share(by: string, histogram: string, ...matchers: string[]): string {
	return topRate(by, `${histogram}_sum`, ...matchers);
}

/* What a histogram observed, on average. */
export function mean(by: string, histogram: string, ...matchers: string[]): string {
	return `${rate(by, `${histogram}_sum`, ...matchers)} / ` +
		rate(by, `${histogram}_count`, ...matchers);
}

/* The buckets of a histogram, for a heat map. */
export function buckets(histogram: string, ...matchers: string[]): string {
	const series = ofSessions(`${histogram}_bucket`, ...matchers);

	return sum("le", `increase(${series}[$__rate_interval])`);
}

/* a / b where b is not 0. */
export function ratio(a: string, b: string): string {
	return `${a} / (${b} > 0)`;
}
