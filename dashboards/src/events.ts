/* Which events there are, of which providers, and how many. */
import {dashboard, line, section} from "./dashboard.js";
import {bars, number, rows, series, time} from "./panels.js";
import type {Link, Placed} from "./panels.js";
import {
	increase, increaseOf, ofSessions, rate, ratio, sum, topRate, when,
} from "./queries.js";
import {labelValues, top} from "./variables.js";

const TYPE = "provider, event_id, event";
const TYPE_LEGEND = "{{provider}} {{event_id}} {{event}}";
const CHOSEN = ['provider=~"$provider"', 'event_id=~"$event_id"', 'event=~"$event"'];
const EVENTS = ofSessions("etw_events_total", ...CHOSEN);
const BYTES = ofSessions("etw_event_bytes_total", ...CHOSEN);
const BUSIEST = `topk(10 * $top, ${sum(TYPE, EVENTS)})`;

const APPEARED = `${sum(TYPE, EVENTS)} unless ${sum(TYPE, `${EVENTS} offset $__range`)}`;

const ONE_PROVIDER: Link[] = [{
	title: "Only ${__field.labels.provider}", dashboard: "etw-events",
	set: {provider: "__field.labels.provider"},
}];
const ONE_TYPE: Link[] = [{
	title: "Only this event", dashboard: "etw-events",
	set: {provider: "__field.labels.provider", event_id: "__field.labels.event_id",
	      event: "__field.labels.event"},
}];
const CELL: Link[] = [{
	title: "Only this provider", dashboard: "etw-events",
	set: {provider: "__data.fields.Provider"},
}];

const numbers: Placed[] = [
	number({
		title: "Event types seen", unit: "short",
		description: "How many event types were seen since the sessions were started.",
		expression: `count(${sum(TYPE, EVENTS)})`,
	}),
	number({
		title: "Providers", unit: "short",
		description: "How many providers these are of.",
		expression: `count(${sum("provider", EVENTS)})`,
	}),
	number({
		title: "Types that appeared", unit: "short", colours: [[1, "blue"]],
		description: "Event types of which there was nothing before the time range shown: they are " +
			"in the table below.",
		expression: `count(${APPEARED}) or vector(0)`,
	}),
	number({
		title: "Events per second", unit: "eps",
		description: "Events that are counted now.",
		expression: rate("", "etw_events_total", ...CHOSEN),
	}),
	number({
		title: "Payload per second", unit: "Bps",
		description: "Payload of the events that are counted now, headers not counted.",
		expression: rate("", "etw_event_bytes_total", ...CHOSEN),
	}),
	number({
		title: "Events in the range", unit: "short",
		description: "Events that were counted in the time range shown.",
		expression: increase("", "etw_events_total", ...CHOSEN),
	}),
	number({
		title: "Found no room", unit: "short", colours: [[1, "orange"]],
		description: "Events that are counted as provider other because a limit was reached " +
			"(limits.series, limits.event_types).",
		expression: sum("", ofSessions("etw_events_total", 'provider="other"')) + " or vector(0)",
	}),
];

const byProvider: Placed[] = [
	series({
		title: "Events per second by provider", unit: "eps", stacked: true, links: ONE_PROVIDER,
		description: "The providers with the most events in the time range shown. How many: " +
			"variable top. A click leads to one of them.",
		queries: [{legend: "{{provider}}",
			   expression: topRate("provider", "etw_events_total", ...CHOSEN)}],
	}),
	series({
		title: "Payload bytes per second by provider", unit: "Bps", stacked: true,
		links: ONE_PROVIDER,
		description: "The providers with the most payload in the time range shown, headers not " +
			"counted.",
		queries: [{legend: "{{provider}}",
			   expression: topRate("provider", "etw_event_bytes_total", ...CHOSEN)}],
	}),
];

const byType: Placed[] = [
	series({
		title: "Events per second by event type", unit: "eps", links: ONE_TYPE,
		description: "The event types with the most events in the time range shown: provider, " +
			"event ID (of classic events the event type), name.",
		queries: [{legend: TYPE_LEGEND,
			   expression: topRate(TYPE, "etw_events_total", ...CHOSEN)}],
	}),
	series({
		title: "Payload bytes per second by event type", unit: "Bps", links: ONE_TYPE,
		description: "The event types with the most payload in the time range shown.",
		queries: [{legend: TYPE_LEGEND,
			   expression: topRate(TYPE, "etw_event_bytes_total", ...CHOSEN)}],
	}),
];

const totals = bars({
	title: "Events by provider", unit: "short", legend: "{{provider}}", links: ONE_PROVIDER,
	description: "Totals since the sessions were started, so they hold for finished replays too.",
	width: 10,
	expression: `topk($top, ${sum("provider", EVENTS)})`,
});

const where = series({
	title: "Events per second by session", unit: "eps", stacked: true,
	description: "The sessions with the most of these events.",
	queries: [{legend: "{{instance}} {{session}}",
		   expression: topRate("instance, session", "etw_events_total", ...CHOSEN)}],
});

const types = rows({
	title: "Event types",
	description: "The event types with the most events: totals since the sessions were started, " +
		"and the rate now. Shows ten times as many as variable top says.",
	labels: {provider: "Provider", event_id: "ID or type", event: "Event"},
	links: {Provider: CELL},
	columns: [
		{name: "Events", unit: "short", expression: `${sum(TYPE, EVENTS)} and ${BUSIEST}`},
		{name: "Payload", unit: "bytes", expression: `${sum(TYPE, BYTES)} and ${BUSIEST}`},
		{name: "Payload per event", unit: "bytes", expression:
			`(${ratio(sum(TYPE, BYTES), sum(TYPE, EVENTS))}) and ${BUSIEST}`},
		{name: "Events/s", unit: "eps", expression:
			`${rate(TYPE, "etw_events_total", ...CHOSEN)} and ${BUSIEST}`},
		{name: "In the range", unit: "short", expression:
			`${increaseOf(TYPE, EVENTS)} and ${BUSIEST}`},
	],
	sortBy: "Events",
});

const appeared = rows({
	title: "Event types that appeared",
	description: "Event types of which there was nothing before the time range shown, the newest " +
		"first: since when there is something, and what was counted of them.",
	labels: {provider: "Provider", event_id: "ID or type", event: "Event"},
	links: {Provider: CELL},
	width: 14,
	columns: [
		time("Since", `min by (${TYPE}) (${when("min", EVENTS)}) and ` +
			`topk(10 * $top, ${APPEARED})`),
		{name: "Events", unit: "short", expression: `topk(10 * $top, ${APPEARED})`},
	],
	sortBy: [["Since", true], ["Events", true]],
});

const errors = rows({
	title: "Payloads that do not fit their schema",
	description: "Of events that rules take, all fields are looked at, of others the size. The " +
		"events are counted, but rules may lack their fields: most often the manifest is of " +
		"another version of the program.",
	labels: {session: "Session", provider: "Provider", event_id: "ID or type", event: "Event",
		 reason: "Reason"},
	columns: [{name: "Events", unit: "short", expression: `topk(10 * $top, ` +
		`${sum(`session, ${TYPE}, reason`, ofSessions("etw_decode_errors_total", ...CHOSEN))})`}],
	sortBy: "Events",
});

export const events = () => dashboard({
	uid: "etw-events",
	title: "ETW exporter / Events explorer",
	description: "The events of any session: by provider, by event, the most of them.",
	tags: ["tracing"],
	variables: [
		labelValues("provider", "Provider", ofSessions("etw_events_total")),
		labelValues("event_id", "ID or type",
			    ofSessions("etw_events_total", 'provider=~"$provider"')),
		labelValues("event", "Event", ofSessions("etw_events_total", 'provider=~"$provider"')),
		top(),
	],
	sections: [
		section("Events", line(4, ...numbers), line(9, ...byProvider), line(9, ...byType),
			line(8, where)),
		section("Event types", line(9, appeared, totals), line(12, types), line(7, errors)),
	],
});
