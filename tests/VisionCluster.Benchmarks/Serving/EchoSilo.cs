using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using VisionCluster.TestKit.Processes;

namespace VisionCluster.Benchmarks.Serving;

/// <summary>A silo with the echo grain.</summary>
internal static class EchoSilo
{
    public static async Task<IHost> StartAsync()
    {
        var host = Host.CreateDefaultBuilder()
            .ConfigureLogging(logging => logging.ClearProviders())
            .UseOrleans(silo =>
            {
                silo.UseLocalhostClustering(FreePort.Next(), FreePort.Next());
                silo.Services.AddSingleton<EchoBatcher>();
            })
            .Build();
        await host.StartAsync();
        return host;
    }
}
