using VisionCluster.Gateway.Authentication;
using VisionCluster.Gateway.Errors;

namespace VisionCluster.Gateway.Auditing;

/// <summary>Writes down who ordered what of the cluster, and what came of it. Neither keys nor bodies are written.</summary>
internal sealed class AuditFilter(ILoggerFactory loggers) : IEndpointFilter
{
    /// <summary>Category of the log, for a sink of its own.</summary>
    public const string Category = "VisionCluster.Audit";

    private readonly ILogger _logger = loggers.CreateLogger(Category);

    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var http = context.HttpContext;
        var (caller, address) = (TenantClaim.Of(http.User).Value, http.Connection.RemoteIpAddress?.ToString() ?? "");
        var order = $"{http.Request.Method} {http.Request.Path}{http.Request.QueryString}".ReplaceLineEndings(" ");
        try
        {
            var answer = await next(context);
            _logger.Ordered(order, caller, address, "done");
            return answer;
        }
        catch (Exception error)
        {
            _logger.Ordered(order, caller, address, VisionExceptionHandler.Translate(error).Code.ToString());
            throw;
        }
    }
}
