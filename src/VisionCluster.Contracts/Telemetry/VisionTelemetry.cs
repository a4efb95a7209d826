using System.Diagnostics;

namespace VisionCluster.Contracts.Telemetry;

/// <summary>The names under which the cluster shows itself; every span and instrument takes them from here.</summary>
public static class VisionTelemetry
{
    /// <summary>Name of the activity source and of the meter.</summary>
    public const string Name = "VisionCluster";

    /// <summary>Spans of the cluster itself; Orleans and ASP.NET Core add theirs.</summary>
    public static readonly ActivitySource Source = new(Name);

    /// <summary>Attribute: the tenant a call is made for.</summary>
    public const string Tenant = "vision.tenant";

    /// <summary>Attribute: the model's name.</summary>
    public const string Model = "vision.model";

    /// <summary>Attribute: the graph of the model, such as <c>imageEncoder</c>.</summary>
    public const string Graph = "vision.graph";

    /// <summary>Attribute: the device's name.</summary>
    public const string Device = "vision.device";

    /// <summary>Attribute: how many calls shared a run.</summary>
    public const string BatchSize = "vision.batch.size";

    /// <summary>Attribute: the stage's name, one of <see cref="Stages"/>.</summary>
    public const string Stage = "vision.stage";

    /// <summary>Attribute: the lane a call queued in.</summary>
    public const string Lane = "vision.lane";

    /// <summary>Attribute: a <see cref="Errors.VisionErrorCode"/>.</summary>
    public const string ErrorCode = "vision.error.code";

    /// <summary>Attribute: what was asked for: <c>segment</c>, <c>classify</c>, <c>detect</c>, <c>upload</c>.</summary>
    public const string Operation = "vision.operation";
}
