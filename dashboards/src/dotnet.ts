/* What the runtime of .NET says: packs dotnet-gc, dotnet; and PowerShell: pack powershell. */
import {dashboard, line, section} from "./dashboard.js";
import {heat, number, series} from "./panels.js";
import type {Placed} from "./panels.js";
import {
	buckets, increase, ofSessions, quantile, rate, share, sum, topRate,
} from "./queries.js";
import {process, quantileChoice, top} from "./variables.js";

const PROCESS = 'process=~"$process"';
const BY_PROCESS = "{{process}}";
const BY_PID = "{{process}} ({{pid}})";

const numbers: Placed[] = [
	number({
		title: "Programs", unit: "short",
		description: "Programs of .NET whose heap is known.",
		expression: `count(${sum("process",
			ofSessions("etw_dotnet_heap_generation0_bytes", PROCESS))})`,
	}),
	number({
		title: "Stopped by collections", unit: "percentunit",
		description: "Share of the time that managed threads are stopped, of all programs " +
			"together.",
		colours: [[0.05, "orange"], [0.1, "red"]],
		expression: rate("", "etw_dotnet_gc_pause_seconds_sum", 'reason=~"GC.*"', PROCESS),
	}),
	number({
		title: "Collections per second", unit: "cps",
		description: "Collections that are completed now.",
		expression: rate("", "etw_dotnet_gc_collections_total", PROCESS),
	}),
	number({
		title: "Allocated per second", unit: "Bps",
		description: "Bytes that are allocated on managed heaps now.",
		expression: rate("", "etw_dotnet_allocated_bytes_total", PROCESS),
	}),
	number({
		title: "Exceptions per second", unit: "cps",
		description: "Exceptions that are thrown now.",
		expression: rate("", "etw_dotnet_exceptions_total", PROCESS),
	}),
	number({
		title: "Starved thread pools", unit: "short", colours: [[1, "red"]], decimals: 0,
		description: "How often a thread pool wanted more threads as its work did not get on, in " +
			"the time range shown.",
		expression: `${increase("", "etw_dotnet_thread_pool_adjustments_total",
			'reason="Starvation"', PROCESS)} or vector(0)`,
	}),
];

const pauses: Placed[] = [
	series({
		title: "Time stopped", unit: "percentunit",
		description: "Share of the time that a program's managed threads are stopped, by reason.",
		queries: [{legend: "{{process}}: {{reason}}", expression:
			share("process, reason", "etw_dotnet_gc_pause_seconds", PROCESS)}],
	}),
	series({
		title: "Pauses", unit: "s",
		description: "The quantile that is chosen of how long managed threads were stopped for " +
			"collections.",
		queries: [{legend: BY_PROCESS, expression:
			quantile("process", "etw_dotnet_gc_pause_seconds", 'reason=~"GC.*"', PROCESS)}],
	}),
	heat({
		title: "Pauses of all programs", unit: "s",
		description: "How many pauses took how long.",
		expression: buckets("etw_dotnet_gc_pause_seconds", PROCESS),
	}),
	series({
		title: "Collections", unit: "cps", stacked: true,
		description: "Collections that were completed, by program and generation.",
		queries: [{legend: "{{process}}: generation {{generation}}", expression:
			topRate("process, generation", "etw_dotnet_gc_collections_total", PROCESS)}],
	}),
	series({
		title: "How long collections take", unit: "s",
		description: "The quantile that is chosen, by program, generation and kind. Threads run " +
			"meanwhile where the kind is background.",
		queries: [{legend: "{{process}}: generation {{generation}}, {{gc_type}}", expression:
			quantile("process, generation, gc_type", "etw_dotnet_gc_seconds", PROCESS)}],
	}),
	series({
		title: "Why collections begin", unit: "cps", stacked: true,
		description: "Collections by reason: allocations, memory that runs low, or the program's " +
			"own wish (Induced).",
		queries: [{legend: "{{reason}}", expression:
			rate("reason", "etw_dotnet_gc_seconds_count", PROCESS)}],
	}),
];

const HEAPS: [string, string][] = [
	["generation 0", "etw_dotnet_heap_generation0_bytes"],
	["generation 1", "etw_dotnet_heap_generation1_bytes"],
	["generation 2", "etw_dotnet_heap_generation2_bytes"],
	["large objects", "etw_dotnet_heap_large_objects_bytes"],
	["pinned objects", "etw_dotnet_heap_pinned_objects_bytes"],
];

const heaps: Placed[] = [
	series({
		title: "Heap after the last collection", unit: "bytes", stacked: true,
		description: "By process, generation and kind of heap.",
		queries: HEAPS.map(([name, metric]) => ({
			legend: `${BY_PID}: ${name}`,
			expression: `topk($top, ${sum("process, pid", ofSessions(metric, PROCESS))})`,
		})),
	}),
	series({
		title: "Allocations", unit: "Bps", stacked: true,
		description: "Bytes allocated on the managed heaps, in steps of some 100 KiB, by program " +
			"and kind of heap. It takes events of level verbose.",
		queries: [{legend: "{{process}}: {{heap}}", expression:
			topRate("process, heap", "etw_dotnet_allocated_bytes_total", PROCESS)}],
	}),
	series({
		title: "Survived collections of generation 2", unit: "Bps",
		description: "Bytes that survived collections in generation 2.",
		queries: [{legend: BY_PROCESS, expression:
			topRate("process", "etw_dotnet_gc_promoted_bytes_total", PROCESS)}],
	}),
	series({
		title: "GC handles", unit: "short",
		description: "GC handles in use at the last collection. Where they only grow, something " +
			"is not let go.",
		queries: [{legend: BY_PID, expression: `topk($top, ${sum("process, pid",
			ofSessions("etw_dotnet_heap_gc_handles", PROCESS))})`}],
	}),
];

const runtime: Placed[] = [
	series({
		title: "Exceptions", unit: "cps",
		description: "Exceptions that were thrown, by program and type.",
		queries: [{legend: "{{process}}: {{exception}}", expression:
			topRate("process, exception", "etw_dotnet_exceptions_total", PROCESS)}],
	}),
	series({
		title: "Time waiting for locks", unit: "percentunit",
		description: "Time that threads waited for locks that others held: 100 % is one thread all " +
			"the time.",
		queries: [{legend: "{{process}}: {{lock}}", expression:
			share("process, lock", "etw_dotnet_contention_seconds", PROCESS)}],
	}),
	series({
		title: "How long threads wait for locks", unit: "s",
		description: "The quantile that is chosen, by program.",
		queries: [{legend: BY_PROCESS, expression:
			quantile("process", "etw_dotnet_contention_seconds", PROCESS)}],
	}),
	series({
		title: "Threads of thread pools", unit: "short",
		description: "Worker threads of each process, and how many its pool wants.",
		queries: [
			{legend: BY_PID, expression: `topk($top, ${sum("process, pid",
				ofSessions("etw_dotnet_thread_pool_threads", PROCESS))})`},
			{legend: `${BY_PID}: wanted`, dashed: true,
			 expression: `topk($top, ${sum("process, pid",
				ofSessions("etw_dotnet_thread_pool_target_threads", PROCESS))})`},
		],
	}),
	series({
		title: "Changes of thread pools", unit: "cps", stacked: true,
		description: "Changes of how many worker threads pools want, by reason. Starvation: work " +
			"did not get on, as threads block.",
		queries: [{legend: "{{process}}: {{reason}}", expression: topRate("process, reason",
			"etw_dotnet_thread_pool_adjustments_total", PROCESS)}],
	}),
	series({
		title: "Time compiling", unit: "percentunit",
		description: "Time that methods were compiled, by program.",
		queries: [{legend: BY_PROCESS, expression:
			share("process", "etw_dotnet_jit_seconds", PROCESS)}],
	}),
	series({
		title: "Code compiled", unit: "Bps",
		description: "Intermediate language that was compiled, by program.",
		queries: [{legend: BY_PROCESS, expression:
			topRate("process", "etw_dotnet_jit_il_bytes_total", PROCESS)}],
	}),
	series({
		title: "How long compiling a method takes", unit: "s",
		description: "The quantile that is chosen, by program.",
		queries: [{legend: BY_PROCESS, expression:
			quantile("process", "etw_dotnet_jit_seconds", PROCESS)}],
	}),
];

const powershell: Placed[] = [
	series({
		title: "PowerShell: commands and script blocks", unit: "cps",
		description: "Commands that were run, as module logging tells, and script blocks that were " +
			"compiled, by level: at warning PowerShell holds them to be suspicious.",
		queries: [
			{legend: "{{process}}: commands",
			 expression: topRate("process", "etw_powershell_commands_total", PROCESS)},
			{legend: "{{process}}: script blocks, {{level}}", expression:
				topRate("process, level", "etw_powershell_script_blocks_total", PROCESS)},
		],
	}),
	series({
		title: "PowerShell: starts, listeners, errors", unit: "cps",
		description: "Consoles that were started, processes that began to listen for other " +
			"PowerShells, errors by event ID.",
		queries: [
			{legend: "{{process}}: starts",
			 expression: topRate("process", "etw_powershell_starts_total", PROCESS)},
			{legend: "{{process}}: listeners",
			 expression: topRate("process", "etw_powershell_ipc_listeners_total", PROCESS)},
			{legend: "{{process}}: event {{event_id}}", expression:
				topRate("process, event_id", "etw_powershell_errors_total", PROCESS)},
		],
	}),
	series({
		title: "PowerShell: how long it takes", unit: "s",
		description: "The quantile that is chosen of how long script blocks ran, and consoles took " +
			"to start.",
		queries: [
			{legend: "{{process}}: script blocks", expression: quantile("process",
				"etw_powershell_script_block_run_seconds", PROCESS)},
			{legend: "{{process}}: starts", expression:
				quantile("process", "etw_powershell_start_seconds", PROCESS)},
		],
	}),
];

export const dotnet = () => dashboard({
	uid: "etw-dotnet",
	title: "ETW exporter / .NET",
	description: "Collections, heaps, exceptions, locks, thread pools and compiling of .NET " +
		"programs, by the packs dotnet-gc and dotnet; and PowerShell, by the pack of that name.",
	tags: ["windows", "dotnet"],
	variables: [process("etw_(dotnet|powershell)_.+"), quantileChoice(), top()],
	sections: [
		section("Programs", line(4, ...numbers)),
		section("Collections", line(8, ...pauses.slice(0, 3)), line(8, ...pauses.slice(3))),
		section("Heaps", line(9, ...heaps.slice(0, 2)), line(8, ...heaps.slice(2))),
		section("Runtime", line(8, ...runtime.slice(0, 3)), line(8, ...runtime.slice(3, 5)),
			line(8, ...runtime.slice(5))),
		section("PowerShell", line(8, ...powershell)),
	],
});
