/* Puts a dashboard together: where its panels stand, what it has beside them. */
import {
	DashboardBuilder, DashboardCursorSync, DashboardLinkBuilder, DashboardLinkType, RowBuilder,
} from "@grafana/grafana-foundation-sdk/dashboard";
import type {Dashboard} from "@grafana/grafana-foundation-sdk/dashboard";
import type {Placed} from "./panels.js";
import {portable} from "./portable.js";
import {common} from "./variables.js";
import type {Variable} from "./variables.js";

const COLUMNS = 24;
const TAG = "etw_exporter";

/* Panels side by side, as high as the line. */
export interface Line {
	height: number;
	panels: Placed[];
}

export interface Section {
	title: string;
	lines: Line[];
}

export interface Parts {
	uid: string;
	title: string;
	description: string;
	tags: string[];
	/* Beside those that all have. */
	variables: Variable[];
	sections: Section[];
}

export const line = (height: number, ...panels: Placed[]): Line => ({height, panels});
export const section = (title: string, ...lines: Line[]): Section => ({title, lines});

/* Adds a line's panels at this height, from the left; how many they are. */
function addLine(builder: DashboardBuilder, {height, panels}: Line, y: number, firstId: number) {
	let x = 0;

	panels.forEach(({panel, width}, number) => {
		/* The first of them have the columns that are left over. */
		const w = width ?? Math.floor((COLUMNS - number - 1) / panels.length) + 1;
		const built = panel.build();

		if (x + w > COLUMNS)
			throw new Error(`"${built.title}" does not fit into its line`);
		builder.withPanel({build: () => ({...built, id: firstId + number,
						  gridPos: {x, y, w, h: height}})});
		x += w;
	});
	return panels.length;
}

function addSections(builder: DashboardBuilder, sections: Section[]) {
	let y = 0, id = 1;

	for (const {title, lines} of sections) {
		builder.withRow(new RowBuilder(title).id(id++).gridPos({x: 0, y: y++, w: COLUMNS, h: 1}));
		for (const one of lines) {
			id += addLine(builder, one, y, id);
			y += one.height;
		}
	}
}

/* The others, with what was chosen here. */
const links = () => new DashboardLinkBuilder("etw_exporter")
	.type(DashboardLinkType.Dashboards)
	.icon("external link")
	.tags([TAG])
	.includeVars(true)
	.keepTime(true);

/* In the form of Grafana 10, which newer ones bring up to theirs when it is imported. */
export function dashboard(parts: Parts): Dashboard {
	const builder = new DashboardBuilder(parts.title)
		.id(null)
		.uid(parts.uid)
		.description(parts.description)
		.tags([TAG, ...parts.tags])
		.timezone("browser")
		.editable()
		.tooltip(DashboardCursorSync.Crosshair)
		.refresh("30s")
		.time({from: "now-1h", to: "now"})
		.version(1)
		.variables([...common(), ...parts.variables])
		.annotations([])
		.link(links());

	addSections(builder, parts.sections);
	return {...portable(builder.build()), schemaVersion: 38,
		__requires: [
			{type: "grafana", id: "grafana", name: "Grafana", version: "10.0.0"},
			{type: "datasource", id: "prometheus", name: "Prometheus", version: "1.0.0"},
		]} as Dashboard;
}
