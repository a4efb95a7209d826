using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using VisionCluster.Contracts.Telemetry;
using VisionCluster.TestKit.Processes;
using VisionCluster.TestKit.Servers;

namespace VisionCluster.Operations.Tests.Monitoring;

/// <summary>A server with a real Redis and a certificate near its end, and the prometheus that watches it.</summary>
internal sealed class MonitoredServer : IAsyncDisposable
{
    public const string Key = "operator";
    public const long Quota = 1 << 20;
    private const string Password = "test";

    private readonly TemporaryFolder _folder = new();
    private readonly MeterListener _listener = new();

    private MonitoredServer(RedisServer redis)
    {
        Redis = redis;
        _listener.InstrumentPublished = (instrument, _) => Instruments[instrument.Name] = instrument;
        _listener.Start();
    }

    public RedisServer Redis { get; }

    public VisionTestServer Server { get; private set; } = null!;

    public PrometheusServer Prometheus { get; private set; } = null!;

    /// <summary>A second target that can be taken away.</summary>
    public int OtherTarget { get; } = FreePort.Next();

    /// <summary>Every instrument that was declared, by name.</summary>
    public ConcurrentDictionary<string, Instrument> Instruments { get; } = new(StringComparer.Ordinal);

    private string Certificate => Path.Combine(_folder.Path, "tls.pfx");

    public static async Task<MonitoredServer> StartAsync()
    {
        var monitored = new MonitoredServer(await RedisServer.StartAsync());
        monitored.IssueCertificate(TimeSpan.FromDays(3));
        monitored.Server = await VisionTestServer.StartAsync(
            null,
            "Vision:Cluster:Provider=Redis", "Vision:Cluster:AdvertisedAddress=127.0.0.1", "Vision:Drain:Notice=00:00:00",
            $"Vision:Redis:ConnectionString={monitored.Redis.ConnectionString}", "Vision:Redis:CommandTimeout=00:00:02",
            "Vision:ImageStore:Provider=Redis", $"Vision:ImageStore:TenantQuotaBytes={Quota}",
            // Room for few embeddings beside the models, so that some are dropped and wanted again.
            "Vision:Devices:BudgetBytes=31600000", "Vision:Devices:MaskBudgetBytes=1048576", "Vision:Devices:RebuildDelaySeconds=8",
            $"Vision:Authentication:Keys:0:Tenant={Key}", "Vision:Authentication:Keys:0:Operator=true", $"Vision:Authentication:Keys:0:Sha256={Digest(Key)}",
            "Vision:Authentication:Keys:1:Tenant=guest", $"Vision:Authentication:Keys:1:Sha256={Digest("guest")}",
            $"Kestrel:Certificates:Default:Path={monitored.Certificate}", $"Kestrel:Certificates:Default:Password={Password}");
        monitored.Server.Http.Timeout = TimeSpan.FromSeconds(30);
        monitored.Server.Http.DefaultRequestHeaders.Add("X-Api-Key", Key);
        monitored.Prometheus = await PrometheusServer.StartAsync(folder =>
        {
            File.WriteAllText(Path.Combine(folder.Path, "alerts.yaml"), AlertRule.Hurried());
            return $$"""
                global: { scrape_interval: 1s, scrape_timeout: 1s, evaluation_interval: 500ms }
                rule_files: [ alerts.yaml ]
                scrape_configs:
                  - job_name: visioncluster
                    static_configs: [ { targets: [ "127.0.0.1:{{monitored.Server.Url.Port}}", "127.0.0.1:{{monitored.OtherTarget}}" ] } ]
                """;
        });
        return monitored;
    }

    /// <summary>Puts a certificate in the place of the one that is there.</summary>
    public void IssueCertificate(TimeSpan lifetime)
    {
        using var key = ECDsa.Create();
        var now = TimeProvider.System.GetUtcNow();
        using var certificate = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256).CreateSelfSigned(now.AddDays(-1), now + lifetime);
        File.WriteAllBytes(Certificate, certificate.Export(X509ContentType.Pfx, Password));
    }

    public async ValueTask DisposeAsync()
    {
        Prometheus?.Dispose();
        if (Server is not null)
        {
            // A silo that leaves tries for long to tell a Redis that is away.
            if (!Redis.IsRunning)
            {
                await Redis.RestartAsync();
            }

            // Nor can it tell one that is full: a test that failed at that point would leave for minutes.
            await Redis.RunAsync("CONFIG SET maxmemory 0");
            await Server.DisposeAsync();
        }

        Redis.Dispose();
        _listener.Dispose();
        _folder.Dispose();
    }

    /// <summary>Name under which Prometheus knows an instrument of ours.</summary>
    public static string PrometheusName(Instrument instrument)
    {
        var name = instrument.Name.Replace('.', '_');
        var unit = instrument.Unit switch { "s" => "_seconds", "By" => "_bytes", _ => "" };
        var counts = instrument.GetType().Name is var type
            && (type.StartsWith("Counter", StringComparison.Ordinal) || type.StartsWith("ObservableCounter", StringComparison.Ordinal));
        return name + unit + (counts ? "_total" : "");
    }

    /// <summary>Names of ours that were declared.</summary>
    public HashSet<string> Declared() =>
        [.. Instruments.Values.Where(instrument => instrument.Meter.Name == VisionTelemetry.Name).Select(PrometheusName)];

    private static string Digest(string key) => Convert.ToHexString(SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(key)));
}
