using System.Collections.Frozen;
using System.ComponentModel.DataAnnotations;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Primitives;

namespace VisionCluster.Gateway.Authentication;

/// <summary>
/// The keys that are let in, as configuration has them now. Keys that come or go need no restart; configuration that
/// cannot be used changes nothing, and a server that asked for keys never stops asking.
/// </summary>
internal sealed class KeyRing : IDisposable
{
    private readonly IConfiguration _configuration;
    private readonly ILogger<KeyRing> _logger;
    private readonly IDisposable _watching;
    private FrozenDictionary<string, ApiKey> _keys;

    /// <exception cref="OptionsValidationException">The keys that it starts with are not as they must be.</exception>
    public KeyRing(IConfiguration configuration, IOptions<JwtOptions> jwt, ILogger<KeyRing> logger)
    {
        (_configuration, _logger) = (configuration, logger);
        _keys = Read();
        IsOpen = _keys.Count == 0 && !jwt.Value.IsConfigured;
        _watching = ChangeToken.OnChange(configuration.GetReloadToken, Reload);
    }

    /// <summary>Whether nobody is asked for a key: none was configured when the server started, and no token is let in.</summary>
    public bool IsOpen { get; }

    /// <summary>The key that a caller shows; null where it is none of ours.</summary>
    public ApiKey? Find(string key) => Volatile.Read(ref _keys).GetValueOrDefault(Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(key))));

    public void Dispose() => _watching.Dispose();

    private void Reload()
    {
        try
        {
            var keys = Read();
            if (keys.Count == 0 && _keys.Count > 0)
            {
                _logger.KeysKept("no key is left in it");
                return;
            }

            if (!keys.Keys.Order(StringComparer.Ordinal).SequenceEqual(_keys.Keys.Order(StringComparer.Ordinal)))
            {
                _logger.KeysChanged(keys.Count);
            }

            Volatile.Write(ref _keys, keys);
        }
        catch (Exception error) when (error is OptionsValidationException or InvalidOperationException)
        {
            _logger.KeysKept(error.Message);
        }
    }

    private FrozenDictionary<string, ApiKey> Read()
    {
        var options = _configuration.GetSection(TenantKeyOptions.Section).Get<TenantKeyOptions>() ?? new TenantKeyOptions();
        var violations = options.Validate(new ValidationContext(options)).Select(violation => violation.ErrorMessage!).ToArray();
        return violations.Length == 0
            ? options.Keys.DistinctBy(key => key.Sha256, StringComparer.OrdinalIgnoreCase)
                .ToFrozenDictionary(key => key.Sha256.ToUpperInvariant(), StringComparer.Ordinal)
            : throw new OptionsValidationException(TenantKeyOptions.Section, typeof(TenantKeyOptions), violations);
    }
}
