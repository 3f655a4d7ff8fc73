/* Writes each dashboard as Grafana imports it: main.js FOLDER. */
import {writeFileSync} from "node:fs";
import {join} from "node:path";
import {baseline} from "./baseline.js";
import {dnsHttp} from "./dns-http.js";
import {dotnet} from "./dotnet.js";
import {events} from "./events.js";
import {linuxKernel} from "./linux-kernel.js";
import {overview} from "./overview.js";
import {windowsKernel} from "./windows-kernel.js";

const folder = process.argv[2] ?? ".";

for (const made of [overview, events, windowsKernel, dotnet, dnsHttp, linuxKernel, baseline]) {
	const built = made();

	writeFileSync(join(folder, `${built.uid}.json`), JSON.stringify(built, null, 2) + "\n");
}
