-- For wrk: asks for three pages in turn, and prints how many answers had which status, as JSON.

local paths = {"/metrics", "/", "/api/v1/status"}
local threads = {}
local number = 0

function setup(thread)
	table.insert(threads, thread)
end

function init(arguments)
	statuses = {}
end

function request()
	number = number % #paths + 1
	return wrk.format("GET", paths[number])
end

function response(status)
	statuses[status] = (statuses[status] or 0) + 1
end

function done(summary, latency)
	local sums, rows = {}, {}

	for _, thread in ipairs(threads) do
		for status, count in pairs(thread:get("statuses")) do
			sums[status] = (sums[status] or 0) + count
		end
	end
	for status, count in pairs(sums) do
		table.insert(rows, string.format('"%d": %d', status, count))
	end
	io.write(string.format(
		'{"statuses": {%s}, "connect": %d, "read": %d, "write": %d, "timeout": %d, ' ..
		'"seconds": %g, "median_ms": %g, "p99_ms": %g}\n',
		table.concat(rows, ", "), summary.errors.connect, summary.errors.read,
		summary.errors.write, summary.errors.timeout, summary.duration / 1e6,
		latency:percentile(50) / 1e3, latency:percentile(99) / 1e3))
end
