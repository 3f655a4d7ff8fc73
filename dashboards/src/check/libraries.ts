/*
 * Whether Grafana's library of data has what the dashboards name by an ID (units, reducers, matchers,
 * modes of colours, transformations), and what the tables' transformations make of answers:
 * libraries.js DASHBOARD... with one version of @grafana/data, which check.sh puts in as
 * "grafana-data".
 */
import {readFileSync} from "node:fs";
import {basename} from "node:path";
import {lastValueFrom} from "rxjs";
import {
	fieldColorModeRegistry, fieldMatchers, fieldReducers, FieldType, getValueFormats, MappingType,
	standardTransformers, standardTransformersRegistry, transformDataFrame,
} from "grafana-data";

const problems: string[] = [];
/* By their IDs: some have two names. */
const transformers = new Map(Object.values(standardTransformers).map((one: any) => [one.id, one]));

/* What the server registers: newer ones take a function that loads a transformation, older ones the
 * transformation. This is either. */
const loaded = (one: any) => new Proxy(async () => one, {get: (_, key) => one[key]});

standardTransformersRegistry.setInit(() => [...transformers.values()].map((one) => ({
	id: one.id, name: one.name, editor: () => null, transformation: loaded(one),
	imageDark: "", imageLight: "",
})) as any);

const units = new Set<string>(getValueFormats().flatMap(({submenu}: any) =>
	submenu.map(({value}: {value: string}) => value)));
const mappings = new Set<string>(Object.values(MappingType) as string[]);

const version = process.env.GRAFANA!;
/* What a version does not know yet and writes behind the number as it is: "310 eps". */
const READABLE: Record<string, string[]> = {"10.0": ["eps"]};

/* "suffix:" is Grafana's own form of a unit, too, and sets a space itself. */
const isUnit = (unit: string) =>
	units.has(unit) || /^suffix:\S/.test(unit) || READABLE[version]?.includes(unit);

function* named(panel: any): Generator<[kind: string, id: string, known: boolean]> {
	const {defaults, overrides} = panel.fieldConfig;
	const properties: [string, any][] = [
		...Object.entries(defaults),
		...overrides.flatMap((override: any) =>
			override.properties.map(({id, value}: any) => [id, value])),
	];

	for (const [id, value] of properties) {
		if (id === "unit")
			yield ["unit", value, !!isUnit(value)];
		if (id === "color")
			yield ["mode of colours", value.mode, !!fieldColorModeRegistry.getIfExists(value.mode)];
		if (id === "mappings")
			for (const {type} of value)
				yield ["mapping", type, mappings.has(type)];
	}
	for (const {matcher: {id}} of overrides)
		yield ["matcher", id, !!fieldMatchers.getIfExists(id)];
	for (const id of [...panel.options.reduceOptions?.calcs ?? [],
			  ...panel.options.legend?.calcs ?? []])
		yield ["reducer", id, !!fieldReducers.getIfExists(id)];
	const {sortBy} = panel.options.legend ?? {};

	if (sortBy) {
		const names = panel.options.legend.calcs.map((id: string) =>
			fieldReducers.getIfExists(id)?.name);

		yield ["column of the legend", sortBy, names.includes(sortBy)];
	}
	for (const {id} of panel.transformations ?? [])
		yield ["transformation", id, transformers.has(id)];
}

/* An answer to a query of a table: all labels that may be columns, two rows. */
function answer(labels: string[], refId: string, count: number) {
	const rows = [0, 1];

	return {refId, length: rows.length, fields: [
		{name: "Time", type: FieldType.time, config: {}, values: rows},
		...labels.map((label) => ({
			name: label, type: FieldType.string, config: {},
			values: rows.map((row) => `${label}${row}`),
		})),
		{name: count > 1 ? `Value #${refId}` : "Value", type: FieldType.number, config: {},
		 values: rows},
	]};
}

/* The columns that a table shows, and how many rows it makes of rows that belong together. */
async function shown(panel: any): Promise<[string[], number]> {
	const {excludeByName, renameByName} = panel.transformations.at(-1).options;
	const labels = Object.keys({...renameByName, ...excludeByName})
		.filter((name) => !/^(Value|Time)/.test(name));
	const frames = panel.targets.map(({refId}: any) =>
		answer(labels, refId, panel.targets.length));
	const made: any[] = await lastValueFrom(
		transformDataFrame(panel.transformations, frames) as any);

	return [made.flatMap((frame) => frame.fields.map((field: any) =>
		field.config.displayName ?? field.name)), made.length === 1 ? made[0].length : NaN];
}

function expected(panel: any): string[] {
	const {excludeByName, indexByName, renameByName} = panel.transformations.at(-1).options;

	return Object.keys(indexByName).filter((name) => !excludeByName[name])
		.sort((one, other) => indexByName[one] - indexByName[other])
		.map((name) => renameByName[name]);
}

async function check(path: string) {
	const dashboard = JSON.parse(readFileSync(path, "utf8"));

	for (const panel of dashboard.panels.filter(({type}: any) => type !== "row")) {
		const where = `${basename(path)}, "${panel.title}"`;

		for (const [kind, id, known] of named(panel))
			if (!known)
				problems.push(`${where}: ${kind} "${id}" is not known`);
		if (panel.type !== "table")
			continue;
		const [columns, rows] = await shown(panel);
		const wanted = expected(panel);

		if (columns.join() !== wanted.join() || rows !== 2)
			problems.push(`${where}: shows ${rows} rows of ${columns}, not 2 of ${wanted}`);
		for (const {matcher} of panel.fieldConfig.overrides)
			if (matcher.id === "byName" && !columns.includes(matcher.options))
				problems.push(`${where}: there is no column "${matcher.options}"`);
	}
}

async function main() {
	const dashboards = process.argv.slice(2);

	for (const path of dashboards)
		await check(path);
	for (const problem of problems)
		console.error(`@grafana/data ${version}: ${problem}`);
	process.exitCode = problems.length ? 1 : 0;
	if (!problems.length)
		console.log(`@grafana/data ${version} has what ${dashboards.length} ` +
			`dashboards name, and makes of the tables' answers what they should show.`);
}

main();
