using System.ComponentModel.DataAnnotations;

namespace VisionCluster.Grains.Redis;

/// <summary>Where the cluster's Redis is; section <c>Vision:Redis</c>.</summary>
public sealed class RedisOptions
{
    /// <summary>Where options are read from.</summary>
    public const string Section = "Vision:Redis";

    /// <summary>
    /// StackExchange.Redis' connection string, such as <c>redis:6379,password=...</c>; empty where there is none.
    /// </summary>
    public string ConnectionString { get; set; } = "";

    /// <summary>Begins every key, so that several clusters can share one Redis.</summary>
    [Required, RegularExpression("[A-Za-z0-9._-]+")]
    public string KeyPrefix { get; set; } = "visioncluster";

    /// <summary>How long one command may take.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "00:01:00")]
    public TimeSpan CommandTimeout { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>Whether there is a Redis.</summary>
    public bool IsConfigured => ConnectionString.Length > 0;
}
