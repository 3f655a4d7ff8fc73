/* Fields are those of the manifests: ClrEtwAll.man, HTTP_Server.man, Microsoft-Windows-DNS-Client
 * of Windows 10. */
#include "tests/support/pack_providers.h"

#define ROWS(rows)                                     \
	{                                              \
		rows, sizeof(rows) / sizeof((rows)[0]) \
	}

/* clang-format off */
#define TYPE(name, of, number, of_version, of_fields)                                              \
	static const struct pack_type name = {.provider = &(of), .id = number, .level = 4,         \
					      .version = of_version, .fields = of_fields}

/* e13c0d23-ccbc-4e12-931b-d9cc2eee27e4 */
static const struct pack_provider clr = {"Microsoft-Windows-DotNETRuntime",
	{0x23, 0x0d, 0x3c, 0xe1, 0xbc, 0xcc, 0x12, 0x4e,
	 0x93, 0x1b, 0xd9, 0xcc, 0x2e, 0xee, 0x27, 0xe4}};
/* 1c95126e-7eea-49a9-a3fe-a378b03ddb4d */
static const struct pack_provider dns = {"Microsoft-Windows-DNS-Client",
	{0x6e, 0x12, 0x95, 0x1c, 0xea, 0x7e, 0xa9, 0x49,
	 0xa3, 0xfe, 0xa3, 0x78, 0xb0, 0x3d, 0xdb, 0x4d}};
/* dd5ef90a-6398-47a4-ad34-4dcecdef795f */
static const struct pack_provider http = {"Microsoft-Windows-HttpService",
	{0x0a, 0xf9, 0x5e, 0xdd, 0x98, 0x63, 0xa4, 0x47,
	 0xad, 0x34, 0x4d, 0xce, 0xcd, 0xef, 0x79, 0x5f}};
/* a0c1853b-5c40-4b15-8766-3cf1c58f985a */
static const struct pack_provider powershell = {"Microsoft-Windows-PowerShell",
	{0x3b, 0x85, 0xc1, 0xa0, 0x40, 0x5c, 0x15, 0x4b,
	 0x87, 0x66, 0x3c, 0xf1, 0xc5, 0x8f, 0x98, 0x5a}};
/* f90714a8-5509-434a-bf6d-b1624c8a19a2 */
static const struct pack_provider powershell_core = {"PowerShellCore",
	{0xa8, 0x14, 0x07, 0xf9, 0x09, 0x55, 0x4a, 0x43,
	 0xbf, 0x6d, 0xb1, 0x62, 0x4c, 0x8a, 0x19, 0xa2}};

TYPE(gc_start_v0, clr, 1, 0, "d:Count d:Reason");
TYPE(gc_start_v1, clr, 1, 1, "d:Count d:Depth d:Reason d:Type w:ClrInstanceID");
TYPE(gc_start, clr, 1, 2,
     "d:Count d:Depth d:Reason d:Type w:ClrInstanceID q:ClientSequenceNumber");
TYPE(gc_end, clr, 2, 1, "d:Count d:Depth w:ClrInstanceID");
TYPE(gc_restart_end, clr, 3, 1, "w:ClrInstanceID");
TYPE(gc_heap_stats, clr, 4, 1,
     "q:GenerationSize0 q:TotalPromotedSize0 q:GenerationSize1 q:TotalPromotedSize1 "
     "q:GenerationSize2 q:TotalPromotedSize2 q:GenerationSize3 q:TotalPromotedSize3 "
     "q:FinalizationPromotedSize q:FinalizationPromotedCount d:PinnedObjectCount d:SinkBlockCount "
     "d:GCHandleCount w:ClrInstanceID");
TYPE(gc_heap_stats_v2, clr, 4, 2,
     "q:GenerationSize0 q:TotalPromotedSize0 q:GenerationSize1 q:TotalPromotedSize1 "
     "q:GenerationSize2 q:TotalPromotedSize2 q:GenerationSize3 q:TotalPromotedSize3 "
     "q:FinalizationPromotedSize q:FinalizationPromotedCount d:PinnedObjectCount d:SinkBlockCount "
     "d:GCHandleCount w:ClrInstanceID q:GenerationSize4 q:TotalPromotedSize4");
TYPE(gc_suspend_begin, clr, 9, 1, "d:Reason d:Count w:ClrInstanceID");
TYPE(gc_allocation_v1, clr, 10, 1, "d:AllocationAmount d:AllocationKind w:ClrInstanceID");
TYPE(gc_allocation, clr, 10, 3,
     "d:AllocationAmount d:AllocationKind w:ClrInstanceID q:AllocationAmount64 p:TypeID S:TypeName "
     "d:HeapIndex p:Address");
TYPE(pool_start, clr, 50, 0,
     "d:ActiveWorkerThreadCount d:RetiredWorkerThreadCount w:ClrInstanceID");
TYPE(pool_stop, clr, 51, 0, "d:ActiveWorkerThreadCount d:RetiredWorkerThreadCount w:ClrInstanceID");
TYPE(pool_adjustment, clr, 55, 0,
     "f:AverageThroughput d:NewWorkerThreadCount d:Reason w:ClrInstanceID");
TYPE(exception_v0, clr, 80, 0, "");
TYPE(exception, clr, 80, 1,
     "S:ExceptionType S:ExceptionMessage p:ExceptionEIP d:ExceptionHRESULT w:ExceptionFlags "
     "w:ClrInstanceID");
TYPE(contention_start, clr, 81, 1, "b:ContentionFlags w:ClrInstanceID");
TYPE(contention_stop, clr, 91, 0, "b:ContentionFlags w:ClrInstanceID");
TYPE(method_load, clr, 143, 1,
     "q:MethodID q:ModuleID q:MethodStartAddress d:MethodSize d:MethodToken d:MethodFlags "
     "S:MethodNamespace S:MethodName S:MethodSignature w:ClrInstanceID");
TYPE(method_jitting, clr, 145, 1,
     "q:MethodID q:ModuleID d:MethodToken d:MethodILSize S:MethodNamespace S:MethodName "
     "S:MethodSignature w:ClrInstanceID");

/* web.exe holds two runtimes; the second collects in the background while others do. */
static const struct pack_row dotnet_gc[] = {
	{&gc_suspend_begin, 1000, 0, 100, 104, "1 0 9"},
	{&gc_start_v1, 20, 0, 100, 104, "1 0 0 0 9"},
	{&gc_start, 4, 0, 100, 104, "1 0 0 0 9 0"},
	{&gc_end, 900, 0, 100, 104, "1 0 9"},
	{&gc_heap_stats, 5, 0, 100, 104, "24 4096 8192 0 65536 1000 85024 0 0 0 1 2 30 9"},
	{&gc_restart_end, 71, 0, 100, 104, "9"},
	{&gc_suspend_begin, 1000, 1, 100, 104, "6 0 10"},
	{&gc_start, 100, 1, 100, 104, "7 2 0 1 10 0"},
	{&gc_restart_end, 300, 1, 100, 104, "10"},
	{&gc_suspend_begin, 1000, 2, 100, 108, "1 0 9"},
	{&gc_start, 100, 2, 100, 108, "2 1 1 0 9 0"},
	{&gc_end, 2000, 2, 100, 108, "2 1 9"},
	{&gc_heap_stats, 10, 2, 100, 108, "24 0 4096 0 70000 500 85024 0 0 0 1 2 31 9"},
	{&gc_restart_end, 10, 2, 100, 108, "9"},
	{&gc_end, 40000, 1, 100, 104, "7 2 10"},
	{&gc_suspend_begin, 1000, 3, 200, 204, "5 0 9"},
	{&gc_restart_end, 500000, 3, 200, 204, "9"},
	{&gc_start_v0, 1000, 3, 200, 204, "1 99"},
	{&gc_heap_stats_v2, 10, 3, 200, 204, "1 2 3 4 5 6 7 8 0 0 1 2 9 9 8184 0"},
	{&gc_allocation_v1, 1000, 0, 100, 104, "106496 0 9"},
	{&gc_allocation, 1000, 0, 100, 104, "204800 1 9 204800 0x10 System.Byte[] 0 0x20"},
	{&gc_allocation, 1000, 0, 200, 204, "106504 0 9 106504 0x10 System.String 0 0x20"},
};
const struct pack pack_dotnet_gc = ROWS(dotnet_gc);

static const struct pack_row dotnet[] = {
	{&exception, 1000, 0, 100, 104, "System.IO.IOException busy 0x10 0x80131620 16 9"},
	{&exception, 1000, 0, 100, 104, "System.IO.IOException busy 0x10 0x80131620 16 9"},
	{&exception_v0, 1000, 0, 200, 204, ""},
	{&method_jitting, 1000, 0, 100, 104, "0x100 0x1 1 200 Web Main void 9"},
	{&method_jitting, 100, 0, 100, 104, "0x200 0x1 2 50 Web Get int 9"},
	{&method_load, 200, 0, 100, 104, "0x200 0x1 0x5000 64 2 0x8 Web Get int 9"},
	{&method_load, 3000, 0, 100, 104, "0x100 0x1 0x6000 64 1 0x8 Web Main void 9"},
	{&method_load, 100, 0, 100, 104, "0x300 0x1 0x7000 64 3 0 System Native void 9"},
	{&contention_start, 1000, 0, 100, 104, "0 9"},
	{&contention_start, 10, 1, 100, 108, "1 9"},
	{&contention_stop, 40, 0, 100, 104, "0 9"},
	{&contention_stop, 9000, 1, 100, 108, "1 9"},
	{&pool_start, 1000, 0, 100, 104, "3 0 9"},
	{&pool_start, 1000, 0, 100, 104, "4 0 9"},
	{&pool_stop, 1000, 0, 100, 108, "3 0 9"},
	{&pool_adjustment, 1000, 0, 100, 108, "12.5 6 6 9"},
};
const struct pack pack_dotnet = ROWS(dotnet);

TYPE(dns_query, dns, 3006, 0,
     "S:QueryName d:QueryType q:QueryOptions S:ServerList d:IsNetworkQuery d:NetworkQueryIndex "
     "d:InterfaceIndex d:IsAsyncQuery");
TYPE(dns_completed, dns, 3008, 0,
     "S:QueryName d:QueryType q:QueryOptions d:QueryStatus S:QueryResults");
TYPE(dns_sent, dns, 3010, 0, "S:QueryName d:QueryType S:DnsServerIpAddress");
TYPE(dns_answer, dns, 3011, 0, "S:QueryName d:QueryType S:DnsServerIpAddress d:ResponseStatus");
TYPE(dns_cache, dns, 3018, 0, "S:QueryName d:QueryType q:QueryOptions d:Status S:QueryResults");
TYPE(dns_network, dns, 3020, 0,
     "S:QueryName d:QueryType d:NetworkIndex d:InterfaceIndex d:Status S:QueryResults");

static const struct pack_row dns_client[] = {
	{&dns_query, 1000, 0, 100, 104, "a.example 1 0 - 0 0 0 0"},
	{&dns_query, 100, 1, 100, 104, "a.example 28 0 - 0 0 0 0"},
	{&dns_cache, 100, 2, 200, 204, "a.example 1 0 9701 -"},
	{&dns_sent, 100, 2, 200, 204, "a.example 1 192.0.2.53"},
	{&dns_answer, 7000, 2, 200, 204, "a.example 1 192.0.2.53 0"},
	{&dns_network, 100, 2, 200, 204, "a.example 1 0 5 0 192.0.2.80"},
	{&dns_completed, 100, 0, 100, 104, "a.example 1 0 0 192.0.2.80"},
	{&dns_completed, 100, 1, 100, 104, "a.example 28 0 9501 -"},
	{&dns_query, 100, 0, 200, 204, "nowhere.example 99 0 - 0 0 0 0"},
	{&dns_sent, 100, 2, 200, 204, "nowhere.example 99 192.0.2.54"},
	{&dns_answer, 300, 2, 200, 204, "nowhere.example 99 192.0.2.54 9003"},
	{&dns_completed, 100, 0, 200, 204, "nowhere.example 99 0 9003 -"},
};
const struct pack pack_dns_client = ROWS(dns_client);

/* The addresses of RecvReq and ConnConnect are of no bytes. */
TYPE(http_received, http, 1, 0, "q:RequestId q:ConnectionId d:RemoteAddrLength");
TYPE(http_parsed, http, 2, 0, "p:RequestObj d:HttpVerb S:Url");
TYPE(http_delivered, http, 3, 0,
     "p:RequestObj q:RequestId d:SiteId S:RequestQueueName S:Url d:Status");
TYPE(http_response, http, 4, 0,
     "q:RequestId q:ConnectionId w:StatusCode s:Verb d:HeaderLength w:EntityChunkCount "
     "d:CachePolicy");
TYPE(http_fast_response, http, 8, 0,
     "q:RequestId q:ConnectionId w:StatusCode s:Verb d:HeaderLength w:EntityChunkCount "
     "d:CachePolicy");
TYPE(http_sent, http, 10, 0, "q:RequestId w:HttpStatus");
TYPE(http_fast_sent, http, 12, 0, "q:RequestId w:HttpStatus");
TYPE(http_send_error, http, 14, 0, "q:RequestId w:HttpStatus");
TYPE(http_cached, http, 16, 0, "p:RequestObj d:SiteId d:BytesSent");
TYPE(http_not_modified, http, 17, 1,
     "p:RequestObj d:SiteId d:BytesSent q:RequestId s:Encoding");
TYPE(http_connect, http, 21, 0, "p:ConnectionObj d:LocalAddrLength d:RemoteAddrLength");
TYPE(http_close, http, 23, 0, "p:ConnectionObj d:Abortive");
TYPE(http_handshake, http, 35, 0, "p:ConnectionObj");
TYPE(http_handshake_done, http, 36, 0, "d:Status p:ConnectionObj");
TYPE(http_timed_out, http, 53, 0, "q:ConnectionId p:ConnectionObj s:Timer");
TYPE(http_rejected, http, 64, 0, "q:RequestId s:Reason S:RequestQueueName");

static const struct pack_row http_sys[] = {
	{&http_connect, 1000, 0, 4, 8, "0x10 0 0"},
	{&http_handshake, 10, 0, 4, 8, "0x10"},
	{&http_handshake_done, 6000, 1, 4, 8, "0 0x10"},
	{&http_received, 100, 0, 4, 8, "1001 1 0"},
	{&http_parsed, 10, 0, 4, 8, "0x20 4 https://example/"},
	{&http_delivered, 20, 0, 4, 8, "0x20 1001 1 DefaultAppPool https://example/ 0"},
	{&http_fast_response, 15000, 1, 100, 104, "1001 1 200 GET 200 1 0"},
	{&http_fast_sent, 70, 1, 100, 104, "1001 200"},
	{&http_received, 100, 0, 4, 8, "1002 1 0"},
	{&http_parsed, 10, 0, 4, 8, "0x21 6 https://example/save"},
	{&http_delivered, 2000, 0, 4, 8, "0x21 1002 1 DefaultAppPool https://example/save 0"},
	{&http_response, 400000, 2, 100, 104, "1002 1 500 POST 200 1 0"},
	{&http_sent, 500, 2, 4, 8, "1002 500"},
	{&http_received, 100, 0, 4, 8, "1003 2 0"},
	{&http_parsed, 10, 0, 4, 8, "0x22 4 https://other/"},
	{&http_delivered, 10, 0, 4, 8, "0x22 1003 2 OtherPool https://other/ 0"},
	{&http_fast_response, 100, 3, 200, 204, "1003 2 200 GET 200 1 0"},
	{&http_send_error, 10, 3, 200, 204, "1003 200"},
	{&http_received, 100, 0, 4, 8, "1004 2 0"},
	{&http_rejected, 10, 0, 4, 8, "1004 QueueFull OtherPool"},
	{&http_cached, 100, 0, 4, 8, "0x23 1 5000"},
	{&http_not_modified, 100, 0, 4, 8, "0x24 1 120 1005 gzip"},
	{&http_timed_out, 100, 0, 4, 8, "1 0x10 IdleConnectionTimer"},
	{&http_close, 100, 0, 4, 8, "0x10 1"},
};
const struct pack pack_http_sys = ROWS(http_sys);

static const struct pack_type powershell_console_start = {
	.provider = &powershell, .id = 40961, .version = 1, .level = 4, .fields = ""};
static const struct pack_type powershell_console_ready = {
	.provider = &powershell, .id = 40962, .version = 1, .level = 4, .fields = ""};
static const struct pack_type powershell_listener = {
	.provider = &powershell, .id = 53504, .version = 1, .level = 4, .fields = "d:param1 S:param2"};
static const struct pack_type powershell_error = {
	.provider = &powershell, .id = 4100, .version = 1, .level = 3,
	.fields = "S:ContextInfo S:UserData S:Payload"};
static const struct pack_type powershell_failure = {
	.provider = &powershell_core, .id = 32784, .version = 1, .level = 2, .fields = "S:param1"};
static const struct pack_type powershell_command = {
	.provider = &powershell, .id = 4103, .version = 1, .level = 4,
	.fields = "S:ContextInfo S:UserData S:Payload"};
#define SCRIPT_BLOCK "d:MessageNumber d:MessageTotal S:ScriptBlockText S:ScriptBlockId S:Path"
static const struct pack_type powershell_script = {
	.provider = &powershell, .id = 4104, .version = 1, .level = 5, .fields = SCRIPT_BLOCK};
static const struct pack_type powershell_suspicious_script = {
	.provider = &powershell_core, .id = 4104, .version = 1, .level = 3, .fields = SCRIPT_BLOCK};
static const struct pack_type powershell_block_start = {
	.provider = &powershell, .id = 4105, .version = 1, .level = 5,
	.fields = "S:ScriptBlockId S:RunspaceId"};
static const struct pack_type powershell_block_stop = {
	.provider = &powershell, .id = 4106, .version = 1, .level = 5,
	.fields = "S:ScriptBlockId S:RunspaceId"};

static const struct pack_row powershell_rows[] = {
	{&powershell_console_start, 1000, 0, 100, 104, ""},
	{&powershell_listener, 1000, 0, 100, 104, "100 DefaultAppDomain"},
	{&powershell_console_ready, 349000, 0, 100, 104, ""},
	{&powershell_script, 1000, 0, 100, 104, "1 2 first a1 -"},
	{&powershell_script, 10, 0, 100, 104, "2 2 second a1 -"},
	{&powershell_suspicious_script, 10, 1, 200, 204, "1 1 whole b2 -"},
	{&powershell_block_start, 10, 0, 100, 104, "a1 r1"},
	{&powershell_command, 10, 0, 100, 104, "context - payload"},
	{&powershell_command, 10, 0, 100, 104, "context - payload"},
	{&powershell_error, 10, 0, 100, 104, "context - payload"},
	{&powershell_block_stop, 50000, 0, 100, 104, "a1 r1"},
	{&powershell_failure, 10, 0, 200, 204, "refused"},
};
const struct pack pack_powershell = ROWS(powershell_rows);
/* clang-format on */
