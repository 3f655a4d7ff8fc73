/* Panels: what each kind looks like; who calls says what it shows. */
import {
	BarGaugeDisplayMode, BigValueColorMode, BigValueGraphMode, GraphDrawStyle, LegendDisplayMode,
	LegendPlacement, LineInterpolation, ReduceDataOptionsBuilder, ScaleDistribution,
	ScaleDistributionConfigBuilder, SortOrder, StackingConfigBuilder, StackingMode,
	TooltipDisplayMode, VisibilityMode, VizLegendOptionsBuilder, VizOrientation,
	VizTooltipOptionsBuilder,
} from "@grafana/grafana-foundation-sdk/common";
import * as bargauge from "@grafana/grafana-foundation-sdk/bargauge";
import type {Builder} from "@grafana/grafana-foundation-sdk/cog";
import {
	FieldColorBuilder, FieldColorModeId, ThresholdsConfigBuilder, ThresholdsMode,
} from "@grafana/grafana-foundation-sdk/dashboard";
import type {
	DashboardLink, DynamicConfigValue, Panel, Threshold,
} from "@grafana/grafana-foundation-sdk/dashboard";
import * as heatmap from "@grafana/grafana-foundation-sdk/heatmap";
import {DataqueryBuilder, PromQueryFormat} from "@grafana/grafana-foundation-sdk/prometheus";
import * as stat from "@grafana/grafana-foundation-sdk/stat";
import * as table from "@grafana/grafana-foundation-sdk/table";
import * as timeseries from "@grafana/grafana-foundation-sdk/timeseries";
import {DATASOURCE} from "./variables.js";

/* A panel, and the columns of 24 that it takes; without these the panels of a line are as wide. */
export interface Placed {
	panel: Builder<Panel>;
	width?: number;
}

export interface Query {
	expression: string;
	legend: string;
	/* A limit, or a peak: a thin line without an area below it. */
	dashed?: boolean;
}

/* `unit` is one of Grafana's, or "suffix:things/s". */
export interface Shown {
	title: string;
	description: string;
	unit: string;
	width?: number;
}

/* Values from which on a number is coloured so. */
export type Colours = [number, string][];

function thresholds(colours: Colours, below: string): Builder<{steps: Threshold[];
							      mode: ThresholdsMode}> {
	const steps: Threshold[] = [{value: null, color: below}];

	steps.push(...colours.map(([value, color]) => ({value, color})));
	return new ThresholdsConfigBuilder().mode(ThresholdsMode.Absolute).steps(steps);
}

const GREEN = thresholds([], "green");
const refId = (number: number) => String.fromCharCode("A".charCodeAt(0) + number);
const colour = (mode: FieldColorModeId) => new FieldColorBuilder().mode(mode);
const last = () => new ReduceDataOptionsBuilder().calcs(["lastNotNull"]).fields("").values(false);

function range(query: Query, number: number): DataqueryBuilder {
	return new DataqueryBuilder()
		.datasource(DATASOURCE)
		.refId(refId(number))
		.expr(query.expression)
		.range()
		.legendFormat(query.legend);
}

function instant(expression: string, number: number, legend = ""): DataqueryBuilder {
	return new DataqueryBuilder()
		.datasource(DATASOURCE)
		.refId(refId(number))
		.expr(expression)
		.instant()
		.legendFormat(legend);
}

/* Where a click on a series, or on a cell of a table, leads to, with what was chosen. */
export interface Link {
	title: string;
	dashboard: string;
	/* Variables there, and what they are set to: of a series "__field.labels.NAME", of a row
	 * "__data.fields.COLUMN". */
	set: Record<string, string>;
}

const KEPT = ["datasource", "job", "instance", "session"];

/* Grafana's own form of a link of a field, which is shorter than that of a dashboard. */
function fieldLink(link: Link) {
	const kept = KEPT.filter((name) => !(name in link.set)).map((name) => `\${${name}:queryparam}`);
	const set = Object.entries(link.set)
		.map(([name, value]) => `var-${name}=\${${value}:percentencode}`);
	const url = `/d/${link.dashboard}?${[...kept, ...set, "${__url_time_range}"].join("&")}`;

	return {title: link.title, url};
}

const linkOf = (link: Link) => ({build: () => fieldLink(link) as DashboardLink});

export interface Series extends Shown {
	queries: Query[];
	stacked?: boolean;
	/* Its values may be below 0. */
	signed?: boolean;
	/* Its values are of several orders of magnitude, and above 0. */
	logarithmic?: boolean;
	max?: number;
	links?: Link[];
}

export function series(shown: Series): Placed {
	const legend = new VizLegendOptionsBuilder()
		.showLegend(true)
		.displayMode(LegendDisplayMode.Table)
		.placement(LegendPlacement.Bottom)
		.calcs(["lastNotNull", "max"])
		.sortBy("Max")
		.sortDesc(true);
	const panel = new timeseries.PanelBuilder()
		.title(shown.title)
		.description(shown.description)
		.datasource(DATASOURCE)
		.unit(shown.unit)
		.thresholds(GREEN)
		.colorScheme(colour(FieldColorModeId.PaletteClassic))
		.drawStyle(GraphDrawStyle.Line)
		.lineInterpolation(LineInterpolation.Linear)
		.lineWidth(1)
		.fillOpacity(shown.stacked ? 30 : 10)
		.showPoints(VisibilityMode.Auto)
		.legend(legend)
		.tooltip(new VizTooltipOptionsBuilder().mode(TooltipDisplayMode.Multi)
			.sort(SortOrder.Descending))
		.targets(shown.queries.map(range));

	if (shown.logarithmic)
		panel.scaleDistribution(new ScaleDistributionConfigBuilder()
			.type(ScaleDistribution.Log).log(10));
	else if (!shown.signed)
		panel.min(0);
	if (shown.stacked)
		panel.stacking(new StackingConfigBuilder().group("A").mode(StackingMode.Normal));
	if (shown.max !== undefined)
		panel.max(shown.max);
	if (shown.links)
		panel.dataLinks(shown.links.map(linkOf));
	shown.queries.forEach((query, number) => {
		if (query.dashed)
			panel.overrideByQuery(refId(number), [
				{id: "custom.lineStyle", value: {dash: [8, 6], fill: "dash"}},
				{id: "custom.fillOpacity", value: 0},
			]);
	});
	return {panel, width: shown.width};
}

export interface Number extends Shown {
	expression: string;
	colours?: Colours;
	/* The colour below the first of these. */
	below?: string;
	decimals?: number;
	/* What is shown where there is no answer. */
	none?: string;
}

export function number(shown: Number): Placed {
	const panel = new stat.PanelBuilder()
		.title(shown.title)
		.description(shown.description)
		.datasource(DATASOURCE)
		.unit(shown.unit)
		.thresholds(thresholds(shown.colours ?? [], shown.below ?? "green"))
		.colorScheme(colour(FieldColorModeId.Thresholds))
		.colorMode(BigValueColorMode.Value)
		.graphMode(BigValueGraphMode.None)
		.reduceOptions(last())
		.targets([instant(shown.expression, 0)]);

	if (shown.decimals !== undefined)
		panel.decimals(shown.decimals);
	if (shown.none !== undefined)
		panel.noValue(shown.none);
	return {panel, width: shown.width};
}

export interface Bars extends Shown {
	expression: string;
	legend: string;
	links?: Link[];
}

export function bars(shown: Bars): Placed {
	const panel = new bargauge.PanelBuilder()
		.title(shown.title)
		.description(shown.description)
		.datasource(DATASOURCE)
		.unit(shown.unit)
		.min(0)
		.thresholds(thresholds([], "blue"))
		.colorScheme(colour(FieldColorModeId.Thresholds))
		.displayMode(BarGaugeDisplayMode.Basic)
		.orientation(VizOrientation.Horizontal)
		.reduceOptions(last())
		.targets([instant(shown.expression, 0, shown.legend)]);

	if (shown.links)
		panel.dataLinks(shown.links.map(linkOf));
	return {panel, width: shown.width};
}

export interface Column {
	name: string;
	expression: string;
	/* None: the column is not shown, its query only adds labels. */
	unit?: string;
	colours?: Colours;
	below?: string;
	mappings?: unknown[];
	/* In pixels, of what needs more than its share. */
	width?: number;
}

export interface Table extends Omit<Shown, "unit"> {
	/* The labels that are columns, in this order, and what these are called. */
	labels: Record<string, string>;
	columns: Column[];
	/* Of the labels' columns. */
	overrides?: Record<string, DynamicConfigValue[]>;
	links?: Record<string, Link[]>;
	/* A column, the highest first; or several, by their names, and whether the highest is first. */
	sortBy?: string | [string, boolean][];
	/* What is shown where there are no rows. */
	none?: string;
}

/* In pixels, of columns of labels that are known to be long. Others share what is left, and are wide
 * enough for a number: Grafana would make them wider, and let the table be scrolled. */
const WIDTHS: Record<string, number> = {
	Instance: 150, Session: 140, Provider: 270, "ID or type": 90, Event: 190, Rule: 330,
	Metric: 220, Reason: 170, Sign: 150, Mode: 230, Revision: 130, Configuration: 150, Alert: 260,
	Severity: 90, Table: 95,
};
export const COLUMN = 65;

function columnProperties(column: Column): DynamicConfigValue[] {
	const properties: DynamicConfigValue[] = [{id: "unit", value: column.unit}];

	if (column.mappings)
		properties.push({id: "mappings", value: column.mappings});
	if (column.colours)
		properties.push({id: "thresholds",
				 value: thresholds(column.colours, column.below ?? "text").build()});
	if (column.width !== undefined)
		properties.push({id: "custom.width", value: column.width});
	if (column.colours || column.mappings)
		properties.push({id: "custom.cellOptions", value: {type: "color-text"}});
	return properties;
}

/* What should not have happened: colours of how often it has. */
export const LOSS: Colours = [[1, "red"]];
export const DAMAGE: Colours = [[1, "orange"]];

/* Grafana's times are in milliseconds. */
export const time = (name: string, expression: string): Column => ({
	name, expression: `(${expression}) * 1000`, unit: "dateTimeAsIso", width: 160,
});

export const SESSION_LABELS = {instance: "Instance", session: "Session"};

/* What Grafana calls the value of each query once their rows are merged. */
const valueName = (count: number, number: number) =>
	count === 1 ? "Value" : `Value #${refId(number)}`;

export function rows(shown: Table): Placed {
	const exclude: Record<string, boolean> = {Time: true, job: true};
	const order: Record<string, number> = {};
	const names: Record<string, string> = {job: "Job", ...shown.labels};
	const panel = new table.PanelBuilder()
		.title(shown.title)
		.description(shown.description)
		.datasource(DATASOURCE)
		.unit("short")
		.thresholds(GREEN)
		.colorScheme(colour(FieldColorModeId.Thresholds))
		.filterable(true)
		.minWidth(COLUMN)
		.targets(shown.columns.map((column, number) =>
			instant(column.expression, number).format(PromQueryFormat.Table)));

	Object.keys(shown.labels).forEach((label, number) => { order[label] = number; });
	shown.columns.forEach((column, number) => {
		const name = valueName(shown.columns.length, number);

		if (column.unit === undefined) {
			exclude[name] = true;
			return;
		}
		order[name] = 100 + number;
		names[name] = column.name;
		panel.overrideByName(column.name, columnProperties(column));
	});
	/* Else a label that is a number is shown as one: 3.01 K for event 3008. */
	for (const name of Object.values(shown.labels))
		panel.overrideByName(name, [
			{id: "unit", value: "string"},
			...WIDTHS[name] ? [{id: "custom.width", value: WIDTHS[name]}] : [],
		]);
	for (const [name, properties] of Object.entries(shown.overrides ?? {}))
		panel.overrideByName(name, properties);
	for (const [name, links] of Object.entries(shown.links ?? {}))
		panel.overrideByName(name, [{id: "links", value: links.map(fieldLink)}]);
	panel.transformations([
		{id: "merge", options: {}},
		{id: "organize", options: {excludeByName: exclude, indexByName: order,
					   renameByName: names}},
	]);
	if (shown.none !== undefined)
		panel.noValue(shown.none);
	const sortBy: [string, boolean][] = typeof shown.sortBy === "string" ?
		[[shown.sortBy, true]] : shown.sortBy ?? [];

	if (sortBy.length)
		panel.sortBy(sortBy.map(([displayName, desc]) =>
			({build: () => ({displayName, desc})})));
	return {panel, width: shown.width};
}

export interface Heat extends Shown {
	/* Buckets, as buckets() makes them. */
	expression: string;
}

export function heat(shown: Heat): Placed {
	const panel = new heatmap.PanelBuilder()
		.title(shown.title)
		.description(shown.description)
		.datasource(DATASOURCE)
		.unit("short")
		.thresholds(GREEN)
		.calculate(false)
		.color(new heatmap.HeatmapColorOptionsBuilder().mode(heatmap.HeatmapColorMode.Scheme)
			.scheme("Blues").scale(heatmap.HeatmapColorScale.Exponential))
		.yAxis(new heatmap.YAxisConfigBuilder().unit(shown.unit))
		.tooltip(new heatmap.HeatmapTooltipBuilder().mode(TooltipDisplayMode.Single)
			.yHistogram(true))
		.showLegend()
		.targets([range({expression: shown.expression, legend: "{{le}}"}, 0)
			.format(PromQueryFormat.Heatmap)]);

	return {panel, width: shown.width};
}
