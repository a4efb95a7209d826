using System.Collections.Concurrent;
using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using VisionCluster.TestKit.Servers;

namespace VisionCluster.Gateway.Tests.Telemetry;

/// <summary>What no log may hold, whatever the level.</summary>
public sealed class LogTests
{
    private const string Key = "a-key-that-nobody-may-read-9147";
    private const string Word = "zebra crossing 7311";

    /// <summary>SHA-256 of <see cref="Key"/>.</summary>
    private static readonly string Digest = TestKeys.DigestOf(Key);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Logs_AtTheirMost_HoldNoKeyAndPromptsOnlyWhereOptedIn(bool prompts)
    {
        var lines = new ConcurrentQueue<string>();
        await using var server = await VisionTestServer.StartAsync(
            builder =>
            {
                builder.Logging.AddFilter("VisionCluster", LogLevel.Trace).SetMinimumLevel(LogLevel.Information);
                builder.Logging.Services.AddSingleton<ILoggerProvider>(new Recorder(lines));
            },
            "Vision:Authentication:Keys:0:Tenant=acme", $"Vision:Authentication:Keys:0:Sha256={Digest}",
            $"Vision:Telemetry:LogPrompts={prompts}", "Vision:Models:Load:0=starter-clip");
        Assert.Equal(HttpStatusCode.Unauthorized, (await server.Http.GetAsync("/v1/models")).StatusCode);
        server.Http.DefaultRequestHeaders.Add("X-Api-Key", Key);
        var id = await server.Http.UploadSampleAsync();
        await server.Http.PostTextAsync($"/v1/images/{id}/classify", $$"""{"labels":["{{Word}}","pizza"]}""").ExpectAsync(System.Net.HttpStatusCode.OK);
        (await server.Http.PostAsync($"/v1/images/{id}/classify", new StringContent($$"""{"labels":["{{Word}}"],"nonsense":1}""", System.Text.Encoding.UTF8, "application/json"))).Dispose();
        Assert.NotEmpty(lines);
        Assert.DoesNotContain(lines, line => line.Contains(Key, StringComparison.Ordinal) || line.Contains(Digest, StringComparison.OrdinalIgnoreCase));
        Assert.Equal(prompts, lines.Any(line => line.Contains(Word, StringComparison.Ordinal)));
        // No picture in any spelling: the longest run of base64 is a name, not bytes.
        Assert.DoesNotContain(lines, line => System.Text.RegularExpressions.Regex.IsMatch(line, "[A-Za-z0-9+/]{200}"));
    }

    private sealed class Recorder(ConcurrentQueue<string> lines) : ILoggerProvider, ILogger
    {
        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            lines.Enqueue(formatter(state, exception));
            if (state is IEnumerable<KeyValuePair<string, object?>> values)
            {
                lines.Enqueue(string.Join(' ', values.Select(pair => $"{pair.Key}={pair.Value}")));
            }
        }

        public void Dispose()
        {
        }
    }
}
