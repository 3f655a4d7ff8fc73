/*
 * Draws a dashboard with Grafana's own libraries: @grafana/data makes its fields of Prometheus'
 * answers (units, thresholds, mappings, overrides, transformations), @grafana/ui draws them. Panels
 * themselves are part of Grafana's server, and in no library: what joins the two is here, and so
 * is the drawing of heat maps.
 *
 * The page has the dashboard and the answers as JSON in the element "input":
 * {dashboard, answers: {PANEL: {REF: RESULT}}, variables: [[NAME, TEXT]], from, to, width}; times
 * in seconds. When all is drawn document.title says so.
 */
import * as React from "react";
import {createRoot} from "react-dom/client";
import {lastValueFrom} from "rxjs";
import {
	applyFieldOverrides, createTheme, dateTime, displayNameOverrideProcessor, FieldType,
	FieldConfigOptionsRegistry, getDisplayValueAlignmentFactors, getFieldDisplayValues,
	getValueFormat, identityOverrideProcessor, numberOverrideProcessor, standardFieldConfigEditorRegistry, standardTransformers,
	standardTransformersRegistry, ThemeContext, thresholdsOverrideProcessor, transformDataFrame,
	unitOverrideProcessor, valueMappingsOverrideProcessor,
} from "@grafana/data";
import {BarGauge, BigValue, GlobalStyles, PanelChrome, Table, TimeSeries} from "@grafana/ui";

const input = JSON.parse(document.getElementById("input")!.textContent!);
const theme = createTheme({colors: {mode: "dark"}});
const MARGIN = 8, ROW = 38, TIME_ZONE = "utc";
const timeRange = {
	from: dateTime(input.from * 1000), to: dateTime(input.to * 1000),
	raw: {from: "now-1h", to: "now"},
};

/* What fields may be configured by, which Grafana's server knows otherwise. */
const option = (id: string, process: any, custom = false) => ({
	id: custom ? `custom.${id}` : id, path: id, name: id, isCustom: custom, process,
	shouldApply: () => true, settings: {}, editor: () => null, override: () => null,
});
const STANDARD = [
	option("unit", unitOverrideProcessor), option("min", numberOverrideProcessor),
	option("max", numberOverrideProcessor), option("decimals", numberOverrideProcessor),
	option("noValue", identityOverrideProcessor),
	option("displayName", displayNameOverrideProcessor),
	option("color", identityOverrideProcessor), option("links", identityOverrideProcessor),
	option("mappings", valueMappingsOverrideProcessor),
	option("thresholds", thresholdsOverrideProcessor),
];
const CUSTOM = [
	"drawStyle", "lineInterpolation", "lineWidth", "lineStyle", "fillOpacity", "showPoints",
	"stacking", "scaleDistribution", "cellOptions", "align", "width", "minWidth", "filterable",
	"inspect",
].map((id) => option(id, identityOverrideProcessor, true));

standardFieldConfigEditorRegistry.setInit(() => STANDARD as any);
standardTransformersRegistry.setInit(() => [
	standardTransformers.mergeTransformer, standardTransformers.organizeFieldsTransformer,
	standardTransformers.noopTransformer,
].map((transformation) => ({
	id: transformation.id, name: transformation.name, editor: () => null,
	transformation: async () => transformation,
	imageDark: "", imageLight: "",
})) as any);
const registry = new FieldConfigOptionsRegistry(() => [...STANDARD, ...CUSTOM] as any);

const withVariables = (text: string) => text.replace(/\$(\w+)/g, (whole, name) =>
	input.variables.find(([known]: string[]) => known === name)?.[1] ?? whole);

function legend(format: string, labels: Record<string, string>) {
	return withVariables(format.replace(/\{\{(\w+)\}\}/g, (_, name) => labels[name] ?? "")).trim();
}

const points = (series: any): [number, string][] => series.values ?? [series.value];

/* What is no number is a gap, as in Grafana's own panels. */
const finite = (text: string) => Number.isFinite(Number(text)) ? Number(text) : null;

/* A frame for each series. */
function seriesFrames(target: any, result: any[]) {
	return result.map((series) => ({
		refId: target.refId, length: points(series).length, fields: [
			{name: "Time", type: FieldType.time, config: {},
			 values: points(series).map(([at]) => at * 1000)},
			{name: "Value", type: FieldType.number, labels: series.metric,
			 config: {displayNameFromDS: legend(target.legendFormat ?? "", series.metric)},
			 values: points(series).map(([, value]) => finite(value))},
		],
	}));
}

/* One for all series of a query, a row for each. */
function tableFrame(target: any, result: any[], count: number) {
	const labels = [...new Set(result.flatMap((series) => Object.keys(series.metric)))].sort();

	return {refId: target.refId, length: result.length, fields: [
		{name: "Time", type: FieldType.time, config: {},
		 values: result.map((series) => series.value[0] * 1000)},
		...labels.map((label) => ({
			name: label, type: FieldType.string, config: {},
			values: result.map((series) => series.metric[label] ?? ""),
		})),
		{name: count > 1 ? `Value #${target.refId}` : "Value", type: FieldType.number, config: {},
		 values: result.map((series) => finite(series.value[1]))},
	]};
}

async function framesOf(panel: any) {
	const answers = input.answers[panel.id];
	const frames = panel.targets.flatMap((target: any) => target.format === "table" ?
		[tableFrame(target, answers[target.refId], panel.targets.length)] :
		seriesFrames(target, answers[target.refId]));
	const data: any[] = await lastValueFrom(
		transformDataFrame(panel.transformations ?? [], frames) as any);

	return applyFieldOverrides({
		data, fieldConfig: panel.fieldConfig, fieldConfigRegistry: registry, theme: theme as any,
		timeZone: TIME_ZONE, replaceVariables: (text: string) => text,
	});
}

function Heat({frames, panel, width, height}: any) {
	const bounds = frames.map((frame: any) => ({
		le: Number(frame.fields[1].labels.le.replace("+Inf", "Infinity")), values: frame.fields[1].values,
	})).sort((a: any, b: any) => a.le - b.le);
	const format = getValueFormat(panel.options.yAxis.unit);
	const steps = Math.max(...bounds.map((bound: any) => bound.values.length));
	const cells = bounds.map((bound: any, row: number) => bound.values.map((value: number,
									  step: number) =>
		Math.max(0, value - (row ? bounds[row - 1].values[step] ?? 0 : 0))));
	const most = Math.max(...cells.flat());
	const text = (le: number) => {
		const {text: number, suffix} = format(le, 0);

		return le === Infinity ? "more" : number + (suffix ?? "");
	};
	const left = 60, cellWidth = (width - left) / steps, cellHeight = height / bounds.length;

	return <svg width={width} height={height}>
		{bounds.map((bound: any, row: number) => {
			const y = height - (row + 1) * cellHeight;

			return <g key={row}>
				{row % Math.ceil(14 / cellHeight) === 0 && <text x={left - 6}
					y={y + cellHeight / 2} textAnchor="end" dominantBaseline="middle"
					fontSize={10} fill={theme.colors.text.secondary}>{text(bound.le)}</text>}
				{cells[row].map((value: number, step: number) => value > 0 && <rect key={step}
					x={left + step * cellWidth} y={y} width={cellWidth - 1}
					height={cellHeight - 1} fill={theme.colors.primary.main}
					opacity={0.15 + 0.85 * Math.sqrt(value / most)}/>)}
			</g>;
		})}
	</svg>;
}

function displayValues(frames: any[], panel: any) {
	return getFieldDisplayValues({
		data: frames, fieldConfig: panel.fieldConfig, theme: theme as any, timeZone: TIME_ZONE,
		reduceOptions: panel.options.reduceOptions, replaceVariables: (text: string) => text,
	});
}

function Content({panel, frames, width, height}: any) {
	if (!frames.length || !frames.some((frame: any) => frame.length))
		return <div style={{color: theme.colors.text.secondary, textAlign: "center",
				    paddingTop: height / 2 - 10}}>
			{panel.fieldConfig.defaults.noValue ?? "No data"}</div>;
	switch (panel.type) {
	case "timeseries":
		return <TimeSeries frames={frames} timeRange={timeRange as any} width={width}
			height={height} timeZone={TIME_ZONE} legend={panel.options.legend}/>;
	case "stat":
		return <BigValue value={displayValues(frames, panel)[0].display} width={width}
			height={height} theme={theme as any} {...panel.options}/>;
	case "bargauge": {
		const values = displayValues(frames, panel);
		const most = Math.max(...values.map(({display}) => display.numeric));

		return <>{values.map(({display, field}, number) => <BarGauge key={number} theme={theme as any}
			value={display} field={{...field, max: most} as any} width={width}
			height={Math.min(28, height / values.length)}
			alignmentFactors={getDisplayValueAlignmentFactors(values)}
			orientation={panel.options.orientation} displayMode={panel.options.displayMode}/>)}</>;
	}
	case "table":
		return <Table data={frames[0]} width={width} height={height}
			initialSortBy={panel.options.sortBy}/>;
	case "heatmap":
		return <Heat frames={frames} panel={panel} width={width} height={height}/>;
	}
	throw new Error(`no panel of type ${panel.type} is known`);
}

/* What cannot be drawn says so, and the title, that it is noticed. */
class Guard extends React.Component<any, {error?: Error}> {
	state: {error?: Error} = {};

	static getDerivedStateFromError(error: Error) {
		document.title = `failed: ${error.message}`;
		return {error};
	}

	render() {
		return this.state.error ? String(this.state.error) : this.props.children;
	}
}

function place({x, y, w, h}: any) {
	const column = input.width / 24;

	return {left: x * column, top: y * ROW, width: w * column - MARGIN, height: h * ROW - MARGIN};
}

function Panel({panel, frames}: any) {
	const {left, top, width, height} = place(panel.gridPos);

	return <div style={{position: "absolute", left, top}}>
		<PanelChrome title={panel.title} width={width} height={height}>
			{(innerWidth: number, innerHeight: number) => <Guard>
				<Content panel={panel} frames={frames} width={innerWidth} height={innerHeight}/>
			</Guard>}
		</PanelChrome>
	</div>;
}

function Row({panel}: any) {
	return <h5 style={{position: "absolute", ...place(panel.gridPos), margin: 0, paddingTop: 6,
			   fontSize: 16}}>{panel.title}</h5>;
}

async function main() {
	const {dashboard} = input;

	/* Texts are measured before they are drawn. */
	await document.fonts.load("12px Inter");
	const drawn = await Promise.all(dashboard.panels.map(async (panel: any) => panel.type === "row" ?
		<Row key={panel.id} panel={panel}/> :
		<Panel key={panel.id} panel={panel} frames={await framesOf(panel)}/>));
	const bottom = Math.max(...dashboard.panels.map(({gridPos}: any) => gridPos.y + gridPos.h));

	createRoot(document.getElementById("root")!).render(
		<ThemeContext.Provider value={theme as any}>
			<GlobalStyles/>
			<h2 style={{fontSize: 20, margin: "4px 0"}}>{dashboard.title}</h2>
			<div style={{marginBottom: 10}}>{input.variables.map(([name, value]: string[]) =>
				<span key={name} style={{marginRight: 16}}>
					<span style={{color: theme.colors.text.secondary}}>{name}</span> {value}
				</span>)}</div>
			<div style={{position: "relative", height: bottom * ROW}}>{drawn}</div>
		</ThemeContext.Provider>);
	requestAnimationFrame(() => setTimeout(() => {
		document.title ||= "drawn";
	}, 500));
}

main().catch((error) => { document.title = `failed: ${error.stack}`; });
