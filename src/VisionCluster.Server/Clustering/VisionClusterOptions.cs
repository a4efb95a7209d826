using System.ComponentModel.DataAnnotations;
using System.Net;

namespace VisionCluster.Server.Clustering;

/// <summary>How silos find each other; section <c>Vision:Cluster</c>.</summary>
public sealed class VisionClusterOptions : IValidatableObject
{
    /// <summary>Where options are read from.</summary>
    public const string Section = "Vision:Cluster";

    /// <summary>Where silos find each other.</summary>
    public ClusterProvider Provider { get; set; }

    /// <summary>Name of the cluster; silos of other names are not seen.</summary>
    [Required]
    public string ClusterId { get; set; } = "visioncluster";

    /// <summary>Name under which grain state is stored; stays the same over upgrades.</summary>
    [Required]
    public string ServiceId { get; set; } = "visioncluster";

    /// <summary>Port between silos; 0 takes a free one.</summary>
    [Range(0, 65535)]
    public int SiloPort { get; set; }

    /// <summary>Port for clients of the Orleans API; 0 takes a free one.</summary>
    [Range(0, 65535)]
    public int GatewayPort { get; set; }

    /// <summary>Port of the silo that holds the membership of a localhost cluster; 0: this one.</summary>
    [Range(0, 65535)]
    public int PrimaryPort { get; set; }

    /// <summary>IP address that other silos reach this one at; empty: that of the host's name. Redis only.</summary>
    public string AdvertisedAddress { get; set; } = "";

    /// <summary>Port that is listened on where a mapping or proxy stands before <see cref="SiloPort"/>; 0: the same.</summary>
    [Range(0, 65535)]
    public int ListenPort { get; set; }

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (AdvertisedAddress.Length > 0 && !IPAddress.TryParse(AdvertisedAddress, out _))
        {
            yield return new ValidationResult($"{Section}:{nameof(AdvertisedAddress)} must be an IP address.");
        }
    }
}
