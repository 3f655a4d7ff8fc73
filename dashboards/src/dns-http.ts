/* Queries of names, and requests of the web server in the kernel: packs dns-client, http-sys. */
import {dashboard, line, section} from "./dashboard.js";
import {heat, number, series} from "./panels.js";
import type {Placed} from "./panels.js";
import {buckets, mean, quantile, rate, ratio, topRate} from "./queries.js";
import {process, quantileChoice, top} from "./variables.js";

const PROCESS = 'process=~"$process"';
const FAILED = 'status!="ERROR_SUCCESS"';
const SERVER_ERROR = 'code=~"5.."';

const dnsNumbers: Placed[] = [
	number({
		title: "Queries per second", unit: "reqps",
		description: "DNS queries that are completed now.",
		expression: rate("", "etw_dns_client_queries_total", PROCESS),
	}),
	number({
		title: "Queries that fail", unit: "percentunit", colours: [[0.1, "orange"], [0.5, "red"]],
		description: "Of the queries that are completed now, those with a status other than " +
			"ERROR_SUCCESS.",
		expression: ratio(`(${rate("", "etw_dns_client_queries_total", FAILED, PROCESS)} or vector(0))`,
				  rate("", "etw_dns_client_queries_total", PROCESS)),
	}),
	number({
		title: "Time of a query", unit: "s",
		description: "The quantile that is chosen, of all programs.",
		expression: quantile("", "etw_dns_client_query_seconds", PROCESS),
	}),
	number({
		title: "Time of a server", unit: "s",
		description: "The quantile that is chosen of the time to a server's answer, of all " +
			"servers.",
		expression: quantile("", "etw_dns_client_server_seconds"),
	}),
];

const dns: Placed[] = [
	series({
		title: "DNS queries by program", unit: "reqps",
		description: "Queries that were completed, by program and type.",
		queries: [{legend: "{{process}}: {{qtype}}", expression:
			topRate("process, qtype", "etw_dns_client_queries_total", PROCESS)}],
	}),
	series({
		title: "DNS queries by status", unit: "reqps", stacked: true,
		description: "How queries ended.",
		queries: [{legend: "{{status}}",
			   expression: rate("status", "etw_dns_client_queries_total", PROCESS)}],
	}),
	series({
		title: "How long DNS queries take", unit: "s",
		description: "The quantile that is chosen, by program.",
		queries: [{legend: "{{process}}", expression:
			quantile("process", "etw_dns_client_query_seconds", PROCESS)}],
	}),
	heat({
		title: "DNS queries of all programs", unit: "s",
		description: "How many queries took how long.",
		expression: buckets("etw_dns_client_query_seconds", PROCESS),
	}),
	series({
		title: "How long DNS servers take", unit: "s",
		description: "The quantile that is chosen of the time from a query's being sent to the " +
			"answer, by server.",
		queries: [{legend: "{{server}}",
			   expression: quantile("server", "etw_dns_client_server_seconds")}],
	}),
	series({
		title: "Answers of DNS servers", unit: "reqps",
		description: "By server and status.",
		queries: [{legend: "{{server}}: {{status}}", expression:
			topRate("server, status", "etw_dns_client_server_responses_total")}],
	}),
	series({
		title: "Cache of the DNS client", unit: "reqps", stacked: true,
		description: "Lookups in the cache, by status.",
		queries: [{legend: "{{status}}",
			   expression: rate("status", "etw_dns_client_cache_lookups_total")}],
	}),
	series({
		title: "Answers of networks", unit: "reqps", stacked: true,
		description: "Answers of networks to queries, by status.",
		queries: [{legend: "{{status}}",
			   expression: rate("status", "etw_dns_client_network_responses_total")}],
	}),
];

const httpNumbers: Placed[] = [
	number({
		title: "Requests per second", unit: "reqps",
		description: "HTTP requests that are parsed now.",
		expression: rate("", "etw_http_requests_total"),
	}),
	number({
		title: "Errors of servers", unit: "percentunit", colours: [[0.01, "orange"], [0.05, "red"]],
		description: "Of the responses, those with a code from 500 on.",
		expression: ratio(`(${rate("", "etw_http_responses_total", SERVER_ERROR)} or vector(0))`,
				  rate("", "etw_http_responses_total")),
	}),
	number({
		title: "Time of a request", unit: "s",
		description: "The quantile that is chosen, of all requests.",
		expression: quantile("", "etw_http_request_seconds"),
	}),
	number({
		title: "From the cache", unit: "percentunit",
		description: "Of the responses, those from the kernel's cache.",
		expression: ratio(rate("", "etw_http_cache_responses_total"),
				  rate("", "etw_http_responses_total")),
	}),
];

const http: Placed[] = [
	series({
		title: "HTTP requests by method", unit: "reqps", stacked: true,
		description: "Requests that were parsed.",
		queries: [{legend: "{{method}}", expression: rate("method", "etw_http_requests_total")}],
	}),
	series({
		title: "HTTP responses by code", unit: "reqps", stacked: true,
		description: "Responses that were sent, by status code and how sending ended.",
		queries: [{legend: "{{code}} {{result}}",
			   expression: topRate("code, result", "etw_http_responses_total")}],
	}),
	series({
		title: "How long HTTP requests take", unit: "s",
		description: "The quantile that is chosen of the time from a request's being received to " +
			"its response's being sent, by status code.",
		queries: [{legend: "{{code}}", expression: quantile("code", "etw_http_request_seconds")}],
	}),
	heat({
		title: "HTTP requests", unit: "s",
		description: "How many requests took how long.",
		expression: buckets("etw_http_request_seconds"),
	}),
	series({
		title: "Waiting in request queues", unit: "s",
		description: "The quantile that is chosen of the time until a request was handed to an " +
			"application pool, by queue.",
		queries: [{legend: "{{queue}}", expression: quantile("queue", "etw_http_queue_seconds")}],
	}),
	series({
		title: "Time in applications", unit: "s",
		description: "How long applications took on average to begin a response, by queue and " +
			"status code.",
		queries: [{legend: "{{queue}}: {{code}}",
			   expression: mean("queue, code", "etw_http_application_seconds")}],
	}),
	series({
		title: "Requests rejected", unit: "reqps",
		description: "Requests that could not be parsed, were rejected or cancelled, by reason.",
		queries: [{legend: "{{kind}}: {{reason}}", expression:
			topRate("kind, reason", "etw_http_rejected_requests_total")}],
	}),
	series({
		title: "Cache of the kernel", unit: "Bps",
		description: "Bytes of responses from the kernel's cache.",
		queries: [{legend: "sent from the cache",
			   expression: rate("", "etw_http_cache_sent_bytes_total")}],
	}),
	series({
		title: "Responses from the cache", unit: "reqps",
		description: "Responses from the kernel's cache, by kind.",
		queries: [{legend: "{{kind}}",
			   expression: rate("kind", "etw_http_cache_responses_total")}],
	}),
];

const connections: Placed[] = [
	series({
		title: "Connections", unit: "cps",
		description: "Connections that were made, and closed, by how.",
		queries: [
			{legend: "made", expression: rate("", "etw_http_connections_total")},
			{legend: "closed: {{kind}}",
			 expression: rate("kind", "etw_http_connection_closes_total")},
		],
	}),
	series({
		title: "Connections that timed out", unit: "cps",
		description: "Connections that were closed by a timer, by timer.",
		queries: [{legend: "{{timer}}",
			   expression: rate("timer", "etw_http_connection_timeouts_total")}],
	}),
	series({
		title: "How long TLS handshakes take", unit: "s",
		description: "The quantile that is chosen, by status.",
		queries: [{legend: "{{status}}",
			   expression: quantile("status", "etw_http_tls_handshake_seconds")}],
	}),
];

export const dnsHttp = () => dashboard({
	uid: "etw-dns-http",
	title: "ETW exporter / DNS and HTTP.sys",
	description: "DNS queries of Windows machines, and requests to their HTTP.sys (IIS and others), " +
		"by the packs dns-client and http-sys.",
	tags: ["windows"],
	variables: [process("etw_dns_client_.+"), quantileChoice(), top()],
	sections: [
		section("DNS", line(4, ...dnsNumbers), line(8, ...dns.slice(0, 2)),
			line(8, ...dns.slice(2, 4)), line(8, ...dns.slice(4))),
		section("HTTP.sys", line(4, ...httpNumbers), line(8, ...http.slice(0, 2)),
			line(8, ...http.slice(2, 4)), line(8, ...http.slice(4, 6)),
			line(8, ...http.slice(6))),
		section("Connections of HTTP.sys", line(8, ...connections)),
	],
});
