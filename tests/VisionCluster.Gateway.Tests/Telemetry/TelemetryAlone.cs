namespace VisionCluster.Gateway.Tests.Telemetry;

/// <summary>
/// Sources and meters belong to a process: a server sees what others in it record. These tests run when no other does.
/// </summary>
[CollectionDefinition(nameof(TelemetryAlone), DisableParallelization = true)]
public sealed class TelemetryAlone;
