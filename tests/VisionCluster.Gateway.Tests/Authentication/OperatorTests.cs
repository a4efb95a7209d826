using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using VisionCluster.Contracts.ModelHosts;
using VisionCluster.TestKit.Processes;
using VisionCluster.TestKit.Servers;

namespace VisionCluster.Gateway.Tests.Authentication;

/// <summary>What operators alone may do, on a port of their own.</summary>
public sealed class OperatorTests : IAsyncLifetime
{
    private readonly int _port = FreePort.Next();
    private readonly AuditRecorder _audit = new();
    private VisionTestServer? _server;

    private VisionTestServer Server => _server!;

    public async Task InitializeAsync() => _server = await VisionTestServer.StartAsync(
        builder => builder.Services.AddSingleton<ILoggerProvider>(_audit),
        "Vision:Models:Load:0=starter-sam", $"Vision:Gateway:OperatorPort={_port}", "Vision:Gateway:Dashboard=true",
        "Vision:Authentication:Keys:0:Tenant=red", $"Vision:Authentication:Keys:0:Sha256={TestKeys.DigestOf("red key")}",
        "Vision:Authentication:Keys:1:Tenant=ops", $"Vision:Authentication:Keys:1:Sha256={TestKeys.DigestOf("ops key")}", "Vision:Authentication:Keys:1:Operator=true");

    public async Task DisposeAsync()
    {
        await Server.DisposeAsync();
        _audit.Dispose();
    }

    [Theory]
    [InlineData("GET", "/v1/cluster")]
    [InlineData("GET", "/dashboard/")]
    [InlineData("GET", "/dashboard/DashboardCounters")]
    [InlineData("POST", "/v1/models/starter-sam/load")]
    [InlineData("POST", "/v1/models/starter-sam/unload")]
    [InlineData("POST", "/v1/cluster/drain?host=x")]
    public async Task OperatorEndpoint_ForTenantsAndOnOtherPorts_IsClosed(string method, string path)
    {
        using var tenant = Client("red key", _port);
        using var outside = Client("ops key", Server.Url.Port);
        using var stranger = Client("no key", _port);
        Assert.Equal(HttpStatusCode.Forbidden, await AskAsync(tenant, method, path));
        Assert.Equal(HttpStatusCode.Unauthorized, await AskAsync(stranger, method, path));
        outside.DefaultRequestHeaders.Host = $"localhost:{_port}";
        Assert.Equal(HttpStatusCode.NotFound, await AskAsync(outside, method, path));
        Assert.Empty(_audit.Lines);
    }

    [Fact]
    public async Task Dashboard_ForAnOperator_IsThere()
    {
        using var operators = Client("ops key", _port);
        Assert.Equal(HttpStatusCode.OK, await AskAsync(operators, "GET", "/dashboard/"));
        Assert.Equal(HttpStatusCode.OK, await AskAsync(operators, "GET", "/dashboard/DashboardCounters"));
    }

    [Fact]
    public async Task Models_UnloadedAndLoaded_ComeAndGoAndAreWrittenDown()
    {
        using var operators = Client("ops key", _port);
        var devices = await EventuallyDevicesAsync(operators);
        var unloaded = await PostAsync(operators, "/v1/models/starter-sam/unload");
        Assert.Equal([(devices[0], null)], unloaded.Select(outcome => (outcome.Host, outcome.Code)));
        await operators.PostAsync("/v1/models/starter-sam/unload", null).ExpectProblemAsync(HttpStatusCode.NotFound, "ModelNotFound");
        Assert.Null((await PostAsync(operators, "/v1/models/starter-sam/load")).Single().Code);
        await PostAsync(operators, "/v1/models/starter-clip/load");
        await operators.PostAsync("/v1/models/no-such/load", null).ExpectProblemAsync(HttpStatusCode.NotFound, "ModelNotFound");
        await operators.PostAsync("/v1/cluster/drain?host=nowhere", null).ExpectProblemAsync(HttpStatusCode.BadRequest, "InvalidRequest");
        await operators.PostAsync($"/v1/cluster/drain?host={Uri.EscapeDataString(devices[0])}", null).ExpectAsync(HttpStatusCode.OK);
        var device = await Server.Services.GetRequiredService<IGrainFactory>().GetGrain<IModelHostGrain>(devices[0]).StatusAsync();
        Assert.Equal(DeviceState.Draining, device.State);
        Assert.Equal(["starter-clip", "starter-sam"], device.Models.Select(model => model.Name).Order());

        string[] lines = [.. _audit.Lines];
        Assert.Equal(7, lines.Length);
        Assert.StartsWith("POST /v1/models/starter-sam/unload by an operator of ops from 127.0.0.1: done", lines[0], StringComparison.Ordinal);
        Assert.EndsWith(": ModelNotFound", lines[1], StringComparison.Ordinal);
        Assert.All(lines, line => Assert.DoesNotContain("ops key", line, StringComparison.Ordinal));
    }

    private static async Task<HttpStatusCode> AskAsync(HttpClient client, string method, string path)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        using var answer = await client.SendAsync(request);
        return answer.StatusCode;
    }

    private static async Task<DeviceOutcome[]> PostAsync(HttpClient client, string path)
    {
        using var answer = await client.PostAsync(path, null);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
        return (await answer.Content.ReadFromJsonAsync<DeviceOutcome[]>())!;
    }

    private static async Task<string[]> EventuallyDevicesAsync(HttpClient operators)
    {
        DeviceStatus[] devices = [];
        await Eventually.TrueAsync(
            async () => (devices = (await operators.GetFromJsonAsync<DeviceStatus[]>("/v1/cluster"))!).Length == 1,
            TimeSpan.FromSeconds(60),
            "the device has reported");
        return [.. devices.Select(device => device.Host)];
    }

    private HttpClient Client(string key, int port)
    {
        var client = new HttpClient { BaseAddress = new UriBuilder(Server.Url) { Port = port }.Uri };
        client.DefaultRequestHeaders.Authorization = new("Bearer", key);
        return client;
    }

    /// <summary>Keeps what is logged under the audit's category.</summary>
    private sealed class AuditRecorder : ILoggerProvider, ILogger
    {
        public ConcurrentQueue<string> Lines { get; } = new();

        public ILogger CreateLogger(string categoryName) =>
            categoryName == "VisionCluster.Audit" ? this : Microsoft.Extensions.Logging.Abstractions.NullLogger.Instance;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Lines.Enqueue(formatter(state, exception));

        public void Dispose()
        {
        }
    }
}
