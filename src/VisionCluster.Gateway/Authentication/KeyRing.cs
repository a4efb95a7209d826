using System.Collections.Frozen;
using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Primitives;
using VisionCluster.Contracts.Tenancy;

namespace VisionCluster.Gateway.Authentication;

/// <summary>
/// The keys that are let in, as configuration and the file of keys have them now: keys come and go without a restart.
/// What cannot be used changes nothing, and a server that asked for keys never stops asking.
/// </summary>
internal sealed class KeyRing : IDisposable
{
    private static readonly TimeSpan Glance = TimeSpan.FromSeconds(1);

    private readonly IConfiguration _configuration;
    private readonly ILogger<KeyRing> _logger;
    private readonly IDisposable _watching;
    private readonly ITimer? _glancing;
    private readonly string _file;
    private byte[] _read = [];
    private FrozenDictionary<string, ApiKey> _keys;

    /// <exception cref="OptionsValidationException">The keys that it starts with are not as they must be.</exception>
    public KeyRing(IConfiguration configuration, IOptions<JwtOptions> jwt, TimeProvider time, ILogger<KeyRing> logger)
    {
        (_configuration, _logger) = (configuration, logger);
        _file = Configured().KeyFile;
        _keys = Read();
        IsOpen = _keys.Count == 0 && _file.Length == 0 && !jwt.Value.IsConfigured;
        _watching = ChangeToken.OnChange(configuration.GetReloadToken, Reload);

        // Looked at and not watched: a secret that Kubernetes mounts changes by a link, which tells no watcher.
        _glancing = _file.Length > 0 ? time.CreateTimer(_ => Look(), null, Glance, Glance) : null;
    }

    /// <summary>Whether nobody is asked for a key: none was configured when the server started, and no token is let in.</summary>
    public bool IsOpen { get; }

    /// <summary>The key that a caller shows; null where it is none of ours.</summary>
    public ApiKey? Find(string key) => Volatile.Read(ref _keys).GetValueOrDefault(KeyDigest.Of(key));

    public void Dispose()
    {
        _watching.Dispose();
        _glancing?.Dispose();
    }

    private void Look()
    {
        try
        {
            if (File.ReadAllBytes(_file).AsSpan().SequenceEqual(Volatile.Read(ref _read)))
            {
                return;
            }
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // Reading it again tells why.
        }

        Reload();
    }

    private void Reload()
    {
        lock (_watching)
        {
            try
            {
                var keys = Read();
                if (keys.Count == 0 && _keys.Count > 0)
                {
                    throw new InvalidDataException("no key is left");
                }

                if (!keys.Keys.Order(StringComparer.Ordinal).SequenceEqual(_keys.Keys.Order(StringComparer.Ordinal)))
                {
                    _logger.KeysChanged(keys.Count);
                }

                Volatile.Write(ref _keys, keys);
            }
            catch (Exception error)
            {
                // Whatever somebody wrote into it must not end a server.
                _logger.KeysKept(error.Message);
            }
        }
    }

    private TenantKeyOptions Configured() =>
        _configuration.GetSection(TenantKeyOptions.Section).Get<TenantKeyOptions>() ?? new TenantKeyOptions();

    private FrozenDictionary<string, ApiKey> Read()
    {
        var options = Configured();
        if (_file.Length > 0)
        {
            _read = File.ReadAllBytes(_file);
            var file = new ConfigurationBuilder().AddJsonStream(new MemoryStream(_read)).Build().Get<TenantKeyOptions>();
            options = options.With(file?.Keys ?? []);
        }

        var violations = options.Validate(new ValidationContext(options)).Select(violation => violation.ErrorMessage!).ToArray();
        return violations.Length == 0
            ? options.Keys.DistinctBy(key => key.Sha256, StringComparer.OrdinalIgnoreCase)
                .ToFrozenDictionary(key => key.Sha256.ToLowerInvariant(), StringComparer.Ordinal)
            : throw new OptionsValidationException(TenantKeyOptions.Section, typeof(TenantKeyOptions), violations);
    }
}
