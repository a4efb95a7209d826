using System.Net;
using VisionCluster.Cluster.Tests.Processes;
using VisionCluster.TestKit.Processes;

namespace VisionCluster.Cluster.Tests.Driving;

/// <summary>
/// Sends each call to one of the servers that say they are ready, as a Kubernetes service does; one that is silent is taken
/// out after three probes in a row.
/// </summary>
internal sealed class LoadBalancer : IDisposable
{
    private const int FailureThreshold = 3;

    private static readonly TimeSpan Probe = TimeSpan.FromMilliseconds(100);

    private readonly CancellationTokenSource _stop = new();
    private readonly ImageDriver[] _drivers;
    private readonly bool[] _ready;
    private readonly Task[] _probing;
    private int _next;

    public LoadBalancer(IReadOnlyList<ServerProcess> servers)
    {
        _drivers = [.. servers.Select(server => new ImageDriver(server.Url))];
        _ready = [.. servers.Select(_ => true)];
        _probing = [.. servers.Select((server, i) => Task.Run(() => ProbeAsync(server, i)))];
    }

    public ImageDriver Next()
    {
        for (var tries = 0; tries < _drivers.Length; tries++)
        {
            var i = (int)((uint)Interlocked.Increment(ref _next) % (uint)_drivers.Length);
            if (Volatile.Read(ref _ready[i]))
            {
                return _drivers[i];
            }
        }

        return _drivers[0];
    }

    /// <summary>One try; a connection that fails counts as 0.</summary>
    public async Task<HttpStatusCode> ClickAsync(string id, TimeSpan? timeout = null)
    {
        try
        {
            using var limit = new CancellationTokenSource(timeout ?? TimeSpan.FromSeconds(30));
            return await Next().ClickAsync(id, limit.Token);
        }
        catch (Exception error) when (NoAnswer.Is(error))
        {
            return 0;
        }
    }

    public async Task<HttpStatusCode> UploadAsync(byte[] image)
    {
        try
        {
            return await Next().UploadAsync(image);
        }
        catch (Exception error) when (NoAnswer.Is(error))
        {
            return 0;
        }
    }

    public void Dispose()
    {
        _stop.Cancel();
        Task.WaitAll(_probing);
        _stop.Dispose();
        Array.ForEach(_drivers, driver => driver.Dispose());
    }

    private async Task ProbeAsync(ServerProcess server, int i)
    {
        for (var silent = 0; !_stop.IsCancellationRequested;)
        {
            var answer = await server.ProbeAsync();
            silent = answer is null ? silent + 1 : 0;
            if (answer is not null || silent >= FailureThreshold)
            {
                Volatile.Write(ref _ready[i], answer ?? false);
            }

            await RealTime.PassAsync(Probe);
        }
    }
}
