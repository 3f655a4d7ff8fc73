/* What the overview shows of rules, and of the exporters themselves. */
import {line, section} from "./dashboard.js";
import {DAMAGE, LOSS, rows, series, SESSION_LABELS, time} from "./panels.js";
import type {Placed} from "./panels.js";
import {
	EACH_SESSION, EACH_TARGET, max, ofSessions, ofTargets, rateOf, ratio, sum, topOf, topRate,
	topRateOf,
} from "./queries.js";

const SERIES = ofTargets("etw_exporter_series");

/* Metrics that other programs have, too, are those of exporters alone. */
const ofExporters = (expression: string) =>
	`${expression} and on (${EACH_TARGET}) ${SERIES}`;

const YES_NO = [{
	type: "value",
	options: {
		1: {text: "yes", color: "green", index: 0},
		0: {text: "no", color: "red", index: 1},
	},
}];

const EACH_RULE = "session, rule";

const rules: Placed[] = [
	series({
		title: "Events that rules took", unit: "eps",
		description: "Events that match and where of a rule took: the rules with the most.",
		queries: [{legend: "{{session}} {{rule}}",
			   expression: topRate(EACH_RULE, "etw_rule_events_matched_total")}],
	}),
	series({
		title: "Errors of rules", unit: "eps",
		description: "Events, or labels of them, that a rule could not read, by what was wrong: " +
			"see the table below.",
		queries: [{legend: "{{session}} {{rule}}: {{reason}}", expression:
			topRate("session, rule, reason", "etw_rule_errors_total")}],
	}),
	series({
		title: "Pairs open", unit: "short",
		description: "Starts that wait for their ends, of rules that pair events.",
		queries: [{legend: "{{session}} {{rule}}", expression:
			`topk($top, ${sum(EACH_RULE, ofSessions("etw_rule_pairs_open"))})`}],
	}),
	series({
		title: "Pairs given up", unit: "eps",
		description: "Starts, and ends, that were given up without the other side, and starts " +
			"that were given up after the rule's timeout.",
		queries: [
			{legend: "{{session}} {{rule}}: {{side}}", expression:
				topRate("session, rule, side", "etw_rule_pairs_unmatched_total")},
			{legend: "{{session}} {{rule}}: expired",
			 expression: topRate(EACH_RULE, "etw_rule_pairs_expired_total")},
		],
	}),
];

const ruleTable = rows({
	title: "Rules",
	description: "Totals since the sessions were started. Series are those of all sessions; what " +
		"goes beyond a rule's limit is counted in the series with every label other.",
	labels: {instance: "Instance", rule: "Rule"},
	width: 14,
	columns: [
		{name: "Events", unit: "short", expression:
			sum("job, instance, rule", ofSessions("etw_rule_events_matched_total"))},
		{name: "Errors", unit: "short", colours: DAMAGE, expression:
			sum("job, instance, rule", ofSessions("etw_rule_errors_total"))},
		{name: "Pairs", unit: "short", expression:
			sum("job, instance, rule", ofSessions("etw_rule_pairs_matched_total"))},
		{name: "Series", unit: "short",
		 expression: max("job, instance, rule", ofTargets("etw_rule_series"))},
		{name: "Of limit", width: 85, unit: "percentunit", colours: [[0.8, "orange"], [1, "red"]],
		 expression: `max by (job, instance, rule) (${ofTargets("etw_rule_series")} / ` +
			`(${ofTargets("etw_rule_series_limit")} > 0))`},
	],
	sortBy: "Events",
});

const stateTable = rows({
	title: "What rules know of the trace",
	description: "Processes, threads, images and files of the trace that rules can name, and what " +
		"was pushed out of these tables because they were full.",
	labels: {...SESSION_LABELS, table: "Table"},
	width: 10,
	columns: [
		{name: "Known", unit: "short", expression:
			sum(`${EACH_SESSION}, table`, ofSessions("etw_session_state_entries"))},
		{name: "Refused", unit: "short", colours: DAMAGE, expression:
			sum(`${EACH_SESSION}, table`, ofSessions("etw_session_state_refused_total"))},
	],
});

const exporters = rows({
	title: "Exporters",
	description: "What runs where, which configuration it uses (hash of the file), whether the " +
		"last attempt to load it succeeded; how many of the series that it may have (limits.series) " +
		"and of the files that it may open are in use.",
	labels: {
		instance: "Instance", version: "Version", revision: "Revision", hash: "Configuration",
	},
	columns: [
		{name: "Build", expression: max("job, instance, version, revision",
						ofTargets("etw_exporter_build_info"))},
		{name: "Hash", expression: max("job, instance, hash",
					       ofTargets("etw_exporter_config_info"))},
		{name: "Loaded", unit: "none", mappings: YES_NO, expression: `min by (${EACH_TARGET}) ` +
			`(${ofTargets("etw_exporter_config_last_reload_successful")})`},
		time("Configuration of", max(EACH_TARGET, ofTargets(
			"etw_exporter_config_last_reload_success_timestamp_seconds"))),
		time("Started", max(EACH_TARGET,
				    ofExporters(ofTargets("process_start_time_seconds")))),
		{name: "Series used", width: 100, unit: "percentunit", colours: [[0.8, "orange"], [0.9, "red"]],
		 expression: `max by (${EACH_TARGET}) (${ratio(SERIES,
			ofTargets("etw_exporter_series_limit"))})`},
		{name: "Files used", width: 90, unit: "percentunit",
		 colours: [[0.6, "orange"], [0.8, "red"]], expression: max(EACH_TARGET, ofExporters(
			ratio(ofTargets("process_open_fds"), ofTargets("process_max_fds"))))},
		{name: "Sessions refused", unit: "none", width: 130, colours: LOSS, expression:
			sum(EACH_TARGET, ofTargets("etw_exporter_sessions_refused_total"))},
		{name: "Log lines left out", unit: "short", width: 130, expression:
			sum(EACH_TARGET, ofTargets("etw_exporter_log_lines_suppressed_total"))},
	],
});

/* Of the exporters' own gauges. */
const topOfTargets = (metric: string, some?: (series: string) => string) =>
	topOf(EACH_TARGET, ofTargets(metric), some);

const limits: Placed[] = [
	series({
		title: "Series", unit: "short",
		description: "Series that exist; the table above says how much of the limit " +
			"(limits.series) that is. What finds no room is counted in the series with all " +
			"labels other.",
		queries: [{legend: "{{instance}}", expression: topOfTargets("etw_exporter_series")}],
	}),
	series({
		title: "Refused by limits, per second", unit: "cps",
		description: "Counted in overflow series for want of room (limits.series, " +
			"limits.event_types), by family, and label values cut short (limits.label_bytes).",
		queries: [
			{legend: "{{instance}}: {{family}}", expression: topRateOf(`${EACH_TARGET}, family`,
				ofTargets("etw_exporter_series_overflow_total"))},
			{legend: "{{instance}}: label values cut", expression: topRateOf(EACH_TARGET,
				ofTargets("etw_exporter_label_truncations_total"))},
		],
	}),
	series({
		title: "Series that ended, per second", unit: "cps",
		description: "Series that left the page because the processes in their labels had ended " +
			"(expire of a rule), by family.",
		queries: [{legend: "{{instance}}: {{family}}", expression: topRateOf(
			`${EACH_TARGET}, family`, ofTargets("etw_exporter_series_expired_total"))}],
	}),
];

const scrapes: Placed[] = [
	series({
		title: "Scrape duration", unit: "s",
		description: "How long the page took to render, and how long the scrape took as Prometheus " +
			"saw it. Keep it well below the scrape interval.",
		queries: [
			{legend: "{{instance}}: render",
			 expression: topOfTargets("etw_exporter_scrape_duration_seconds")},
			{legend: "{{instance}}: scrape",
			 expression: topOfTargets("scrape_duration_seconds", ofExporters)},
		],
	}),
	series({
		title: "Size of the page", unit: "bytes",
		description: "Not compressed. It grows with the number of series.",
		queries: [{legend: "{{instance}}",
			   expression: topOfTargets("etw_exporter_scrape_size_bytes")}],
	}),
	series({
		title: "Connections and scrapes", unit: "short",
		description: "Connections that are open, and scrapes that are being answered.",
		queries: [
			{legend: "{{instance}}: connections",
			 expression: topOfTargets("etw_exporter_http_connections")},
			{legend: "{{instance}}: scrapes",
			 expression: topOfTargets("etw_exporter_http_scrapes")},
		],
	}),
	series({
		title: "Requests refused per second", unit: "reqps",
		description: "Connections and requests that were refused or cut off, by reason.",
		queries: [{legend: "{{instance}}: {{reason}}", expression: topRateOf(
			`${EACH_TARGET}, reason`, ofTargets("etw_exporter_http_refused_total"))}],
	}),
];

const CPU = "process_cpu_seconds_total";

const processes: Placed[] = [
	series({
		title: "CPU", unit: "percentunit",
		description: "100 % is one processor in full use.",
		queries: [{legend: "{{instance}}", expression:
			`${rateOf(EACH_TARGET, ofTargets(CPU))} and topk($top, ${sum(EACH_TARGET,
				ofExporters(`increase(${ofTargets(CPU)}[$__range] @ end())`))})`}],
	}),
	series({
		title: "Memory", unit: "bytes",
		description: "Resident memory of the exporter.",
		queries: [{legend: "{{instance}}",
			   expression: topOfTargets("process_resident_memory_bytes", ofExporters)}],
	}),
	series({
		title: "File descriptors and threads", unit: "short",
		description: "Open file descriptors (of Windows: handles), and threads. The table above " +
			"says how many of those that may be open are.",
		queries: [
			{legend: "{{instance}}: open",
			 expression: topOfTargets("process_open_fds", ofExporters)},
			{legend: "{{instance}}: threads",
			 expression: topOfTargets("process_threads", ofExporters)},
		],
	}),
];

export const rulesSection = () => section("Rules", line(8, ...rules.slice(0, 2)),
	line(8, ...rules.slice(2)), line(9, ruleTable, stateTable));

export const exporterSection = () => section("Exporter", line(6, exporters), line(8, ...limits),
	line(8, ...scrapes), line(8, ...processes));
