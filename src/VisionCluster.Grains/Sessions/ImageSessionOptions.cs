using System.ComponentModel.DataAnnotations;

namespace VisionCluster.Grains.Sessions;

/// <summary>How long images live; section <c>Vision:Sessions</c>.</summary>
public sealed class ImageSessionOptions
{
    /// <summary>Where options are read from.</summary>
    public const string Section = "Vision:Sessions";

    /// <summary>How long an image lives after its last use.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "365.00:00:00")]
    public TimeSpan TimeToLive { get; set; } = TimeSpan.FromHours(1);
}
