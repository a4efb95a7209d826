using System.Diagnostics.Metrics;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using VisionCluster.Contracts.Telemetry;

namespace VisionCluster.Server.Telemetry;

/// <summary>
/// How long the certificates that Kestrel is configured with go on being good. Files are read again when they change, as
/// they are where a cluster renews them.
/// </summary>
internal sealed class CertificateInstruments : IDisposable
{
    private const string Endpoints = "Kestrel:Endpoints";
    private const string Default = "Kestrel:Certificates:Default";

    private readonly Meter _meter;
    private readonly Dictionary<string, (DateTime Written, DateTimeOffset Ends)> _read = new(StringComparer.Ordinal);
    private readonly Lock _gate = new();

    public CertificateInstruments(IMeterFactory meters, IConfiguration configuration, TimeProvider time)
    {
        _meter = meters.Create(VisionTelemetry.Name);
        _meter.CreateObservableGauge(
            VisionTelemetry.Metrics.CertificateRemaining, () => Remaining(configuration, time), "s", "Time until a certificate ends");
    }

    public void Dispose() => _meter.Dispose();

    private List<Measurement<double>> Remaining(IConfiguration configuration, TimeProvider time)
    {
        var now = time.GetUtcNow();
        var measured = new List<Measurement<double>>();
        var sections = configuration.GetSection(Endpoints).GetChildren().Select(static endpoint => endpoint.GetSection("Certificate"))
            .Prepend(configuration.GetSection(Default));
        foreach (var certificate in sections.Where(static section => section["Path"] is { Length: > 0 }).DistinctBy(static section => section["Path"]))
        {
            if (EndOf(certificate["Path"]!, certificate["Password"]) is { } ends)
            {
                measured.Add(new((ends - now).TotalSeconds, new KeyValuePair<string, object?>(VisionTelemetry.Certificate, certificate["Path"])));
            }
        }

        return measured;
    }

    private DateTimeOffset? EndOf(string path, string? password)
    {
        try
        {
            var written = File.GetLastWriteTimeUtc(path);
            lock (_gate)
            {
                if (!_read.TryGetValue(path, out var known) || known.Written != written)
                {
                    using var certificate = X509Certificate2.GetCertContentType(path) == X509ContentType.Pfx
                        ? X509CertificateLoader.LoadPkcs12FromFile(path, password)
                        : X509CertificateLoader.LoadCertificateFromFile(path);
                    _read[path] = known = (written, certificate.NotAfter);
                }

                return known.Ends;
            }
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or CryptographicException)
        {
            // Kestrel says why it cannot use it; there is no end to show.
            return null;
        }
    }
}
