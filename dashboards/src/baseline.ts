/* What is otherwise than in the baseline that the exporter was given, or than some time ago. */
import {dashboard, line, section} from "./dashboard.js";
import {number, rows, series} from "./panels.js";
import type {Placed} from "./panels.js";
import {ofSessions, sum} from "./queries.js";
import {choice, labelValues, top} from "./variables.js";

const METRIC = 'metric=~"$metric"';
/* With all labels, but without the metric's name, which would tell rows of a table apart. */
const each = (metric: string) => `max without () (${ofSessions(metric, METRIC)})`;

const VALUE = each("etw_baseline_value");
const RATIO = each("etw_baseline_ratio");
const DEVIATION = each("etw_baseline_deviation");
const NOW = `${VALUE} * ${RATIO}`;
const BEYOND = `abs(${DEVIATION}) > $threshold`;

/* Of an expression those series that are farthest from the baseline at the end of the range. */
const farthest = (expression: string) => `${expression} and topk($top, ` +
	`abs(max without () (${ofSessions("etw_baseline_deviation", METRIC)} @ end())))`;
const farthestNow = (expression: string) =>
	`(${expression}) and topk(10 * $top, abs(${DEVIATION}))`;

const LEGEND = "{{metric}} {{session}} {{provider}} {{event_id}} {{event}} {{process}}";

const numbers: Placed[] = [
	number({
		title: "Series with a baseline", unit: "short",
		description: "Series that the exporter compares with its baseline. None: give it one " +
			"(baseline: {file: ...} in its configuration).",
		expression: `count(${VALUE}) or vector(0)`,
	}),
	number({
		title: "Beyond the threshold", unit: "short", colours: [[1, "red"]],
		description: "Series whose deviation is beyond the threshold now, to either side.",
		expression: `count(${BEYOND}) or vector(0)`,
	}),
	number({
		title: "Largest deviation", unit: "suffix:sigma", decimals: 1,
		colours: [[3, "orange"], [6, "red"]],
		description: "In robust standard deviations of the baseline: (now - median) / (1.4826 MAD).",
		expression: `max(abs(${DEVIATION}))`,
	}),
	number({
		title: "Silent", unit: "short", colours: [[1, "orange"]],
		description: "Series that the baseline has and of which there is nothing now.",
		expression: `count(${RATIO} == 0) or vector(0)`,
	}),
];

const beyond: Placed[] = [
	series({
		title: "Series beyond the threshold", unit: "short", stacked: true,
		description: "How many series deviate by more than the threshold, by metric.",
		queries: [{legend: "{{metric}}", expression: `count by (metric) (${BEYOND}) or ` +
			`0 * count by (metric) (${DEVIATION})`}],
	}),
	series({
		title: "Deviation", unit: "suffix:sigma",
		description: "Of the series that are farthest from the baseline, in robust standard " +
			"deviations: above 0 more than in the baseline, below 0 less.",
		signed: true,
		queries: [{legend: LEGEND, expression: farthest(DEVIATION)}],
	}),
	series({
		title: "Now and in the baseline", unit: "short",
		description: "Of the series that are farthest from the baseline: of counters the rate, of " +
			"histograms the observations a second, of gauges the value; dashed the median of " +
			"the baseline.",
		queries: [
			{legend: LEGEND, expression: farthest(`(${NOW})`)},
			{legend: `${LEGEND}: baseline`, dashed: true, expression: farthest(VALUE)},
		],
	}),
	series({
		title: "Ratio", unit: "percentunit",
		description: "Now / baseline, of the series that are farthest from it.",
		queries: [{legend: LEGEND, expression: farthest(RATIO)}],
	}),
];

const deviations = rows({
	title: "Deviations",
	description: "The series that are farthest from the baseline now, ten times as many as variable " +
		"top says; deviations are in robust standard deviations of the baseline.",
	labels: {
		instance: "Instance", metric: "Metric", session: "Session", provider: "Provider",
		event_id: "ID or type", event: "Event", process: "Process",
	},
	columns: [
		{name: "Now", unit: "short", expression: farthestNow(NOW)},
		{name: "Baseline", unit: "short", expression: farthestNow(VALUE)},
		{name: "Ratio", unit: "percentunit", expression: farthestNow(RATIO)},
		{name: "Deviation", unit: "short", width: 90, expression: farthestNow(DEVIATION)},
		{name: "Distance", unit: "short", width: 80, colours: [[3, "orange"], [6, "red"]],
		 expression: farthestNow(`abs(${DEVIATION})`)},
	],
	overrides: {
		Provider: [{id: "custom.width", value: 230}],
		Event: [{id: "custom.width", value: 130}],
	},
	sortBy: "Distance",
});

const TYPE = "provider, event_id, event";
const EVENTS = ofSessions("etw_events_total");
const perSecond = (by: string, offset = "") =>
	sum(by, `rate(${EVENTS}[$__rate_interval]${offset && ` offset ${offset}`})`);
const then = (by: string) => perSecond(by, "$offset");
const BUSIEST = `topk(10 * $top, ${sum(TYPE, `rate(${EVENTS}[$__range])`)})`;

const against: Placed[] = [
	series({
		title: "Events per second, now and before", unit: "eps",
		description: "Events of all sessions that are chosen; dashed what they were before, by " +
			"variable offset.",
		queries: [
			{legend: "now", expression: perSecond("")},
			{legend: "$offset ago", dashed: true, expression: then("")},
		],
	}),
	series({
		title: "Providers: now / before", unit: "percentunit",
		description: "Events per second now by those before: the providers with the most events in " +
			"the time range shown.",
		queries: [{legend: "{{provider}}", expression:
			`${perSecond("provider")} / (${then("provider")} > 0) and topk($top, ` +
			`${sum("provider", `increase(${EVENTS}[$__range] @ end())`)})`}],
	}),
];

const changes = rows({
	title: "Event types, now and before",
	description: "Events per second now and before, by variable offset, of the event types with the " +
		"most events in the time range shown.",
	labels: {provider: "Provider", event_id: "ID or type", event: "Event"},
	columns: [
		{name: "Now", unit: "eps", expression: `${perSecond(TYPE)} and ${BUSIEST}`},
		{name: "Before", unit: "eps", expression: `${then(TYPE)} and ${BUSIEST}`},
		{name: "Now / before", unit: "percentunit", below: "orange",
		 colours: [[0.5, "text"], [2, "orange"]],
		 expression: `(${perSecond(TYPE)} / (${then(TYPE)} > 0)) and ${BUSIEST}`},
	],
	sortBy: "Now / before",
});

export const baseline = () => dashboard({
	uid: "etw-baseline",
	title: "ETW exporter / Baseline",
	description: "What is otherwise than in the exporter's baseline, or than some time ago.",
	tags: ["baseline"],
	variables: [
		labelValues("metric", "Metric", ofSessions("etw_baseline_value")),
		choice("threshold", "Threshold", "4", ["2", "3", "4", "6", "10"]),
		choice("offset", "Offset", "1d", ["1h", "1d", "7d", "28d"]),
		top(),
	],
	sections: [
		section("Against the baseline", line(4, ...numbers), line(9, ...beyond.slice(0, 2)),
			line(9, ...beyond.slice(2)), line(12, deviations)),
		section("Against what was before", line(9, ...against), line(12, changes)),
	],
});
