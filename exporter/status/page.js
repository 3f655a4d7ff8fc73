
"use strict";
(() => {
const SVG = "http://www.w3.org/2000/svg";
const REFRESH_MS = 5000, PATIENCE_MS = 10000;
/* Without the password that an address may have, which is refused by fetch(). */
const STATUS = new URL("api/v1/status", location.origin + location.pathname);
const $ = (id) => document.getElementById(id);
const rank = {failed: 0, warning: 1, ok: 2};
let paused = false, timer = 0, asking = false;

/* Elements are made by hand, and texts are set as texts: names come from traces. */
function make(name, attributes, ...children) {
	const element = document.createElement(name);
	for (const [key, value] of Object.entries(attributes || {}))
		element.setAttribute(key, value);
	element.append(...children.filter((child) => child !== null));
	return element;
}

const span = (text) => make("span", {}, text);
const small = (text, bad) => text ? make("small", bad ? {class: "bad"} : {}, text) : null;

function number(value, digits = 0) {
	return value.toLocaleString("en-GB", {maximumFractionDigits: digits});
}

function rate(value) {
	if (typeof value !== "number")
		return "\u2013";
	return number(value, value < 100 ? 1 : 0) + "/s";
}

function bytes(value) {
	const units = ["B", "KiB", "MiB", "GiB", "TiB"];
	let unit = 0;
	for (; value >= 1024 && unit < units.length - 1; unit++)
		value /= 1024;
	return number(value, value < 10 && unit ? 1 : 0) + " " + units[unit];
}

function duration(seconds) {
	const units = [["d", 86400], ["h", 3600], ["min", 60], ["s", 1], ["ms", 0.001]];
	const at = Math.max(0, units.findIndex((unit) => seconds >= unit[1]));
	const [name, size] = seconds < 0.001 ? units[4] : units[at];
	const whole = Math.floor(seconds / size);
	if (at > 2 || seconds < 60)
		return number(seconds / size, seconds / size < 10 && size === 1 ? 1 : 0) + " " + name;
	const [next, part] = units[at + 1];
	const rest = Math.floor((seconds - whole * size) / part);
	return whole + " " + name + (rest ? " " + rest + " " + next : "");
}

const plural = (count, word) => number(count) + " " + word + (count === 1 ? "" : "s");

function sparkline(rates, steps, stepSeconds) {
	const known = rates.filter((value) => value !== null);
	const svg = document.createElementNS(SVG, "svg");
	svg.setAttribute("role", "img");
	if (known.length < 2) {
		svg.setAttribute("aria-label", "no history yet");
		return svg;
	}
	const top = Math.max(...known), height = 20;
	svg.setAttribute("viewBox", "0 -1 " + (steps - 1) + " " + (height + 2));
	svg.setAttribute("preserveAspectRatio", "none");
	svg.setAttribute("aria-label", "in the last " + duration(known.length * stepSeconds) +
		" between " + rate(Math.min(...known)) + " and " + rate(top));
	const points = [];
	rates.forEach((value, at) => {
		if (value !== null)
			points.push([steps - rates.length + at,
				(height - height * value / (top || 1)).toFixed(2)]);
	});
	const line = document.createElementNS(SVG, "polyline");
	line.setAttribute("points", points.map((point) => point.join(",")).join(" "));
	const area = document.createElementNS(SVG, "path");
	area.setAttribute("d", "M" + points[0][0] + "," + height + " L" +
		points.map((point) => point.join(",")).join(" L") +
		" L" + points[points.length - 1][0] + "," + height + " Z");
	svg.append(area, line);
	return svg;
}

function rateCell(item, status, under) {
	return [make("div", {class: "rate"}, span(rate(item.rate)),
		sparkline(item.rates || [], status.steps, status.step_seconds)), under];
}

const pill = (verdict, text) => make("span", {class: "pill " + verdict}, text);

/* Cells that say the same as before are left alone, with what is selected in them. */
function renew(old, row) {
	if (!old)
		return row;
	Array.from(row.cells).forEach((cell, at) => {
		if (!old.cells[at].isEqualNode(cell))
			old.cells[at].replaceWith(cell);
	});
	return old;
}

/* A row for each item, in order. */
function fill(id, items, key, cells) {
	const table = $(id), body = table.tBodies[0];
	const labels = Array.from(table.tHead.rows[0].cells, (cell) => cell.textContent);
	const before = new Map(Array.from(body.rows, (row) => [row.dataset.key, row]));
	const rows = items.map((item) => {
		const row = make("tr", {role: "row", "data-key": key(item)});
		cells(item).forEach((content, at) => {
			const children = [].concat(content).filter((child) => child !== null);
			const first = at === 0 && id !== "warnings";
			row.append(make(first ? "th" : "td", {
				role: first ? "rowheader" : "cell", "data-label": labels[at],
				...(first ? {scope: "row"} : {}),
				...(children.length ? {} : {class: "none"}),
			}, ...children));
		});
		const old = before.get(row.dataset.key);
		before.delete(row.dataset.key);
		return renew(old, row);
	});
	if (rows.length !== body.rows.length || rows.some((row, at) => row !== body.rows[at]))
		body.replaceChildren(...rows);
	table.closest("section").hidden = false;
	table.hidden = !rows.length;
}

function note(id, text) {
	let element = $(id + "-note");
	if (!element) {
		element = make("p", {id: id + "-note", class: "quiet"});
		$(id).after(element);
	}
	element.textContent = text;
	element.hidden = !text;
}

function lostCell(session) {
	const parts = [
		[session.events_lost, "event"], [session.buffers_lost, "buffer"],
	].filter((part) => part[0]).map((part) => plural(part[0], part[1]));
	if (session.events_dropped)
		parts.push(number(session.events_dropped) + " dropped by the exporter");
	if (session.loss_signs)
		parts.push(plural(session.loss_signs, "sign") + " of loss");
	return [
		span(parts.join(", ") || "none"),
		session.losing ? small("more in the last five minutes", true) : null,
		session.malformed ? small(number(session.malformed) + " malformed", true) : null,
	];
}

function queueCell(session) {
	const capacity = session.queue_capacity_bytes;
	return [
		make("meter", {min: 0, max: capacity || 1, value: session.queue_bytes,
			"aria-label": "queue"}),
		small(bytes(session.queue_bytes) + " of " + bytes(capacity) + ", at most " +
			bytes(session.queue_peak_bytes)),
	];
}

function sessionCells(session, status) {
	return [
		[span(session.name), small(session.source)],
		[pill(session.verdict, session.state),
			session.restarts ? small(plural(session.restarts, "restart")) : null],
		rateCell(session, status, small(number(session.events) + " counted")),
		session.lag_seconds === null ? [] : span(duration(Math.max(0, session.lag_seconds))),
		queueCell(session),
		lostCell(session),
	];
}

function eventCells(event, status) {
	return [
		event.event ? [span(event.event), small(event.event_id)] : span(event.event_id),
		[span(event.provider), small(event.session)],
		rateCell(event, status, null),
		span(number(event.count)),
	];
}

function ruleCells(rule) {
	const full = rule.overflow ?
		small(number(rule.overflow) + " counted as \u201cother\u201d", true) : null;
	return [
		[span(rule.name), small(rule.help)],
		span(number(rule.events_matched)),
		rule.share === null ? [] : span(number(100 * rule.share, 1) + " %"),
		[span(number(rule.series) +
			(rule.series_limit ? " of " + number(rule.series_limit) : "")), full],
		rule.pairs_open === undefined ? [] : [span(number(rule.pairs_open) + " open"),
			small(number(rule.pairs_matched) + " matched, " +
				number(rule.pairs_given_up) + " given up")],
		[make("span", rule.errors ? {class: "bad"} : {}, number(rule.errors))],
	];
}

function warningCells(warning) {
	const time = new Date(warning.time);
	const pairs = Object.entries(warning).filter(([name]) => !["time", "level", "msg"].includes(name));
	return [
		[make("time", {datetime: warning.time}, time.toLocaleString("en-GB"))],
		[pill(warning.level === "error" ? "failed" : "warning", warning.level)],
		[span(warning.msg), small(pairs.map(([name, value]) => name + ": " + value).join(", "))],
	];
}

function icon(colour) {
	const image = `<svg xmlns="${SVG}" viewBox="0 0 16 16">` +
		`<circle cx="8" cy="8" r="7" fill="${colour}"/></svg>`;
	document.querySelector("link[rel=icon]").href =
		"data:image/svg+xml," + encodeURIComponent(image);
}

function summary(verdict, text) {
	const element = $("summary");
	if (element.textContent !== text)
		element.textContent = text;
	element.className = "pill " + verdict;
	document.title = "etw_exporter: " + text;
	icon({ok: "green", warning: "orange"}[verdict] || "red");
}

function show(status) {
	const rates = status.sessions.map((session) => session.rate);
	summary(status.verdict, status.summary);
	$("rate").textContent = rate(rates.some((value) => typeof value === "number") ?
		rates.reduce((sum, value) => sum + (value || 0), 0) : null);
	$("types").textContent = number(status.event_types);
	$("series").textContent = number(status.series) + " of " + number(status.series_limit);
	$("up").textContent = duration(Math.max(0, status.time - status.start_time));
	$("updated").textContent = "as of " + new Date(1000 * status.time).toLocaleTimeString("en-GB");
	$("facts").hidden = false;
	status.sessions.sort((a, b) => rank[a.verdict] - rank[b.verdict]);
	fill("sessions", status.sessions, (session) => session.name,
		(session) => sessionCells(session, status));
	note("sessions", status.sessions.length ? "" : "No session has been started.");
	fill("events", status.busiest_events,
		(event) => JSON.stringify([event.session, event.provider, event.event_id, event.event]),
		(event) => eventCells(event, status));
	note("events", status.event_types_left_out ?
		number(status.event_types_left_out) + " event types are too many to be watched here." :
		status.busiest_events.length ? "" : "No events in the last five minutes.");
	fill("rules", status.rules, (rule) => rule.name, ruleCells);
	note("rules", status.rules.length ? "" :
		"No rules are configured: events are counted by type alone.");
	fill("warnings", status.warnings, (warning) => JSON.stringify(warning), warningCells);
	note("warnings", status.warnings.length ? "" : "None.");
}

async function ask() {
	clearTimeout(timer);
	if (asking)
		return;
	asking = true;
	try {
		const response = await fetch(STATUS,
			{cache: "no-store", signal: AbortSignal.timeout(PATIENCE_MS)});
		if (!response.ok)
			throw new Error("status " + response.status);
		show(await response.json());
	} catch (error) {
		summary("failed", "no answer from the exporter");
	}
	asking = false;
	if (!paused && !document.hidden)
		timer = setTimeout(ask, REFRESH_MS);
}

$("pause").addEventListener("click", () => {
	paused = !paused;
	$("pause").textContent = paused ? "Resume" : "Pause";
	clearTimeout(timer);
	if (!paused)
		ask();
});
document.addEventListener("visibilitychange", () => {
	if (!paused && !document.hidden)
		ask();
});
ask();
})();
