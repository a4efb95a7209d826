namespace VisionCluster.Contracts.ModelHosts;

/// <summary>Key of a <see cref="IModelHostGrain"/>: <c>silo/device</c>.</summary>
/// <param name="Silo">Address of the silo that owns the device, as Orleans prints it.</param>
/// <param name="Device">The device's name on that silo, such as <c>cpu0</c> or <c>cuda1</c>.</param>
public readonly record struct ModelHostKey(string Silo, string Device)
{
    /// <summary>Reads a grain's key.</summary>
    public static ModelHostKey FromGrainKey(string key)
    {
        ArgumentNullException.ThrowIfNull(key);
        var slash = key.LastIndexOf('/');
        return new(key[..slash], key[(slash + 1)..]);
    }

    /// <inheritdoc/>
    public override string ToString() => $"{Silo}/{Device}";
}
