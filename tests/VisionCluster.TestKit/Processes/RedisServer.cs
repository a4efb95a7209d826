using System.Diagnostics;
using System.Net.Sockets;

namespace VisionCluster.TestKit.Processes;

/// <summary>A real redis-server that writes every command to its log before it answers.</summary>
public sealed class RedisServer : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly int _port = FreePort.Next();
    private Process? _process;

    /// <summary>Where it listens, as StackExchange.Redis takes it.</summary>
    public string ConnectionString => $"127.0.0.1:{_port}";

    /// <summary>Whether this machine has one.</summary>
    public static bool IsInstalled { get; } = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':')
        .Any(folder => File.Exists(Path.Combine(folder, "redis-server")));

    /// <summary>Whether it was started and not killed since.</summary>
    public bool IsRunning => _process is { HasExited: false };

    /// <summary>Starts one on a free port.</summary>
    public static async Task<RedisServer> StartAsync()
    {
        var redis = new RedisServer();
        await redis.RestartAsync();
        return redis;
    }

    /// <summary>Starts it again on the same port with what it had written.</summary>
    public async Task RestartAsync()
    {
        _process = Process.Start(new ProcessStartInfo("redis-server")
        {
            ArgumentList =
            {
                "--port", $"{_port}", "--bind", "127.0.0.1", "--dir", _folder.Path, "--save", "",
                "--appendonly", "yes", "--appendfsync", "always", "--loglevel", "warning",
            },
            RedirectStandardOutput = true,
        });
        _process!.BeginOutputReadLine();
        await Eventually.TrueAsync(CanConnectAsync, TimeSpan.FromSeconds(60), "redis-server listens");
    }

    /// <summary>Ends it from one moment to the next.</summary>
    public void Kill()
    {
        _process!.Kill();
        _process.WaitForExit();
    }

    /// <summary>How often each command was run, from <c>INFO commandstats</c>.</summary>
    public async Task<IReadOnlyDictionary<string, long>> CommandCountsAsync()
    {
        using var client = new TcpClient();
        await client.ConnectAsync("127.0.0.1", _port);
        await using var stream = client.GetStream();
        using var reader = new StreamReader(stream);
        await stream.WriteAsync("INFO commandstats\r\n"u8.ToArray());
        var length = int.Parse((await reader.ReadLineAsync())![1..], System.Globalization.CultureInfo.InvariantCulture);
        var text = new char[length];
        await reader.ReadBlockAsync(text);
        return new string(text).Split("\r\n").Where(line => line.StartsWith("cmdstat_", StringComparison.Ordinal))
            .Select(line => line.Split(':', ',', '='))
            .ToDictionary(parts => parts[0]["cmdstat_".Length..], parts => long.Parse(parts[2], System.Globalization.CultureInfo.InvariantCulture));
    }

    /// <summary>The first line of the answer to a command.</summary>
    public async Task<string> RunAsync(string command)
    {
        using var client = new TcpClient();
        await client.ConnectAsync("127.0.0.1", _port);
        await using var stream = client.GetStream();
        using var reader = new StreamReader(stream);
        await stream.WriteAsync(System.Text.Encoding.ASCII.GetBytes(command + "\r\n"));
        return await reader.ReadLineAsync() ?? "";
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Kill();
        _folder.Dispose();
    }

    private async Task<bool> CanConnectAsync()
    {
        try
        {
            return await RunAsync("PING") == "+PONG";
        }
        catch (Exception error) when (NoAnswer.Is(error))
        {
            return false;
        }
    }
}
