using System.CommandLine;
using Spectre.Console;
using VisionCluster.Cli.Commands;
using VisionCluster.Client;
using VisionCluster.Contracts.ModelHosts;

namespace VisionCluster.Cli.Top;

/// <summary><c>visionctl top</c>: the cluster as it is now, drawn again and again.</summary>
internal static class TopCommand
{
    public static Command Create()
    {
        var interval = new Option<double>("--interval", "-i")
        {
            Description = "Seconds between two looks.", HelpName = "seconds", DefaultValueFactory = static _ => 2,
        };
        interval.Validators.Add(static result =>
        {
            if (result.GetValueOrDefault<double>() is not (>= 0.2 and <= 3600))
            {
                result.AddError("--interval must be 0.2 to 3600 seconds.");
            }
        });
        var looks = new Option<int?>("--looks", "-n") { Description = "End after so many looks.", HelpName = "count" };
        var connection = new ConnectionOptions();
        var command = new Command("top", "Watch devices, queues, sessions and tenants; for operators.") { interval, looks };
        connection.AddTo(command);
        command.Run(async (parsed, terminal, cancellationToken) =>
        {
            var (client, http) = connection.Connect(parsed);
            using var _ = http;
            await WatchAsync(
                client, terminal.Screen, TimeSpan.FromSeconds(parsed.GetValue(interval)), parsed.GetValue(looks), TimeProvider.System, cancellationToken);
            return ExitCodes.Success;
        });
        return command;
    }

    private static async Task WatchAsync(
        IVisionClient client, IAnsiConsole screen, TimeSpan interval, int? looks, TimeProvider time, CancellationToken cancellationToken)
    {
        var before = (Devices: await client.ListDevicesAsync(cancellationToken), At: time.GetTimestamp());
        await screen.Live(TopView.Draw(before.Devices, [], TimeSpan.Zero)).StartAsync(async live =>
        {
            live.Refresh();
            for (var look = 1; look < (looks ?? int.MaxValue); look++)
            {
                await Task.Delay(interval, time, cancellationToken);
                IReadOnlyList<DeviceStatus> devices = await client.ListDevicesAsync(cancellationToken);
                var now = time.GetTimestamp();
                live.UpdateTarget(TopView.Draw(devices, before.Devices, time.GetElapsedTime(before.At, now)));
                live.Refresh();
                before = (devices, now);
            }
        });
    }
}
