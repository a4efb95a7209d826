namespace VisionCluster.Gateway.Auditing;

internal static partial class AuditFilterLog
{
    [LoggerMessage(Level = LogLevel.Information, Message = "{Order} by an operator of {Tenant} from {Address}: {Outcome}")]
    public static partial void Ordered(this ILogger logger, string order, string tenant, string address, string outcome);
}
