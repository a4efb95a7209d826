using System.ComponentModel.DataAnnotations;

namespace VisionCluster.Server.Draining;

/// <summary>How a server leaves; section <c>Vision:Drain</c>.</summary>
public sealed class DrainOptions
{
    /// <summary>Where options are read from.</summary>
    public const string Section = "Vision:Drain";

    /// <summary>
    /// How long it goes on serving after it said that it is not ready, so that load balancers notice. No such pause in a
    /// localhost cluster.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:05:00")]
    public TimeSpan Notice { get; set; } = TimeSpan.FromSeconds(3);

    /// <summary>How long it may take to hand sessions over and to finish what is queued; what is left then fails.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:30:00")]
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(30);
}
