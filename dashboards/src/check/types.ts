/*
 * Whether Grafana knows all that is in the dashboards, by the types that each of its versions
 * publishes (@grafana/schema): types.js DASHBOARD... checks each, as a literal that may have nothing
 * but what the type has. What a dashboard leaves out has a default.
 */
import {
	existsSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync,
} from "node:fs";
import {basename, join, resolve} from "node:path";
import ts from "typescript";

const FOLDER = "versions";
/* In JSON enumerations are their values. */
const TOLD = `type Told<T> =
	T extends string ? \`\${T}\` :
	T extends number ? (\`\${T}\` extends \`\${infer N extends number}\` ? N : never) :
	T extends boolean | null | undefined ? T :
	T extends (infer U)[] ? Told<U>[] :
	T extends object ? {[K in keyof T]?: Told<T[K]>} : T;
type Nothing = Record<string, never>;
`;
/* The first threshold, and a dashboard that is new, have null in JSON, which 10.0 has no type for. */
const STANDARD = "Omit<Schema.FieldConfig, 'custom' | 'thresholds'> & " +
	"{thresholds?: Schema.ThresholdsConfig}";
const DASHBOARD = "Omit<Schema.Dashboard, 'panels' | 'templating' | 'id'> & {id?: null}";
/* The type of variables lacks what @grafana/data has of those that are queries. */
const VARIABLE = "Schema.VariableModel & {definition?: string; multi?: boolean; " +
	"includeAll?: boolean; allValue?: string | null; sort?: number}";

/* A literal of a type, and what it is of. */
interface Piece {
	where: string;
	type: string;
	json: unknown;
}

/* What a version has of panels and queries, each a file of its own, whose names changed. */
function modules(schema: string, kind: "panelcfg" | "dataquery"): Map<string, string> {
	const root = ["dist/types/raw/composable", "dist/esm/raw/composable"]
		.map((path) => join(schema, path)).find(existsSync)!;
	const found = new Map<string, string>();

	for (const name of readdirSync(root)) {
		const folder = join(root, name, kind, "x");
		const file = existsSync(folder) &&
			readdirSync(folder).find((one) => one.endsWith(".d.ts"));

		if (file)
			found.set(name, "./" + join(folder, file).replace(/\.d\.ts$/, ""));
	}
	return found;
}

function customType(type: string, file: string): string {
	if (/export interface FieldConfig\b/.test(file))
		return `${type}.FieldConfig`;
	/* Up to 10.0 a panel of tables has that of the library. */
	return type === "table" ? "Schema.TableFieldOptions" : "Nothing";
}

function piecesOf(path: string, customTypes: Map<string, string>, queries: boolean): Piece[] {
	const {panels, templating, __requires, ...rest} = JSON.parse(readFileSync(path, "utf8"));
	const name = basename(path);
	const pieces: Piece[] = [{where: name, json: rest, type: DASHBOARD}];

	for (const variable of templating.list)
		pieces.push({where: `${name}, variable ${variable.name}`, json: variable,
			     type: VARIABLE});
	for (const panel of panels) {
		const where = `${name}, "${panel.title}"`;
		const {options, fieldConfig, targets, ...frame} = panel;
		const custom = customTypes.get(panel.type);

		if (panel.type === "row") {
			pieces.push({where, json: panel, type: "Schema.RowPanel"});
			continue;
		}
		if (!custom)
			throw new Error(`${where}: there is no panel of type ${panel.type}`);
		const {custom: defaults, ...standard} = fieldConfig.defaults;

		pieces.push({where, json: frame,
			     type: "Omit<Schema.Panel, 'options' | 'fieldConfig' | 'targets'>"},
			    {where, json: options, type: `${panel.type}.Options`},
			    {where, json: standard, type: STANDARD},
			    {where, json: defaults ?? {}, type: custom});
		for (const {matcher, properties} of fieldConfig.overrides) {
			pieces.push({where, json: matcher, type: "Schema.MatcherConfig"});
			for (const {id, value} of properties)
				pieces.push(id.startsWith("custom.") ?
					{where, type: custom, json: {[id.slice("custom.".length)]: value}} :
					{where, type: STANDARD, json: {[id]: value}});
		}
		for (const target of queries ? targets : [])
			pieces.push({where, json: target, type: "prometheus.PrometheusDataQuery"});
	}
	return pieces;
}

/* What is wrong with them in a version. */
function check(version: string, dashboards: string[]): string[] {
	const folder = join(FOLDER, version);
	const schema = "node_modules/@grafana/schema";

	mkdirSync(join(folder, "node_modules/@grafana"), {recursive: true});
	/* Under the name by which its own files know it. */
	symlinkSync(resolve(`node_modules/schema-${version}`), join(folder, schema));
	const found = modules(join(folder, schema), "panelcfg");
	const query = modules(join(folder, schema), "dataquery").get("prometheus");
	const panelTypes = ["timeseries", "stat", "bargauge", "table", "heatmap"];
	const customTypes = new Map(panelTypes.filter((type) => found.has(type)).map((type) =>
		[type, customType(type, readFileSync(found.get(type) + ".d.ts", "utf8"))]));
	const from = (path: string) => "./" + path.slice(`./${folder}/`.length);
	let text = TOLD + "import type * as Schema from '@grafana/schema';\n" +
		[...customTypes.keys()].map((type) =>
			`import type * as ${type} from '${from(found.get(type)!)}';\n`).join("");
	if (query)
		text += `import type * as prometheus from '${from(query)}';\n`;
	const seen = new Set<string>();
	const starts: [number, string][] = [];

	for (const piece of dashboards.flatMap((path) => piecesOf(path, customTypes, !!query))) {
		const literal = `: Told<${piece.type}> = ${JSON.stringify(piece.json)};\n`;

		if (seen.has(literal))
			continue;
		seen.add(literal);
		starts.push([text.length, piece.where]);
		text += `export const _${seen.size}${literal}`;
	}
	const file = join(folder, "dashboards.ts");

	writeFileSync(file, text);
	const program = ts.createProgram([file], {
		strict: true, noEmit: true, skipLibCheck: true, preserveSymlinks: true, types: [],
		target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ESNext,
		moduleResolution: ts.ModuleResolutionKind.Bundler,
	});

	return ts.getPreEmitDiagnostics(program).map((problem) => {
		const where = problem.file?.fileName.endsWith(file) ?
			starts.findLast(([start]) => start <= problem.start!)?.[1] : problem.file?.fileName;

		return `Grafana ${version}: ${where ?? "types"}: ` +
			ts.flattenDiagnosticMessageText(problem.messageText, " ");
	});
}

const dashboards = process.argv.slice(2);
const versions = readdirSync("node_modules").filter((name) => name.startsWith("schema-"))
	.map((name) => name.slice("schema-".length))
	.sort((one, other) => one.localeCompare(other, "en", {numeric: true}));

rmSync(FOLDER, {recursive: true, force: true});
const problems = versions.flatMap((version) => check(version, dashboards));

for (const problem of problems)
	console.error(problem);
if (problems.length)
	process.exit(1);
console.log(`Types of Grafana ${versions.join(", ")}: ` +
	`each has all that ${dashboards.length} dashboards use.`);
