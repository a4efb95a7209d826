using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using VisionCluster.Server;

namespace VisionCluster.Benchmarks.Scaling;

/// <summary>A worker silo of the real server with a simulated device and no model, as a process of its own.</summary>
internal static class SimulatedWorker
{
    /// <summary>First argument of the program when it is to be one.</summary>
    public const string Verb = "--simulated-worker";

    /// <summary>Runs until its standard input ends, so that no worker outlives the benchmark.</summary>
    public static async Task<int> RunAsync(string[] settings)
    {
        await using var app = Create(settings);
        await app.StartAsync();
        await Console.Out.WriteLineAsync("ready");
        await Console.In.ReadToEndAsync();
        await app.StopAsync();
        return 0;
    }

    public static WebApplication Create(string[] settings)
    {
        var empty = Directory.CreateTempSubdirectory("visioncluster-bench-");
        return VisionServer.Create(
            ["--urls=http://127.0.0.1:0", $"--Vision:Models:Directories:0={empty.FullName}", .. settings],
            static builder =>
            {
                builder.Logging.ClearProviders();
                builder.Services.AddSingleton<SimulatedDevice>();
            });
    }
}
