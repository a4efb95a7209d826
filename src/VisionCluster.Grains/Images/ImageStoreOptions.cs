using System.ComponentModel.DataAnnotations;

namespace VisionCluster.Grains.Images;

/// <summary>Where images are kept, and how much of them; section <c>Vision:ImageStore</c>.</summary>
public sealed class ImageStoreOptions : IValidatableObject
{
    /// <summary>Where options are read from.</summary>
    public const string Section = "Vision:ImageStore";

    /// <summary>Which store.</summary>
    public ImageStoreProvider Provider { get; set; }

    /// <summary>Most bytes of all tenants in one silo's memory; other stores have limits of their own.</summary>
    [Range(1 << 20, long.MaxValue)]
    public long BudgetBytes { get; set; } = 1L << 30;

    /// <summary>
    /// Most bytes of live images that a silo holds in memory beside <see cref="ImageStoreProvider.Redis"/>, to read them
    /// without a trip and to write them again where Redis was emptied; 0 holds none.
    /// </summary>
    [Range(0, long.MaxValue)]
    public long HeldBytes { get; set; } = 128L << 20;

    /// <summary>Most bytes of one tenant.</summary>
    [Range(1 << 20, long.MaxValue)]
    public long TenantQuotaBytes { get; set; } = 512L << 20;

    /// <summary>Where <see cref="ImageStoreProvider.Files"/> keeps them.</summary>
    public string Folder { get; set; } = "";

    /// <summary>How often <see cref="ImageStoreProvider.Files"/> removes what has expired.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan SweepInterval { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>
    /// Keys of AES-256-GCM, 32 bytes in base64 each: the first encrypts, all decrypt. None: images are kept as they came.
    /// </summary>
    public IList<string> EncryptionKeys { get; } = [];

    /// <summary>Where <see cref="ImageStoreProvider.S3"/> keeps them.</summary>
    public S3Options S3 { get; } = new();

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Provider == ImageStoreProvider.Files && string.IsNullOrWhiteSpace(Folder))
        {
            yield return new ValidationResult($"{Section}:{nameof(Folder)} must name a folder where the provider is Files.");
        }

        if (Provider == ImageStoreProvider.S3 && string.IsNullOrWhiteSpace(S3.Bucket))
        {
            yield return new ValidationResult($"{Section}:S3:{nameof(S3.Bucket)} must name a bucket where the provider is S3.");
        }

        if (EncryptionKeys.Any(key => !ImageSealer.IsKey(key)))
        {
            yield return new ValidationResult($"{Section}:{nameof(EncryptionKeys)} must be 32 bytes in base64 each.");
        }
    }
}
