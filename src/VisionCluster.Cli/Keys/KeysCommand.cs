using System.CommandLine;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;
using VisionCluster.Cli.Commands;
using VisionCluster.Contracts.Tenancy;

namespace VisionCluster.Cli.Keys;

/// <summary><c>visionctl keys</c>: looks after a server's file of keys, <c>Vision:Authentication:KeyFile</c>.</summary>
internal static class KeysCommand
{
    private const int KeyBytes = 32;

    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    public static Command Create() => new("keys", "Look after a server's file of keys.") { CreateAdd(), CreateRevoke() };

    private static Command CreateAdd()
    {
        var file = File();
        var tenant = new Option<string>("--tenant") { Description = "Whose key it is.", Required = true };
        var isOperator = new Option<bool>("--operator") { Description = "Its bearer may also see and change the cluster itself." };
        var command = new Command("add", "Make a key, write its digest into the file and print the key, which is kept nowhere.")
        {
            file, tenant, isOperator,
        };
        command.Run((parsed, terminal, _) =>
        {
            var path = parsed.GetRequiredValue(file);
            var key = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(KeyBytes));
            var keys = Read(path, mayBeAbsent: true);
            keys.Add(new JsonObject
            {
                ["tenant"] = new TenantId(parsed.GetRequiredValue(tenant)).Value,
                ["sha256"] = KeyDigest.Of(key),
                ["operator"] = parsed.GetValue(isOperator),
            });
            Write(path, keys);
            terminal.Output.WriteLine(key);
            return Task.FromResult(ExitCodes.Success);
        });
        return command;
    }

    private static Command CreateRevoke()
    {
        var file = File();
        var tenant = new Option<string>("--tenant") { Description = "All keys of a tenant." };
        var key = new Option<string>("--key") { Description = "One key." };
        var command = new Command("revoke", "Take keys out of the file; servers that read it refuse them within seconds.") { file, tenant, key };
        command.Validators.Add(result =>
        {
            if (result.GetValue(tenant) is null == result.GetValue(key) is null)
            {
                result.AddError("Give one of --tenant and --key.");
            }
        });
        command.Run((parsed, terminal, _) =>
        {
            var path = parsed.GetRequiredValue(file);
            var (of, digest) = (parsed.GetValue(tenant), parsed.GetValue(key) is { } shown ? KeyDigest.Of(shown) : null);
            var keys = Read(path, mayBeAbsent: false);
            var revoked = keys.RemoveAll(entry => of is not null
                ? entry?["tenant"]?.GetValue<string>() == of
                : string.Equals(entry?["sha256"]?.GetValue<string>(), digest, StringComparison.OrdinalIgnoreCase));
            if (revoked == 0)
            {
                throw new CommandException("The file holds no such key.");
            }

            Write(path, keys);
            terminal.Output.WriteLine($"{revoked} revoked, {keys.Count} left");
            return Task.FromResult(ExitCodes.Success);
        });
        return command;
    }

    private static Argument<string> File() => new("file") { Description = "The file of keys." };

    private static JsonArray Read(string path, bool mayBeAbsent)
    {
        if (mayBeAbsent && !System.IO.File.Exists(path))
        {
            return [];
        }

        try
        {
            return (JsonArray)JsonNode.Parse(System.IO.File.ReadAllText(path))!["keys"]!.DeepClone();
        }
        catch (Exception error) when (error is JsonException or NullReferenceException or InvalidCastException or InvalidOperationException or IOException)
        {
            throw new CommandException($"'{path}' is no file of keys: {error.Message}");
        }
    }

    /// <summary>In one step, so that no server reads half of it, and for its owner's eyes only.</summary>
    private static void Write(string path, JsonArray keys)
    {
        var written = path + ".new";
        System.IO.File.WriteAllText(written, new JsonObject { ["keys"] = keys }.ToJsonString(Indented));
        if (!OperatingSystem.IsWindows())
        {
            System.IO.File.SetUnixFileMode(written, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }

        System.IO.File.Move(written, path, overwrite: true);
    }
}
