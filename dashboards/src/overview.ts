/* How the sessions and the exporter are: what to look at first. */
import {dashboard, line, section} from "./dashboard.js";
import {exporterSection, rulesSection} from "./overview-exporter.js";
import {COLUMN, DAMAGE, LOSS, number, rows, series, SESSION_LABELS, time} from "./panels.js";
import type {Colours, Link, Placed} from "./panels.js";
import {
	EACH_SESSION, increase, max, ofSessions, ofTargets, rate, ratio, sum, TARGET, topOf, topRate,
	topRateOf, when,
} from "./queries.js";
import {top} from "./variables.js";

const COMPLETE: Colours = [[0.99, "orange"], [1, "green"]];
const SESSION_LEGEND = "{{instance}} {{session}}";
const EXPLORE: Link[] = [{
	title: "Events of this session",
	dashboard: "etw-events",
	set: {session: "__data.fields.Session", instance: "__data.fields.Instance"},
}];
const LOST = "etw_session_events_lost_total", DROPPED = "etw_session_events_dropped_total";

const total = (metric: string) => sum("", ofSessions(metric));
const bySession = (metric: string) => sum(EACH_SESSION, ofSessions(metric));
/* Events that are missing from what is counted, by what is made of each counter. */
const missing = (of: (metric: string) => string) => `${of(LOST)} + ${of(DROPPED)}`;
const all = (of: (metric: string) => string) =>
	`(${of("etw_session_events_total")} + ${missing(of)} > 0)`;
const completeness = (of: (metric: string) => string) =>
	`${of("etw_session_events_total")} / ${all(of)}`;
const missingNow = missing((metric) => rate(EACH_SESSION, metric));
const losing = `${missingNow} > 0`;

const LAST_EVENT = ofSessions("etw_session_last_event_timestamp_seconds");

const STATES = [{
	type: "value",
	options: {
		running: {text: "running", color: "green", index: 0},
		finished: {text: "finished", color: "blue", index: 1},
		starting: {text: "starting", color: "yellow", index: 2},
		waiting: {text: "waiting", color: "orange", index: 3},
		failed: {text: "failed", color: "red", index: 4},
		stopped: {text: "stopped", color: "text", index: 5},
	},
}];

const follows = `${ofSessions("etw_session_info", 'follow="true"')}`;
const paced = `${ofSessions("etw_session_info", 'pace="recorded"')}`;
const live = `${ofSessions("etw_session_info", 'source!="etl"')}`;
/* Of sessions that count what happens now, or as it happened. */
const inTime = (expression: string) =>
	`${expression} and on (${EACH_SESSION}) (${follows} or ${paced} or ${live})`;
const asWritten = (expression: string) =>
	`${expression} and on (${EACH_SESSION}) (${follows} or ${live})`;

const sessionNumbers: Placed[] = [
	number({
		title: "Sessions up", unit: "none",
		description: "Sessions that run, or have run to their end.",
		expression: total("etw_session_up"),
	}),
	number({
		title: "Sessions not up", unit: "none", colours: LOSS,
		description: "Sessions that start, wait for another try, failed or were stopped. They are " +
			"the first in the table below; the exporter's log says why.",
		expression: sum("", `1 - ${ofSessions("etw_session_up")}`),
	}),
	number({
		title: "Events missing", unit: "short", colours: LOSS,
		description: "Events lost by the trace sessions or dropped by the exporter in the time " +
			"range shown. What was lost before the first scrape is in the totals below only.",
		/* Prometheus extends what it saw to the ends of the range, which makes fractions. */
		expression: `round(${missing((metric) => increase("", metric))})`,
	}),
	number({
		title: "Last loss", unit: "dateTimeFromNow", none: "none", below: "red",
		description: "When events were lost or dropped last, in the time range shown.",
		expression: `max(${when("max", losing)}) * 1000`,
	}),
	number({
		title: "Completeness", unit: "percentunit", below: "red", colours: COMPLETE, decimals: 3,
		description: "Events received, of those received, lost by the trace sessions and " +
			"dropped by the exporter, since the sessions were started. Events in lost buffers " +
			"are not known and not in it.",
		expression: completeness(total),
	}),
	number({
		title: "Largest lag", unit: "s", colours: [[10, "orange"], [60, "red"]],
		description: "From an event to its being counted, of the session that is farthest behind. " +
			"Sessions that replay at full speed, and those that have counted nothing lately, " +
			"are left out.",
		expression: `max(${inTime(ofSessions("etw_session_lag_seconds"))} and on ` +
			`(${EACH_SESSION}) ${rate(EACH_SESSION, "etw_session_events_total")} > 0)`,
	}),
	number({
		title: "Fullest queue", unit: "percentunit", colours: [[0.5, "orange"], [0.8, "red"]],
		description: "Of the queue of a session between reading and counting, what is in use. " +
			"Replays at full speed, which keep theirs full, are left out.",
		expression: `max(${inTime(ratio(bySession("etw_session_queue_depth_bytes"),
						bySession("etw_session_queue_capacity_bytes")))})`,
	}),
	number({
		title: "Events per second", unit: "eps",
		description: "Events counted now, of all sessions together.",
		expression: rate("", "etw_session_events_total"),
	}),
];

const UP = [{
	type: "value",
	options: {
		1: {text: "up", color: "green", index: 0},
		0: {text: "down", color: "red", index: 1},
	},
}];

const sessionTable = rows({
	title: "Sessions",
	description: "Which are not up, and which lost events: these come first. Lost, dropped and " +
		"complete are of the whole time since a session was started, so they hold for finished " +
		"replays, too; first and last loss are those in the time range shown.",
	labels: {...SESSION_LABELS, state: "State"},
	overrides: {
		State: [
			{id: "mappings", value: STATES},
			{id: "custom.cellOptions", value: {type: "color-text"}},
		],
	},
	links: {Session: EXPLORE},
	columns: [
		{name: "Up", unit: "none", mappings: UP, width: COLUMN, expression:
			`min by (${EACH_SESSION}) (${ofSessions("etw_session_up")})`},
		{name: "State of", expression:
			`max by (${EACH_SESSION}, state) (${ofSessions("etw_session_state")} == 1)`},
		{name: "Lost", unit: "short", colours: LOSS, width: 80, expression: bySession(LOST)},
		{name: "Dropped", unit: "short", colours: LOSS, width: 90,
		 expression: bySession(DROPPED)},
		{name: "Complete", unit: "percentunit", below: "red", colours: COMPLETE, width: 95,
		 expression: completeness(bySession)},
		time("First loss", when("min", losing)),
		time("Last loss", when("max", losing)),
		{name: "Lag", unit: "s", width: 100, colours: [[10, "orange"], [60, "red"]], expression:
			max(EACH_SESSION, inTime(ofSessions("etw_session_lag_seconds")))},
		{name: "Events/s", unit: "eps", width: 100,
		 expression: rate(EACH_SESSION, "etw_session_events_total")},
		{name: "Restarts", unit: "short", colours: DAMAGE, width: 80,
		 expression: bySession("etw_session_restarts_total")},
	],
	sortBy: [["Up", false], ["Lost", true]],
});

const SEVERITIES = [{
	type: "value",
	options: {
		critical: {text: "critical", color: "red", index: 0},
		warning: {text: "warning", color: "orange", index: 1},
		info: {text: "info", color: "blue", index: 2},
	},
}];
const EACH_ALERT = "severity, alertname, job, instance, session";
/* Of the exporters as such, which have no session, too. */
const firing = `ALERTS{${TARGET}, session=~"$session|", alertname=~"Etw.*", alertstate="firing"}`;

const alerts = rows({
	title: "Alerts that fire",
	description: "Of the alert rules that come with the dashboards, where this Prometheus has them; " +
		"since when their conditions hold. RUNBOOK.md says of each what to do.",
	none: "None fires, or this Prometheus has no alert rules of the exporter.",
	labels: {severity: "Severity", alertname: "Alert", ...SESSION_LABELS},
	overrides: {
		Severity: [
			{id: "mappings", value: SEVERITIES},
			{id: "custom.cellOptions", value: {type: "color-text"}},
		],
	},
	links: {Session: EXPLORE},
	columns: [
		{name: "How many", unit: "short", expression: `count by (${EACH_ALERT}) (${firing})`},
		time("Since", `min by (${EACH_ALERT}) (ALERTS_FOR_STATE{${TARGET}} and ` +
			`ignoring (alertstate) ${firing})`),
	],
	sortBy: "Since",
});

const whatIsRead = rows({
	title: "What the sessions read",
	description: "What each session is, and its totals since it was started. First and last event " +
		"are by the trace's clock: of a replay, when it was recorded.",
	labels: {
		...SESSION_LABELS, source: "Source", pace: "Pace", follow: "Follow", loop: "Loop",
	},
	links: {Session: EXPLORE},
	columns: [
		{name: "Kind of", expression:
			max(`${EACH_SESSION}, source, pace, follow, loop`, ofSessions("etw_session_info"))},
		{name: "Events", unit: "short", expression: bySession("etw_session_events_total")},
		{name: "Read", unit: "bytes", expression: bySession("etw_session_read_bytes_total")},
		time("Started", max(EACH_SESSION, ofSessions("etw_session_start_time_seconds"))),
		time("First event", `min by (${EACH_SESSION}) ` +
			`(${ofSessions("etw_session_first_event_timestamp_seconds")})`),
		time("Last event",
		     max(EACH_SESSION, ofSessions("etw_session_last_event_timestamp_seconds"))),
		{name: "Loops", unit: "short", expression: bySession("etw_session_replay_loops_total")},
	],
	sortBy: "Events",
});

const readNumbers: Placed[] = [
	number({
		title: "Events counted", unit: "short",
		description: "All events counted since the sessions were started.",
		expression: total("etw_session_events_total"),
	}),
	number({
		title: "Trace data read", unit: "bytes",
		description: "All trace data read since the sessions were started.",
		expression: total("etw_session_read_bytes_total"),
	}),
	number({
		title: "Replays finished", unit: "none",
		description: "Sessions whose recordings were read to the end. Their rates are zero from " +
			"then on, their totals stay.",
		expression: total("etw_session_replay_finished"),
	}),
	number({
		title: "Files left out", unit: "none", colours: LOSS,
		description: "Files not read because of limits.files, and files without a session of " +
			"their own because of limits.sessions. What is in them is missing from all numbers " +
			"here: raise the limit.",
		expression: `${total("etw_session_files_refused_total")} + ` +
			sum("", ofTargets("etw_exporter_sessions_refused_total")),
	}),
];

const rates: Placed[] = [
	series({
		title: "Events per second by session", unit: "eps",
		description: "Events counted, of the sessions with the most of them in the time range " +
			"shown. How many: variable top. Finished replays stand at zero.",
		queries: [{legend: SESSION_LEGEND,
			   expression: topRate(EACH_SESSION, "etw_session_events_total")}],
	}),
	series({
		title: "Events per second by provider", unit: "eps", stacked: true,
		description: "The providers with the most events in the time range shown. How many: " +
			"variable top. A click leads to their events.",
		queries: [{legend: "{{provider}}", expression: topRate("provider", "etw_events_total")}],
		links: [{title: "Events of ${__field.labels.provider}", dashboard: "etw-events",
			 set: {provider: "__field.labels.provider"}}],
	}),
	series({
		title: "Trace data read per second", unit: "Bps",
		description: "How fast the sessions' trace data is read.",
		queries: [{legend: SESSION_LEGEND,
			   expression: topRate(EACH_SESSION, "etw_session_read_bytes_total")}],
	}),
	series({
		title: "Buffers per second", unit: "suffix:buffers/s",
		description: "Trace buffers read, and how many of them were compressed.",
		queries: [
			{legend: SESSION_LEGEND,
			 expression: topRate(EACH_SESSION, "etw_session_buffers_read_total")},
			{legend: `${SESSION_LEGEND}: compressed`, dashed: true,
			 expression: topRate(EACH_SESSION, "etw_session_compressed_buffers_read_total")},
		],
	}),
];

const lagAndQueue: Placed[] = [
	series({
		title: "Lag", unit: "s", logarithmic: true,
		description: "Time from the newest event of the last buffer to its being counted; of a " +
			"replay at recorded speed, from when it was due. Replays at full speed are left out: " +
			"theirs is the age of the recording.",
		queries: [{legend: SESSION_LEGEND,
			   expression: topOf(EACH_SESSION, ofSessions("etw_session_lag_seconds"), inTime)}],
	}),
	series({
		title: "Time since the last event", unit: "s", logarithmic: true,
		description: "Of sessions that follow files, or are live. When it grows, the writer is " +
			"silent or its buffers do not fill: compare with the flush timer of the trace session.",
		queries: [{
			legend: SESSION_LEGEND,
			expression: "time() - " + max(EACH_SESSION, asWritten(LAST_EVENT)) + " and " +
				`bottomk($top, ${max(EACH_SESSION, asWritten(`${LAST_EVENT} @ end()`))})`,
		}],
	}),
	series({
		title: "Queue between reading and counting", unit: "bytes",
		description: "Trace data waiting to be counted, and the most that ever waited. A replay " +
			"at full speed keeps its queue full: its reader waits then, and nothing is lost.",
		queries: [
			{legend: `${SESSION_LEGEND}: waiting`,
			 expression: topOf(EACH_SESSION, ofSessions("etw_session_queue_depth_bytes"))},
			{legend: `${SESSION_LEGEND}: peak`, dashed: true,
			 expression: topOf(EACH_SESSION, ofSessions("etw_session_queue_peak_bytes"))},
		],
	}),
	series({
		title: "Queue in use", unit: "percentunit", max: 1,
		description: "How much of what may wait does (queue of the session), of the sessions with " +
			"the longest queues. A live session drops events where this comes to 100 %.",
		queries: [{
			legend: SESSION_LEGEND,
			expression: `(${topOf(EACH_SESSION, ofSessions("etw_session_queue_depth_bytes"))}) / ` +
				`(${bySession("etw_session_queue_capacity_bytes")} > 0)`,
		}],
	}),
];

const lossNumbers: Placed[] = [
	number({
		title: "Events lost", unit: "short", colours: LOSS,
		description: "Events that the trace sessions lost before they reached the exporter, by " +
			"their own account: no buffer was free. Give the trace session more or larger " +
			"buffers, or fewer events.",
		expression: total(LOST),
	}),
	number({
		title: "Buffers lost", unit: "short", colours: LOSS,
		description: "Buffers full of events that the trace sessions lost, by their own account: " +
			"the disk or the consumer was too slow.",
		expression: total("etw_session_buffers_lost_total"),
	}),
	number({
		title: "Events dropped", unit: "short", colours: LOSS,
		description: "Events that the exporter dropped because its queue was full. Sessions that " +
			"read files never drop: their reader waits.",
		expression: total(DROPPED),
	}),
	number({
		title: "Signs of loss", unit: "short", colours: DAMAGE,
		description: "Flags on buffers and lost-event records that say that something is " +
			"missing, not how much.",
		expression: total("etw_session_loss_signs_total"),
	}),
	number({
		title: "Malformed", unit: "short", colours: DAMAGE,
		description: "Pieces of trace data that could not be used: damaged, cut off, or in a " +
			"form that the exporter does not know.",
		expression: total("etw_session_malformed_total"),
	}),
	number({
		title: "Out of order", unit: "short", colours: DAMAGE,
		description: "Events that came behind later ones though rules want them in order: pairs " +
			"with them may be missed.",
		expression: total("etw_session_unordered_events_total"),
	}),
];

const lossTable = rows({
	title: "Losses and damage by session",
	description: "Totals since each session was started, so they hold for finished replays too.",
	labels: SESSION_LABELS,
	links: {Session: EXPLORE},
	columns: [
		{name: "Received", unit: "short", expression: bySession("etw_session_events_total")},
		{name: "Lost", unit: "short", colours: LOSS,
		 expression: bySession(LOST)},
		{name: "Dropped", unit: "short", colours: LOSS, expression: bySession(DROPPED)},
		{name: "Buffers lost", unit: "short", colours: LOSS,
		 expression: bySession("etw_session_buffers_lost_total")},
		{name: "Signs of loss", unit: "short", colours: DAMAGE,
		 expression: bySession("etw_session_loss_signs_total")},
		{name: "Malformed", unit: "short", colours: DAMAGE,
		 expression: bySession("etw_session_malformed_total")},
		{name: "Bytes skipped", unit: "bytes", colours: DAMAGE,
		 expression: bySession("etw_session_skipped_bytes_total")},
	],
	sortBy: [["Lost", true], ["Malformed", true]],
});

const losses: Placed[] = [
	series({
		title: "Events lost and dropped per second", unit: "eps",
		description: "When loss happens. A loss that was counted before the first scrape shows " +
			"in the totals only.",
		queries: [
			{legend: `${SESSION_LEGEND}: lost`,
			 expression: topRate(EACH_SESSION, LOST)},
			{legend: `${SESSION_LEGEND}: dropped`, expression: topRate(EACH_SESSION, DROPPED)},
		],
	}),
	series({
		title: "Share of events missing", unit: "percentunit",
		description: "(lost + dropped) / (received + lost + dropped) within the last minutes, of " +
			"the sessions that lost or dropped most; without events there is none.",
		queries: [{legend: SESSION_LEGEND, expression:
			`(${missingNow}) / ${all((metric) => rate(EACH_SESSION, metric))} and ` +
			`topk($top, ${missing((metric) => sum(EACH_SESSION,
				`increase(${ofSessions(metric)}[$__range] @ end())`))})`}],
	}),
	series({
		title: "Signs of loss per second", unit: "suffix:signs/s",
		description: "Flags on buffers and lost-event records, by sign.",
		queries: [{legend: `${SESSION_LEGEND}: {{sign}}`,
			   expression: topRate(`${EACH_SESSION}, sign`, "etw_session_loss_signs_total")}],
	}),
	series({
		title: "Malformed trace data per second", unit: "suffix:pieces/s",
		description: "Pieces that could not be used, by reason.",
		queries: [{legend: `${SESSION_LEGEND}: {{reason}}`,
			   expression: topRate(`${EACH_SESSION}, reason`, "etw_session_malformed_total")}],
	}),
];

/* What is counted by one more label, where it is not 0. */
function counted(title: string, description: string, metric: string, label: string,
		 name: string): Placed {
	return rows({
		title, description,
		labels: {...SESSION_LABELS, [label]: name},
		columns: [{name: "Count", unit: "short", expression:
			`${sum(`${EACH_SESSION}, ${label}`, ofSessions(metric))} > 0`}],
		sortBy: "Count",
	});
}

const kindsOfDamage: Placed[] = [
	counted("Malformed, by reason",
		"Totals. buffer_truncated and buffer_zeros at the end of a recording mean that it was " +
		"not closed properly; other reasons mean damage.",
		"etw_session_malformed_total", "reason", "Reason"),
	counted("Signs of loss, by sign",
		"Totals. The flags stand on buffers; lost_event, lost_buffer and lost_file are records " +
		"that the trace session writes itself. undelivered: events of Windows were still coming " +
		"when the exporter gave up on their session.",
		"etw_session_loss_signs_total", "sign", "Sign"),
	counted("File changes, by kind",
		"Totals of files that shrank, were replaced or disappeared while they were read or " +
		"followed.",
		"etw_session_file_changes_total", "change", "Change"),
	counted("Records of unknown kinds",
		"Records that are skipped by their size, by kind. They are not in the events counted.",
		"etw_session_unknown_records_total", "kind", "Kind"),
];

const files = rows({
	title: "Files",
	description: "The files of each session. Failed ones could not be read (of a followed session " +
		"they are tried again); changed ones shrank, were replaced or disappeared while they " +
		"were read or followed.",
	labels: SESSION_LABELS,
	columns: [
		{name: "Open", unit: "short", expression: bySession("etw_session_files_open")},
		{name: "Done", unit: "short", expression: bySession("etw_session_files_done_total")},
		{name: "Failed", unit: "short", colours: LOSS,
		 expression: bySession("etw_session_files_failed_total")},
		{name: "Left out", unit: "short", colours: LOSS,
		 expression: bySession("etw_session_files_refused_total")},
		{name: "Changed", unit: "short", colours: DAMAGE,
		 expression: bySession("etw_session_file_changes_total")},
	],
});

const liveLinux: Placed[] = [
	series({
		title: "Ring buffers of Linux in use", unit: "short",
		description: "Events that wait in the kernel to be read, of live sessions of Linux.",
		queries: [{legend: SESSION_LEGEND,
			   expression: topOf(EACH_SESSION, ofSessions("etw_session_events_waiting"))}],
	}),
	series({
		title: "Ring buffers of Linux: lost, by reason", unit: "eps",
		description: "Events that the kernel lost, by its reason, and what the buffers' pages say " +
			"is missing. Give the session larger buffers, or fewer events.",
		queries: [
			{legend: `${SESSION_LEGEND}: {{reason}}`, expression:
				topRate(`${EACH_SESSION}, reason`, "etw_session_ring_events_lost_total")},
			{legend: `${SESSION_LEGEND}: missed`,
			 expression: topRate(EACH_SESSION, "etw_session_events_missed_total")},
		],
	}),
];

/* Of Windows' sessions those that had the fewest free. Others have none, and none free. */
const scarcest = (metric: string) => `${bySession(metric)} and bottomk($top, min by ` +
	`(${EACH_SESSION}) (min_over_time(${ofSessions("etw_session_buffers_free")}[$__range] @ end()) ` +
	`and on (${EACH_SESSION}) ${ofSessions("etw_session_info", 'source="etw"')}))`;

const liveWindows: Placed[] = [
	series({
		title: "Buffers of Windows' sessions", unit: "suffix:buffers",
		description: "Buffers that a live session has, and those of them that are free, of the " +
			"sessions that had the fewest free. Where none is free, events are lost.",
		queries: [
			{legend: `${SESSION_LEGEND}: free`, expression: scarcest("etw_session_buffers_free")},
			{legend: `${SESSION_LEGEND}: all`, dashed: true,
			 expression: scarcest("etw_session_buffers")},
		],
	}),
	series({
		title: "Buffers delivered and lost", unit: "suffix:buffers/s",
		description: "Buffers that a live session of Windows delivered, by its own account, and " +
			"those that it lost, by where they were to go.",
		queries: [
			{legend: `${SESSION_LEGEND}: delivered`,
			 expression: topRate(EACH_SESSION, "etw_session_buffers_written_total")},
			{legend: `${SESSION_LEGEND}: lost, {{target}}`, expression:
				topRate(`${EACH_SESSION}, target`, "etw_session_trace_buffers_lost_total")},
		],
	}),
	series({
		title: "Schemas asked of Windows", unit: "suffix:event types",
		description: "Event types of live sessions whose schemas Windows was asked for, by what " +
			"came of it.",
		queries: [{legend: `${SESSION_LEGEND}: {{result}}`, expression:
			topOf(`${EACH_SESSION}, result`, ofSessions("etw_session_schema_lookups_total"))}],
	}),
];

const sessionModes = rows({
	title: "Modes of Windows' sessions",
	description: "How Windows runs each live session. Independent ones lose nothing by what " +
		"others do.",
	labels: {...SESSION_LABELS, mode: "Mode"},
	columns: [{name: "On", unit: "short", expression:
		max(`${EACH_SESSION}, mode`, `${ofSessions("etw_session_mode")} == 1`)}],
});

const systemSessions: Placed[] = [
	number({
		title: "Trace sessions", unit: "none",
		description: "Trace sessions that run on the Windows machines, whoever started them.",
		width: 4, expression: sum("", ofTargets("etw_system_sessions")),
	}),
	number({
		title: "Room for trace sessions", unit: "percentunit",
		description: "How many trace sessions run, of those that there can be: of the machine " +
			"with the most.",
		colours: [[0.8, "orange"], [0.95, "red"]], width: 4,
		expression: `max(${ofTargets("etw_system_sessions")} / ` +
			`${ofTargets("etw_system_sessions_limit")})`,
	}),
	series({
		title: "Lost by trace sessions of the machines", unit: "eps", width: 8,
		description: "Events that trace sessions lost, the exporter's and others', by Windows' " +
			"account.",
		queries: [{legend: "{{instance}} {{trace_session}}", expression:
			topRateOf("instance, trace_session",
				  ofTargets("etw_system_session_events_lost_total"))}],
	}),
	series({
		title: "Buffers lost by trace sessions of the machines", unit: "suffix:buffers/s", width: 8,
		description: "Buffers that trace sessions lost, by where they were to go.",
		queries: [{legend: "{{instance}} {{trace_session}}: {{target}}", expression:
			topRateOf("instance, trace_session, target",
				  ofTargets("etw_system_session_buffers_lost_total"))}],
	}),
];

const stopped = counted("Sessions stopped by others",
	"How often another process stopped a live session, by its PID; 0: it is not known which.",
	"etw_session_stopped_by_others_total", "pid", "PID");

export const overview = () => dashboard({
	uid: "etw-overview",
	title: "ETW exporter / Overview",
	description: "Health and completeness of trace sessions, and of the exporters that count " +
		"their events.",
	tags: ["tracing"],
	variables: [top()],
	sections: [
		section("Sessions", line(4, ...sessionNumbers), line(9, sessionTable),
			line(6, alerts)),
		section("Losses and damage", line(8, ...losses.slice(0, 2)), line(4, ...lossNumbers),
			line(7, lossTable), line(8, ...losses.slice(2)),
			line(6, ...kindsOfDamage.slice(0, 2)), line(6, ...kindsOfDamage.slice(2))),
		section("Lag and queue", line(8, ...lagAndQueue.slice(0, 2)),
			line(8, ...lagAndQueue.slice(2))),
		section("Rates", line(8, ...rates.slice(0, 2)), line(4, ...readNumbers),
			line(8, whatIsRead), line(8, ...rates.slice(2)), line(6, files)),
		section("Live sessions of Linux", line(8, ...liveLinux)),
		section("Live sessions of Windows", line(8, ...liveWindows), line(7, sessionModes, stopped),
			line(7, ...systemSessions)),
		rulesSection(),
		exporterSection(),
	],
});
