using Microsoft.Extensions.FileProviders;
using VisionCluster.Gateway.Authentication;

namespace VisionCluster.Server.Roles;

/// <summary>Reads keys from a file of their own that may change while the server runs.</summary>
internal static class KeyFileSetup
{
    public static void AddKeyFile(this WebApplicationBuilder builder)
    {
        var options = builder.Configuration.GetSection(TenantKeyOptions.Section).Get<TenantKeyOptions>();
        if (options is not { KeyFile.Length: > 0 })
        {
            return;
        }

        // Polled: a secret that Kubernetes mounts changes by a link, which tells no watcher.
        var path = Path.GetFullPath(options.KeyFile);
        var files = new PhysicalFileProvider(Path.GetDirectoryName(path)!) { UsePollingFileWatcher = true, UseActivePolling = true };
        var starting = true;
        builder.Configuration.AddJsonFile(source =>
        {
            (source.FileProvider, source.Path, source.Optional, source.ReloadOnChange) = (files, Path.GetFileName(path), false, true);
            // A server does not start without its keys; one that runs keeps those that it has.
            source.OnLoadException = failed => failed.Ignore = !starting;
        });
        starting = false;
    }
}
