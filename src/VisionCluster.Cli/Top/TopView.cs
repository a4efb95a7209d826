using System.Globalization;
using Spectre.Console;
using Spectre.Console.Rendering;
using VisionCluster.Contracts.ModelHosts;

namespace VisionCluster.Cli.Top;

/// <summary>Draws the cluster: a row for each device, one for each tenant, and the sums.</summary>
internal static class TopView
{
    private const int BarWidth = 10;
    private const double BytesPerMebibyte = 1 << 20;

    /// <summary>Both tables.</summary>
    /// <param name="devices">As they are now.</param>
    /// <param name="before">As they were at the last look; none at the first.</param>
    /// <param name="elapsed">Between the two.</param>
    public static IRenderable Draw(IReadOnlyList<DeviceStatus> devices, IReadOnlyList<DeviceStatus> before, TimeSpan elapsed)
    {
        var earlier = before.ToDictionary(static device => device.Host, StringComparer.Ordinal);
        return new Rows(Sums(devices), Devices(devices, earlier, elapsed), Tenants(devices, earlier, elapsed));
    }

    private static Markup Sums(IReadOnlyList<DeviceStatus> devices) => new(string.Create(
        CultureInfo.InvariantCulture,
        $"[bold]{devices.Count}[/] devices, [bold]{devices.Count(static device => device.State == DeviceState.Ready)}[/] ready, [bold]{SessionsOf(devices)}[/] sessions, [bold]{devices.Sum(static device => device.Queued)}[/] items waiting"));

    /// <summary>Devices of a silo all tell the same number.</summary>
    private static int SessionsOf(IReadOnlyList<DeviceStatus> devices) => devices
        .GroupBy(static device => ModelHostKey.FromGrainKey(device.Host).Silo, StringComparer.Ordinal).Sum(static silo => silo.First().Sessions);

    private static Table Devices(IReadOnlyList<DeviceStatus> devices, Dictionary<string, DeviceStatus> earlier, TimeSpan elapsed)
    {
        var table = new Table().Border(TableBorder.Rounded)
            .AddColumns(new TableColumn("device").NoWrap(), new TableColumn("state").NoWrap(), new TableColumn("busy").NoWrap());
        foreach (var name in new[] { "queued", "queue s", "sessions", "images/s", "memory MiB" })
        {
            table.AddColumn(new TableColumn(name).RightAligned().NoWrap());
        }

        table.AddColumn("models");
        foreach (var device in devices.OrderBy(static device => device.Host, StringComparer.Ordinal))
        {
            earlier.TryGetValue(device.Host, out var old);
            table.AddRow(
                Markup.Escape(device.Host),
                $"[{ColourOf(device.State)}]{device.State}[/]",
                Bar(device.BusyFraction),
                Number(device.Queued, "0"),
                Number(device.QueueSeconds, "0.00"),
                Number(device.Sessions, "0"),
                old is null ? "" : Number(Rate(device.ImagesEncoded - old.ImagesEncoded, elapsed), "0.0"),
                $"{Number((device.ModelBytes + device.EmbeddingBytes + device.MaskBytes) / BytesPerMebibyte, "0")} / {Number(device.BudgetBytes / BytesPerMebibyte, "0")}",
                Markup.Escape(string.Join(' ', device.Models.Select(static model => model.Name))));
        }

        return table;
    }

    private static Table Tenants(IReadOnlyList<DeviceStatus> devices, Dictionary<string, DeviceStatus> earlier, TimeSpan elapsed)
    {
        var table = new Table().Border(TableBorder.Rounded)
            .AddColumns(new TableColumn("tenant").NoWrap(), new TableColumn("device s").RightAligned(), new TableColumn("devices now").RightAligned());
        var tenants = devices.SelectMany(device => device.Tenants.Select(tenant => (
                tenant.Tenant,
                tenant.Seconds,
                New: earlier.TryGetValue(device.Host, out var old)
                    ? tenant.Seconds - (old.Tenants.FirstOrDefault(other => other.Tenant == tenant.Tenant)?.Seconds ?? 0)
                    : 0)))
            .GroupBy(static tenant => tenant.Tenant, StringComparer.Ordinal)
            .Select(static tenant => (tenant.Key, Seconds: tenant.Sum(static part => part.Seconds), New: tenant.Sum(static part => part.New)));
        foreach (var (name, seconds, added) in tenants.OrderByDescending(static tenant => tenant.New).ThenByDescending(static tenant => tenant.Seconds))
        {
            table.AddRow(
                Markup.Escape(name), Number(seconds, "0.0"), elapsed > TimeSpan.Zero ? Number(Rate(added, elapsed), "0.00") : "");
        }

        return table;
    }

    private static double Rate(double amount, TimeSpan elapsed) => amount / Math.Max(elapsed.TotalSeconds, 0.001);

    private static string ColourOf(DeviceState state) => state switch
    {
        DeviceState.Ready => "green",
        DeviceState.Quarantined => "red",
        _ => "yellow",
    };

    private static string Bar(double share)
    {
        var full = (int)Math.Round(share * BarWidth);
        return $"[green]{new string('\u2588', full)}[/][grey]{new string('\u2591', BarWidth - full)}[/] {Number(share * 100, "0")}%";
    }

    private static string Number(double value, string format) => value.ToString(format, CultureInfo.InvariantCulture);
}
